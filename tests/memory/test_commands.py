"""The commands on the database and on identities, as a person types them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import Engine

from gateway.cli import main
from memory.pages.lists import audit_log
from tests.memory.world import CHAT, PHONE, World


@pytest.fixture
def settled(engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Two people in the database that the settings name."""
    with engine.begin() as connection:
        world = World(connection)
        world.say(PHONE, "Where is my order?")
        world.say(CHAT, "hello")
    monkeypatch.setenv("ONETHREAD__STORAGE__URL", database_url)
    monkeypatch.setenv("COLUMNS", "200")
    return engine


def run(*arguments: str) -> int:
    """The exit code of a command."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


def test_two_handles_are_joined_shown_and_parted(
    settled: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("identities", "link", CHAT, PHONE, "--evidence", "same invoice") == 0
    told = capsys.readouterr().out
    assert PHONE in told and "Joined by hand: same invoice" in told
    assert run("identities", "link", CHAT, PHONE, "--evidence", "same invoice") == 0
    assert "joined already" in capsys.readouterr().out
    assert run("identities", "show", CHAT) == 0
    shown = capsys.readouterr().out
    assert PHONE in shown and CHAT in shown
    customer = re.search(r"customer (\d+)", shown)
    assert customer is not None
    assert run("identities", "show", customer.group(1)) == 0
    assert capsys.readouterr().out == shown
    assert run("identities", "unlink", CHAT, "--reason", "another Anna") == 0
    capsys.readouterr()
    assert run("identities", "show", CHAT) == 0
    assert PHONE not in capsys.readouterr().out
    with settled.begin() as connection:
        (ended,) = audit_log(connection, action="unlink")
        (made,) = audit_log(connection, action="link")
    assert ended.detail["reason"] == "another Anna"
    assert made.actor == ended.actor and made.actor.startswith("cli:")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("link", "login:nobody", PHONE), "never written to us"),
        (("link", CHAT, "phone:+1999"), "never written to us"),
        (("link", CHAT, PHONE, "--level", "3"), "needs evidence"),
        (("unlink", CHAT), "linked to no other customer"),
        (("show", "12"), "no customer 12"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(
    settled: Engine,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    words: str,
) -> None:
    assert run("identities", *arguments) == 1
    assert words in " ".join(capsys.readouterr().err.split())
    with settled.begin() as connection:
        assert audit_log(connection) == []


def test_a_database_is_brought_up_to_date_on_request(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ONETHREAD__STORAGE__URL", empty_database_url)
    assert run("db", "version") == 0
    assert "layout none" in capsys.readouterr().out
    assert run("identities", "show", PHONE) == 1
    assert "onethread db upgrade" in " ".join(capsys.readouterr().err.split())
    assert run("db", "upgrade") == 0
    reached = re.search(r"layout (\d+)", capsys.readouterr().out)
    assert reached is not None
    assert run("db", "version") == 0
    assert f"layout {reached.group(1)}, this release needs" in capsys.readouterr().out


def test_a_database_that_is_not_there_is_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "none.db"
    monkeypatch.setenv("ONETHREAD__STORAGE__URL", f"sqlite:///{missing}")
    assert run("identities", "show", PHONE) == 1
    assert "start the gateway once" in " ".join(capsys.readouterr().err.split())
    assert not missing.exists()
