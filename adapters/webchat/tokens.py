"""Two kinds of proof a visitor brings: our own session token, and a login signed by the business.

RFC 7519 tokens with fixed algorithms: the header never chooses (RFC 8725, section 3.1). Pure, with
time and ids passed in; who a token belongs to is decided here, what they may read elsewhere.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt

from adapters.webchat.config import WebchatConfig
from core.channel import Refused

_ISSUER = "onethread-webchat"
_REMEMBERED = 10_000
_SKEW_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that came back: an anonymous visitor, or a login with the session it belongs to."""

    subject: str
    login: bool
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Login:
    """What the business vouches for."""

    subject: str
    name: str | None
    email: str | None
    token_id: str


class Tokens:
    """Makes and checks tokens of one account, and remembers which logins were used for what."""

    def __init__(self, config: WebchatConfig) -> None:
        self._config = config
        self._secret = config.secret.get_secret_value()
        self._used: OrderedDict[str, str] = OrderedDict()

    def make_session(self, session: Session, now: datetime) -> str:
        """A token with which this browser resumes its thread."""
        life = timedelta(days=self._config.session_days)
        claims: dict[str, Any] = {
            "iss": _ISSUER,
            "sub": session.subject,
            "login": session.login,
            "iat": int(now.timestamp()),
            "exp": int((now + life).timestamp()),
        }
        if session.name:
            claims["name"] = session.name
        return jwt.encode(claims, self._secret, algorithm="HS256")

    def read_session(self, token: str, now: datetime) -> Session | None:
        """Whose token this is; nothing for one that is not ours or too old."""
        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=["HS256"],
                issuer=_ISSUER,
                options={"require": ["sub", "exp"], "verify_exp": False, "verify_iat": False},
            )
        except jwt.PyJWTError:
            return None
        if int(claims["exp"]) <= now.timestamp():
            return None
        return Session(str(claims["sub"]), bool(claims.get("login")), claims.get("name"))

    def read_login(self, token: str, now: datetime) -> Login:
        """The business's login. Raises `Refused`, saying what is wrong but nothing of the token."""
        try:
            kid = str(jwt.get_unverified_header(token).get("kid") or "")
        except jwt.PyJWTError:
            raise Refused(401, "the login is not a token") from None
        key = self._config.jwt_keys.get(kid)
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
        except jwt.PyJWTError as error:
            raise Refused(401, f"the login is not valid ({type(error).__name__})") from None
        return self._checked(claims, now)

    def _checked(self, claims: dict[str, Any], now: datetime) -> Login:
        stamp = now.timestamp()
        expires = claims["exp"]
        if not isinstance(expires, int | float) or expires <= stamp - _SKEW_SECONDS:
            raise Refused(401, "the login has expired")
        if expires > stamp + self._config.jwt_max_seconds + _SKEW_SECONDS:
            raise Refused(401, "the login lasts longer than allowed")
        if "act" in claims:
            raise Refused(403, "a login on behalf of somebody else cannot chat")
        subject, token_id = str(claims["sub"]), str(claims["jti"])
        if not subject or len(subject) > 200 or not token_id:
            raise Refused(401, "the login names nobody")
        known = self._used.setdefault(token_id, subject)
        self._used.move_to_end(token_id)
        if len(self._used) > _REMEMBERED:
            self._used.popitem(last=False)
        if known != subject:
            raise Refused(401, "the login's id was used for somebody else")
        name = claims.get("name")
        email = claims.get("email")
        return Login(
            subject,
            name[:80] if isinstance(name, str) and name else None,
            email if isinstance(email, str) else None,
            token_id,
        )
