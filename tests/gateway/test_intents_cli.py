"""The commands on intents say what the examples of a playbook are worth."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from core.playbook.model import Intent
from gateway.cli import main
from gateway.commands.intents_report import TooFew, evaluate
from tests.core.intent.examples import PLAYBOOK


def misplaced(text: str, under: str) -> tuple[Intent, ...]:
    """The small shop's intents with one more example under one of them."""
    return tuple(
        replace(one, examples=(*one.examples, text)) if one.name == under else one
        for one in PLAYBOOK.intents
    )


def test_an_example_that_belongs_elsewhere_is_named() -> None:
    text = "please cancel my order today"
    report = evaluate(replace(PLAYBOOK, intents=misplaced(text, "opening_hours")))
    found = next(one for one in report.doubtful if one.text == text)
    assert (found.intent, found.guess) == ("opening_hours", "cancel_order")
    pairs = {(one.intent, one.taken_for) for one in report.confusions}
    assert ("opening_hours", "cancel_order") in pairs


def test_the_same_playbook_gives_the_same_report() -> None:
    report = evaluate(PLAYBOOK)
    assert evaluate(PLAYBOOK) == report
    assert sum(count for count, _ in report.by_intent.values()) == report.examples
    wrong = sum(one.times for one in report.confusions)
    assert report.accuracy == pytest.approx(1 - wrong / report.examples)
    sizes = [most for most, _ in report.curve]
    assert sizes == sorted(sizes) and report.curve[-1][1] == report.accuracy


def test_with_one_intent_there_is_nothing_to_compare() -> None:
    with pytest.raises(TooFew, match="fewer than two intents"):
        evaluate(replace(PLAYBOOK, intents=PLAYBOOK.intents[:1]))


def test_the_report_is_told_and_answered_as_json(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "playbook.toml").write_text(
        'name = "small"\nbusiness = "Small Shop"\nlanguage = "en"\n', encoding="utf-8"
    )
    (tmp_path / "intents.toml").write_text(
        "".join(
            f"[{one.name}]\ntitle = {json.dumps(one.title)}\n"
            f"examples = {json.dumps(list(one.examples))}\n"
            for one in PLAYBOOK.intents
        ),
        encoding="utf-8",
    )
    line = ["intents", "evaluate", str(tmp_path)]
    with pytest.raises(SystemExit) as ended:
        main([*line, "--json"])
    assert ended.value.code == 0
    told = json.loads(capsys.readouterr().out)
    with pytest.raises(SystemExit) as ended:
        main(line)
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert f"{told['examples']} examples, {told['accuracy']:.0%} understood" in said
    assert all(name in said for name in told["by_intent"])
