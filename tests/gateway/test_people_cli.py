"""The commands for people and tokens, beside a database as a gateway has it, in both dialects."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from core.clock import to_micros
from gateway.access.callers import hash_secret
from gateway.app import utc_now
from gateway.cli import main
from gateway.commands.database import transaction
from memory.pages.lists import audit_log
from memory.pages.people import invited, people_list, token_holder, token_list


@pytest.fixture
def database(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The address of a database that the commands find, too."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ONETHREAD__STORAGE__URL", database_url)
    monkeypatch.setenv("ONETHREAD__SERVER__PUBLIC_URL", "https://support.example.com")
    return database_url


def run(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    """What a command says."""
    with pytest.raises(SystemExit) as ended:
        main(words)
    said = capsys.readouterr()
    assert ended.value.code == code, said
    return said.out + said.err


def once_in(said: str) -> str:
    """The secret of the link that was printed."""
    found = re.search(r"https://support\.example\.com/console/welcome\?once=(\S+)", said)
    assert found is not None, said
    return hash_secret(found[1])


def test_an_account_is_made_changed_and_written_down(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = run(capsys, "people", "add", "Sam", "--role", "agent", "--name", "Sam Reed")
    run(capsys, "people", "role", "sam", "viewer")
    run(capsys, "people", "disable", "sam")
    assert "disabled" in run(capsys, "people", "link", "sam", code=1)
    run(capsys, "people", "enable", "sam")
    newer = run(capsys, "people", "link", "sam")
    assert "0 sessions" in run(capsys, "people", "sign-out", "sam")
    assert "disabled" not in (listed := run(capsys, "people", "list")) and "Sam Reed" in listed
    now = to_micros(utc_now())
    with transaction(database) as connection:
        (sam,) = people_list(connection, now)
        assert (sam.login, sam.role, sam.waits, sam.disabled) == ("sam", "viewer", True, False)
        assert invited(connection, once_in(said), now) is None
        assert invited(connection, once_in(newer), now) is not None
        assert {one.actor.partition(":")[0] for one in audit_log(connection)} == {"cli"}


def test_whatever_is_said_of_people_and_tokens_is_said_as_json_too(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def told(words: str) -> Any:
        return json.loads(run(capsys, *words.split(), "--json"))

    assert once_in(told("people add sam --role agent")["url"])
    assert once_in(told("people link sam")["url"])
    assert told("people role sam viewer") == {"login": "sam", "role": "viewer"}
    assert told("people disable sam")["disabled"] and not told("people enable sam")["disabled"]
    assert told("people sign-out sam")["ended"] == 0
    assert [one["login"] for one in told("people list")] == ["sam"]
    token = told("tokens add shop --right provision")["token"]
    assert token.startswith("ot_")
    (listed,) = told("tokens list")
    assert listed["name"] == "shop" and token not in str(listed)
    assert told("tokens revoke shop") == {"name": "shop", "state": "revoked"}


def test_the_first_owners_link_is_printed_until_there_is_one(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    hash_ = once_in(run(capsys, "people", "link"))
    with transaction(database) as connection:
        found = invited(connection, hash_, to_micros(utc_now()))
    assert found is not None and found.login is None


def test_a_token_is_shown_once_and_revoked(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("tokens", "add", "shop", "--right", "provision", "--expires", "90d")
    (token,) = re.findall(r"\bot_\S+", run(capsys, *words))
    assert "already" in run(capsys, *words, code=1)
    assert token not in run(capsys, "tokens", "list")
    now = to_micros(utc_now())
    with transaction(database) as connection:
        held = token_holder(connection, hash_secret(token), now)
        assert held is not None and held.rights == ("provision",)
        (listed,) = token_list(connection, now)
        assert listed.expires_at is not None and 89 <= (listed.expires_at - utc_now()).days <= 90
        assert not _stored(connection, token)
    run(capsys, "tokens", "revoke", "shop")
    with transaction(database) as connection:
        assert token_holder(connection, hash_secret(token), now) is None


def test_a_token_without_rights_or_with_an_odd_time_is_refused(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "--right" in run(capsys, "tokens", "add", "shop", code=2)
    assert "90d" in run(
        capsys, "tokens", "add", "shop", "--role", "viewer", "--expires", "soon", code=2
    )
    assert "letters" in run(capsys, "tokens", "add", "a:b", "--right", "see", code=1)
    with transaction(database) as connection:
        assert token_list(connection, 0) == []


def test_without_a_database_it_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "start the gateway once" in " ".join(run(capsys, "people", "link", code=1).split())


def _stored(connection: Connection, secret: str) -> bool:
    told = str(token_list(connection, 0)) + str(audit_log(connection))
    return secret in told
