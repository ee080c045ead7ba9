"""Names a gateway answers to: its own. A name that another site points at it opens nothing."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest

from gateway.access.hosts import hosts_of
from gateway.demo.start import running_demo
from gateway.settings.sections import Server
from tests.gateway.credentials import bearer
from tests.gateway.way import running

FOREIGN = "rebound.example"
PAGES = ("/", "/console", "/console/sign-in", "/console/static/base.css", "/api/v1/customers")
LAN = {"host": "192.0.2.10", "trusted_proxies": ["192.0.2.1"]}
EVERYWHERE = {"host": "0.0.0.0", "trusted_proxies": ["192.0.2.1"]}


@pytest.mark.parametrize(
    ("server", "header", "answered"),
    [
        ({}, "127.0.0.1:8080", True),
        ({}, "127.0.0.1", True),
        ({}, "LocalHost:1", True),
        ({}, "[::1]:8080", True),
        ({}, "help.example.com", True),
        ({}, "HELP.example.com:443", True),
        ({}, FOREIGN, False),
        ({}, "127.0.0.1.rebound.example", False),
        ({}, "help.example.com.rebound.example", False),
        ({}, "localhost@rebound.example", False),
        ({}, "192.0.2.10", False),
        ({}, "", False),
        ({}, "[::1", False),
        (LAN, "192.0.2.10:8080", True),
        (LAN, "192.0.2.11:8080", False),
        # Listening everywhere, any address may be one of this machine; a name still may not.
        (EVERYWHERE, "192.0.2.11:8080", True),
        (EVERYWHERE, "[2001:db8::7]:8080", True),
        (EVERYWHERE, FOREIGN, False),
        (EVERYWHERE, "0.0.0.0:8080", True),
    ],
)
def test_its_own_names_are_answered(server: dict[str, object], header: str, answered: bool) -> None:
    hosts = hosts_of(Server.model_validate(server), "https://help.example.com/under")
    assert hosts.answer_to(header) is answered


@pytest.mark.parametrize("path", PAGES)
async def test_a_foreign_name_is_refused_and_told_what_to_do(tmp_path: Path, path: str) -> None:
    async with running(tmp_path) as way, aiohttp.ClientSession(way.base_url) as web:
        headers = {"Host": FOREIGN, **await bearer(way.gateway)}
        async with web.get(path, headers=headers, allow_redirects=False) as answer:
            assert answer.status == 421
            told = await answer.json(content_type=None)
            assert told["where"] == "Host header" and "server.public_url" in told["fix"]
        port = way.base_url.rpartition(":")[2]
        for name in ("127.0.0.1", "localhost", "[::1]"):
            own = {**headers, "Host": f"{name}:{port}"}
            async with web.get(path, headers=own, allow_redirects=False) as answer:
                assert answer.status in (200, 302, 303)


async def test_providers_and_probes_may_use_any_name(tmp_path: Path) -> None:
    async with running(tmp_path) as way, aiohttp.ClientSession(way.base_url) as web:
        foreign = {"Host": FOREIGN}
        async with web.get("/health", headers=foreign) as answer:
            assert answer.status == 200
        async with web.get("/channels/webchat/widget.js", headers=foreign) as answer:
            assert answer.status == 200
        # Refused for its missing signature, not for its name.
        async with web.post("/channels/sms/inbound", headers=foreign) as answer:
            assert answer.status in (400, 403)


async def test_the_demo_is_there_by_both_names_of_this_machine_only(
    tmp_path: Path,
) -> None:
    async with running_demo(tmp_path) as demo, aiohttp.ClientSession() as web:
        for name in ("127.0.0.1", "localhost"):
            url = demo.url.replace("127.0.0.1", name)
            for path in ("/demo", "/console/sign-in"):
                async with web.get(f"{url}{path}") as answer:
                    assert answer.status == 200
        for path in ("/demo", "/console/sign-in"):
            async with web.get(f"{demo.url}{path}", headers={"Host": FOREIGN}) as answer:
                assert answer.status == 421
