"""Who is on a socket: origins, anonymous sessions, logins, and that one never becomes another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import aiohttp
import pytest
from pydantic import ValidationError

from adapters.webchat.adapter import WebchatAdapter
from adapters.webchat.client import ChatClient, ChatRefused
from core.channel import Refused
from core.message import Assurance, Claim, InboundMessage
from core.socket_channel import Keepalive, SocketRequest, SocketSession
from tests.adapters.webchat.chat_server import (
    ACCOUNT,
    FROM_SHOP,
    NOW,
    ORIGIN,
    ChatServer,
    login,
    make_adapter,
    make_config,
)

CLIENT_ID = "00000000-0000-4000-8000-000000000001"


def enter(
    adapter: WebchatAdapter, token: object = None, jwt: object = None, last_seq: int = 0
) -> SocketSession:
    hello: Mapping[str, object] = {
        "type": "hello",
        "token": token,
        "jwt": jwt,
        "last_seq": last_seq,
    }
    return adapter.open(hello, FROM_SHOP)


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "*",
        "http://shop.example.com",
        "https://shop.example.com:8443",
        "https://shop.example.com.evil.test",
        "https://evil-shop.example.com",
        "https://evil.test/https://shop.example.com",
        "https://shop.example.com@evil.test",
        "https://shop.example.com/",
        "https://example.com",
    ],
)
def test_only_the_very_origin_may_open_a_chat(origin: str | None) -> None:
    with pytest.raises(Refused) as refused:
        make_adapter().open({"type": "hello"}, SocketRequest(origin, "192.0.2.1"))
    assert refused.value.status == 403
    assert make_adapter().open({"type": "hello"}, FROM_SHOP).assurance is Assurance.ASSERTED


def test_an_origin_is_checked_before_any_proof_is_looked_at() -> None:
    adapter = make_adapter()
    with pytest.raises(Refused, match="origin"):
        adapter.open(
            {"type": "hello", "jwt": login()}, SocketRequest("https://evil.test", "192.0.2.9")
        )
    assert enter(adapter, jwt=login()).assurance is Assurance.LOGGED_IN, "the login was not used up"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://Shop.Example.com", "https://shop.example.com"),
        ("https://shop.example.com:443", "https://shop.example.com"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_an_origin_is_kept_as_browsers_write_it(written: str, meant: str) -> None:
    assert make_config(allowed_origins=(written,)).allowed_origins == (meant,)


@pytest.mark.parametrize(
    "written",
    [
        "shop.example.com",
        "https://*.example.com",
        "https://shop.example.com/",
        "https://u@shop.example.com",
        "ftp://shop.example.com",
        "https://",
        "null",
        "*",
    ],
)
def test_what_is_no_origin_is_told_at_the_start(written: str) -> None:
    with pytest.raises(ValidationError, match="origin"):
        make_config(allowed_origins=(written,))


async def test_a_foreign_page_is_refused_on_the_wire() -> None:
    server = ChatServer()
    await server.start()
    client = ChatClient(server.url, "https://evil.test")
    try:
        with pytest.raises(ChatRefused) as refused:
            await client.connect()
        assert refused.value.status == 403
        assert not server.hub.connected(ACCOUNT, client.conversation)
    finally:
        await client.close()
        await server.stop()


async def test_a_token_in_the_address_or_a_cookie_proves_nothing() -> None:
    server = ChatServer()
    await server.start()
    known = ChatClient(server.url, ORIGIN)
    await known.connect()
    async with (
        aiohttp.ClientSession(headers={"Cookie": f"token={known.token}"}) as http,
        http.ws_connect(f"{server.url}?token={known.token}", origin=ORIGIN) as socket,
    ):
        await socket.send_json({"type": "hello"})
        welcome = await socket.receive_json()
    await known.close()
    await server.stop()
    assert welcome["conversation"] != known.conversation


def test_a_visitor_comes_back_by_token_and_only_by_it() -> None:
    adapter = make_adapter()
    first = enter(adapter)
    again = enter(adapter, token=first.welcome["token"], last_seq=7)
    stranger = enter(adapter, last_seq=7)
    assert again.conversation_key == first.conversation_key
    assert again.resume_from == 7
    assert stranger.conversation_key != first.conversation_key
    assert stranger.resume_from == 0


@pytest.mark.parametrize("token", ["", "x", "a.b.c", login()])
def test_an_unknown_token_begins_a_new_session(token: str) -> None:
    session = enter(make_adapter(), token=token, last_seq=9)
    assert session.assurance is Assurance.ASSERTED
    assert session.resume_from == 0


def test_a_login_never_joins_the_anonymous_session_it_came_with() -> None:
    adapter = make_adapter()
    anonymous = enter(adapter)
    signed_in = enter(adapter, token=anonymous.welcome["token"], jwt=login("cust-1"), last_seq=5)
    assert signed_in.sender.kind == "login"
    assert signed_in.conversation_key != anonymous.conversation_key
    assert signed_in.resume_from == 0, "nothing of one thread is counted in the other"
    assert signed_in.welcome["token"] != anonymous.welcome["token"]


def test_a_planted_session_learns_nothing_of_who_signs_in_there() -> None:
    """Session fixation: the attacker's own token lies in the victim's browser at login."""
    adapter = make_adapter()
    planted = enter(adapter).welcome["token"]
    victim = enter(adapter, token=planted, jwt=login("victim"))
    attacker = enter(adapter, token=planted)
    assert attacker.sender != victim.sender
    assert attacker.assurance is Assurance.ASSERTED


def test_signing_out_leaves_nothing_of_the_login() -> None:
    adapter = make_adapter()
    signed_in = enter(adapter, jwt=login("cust-1"))
    after = enter(adapter, token=signed_in.welcome["token"], last_seq=3)
    assert after.sender.kind == "visitor"
    assert after.assurance is Assurance.ASSERTED
    assert after.resume_from == 0


def test_another_login_on_top_of_a_session_is_a_conflict_and_not_guessed_about() -> None:
    adapter = make_adapter()
    one = enter(adapter, jwt=login("cust-1", jti="j1"))
    other = login("cust-2", jti="j2")
    with pytest.raises(Refused) as refused:
        enter(adapter, token=one.welcome["token"], jwt=other, last_seq=4)
    assert refused.value.status == 409
    alone = enter(adapter, jwt=other, last_seq=4)
    assert alone.sender.address == "cust-2", "the refused login was not used up"
    assert alone.resume_from == 0


def test_staff_who_act_for_a_customer_read_and_do_nothing_else() -> None:
    """`act`, RFC 8693, section 4.1."""
    adapter = make_adapter()
    token = login("cust-1", act={"sub": "support-7"})
    session = enter(adapter, jwt=token)
    assert (
        session.conversation_key == enter(adapter, jwt=login("cust-1", jti="j2")).conversation_key
    )
    assert (session.read_only, session.assurance) == (True, Assurance.NONE)
    assert session.welcome["read_only"] is True
    for frame in (
        {"type": "say", "client_id": CLIENT_ID, "text": "It is me"},
        {"type": "upload", "client_id": CLIENT_ID, "name": "a.png", "size": 1},
        {"type": "typing", "active": True},
        {"type": "seen", "seq": 1},
    ):
        with pytest.raises(Refused) as refused:
            adapter.read(session, frame)
        assert refused.value.status == 403
    assert isinstance(adapter.read(session, {"type": "ping"}), Keepalive)
    again = enter(adapter, token=session.welcome["token"], jwt=token, last_seq=3)
    assert (again.read_only, again.resume_from) == (True, 3)


@pytest.mark.parametrize("staff_first", [True, False])
def test_staff_and_customer_never_share_a_session(staff_first: bool) -> None:
    adapter = make_adapter()
    acted = login("cust-1", jti="j1", act={"sub": "support-7"})
    plain = login("cust-1", jti="j2")
    first, second = (acted, plain) if staff_first else (plain, acted)
    token = enter(adapter, jwt=first).welcome["token"]
    with pytest.raises(Refused) as refused:
        enter(adapter, token=token, jwt=second)
    assert refused.value.status == 409
    assert enter(adapter, token=token).sender.kind == "visitor"


def test_a_replayed_login_opens_no_second_session() -> None:
    adapter = make_adapter()
    token = login("cust-1", jti="once")
    mine = enter(adapter, jwt=token)
    with pytest.raises(Refused, match="used before") as refused:
        enter(adapter, jwt=token)
    with pytest.raises(Refused, match="used before"):
        enter(adapter, token=enter(adapter).welcome["token"], jwt=token)
    assert refused.value.status == 401
    again = enter(adapter, token=mine.welcome["token"], jwt=token, last_seq=2)
    assert again.resume_from == 2, "the session that used it goes on with it"


def test_a_false_login_is_no_reason_to_go_on_anonymously() -> None:
    """Somebody the business's page calls signed in must not end up in a stranger's thread."""
    adapter = make_adapter()
    anonymous = enter(adapter).welcome["token"]
    with pytest.raises(Refused) as refused:
        enter(adapter, token=anonymous, jwt=login(at=NOW - timedelta(days=1)))
    assert refused.value.status == 401


@pytest.mark.parametrize("verified", [True, False, None])
def test_an_address_in_a_login_is_a_hint_and_no_proof(verified: bool | None) -> None:
    adapter = make_adapter()
    session = enter(
        adapter, jwt=login("cust-1", email="victim@example.com", email_verified=verified)
    )
    message = adapter.read(session, {"type": "say", "client_id": CLIENT_ID, "text": "Hello"})
    assert isinstance(message, InboundMessage)
    assert message.sender.key == "login:cust-1"
    assert message.claims == (Claim("email", "victim@example.com", "login"),)
    assert "victim@example.com" not in str(session.welcome)


def test_a_visitor_cannot_name_themselves_a_login() -> None:
    """Kinds are part of the key, so that no subject of one can be another's."""
    adapter = make_adapter()
    visitor = enter(adapter)
    namesake = enter(adapter, jwt=login(visitor.sender.address))
    assert namesake.sender.key != visitor.sender.key
    assert namesake.conversation_key != visitor.conversation_key


async def test_a_login_and_a_visitor_on_one_gateway_read_their_own_threads_only() -> None:
    server = ChatServer(now=lambda: NOW)
    await server.start()
    visitor = ChatClient(server.url, ORIGIN)
    await visitor.connect()
    await visitor.say("I am nobody yet.")
    signed_in = ChatClient(server.url, ORIGIN, jwt=login("cust-1"), token=visitor.token)
    try:
        await signed_in.connect()
        seq = server.post(signed_in.conversation, "Welcome back.").seq
        await signed_in.wait_for_reply(seq - 1)
        await visitor.say("Still nobody.")
        assert [one.text for one in signed_in.thread.values()] == ["Welcome back."]
        assert [visitor.thread[seq].text for seq in sorted(visitor.thread)] == [
            "I am nobody yet.",
            "Still nobody.",
        ]
    finally:
        await visitor.close()
        await signed_in.close()
        await server.stop()
