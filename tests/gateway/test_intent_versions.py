"""Versions of the intent model: put in force only when not worse, kept, gone back from, durable."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.pipeline.intent.stage import IntentModel
from core.playbook.model import Intent, Playbook
from gateway.cli import main
from gateway.doctor.intents import intents_findings
from gateway.intents import choice as intent_choice
from gateway.intents import training
from gateway.intents import trial as intent_trial
from gateway.intents.choice import Choosing, Standing
from gateway.intents.training import model_for, playbook_rows
from gateway.intents.training_child import train
from gateway.intents.trial import Compared, part_of
from gateway.intents.trial_child import Row, Rows, compared
from gateway.intents.versions import FILE, Ledger, Ledgers, NoVersion, Promotion, Version
from gateway.settings.model import load_settings
from tests.core.intent.examples import PLAYBOOK

SMALL = replace(
    PLAYBOOK,
    intents=tuple(replace(one, examples=one.examples[:6]) for one in PLAYBOOK.intents[1:4]),
)
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trains and compares in this process: what a child does, without its start."""

    async def model_for(
        examples: Sequence[Row], cache: Path, *, titles: Sequence[Row], **_: object
    ) -> IntentModel:
        name = training.digest(examples, titles, "en")
        kept = training.model_kept(cache, name)
        if kept is None:
            kept = train(examples, titles, "en")
            cache.mkdir(parents=True, exist_ok=True)
            training.path_of(cache, name).write_bytes(kept.to_bytes())
        return kept

    async def compare(before: Rows, after: Rows, language: str, *_: object) -> Compared:
        return compared(before, after, language, None)

    monkeypatch.setattr(intent_choice, "model_for", model_for)
    monkeypatch.setattr(intent_choice, "compare", compare)


def choosing(folder: Path, by: str = "gateway") -> Choosing:
    return Choosing(folder, lambda: NOW, by)


def choose(folder: Path, playbook: Playbook, force: str = "") -> Standing:
    return asyncio.run(choosing(folder).choose(playbook, force=force))


def with_examples(playbook: Playbook, name: str, *texts: str) -> Playbook:
    """The playbook with further examples under one of its intents."""
    intents = tuple(
        replace(one, examples=(*one.examples, *texts)) if one.name == name else one
        for one in playbook.intents
    )
    return replace(playbook, intents=intents, version=f"{playbook.version}+{name}")


def mixed_up(playbook: Playbook) -> Playbook:
    """The playbook with the examples of its first two intents changed for each other's, but for
    those that tell them apart: what it says now contradicts itself."""
    first, second, *others = playbook.intents
    both = tuple(
        replace(one, examples=(*one.examples, *(f"{text} please" for text in other.examples)))
        for one, other in ((first, second), (second, first))
    )
    return replace(playbook, intents=(*both, *others), version="mixed-up")


def count(before: int = 50, lost: int = 0, won: int = 0) -> Compared:
    """A comparison that differs in how many were understood."""
    return Compared(
        rows=100,
        understood_before=before,
        understood=before - lost + won,
        understood_lost=lost,
        understood_won=won,
        **{
            f"{name}{end}": 0
            for name in ("answered", "misled")
            for end in ("_before", "", "_lost", "_won")
        },
    )


@pytest.mark.parametrize(
    ("lost", "won", "worse"),
    [(0, 0, False), (4, 0, False), (5, 0, True), (20, 11, False), (20, 6, True), (6, 20, False)],
)
def test_a_version_is_worse_when_it_loses_more_than_chance_explains(
    lost: int, won: int, worse: bool
) -> None:
    assert count(lost=lost, won=won).worse == (("understood",) if worse else ())


@pytest.mark.parametrize(("left", "worse"), [(60, ()), (40, ("answered",))])
def test_what_is_answered_may_move_by_luck_but_not_by_half(
    left: int, worse: tuple[str, ...]
) -> None:
    moved = replace(
        count(), answered_before=100, answered=left, answered_lost=100 - left, answered_won=0
    )
    assert moved.worse == worse


@given(st.text(max_size=40), st.integers(2, 7))
def test_a_text_is_always_dealt_to_the_same_part(text: str, parts: int) -> None:
    assert part_of(text, parts) == part_of(f"  {text.upper()}  ", parts) in range(parts) or (
        text.upper().lower() != text.lower()
    )


def test_a_version_beside_itself_neither_wins_nor_loses() -> None:
    rows = playbook_rows(SMALL)
    found = compared(rows, rows, "en", None)
    assert found.rows == len(set(rows[0]))
    assert (found.understood_lost, found.answered_won, found.worse) == (0, 0, ())
    assert 0 < found.understood == found.understood_before < found.rows


def test_what_is_mixed_up_is_worse_on_the_same_messages() -> None:
    before, after = playbook_rows(SMALL), playbook_rows(mixed_up(SMALL))
    found = compared((after[0], ()), (before[0], ()), "en", None)
    assert found.worse == () and found.understood > found.understood_before
    back = compared((before[0], ()), (after[0], ()), "en", None)
    assert back.rows == 2 * 12 + 6


