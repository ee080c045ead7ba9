"""The doctor on this machine: disk, folders, database, playbook, secrets, and how it is told."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from core.channel_abilities import Finding, Gravity
from gateway.cli import build_app
from gateway.commands.doctor import show
from gateway.doctor.findings import Section
from gateway.doctor.machine import database_findings, machine_findings, playbook_findings
from gateway.doctor.secrets import secret_findings
from gateway.settings.model import load_settings
from memory.migrate import needed_version, upgrade

PLAYBOOK = Path(__file__).parents[2] / "gateway" / "demo" / "shop" / "playbook"
SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"


@pytest.fixture(autouse=True)
def empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.upper().startswith("ONETHREAD__"):
            monkeypatch.delenv(name)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    monkeypatch.chdir(tmp_path)


def config(text: str, mode: int = 0o600) -> None:
    """Write config.toml."""
    Path("config.toml").write_text(text, encoding="utf-8")
    Path("config.toml").chmod(mode)


def chat(secret: str) -> str:
    """A table of a web chat."""
    return f'[adapters.webchat]\nallowed_origins = ["https://a.test"]\nsecret = "{secret}"\n'


def wrong(found: Sequence[Finding]) -> list[str]:
    """What is not in order."""
    return [f"{one.what} {one.mend}" for one in found if one.gravity is not Gravity.OK]


class Usage(NamedTuple):
    """As `shutil.disk_usage` tells it."""

    total: int
    used: int
    free: int


@pytest.mark.parametrize(
    ("free", "gravity"),
    [(100 * 1024**2, Gravity.FAULT), (1024**3, Gravity.WARNING), (9 * 1024**3, Gravity.OK)],
)
def test_a_disk_that_fills_is_told(
    free: int, gravity: Gravity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(free, 0, free))
    [disk] = [one for one in machine_findings(load_settings()) if "disk" in one.what]
    assert disk.gravity is gravity


def test_looking_makes_no_folder_and_no_database() -> None:
    settings = load_settings()
    assert wrong(machine_findings(settings)) == wrong(database_findings(settings)) == []
    assert list(Path().iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told() -> None:
    Path("file").touch()
    config('[data]\nfolder = "file/below"\n')
    [fault] = wrong(machine_findings(load_settings()))
    assert "data.folder" in fault


def test_the_layout_of_the_database_is_told() -> None:
    settings = load_settings()
    url = settings.storage.url.get_secret_value()
    upgrade(url)
    assert wrong(database_findings(settings)) == []
    for layout, words in (("0000", "onethread db upgrade"), ("9999", "a newer release")):
        with sqlite3.connect("data/onethread.db") as database:
            database.execute("update alembic_version set version_num = ?", (layout,))
        database.close()
        [told] = wrong(database_findings(settings))
        assert words in told and needed_version() in told


def test_a_database_that_cannot_be_used_is_told() -> None:
    Path("words.txt").write_text("no database at all. " * 100, encoding="utf-8")
    config('[storage]\nurl = "sqlite:///words.txt"\n')
    [told] = wrong(database_findings(load_settings()))
    assert "storage.url: is not a SQLite database" in told


def test_each_fault_of_the_playbook_is_told() -> None:
    [told] = wrong(playbook_findings(load_settings()))
    assert "there is no such folder" in told
    config(f'[playbook]\npath = "{PLAYBOOK}"\n')
    assert wrong(playbook_findings(load_settings())) == []


def test_a_secret_of_ones_own_in_a_private_file_is_in_order() -> None:
    config(chat(SECRET))
    assert wrong(secret_findings(load_settings())) == []


@pytest.mark.parametrize(
    "secret",
    ["please-change-me-please-change-me-now", "a" * 40, "your-secret-your-secret-your-secret"],
)
def test_a_placeholder_for_a_secret_is_told_and_not_shown(secret: str) -> None:
    config(chat(secret))
    [told] = wrong(secret_findings(load_settings()))
    assert "adapters.webchat.secret" in told and "openssl rand -hex 32" in told
    assert secret not in told


def test_a_secret_of_the_demo_is_a_fault_told_once() -> None:
    config(chat("onethread-demo-web-chat-session-secret"))
    [fault] = wrong(secret_findings(load_settings()))
    assert "which everybody knows" in fault


def test_files_of_secrets_that_others_may_read_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    config(chat(SECRET), mode=0o644)
    [told] = wrong(secret_findings(load_settings()))
    assert told.endswith("chmod 600 config.toml")
    # Without a secret in it, anybody may read it.
    config(chat(SECRET).partition("secret")[0], mode=0o644)
    env = Path("onethread.env")
    env.write_text(f"ONETHREAD__ADAPTERS__WEBCHAT__SECRET={SECRET}\n", encoding="utf-8")
    env.chmod(0o640)
    [told] = wrong(secret_findings(load_settings()))
    assert told.endswith("chmod 600 onethread.env")
    env.chmod(stat.S_IRUSR)
    assert wrong(secret_findings(load_settings())) == []


def doctor(*options: str) -> Result:
    """What the command says."""
    arguments = ["doctor", *options]
    return CliRunner().invoke(build_app(arguments), arguments)


def test_settings_that_cannot_be_read_are_a_finding_with_exit_code_1() -> None:
    config("[server]\nprot = 1\n")
    said = doctor()
    assert said.exit_code == 1
    assert "config.toml server.prot: there is no such key" in said.output
    assert "Did you mean port?" in said.output


def test_programs_are_told_in_json() -> None:
    config(f'[server]\nport = 1\n[playbook]\npath = "{PLAYBOOK}"\n')
    said = doctor("--json")
    told = json.loads(said.stdout)
    assert (said.exit_code, told["ok"]) == (1, False)
    assert [one["about"] for one in told["sections"]] == [
        "Settings", "This machine", "Database", "Playbook", "Secrets", "Public address",
    ]  # fmt: skip
    [none] = [one for one in told["sections"][0]["findings"] if one["gravity"] == "fault"]
    assert "No channel is enabled" in none["what"] and "onethread init" in none["mend"]


def test_people_are_told_with_the_remedy_below(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    config(
        '[server]\nport = 1\npublic_url = "https://an-address-that-is-long.invalid/and/longer"\n'
    )
    said = doctor()
    assert "\n  bad   No channel is enabled: nobody can write.\n        Add a table" in said.output
    assert "2 warnings" in said.output or "faults" in said.output
    assert said.exit_code == 1


def test_what_is_to_be_copied_stays_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    record = '"v=DMARC1; p=none; rua=mailto:support@an-address-that-is-long.example"'
    command = "`ssh -N -R 8080:127.0.0.1:8080 USER@SERVER`"
    finding = Finding(Gravity.WARNING, "No record.", f"Publish {record} or run {command} now.")
    show([Section("DNS", (finding,))], Console(width=40))
    lines = [one.strip() for one in capsys.readouterr().out.splitlines()]
    assert record in lines and command in lines
