"""The command line: what it loads, when, and how it ends when the configuration is at fault."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from gateway import cli
from gateway.cli import Late, build_app, main
from gateway.demo import PLAYBOOK
from gateway.installation import PACKAGES, fault_of, locate

HEAVY = ("aiohttp", "numpy", "pydantic_settings", "sklearn", "sqlalchemy", "twilio")

late_app = typer.Typer()


@late_app.callback()
def greetings() -> None:
    """A group, so that its one command keeps its name."""


@late_app.command("all")
def greet_all() -> None:
    """Say hello."""
    typer.echo("hello from a late command")


@pytest.fixture(autouse=True)
def empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def test_help_names_every_command_and_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom gateway.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print('imported:', sorted(set({HEAVY!r}) & set(sys.modules)))\n"
    )
    root = Path(cli.__file__).parents[1]
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root
    ).stdout
    assert "imported: []" in said
    for command in ("demo", "serve", "config", "version"):
        assert command in said


def test_version_is_one_plain_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("onethread 0.")


def test_a_late_command_is_listed_unloaded_and_run_when_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        cli,
        "LATE",
        (
            Late("greet", f"{__name__}:late_app", "Says hello."),
            Late("absent", "gateway.no_such_module:app", "Never loaded here."),
        ),
    )
    listed = CliRunner().invoke(build_app(["--help"]), ["--help"])
    assert listed.exit_code == 0
    assert "Says hello." in listed.output
    assert "Never loaded here." in listed.output
    run = CliRunner().invoke(build_app(["greet", "all"]), ["greet", "all"])
    assert run.output == "hello from a late command\n"


def test_a_faulty_configuration_ends_with_2_and_every_fault(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("mine.toml").write_text('[server]\nprot = 1\nhost = "0.0.0.0"\n', encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["config", "check", "--config", "mine.toml"])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    for words in ("2 faults", "mine.toml  server.prot", "Did you mean port?", "server.host"):
        assert words in said


def test_a_good_configuration_is_said_to_be_good(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONETHREAD__PLAYBOOK__PATH", str(PLAYBOOK))
    with pytest.raises(SystemExit) as ended:
        main(["config", "check"])
    assert ended.value.code == 0
    said = " ".join(capsys.readouterr().out.split())
    for words in ("There is no config.toml", "in order", "Lamp & Loom", "No channel is enabled"):
        assert words in said


def test_our_packages_come_from_one_place() -> None:
    places = locate()
    assert set(places) == set(PACKAGES)
    assert fault_of(places) is None


def test_a_stranger_under_one_of_our_names_is_told() -> None:
    places = {**locate(), "memory": Path("/opt/other"), "adapters": None}
    said = fault_of(places)
    assert said is not None
    assert "memory was found in /opt/other" in said
    assert "adapters was not found" in said


def test_a_mixed_installation_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "locate", lambda: {**locate(), "core": None})
    with pytest.raises(SystemExit) as ended:
        main(["version"])
    assert ended.value.code == 2
    assert "core was not found" in capsys.readouterr().err
