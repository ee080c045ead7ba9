"""`onethread adapters`: what it lists, how a proof ends, and that a new channel overwrites nothing.

That the new channel works is tried in `tests/examples`, where it is installed.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from typer.testing import CliRunner
from typer.testing import Result as Run

from adapters import checking, registry
from adapters.registry import BUILT_IN, find_spec
from adapters.testing import Proof, Result
from core.channel import Capabilities, Transport
from core.channel_abilities import Health
from gateway.channels.capability_matrix import ROWS, rows
from gateway.channels.loading import Channel
from gateway.commands import accounts
from gateway.commands.adapters import app
from gateway.settings.model import Settings
from gateway.skeleton import CannotWrite, write_skeleton
from tests.structure.files import ROOT


@pytest.fixture(autouse=True)
def empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")


def adapters(*arguments: str) -> Run:
    return CliRunner().invoke(app, arguments)


def test_the_page_of_capabilities_is_what_the_channels_declare() -> None:
    page = (ROOT / "docs/capabilities.md").read_text(encoding="utf-8")
    assert adapters("list", "--markdown").output == page, (
        "make it again: onethread adapters list --markdown > docs/capabilities.md"
    )


def test_every_capability_has_its_row() -> None:
    assert set(ROWS) == {one.name for one in dataclasses.fields(Capabilities)}


def test_what_is_declared_is_what_its_row_says() -> None:
    spec = dataclasses.replace(
        find_spec("sms"),
        capabilities=Capabilities(
            Transport.WEBHOOK,
            text_limit=9,
            overflow="refuse",
            reply_window_seconds=5400,
            typing=True,
        ),
    )
    told = {line[0]: line[1] for line in rows([spec])}
    assert told["longest text"] == "9 characters"
    assert told["a longer one"] == "is refused"
    assert told["may be answered"] == "within 1.5 hours"
    assert (told["typing is shown"], told["threads"]) == ("yes", "")


def test_the_list_names_every_channel_and_the_accounts_that_are_enabled(tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text(_CHAT.format(account="widget"), encoding="utf-8")
    told = adapters("list", "--config", "shop.toml").output
    assert set(BUILT_IN) <= set(told.split())
    assert "widget" in told


class Asked:
    """An adapter that is asked how it is."""

    def __init__(self, answer: Health | Exception) -> None:
        self._answer = answer

    async def health(self) -> Health:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


@pytest.mark.parametrize(
    ("answer", "cell", "line"),
    [
        (Health(True), "yes", "widget  healthy"),
        (Health(False, "the token is too old"), "no, see below", "widget  the token is too old"),
        (RuntimeError("secret words"), "no, see below", "widget  asking failed: RuntimeError"),
    ],
)
def test_the_health_of_an_account_is_what_its_adapter_says(
    answer: Health | Exception,
    cell: str,
    line: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    @asynccontextmanager
    async def opened(_: Settings) -> AsyncIterator[Mapping[str, Channel]]:
        yield {"widget": Channel("widget", find_spec("webchat"), Asked(answer))}

    monkeypatch.setattr(accounts, "opened_accounts", opened)
    (tmp_path / "shop.toml").write_text(_CHAT.format(account="widget"), encoding="utf-8")
    told = adapters("list", "--health", "--config", "shop.toml").output
    [healthy] = [one for one in told.splitlines() if "healthy" in one and "│" in one]
    assert cell in healthy
    assert line in told
    assert "secret words" not in told


_CHAT = """
[server]
public_url = "https://chat.example.org"
[adapters.{account}]
adapter = "webchat"
allowed_origins = ["https://shop.example.org"]
secret = "a secret of the tests, which has forty characters"
"""


@pytest.mark.parametrize(("result", "code"), [("proven", 0), ("skipped", 0), ("failed", 1)])
def test_a_proof_is_printed_with_its_reason_and_only_a_failure_ends_in_1(
    result: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(name: str) -> Sequence[Proof]:
        return [Proof(f"{name} is polite", Result(result), "it says please")]

    monkeypatch.setattr(checking, "check", check)
    run = adapters("check", "pigeon")
    assert (run.exit_code, "pigeon is polite" in run.output) == (code, True)
    assert result in run.output and "it says please" in run.output


def test_a_channel_that_is_not_there_ends_in_2_and_names_those_that_are() -> None:
    run = adapters("check", "pigeon")
    assert run.exit_code == 2
    assert all(name in run.output for name in ("pigeon", *BUILT_IN))


def test_a_channel_that_cannot_be_loaded_does_not_hide_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = EntryPoint("broken", "no_such_package:SPEC", registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda *, group: [broken])
    told = adapters("list").output
    assert "broken cannot be loaded (ModuleNotFoundError" in told
    assert "webchat" in told


def test_without_the_packages_of_the_kit_it_is_told_how_to_install_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "adapters.checking", None)
    run = adapters("check", "sms")
    assert run.exit_code == 2
    assert "pip install 'onethread[testing]'" in run.output


@pytest.mark.parametrize("name", ["", "p", "Pigeon", "2pigeons", "pi-geon", "../pigeon", "class"])
def test_a_name_that_cannot_be_a_package_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="is no name for a channel"):
        write_skeleton(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_name_of_a_channel_there_is_is_refused(tmp_path: Path) -> None:
    run = adapters("new", "sms", "--dir", str(tmp_path))
    assert run.exit_code == 2
    assert "another name" in run.output


def test_what_is_there_already_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "onethread-pigeon").mkdir()
    (tmp_path / "onethread-pigeon" / "README.md").write_text("mine", encoding="utf-8")
    run = adapters("new", "pigeon")
    assert run.exit_code == 2
    assert [one.read_text(encoding="utf-8") for one in tmp_path.rglob("*.*")] == ["mine"]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    run = adapters("new", "pigeon", "--dir", "file/below")
    assert run.exit_code == 2
    assert "--dir" in run.output
