"""Settings: what the file and the environment say, and what is said of every fault in them."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from adapters.registry import find_spec
from gateway.settings.model import ConfigError, Settings, adapter_config, load_settings

ROOT = Path(__file__).parents[2]
OPTION = re.compile(r"^# (?P<line>[a-z_]+ = .+|\[adapters\..+\])$")


class SmsConfig(BaseModel):
    """Stands for the configuration of some adapter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    account_sid: str
    auth_token: SecretStr
    numbers: tuple[str, ...] = ()
    keys: Mapping[str, str] = Field(default_factory=dict)

    @field_validator("account_sid")
    @classmethod
    def _begins_with_ac(cls, sid: str) -> str:
        if not sid.startswith("AC"):
            raise ValueError("write the SID that begins with AC")
        return sid


@pytest.fixture(autouse=True)
def no_variables_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.upper().startswith("ONETHREAD__"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def written(text: str) -> Path:
    file = Path("config.toml")
    file.write_text(text, encoding="utf-8")
    return file


def faults(text: str) -> list[tuple[str, str, str, str]]:
    with pytest.raises(ConfigError) as raised:
        load_settings(written(text))
    return [(p.file, p.key, p.wrong, p.mend) for p in raised.value.problems]


def test_no_file_and_no_variable_means_defaults() -> None:
    assert load_settings() == Settings()


def test_the_shipped_file_changes_nothing() -> None:
    assert load_settings(ROOT / "config.toml").model_dump() == Settings().model_dump()


def test_the_shipped_file_describes_every_option_with_its_default() -> None:
    described = _uncommented(ROOT / "config.toml")
    assert set(described) == set(Settings.model_fields)
    for section, options in _defaults().items():
        assert set(described[section]) == set(options), f"[{section}] and its model differ"
        for key, default in options.items():
            if default is not None:
                assert described[section][key] == default, f"{section}.{key}"


@pytest.mark.parametrize(
    "adapter", sorted(path.parent.name for path in ROOT.glob("adapters/*/config.py"))
)
def test_the_shipped_file_describes_every_option_of_an_adapter(adapter: str) -> None:
    described = _uncommented(ROOT / "config.toml")["adapters"][adapter]
    fields = find_spec(adapter).config.model_fields
    assert set(described) == {"adapter", "enabled", *fields}
    assert (described["adapter"], described["enabled"]) == (adapter, True)
    for key, field in fields.items():
        default = field.get_default(call_default_factory=True)
        if not field.is_required() and default is not None:
            listed = list(default) if isinstance(default, tuple) else default
            assert described[key] == listed, key


def _uncommented(file: Path) -> dict[str, Any]:
    lines = file.read_text(encoding="utf-8").splitlines()
    options = [match["line"] if (match := OPTION.match(line)) else line for line in lines]
    return tomllib.loads("\n".join(options))


def _defaults() -> dict[str, dict[str, Any]]:
    def plain(value: Any) -> Any:
        if isinstance(value, SecretStr):
            return value.get_secret_value()
        if isinstance(value, tuple):
            return list(value)
        return str(value) if isinstance(value, Path) else value

    dumped = Settings().model_dump(exclude={"adapters"})
    return {
        name: {key: plain(value) for key, value in section.items()}
        for name, section in dumped.items()
    }


def test_the_environment_wins_over_the_file_key_by_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONETHREAD__SERVER__PORT", "9000")
    monkeypatch.setenv("ONETHREAD__TURNS__QUIET_SECONDS__SMS", "0")
    monkeypatch.setenv("ONETHREAD__SERVER__TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.7")
    settings = load_settings(
        written("[server]\nport = 1\nqueue_limit = 7\n[turns.quiet_seconds]\nwebchat = 2\n")
    )
    assert (settings.server.port, settings.server.queue_limit) == (9000, 7)
    assert [str(network) for network in settings.server.trusted_proxies] == [
        "10.0.0.0/8",
        "192.0.2.7/32",
    ]
    windows = {name: settings.turns.quiet_for(name) for name in ("sms", "webchat", "slack", "fax")}
    assert windows == {"sms": 0.0, "webchat": 2.0, "slack": 3.0, "fax": 0.0}


def test_the_command_line_wins_over_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONETHREAD__SERVER__PORT", "9000")
    assert load_settings(overrides={"server": {"port": 9001}}).server.port == 9001


def test_no_quiet_window_is_longer_than_the_longest() -> None:
    settings = load_settings(written("[turns]\nquiet_seconds_max = 2\n"))
    assert settings.turns.quiet_for("sms") == 2.0


def test_every_fault_is_told_at_once_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONETHREAD__TURNS__CONCURRENCY", "many")
    monkeypatch.setenv("ONETHREAD__SERVR__PORT", "1")
    text = """
        storge = 1
        [server]
        prot = 1
        port = "x"
        trusted_proxies = ["nowhere"]
        [storage]
        synchronous = "OFF"
        url = "mysql://me:hunter2@db/x"
        [turns]
        quiet_seconds = { smss = 1, sms = -1 }
        [adapters.sms]
        enabled = "perhaps"
    """
    choose = "It has to begin with sqlite:/// or postgresql:// or postgresql+psycopg://"
    none = "there is no such key"
    assert sorted(faults(text)) == [
        ("config.toml", "adapters.sms.enabled", "is neither true nor false",
         "Write true or false, without quotes"),
        ("config.toml", "server.port", "is not a whole number",
         "Write a whole number, without quotes"),
        ("config.toml", "server.prot", none, "Did you mean port?"),
        ("config.toml", "server.trusted_proxies.0", "is not a network",
         'Write one such as "10.0.0.0/8" or "192.0.2.7"'),
        ("config.toml", "storage.synchronous", "is not one of the choices",
         "Write 'FULL' or 'NORMAL'"),
        ("config.toml", "storage.url", "has the wrong scheme", choose),
        ("config.toml", "storge", none, "Did you mean storage?"),
        ("config.toml", "turns.quiet_seconds.sms", "is too small", "Write 0 or more"),
        ("config.toml", "turns.quiet_seconds.smss", none, "Did you mean sms?"),
        ("environment", "ONETHREAD__SERVR__PORT", none, "Did you mean server?"),
        ("environment", "ONETHREAD__TURNS__CONCURRENCY", "is not a whole number",
         "Write a whole number, without quotes"),
    ]  # fmt: skip


def test_no_message_repeats_a_value_which_may_be_secret() -> None:
    with pytest.raises(ConfigError) as raised:
        load_settings(written('[storage]\nurl = "mysql://me:hunter2@db/x"\n'))
    assert "hunter2" not in str(raised.value)
    settings = load_settings(
        written(
            '[storage]\nurl = "postgresql://me:hunter2@h/x"\n'
            '[adapters.sms]\nauth_token = "hunter2"\n'
        )
    )
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("text", "place", "wrong"),
    [
        ("[server\n", "line 1, column 8", "is not valid TOML"),
        ("[server]\nport = 1\nport = 2\n", "line 3", "is not valid TOML"),
        ("a = [1", "end of document", "is not valid TOML"),
    ],
)
def test_a_file_that_is_not_toml_is_told_with_its_place(text: str, place: str, wrong: str) -> None:
    ((file, key, said, mend),) = faults(text)
    assert (file, key.startswith(place), said.startswith(wrong)) == ("config.toml", True, True)
    assert mend


