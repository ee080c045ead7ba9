"""Proof that somebody holds another address too: sending codes, taking them, and taking "not me".

It performs what a turn asks for, and takes links from chat sockets. Both sides hear of every join.
What is believed is decided by `memory.units.identity.challenges`, `proofs` and `refusing`; what the
asker is told, by the pipeline. Nothing here waits for a provider, except to begin a direct message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson
import structlog

from core.clock import from_micros, to_micros
from core.effects import AskProof, Disown, ShowCode
from core.identity.rules import IdentityRules
from core.message import Assurance
from core.playbook.model import Playbook
from core.secrets import CODE, digest_of
from core.socket_channel import TakesLinks
from gateway.channels.loading import Channel
from gateway.events import Bus, Event
from gateway.identity.proof_words import (
    code_message,
    hidden,
    joined_message,
    parted_message,
    refused_message,
    shown_message,
)
from gateway.identity.reaching import Reaching
from gateway.turns.effects import Asked, Performer, Result
from memory.store import Store
from memory.units.identity.challenges import Asking, ask
from memory.units.identity.proofs import Showing, Shown, show
from memory.units.identity.refusing import Refusing, say_not_me

log = structlog.get_logger(__name__)

_ASKABLE = frozenset({"phone", "email", "slack"})
_LINKED = frozenset({"visitor", "login"})


@dataclass(frozen=True, slots=True)
class Chance:
    """Where codes and tokens come from: a whole number below another, and a text nobody guesses."""

    below: Callable[[int], int]
    token: Callable[[], str]


class Proving:
    """Performs `AskProof`, `ShowCode` and `Disown`. `playbook` gives the one whose words we write
    with, `key` is that of the digests of secrets."""

    def __init__(
        self,
        store: Store,
        bus: Bus,
        reaching: Reaching,
        channels: Mapping[str, Channel],
        *,
        playbook: Callable[[], Playbook],
        key: bytes,
        rules: Callable[[], IdentityRules],
        chance: Chance,
        now: Callable[[], datetime],
        new_id: Callable[[], int],
    ) -> None:
        self._store = store
        self._bus = bus
        self._reaching = reaching
        self._channels = channels
        self._playbook = playbook
        self._key = key
        self._rules = rules
        self._chance = chance
        self._now = now
        self._new_id = new_id

    @property
    def performers(self) -> Mapping[type, Performer]:
        """By the class of the effect."""
        return {AskProof: self.ask, ShowCode: self.show, Disown: self.disown}

    async def ask(self, effect: AskProof, asked: Asked) -> Result:
        """Send a code to the target, if it may be."""
        kind, _, address = effect.target.partition(":")
        unknown = asked.turn.sender.level < Assurance.ASSERTED
        if unknown or kind not in _ASKABLE or not self._reaching.can_reach(kind):
            return {"outcome": "cannot", "to": address}
        codes = self._rules().codes
        code = "".join(str(self._chance.below(10)) for _ in range(codes.digits))
        token, link = self._link(asked)
        challenge_id = self._new_id()
        message = code_message(self._playbook(), code, codes.life, link)
        letter = await self._reaching.prepare(
            effect.target,
            message,
            f"code:{challenge_id}",
            {"challenge": str(challenge_id)},
            hidden(code, link, token),
            alike=True,
        )
        asking = Asking(
            challenge_id,
            effect.purpose,
            asked.thread.handle_id,
            asked.thread.id,
            asked.taken[0].message_id,
            effect.target,
            _network(asked),
            digest_of(code, self._key),
            None if token is None else digest_of(token, self._key),
            letter,
            self._rules(),
            to_micros(self._now()),
        )
        done = await self._store.run(ask, asking)
        if done.written is not None:
            self._reaching.leave(done.written, message)
        return {"outcome": done.outcome, "to": address}

    async def show(self, effect: ShowCode, asked: Asked) -> Result:
        """Take the code that the sender typed."""
        shown = await self._show(
            asked.thread.handle_key, _message_with(effect.digest, asked), code=effect.digest
        )
        result = {"outcome": shown.outcome, "to": shown.target_key.partition(":")[2]}
        if shown.outcome in ("wrong", "spent"):
            result["left"] = str(shown.left)
        if shown.reads_from:
            result["reads_from"] = from_micros(shown.reads_from).isoformat()
        return result

    async def show_link(self, handle_key: str, token: str) -> None:
        """Take the token of a link that a chat brought along, and say in the chat what came of it.

        Only the session that asked can show it: a link that somebody else was sent does nothing.
        """
        digest = digest_of(token, self._key)
        source = f"link:{digest[:32]}"
        shown = await self._show(handle_key, source, link=digest)
        right, words = shown.outcome == "proved", self._playbook()
        message = shown_message(words, shown.target_key) if right else refused_message(words)
        if shown.outcome != "none":
            await self._reaching.reach(handle_key, message, f"shown:{source}")

    async def disown(self, effect: Disown, asked: Asked) -> Result:
        """Part the sender from whom we take them for, and tell the others."""
        key, source = asked.thread.handle_key, asked.taken[0].message_id
        refusing = Refusing(key, source, self._rules(), to_micros(self._now()), self._new_id)
        done = await self._store.run(say_not_me, refusing)
        message = parted_message(self._playbook(), key)
        for other in done.told:
            await self._reaching.reach(other, message, f"parted:{source}:{other}")
        self._publish("unlinked", key, "", asked.customer_id)
        return {"outcome": done.outcome, "codes": str(done.codes)}

    async def _show(
        self, handle_key: str, source: str, code: str | None = None, link: str | None = None
    ) -> Shown:
        showing = Showing(
            handle_key, source, self._rules(), to_micros(self._now()), self._new_id, code, link
        )
        shown = await self._store.run(show, showing)
        if shown.link_id is not None:
            message = joined_message(self._playbook(), handle_key, shown.target_key)
            about = {"notice": str(shown.link_id)}
            for other in shown.told:
                await self._reaching.reach(other, message, f"notice:{shown.link_id}:{other}", about)
            self._publish("linked", handle_key, shown.target_key, None)
        log.info("proof_shown", outcome=shown.outcome)
        return shown

    def _link(self, asked: Asked) -> tuple[str | None, str | None]:
        """A token and the page that takes it, for who asks in a chat that has one."""
        channel = self._channels.get(asked.thread.account)
        adapter = None if channel is None else channel.adapter
        kind = asked.thread.handle_key.partition(":")[0]
        if kind not in _LINKED or not isinstance(adapter, TakesLinks):
            return None, None
        token = self._chance.token()
        page = adapter.page_of(token)
        return (None, None) if page is None else (token, page)

    def _publish(self, state: str, handle: str, to: str, customer_id: int | None) -> None:
        if self._bus.listening:
            data: dict[str, object] = {"state": state, "handle": handle, "to": to}
            self._bus.publish(Event("identity", self._now(), customer_id, None, data))


def _network(asked: Asked) -> str | None:
    """Where the asking message came from, as admission kept it."""
    extra = asked.taken[0].extra_json
    found = orjson.loads(extra).get("network") if extra else None
    return None if found is None else str(found)


def _message_with(digest: str, asked: Asked) -> str:
    """The message that holds the code: a turn decided again may have taken more of them."""
    holding = (one.id for one in asked.turn.messages if one.secrets.get(CODE) == digest)
    return next(holding, asked.source)