@pytest.mark.usefixtures("at_once")
def test_the_first_version_is_in_force_and_written_down(tmp_path: Path) -> None:
    standing = choose(tmp_path, SMALL)
    assert (standing.in_force, standing.new, standing.unknown) == (True, True, ())
    ledger = Ledgers(tmp_path).of(SMALL.name)
    [version] = ledger.versions
    assert (version.model, version.playbook) == (standing.candidate, SMALL.version)
    assert version.examples == sum(len(one.examples) for one in SMALL.intents)
    assert ledger.in_force == Promotion(
        version.model, "2026-03-04T12:00:00+00:00", "gateway", intent_choice.FIRST
    )
    again = choose(tmp_path, SMALL)
    assert not again.new and again.promotion == ledger.in_force


async def worse(*_: object) -> Compared:
    """A comparison that goes against the newer version."""
    return count(lost=9)


@pytest.mark.usefixtures("at_once")
def test_a_better_version_takes_over_and_a_worse_one_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = choose(tmp_path, SMALL)
    more = with_examples(SMALL, "cancel_order", "scrap my order please", "call the order off now")
    second = choose(tmp_path, more)
    assert second.in_force and second.promotion.why == intent_choice.BETTER
    assert second.promotion.compared is not None and second.promotion.compared.worse == ()
    monkeypatch.setattr(intent_choice, "compare", worse)
    spoilt = mixed_up(more)
    third = choose(tmp_path, spoilt)
    assert third.refusal is not None and third.refusal.compared == count(lost=9)
    assert not third.in_force and third.promotion.model == second.candidate
    assert third.model.to_bytes() == second.model.to_bytes() != first.model.to_bytes()
    known = Ledgers(tmp_path).of(SMALL.name)
    assert known.refused(third.candidate) == third.refusal
    # It is not compared again at each start, and is taken when somebody says why.
    assert not choose(tmp_path, spoilt).new
    forced = choose(tmp_path, spoilt, force="we know better")
    assert forced.in_force and forced.promotion.worse
    assert (forced.promotion.why, forced.promotion.by) == ("we know better", "gateway")


@pytest.mark.usefixtures("at_once")
def test_a_new_intent_is_known_whatever_the_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intent_choice, "compare", worse)
    choose(tmp_path, SMALL)
    new = Intent("gift_wrap", "Gift wrap", ("can you wrap it as a gift", "gift wrap please"))
    more = replace(SMALL, intents=(*SMALL.intents, new), version="more")
    standing = choose(tmp_path, more)
    assert standing.in_force and standing.promotion.worse
    assert standing.promotion.why == intent_choice.UNKNOWN
    assert standing.model.classify("gift wrap please").name == "gift_wrap"


@pytest.mark.usefixtures("at_once")
def test_going_back_stays_until_the_examples_change(tmp_path: Path) -> None:
    first = choose(tmp_path, SMALL)
    more = with_examples(SMALL, "cancel_order", "scrap my order please")
    second = choose(tmp_path, more)
    done = choosing(tmp_path, "cli:kim").roll_back(SMALL.name, "returns are mixed up")
    assert done.model == first.candidate
    after = choose(tmp_path, more)
    assert not after.in_force and after.model.to_bytes() == first.model.to_bytes()
    ledger = Ledgers(tmp_path).of(SMALL.name)
    assert ledger.promotions[-1].undone == "cli:kim: returns are mixed up"
    with pytest.raises(NoVersion, match="no earlier version"):
        choosing(tmp_path).roll_back(SMALL.name, "")
    with pytest.raises(NoVersion, match="gone back from"):
        choosing(tmp_path).promote(SMALL.name, second.candidate[:8], "again")
    choosing(tmp_path).promote(SMALL.name, second.candidate[:8], "again", force=True)
    assert choose(tmp_path, more).in_force
    changed = with_examples(more, "cancel_order", "drop my order")
    assert choose(tmp_path, changed).in_force


@pytest.mark.usefixtures("at_once")
def test_what_is_only_tried_is_not_put_in_force(tmp_path: Path) -> None:
    first = choose(tmp_path, SMALL)
    more = with_examples(SMALL, "cancel_order", "scrap my order please")
    tried = asyncio.run(choosing(tmp_path).choose(more, trial=True))
    assert tried.in_force and tried.model.classify("scrap my order please").name == "cancel_order"
    ledger = Ledgers(tmp_path).of(SMALL.name)
    assert ledger.in_force == first.promotion and len(ledger.versions) == 1


@pytest.mark.usefixtures("at_once")
def test_an_older_version_that_people_chose_is_not_replaced_by_itself(tmp_path: Path) -> None:
    first = choose(tmp_path, SMALL)
    more = with_examples(SMALL, "cancel_order", "scrap my order please")
    second = choose(tmp_path, more)
    choosing(tmp_path, "cli:kim").promote(SMALL.name, first.candidate[:8], "it was better")
    assert choose(tmp_path, more).promotion.model == first.candidate
    choosing(tmp_path, "cli:kim").roll_back(SMALL.name, "")
    assert choose(tmp_path, more).promotion.model == second.candidate


