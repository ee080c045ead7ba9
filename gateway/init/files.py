"""The files that `onethread init` makes: settings, secrets, and a first playbook.

It writes what it is given, and never over a file that is there: that is put aside under a name with
the time. What the answers mean was judged before.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from gateway.commands.playbook_schema import write_schemas
from gateway.settings.env_file import NAME as ENV_FILE
from gateway.settings.env_file import write_private, written
from gateway.settings.model import DEFAULT_FILE
from gateway.settings.problems import ConfigError, Problem

PLAYBOOK = Path("playbook")
STARTER = Path(__file__).parent / "starter_playbook"

_HEAD = """\
# OneThread's settings, made by `onethread init`. {secrets}
# Every other option is described in the config.toml that comes with OneThread.
# After a change: onethread config check
"""
_WHERE = {
    "file": "Secrets are in onethread.env beside this file.",
    "show": "Secrets come from the environment.",
    "config": "It holds secrets: keep it from others.",
}


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered: the business, the server's options, and each account's, by key."""

    business: str
    timezone: str
    server: Mapping[str, object] = field(default_factory=dict)
    accounts: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    secrets: Mapping[tuple[str, str], str] = field(default_factory=dict, repr=False)


def there_already() -> Sequence[Path]:
    """Which of the files to be made are there."""
    return [one for one in (DEFAULT_FILE, Path(ENV_FILE)) if one.exists()]


def put_aside(files: Sequence[Path], now: datetime) -> Sequence[Path]:
    """Rename the files; what they are called now. Raises `ConfigError`."""
    kept = []
    for file in files:
        aside = file.with_name(f"{file.name}.before-{now:%Y%m%d-%H%M%S}")
        if aside.exists():
            raise ConfigError([Problem(str(aside), "", "is there already", "Try again")])
        file.rename(aside)
        kept.append(aside)
    return kept


def settings_text(answers: Answers, secrets: str) -> str:
    """What `config.toml` will be; `secrets` is where they go."""
    lines = [_HEAD.format(secrets=_WHERE[secrets])]
    if answers.server:
        lines += ["[server]", *_options(answers.server), ""]
    for account, options in answers.accounts.items():
        own = {key: value for (name, key), value in answers.secrets.items() if name == account}
        shown = {**options, **(own if secrets == "config" else {})}
        lines += [f"[adapters.{account}]", *_options(shown), ""]
    return "\n".join(lines)


def env_text(answers: Answers, name_of: Mapping[tuple[str, str], str]) -> str:
    """What `onethread.env` will be. Raises `ConfigError` for what no line of it can hold."""
    for key, value in answers.secrets.items():
        try:
            written({"one": value})
        except ValueError as error:
            mend = "Put it into the environment by other means"
            raise ConfigError([Problem(ENV_FILE, name_of[key], str(error), mend)]) from None
    return written({name_of[key]: value for key, value in answers.secrets.items()})


def write_file(file: Path, text: str, *, private: bool) -> None:
    """Make a new file. Raises `ConfigError`."""
    try:
        if private:
            write_private(file, text)
        else:
            with file.open("x", encoding="utf-8") as opened:
                opened.write(text)
    except OSError as error:
        wrong = f"cannot be written: {(error.strerror or 'unknown reason').lower()}"
        mend = "Start the command in a folder that this user may write"
        raise ConfigError([Problem(str(file), "", wrong, mend)]) from None


def make_playbook(answers: Answers) -> bool:
    """Copy the first playbook, unless there is one. Raises `OSError` as the disk does."""
    if PLAYBOOK.exists():
        return False
    shutil.copytree(STARTER, PLAYBOOK)
    main = PLAYBOOK / "playbook.toml"
    text = main.read_text(encoding="utf-8")
    for mark, value in (("BUSINESS", answers.business), ("TIMEZONE", answers.timezone)):
        text = text.replace(f'"{mark}"', _toml(value))
    main.write_text(text, encoding="utf-8")
    write_schemas(PLAYBOOK)
    return True


def _options(options: Mapping[str, object]) -> Sequence[str]:
    return [f"{key} = {_toml(value)}" for key, value in options.items()]


def _toml(value: object) -> str:
    """A value in TOML, whose texts and lists of texts are written as JSON's."""
    return json.dumps(value, ensure_ascii=False)
