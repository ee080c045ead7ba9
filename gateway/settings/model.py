"""The system's settings: one frozen model, read from `config.toml` and the environment.

The environment wins over the file, key by key (`ONETHREAD__SECTION__KEY`). Every option is
described in `config.toml`, which a test holds to this model. Nothing here opens a connection, and
what the business wants (intents, answers, rules) is not here but in the playbook.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from gateway.settings.adapters import (
    AdapterTable,
    adapter_faults,
    adapter_tables,
    options_of,
    split,
)
from gateway.settings.env_file import beside, take_env_file
from gateway.settings.memory import Embeddings, LanguageModel, Memory, Retention
from gateway.settings.problems import (
    ENVIRONMENT,
    PREFIX,
    ConfigError,
    Model,
    Problem,
    problems_of,
    toml_problem,
    unknown_key,
)
from gateway.settings.sections import (
    QUIET_SECONDS,
    Actions,
    Data,
    Delivery,
    Logging,
    Pipeline,
    Playbook,
    Server,
    Storage,
    Turns,
)

__all__ = ["ConfigError", "Problem", "Settings", "adapter_config", "load_settings"]

DEFAULT_FILE = Path("config.toml")


class Settings(BaseSettings):
    """Everything the gateway can be told; `Settings()` by itself is the defaults."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, validate_default=True)

    server: Server = Server()
    storage: Storage = Storage()
    playbook: Playbook = Playbook()
    pipeline: Pipeline = Pipeline()
    turns: Turns = Turns()
    delivery: Delivery = Delivery()
    logging: Logging = Logging()
    data: Data = Data()
    memory: Memory = Memory()
    embeddings: Embeddings = Embeddings()
    model: LanguageModel = LanguageModel()
    retention: Retention = Retention()
    actions: Actions = Actions()
    adapters: Mapping[str, AdapterTable] = Field(default_factory=dict)

    _file: str = str(DEFAULT_FILE)

    @property
    def file(self) -> str:
        """The file these settings were read from, to name it when one of them proves wrong."""
        return self._file

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is handed in: `load_settings` has merged file and environment before."""
        return (init_settings,)

    @model_validator(mode="before")
    @classmethod
    def _splitadapter_tables(cls, raw: Any) -> Any:
        tables = raw.get("adapters") if isinstance(raw, Mapping) else None
        if not isinstance(tables, Mapping):
            return raw
        return {**raw, "adapters": {name: split(name, table) for name, table in tables.items()}}


class _Environment(EnvSettingsSource):
    """Variables as they are: a value that is not JSON is left for the model to judge."""

    def decode_complex_value(self, field_name: str, field: Any, value: Any) -> Any:
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value


def adapter_config(settings: Settings, name: str, model: type[Model]) -> Model:
    """The options of `[adapters.<name>]`, read by the adapter's own model. Raises `ConfigError`."""
    return options_of(model, name, settings.adapters[name], settings.file)


def load_settings(
    path: Path | None = None,
    *,
    overrides: Mapping[str, Mapping[str, Any]] | None = None,
    adapter_model: Callable[[str], type[BaseModel]] | None = None,
) -> Settings:
    """The settings of this file (or of `config.toml`, if there is one) under the environment.

    What `onethread.env` beside the file names is taken into the environment before that.
    `overrides` wins over both: it is the command line. Raises `ConfigError` with every fault; those
    inside adapters' tables are among them when `adapter_model` tells each adapter's own model.
    """
    file = path or DEFAULT_FILE
    raw = _read(file, required=path is not None)
    take_env_file(beside(file), os.environ)
    environment = _Environment(
        Settings, case_sensitive=False, env_prefix=PREFIX, env_nested_delimiter="__"
    )()
    merged = _merge(_merge(raw, environment), overrides or {})
    problems = [*_unknown_variables(), *_unknown_channels(merged, str(file))]
    settings: Settings | None = None
    try:
        settings = Settings(**merged)
    except ValidationError as error:
        problems += problems_of(error, Settings, str(file), environ=os.environ)
    if adapter_model:
        problems += adapter_faults(merged, str(file), adapter_model)
    if settings is None or problems:
        raise ConfigError(problems)
    settings._file = str(file)
    return settings


def _read(file: Path, *, required: bool) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if not required:
            return {}
        raise ConfigError([Problem(str(file), "", "does not exist", "Check --config")]) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([toml_problem(error, str(file))]) from None
    except UnicodeDecodeError:
        raise ConfigError([Problem(str(file), "", "is not UTF-8", "Save it as UTF-8")]) from None
    except OSError as error:
        words = (error.strerror or "cannot be read").lower()
        raise ConfigError([Problem(str(file), "", words, "Check the path and its mode")]) from None


def _merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            value = _merge(old, value)
        merged[key] = value
    return merged


def _unknown_variables() -> list[Problem]:
    """Variables of ours that name no section, which would otherwise be ignored silently."""
    problems = []
    for name in sorted(os.environ):
        section = name[len(PREFIX) :].lower().split("__")[0]
        ours = name.upper().startswith(PREFIX)
        if ours and section in Settings.model_fields:
            continue
        if (meant := _meant(name.upper())) is not None:
            wrong = "is not read: two underscores stand between section and key"
            problems.append(Problem(ENVIRONMENT, name, wrong, f"Write {meant}"))
        elif ours:
            wrong, mend = unknown_key(section, list(Settings.model_fields))
            problems.append(Problem(ENVIRONMENT, name, wrong, mend))
    return problems


def _meant(name: str) -> str | None:
    """The variable that was meant by one whose parts stand between single underscores."""
    parts = [one for one in name.split("_") if one]
    if len(parts) < 3 or f"{parts[0]}__" != PREFIX or parts[1].lower() not in Settings.model_fields:
        return None
    # An adapter's table is named before the key.
    depth = 2 if parts[1] == "ADAPTERS" and len(parts) > 3 else 1
    return PREFIX + "__".join((*parts[1 : 1 + depth], "_".join(parts[1 + depth :])))


def _unknown_channels(raw: Mapping[str, Any], file: str) -> list[Problem]:
    """Quiet windows for a channel that is neither ours nor configured: most likely misspelt."""
    turns = raw.get("turns")
    quiet = turns.get("quiet_seconds") if isinstance(turns, Mapping) else None
    configured = (table.get("adapter", name) for name, table in adapter_tables(raw))
    known = {*QUIET_SECONDS, *(str(name) for name in configured)}
    return [
        Problem(file, f"turns.quiet_seconds.{name}", *unknown_key(name, sorted(known)))
        for name in (quiet if isinstance(quiet, Mapping) else {})
        if name not in known
    ]
