"""The seven steps of a message, told in sentences a person reads without knowing the code.

Pure wording over what the gateway published or stored: no clock, no storage, nothing decided. A
sentence names what happened and why; figures that only an engineer needs stay in the data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.events import STEPS
from gateway.turns.trace_details import figures_of, guess_of, is_replaced, lines_of
from memory.pages.rows import handle_name
from memory.pages.views import TurnView

Data = Mapping[str, object]

LEVELS = ("not proved", "only claimed", "vouched for by the channel", "proved", "logged in")
"""The assurance levels 0 to 4 in words."""

CHANNELS = {"sms": "SMS", "webchat": "web chat", "email": "e-mail", "slack": "Slack"}

_KINDS = {"email": "e-mail"}

_MOVES = {
    "ask": "It asked for what was still missing",
    "offer": "It asked whether a remembered value is meant",
    "look_up": "It looked the answer up",
    "confirm": "It asked for a yes to what it was about to do",
    "finish": "It had all it needed",
    "answer": "It answered from the playbook",
    "small_talk": "It answered in kind",
    "unclear": "It asked to hear more",
    "cancelled": "It let the matter rest, as asked",
}
"""What the state stage's moves mean, in words."""

_ASKING = ("ask", "offer", "confirm")
"""Those that ask by themselves."""


_OF_RECALL = ("tokens", "budget", "trace", "known", "memory")
"""What of a turn's record is told as data of what it brought along."""

_MISSING = {
    "context": "nothing that is known of the customer",
    "deep": "older messages",
    "past": "what was over before",
    "meaning": "what means the same in other words",
}
"""What could not be had, in words (`gateway.turns.recalling`)."""


@dataclass(frozen=True, slots=True)
class Step:
    """One of the seven steps as told: its name, its sentence, the data behind it, and of a stored
    turn the lines that say more; `figures` are those that only an engineer needs."""

    name: str
    sentence: str
    data: Data = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()


def tell(kind: str, data: Data) -> str | None:
    """The sentence of a published step; nothing for a kind that is not one of the seven."""
    teller = _TELLERS.get(kind)
    return None if teller is None else teller(data)


def tell_steps(given: Mapping[str, Data]) -> list[Step]:
    """The steps there is data for, in the order in which every message takes them."""
    return [Step(name, _TELLERS[name](given[name]), given[name]) for name in STEPS if name in given]


def tell_turn(turn: TurnView) -> list[Step]:
    """The steps of a stored turn; those of its delivery as far as they have come."""
    record = turn.record
    stages = {one.get("stage"): one.get("output") or {} for one in record.get("stages", ())}
    channel = {"channel": turn.channel, "account": turn.account}
    told = [turn.texts.get(one, "") for one in record.get("messages", ())]
    given: dict[str, Data] = {
        "received": {**channel, "events": len(told) or 1},
        "admitted": {"text": "\n".join(told), "messages": record.get("messages", ())},
        "resolved": record.get("sender") or {"handle": turn.handle},
        "recalled": {
            "facts": record.get("facts", ()),
            "exchanges": len(record.get("exchanges", ())),
            "recalled": [
                {**one, "text": turn.texts.get(one["id"], "")} for one in record.get("recalled", ())
            ],
            "left_out": [_named(one, turn.texts) for one in record.get("left_out", ())],
            **{name: record[name] for name in _OF_RECALL if name in record},
        },
        "decided": {
            "intent": turn.intent,
            "confidence": stages.get("intent", {}).get("confidence"),
            "move": record.get("move"),
            "reply": record.get("reply"),
            "asked": record.get("asked", ()),
            "sources": record.get("sources", ()),
            "template": stages.get("response", {}).get("template"),
            "escalation": _escalation(turn),
            "silent": turn.silent,
            "stages": record.get("stages", ()),
            "playbook": record.get("playbook"),
            "held": record.get("held"),
        },
        "committed": {"parts": len(turn.deliveries), "slots": record.get("slots", ())},
    }
    if turn.deliveries:
        last = turn.deliveries[-1]
        given["delivered"] = {**channel, "status": last.status, "reason": last.reason}
    return [
        replace(one, lines=lines_of(one.name, one.data), figures=figures_of(one.name, one.data))
        for one in tell_steps(given)
    ]