def test_models_that_can_be_gone_back_to_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "KEPT", 1)
    kept, lost = (tmp_path / f"intents-{name}.model" for name in ("kept", "lost"))
    for at, path in enumerate((kept, lost)):
        path.touch()
        os.utime(path, (at, at))
    version = Version("kept", "", "1", 2, 2)
    Ledgers(tmp_path).change("shop", lambda one: one.with_version(version))
    needed = Ledgers(tmp_path).needed()
    rows = [("cancel my order", "cancel"), ("opening hours", "hours")]
    asyncio.run(model_for(rows, tmp_path, needed=needed))
    assert kept.exists() and not lost.exists()
    assert len(list(tmp_path.glob("intents-*.model"))) == 2


def test_a_child_compares_as_it_is_done_here_or_tells_nothing(tmp_path: Path) -> None:
    rows = (playbook_rows(SMALL)[0], ())
    found = asyncio.run(intent_trial.compare(rows, rows, "en", tmp_path))
    assert found == compared(rows, rows, "en", None)
    late = intent_trial.compare(rows, rows, "en", tmp_path, time_limit=0.001)
    assert asyncio.run(late) is None


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("damage", ["", "{", "[]", '{"shop": {"versions": [{"model": 1}]}}'])
def test_a_damaged_file_is_as_if_it_were_not_there(tmp_path: Path, damage: str) -> None:
    choose(tmp_path, SMALL)
    (tmp_path / FILE).write_text(damage, encoding="utf-8")
    assert Ledgers(tmp_path).of(SMALL.name) == Ledger()
    assert choose(tmp_path, SMALL).in_force
    assert Ledgers(tmp_path).of(SMALL.name).in_force is not None


def test_only_what_nothing_leads_back_to_is_forgotten() -> None:
    ledger = Ledger()
    for at in range(30):
        name = f"{at:02}"
        ledger = ledger.with_version(Version(name, "", "1", 5, 2))
        if at == 0 or at > 27:
            ledger = ledger.promoted(Promotion(name, "", "gateway", ""))
        ledger = ledger.pruned()
    names = [one.model for one in ledger.versions]
    assert "00" in names and "05" not in names and names[-1] == "29"
    assert [one.model for one in ledger.promotions] == ["00", "28", "29"]
    assert ledger.rolled_back("x", "").rolled_back("x", "").in_force == ledger.promotions[0]


def test_a_version_is_named_by_how_it_begins() -> None:
    ledger = Ledger((Version("abc1", "", "1", 5, 2), Version("abd2", "", "1", 5, 2)))
    assert ledger.named("abd").model == "abd2"
    for start in ("ab", "x", ""):
        with pytest.raises(NoVersion, match="abc1, abd2"):
            ledger.named(start)


@pytest.mark.usefixtures("at_once")
def test_the_commands_learn_list_and_go_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "playbook"
    folder.mkdir()
    (folder / "playbook.toml").write_text('name = "small"\nbusiness = "Small"\n', encoding="utf-8")

    def write(playbook: Playbook) -> None:
        text = "".join(
            f"[{one.name}]\ntitle = {json.dumps(one.title)}\n"
            f"examples = {json.dumps(list(one.examples))}\n"
            for one in playbook.intents
        )
        (folder / "intents.toml").write_text(text, encoding="utf-8")

    def run(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as end:
            main(["intents", *arguments])
        printed = capsys.readouterr()
        return int(end.value.code or 0), printed.out + printed.err

    def doctor() -> str:
        [finding] = intents_findings(load_settings())
        return f"{finding.gravity}: {finding.what}"

    write(SMALL)
    monkeypatch.setenv("ONETHREAD__PIPELINE__STAGES", "default")
    assert "is in force: the first" in run("train", "playbook")[1]
    assert "ok: The intents go by version" in doctor()
    write(with_examples(SMALL, "cancel_order", "scrap my order please"))
    code, said = run("train", "playbook", "--json")
    told = json.loads(said)
    assert (code, told["taken"], told["worse"]) == (0, True, [])
    assert told["compared"]["rows"] == sum(len(one.examples) for one in SMALL.intents) + 1
    code, said = run("rollback", "playbook", "--reason", "mixed up")
    assert code == 0 and "in force again" in said
    code, said = run("train", "playbook")
    assert code == 1 and "people put it out of force" in said
    assert "warning" in doctor() and "people chose" in doctor()
    listed = run("versions", "playbook")[1]
    assert "mixed up" in listed and told["own"][:8] in listed
    assert run("promote", told["own"][:8], "playbook")[0] == 1
    code, said = run("promote", told["own"][:8], "playbook", "--reason", "no", "--force")
    assert code == 0 and told["own"][:8] in said
    assert json.loads(run("versions", "playbook", "--json")[1])["in_force"] == told["own"]
