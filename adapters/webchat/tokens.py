"""Two kinds of proof a visitor brings: our own session token, and a login signed by the business.

RFC 7519 tokens with fixed algorithms: the header never chooses (RFC 8725, section 3.1). Time and
ids are passed in. Who a token belongs to is decided here, what they may read elsewhere.
"""

from __future__ import annotations

import math
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt

from adapters.webchat.config import WebchatConfig
from core.channel import Refused
from core.handle_addresses import AddressFault, clean_email, clean_phone
from core.message import Handle

_ISSUER = "onethread-webchat"
_REMEMBERED = 100_000
_SKEW_SECONDS = 30
_LONGEST_SUBJECT = 200
_LONGEST_NAME = 80
# Control characters and lone surrogates, which JSON can name and no database or browser takes.
_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that can come back. `id` is drawn anew whenever who is there changes.

    `standing` is the last change of identity its token knows of, `acted` that staff look in.
    """

    id: str
    subject: str
    login: bool
    standing: int = 0
    acted: bool = False


@dataclass(frozen=True, slots=True)
class Login:
    """What the business vouches for: `subject` is its own id of the customer.

    `acted` says that not the customer is there, but staff on their behalf (RFC 8693, section 4.1).
    `verified` are addresses that the business has verified (OpenID Connect Core 1.0, section 5.1).
    """

    subject: str
    name: str | None
    email: str | None
    token_id: str
    expires: float
    acted: bool = False
    verified: tuple[Handle, ...] = ()


class Tokens:
    """Makes and checks the tokens of one account."""

    def __init__(self, config: WebchatConfig) -> None:
        self._config = config
        self._secret = config.secret.get_secret_value()

    def make_session(self, session: Session, now: datetime) -> str:
        """A token with which this browser resumes its thread."""
        life = timedelta(days=self._config.session_days)
        claims: dict[str, object] = {
            "iss": _ISSUER,
            "sid": session.id,
            "sub": session.subject,
            "login": session.login,
            "exp": int((now + life).timestamp()),
        }
        if session.standing:
            claims["std"] = session.standing
        if session.acted:
            claims["act"] = True
        return jwt.encode(claims, self._secret, algorithm="HS256")

    def read_session(self, token: str, now: datetime) -> Session | None:
        """Whose token this is; nothing for one that is not ours or too old."""
        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=["HS256"],
                issuer=_ISSUER,
                options={"require": ["sub", "exp", "sid"], "verify_exp": False},
            )
        except jwt.PyJWTError:
            return None
        if int(claims["exp"]) <= now.timestamp():
            return None
        return Session(
            str(claims["sid"]),
            str(claims["sub"]),
            bool(claims.get("login")),
            int(claims.get("std", 0)),
            bool(claims.get("act")),
        )

    def read_login(self, token: str, now: datetime) -> Login:
        """The business's login. Raises `Refused`, saying what is wrong but nothing of the token."""
        try:
            kid = jwt.get_unverified_header(token).get("kid")
        except jwt.PyJWTError:
            raise Refused(401, "the login is not a token") from None
        key = self._config.jwt_keys.get(kid) if isinstance(kid, str) else None
        if key is None:
            raise Refused(401, "the login names no key that is configured")
        try:
            claims = jwt.decode(
                token,
                key.key.get_secret_value(),
                algorithms=[key.algorithm],
                audience=self._config.jwt_audience,
                options={
                    "require": ["sub", "exp", "aud", "jti"],
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except (jwt.PyJWTError, ValueError) as error:
            raise Refused(401, f"the login is not valid ({type(error).__name__})") from None
        return self._checked(claims, now)

    def _checked(self, claims: dict[str, Any], now: datetime) -> Login:
        stamp = now.timestamp()
        expires, begins = claims["exp"], claims.get("nbf", 0)
        if not _is_time(expires) or not _is_time(begins):
            raise Refused(401, "the login's times are not numbers")
        if expires <= stamp - _SKEW_SECONDS:
            raise Refused(401, "the login has expired")
        if begins > stamp + _SKEW_SECONDS:
            raise Refused(401, "the login is not valid yet")
        if expires > stamp + self._config.jwt_max_seconds + _SKEW_SECONDS:
            raise Refused(401, "the login lasts longer than allowed")
        subject, token_id = claims["sub"], claims["jti"]
        if not subject.strip() or len(subject) > _LONGEST_SUBJECT or not token_id:
            raise Refused(401, "the login names nobody")
        if _UNWRITABLE.search(subject):
            raise Refused(401, "the login's subject has characters that cannot be stored")
        name = _written(claims.get("name"))
        return Login(
            subject,
            name[:_LONGEST_NAME] if name else None,
            _written(claims.get("email")),
            token_id,
            float(expires),
            "act" in claims,
            verified_of(claims),
        )


_VERIFIED = (
    ("email", "email", "email_verified", clean_email),
    ("phone", "phone_number", "phone_number_verified", clean_phone),
)


def verified_of(claims: Mapping[str, Any]) -> tuple[Handle, ...]:
    """The addresses that a login says are verified. Only the JSON value true says so."""
    found: list[Handle] = []
    for kind, name, verified, clean in _VERIFIED:
        value = claims.get(name)
        if claims.get(verified) is not True or not isinstance(value, str):
            continue
        try:
            found.append(Handle(kind, clean(value.strip())))
        except AddressFault:
            continue
    return tuple(found)


class UsedLogins:
    """Which session each login was first used for: in another it is a replay (RFC 7519, 4.1.7).

    Remembered until the login expires, by this process; its short life bounds the rest.
    """

    def __init__(self) -> None:
        self._by_id: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def use(self, login: Login, session_id: str, now: datetime) -> None:
        """Note the use. Raises `Refused` when another session used it before."""
        known = self._by_id.get(login.token_id)
        if known is not None and known[0] != session_id:
            raise Refused(401, "the login was used before, in another session")
        self._by_id[login.token_id] = (session_id, login.expires)
        if len(self._by_id) > _REMEMBERED:
            self._forget(now.timestamp() - _SKEW_SECONDS)

    def _forget(self, before: float) -> None:
        for token_id in [one for one, (_, expires) in self._by_id.items() if expires <= before]:
            del self._by_id[token_id]
        while len(self._by_id) > _REMEMBERED:
            self._by_id.popitem(last=False)


def _written(value: object) -> str | None:
    """An optional text of a login without what cannot be written down; nothing when empty."""
    return _UNWRITABLE.sub("", value).strip() or None if isinstance(value, str) else None


def _is_time(value: object) -> bool:
    """A NumericDate of RFC 7519, section 2; a bool is an int to Python, not to us."""
    if isinstance(value, float):
        return math.isfinite(value)  # Python's JSON knows NaN, which is before and after nothing
    return isinstance(value, int) and not isinstance(value, bool)
