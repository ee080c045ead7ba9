"""What keeps a gateway from starting: each told with its place and remedy, and never a value."""

from __future__ import annotations

import errno
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from gateway.cli import main
from gateway.demo.settings import PLAYBOOK
from gateway.intents.training import TrainingFailed
from gateway.settings.model import load_settings
from gateway.settings.obstacles import machine_problems, with_port
from tests.gateway.replay.crowd import write_crowd

ROOT = Path(__file__).parents[2]
SECRET = "hunter2-of-the-tests"


@pytest.fixture(autouse=True)
def empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.upper().startswith("ONETHREAD__"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ONETHREAD__PLAYBOOK__PATH", str(PLAYBOOK))
    monkeypatch.setenv("ONETHREAD__PIPELINE__STAGES", "trivial")
    monkeypatch.setenv("COLUMNS", "200")


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command says that ends with code 2; never a traceback, never the secret."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    out, said = capsys.readouterr()
    assert ended.value.code == 2, said
    for never in ("Traceback", 'File "', SECRET):
        assert never not in out + said
    return said


def test_a_port_in_use_is_told_before_anything_is_made(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        Path("config.toml").write_text(f"[server]\nport = {port}\n", encoding="utf-8")
        said = refused(capsys, "serve")
    assert "config.toml  server.port\n  is in use by another program" in said
    assert not Path("data/onethread.db").exists()


def test_everything_of_the_machine_is_told_at_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("cert.pem", "key.pem", "file"):
        Path(name).touch()
    Path("config.toml").write_text(
        '[server]\nhost = "192.0.2.1"\ntls_cert = "cert.pem"\ntls_key = "key.pem"\n', "utf-8"
    )
    monkeypatch.setenv("ONETHREAD__DATA__FOLDER", "file/below")
    said = refused(capsys, "serve")
    for words in (
        "3 faults in the configuration",
        "environment  ONETHREAD__DATA__FOLDER\n  cannot be written: not a directory",
        "config.toml  server.tls_cert\n  is not a certificate with the key that belongs to it",
        "config.toml  server.host\n  is no address of this machine",
    ):
        assert words in said


def test_port_0_takes_a_free_one_that_can_be_named_to_providers() -> None:
    settings = with_port(load_settings(overrides={"server": {"port": 0}}))
    assert settings.server.port > 0
    assert settings.file == "config.toml"
    kept = load_settings(overrides={"server": {"port": 9000}})
    assert with_port(kept) is kept


def test_a_gateway_on_port_0_says_where_it_is(tmp_path: Path) -> None:
    words = tmp_path / "words"
    with words.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "gateway", "serve", "--port", "0"],
            stdout=said,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
    try:
        while not (found := re.search(r"http://127\.0\.0\.1:(\d+)", words.read_text("utf-8"))):
            assert process.poll() is None
            time.sleep(0.05)
        with socket.create_connection(("127.0.0.1", int(found[1])), timeout=10):
            pass
    finally:
        process.terminate()
        assert process.wait(20) == 0


@pytest.mark.parametrize(
    ("number", "key"),
    [(errno.EADDRINUSE, "port"), (errno.EACCES, "port"), (errno.EADDRNOTAVAIL, "host")],
)
def test_what_the_system_says_of_a_socket_names_the_key(
    number: int, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("gateway.settings.obstacles._probe", refuse)
    assert [one.key for one in machine_problems(load_settings())] == [f"server.{key}"]


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        (f"postgresql://me:{SECRET}@127.0.0.1:1/x", "does not answer there"),
        (f"postgresql://me:{SECRET}@nowhere.invalid/x", "is on a machine of unknown name"),
        (f"postgresql://me:@{SECRET}@db/x", "is not an address of a database"),
        (f"postgresql://me:x@db:{SECRET}/x", "is not an address of a database"),
        (f"mysql://me:{SECRET}@db/x", "has the wrong scheme"),
        ("sqlite:///:memory:", "is not an address of a database"),
        ("sqlite:///file/one.db", "cannot be opened"),
        ("sqlite:///folder", "cannot be opened"),
        ("sqlite:///words.txt", "is not a SQLite database"),
    ],
)
@pytest.mark.parametrize("command", [("serve", "--port", "0"), ("db", "upgrade")])
def test_a_database_that_cannot_be_used_is_told(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    url: str,
    wrong: str,
) -> None:
    Path("file").touch()
    Path("folder").mkdir()
    Path("words.txt").write_text("These are words, and no database at all. " * 100, "utf-8")
    monkeypatch.setenv("ONETHREAD__STORAGE__URL", url)
    assert f"environment  ONETHREAD__STORAGE__URL\n  {wrong}" in refused(capsys, *command)


