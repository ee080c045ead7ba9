"""Who is who at the command line: merge and unmerge with a look before, undo, alarms, and JSON."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine, select

from gateway.cli import main
from memory.pages.lists import audit_log
from memory.tables.main import Handle, Link
from memory.tables.rows import table
from memory.units.identity import alarms
from tests.memory.world import CHAT, PHONE, START, World


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
    """The exit code of `onethread identities` with these arguments."""
    with pytest.raises(SystemExit) as ended:
        main(("identities", *arguments))
    return int(ended.value.code or 0)


def answered(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """What the command answers as JSON."""
    assert run(*arguments, "--json") == 0
    return json.loads(capsys.readouterr().out)


def everything(engine: Engine) -> list[object]:
    """Every handle, link and change there is."""
    with engine.begin() as connection:
        rows: list[object] = list(audit_log(connection))
        for model in (Handle, Link):
            rows += connection.execute(select(table(model)).order_by(table(model).c.id)).all()
    return rows


def test_a_merge_is_tried_made_parted_and_undone(
    settled: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    before = everything(settled)
    tried = answered(capsys, "merge", CHAT, PHONE, "--dry-run")
    assert tried["possible"] and everything(settled) == before
    better = answered(capsys, "merge", CHAT, PHONE, "--level", "3", "--dry-run")
    assert not better["possible"]
    assert "needs evidence" in better["conflicts"][0]["words"]
    done = answered(capsys, "merge", CHAT, PHONE, "--evidence", "she called", "--yes")
    assert done["changed"]

    seen = answered(capsys, "unmerge", done["link_id"], "--dry-run")
    assert [len(side["handles"]) for side in seen["preview"]["sides"]] == [1, 1]
    parted = answered(capsys, "unmerge", done["link_id"], "--reason", "two people", "--yes")
    assert len(parted["parted"]["customers"]) == 2
    assert len(answered(capsys, "show", PHONE)["handles"]) == 1
    assert answered(capsys, "show", PHONE, "--ended")["ended"] == 1

    (change,) = answered(capsys, "audit", "--action", "unlink")
    assert change["can_undo"]
    assert answered(capsys, "undo", change["id"], "--yes")["action"] == "unlink"
    assert len(answered(capsys, "show", PHONE)["handles"]) == 2
    assert run("undo", change["id"], "--yes") == 1
    assert "undone already" in capsys.readouterr().err


def test_nothing_happens_without_a_yes(
    settled: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(settled)
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert run("merge", CHAT, PHONE, "--evidence", "she called") == 1
    told = capsys.readouterr().out
    assert "would read" in told and "the merge can be undone" in told
    assert everything(settled) == before


def test_a_link_is_only_tried(settled: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    before = everything(settled)
    assert run("link", CHAT, PHONE, "--dry-run") == 0
    told = capsys.readouterr().out
    assert "Joined by hand" in told and "Nothing was changed." in told
    assert everything(settled) == before


def test_a_link_to_a_handle_is_none_to_whoever_else_has_it(
    settled: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    office, ben = "email:office@x.org", "login:ben"
    with settled.begin() as connection:
        later = World(connection, START + timedelta(days=1), count(5001))
        later.say(office, "hello")
        later.say(PHONE, "hello")
        home = later.handle_row(office)["home_customer_id"]
        later.link(office, PHONE)
        assert later.handle_row(office)["customer_id"] != home
        World(connection, START + timedelta(days=2), count(7001)).say(ben, "hello")
    done = answered(capsys, "link", ben, office)
    rows = table(Link)
    with settled.begin() as connection:
        made = connection.execute(select(rows).where(rows.c.id == int(done["link_id"]))).one()
    assert made.customer_id == home, "and no link with Ada, who is joined to the office too"
    parted = answered(capsys, "unlink", ben, "--from", office)
    assert parted["parted"]["link_ids"] == [done["link_id"]]


def test_alarms_are_listed_and_closed(settled: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("alarms") == 0
    assert "No alarms." in capsys.readouterr().out
    with settled.begin() as connection:
        root = connection.execute(select(table(Handle).c.customer_id)).scalars().first()
        assert root is not None
        alarms.sound(connection, 77, alarms.SHARED, PHONE, root, "Two people use it.", 1)
    assert run("alarms") == 0
    assert "Two people use it." in capsys.readouterr().out
    assert answered(capsys, "alarms", "--close", "77") == []
    assert run("alarms", "--close", "77") == 1


def test_whom_a_command_may_not_join_is_told_to_people(
    settled: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    with settled.begin() as connection:
        World(connection, START + timedelta(days=1), count(5001)).say("login:ben", "hello")
    assert run("link", "login:ben", CHAT, "--dry-run") == 1
    assert run("merge", "login:ben", CHAT, "--dry-run") == 0
    capsys.readouterr()
    assert answered(capsys, "alarms") == []
    assert run("merge", "login:ben", CHAT) == 1
    assert run("link", "login:ben", CHAT) == 1
    assert "two different logins" in capsys.readouterr().err
    (alarm,) = answered(capsys, "alarms")
    assert alarm["kind"] == "contradiction" and "wanted to join login:ben" in alarm["message"]


def test_a_handle_is_shared_until_it_is_not(
    settled: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answered(capsys, "shared", PHONE, "--reason", "an office")["shared"]
    assert run("show", PHONE) == 0
    assert "(shared)" in capsys.readouterr().out
    assert not answered(capsys, "shared", PHONE, "--not", "--reason", "her own")["shared"]
    assert run("shared", "phone:+1999", "--reason", "x") == 1


def test_an_address_with_a_new_owner_begins_anew(
    settled: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(settled)
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert run("retire", PHONE, "--reason", "she called") == 1
    assert everything(settled) == before
    capsys.readouterr()
    done = answered(capsys, "retire", PHONE, "--reason", "she called", "--yes")
    assert answered(capsys, "show", PHONE)["id"] == done["successor_customer_id"]
    (resting,) = answered(capsys, "show", done["customer_id"])["handles"]
    assert resting["retired_because"] == "she called"
    assert run("retire", CHAT, "--reason", "x", "--yes") == 1
    assert "can never be somebody else's" in capsys.readouterr().err
