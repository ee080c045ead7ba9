"""Playbooks on disk: what of a folder is read, what keeps it from being read, and the command."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.playbook.reader import PlaybookError
from gateway.cli import main
from gateway.demo.settings import PLAYBOOK
from gateway.playbook.reader import FILE_LIMIT, load_playbook
from tests.core.playbook_faults import GOOD


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in GOOD.items():
        path = tmp_path / "bakery" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "bakery"


def faults(folder: Path) -> list[tuple[str, str, str]]:
    with pytest.raises(PlaybookError) as raised:
        load_playbook(folder)
    return [(one.file, one.key, one.wrong) for one in raised.value.problems]


def ended(*arguments: str) -> object:
    with pytest.raises(SystemExit) as raised:
        main(arguments)
    return raised.value.code


def test_a_folder_is_read_and_strangers_in_it_are_left_alone(folder: Path) -> None:
    version = load_playbook(folder).version
    (folder / "README.md").write_text("For the bakers.")
    (folder / ".draft.toml").write_text("[[[")
    (folder / "articles" / "photo.jpg").write_bytes(b"\xff\xd8")
    assert load_playbook(folder).version == version


def test_line_ends_and_byte_order_marks_change_nothing(folder: Path) -> None:
    version = load_playbook(folder).version
    for path in folder.rglob("*.*"):
        if path.is_file():
            path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_playbook(folder).version == version


def test_a_missing_folder_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(PlaybookError) as raised:
        load_playbook(tmp_path / "playbook")
    (problem,) = raised.value.problems
    assert problem.wrong == "there is no such folder"
    assert "playbook.path" in problem.mend


def test_a_file_in_place_of_a_folder(folder: Path) -> None:
    path = folder / "playbook.toml"
    assert faults(path) == [(str(path), "", "is not a folder")]


def test_what_is_not_utf_8_is_named_with_its_line(folder: Path) -> None:
    (folder / "slots.toml").write_bytes(b'[number]\nkind = "order"\nask = "Num\xe9ro?"\n')
    assert faults(folder) == [("slots.toml", "line 3", "is not UTF-8: byte 0xe9")]


def test_a_file_too_large_is_not_even_read(folder: Path) -> None:
    with (folder / "tables" / "cakes.csv").open("ab") as file:
        file.truncate(FILE_LIMIT + 1)
    assert faults(folder) == [
        ("tables/cakes.csv", "", "has 5,000,001 bytes, more than 5,000,000"),
    ]


def test_a_folder_in_place_of_a_file(folder: Path) -> None:
    (folder / "rules.toml").unlink()
    (folder / "rules.toml").mkdir()
    ((file, _, wrong),) = faults(folder)
    assert file == "rules.toml"
    assert wrong.startswith("cannot be read")


def test_check_tells_what_is_in_a_good_playbook(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended("playbook", "check", str(PLAYBOOK)) == 0
    said = capsys.readouterr().out
    assert "Lamp & Loom" in said
    assert "in order" in said


def test_check_tells_all_faults_of_a_bad_one(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "answers.toml").write_text('greeting = ["Stop or go?"]\n')
    (folder / "flows.toml").write_text("[order_status\n")
    assert ended("playbook", "check", str(folder)) == 2
    said = capsys.readouterr().err
    assert "3 faults in the playbook" in said
    for words in ("answers.toml:1  greeting", "flows.toml  line 1, column 14", "no answer 'big'"):
        assert words in said


def test_serve_tells_them_too(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (folder / "playbook.toml").unlink()
    config = tmp_path / "config.toml"
    config.write_text(f'[playbook]\npath = "{folder}"\n[server]\nport = 0\n')
    assert ended("serve", "--config", str(config)) == 2
    assert "playbook.toml\n  is missing" in capsys.readouterr().err


def test_rules_that_are_looser_than_ours_are_warned_of(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "identity.toml").write_text("[levels]\nhistory = 1\n")
    assert ended("playbook", "check", str(folder)) == 0
    assert "levels.history is 1, below the default 2" in capsys.readouterr().out
