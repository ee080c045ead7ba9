"""The command says what is wrong with its input, and plays what is right."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from core.playbook.reader import PLAYBOOK_FILES
from gateway.commands.replay import app
from gateway.playbook.reader import load_playbook
from tests.gateway.replay.crowd import write_crowd


def run(*arguments: object) -> tuple[int, str]:
    """Exit code and everything printed."""
    done = CliRunner().invoke(app, [str(one) for one in arguments], env={"COLUMNS": "200"})
    return done.exit_code, done.output


def test_a_bad_file_is_refused_with_line_and_fix(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text("{}\nnope\n", encoding="utf-8")
    code, said = run(path, "--out", tmp_path / "out", "--derive-playbook")
    assert code == 2
    assert "line 1:" in said
    assert "line 2:" in said


def test_wrong_options_are_refused(tmp_path: Path) -> None:
    path = write_crowd(tmp_path)
    out = tmp_path / "out"
    assert run(path, "--out", out)[0] == 2
    assert run(path, "--out", out, "--derive-playbook", "--channels", "sms,pigeon")[0] == 2
    assert run(path, "--out", out, "--derive-playbook", "--channels", "sms")[0] == 2
    code, said = run(path, "--out", out, "--derive-playbook", "--only", "table-0,nobody")
    assert (code, "nobody" in said) == (2, True)
    assert not out.exists()


def test_a_playbook_is_named_for_dialogues_that_there_are(tmp_path: Path) -> None:
    path, folder = write_crowd(tmp_path), tmp_path / "written"
    out = tmp_path / "out"
    assert run(path, "--out", tmp_path, "--write-playbook", folder)[0] == 0
    code, said = run(path, "--out", out, "--playbook", f"post={folder}")
    assert (code, "add --derive-playbook" in said) == (2, True)
    code, said = run(path, "--out", out, "--playbook", f"bank={folder}", "--derive-playbook")
    assert (code, "no dialogue for --playbook bank" in said) == (2, True)
    code, said = run(path, "--out", out, "--playbook", f"post={tmp_path / 'none'}")
    assert (code, "there is no folder" in said) == (2, True)
    assert run(path, "--out", out, "--playbook", folder, "--derive-playbook")[0] == 2
    assert not out.exists()
    only = ("--derive-playbook", "--only", "table-0,parcel-1")
    code, said = run(path, "--out", out, "--playbook", f"post={folder}", *only)
    assert code == 0, said


def test_dialogues_are_played_and_shown(tmp_path: Path) -> None:
    path = write_crowd(tmp_path)
    out = tmp_path / "out"
    code, said = run(path, "--out", out, "--derive-playbook", "--only", "table-0,parcel-1")
    assert code == 0, said
    assert "2 of 2 dialogues, 9 messages" in said
    code, said = run("show", out, "table-0")
    assert code == 0
    assert "my name is Ada" in said
    assert run("show", out, "table-99")[0] == 2


def test_a_derived_playbook_is_written_and_can_be_played_with(tmp_path: Path) -> None:
    path = write_crowd(tmp_path)
    folder = tmp_path / "playbook"
    assert run(path, "--out", tmp_path, "--write-playbook", folder)[0] == 0
    assert {one.name for one in folder.iterdir()} <= set(PLAYBOOK_FILES)
    assert load_playbook(folder).flows
    code, said = run(path, "--out", tmp_path / "o", "--playbook", folder, "--only", "table-2")
    assert code == 0, said
