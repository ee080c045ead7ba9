"""The commands on imports, the export, suggestions and the block list, as a person types them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from gateway.demo.settings import PLAYBOOK
from tests.memory.test_commands import run, settled
from tests.memory.world import CHAT, PHONE, VISITOR, World

__all__ = ["settled"]

Out = pytest.CaptureFixture[str]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Customers of another system."""
    made = tmp_path / "customers.csv"
    made.write_text(f"Kundennr,phone,login,name\n1001,{PHONE[6:]},anna,Anna Berg\n")
    return made


def imported(file: Path, *more: str) -> int:
    """The exit code of an import of this file."""
    told = ("--source", "crm", "--reason", "our own list", "--column", "Kundennr=external_id")
    return run("identities", "import", str(file), *told, *more)


def test_an_import_is_shown_done_listed_and_taken_back(
    settled: Engine, file: Path, capsys: Out
) -> None:
    assert imported(file, "--dry-run") == 0
    told = capsys.readouterr().out
    assert "1 rows: 1 handles would be new, 2 known, 2 links would be made" in told
    assert f"line 2: {PHONE} joins external:1001 at level 1" in told
    run("identities", "show", PHONE)
    assert CHAT not in capsys.readouterr().out
    assert imported(file, "--yes", "--level", "2") == 0
    batch = re.search(r"--undo (\d+)", capsys.readouterr().out)
    assert batch is not None
    run("identities", "show", PHONE)
    assert CHAT in capsys.readouterr().out
    assert run("identities", "import", "--list") == 0
    assert f"{batch[1]}  " in capsys.readouterr().out
    assert run("identities", "import", "--undo", batch[1], "--yes") == 0
    assert "2 links ended" in capsys.readouterr().out
    run("identities", "show", PHONE)
    assert CHAT not in capsys.readouterr().out
    assert run("identities", "import", "--undo", batch[1], "--yes") == 1
    assert "already" in capsys.readouterr().err


def test_what_is_given_out_can_be_brought_in_again(
    settled: Engine, file: Path, tmp_path: Path, capsys: Out
) -> None:
    imported(file, "--yes")
    given = tmp_path / "given.csv"
    assert run("identities", "export", str(given)) == 0
    assert "1 customers" in capsys.readouterr().out
    assert imported(given, "--yes", "--json") == 0
    done = json.loads(capsys.readouterr().out)
    assert (done["new"], done["joined"], done["attributes"], done["fault_count"]) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("content", "arguments", "words"),
    [
        ("phone\n12\n", (), "the first in line 2"),
        ("phone\n+447700900150\n", ("--column", "x"), "NAME=MEANING"),
        ("", (), "The file is empty"),
    ],
)
def test_what_cannot_be_brought_in_says_why(
    settled: Engine,
    tmp_path: Path,
    capsys: Out,
    content: str,
    arguments: tuple[str, ...],
    words: str,
) -> None:
    file = tmp_path / "customers.csv"
    file.write_text(content)
    assert imported(file, "--yes", *arguments) == 1
    assert words in capsys.readouterr().err


def test_a_source_has_to_be_named(settled: Engine, file: Path, capsys: Out) -> None:
    assert run("identities", "import", str(file)) == 1
    assert "--source and --reason" in capsys.readouterr().err


def test_suggestions_are_looked_for_listed_and_decided(
    settled: Engine, tmp_path: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    with settled.begin() as connection:
        world = World(connection)
        for _ in range(5_000):
            world.id()
        world.say(VISITOR, f"call me on {PHONE[6:]}")
    monkeypatch.setenv("ONETHREAD__PLAYBOOK__PATH", str(PLAYBOOK))
    assert run("identities", "suggest", "--rebuild") == 0
    told = capsys.readouterr().out
    assert "1 are new." in told and f"{VISITOR} wrote {PHONE} (70)" in told
    (found,) = json_of("suggest", capsys)
    assert found["score"] == 70
    rules = tmp_path / "stricter.toml"
    rules.write_text("[suggestions]\nthreshold = 80\n")
    assert run("identities", "rules", "publish", str(rules), "--note", "x", "--yes") == 0
    assert run("identities", "suggest", "--rebuild") == 0
    assert "0 are new. 1 are taken back." in capsys.readouterr().out
    rules.write_text("[suggestions]\nthreshold = 70\n")
    assert run("identities", "rules", "publish", str(rules), "--note", "x", "--yes") == 0
    assert run("identities", "suggest", "--rebuild") == 0
    assert "1 are new. 0 are taken back." in capsys.readouterr().out
    (found,) = json_of("suggest", capsys)
    assert run("identities", "suggest", "--join", found["id"], "--why", "she called") == 0
    assert json_of("suggest", capsys, "They are customer") == []
    assert run("identities", "suggest", "--apart", found["id"]) == 1
    assert "they were joined already" in capsys.readouterr().err


def json_of(command: str, capsys: Out, said: str = "") -> list[dict[str, Any]]:
    """What a command lists as JSON; `said` is what was printed before."""
    assert said in capsys.readouterr().out
    assert run("identities", command, "--json") == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return found


def test_an_address_is_put_on_the_block_list_and_taken_off(settled: Engine, capsys: Out) -> None:
    assert run("identities", "block", PHONE) == 1
    assert "--reason" in capsys.readouterr().err
    assert run("identities", "block", PHONE, "--reason", "made up") == 0
    assert run("identities", "link", CHAT, PHONE) == 1
    assert "block list" in capsys.readouterr().err
    assert run("identities", "block") == 0
    assert f"{PHONE}  made up" in capsys.readouterr().out
    assert run("identities", "unblock", PHONE) == 0
    assert run("identities", "link", CHAT, PHONE) == 0
    assert run("identities", "unblock", PHONE) == 1