def test_a_file_in_another_encoding_or_missing_is_told() -> None:
    Path("latin.toml").write_bytes(b'[data]\nfolder = "caf\xe9"\n')
    for name, wrong in (("latin.toml", "is not UTF-8"), ("absent.toml", "does not exist")):
        with pytest.raises(ConfigError) as raised:
            load_settings(Path(name))
        assert [problem.wrong for problem in raised.value.problems] == [wrong]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_loopback_needs_no_shield(host: str) -> None:
    assert load_settings(overrides={"server": {"host": host}}).server.host == host


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "support.example.com", ""])
def test_any_other_bind_needs_tls_or_a_trusted_proxy(host: str) -> None:
    ((_, key, wrong, _),) = faults(f'[server]\nhost = "{host}"\n')
    assert key == "server.host"
    assert "without TLS and without a trusted proxy" in wrong
    proxies = {"host": host, "trusted_proxies": ["10.0.0.1"]}
    assert load_settings(overrides={"server": proxies}).server.host == host


def test_tls_needs_both_halves_and_files_that_exist() -> None:
    for name in ("cert.pem", "key.pem"):
        Path(name).touch()
    keys = {key for _, key, _, _ in faults('[server]\ntls_cert = "cert.pem"\n')}
    assert keys == {"server.tls_key"}
    keys = {key for _, key, _, _ in faults('[server]\ntls_cert = "no.pem"\ntls_key = "key.pem"\n')}
    assert keys == {"server.tls_cert"}
    both = '[server]\nhost = "0.0.0.0"\ntls_cert = "cert.pem"\ntls_key = "key.pem"\n'
    assert load_settings(written(both)).server.tls


