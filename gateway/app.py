"""The composition root: settings in, a gateway out. The one place where parts are put together.

It builds, starts and stops; every decision about a message is made elsewhere.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.addresses import KINDS
from core.clock import id_source, to_micros
from core.pipeline.contracts import Stages
from core.pipeline.state.returning import open_for
from core.playbook.model import Playbook
from gateway.access.callers import Keeper
from gateway.access.passwords import Passwords
from gateway.access.reception import Reception
from gateway.access.roles import Right
from gateway.actions.opening import check_secrets, open_actions
from gateway.actions.performing import Runner
from gateway.api.lines import Lines
from gateway.channels.addresses import public_url_of
from gateway.channels.admission import AdmissionRules, Admissions
from gateway.channels.deliveries import Backoff, Deliveries
from gateway.channels.keeping import StoreKeep
from gateway.channels.loading import open_channels
from gateway.channels.outgoing import Outgoing
from gateway.channels.pulling import Pulling
from gateway.customers.import_work import ImportWork
from gateway.customers.importing import Tools
from gateway.customers.retaining import Retaining
from gateway.events import Bus
from gateway.files import FileStore
from gateway.history.desk import preparing_for
from gateway.identity.moving import Moving
from gateway.identity.proving import Chance, Proving
from gateway.identity.reaching import Reaching
from gateway.identity.rules import RulesInForce
from gateway.identity.suggesting import Suggesting, kinds_of
from gateway.model.opening import composing_of, open_language_model
from gateway.model.work import ModelWork, Tasks
from gateway.playbook.desk import desk_for
from gateway.playbook.reader import identity_text, playbook_of, read_folder
from gateway.recall.encoder_files import open_model
from gateway.recall.encoding import Encoding
from gateway.recall.episodes import EpisodeWork
from gateway.recall.segmenting import Segmenting
from gateway.recall.trial import Trial
from gateway.running import Gateway
from gateway.settings.model import ConfigError, Problem, Settings
from gateway.settings.obstacles import place, reaching_database
from gateway.sockets.hub import SocketHub
from gateway.sockets.leaving import Leaving
from gateway.sockets.session_watch import SessionWatch
from gateway.sockets.threads import SocketThreads
from gateway.stages.building import build_stages
from gateway.stages.deciding import Deciding
from gateway.turns.answer_guard import AnswerGuard
from gateway.turns.effects import Effects
from gateway.turns.recalling import Recalling, RecallSettings
from gateway.turns.timers import Timers
from gateway.turns.work import TurnSettings, TurnWork
from gateway.turns.workers import TurnRules, Turns
from gateway.web import mount
from memory.migrate import upgrade
from memory.recall.choosing import latest, recall
from memory.recall.tokens import token_counter
from memory.store import Store
from memory.units.installation import keep_secret


@dataclass(frozen=True, slots=True)
class Parts:
    """What a caller puts in place of what `build_gateway` would choose; for tests and replays."""

    playbook: Playbook | None = None
    stages: Stages | None = None
    now: Callable[[], datetime] | None = None
    public_url: str | None = None
    models: Path | None = None
    runner: Runner | None = None
    """What carries actions out, in the place of the systems that the playbook names."""


def utc_now() -> datetime:
    """The wall clock, as every part reads it."""
    return datetime.now(UTC)


async def build_gateway(settings: Settings, parts: Parts | None = None) -> Gateway:
    """Put a gateway together. Raises `ConfigError` and `PlaybookError` with everything wrong."""
    parts = parts or Parts()
    now = parts.now or utc_now
    # Not the process's number: in containers that is 1 everywhere.
    new_id = id_source(lambda: to_micros(now()), secrets.randbelow(1024))
    public_url = parts.public_url or public_url_of(settings)
    folder = None if parts.playbook else read_folder(settings.playbook.path)
    playbook = parts.playbook if folder is None else playbook_of(folder)
    assert playbook is not None
    if parts.runner is None:
        check_secrets(settings, playbook)
    rules_text = None if parts.playbook else identity_text(settings.playbook.path)
    url = settings.storage.url.get_secret_value()
    store = Store(
        url,
        synchronous=settings.storage.synchronous,
        readers=settings.storage.readers,
        batch_limit=settings.storage.batch_limit,
        queue_limit=settings.storage.queue_limit,
    )
    files = FileStore(settings.data.folder / "files")
    channels = open_channels(
        settings,
        public_url,
        now=now,
        new_id=lambda: secrets.token_urlsafe(16),
        keep=lambda account: StoreKeep(store, account, now),
        read_file=files.read,
    )
    with reaching_database(settings.file):
        await asyncio.to_thread(upgrade, url)
    encoder = await open_model(settings)
    stages = parts.stages or await build_stages(settings, playbook, parts.models)
    count_tokens = counter_of(settings)
    model = open_language_model(settings, settings.data.folder / "tokens")
    with reaching_database(settings.file):
        await store.open()
    rules = RulesInForce(store, rules_text, now=now, new_id=new_id)
    await rules.open()
    keeper, reception = _doors(store, now, new_id)
    digest_key = await store.run(keep_secret, "digest-key", secrets.token_hex(32), to_micros(now()))
    encoding = Encoding(store, encoder, now=now)
    bus = Bus()
    worker = f"{os.uname().nodename}-{os.getpid()}-{secrets.token_hex(4)}"
    quiet = {
        channel.spec.name: settings.turns.quiet_for(channel.spec.name)
        for channel in channels.values()
    }
    threads = SocketThreads(store, bus, now)
    hub = SocketHub(threads)
    deliveries = Deliveries(
        store,
        bus,
        {name: one.sender(hub) for name, one in channels.items()},
        Backoff(
            settings.delivery.attempts,
            settings.delivery.backoff_base_seconds,
            settings.delivery.backoff_max_seconds,
        ),
        worker=worker,
        concurrency=settings.delivery.concurrency,
        now=now,
        new_id=new_id,
        spread=lambda: secrets.randbelow(1000) / 1000,
    )
    outgoing = Outgoing({name: one.exit() for name, one in channels.items()}, deliveries, hub)
    reaching = Reaching(
        store,
        bus,
        channels,
        outgoing,
        worker=worker,
        count_tokens=count_tokens,
        now=now,
        new_id=new_id,
    )
    proving = Proving(
        store,
        bus,
        reaching,
        channels,
        playbook=lambda: work.playbook,
        key=bytes.fromhex(digest_key),
        rules=lambda: rules.current,
        chance=Chance(secrets.randbelow, lambda: secrets.token_urlsafe(24)),
        now=now,
        new_id=new_id,
    )
    moving = Moving(store, reaching, rules=lambda: rules.current, now=now)
    actions = open_actions(settings, now=now, runner=parts.runner)
    composing = composing_of(
        settings, model, store, now=now, tick=time.monotonic, draw=lambda: secrets.randbits(64)
    )
    trivial = settings.pipeline.stages == "trivial"
    recalling = Recalling(
        store,
        RecallSettings(
            settings.pipeline.token_budget,
            settings.memory.patience_ms / 1000,
            settings.turns.lease_seconds / 4,
            settings.memory.kept_messages,
            looks_back=not trivial,
        ),
        latest if trivial else recall,
        count_tokens=count_tokens,
        now=now,
        rules=lambda: rules.current,
        encoding=None if encoder is None else encoding,
    )
    work = TurnWork(
        store,
        bus,
        outgoing,
        Deciding(playbook, stages),
        TurnSettings(worker),
        AnswerGuard(store, settings.turns.answers_per_hour, now),
        Effects(
            {
                **proving.performers,
                **moving.performers,
                **actions.performers,
                **({} if composing is None else composing.performers),
            }
        ),
        recalling,
        count_tokens=count_tokens,
        now=now,
        new_id=new_id,
        tick=time.perf_counter_ns,
        rules=lambda: rules.current,
        reachable=frozenset(one for one in KINDS if reaching.can_reach(one)),
        model=frozenset() if composing is None else composing.tasks,
    )
    turns = Turns(
        store,
        work,
        TurnRules(
            quiet,
            settings.turns.quiet_seconds_max,
            settings.turns.lease_seconds,
            settings.turns.concurrency,
        ),
        worker=worker,
        now=now,
        typed_ago=hub.typed_ago,
    )
    admissions = Admissions(
        store,
        bus,
        AdmissionRules(
            bytes.fromhex(digest_key),
            lambda: work.playbook.protected_patterns,
            quiet,
            lambda: open_for(work.playbook),
        ),
        files,
        count_tokens=count_tokens,
        now=now,
        new_id=new_id,
        notify=turns.notify,
        identity_rules=lambda: rules.current,
    )
    threads.admit = admissions.admit
    threads.show_link = proving.show_link

    def forget(customer_id: int) -> None:
        gateway.forget(customer_id)

    desk = None
    if folder is not None and parts.stages is None:
        desk = desk_for(
            settings,
            parts.models,
            work,
            store,
            folder,
            encoder,
            lambda: rules.current,
            now=now,
            new_id=new_id,
        )

    gateway = Gateway(
        settings,
        store,
        bus,
        keeper,
        reception,
        Lines(store, now, Right.SEE),
        channels,
        hub,
        admissions,
        turns,
        work,
        deliveries,
        outgoing,
        reaching,
        SessionWatch(store, hub),
        Leaving(
            store,
            hub,
            reaching,
            accounts=[name for name, one in channels.items() if one.socket],
            channels={one.spec.identity_kind: one.spec.name for one in channels.values()},
            after=timedelta(minutes=settings.turns.continue_after_minutes),
            playbook=lambda: work.playbook,
            rules=lambda: rules.current,
            now=now,
        ),
        count_tokens,
        now,
        new_id,
        public_url,
        files,
        Pulling(channels, admissions, turns.settled),
        rules,
        Suggesting(
            store,
            lambda: kinds_of(work.playbook),
            lambda: rules.current,
            now=now,
            new_id=new_id,
        ),
        ImportWork(
            store,
            files,
            Tools(lambda: to_micros(now()), new_id, time.perf_counter, lambda: rules.current),
            worker=worker,
            now=now,
            preparing=preparing_for(
                settings,
                bytes.fromhex(digest_key),
                lambda: work.playbook,
                count_tokens=count_tokens,
                rules=lambda: rules.current,
                now=now,
            ),
        ),
        encoding=encoding,
        episodes=EpisodeWork(store, now=now, new_id=new_id),
        segmenting=Segmenting(store),
        timers=Timers(
            store,
            bus,
            reaching,
            playbook=lambda: work.playbook,
            forget=forget,
            now=now,
            new_id=new_id,
        ),
        retaining=Retaining(store, files, settings.retention, forget=forget, now=now),
        trial=Trial(
            store,
            recalling,
            count_tokens=count_tokens,
            now=now,
            draw=lambda: secrets.randbits(64),
            rules=lambda: rules.current,
        ),
        composing=composing,
        actions=actions,
        model_work=None
        if model is None
        else ModelWork(
            store,
            model,
            Tasks(settings.model.summaries, settings.model.facts),
            lambda: work.playbook,
            now=now,
            new_id=new_id,
        ),
        playbook_desk=desk,
    )
    gateway.web_app = mount(gateway)
    return gateway


def counter_of(settings: Settings) -> Callable[[str], int]:
    """What counts tokens. Raises `ConfigError` when its ranks cannot be unpacked."""
    folder = settings.data.folder / "tokens"
    try:
        return token_counter(settings.pipeline.encoding, folder)
    except OSError as error:
        where = place(settings, "data", "folder")
        wrong = f"{folder} cannot be written: {(error.strerror or 'unknown reason').lower()}"
        raise ConfigError([Problem(*where, wrong, "Let this user write there")]) from None


def _doors(
    store: Store, now: Callable[[], datetime], new_id: Callable[[], int]
) -> tuple[Keeper, Reception]:
    """Who checks credentials, and who hands out the first of them."""

    def new_secret() -> str:
        return secrets.token_urlsafe(32)

    passwords = Passwords()
    keeper = Keeper(store, now=now, new_secret=new_secret, passwords=passwords)
    reception = Reception(store, keeper, passwords, now=now, new_id=new_id, new_secret=new_secret)
    return keeper, reception