def _named(left: Sequence[Any], texts: Mapping[str, str]) -> Data:
    """What was left out for one reason, the best of it with its words."""
    why, number, best = left
    shown = [{"id": one, "score": score, "text": texts.get(one, "")} for one, score in best]
    return {"why": why, "number": number, "best": shown}


def _escalation(turn: TurnView) -> Data | None:
    if turn.escalated is None:
        return None
    rule = turn.escalated.replace("_", " ").replace("-", " ")
    return {"rule": turn.escalated, "reason": f"the rule “{rule}” says so"}


def channel_name(channel: str) -> str:
    """A channel's name in a sentence."""
    return CHANNELS.get(channel, channel)


def level_words(level: object) -> str:
    """What an assurance level means, in words."""
    number = level if isinstance(level, int) and 0 <= level < len(LEVELS) else 0
    return LEVELS[number]


def _received(data: Data) -> str:
    count = _number(data, "events", 1)
    noun = "a message" if count == 1 else f"{count} messages"
    if data.get("channel") == "email":
        # Of a mail nobody knows yet whether it is from whom it says; a webhook is signed.
        return f"{noun.capitalize()} came in by e-mail and was taken apart."
    return f"{noun.capitalize()} came in by {_channel(data)} and was found to be genuine."


def _admitted(data: Data) -> str:
    if data.get("duplicate"):
        return "It was a repeat of one we already had, so nothing changed."
    return "It was stored safely before we told the channel that we have it."


def _resolved(data: Data) -> str:
    level = data.get("level")
    if (_text(data, "handle") or "").startswith("unproved-email:"):
        return (
            f"The sender writes as {_handle(data)}, so this thread is kept apart from all others."
        )
    who = _text(data, "customer") or "this customer"
    proved = [str(one) for one in _list(data, "proved")]
    others = [one for one in proved if one != data.get("handle")]
    sentence = f"The sender, {_handle(data)}, is {level_words(level)} and belongs to {who}."
    if others:
        names = _join([handle_words(one) for one in others])
        sentence += f" Known to be the same person: {names}."
    elif isinstance(level, int) and level < 2:
        sentence += " That is not enough to read anything said elsewhere."
    return sentence


def _recalled(data: Data) -> str:
    facts, older = len(_list(data, "facts")), len(_list(data, "recalled"))
    exchanges = _number(data, "exchanges", 0)
    found = [
        _count(exchanges, "recent message"),
        _count(facts, "remembered fact"),
        _count(older, "older message that fits", "older messages that fit"),
    ]
    kept = [one for one in found if one]
    degraded = [str(one) for one in _list(_mapping(data, "memory"), "degraded")]
    if "context" in degraded:
        return (
            "What is known of the customer could not be read in time, so it started from this "
            "message alone and said so."
        )
    if not kept:
        return "Nothing earlier may be used or matters here; it starts from this message alone."
    without = _join([_MISSING.get(one, one) for one in degraded])
    missing = f" Not looked through in time: {without}." if without else ""
    return f"Brought along: {_join(kept)}.{_left_out(data)}{missing}"


def _left_out(data: Data) -> str:
    """What was left out, and why, in a sentence."""
    left = [one for one in _list(data, "left_out") if isinstance(one, Mapping)]
    told = [f"{_number(one, 'number', 0)} ({_text(one, 'why')})" for one in left]
    return f" Left out: {_join(told)}." if told else ""


def _decided(data: Data) -> str:
    silent = _text(data, "silent")
    if silent:
        return f"It stayed silent: {_lower(silent)}."
    thought = _understood(data) if is_replaced(data) else _thought(data)
    told = f"{thought}{_held(data)}".removeprefix(". ")
    escalation = data.get("escalation")
    if isinstance(escalation, Mapping):
        reason = str(escalation.get("reason") or "a person is needed").rstrip(".")
        told += f". Handed to people: {_lower(reason)}"
    return f"{told}." if told else "It decided what to say."


def _held(data: Data) -> str:
    """What an answer was held back for, if one was."""
    rules = dict.fromkeys(
        str(one[0]) for one in _list(_mapping(data, "held"), "rules") if isinstance(one, list)
    )
    if not rules:
        return ""
    done = _text(_mapping(data, "held"), "done") or "replaced"
    return f". Its answer broke a rule ({_join(list(rules))}) and was {done}"


