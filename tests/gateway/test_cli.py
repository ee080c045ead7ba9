"""The command line: what it loads, when, and how it ends when the configuration is at fault."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from gateway import cli
from gateway.cli import LATE, Late, build_app, main
from gateway.demo.settings import PLAYBOOK
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


def commands(command: Any, *path: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every command below, with its help."""
    for name, one in getattr(command, "commands", {}).items():
        yield (*path, name), one.help or ""
        yield from commands(one, *path, name)


EVERY = dict(commands(typer.main.get_command(build_app([late.name for late in LATE]))))


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_help_is_one_sentence_with_an_example_that_is_understood(path: tuple[str, ...]) -> None:
    sentence, _, example = EVERY[path].partition("\n\n")
    assert sentence.endswith(".") and ". " not in sentence
    assert "\n" not in example
    program, *arguments = shlex.split(example.removeprefix("Example: "))
    assert program == "onethread"
    command: Any = typer.main.get_command(build_app(arguments))
    while arguments and arguments[0] in getattr(command, "commands", {}):
        command = command.commands[arguments.pop(0)]
    # Parses the arguments as the command would; a group of one default command adds its name.
    command.make_context("onethread", arguments)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("serv", "Did you mean 'serve'?"),
        ("serve --prot 1", "No such option: --prot"),
        ("serve --port x", "Invalid value for '--port'"),
        ("serve --config none.toml", "none.toml does not exist"),
        ("demo now", "unexpected extra argument"),
        ("demo --port 99999", "Invalid value for '--port'"),
        ("demo --data", "'--data' requires an argument"),
        ("config chek", "Did you mean 'check'"),
        ("config check here", "unexpected extra argument"),
        ("config check --config .", ". is a directory"),
        ("db upgrad", "Did you mean 'upgrade'?"),
        ("db upgrade now", "unexpected extra argument"),
        ("db version --config none.toml", "none.toml does not exist"),
        ("identities show", "Missing argument 'who'"),
        ("identities show phone:+15550001111", "onethread db upgrade"),
        ("identities rules check none.toml", "none.toml cannot be read: No such file"),
        ("identities link login:ada phone:+1555 --level 9", "Invalid value for '--level'"),
        ("playbook chek", "Did you mean 'check'"),
        ("playbook check none", "none there is no such folder Name the playbook's folder"),
        ("playbook check one two", "unexpected extra argument"),
        ("replay none.jsonl", "Missing option '--out'"),
        ("replay none.jsonl --out out --derive-playbook", "none.jsonl: cannot be read"),
        ("replay show none talk-1", "name the folder that a replay wrote"),
        ("version 2", "unexpected extra argument"),
        ("", "Begin with: onethread demo"),
    ],
)
def test_a_mistake_is_told_with_what_to_do_and_leaves_nothing_behind(
    line: str, words: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(shlex.split(line))
    assert ended.value.code in (1, 2)
    said = "".join(capsys.readouterr())
    assert words in " ".join(said.replace("│", " ").split())
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


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
