"""The business's own tests of its rules: those that are shipped, what differs, and their faults."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.playbook.fields import PlaybookError
from gateway.commands.rules_test import app
from gateway.init.files import STARTER
from gateway.playbook.reader import load_fixtures, load_playbook

DEMO = Path("gateway/demo/shop/playbook")
RUN = CliRunner()


def copied(folder: Path, target: Path) -> Path:
    shutil.copytree(folder, target)
    main = target / "playbook.toml"
    text = main.read_text(encoding="utf-8")
    main.write_text(text.replace("TIMEZONE", "Europe/London").replace("BUSINESS", "Shop"))
    return target


def test_the_tests_of_the_demo_shop_come_out_and_cover_its_rules() -> None:
    result = RUN.invoke(app, ["test", str(DEMO), "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.output)
    assert [one["wrong"] for one in told["tests"]] == [[]] * len(told["tests"])
    assert told["untested"] == []


def test_the_tests_of_the_first_playbook_come_out_and_a_wrong_one_is_told(tmp_path: Path) -> None:
    folder = copied(STARTER, tmp_path / "playbook")
    assert RUN.invoke(app, ["test", str(folder)]).exit_code == 0
    file = folder / "tests.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text
        + """
[[test]]
name = "wrong on purpose"
say = ["hello", "I will sue you"]
rule = "safety"
queue = "safety"
""",
        encoding="utf-8",
    )
    result = RUN.invoke(app, ["test", str(folder)])
    assert result.exit_code == 1
    assert "rule is legal, not safety" in result.output
    assert "queue is legal, not safety" in result.output
    assert "5 of 6 tests" in result.output


@pytest.mark.parametrize(
    ("waits", "say", "rule"),
    [(240, "a human please", "slow"), (239, "a human please", "none"), (900, "hello", "none")],
)
def test_time_passes_in_a_test(waits: int, say: str, rule: str, tmp_path: Path) -> None:
    folder = copied(STARTER, tmp_path / "playbook")
    rules, tests = folder / "rules.toml", folder / "tests.toml"
    when = '{ stage = "timer", minutes_waiting_gte = 240 }'
    slow = f"""
[[rule]]
id = "slow"
priority = 5
when = {when}
then = {{ escalate = true, urgency = "high" }}
"""
    rules.write_text(slow, encoding="utf-8")
    one = f'[[test]]\nname = "late"\nsay = ["{say}"]\nwaits = {waits}\nrule = "{rule}"\n'
    tests.write_text(one, encoding="utf-8")
    result = RUN.invoke(app, ["test", str(folder), "--json"])
    assert [one["wrong"] for one in json.loads(result.output)["tests"]] == [[]]


def test_a_handover_before_the_last_message_is_told(tmp_path: Path) -> None:
    folder = copied(STARTER, tmp_path / "playbook")
    (folder / "tests.toml").write_text(
        '[[test]]\nsay = ["I will sue you", "hello"]\nrule = "legal"\n', encoding="utf-8"
    )
    result = RUN.invoke(app, ["test", str(folder)])
    assert result.exit_code == 1
    assert "legal decided at message 1" in result.output


@pytest.mark.parametrize(
    ("change", "key", "wrong"),
    [
        ('rule = "leagl"', "rule", "there is no rule 'leagl'"),
        ('rule = "none"\nqueue = "x"', "rule", "is none, and a handover is described"),
        ('rule = "legal"\nat = "soon"', "at", "'soon' is no local time"),
        ('rule = "legal"\nlevel = 9', "level", "is no level"),
        ('rule = "legal"\nasks = "shoe"', "asks", "there is no slot 'shoe'"),
        ('rule = "legal"\ncustomer = { teir = "a" }', "customer.teir", "there is no such key"),
    ],
)
def test_a_fault_of_a_test_has_its_place(change: str, key: str, wrong: str, tmp_path: Path) -> None:
    folder = copied(STARTER, tmp_path / "playbook")
    (folder / "tests.toml").write_text(f'[[test]]\nname = "t"\nsay = "hi"\n{change}\n')
    with pytest.raises(PlaybookError) as raised:
        load_playbook(folder)
    (problem,) = raised.value.problems
    assert (problem.file, problem.key, problem.wrong) == ("tests.toml", f"test[t].{key}", wrong)


def test_tests_change_no_version(tmp_path: Path) -> None:
    folder = copied(STARTER, tmp_path / "playbook")
    before = load_playbook(folder)
    assert load_fixtures(folder, before)
    (folder / "tests.toml").unlink()
    after = load_playbook(folder)
    assert (after.version, load_fixtures(folder, after)) == (before.version, ())