def _thought(data: Data) -> str:
    """What it took the message for, what it did about that, and what it leant on."""
    move = _text(data, "move") or ""
    sources = _join([_source(one) for one in _list(data, "sources")])
    if sources and str(data.get("template")).startswith("point:"):
        return f"It was not sure of an answer and named the article that comes nearest: {sources}"
    if sources and move == "unclear":
        return f"It found the answer in an article: {sources}"
    parts = [_understood(data), _MOVES.get(move, "")]
    asked = [str(one).replace("_", " ") for one in _list(data, "asked")]
    if asked and parts[1]:
        missing = _join(asked)
        parts[1] += f" ({missing})" if move in _ASKING else f", and asked for {missing}"
    if sources:
        parts.append(f"Source: {sources}")
    return ". ".join(part for part in parts if part)


def _understood(data: Data) -> str:
    """What the message was taken for by itself; what the talk made of it is told beside."""
    intent = guess_of(data) or _text(data, "intent")
    if intent is None:
        return "It could not tell for sure what this is about"
    confidence = data.get("confidence")
    words = intent.replace("_", " ").replace(".", " ")
    if isinstance(confidence, int | float):
        return f"It understood “{words}”, {round(confidence * 100)} % sure"
    return f"It understood “{words}”"


def _committed(data: Data) -> str:
    parts = _number(data, "parts", 0)
    if parts == 0:
        return "What was learned was saved; nothing is to be sent."
    noun = "the answer" if parts == 1 else f"the answer in {parts} parts"
    return f"Memory and {noun} were saved together, all or nothing."


def _delivered(data: Data) -> str:
    status, channel = _text(data, "status") or "sent", _channel(data)
    part, parts = _number(data, "part", 1), _number(data, "parts", 1)
    which = "The answer" if parts <= 1 else f"Part {part} of {parts}"
    endings = {
        "sent": f"{which} was accepted by {channel}.",
        "delivered": f"{which} reached the customer by {channel}.",
        "read": f"{which} was read by the customer.",
        "failed": f"{which} could not be delivered by {channel}.",
        "discarded": f"{which} was held back on purpose.",
    }
    return endings.get(status, f"{which} is on its way by {channel}.")


_TELLERS: Mapping[str, Callable[[Data], str]] = {
    "received": _received,
    "admitted": _admitted,
    "resolved": _resolved,
    "recalled": _recalled,
    "decided": _decided,
    "committed": _committed,
    "delivered": _delivered,
}


def handle_words(key: str) -> str:
    """A handle's key for people: "phone +44 7700 900123", "login ada", "a web visitor"."""
    kind, _, address = key.partition(":")
    if kind == "visitor":
        return "a web visitor"
    if kind in ("slack", "unproved-email"):
        return handle_name(kind, address)
    return f"{_KINDS.get(kind, kind)} {address}" if address else kind


def _handle(data: Data) -> str:
    return handle_words(_text(data, "handle") or "unknown")


def _channel(data: Data) -> str:
    return channel_name(_text(data, "channel") or "a channel")


def _text(data: Data, name: str) -> str | None:
    value = data.get(name)
    return value if isinstance(value, str) and value else None


def _number(data: Data, name: str, default: int) -> int:
    value = data.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def _mapping(data: Data, name: str) -> Data:
    value = data.get(name)
    return value if isinstance(value, Mapping) else {}


def _list(data: Data, name: str) -> Sequence[object]:
    value = data.get(name)
    return value if isinstance(value, list | tuple) else ()


def _count(number: int, one: str, many: str | None = None) -> str:
    if number == 0:
        return ""
    return f"1 {one}" if number == 1 else f"{number} {many or one + 's'}"


def _source(value: object) -> str:
    return str(value[0]) if isinstance(value, list | tuple) and value else str(value)


def _join(words: Sequence[str]) -> str:
    return " and ".join(([", ".join(words[:-1])] if len(words) > 1 else []) + list(words[-1:]))


def _lower(sentence: str) -> str:
    text = sentence.rstrip(".")
    return text[:1].lower() + text[1:]
