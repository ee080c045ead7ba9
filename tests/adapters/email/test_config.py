"""The options of a mailbox: what is wrong with them is told with its remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from adapters.email.config import EmailConfig

VALID: dict[str, object] = {
    "address": "support@example.com",
    "secret": "a-secret-of-the-tests-and-nothing-else",
    "imap_host": "imap.example.com",
    "imap_password": "a-password-of-the-tests",
    "smtp_host": "smtp.example.com",
}


def config(**changes: object) -> EmailConfig:
    options = VALID | changes
    return EmailConfig.model_validate({k: v for k, v in options.items() if v is not None})


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        ({"address": "Support <support@example.com>"}, "write one bare address"),
        ({"secret": "short"}, "at least 32"),
        ({"imap_host": None, "imap_password": None}, "set imap_host to fetch mail, or webhook"),
        ({"imap_password": None}, "set imap_password, or oauth_token_url"),
        ({"imap_host": "https://imap.example.com"}, "the name of the server alone"),
        ({"imap_tls": "none"}, "would send passwords and mail in the open"),
        ({"smtp_tls": "none"}, "would send passwords and mail in the open"),
        ({"oauth_client_id": "x"}, "set all three or none"),
        ({"oauth_token_url": "http://login.example.com"}, "with https://"),
        ({"dkim_domain": "example.com"}, "set all three or none"),
        ({"display_name": "Lamp\r\nBcc: x"}, "on one line"),
        ({"bounce_domain": "not a domain"}, "write one bare address"),
        ({"poll_seconds": 1800}, "less than or equal to 1700"),
        ({"webhook_secret": "short"}, "at least 32"),
        ({"imap_hots": "x"}, "not permitted"),
    ],
)
def test_a_wrong_option_is_told_with_its_remedy(changes: dict[str, object], remedy: str) -> None:
    with pytest.raises(ValidationError) as raised:
        config(**changes)
    assert remedy in str(raised.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_a_server_on_this_machine_may_go_without_tls(host: str) -> None:
    assert config(smtp_host=host, smtp_tls="none").smtp.tls == "none"


def test_ports_users_and_passwords_have_their_usual_values() -> None:
    plain = config()
    assert plain.imap is not None
    assert (plain.imap.port, plain.smtp.port) == (993, 465)
    assert (plain.imap.user, plain.smtp.user) == ("support@example.com", "support@example.com")
    assert plain.smtp.password == "a-password-of-the-tests"
    other = config(imap_tls="starttls", smtp_tls="starttls", smtp_user="u", smtp_password="p")
    assert other.imap is not None
    assert (other.imap.port, other.smtp.port) == (143, 587)
    assert (other.smtp.user, other.smtp.password) == ("u", "p")


def test_a_mailbox_may_only_be_posted_to() -> None:
    posted = config(imap_host=None, imap_password=None, webhook_secret="w" * 32)
    assert posted.imap is None


def test_our_addresses_are_in_lower_case() -> None:
    found = config(address="Support@Example.com", aliases=["Hello@Example.com"])
    assert found.own_addresses == {"support@example.com", "hello@example.com"}


def test_no_secret_is_in_what_a_configuration_prints() -> None:
    whole = config(
        smtp_password="hunter2-smtp",
        secret_next="hunter2-and-thirty-two-characters-more",
        webhook_secret="hunter2-and-thirty-two-characters-more",
        oauth_token_url="https://login.example.com",
        oauth_client_id="id",
        oauth_client_secret="hunter2-client",
        oauth_refresh_token="hunter2-refresh",
    )
    printed = f"{whole!r} {whole.smtp!r} {whole.imap!r} {whole.oauth!r}"
    assert "hunter2" not in printed
    assert "a-password" not in printed


def test_the_key_file_is_a_path() -> None:
    found = config(dkim_domain="example.com", dkim_selector="s1", dkim_key_file="dkim.pem")
    assert found.dkim_key_file == Path("dkim.pem")