def test_a_database_made_by_a_newer_release_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("data").mkdir()
    with sqlite3.connect("data/onethread.db") as database:
        database.execute("create table alembic_version (version_num text)")
        database.execute("insert into alembic_version values ('9999')")
    database.close()
    said = refused(capsys, "serve", "--port", "0")
    assert "config.toml  storage.url" in said
    assert "9999 was made by a newer release" in said


@pytest.mark.postgres
def test_a_server_without_the_database_or_the_user_is_told(
    postgres_database_url: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = make_url(postgres_database_url)
    missing = url.set(database="no_such_one").render_as_string(hide_password=False)
    monkeypatch.setenv("ONETHREAD__STORAGE__URL", missing)
    assert "has no database of that name" in refused(capsys, "db", "version")
    stranger = url.set(username="no_such_one", password=SECRET)
    monkeypatch.setenv("ONETHREAD__STORAGE__URL", stranger.render_as_string(hide_password=False))
    said = refused(capsys, "db", "version")
    assert "does not know the user" in said or "refuses the user or the password" in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[server\n", ["config.toml  line 1, column 8", "is not valid TOML"]),
        ("[server]\nport = 'x'\n", ["server.port", "is not a whole number"]),
        ("[sever]\nport = 1\n", ["sever", "Did you mean server?"]),
        ("[server]\ntls_cert = 'config.toml'\n", ["server.tls_key", "TLS needs a certificate"]),
        ("[server]\nhost = '0.0.0.0'\n", ["server.host", "without TLS"]),
        ("[adapters.fax]\n", ["adapters.fax", "there is no adapter named fax"]),
        ("[adapters.sms]\n", ["2 faults", "sms.account_sid", "sms.auth_token"]),
    ],
    ids=lambda one: one[0] if isinstance(one, list) else "",
)
@pytest.mark.parametrize("command", [("serve",), ("config", "check")])
def test_each_fault_of_the_file_is_told_by_every_command_that_reads_it(
    capsys: pytest.CaptureFixture[str], command: tuple[str, ...], text: str, words: list[str]
) -> None:
    Path("config.toml").write_text(text, encoding="utf-8")
    said = refused(capsys, *command)
    for one in words:
        assert one in said


def test_check_reads_the_playbook_too_and_serve_refuses_the_demo_s_secrets(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("mine").mkdir()
    Path("mine/playbook.toml").write_text("nmae = 'x'\n", encoding="utf-8")
    Path("mine/flows.toml").write_text("[order\n", encoding="utf-8")
    Path("config.toml").write_text(
        "[playbook]\npath = 'mine'\n[adapters.webchat]\n"
        "allowed_origins = ['https://shop.example.com']\n"
        "secret = 'onethread-demo-web-chat-session-secret'\n",
        encoding="utf-8",
    )
    monkeypatch.delenv("ONETHREAD__PLAYBOOK__PATH")
    said = refused(capsys, "config", "check")
    for words in (
        "config.toml  adapters.webchat.secret\n  is the demo's secret",
        "mine/playbook.toml  nmae",
        "mine/flows.toml  line 1, column 7",
    ):
        assert words in said
    assert "is the demo's secret" in refused(capsys, "serve", "--port", "0")


def test_a_playbook_that_cannot_be_learned_from_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise TrainingFailed("the training took longer than 60 seconds", None)

    monkeypatch.setattr("gateway.intents.choice.model_for", fail)
    monkeypatch.setenv("ONETHREAD__PIPELINE__STAGES", "default")
    said = refused(capsys, "serve", "--port", "0")
    assert "intents.toml\n  no model could be learned" in said
    assert "took longer than 60 seconds" in said


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (("demo", "--data", "file/below"), "--data"),
        (("replay", "talks.jsonl", "--out", "file/b", "--derive-playbook"), "--out"),
        (
            ("replay", "talks.jsonl", "--out", "out", "--write-playbook", "file/b"),
            "--write-playbook",
        ),
    ],
)
def test_a_folder_of_the_command_line_that_cannot_be_written_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: tuple[str, ...], option: str
) -> None:
    Path("file").touch()
    write_crowd(tmp_path).rename("talks.jsonl")
    said = refused(capsys, *arguments)
    assert f"command line  {option}\n  cannot be written: not a directory" in said


def test_what_nobody_expected_is_told_by_its_place_alone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def burst(*_: object, **__: object) -> None:
        password = SECRET
        raise RuntimeError(f"cannot go on with {password}")

    monkeypatch.setattr("gateway.serving.run_serve", burst)
    with pytest.raises(SystemExit) as ended:
        main(["serve"])
    said = capsys.readouterr().err
    assert ended.value.code == 1
    assert "RuntimeError" in said and "in burst" in said and "should not have happened" in said
    assert SECRET not in said
