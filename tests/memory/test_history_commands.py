"""The command that brings in what was said elsewhere, as a person types it."""

from __future__ import annotations

import json
import re
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from gateway.demo.settings import PLAYBOOK
from memory.tables.main import Message
from memory.tables.rows import table
from tests.memory.test_commands import run, settled
from tests.memory.world import PHONE

__all__ = ["settled"]

Out = pytest.CaptureFixture[str]
ADA = PHONE.partition(":")[2]


@pytest.fixture
def shop(settled: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The settings name a playbook and a folder of the gateway's own, too."""
    monkeypatch.setenv("ONETHREAD__PLAYBOOK__PATH", str(PLAYBOOK))
    monkeypatch.setenv("ONETHREAD__DATA__FOLDER", str(tmp_path / "data"))
    return settled


def imported(file: Path, *more: str) -> int:
    """The exit code of an import of this file."""
    return run("import-history", str(file), "--source", "desk", "--reason", "our own", *more)


def texts(engine: Engine) -> list[str]:
    """All that is stored."""
    with engine.connect() as connection:
        return sorted(connection.execute(select(table(Message).c.text)).scalars())


def test_a_history_is_shown_brought_in_listed_and_taken_back(
    shop: Engine, tmp_path: Path, capsys: Out
) -> None:
    before = texts(shop)
    file = tmp_path / "tickets.jsonl"
    said = {"Zeit": "2026-03-01 10:00", "phone": ADA, "text": "is it red?", "ticket": 7}
    answered = {**said, "Zeit": 1_772_360_000, "text": "it is blue", "agent": "Sam"}
    lines = [said, answered, {**said, "phone": "+15550009999"}]
    file.write_text("".join(json.dumps(one) + "\n" for one in lines))
    named = ("--column", "Zeit=when", "--zone", "Europe/Berlin")
    assert imported(file, *named, "--dry-run") == 0
    told = capsys.readouterr().out
    assert "3 messages: 3 would be brought in, 0 here already" in told
    assert "From 2026-03-01 to 2026-03-01: 3 sms." in told and "1 handles would be new" in told
    assert texts(shop) == before
    assert imported(file, *named, "--yes", "--json") == 0
    done = json.loads(capsys.readouterr().out)
    assert (done["messages"], done["new"], done["known"]) == (3, 1, 1)
    assert texts(shop) == sorted([*before, "is it red?", "is it red?", "it is blue"])
    assert imported(file, *named, "--yes") == 0
    again = capsys.readouterr().out
    assert "0 brought in, 3 here already" in again
    assert re.search(rf"--undo {done['batch_id']}\b", again)
    assert run("import-history", "--list") == 0
    assert "3 rows, 3 messages of before" in capsys.readouterr().out
    assert run("import-history", "--undo", done["batch_id"], "--yes") == 0
    assert texts(shop) == before


def test_an_mbox_tells_who_is_the_customer_by_our_own_addresses(
    shop: Engine, tmp_path: Path, capsys: Out
) -> None:
    before = texts(shop)
    mails: list[str] = []
    for sender, to, words in (
        ("Ada <ada@x.org>", "help@shop.test", "Does it fit?\n\nFrom here it looks small."),
        ("Sam <help+7@shop.test>", "ada@x.org", "It does.\n\n> Does it fit?\n"),
    ):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Date"] = sender, to, "Sun, 01 Mar 2026 10:00:00 +0000"
        mail["Message-ID"], mail["Subject"] = f"<{len(mails)}@x.org>", "The box"
        if mails:
            mail["In-Reply-To"] = "<0@x.org>"
        mail.set_content(words)
        mails.append("From ada@x.org Sun Mar  1 10:00:00 2026\n" + mail.as_string(unixfrom=False))
    file = tmp_path / "old.mbox"
    file.write_text("\n".join(mails).replace("\nFrom here", "\n>From here"))
    assert imported(file, "--yes") == 1
    assert "which mail addresses are your own" in capsys.readouterr().err
    assert imported(file, "--yes", "--own", "help@shop.test") == 0
    brought = [one for one in texts(shop) if one not in before]
    assert brought == ["Does it fit?\n\nFrom here it looks small.", "It does."]


@pytest.mark.parametrize(
    ("content", "arguments", "words"),
    [
        ("when,phone,text\nlong ago,+15550001111,x\n", (), "the first in line 2"),
        ("when,phone,colour\n", (), "This column is not understood"),
        ("when,text\n", (), "The columns do not tell enough"),
        ("", (), "The file is empty"),
        ("when,phone,text\n", ("--zone", "Mars"), "There is no time zone"),
        ("when,phone,text\n", ("--form", "xls"), "There is no form"),
        ("hello\n", ("--form", "mbox", "--own", "a@b.test"), "This is no mbox"),
        ("[1]\n", ("--form", "jsonl"), "This is no JSON object"),
    ],
)
def test_what_cannot_be_brought_in_says_why(
    shop: Engine,
    tmp_path: Path,
    capsys: Out,
    content: str,
    arguments: tuple[str, ...],
    words: str,
) -> None:
    file = tmp_path / "tickets.csv"
    file.write_text(content)
    assert imported(file, "--yes", *arguments) == 1
    assert words in " ".join(capsys.readouterr().err.split())
