"""A changed playbook is taken over whole while the gateway runs, or not at all."""

from __future__ import annotations

import asyncio
import gc
import os
import weakref
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
import structlog
from sqlalchemy import Connection, select

from core.pipeline.contracts import Stages
from core.pipeline.trivial import trivial_stages
from core.playbook.fields import PlaybookError, PlaybookProblem
from core.playbook.model import Article, Playbook
from gateway.playbook.kept import KeptVersions
from gateway.playbook.learning import Shelves
from gateway.playbook.reader import playbook_of, read_folder
from gateway.playbook.reload import Cause, Reloading
from gateway.playbook.status import ask_for_look, told_status
from gateway.stages.deciding import Deciding
from memory.store import Store
from memory.stored_turns import GIVEN, turns_since
from memory.tables.main import Turn
from memory.tables.rows import table
from memory.units.playbook_log import PUBLISHED, put_in_force
from tests.gateway.test_way import settled
from tests.gateway.way import empty_playbook, running

MAIN = 'name = "shop"\nbusiness = "The Shop"\n'
INTENTS = '[hours]\nexamples = ["when are you open", "opening times", "are you open today"]\n'
LATER = datetime(2030, 1, 1, tzinfo=UTC)


@dataclass
class Desk:
    """A folder with what watches it; building stages is the test's own."""

    folder: Path
    store: Store
    reloading: Reloading
    now: list[Deciding]
    built: list[str] = field(default_factory=list)

    def write(self, name: str, text: str) -> None:
        """Save a file as editors do, by putting another in its place."""
        new = self.folder / f".{name}.new"
        new.write_text(text, encoding="utf-8")
        new.replace(self.folder / name)

    async def looked(self) -> None:
        """Two looks: the first sees a change, the second that it is over."""
        await self.reloading.look()
        await self.reloading.look()


@asynccontextmanager
async def watching(
    tmp_path: Path, url: str, fails: Callable[[Playbook], None] = lambda one: None
) -> AsyncIterator[Desk]:
    folder = tmp_path / "playbook"
    folder.mkdir()
    (folder / "playbook.toml").write_text(MAIN, encoding="utf-8")
    (folder / "intents.toml").write_text(INTENTS, encoding="utf-8")
    store = Store(url, readers=1)
    await store.open()
    read = read_folder(folder)
    now = [Deciding(playbook_of(read), trivial_stages())]
    ids, built = count(1_000), list[str]()

    async def build(playbook: Playbook) -> Stages:
        fails(playbook)
        built.append(playbook.version)
        return trivial_stages()

    def swap(deciding: Deciding) -> None:
        now[0] = deciding

    reloading = Reloading(
        folder,
        KeptVersions(tmp_path / "kept"),
        store,
        build,
        lambda: now[0],
        swap,
        read,
        every=1.0,
        now=lambda: LATER,
        new_id=lambda: next(ids),
    )
    await reloading.open()
    try:
        yield Desk(folder, store, reloading, now, built)
    finally:
        await store.close()


