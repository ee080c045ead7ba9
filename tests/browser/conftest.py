"""What browser tests share: a trained model, a shop with its gateway, a demo, a running Chromium.

Chromium runs as long as the tests do, and so all of them run in one event loop; each has windows of
its own.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from gateway.demo.start import Demo, running_demo
from tests.browser.driving import PATIENCE_MS, chromium
from tests.browser.shop import Shop, open_shop
from tests.layouts import laid_out

AXE = "axe-core@4.10.3"


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demos of this run keep their trained model."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The example page and its gateway, for all tests of a file."""
    with open_shop(tmp_path_factory.mktemp("shop")) as opened:
        yield opened


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The rules of accessibility as a script of npm's; without Node the test is skipped, or fails
    in CI."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("no Node.js with npm on this machine; on Debian: apt-get install nodejs npm")
    folder = tmp_path_factory.mktemp("axe")
    command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", AXE]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=50)
    if done.returncode:
        pytest.skip(f"npm could not install {AXE}: {done.stderr[-300:]}")
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest_asyncio.fixture(loop_scope="session")
async def demo(tmp_path: Path, models: Path) -> AsyncIterator[Demo]:
    """A demo of the test's own."""
    laid_out(tmp_path / "demo.db")
    async with running_demo(tmp_path, models=models) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _chromium(chromium_path: str) -> AsyncIterator[Browser]:
    # Five seconds, which is what Playwright waits, are too few for a busy machine.
    expect.set_options(timeout=PATIENCE_MS)
    async with chromium(chromium_path) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def browser(_chromium: Browser) -> AsyncIterator[Browser]:
    """A Chromium without a window; those that a test opens are closed behind it."""
    yield _chromium
    for context in _chromium.contexts:
        await context.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have the tests of this folder run in the loop that Chromium is driven from."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
