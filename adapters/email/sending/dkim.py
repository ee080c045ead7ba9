"""Signs outgoing mail with a DKIM key of our own (RFC 6376), where the server does not.

The key is read once. Who may use which selector is for the DNS of the domain to say.
"""

from __future__ import annotations

from pathlib import Path

import dkim

from adapters.email.config import EmailConfig

# Every header that says who, to whom, what about and in which thread. Absent ones are left out.
_SIGNED = (
    b"from", b"reply-to", b"to", b"subject", b"date", b"message-id", b"in-reply-to", b"references",
    b"mime-version", b"content-type", b"auto-submitted",
)  # fmt: skip


class Signer:
    """One domain with its selector and private key."""

    def __init__(self, domain: str, selector: str, key: bytes) -> None:
        self._domain = domain.encode()
        self._selector = selector.encode()
        self._key = key

    def __repr__(self) -> str:
        return f"Signer({self._domain!r}, {self._selector!r})"

    def signed(self, raw: bytes) -> bytes:
        """The mail with its DKIM-Signature on top."""
        names = {line.partition(b":")[0].lower() for line in _head(raw).split(b"\r\n")}
        signature: bytes = dkim.sign(
            raw,
            self._selector,
            self._domain,
            self._key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[one for one in _SIGNED if one in names],
        )
        return signature + raw


def signer_of(config: EmailConfig) -> Signer | None:
    """The signer of a configuration, if it signs at all.

    Raises `ValueError` with the remedy when the key file cannot be used.
    """
    path = config.dkim_key_file
    if path is None:
        return None
    signer = Signer(config.dkim_domain, config.dkim_selector, _key_of(path))
    try:
        signer.signed(b"From: a@example.com\r\n\r\n\r\n")
    except dkim.DKIMException as error:
        raise ValueError(
            f"dkim_key_file: {path.name} holds no RSA private key in PEM; make one with "
            "`openssl genrsa -out dkim.pem 2048`"
        ) from error
    return signer


def _key_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ValueError(
            f"dkim_key_file: {path.name} cannot be read ({error.strerror}); correct the path, or "
            "let the user that runs this read it"
        ) from error


def _head(raw: bytes) -> bytes:
    return raw.partition(b"\r\n\r\n")[0]