async def test_a_change_is_taken_over_once_it_is_no_longer_being_made(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with watching(tmp_path, sqlite_database_url) as desk:
        await desk.looked()
        assert desk.built == []
        desk.write("answers.toml", 'greeting = ["Hello from the shop."]\n')
        await desk.reloading.look()
        assert desk.built == []
        desk.write("answers.toml", 'greeting = ["Hello from our shop."]\n')
        await desk.looked()
        assert desk.now[0].playbook.answers["greeting"] == ("Hello from our shop.",)
        assert desk.built == [desk.now[0].playbook.version]
        await desk.looked()
        assert len(desk.built) == 1


async def test_a_fault_leaves_what_is_in_force_and_is_told_with_its_line(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with watching(tmp_path, sqlite_database_url) as desk:
        before = desk.now[0]
        desk.write("intents.toml", INTENTS + "flwo = 'x'\n")
        with structlog.testing.capture_logs() as logs:
            await desk.looked()
            await desk.looked()
        assert desk.now[0] is before
        (fault,) = desk.reloading.status.faults
        assert (fault.file, fault.line) == ("intents.toml", 3)
        assert [one["event"] for one in logs] == ["playbook_refused"]
        told = told_status(tmp_path / "kept")
        assert told is not None
        assert told.faults == (fault,)
        desk.write("intents.toml", INTENTS)
        await desk.looked()
        assert desk.reloading.status.faults == ()
        assert desk.now[0] is before


async def test_examples_nothing_can_be_learned_from_change_nothing(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    def fails(playbook: Playbook) -> None:
        raise PlaybookError([PlaybookProblem("intents.toml", "", "teaches nothing", "Mend it")])

    async with watching(tmp_path, sqlite_database_url, fails) as desk:
        before = desk.now[0]
        desk.write("answers.toml", 'greeting = ["Hello."]\n')
        await desk.looked()
        assert desk.now[0] is before
        assert [one.wrong for one in desk.reloading.status.faults] == ["teaches nothing"]
        assert not desk.reloading.status.learning


async def test_whatever_goes_wrong_is_a_fault_and_is_not_tried_for_ever(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    tried = list[str]()

    def fails(playbook: Playbook) -> None:
        tried.append(playbook.version)
        raise MemoryError

    async with watching(tmp_path, sqlite_database_url, fails) as desk:
        before = desk.now[0]
        desk.write("answers.toml", 'greeting = ["Hello."]\n')
        for _ in range(3):
            await desk.looked()
        assert desk.now[0] is before
        assert len(tried) == 1
        (fault,) = desk.reloading.status.faults
        assert fault.wrong == "could not be taken over: MemoryError"


async def test_whoever_asks_need_not_wait_for_a_second_look(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with watching(tmp_path, sqlite_database_url) as desk:
        desk.write("answers.toml", 'greeting = ["Hello."]\n')
        ask_for_look(tmp_path / "kept")
        await desk.reloading.look()
        assert desk.now[0].playbook.answers == {"greeting": ("Hello.",)}


async def test_whoever_asks_gets_the_stages_anew_for_the_same_files(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with watching(tmp_path, sqlite_database_url) as desk:
        before = desk.now[0]
        ask_for_look(tmp_path / "kept")
        await desk.reloading.look()
        assert desk.now[0].playbook is before.playbook and desk.now[0] is not before
        again = desk.now[0]
        await desk.looked()
        assert desk.now[0] is again


async def test_what_was_in_force_is_written_down_and_kept(
    tmp_path: Path, database_url: str
) -> None:
    async with watching(tmp_path, database_url) as desk:
        first = desk.now[0].playbook.version
        desk.write("answers.toml", 'greeting = ["Hello."]\n')
        await desk.reloading.reload(Cause("person:ada", PUBLISHED, "a greeting"))
        newest, oldest = await desk.store.read(put_in_force, 10)
        assert (newest.version, newest.before) == (desk.now[0].playbook.version, first)
        assert (newest.actor, newest.action, newest.note) == (
            "person:ada",
            PUBLISHED,
            "a greeting",
        )
        assert newest.changes == ("Answer greeting: added",)
        assert (oldest.version, oldest.before, oldest.changes) == (first, None, ())
        kept = desk.reloading.kept.find(newest.version)
        assert kept is not None
        assert kept["answers.toml"] == 'greeting = ["Hello."]\n'
        # A second process that takes over the same writes nothing.
        await desk.reloading.open()
        assert len(await desk.store.read(put_in_force, 10)) == 2


async def test_stages_that_were_replaced_are_let_go(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with watching(tmp_path, sqlite_database_url) as desk:
        gone = weakref.ref(desk.now[0])
        desk.write("answers.toml", 'greeting = ["Hello."]\n')
        await desk.reloading.reload()
        gc.collect()
        assert gone() is None


def numbered(number: int) -> Deciding:
    """A pair whose answers name both: the stages' number and the playbook's."""
    stages = trivial_stages()

    def response(turn, guess, step, playbook):  # type: ignore[no-untyped-def]
        draft = stages.response(turn, guess, step, playbook)
        return replace(draft, text=f"{draft.text} stages {number} playbook {playbook.version}")

    versions = ("none", "none", f"echo-{number}", "none")
    return Deciding(
        replace(empty_playbook(), version=str(number)),
        replace(stages, response=response, versions=versions),
    )


def every_turn(connection: Connection) -> list[tuple[str, str, str]]:
    """Of each turn: what was answered, its playbook's version, and that of its stages."""
    found = []
    for one in turns_since(connection, 0):
        stages = [row["version"] for row in one.record["stages"]]
        found.append((str(one.reply), str(one.record[GIVEN]["playbook"]), stages[2]))
    return found


async def test_no_turn_mixes_two_playbooks_and_none_is_lost_while_they_are_swapped(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    first = numbered(0)
    async with running(
        tmp_path, url=sqlite_database_url, playbook=first.playbook, stages=first.stages
    ) as way:
        work, ending = way.gateway.work, asyncio.Event()

        async def swapping() -> int:
            for number in count(1):
                work.deciding = numbered(number)
                if ending.is_set():
                    return number
                await asyncio.sleep(0)
            raise AssertionError

        task = asyncio.create_task(swapping())
        phones = [f"+1555000{number:04}" for number in range(40)]
        for wave in range(0, len(phones), 8):
            some = phones[wave : wave + 8]
            await asyncio.gather(*(way.sms.text(one, "hello there") for one in some))
            await asyncio.gather(*(way.sms.wait_for_reply(one, 0) for one in some))
        await settled(way)
        ending.set()
        assert await task > len(phones)
        turns = await way.gateway.store.read(every_turn)
        assert len(turns) == len(phones)
        for reply, playbook, stages in turns:
            assert reply.endswith(f"stages {playbook} playbook {playbook}")
            assert stages == f"echo-{playbook}"
        assert len({playbook for _, playbook, _ in turns}) > 1
        rows = await way.gateway.store.read(lambda at: at.execute(select(table(Turn).c.id)).all())
        assert len(rows) == len(phones)


def test_articles_that_did_not_change_are_not_read_again() -> None:
    made = Shelves()
    lamp = Article("lamp", "Lamps", "https://s.example/lamp", "A lamp costs 40 pounds.")
    rug = Article("rug", "Rugs", "https://s.example/rug", "A rug is woven by hand.")
    first = made.index(replace(empty_playbook(), articles=(lamp,)))
    both = made.index(replace(empty_playbook(), articles=(lamp, rug)))
    for index, found in ((first, False), (both, True)):
        hits = index.search("how is a rug woven")
        assert any(one.article is rug for one in hits) is found
    other = made.index(replace(empty_playbook(), language="de", articles=(rug,)))
    assert other.search("rug")[0].article is rug


@pytest.mark.parametrize("word", ["../secret", "", "ABC", "no such"])
def test_a_version_never_leads_out_of_its_folder(tmp_path: Path, word: str) -> None:
    (tmp_path / "secret.json").write_bytes(b"{}")
    kept = KeptVersions(tmp_path / "kept")
    assert kept.find(word) is None
    assert kept._path(word).parent == kept.folder


def test_old_versions_are_pruned_but_not_those_that_are_needed(tmp_path: Path) -> None:
    kept = KeptVersions(tmp_path)
    for number in range(6):
        kept.keep(f"{number:016x}", {"playbook.toml": MAIN})
        os.utime(kept._path(f"{number:016x}"), (number, number))
    assert kept.prune({f"{0:016x}"}, least=2) == 3
    assert kept.versions() == {f"{one:016x}" for one in (0, 4, 5)}


def test_a_damaged_version_is_not_given(tmp_path: Path) -> None:
    kept = KeptVersions(tmp_path)
    kept.keep("ab", {"playbook.toml": MAIN})
    path = kept._path("ab")
    path.write_bytes(path.read_bytes().replace(b"shop", b"chop"))
    assert kept.find("ab") is None
    kept.keep("ab", {"playbook.toml": MAIN})
    assert kept.find("ab") == {"playbook.toml": MAIN}
