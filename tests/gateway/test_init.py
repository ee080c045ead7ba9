"""The first configuration: asked in words or given by options, judged at once, written last."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel
from typer.testing import CliRunner, Result

from adapters.registry import BUILT_IN, find_spec
from adapters.sms.config import SmsConfig
from adapters.webchat.config import WebchatConfig
from gateway.cli import build_app, main
from gateway.init.questions import QUESTIONS, is_secret
from gateway.init.talk import machine_timezone
from gateway.playbook.reader import load_playbook
from gateway.settings.env_file import take_env_file, write_private, written
from gateway.settings.model import ConfigError, adapter_config, load_settings

ROOT = Path(__file__).parents[2]
SID = "AC" + "1" * 32
TOKEN = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
NUMBER = "+447700900142"
SMS = ("Spoke & Chain", "", "sms", "https://support.example.com", SID, TOKEN, NUMBER)
TOKEN_VARIABLE = "ONETHREAD__ADAPTERS__SMS__AUTH_TOKEN"
OPTIONS = (
    *("--channel", "sms", "--business", "Shop", "--timezone", "UTC", "--yes"),
    *("--set", f"sms.account_sid={SID}", "--set", f"sms.from_number={NUMBER}"),
)


@pytest.fixture(autouse=True)
def empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kept = {k: v for k, v in os.environ.items() if not k.upper().startswith("ONETHREAD__")}
    # What the file of secrets adds ends with the test.
    monkeypatch.setattr(os, "environ", kept)
    monkeypatch.chdir(tmp_path)


def talked(*answers: str, options: tuple[str, ...] = ()) -> Result:
    """A conversation with these answers, one a line."""
    arguments = ["init", *options]
    lines = "".join(f"{one}\n" for one in answers)
    return CliRunner().invoke(build_app(arguments), arguments, input=lines)


def refused(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """What is said of options that will not do, when nothing was written."""
    with pytest.raises(SystemExit) as ended:
        main(["init", *options])
    out, err = capsys.readouterr()
    assert ended.value.code == 2, out + err
    assert "Traceback" not in err and not Path("config.toml").exists()
    return err


def test_a_conversation_makes_a_configuration_that_works() -> None:
    said = talked(*SMS, "y", "n")
    assert said.exit_code == 0, said.output
    settings = load_settings(adapter_model=lambda name: find_spec(name).config)
    config = adapter_config(settings, "sms", SmsConfig)
    assert settings.server.public_url == "https://support.example.com"
    assert (config.account_sid, config.from_number) == (SID, NUMBER)
    assert config.auth_token.get_secret_value() == TOKEN
    playbook = load_playbook(settings.playbook.path)
    assert (playbook.business, playbook.hours.timezone) == ("Spoke & Chain", machine_timezone())
    assert "https://support.example.com/channels/sms/inbound#rc=5&rp=5xx,ct,rt" in said.output
    assert "onethread serve" in said.output and "onethread doctor" in said.output


def test_secrets_are_in_a_file_for_their_owner_alone_and_are_never_shown() -> None:
    said = talked(*SMS, "y", "n")
    env = Path("onethread.env")
    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    assert TOKEN in env.read_text(encoding="utf-8")
    assert TOKEN not in Path("config.toml").read_text(encoding="utf-8") + said.output


def test_a_shell_reads_the_file_of_secrets_as_we_do() -> None:
    talked(*SMS, "y", "n")
    script = f'set -a; . ./onethread.env; printf %s "${TOKEN_VARIABLE}"'
    run = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == TOKEN


@pytest.mark.parametrize(
    ("wrong", "right", "words"),
    [
        (("AC1",), 4, "AC and 32 hexadecimal digits"),
        (("short",), 5, "too short for an auth token"),
        (("07700900142",), 6, "Write the number as +15550100123"),
        (("fax",), 2, "the keys here are email, slack, sms, webchat"),
        (("support.example.com",), 3, "is not a web address"),
        (("http://support.example.com",), 3, "begins with http:"),
        (("Mars/Olympus",), 1, "is no time zone"),
    ],
    ids=["sid", "token", "number", "channel", "address", "http", "zone"],
)
def test_a_bad_answer_is_told_in_words_and_asked_again(
    wrong: tuple[str, ...], right: int, words: str
) -> None:
    said = talked(*SMS[:right], *wrong, *SMS[right:], "y", "n")
    assert words in " ".join(said.output.split())
    assert said.exit_code == 0 and Path("config.toml").exists()


def test_options_that_do_not_fit_together_are_asked_for_again() -> None:
    """Neither number nor service: who sends?"""
    said = talked(*SMS[:6], "", "", *SMS[4:], "y", "n")
    assert "who sends the messages?" in said.output
    assert adapter_config(load_settings(), "sms", SmsConfig).from_number == NUMBER


def test_a_secret_of_ours_is_made_and_not_asked_for() -> None:
    page = "https://shop.example.com"
    said = talked("Shop", "", "webchat", "", f"{page}, {page}:8443", "y", "n")
    assert said.exit_code == 0, said.output
    config = adapter_config(load_settings(), "webchat", WebchatConfig)
    assert config.allowed_origins == (page, f"{page}:8443")
    assert len(config.secret.get_secret_value()) == 64


@pytest.mark.parametrize("answered", range(len(SMS) + 1))
def test_whoever_stops_at_any_question_has_changed_nothing(answered: int) -> None:
    said = talked(*SMS[:answered])
    assert said.exit_code == 1
    assert "Nothing was written" in said.output and "--yes" in said.output
    assert list(Path().iterdir()) == []


def test_a_no_at_the_end_writes_nothing() -> None:
    assert talked(*SMS, "n").exit_code == 1
    assert list(Path().iterdir()) == []


def test_files_that_are_there_are_only_put_aside_when_that_is_wanted() -> None:
    Path("config.toml").write_text("# mine\n", encoding="utf-8")
    said = talked("n")
    assert said.exit_code == 1 and "config.toml already" in said.output
    assert [one.name for one in Path().iterdir()] == ["config.toml"]
    assert talked("y", *SMS, "y", "n").exit_code == 0
    [kept] = Path().glob("config.toml.before-*")
    assert kept.read_text(encoding="utf-8") == "# mine\n"
    assert tomllib.loads(Path("config.toml").read_text(encoding="utf-8"))["adapters"]


def test_a_playbook_that_is_there_stays_as_it_is() -> None:
    Path("playbook").mkdir()
    mine = Path("playbook/playbook.toml")
    mine.write_text('name = "mine"\nbusiness = "Mine"\n', encoding="utf-8")
    said = talked(*SMS, "y", "n")
    assert "first playbook" not in said.output
    assert [one.name for one in mine.parent.iterdir()] == ["playbook.toml"]


def test_the_doctor_is_offered_and_looks() -> None:
    said = talked("Shop", "", "webchat", "", "https://shop.example.com", "y", "y")
    assert said.exit_code == 0
    assert "server.public_url is not set" in " ".join(said.output.split())
    assert "webchat: Web chat" in said.output


def test_all_of_it_goes_by_options_for_scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, TOKEN)
    said = talked(options=(*OPTIONS, "--public-url", "https://a.example", "--port", "9000"))
    assert said.exit_code == 0, said.output
    settings = load_settings(adapter_model=lambda name: find_spec(name).config)
    assert (settings.server.public_url, settings.server.port) == ("https://a.example", 9000)
    assert f"{TOKEN_VARIABLE}='{TOKEN}'" in Path("onethread.env").read_text(encoding="utf-8")


def test_numbers_are_written_as_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, TOKEN)
    assert talked(options=(*OPTIONS, "--set", "sms.connections=7")).exit_code == 0
    assert "\nconnections = 7\n" in Path("config.toml").read_text(encoding="utf-8")


def test_secrets_may_be_shown_or_kept_in_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, TOKEN)
    said = talked(options=(*OPTIONS, "--secrets", "show"))
    assert f"export {TOKEN_VARIABLE}='{TOKEN}'" in said.output
    assert not Path("onethread.env").exists()
    said = talked(options=(*OPTIONS, "--secrets", "config", "--replace"))
    assert f'auth_token = "{TOKEN}"' in Path("config.toml").read_text(encoding="utf-8")
    assert stat.S_IMODE(Path("config.toml").stat().st_mode) == 0o600
    assert not Path("onethread.env").exists() and TOKEN not in said.output


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (OPTIONS, f"environment  {TOKEN_VARIABLE}\n  is missing"),
        (("--yes",), "--business\n  is no name"),
        ((*OPTIONS, "--set", "sms.auth_token=x"), f"Put it into the environment: {TOKEN_VARIABLE}"),
        ((*OPTIONS, "--set", "sms.form_number=1"), "Did you mean from_number?"),
        ((*OPTIONS, "--set", "from_number=1"), "is not CHANNEL.OPTION=VALUE"),
        ((*OPTIONS, "--set", "email.address=a@b.test"), "Add --channel email"),
        ((*OPTIONS, "--public-url", "http://a.example"), "begins with http:"),
        ((*OPTIONS, "--channel", "fax"), "--channel\n  there is no such key"),
    ],
    ids=["secret", "business", "shown", "key", "form", "channel", "http", "fax"],
)
def test_options_that_will_not_do_are_told_by_their_name(
    options: tuple[str, ...],
    words: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert words in refused(capsys, *options)


def test_a_script_never_puts_files_aside_by_itself(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("onethread.env").touch()
    assert "Add --replace" in refused(capsys, *OPTIONS)


def test_without_a_terminal_it_ends_and_says_how_to_go_on() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "gateway", "init"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=50,
        check=False,
    )
    assert run.returncode == 1 and "--yes" in run.stdout
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_every_channel_of_ours_has_questions_about_options_that_it_has(name: str) -> None:
    model: type[BaseModel] = find_spec(name).config
    asked = {one.key for one in QUESTIONS[name].questions}
    needed = {key for key, one in model.model_fields.items() if one.is_required()}
    assert needed <= asked <= set(model.model_fields)
    assert all(is_secret(model, one.key) for one in QUESTIONS[name].questions if one.made)


@pytest.mark.parametrize(
    ("line", "value"),
    [("=abc", "abc"), ("='a b#c'", "a b#c"), ('="a b"', "a b"), ("=", "")],
)
def test_a_line_of_secrets_is_read(line: str, value: str) -> None:
    file = Path("one.env")
    file.write_text(f"# words\n\nexport {TOKEN_VARIABLE}{line}\n", encoding="utf-8")
    read: dict[str, str] = {}
    take_env_file(file, read)
    assert read == {TOKEN_VARIABLE: value}
    before = {TOKEN_VARIABLE.lower(): "the environment wins"}
    take_env_file(file, kept := dict(before))
    assert kept == before


@pytest.mark.parametrize(
    "line", ["PATH=/tmp", f"{TOKEN_VARIABLE}=$(id)", f"{TOKEN_VARIABLE}='a' b", "words", "ä=1"]
)
def test_a_line_that_is_no_secret_of_ours_is_told_by_its_number(line: str) -> None:
    file = Path("one.env")
    file.write_text(f"#\n{line}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        take_env_file(file, {})
    [problem] = raised.value.problems
    assert problem.key == "line 2" and "id" not in problem.mend.split()


def test_a_private_file_is_never_written_over() -> None:
    Path("one.env").touch()
    with pytest.raises(FileExistsError):
        write_private(Path("one.env"), "x")
    with pytest.raises(ValueError, match="a quote"):
        written({TOKEN_VARIABLE: "it's"})
