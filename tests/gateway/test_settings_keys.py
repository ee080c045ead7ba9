"""Every key there is, found by itself: from the environment it says what it says from the file.

Nothing is listed here that the models know, so that a new key is tried on the day it is added; one
of a kind of which no value can be guessed fails with the request for one.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from adapters.registry import BUILT_IN, find_spec
from gateway.settings.model import ConfigError, Settings, adapter_config, load_settings

ROOT = Path(__file__).parents[2]
Key = tuple[str, ...]

# What cannot be guessed from the default: texts with a form of their own.
VALUES: Mapping[Key, object] = {
    ("server", "host"): "localhost",
    ("server", "public_url"): "https://help.example.com",
    ("server", "trusted_proxies"): ["10.0.0.0/8", "192.0.2.7/32"],
    ("server", "tls_cert"): str(ROOT / "config.toml"),
    ("server", "tls_key"): str(ROOT / "config.toml"),
    ("storage", "url"): "postgresql://me:p%40ss@db.example.com:5433/one?sslmode=require",
    ("storage", "synchronous"): "NORMAL",
    ("playbook", "path"): "other/playbook",
    ("pipeline", "stages"): "trivial",
    ("pipeline", "encoding"): "o200k_base",
    ("turns", "quiet_seconds"): {"sms": 1.5, "webchat": 0.5, "slack": 0.0, "email": 2.0},
    ("turns", "answers_per_hour"): {"email": 3},
    ("actions", "secrets"): {"book_repair": "a-secret-of-an-action-of-the-tests"},
    ("actions", "secret"): "a-secret-of-all-actions-of-the-tests",
    ("actions", "networks"): ["10.20.0.0/16"],
    ("logging", "level"): "DEBUG",
    ("logging", "format"): "json",
    ("data", "folder"): "other/data",
    ("embeddings", "path"): "models/minilm",
    ("model", "base_url"): "http://127.0.0.1:11434/v1",
    ("model", "api_key"): "a-model-key-of-the-tests",
    ("model", "name"): "small",
    ("adapters", "email", "address"): "help@example.com",
    ("adapters", "email", "display_name"): "Lamp & Loom, “support”",
    ("adapters", "email", "aliases"): ["hello@example.com", "info@example.com"],
    ("adapters", "email", "secret"): "a-secret-of-the-tests-and-nothing-else",
    ("adapters", "email", "secret_next"): "another-secret-of-the-tests-and-no-more",
    ("adapters", "email", "answers_subject"): "About your mail",
    ("adapters", "email", "imap_host"): "127.0.0.1",
    ("adapters", "email", "imap_port"): 1143,
    ("adapters", "email", "imap_tls"): "starttls",
    ("adapters", "email", "imap_user"): "reader",
    ("adapters", "email", "imap_password"): "a-password-of-the-tests",
    ("adapters", "email", "mailbox"): "Support/New",
    ("adapters", "email", "smtp_host"): "127.0.0.2",
    ("adapters", "email", "smtp_port"): 1025,
    ("adapters", "email", "smtp_tls"): "starttls",
    ("adapters", "email", "smtp_user"): "writer",
    ("adapters", "email", "smtp_password"): "another-password-of-the-tests",
    ("adapters", "email", "oauth_token_url"): "https://login.example.com/token",
    ("adapters", "email", "oauth_client_id"): "the-client",
    ("adapters", "email", "oauth_client_secret"): "a-client-secret-of-the-tests",
    ("adapters", "email", "oauth_refresh_token"): "a-refresh-token-of-the-tests",
    ("adapters", "email", "oauth_scope"): "mail offline_access",
    ("adapters", "email", "trusted_authserv_ids"): ["mx.example.com", "mx2.example.com"],
    ("adapters", "email", "form_senders"): ["form@example.com", "shop@example.com"],
    ("adapters", "email", "bounce_domain"): "bounces.example.com",
    ("adapters", "email", "dkim_domain"): "example.com",
    ("adapters", "email", "dkim_selector"): "s2027",
    ("adapters", "email", "dkim_key_file"): str(ROOT / "config.toml"),
    ("adapters", "email", "webhook_secret"): "a-webhook-secret-of-the-tests-only",
    ("adapters", "slack", "signing_secret"): "a-signing-secret-of-the-tests",
    ("adapters", "slack", "bot_token"): "xoxb-a-bot-token-of-the-tests",
    ("adapters", "slack", "client_id"): "123.456",
    ("adapters", "slack", "client_secret"): "a-client-secret-of-the-tests",
    ("adapters", "slack", "scopes"): ["chat:write", "im:history"],
    ("adapters", "slack", "app_token"): "xapp-an-app-token-of-the-tests",
    ("adapters", "slack", "allowed_bots"): ["B0DEPLOY", "U0DEPLOY"],
    ("adapters", "slack", "trusted_domains"): {"T0123": ["shop.example"]},
    ("adapters", "slack", "api_base_url"): "https://slack.example.com/api/",
    ("adapters", "sms", "account_sid"): "AC" + "1" * 32,
    ("adapters", "sms", "auth_token"): "0" * 31 + "1",
    ("adapters", "sms", "auth_token_next"): "0" * 31 + "2",
    ("adapters", "sms", "from_number"): "+15550109999",
    ("adapters", "sms", "messaging_service_sid"): "MG" + "1" * 32,
    ("adapters", "sms", "numbers"): ["+15550108888", "12345"],
    ("adapters", "sms", "api_base_url"): "https://api.example.com",
    ("adapters", "webchat", "allowed_origins"): ["https://a.example.com", "https://b.example.com"],
    ("adapters", "webchat", "page_url"): "https://a.example.com/help",
    ("adapters", "webchat", "secret"): "a-secret-of-the-tests-and-nothing-else",
    ("adapters", "webchat", "jwt_keys"): {
        "main": {"key": "a-key-of-the-tests-for-signed-logins", "algorithm": "HS256"}
    },
    ("adapters", "webchat", "jwt_audience"): "shop",
    ("adapters", "webchat", "upload_types"): ["image/*", "application/pdf"],
    ("adapters", "webchat", "title"): "Ask us, “now”: 1, 2",
    ("adapters", "webchat", "greeting"): "Hello — true?",
    ("adapters", "webchat", "colour"): "#102030",
}
# Those that only make sense together.
TOGETHER: tuple[tuple[Key, ...], ...] = (
    (("server", "tls_cert"), ("server", "tls_key")),
    tuple(
        ("adapters", "email", f"oauth_{one}") for one in ("token_url", "client_id", "refresh_token")
    ),
    (("adapters", "slack", "client_id"), ("adapters", "slack", "client_secret")),
    tuple(("adapters", "email", f"dkim_{one}") for one in ("domain", "selector", "key_file")),
)


def defaults() -> Mapping[Key, object]:
    """Every key with its default; none where it has to be given."""
    found: dict[Key, object] = {}
    for section, field in Settings.model_fields.items():
        model = field.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            found.update({(section, key): one.default for key, one in model.model_fields.items()})
    for adapter in BUILT_IN:
        fields = find_spec(adapter).config.model_fields
        found.update({("adapters", adapter, key): one.default for key, one in fields.items()})
    return found


def value_of(key: Key, default: object) -> object:
    """A value other than the default."""
    if key in VALUES:
        return VALUES[key]
    if isinstance(default, bool):
        return not default
    if isinstance(default, int | float):
        return default + 1
    raise AssertionError(f"{'.'.join(key)}: put a value for it into VALUES of this file")


SAMPLES: Mapping[Key, object] = {key: value_of(key, default) for key, default in defaults().items()}
NEEDED: Mapping[Key, object] = {
    key: SAMPLES[key] for key in SAMPLES if key[0] == "adapters" and key[-1] in {
        "account_sid", "auth_token", "from_number", "allowed_origins", "secret", "address",
        "imap_host", "imap_password", "smtp_host", "signing_secret", "bot_token",
    }
}  # fmt: skip


def as_toml(values: Mapping[Key, object]) -> str:
    """A file that says this."""
    tables: dict[Key, list[str]] = {}
    for key, value in values.items():
        tables.setdefault(key[:-1], []).append(f"{key[-1]} = {_toml(value)}")
    return "\n".join(f"[{'.'.join(name)}]\n" + "\n".join(rows) for name, rows in tables.items())


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name} = {_toml(one)}" for name, one in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def as_variables(values: Mapping[Key, object]) -> dict[str, str]:
    """An environment that says this: lists with commas, tables as JSON, the rest as it is."""
    return {"ONETHREAD__" + "__".join(key).upper(): _plain(value) for key, value in values.items()}


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ",".join(value)
    return value if isinstance(value, str) else json.dumps(value)


def read(file: Mapping[Key, object], variables: Mapping[Key, object]) -> Mapping[str, Any]:
    """What the gateway makes of a file and an environment, with the adapters' own models."""
    with _folder() as folder:
        path = folder / "config.toml"
        path.write_text(as_toml(file), encoding="utf-8")
        with patch.dict(os.environ, as_variables(variables)):
            settings = load_settings(path, adapter_model=lambda name: find_spec(name).config)
            return {
                **settings.model_dump(exclude={"adapters"}),
                **{
                    name: adapter_config(settings, name, find_spec(table.adapter).config)
                    for name, table in settings.adapters.items()
                },
            }


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def no_variables_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.upper().startswith("ONETHREAD__"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("key", SAMPLES, ids=".".join)
def test_a_key_says_the_same_from_the_file_and_from_the_environment(key: Key) -> None:
    mates = next((set(group) for group in TOGETHER if key in group), {key})
    said = {one: SAMPLES[one] for one in mates}
    without = {one: value for one, value in NEEDED.items() if one not in mates}
    from_file = read({**without, **said}, {})
    assert read(without, said) == from_file
    if key not in NEEDED:
        assert from_file != read(without, {}), "the key changes nothing"


@given(st.data())
def test_any_part_of_the_keys_may_come_from_the_environment(data: st.DataObject) -> None:
    keys = data.draw(st.sets(st.sampled_from(sorted(SAMPLES)), max_size=len(SAMPLES)))
    variables = {key: SAMPLES[key] for key in keys}
    rest = {key: value for key, value in SAMPLES.items() if key not in keys}
    assert read(rest, variables) == read(SAMPLES, {})


def test_the_environment_wins_for_every_key() -> None:
    other = {key: "wrong" for key in SAMPLES if not isinstance(SAMPLES[key], Mapping)}
    kept = {key: value for key, value in SAMPLES.items() if isinstance(value, Mapping)}
    assert read({**other, **kept}, SAMPLES) == read(SAMPLES, {})


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("ONETHREAD_SERVER_PORT", "ONETHREAD__SERVER__PORT"),
        ("ONETHREAD__SERVER_PORT", "ONETHREAD__SERVER__PORT"),
        ("ONETHREAD_TURNS_LEASE_SECONDS", "ONETHREAD__TURNS__LEASE_SECONDS"),
        ("ONETHREAD_ADAPTERS_SMS_AUTH_TOKEN", "ONETHREAD__ADAPTERS__SMS__AUTH_TOKEN"),
    ],
)
def test_a_variable_with_single_underscores_is_told_how_it_is_written(
    monkeypatch: pytest.MonkeyPatch, name: str, meant: str
) -> None:
    monkeypatch.setenv(name, "1")
    monkeypatch.setenv("ONETHREAD_OF_SOMEBODY_ELSE", "1")
    with pytest.raises(ConfigError) as raised:
        load_settings()
    ((file, key, mend),) = [(one.file, one.key, one.mend) for one in raised.value.problems]
    assert (file, key, mend) == ("environment", name, f"Write {meant}")


def test_every_paragraph_of_the_shipped_file_begins_with_words() -> None:
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    for paragraph in text.replace("\n#\n", "\n\n").split("\n\n"):
        lines = [one for one in paragraph.splitlines() if not one.startswith("[")]
        first = lines[0].removeprefix("# ") if lines else "Words"
        assert not first.split(" = ")[0].islower() or " = " not in first, paragraph


def test_the_shipped_file_shows_what_is_inside_the_tables_of_an_option() -> None:
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    assert "jwt_keys = { main = {" in text
    shown = next(line for line in text.splitlines() if "jwt_keys = { main = {" in line)
    model = find_spec("webchat").config.model_fields["jwt_keys"].annotation
    (_, inner) = model.__args__  # type: ignore[union-attr]
    assert all(f"{name} = " in shown for name in inner.model_fields)