def test_a_public_address_is_kept_without_its_last_slash() -> None:
    settings = load_settings(overrides={"server": {"public_url": "https://help.example.com/a/"}})
    assert settings.server.public_url == "https://help.example.com/a"
    ((_, key, wrong, _),) = faults('[server]\npublic_url = "help.example.com"\n')
    assert (key, wrong) == ("server.public_url", "is not a web address")


def test_an_adapter_table_is_read_by_the_adapter_s_own_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ONETHREAD__ADAPTERS__UK__AUTH_TOKEN", "00000000000000000000000000000042")
    file = written('[adapters.uk]\nadapter = "sms"\naccount_sid = "AC1"\n[adapters.webchat]\n')
    settings = load_settings(file)
    assert {name: table.adapter for name, table in settings.adapters.items()} == {
        "uk": "sms",
        "webchat": "webchat",
    }
    config = adapter_config(settings, "uk", SmsConfig)
    assert config.account_sid == "AC1"
    assert config.auth_token.get_secret_value() == "00000000000000000000000000000042"


@pytest.mark.parametrize("value", ["+1, +2", '["+1", "+2"]'])
def test_an_adapter_s_lists_and_tables_can_come_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("ONETHREAD__ADAPTERS__SMS__NUMBERS", value)
    monkeypatch.setenv("ONETHREAD__ADAPTERS__SMS__KEYS__MAIN", "1234")
    file = written('[adapters.sms]\naccount_sid = "AC"\nauth_token = "t"\n')
    settings = load_settings(file, adapter_model=lambda _name: SmsConfig)
    config = adapter_config(settings, "sms", SmsConfig)
    assert config.numbers == ("+1", "+2")
    assert config.keys == {"main": "1234"}


def test_faults_of_an_adapter_table_name_its_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONETHREAD__ADAPTERS__SMS__ACOUNT_SID", "AC1")
    settings = load_settings(written("[adapters.sms]\nauth_token = 5\n"))
    with pytest.raises(ConfigError) as raised:
        adapter_config(settings, "sms", SmsConfig)
    assert [(p.file, p.key, p.wrong, p.mend) for p in raised.value.problems] == [
        ("config.toml", "adapters.sms.account_sid", "is missing", "Add it"),
        ("config.toml", "adapters.sms.auth_token", "is not text", "Put the value in quotes"),
        ("environment", "ONETHREAD__ADAPTERS__SMS__ACOUNT_SID", "there is no such key",
         "Did you mean account_sid?"),
    ]  # fmt: skip


def test_faults_of_adapters_are_told_together_with_all_others() -> None:
    def model_of(adapter: str) -> type[BaseModel]:
        if adapter != "sms":
            raise LookupError(f"there is no adapter named {adapter}")
        return SmsConfig

    text = "[server]\nprot = 1\n[adapters.sms]\n[adapters.fax]\n[adapters.off]\nenabled = false\n"
    with pytest.raises(ConfigError) as raised:
        load_settings(written(text), adapter_model=model_of)
    assert [(p.key, p.wrong) for p in raised.value.problems] == [
        ("server.prot", "there is no such key"),
        ("adapters.sms.account_sid", "is missing"),
        ("adapters.sms.auth_token", "is missing"),
        ("adapters.fax", "cannot be loaded: there is no adapter named fax"),
    ]


def test_what_an_adapter_s_own_validator_says_is_the_remedy() -> None:
    settings = load_settings(written('[adapters.sms]\naccount_sid = "MG"\nauth_token = "x"\n'))
    with pytest.raises(ConfigError) as raised:
        adapter_config(settings, "sms", SmsConfig)
    assert [(p.key, p.wrong, p.mend) for p in raised.value.problems] == [
        (
            "adapters.sms.account_sid",
            "cannot be used as it is",
            "Write the SID that begins with AC",
        )
    ]


def test_settings_cannot_be_changed_afterwards() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().server.port = 1  # type: ignore[misc]
