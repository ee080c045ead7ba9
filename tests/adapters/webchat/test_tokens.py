"""Attacks on the two tokens of web chat: whoever cannot sign is nobody, whatever a header says."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from functools import cache

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from adapters.webchat.config import WebchatConfig
from adapters.webchat.tokens import Login, Session, Tokens, UsedLogins
from core.channel import Refused
from tests.adapters.webchat.chat_server import KEY, NOW, SECRET, login, make_config

OTHER_KEY = "another-key-that-the-gateway-was-never-told-of"
MINUTE = timedelta(minutes=1)
SESSION = Session("session-1", "visitor-1", login=False)


@cache
def pair(kind: str = "RS256") -> tuple[str, str]:
    """A private key and its public one, in PEM."""
    if kind == "RS256":
        private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = rsa.generate_private_key(
            public_exponent=65537, key_size=2048
        )
    else:
        private = ec.generate_private_key(ec.SECP256R1())
    secret = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return secret.decode(), public.decode()


def with_pair(kind: str = "RS256") -> WebchatConfig:
    return make_config(jwt_keys={"k1": {"key": pair(kind)[1], "algorithm": kind}})


def encode(part: object) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def handmade(header: object, claims: object, key: str | None = None) -> str:
    """A token no library would make; signed with HMAC when there is a key."""
    body = f"{encode(header)}.{encode(claims)}"
    signed = hmac.new(key.encode(), body.encode(), hashlib.sha256).digest() if key else b""
    return f"{body}.{encode(signed) if signed else ''}"


CLAIMS = {"sub": "c", "aud": "onethread", "jti": "j", "exp": (NOW + MINUTE).timestamp()}


def refusal(token: str, config: WebchatConfig | None = None) -> Refused:
    with pytest.raises(Refused) as refused:
        Tokens(config or make_config()).read_login(token, NOW)
    return refused.value


@pytest.mark.parametrize("kind", ["RS256", "ES256"])
def test_a_login_signed_with_the_business_s_key_pair_is_believed(kind: str) -> None:
    token = login("cust-7", key=pair(kind)[0], algorithm=kind, name="Ada", email="ada@example.com")
    read = Tokens(with_pair(kind)).read_login(token, NOW)
    assert read == Login("cust-7", "Ada", "ada@example.com", "j1", (NOW + 5 * MINUTE).timestamp())


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(handmade({"alg": "none", "kid": "k1"}, CLAIMS), id="alg none"),
        pytest.param(handmade({"alg": "NONE", "kid": "k1"}, CLAIMS), id="alg NONE"),
        pytest.param(handmade({"alg": "none", "kid": "k1"}, CLAIMS, KEY), id="none, but signed"),
        pytest.param(handmade({"kid": "k1"}, CLAIMS, KEY), id="no alg"),
        pytest.param(handmade({"alg": ["HS256"], "kid": "k1"}, CLAIMS, KEY), id="alg a list"),
        pytest.param(handmade({"alg": "HS256", "kid": ["k1"]}, CLAIMS, KEY), id="kid a list"),
        pytest.param(handmade({"alg": "HS256"}, CLAIMS, KEY), id="no kid"),
        pytest.param(handmade({"alg": "HS256", "kid": "../k1"}, CLAIMS, KEY), id="kid a path"),
        pytest.param(handmade({"alg": "HS256", "kid": "k1"}, CLAIMS), id="signature left out"),
        pytest.param(handmade({"alg": "HS256", "kid": "k1"}, [1], KEY), id="claims no object"),
        pytest.param(handmade(["HS256"], CLAIMS, KEY), id="header no object"),
        pytest.param(handmade(b"[" * 3000, CLAIMS), id="header without end"),
        pytest.param(handmade({"alg": "HS256", "kid": "k1"}, b"[" * 3000, KEY), id="deep claims"),
        pytest.param(login(key=OTHER_KEY), id="wrong key"),
        pytest.param(login(key=KEY + KEY, algorithm="HS512"), id="algorithm of its own choice"),
        pytest.param(login(key=SECRET), id="signed with the session secret"),
        pytest.param(login(aud="another-service"), id="wrong audience"),
        pytest.param(login(at=NOW - timedelta(hours=1)), id="expired"),
        pytest.param(login(nbf=(NOW + 5 * MINUTE).timestamp()), id="not valid yet"),
        pytest.param(login(exp=(NOW + timedelta(days=400)).timestamp()), id="lasts for ever"),
        pytest.param(login(exp=float("nan")), id="an end that never comes"),
        pytest.param(login(exp=float("inf")), id="an endless end"),
        pytest.param(login(exp="2999-01-01"), id="end a text"),
        pytest.param(login(exp=True), id="end a truth"),
        pytest.param(login(nbf=float("nan")), id="a beginning that never was"),
        pytest.param(login(sub=None), id="no subject"),
        pytest.param(login(sub=7), id="subject a number"),
        pytest.param(login(sub=""), id="subject empty"),
        pytest.param(login(sub="  "), id="subject blank"),
        pytest.param(login(sub="x" * 201), id="subject long"),
        pytest.param(login(sub="cust-1\0"), id="subject with a NUL"),
        pytest.param(login(sub="cust-\ud800"), id="subject with half a character"),
        pytest.param(login(jti=""), id="jti empty"),
        pytest.param("", id="nothing"),
        pytest.param("a.b", id="two parts"),
        pytest.param("é.é.é", id="not base64"),
    ],
)
def test_a_false_login_is_refused_and_its_words_are_not_repeated(token: str) -> None:
    refused = refusal(token)
    assert refused.status == 401
    assert "cust-1" not in refused.reason


@pytest.mark.parametrize("left_out", ["sub", "exp", "aud", "jti"])
def test_every_needed_claim_is_needed(left_out: str) -> None:
    claims = {name: value for name, value in CLAIMS.items() if name != left_out}
    assert refusal(handmade({"alg": "HS256", "kid": "k1"}, claims, KEY)).status == 401
    whole = handmade({"alg": "HS256", "kid": "k1"}, CLAIMS, KEY)
    assert Tokens(make_config()).read_login(whole, NOW).subject == "c"


def test_a_public_key_is_no_shared_secret() -> None:
    """The RS/HS confusion: HMAC with the public key, which anybody may know."""
    public = pair()[1]
    token = handmade({"alg": "HS256", "kid": "k1"}, CLAIMS, public)
    assert refusal(token, with_pair()).status == 401


def test_a_key_is_only_good_under_its_own_name() -> None:
    keys = {"old": {"key": KEY}, "new": {"key": OTHER_KEY}}
    tokens = Tokens(make_config(jwt_keys=keys))
    assert tokens.read_login(login("new", key=OTHER_KEY, kid="new"), NOW).subject == "new"
    assert tokens.read_login(login("old", key=KEY, kid="old"), NOW).subject == "old"
    assert refusal(login(key=OTHER_KEY, kid="old"), make_config(jwt_keys=keys)).status == 401


def test_clocks_may_differ_a_little_and_no_more() -> None:
    tokens = Tokens(make_config())
    just = NOW - 5 * MINUTE
    assert tokens.read_login(login("late", at=just - timedelta(seconds=29)), NOW).subject == "late"
    assert tokens.read_login(login("early", nbf=NOW.timestamp() + 29), NOW).subject == "early"
    assert refusal(login(at=just - timedelta(seconds=31))).reason == "the login has expired"
    assert refusal(login(nbf=NOW.timestamp() + 31)).reason == "the login is not valid yet"


def test_a_name_loses_what_cannot_be_written() -> None:
    read = Tokens(make_config()).read_login(login(name="A\0d\ud800a" + "a" * 200, email="\0"), NOW)
    assert read.name == "Ada" + "a" * 77
    assert read.email is None


@pytest.mark.parametrize(
    ("key", "algorithm", "word"),
    [
        (pair()[0], "RS256", "private key"),
        (pair("ES256")[0], "ES256", "private key"),
        (pair()[1], "HS256", "RS256 or ES256"),
        (pair()[1], "ES256", "PEM"),
        ("x" * 40, "RS256", "PEM"),
        ("x" * 31, "HS256", "32 characters"),
        (SECRET, "HS256", "another key"),
    ],
)
def test_a_key_that_could_never_work_is_told_at_the_start(
    key: str, algorithm: str, word: str
) -> None:
    with pytest.raises(ValidationError, match=word) as wrong:
        make_config(jwt_keys={"k1": {"key": key, "algorithm": algorithm}})
    assert "jwt_keys.k1" in str(wrong.value)
    assert key not in str(wrong.value)


def test_a_session_token_is_ours_or_worth_nothing() -> None:
    tokens = Tokens(make_config())
    token = tokens.make_session(SESSION, NOW)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert tokens.read_session(token, NOW) == SESSION
    assert Tokens(make_config(secret=OTHER_KEY)).read_session(token, NOW) is None
    assert tokens.read_session(token, NOW + timedelta(days=31)) is None
    for false in (
        handmade({"alg": "none"}, claims),
        handmade({"alg": "HS256"}, claims | {"iss": "somebody"}, SECRET),
        handmade({"alg": "HS256"}, claims | {"sid": None}, SECRET),
        login(key=SECRET),
        token[:-4],
        token + "A" * 4,
    ):
        assert tokens.read_session(false, NOW) is None


@given(st.integers(0), st.characters(codec="ascii"))
def test_a_changed_letter_makes_nobody_else_of_a_session_token(at: int, letter: str) -> None:
    """The same one or none: the last letter of a signature has bits to spare."""
    tokens = Tokens(make_config())
    token = tokens.make_session(SESSION, NOW)
    at %= len(token)
    assert tokens.read_session(token[:at] + letter + token[at + 1 :], NOW) in (None, SESSION)


def test_a_used_login_is_good_for_its_own_session_only() -> None:
    used = UsedLogins()
    first = Login("cust-1", None, None, "j1", (NOW + MINUTE).timestamp())
    used.use(first, "session-1", NOW)
    used.use(first, "session-1", NOW)
    with pytest.raises(Refused, match="used before"):
        used.use(first, "session-2", NOW)
    used.use(Login("cust-1", None, None, "j2", (NOW + MINUTE).timestamp()), "session-2", NOW)
