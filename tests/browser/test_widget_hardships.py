"""The widget under hardship: two tabs, reloads, sleep, slow and lost networks, blocked storage."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from core.message import Author
from tests.adapters.webchat.chat_server import (
    ACCOUNT,
    ChatServer,
    free_port,
    login,
    make_config,
    until,
)
from tests.adapters.webchat.page import opening
from tests.browser.chat_page import Wire, chat_page
from tests.browser.driving import ARGUMENTS, Window
from tests.browser.visitor import ask, open_chat, shown, visit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

NO_STORAGE = """for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) {
  Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError'); } });
}"""


async def write(page: Page, text: str) -> None:
    await page.locator("textarea").fill(text)
    await page.locator("textarea").press("Enter")


def key_of(server: ChatServer) -> str:
    """The one thread there is."""
    [(_, key)] = server.threads.logs
    return key


async def test_two_tabs_show_one_thread(browser: Browser) -> None:
    async with chat_page() as server:
        visitor = await visit(browser)
        pages = [await visitor.open(server.base_url) for _ in range(2)]
        await open_chat(pages[0])
        await ask(pages[0], "From the first")
        await pages[1].reload()
        await open_chat(pages[1])
        await ask(pages[1], "From the second")
        for page in pages:
            await expect(page.locator(".message.bot")).to_have_count(2)
            assert await shown(page) == [
                "From the first",
                "You said: From the first",
                "From the second",
                "You said: From the second",
            ]
        assert visitor.complaints == []


async def test_what_two_tabs_both_have_waiting_is_said_once(browser: Browser) -> None:
    """A page that is opened meanwhile finds in the storage what another has not sent yet."""
    async with chat_page() as server:
        visitor = await visit(browser)
        page = await visitor.open(server.base_url)
        await open_chat(page)
        await ask(page, "Hello")
        other = await visitor.open(server.base_url)
        await other.locator(".message.bot").wait_for(state="attached")
        await server.hub.close()
        await write(page, "Waiting")
        await page.get_by_text("Waiting for connection").wait_for()
        await other.reload()
        await other.locator(".message.mine", has_text="Waiting").wait_for(state="attached")
        await server.stop()
        await server.start()
        for one in (page, other):
            await expect(one.locator(".message.bot")).to_have_count(2)
        said = [one.payload["text"] for one in server.threads.logs[ACCOUNT, key_of(server)]]
        assert said.count("Waiting") == 1


async def test_an_answer_that_comes_during_a_reload_is_shown_once(browser: Browser) -> None:
    async with chat_page() as server:
        page = await (await visit(browser)).open(server.base_url)
        await open_chat(page)
        await ask(page, "Hello")
        key = key_of(server)
        server.threads.on_admit = None
        await write(page, "And?")
        await until(lambda: len(server.threads.logs[ACCOUNT, key]) == 3)
        server.hub.publish_typing(ACCOUNT, key, True, Author.BOT)
        await page.locator(".typing").wait_for()
        server.post(key, "The first half")
        await page.get_by_text("The first half").wait_for()
        await page.goto("about:blank")
        await until(lambda: not server.hub.connected(ACCOUNT, key))
        server.post(key, "The second half")
        await page.goto(server.base_url)
        await open_chat(page)
        await page.get_by_text("The second half").wait_for()
        assert await shown(page) == [
            "Hello",
            "You said: Hello",
            "And?",
            "The first half",
            "The second half",
        ]


async def test_a_socket_that_died_in_its_sleep_is_noticed_on_waking(browser: Browser) -> None:
    """Phones freeze sockets without closing them (chatjs issue 254)."""
    server_port = free_port()
    wire = Wire(server_port)
    async with chat_page(wire.port, server_port) as server:
        await wire.start()
        try:
            page = await (await visit(browser)).open(f"http://127.0.0.1:{wire.port}")
            await open_chat(page)
            await ask(page, "Good night")
            wire.fall_silent()
            server.post(key_of(server), "While you slept")
            await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
            await page.get_by_text("While you slept").wait_for()
            await ask(page, "Good morning")
        finally:
            await wire.stop()


async def test_on_a_slow_network_nothing_is_lost(browser: Browser) -> None:
    async with chat_page() as server:
        page = await (await visit(browser)).open("about:blank")
        devtools = await page.context.new_cdp_session(page)
        await devtools.send("Network.enable")
        slow = {"latency": 400, "downloadThroughput": 12_000, "uploadThroughput": 6_000}
        await devtools.send("Network.emulateNetworkConditions", {"offline": False, **slow})
        await page.goto(server.base_url)
        await open_chat(page)
        for number in range(3):
            await write(page, f"Message {number}")
        await expect(page.locator(".message.bot")).to_have_count(3)
        told = [str(one.payload["text"]) for one in server.threads.logs[ACCOUNT, key_of(server)]]
        assert await shown(page) == told
        assert [one for one in told if one.startswith("Mess")] == [
            f"Message {number}" for number in range(3)
        ]


async def test_where_storage_is_blocked_the_chat_lives_as_long_as_the_page(
    browser: Browser,
) -> None:
    async with chat_page() as server:
        visitor = await visit(browser)
        await visitor.context.add_init_script(NO_STORAGE)
        page = await visitor.open(server.base_url)
        await open_chat(page)
        await ask(page, "Hello")
        await server.stop(ask=False)
        await server.start()
        await ask(page, "Still me")
        assert len(server.threads.logs) == 1, "the token was kept in memory"
        assert visitor.complaints == [] or all("ERR_" in one for one in visitor.complaints)


async def test_a_chat_of_another_site_needs_no_cookie(chromium_path: str) -> None:
    """Page and gateway are two sites, and cookies of third parties are blocked."""
    gateway_port, page_port = free_port(), free_port()
    async with (
        chat_page(gateway_port, page_port),
        async_playwright() as playwright,
    ):
        origin = f"http://localhost:{page_port}"
        gateway = ChatServer(make_config(allowed_origins=(origin,)), port=gateway_port)
        await gateway.start()
        started = await playwright.chromium.launch(
            executable_path=chromium_path,
            args=[*ARGUMENTS, "--test-third-party-cookie-phaseout"],
        )
        window = Window(await started.new_context(bypass_csp=True))
        try:
            page = await window.open(origin)
            await open_chat(page)
            await write(page, "Hello")
            await until(lambda: bool(gateway.threads.logs))
            [(_, key)] = gateway.threads.logs
            gateway.post(key, "Good day")
            await page.get_by_text("Good day").wait_for()
            await page.reload()
            await open_chat(page)
            await page.get_by_text("Good day").wait_for()
            assert await window.context.cookies() == []
        finally:
            await started.close()
            await gateway.stop()


async def test_what_waits_is_bounded_and_what_is_over_it_stays_in_the_composer(
    browser: Browser,
) -> None:
    async with chat_page() as server:
        page = await (await visit(browser)).open(server.base_url)
        await open_chat(page)
        await ask(page, "Hello")
        await server.stop(ask=False)
        await page.get_by_text("Reconnecting…").wait_for()
        for number in range(50):
            await write(page, f"Message {number}")
        await write(page, "One too many")
        await expect(page.locator(".left")).to_contain_text("Too much is waiting")
        assert await page.locator("textarea").input_value() == "One too many"
        await server.start()
        await expect(page.locator(".message.bot")).to_have_count(51)
        await page.locator("textarea").press("Enter")
        await expect(page.locator(".message.bot")).to_have_count(52)


async def test_another_login_in_the_same_browser_sees_nothing_of_the_first(
    browser: Browser,
) -> None:
    at = datetime.now(UTC)
    port = free_port()
    scripts = {
        "ada": opening(port, jwt=login("ada", jti="1", at=at)),
        "bob": opening(port, jwt=login("bob", jti="2", at=at)),
    }
    async with chat_page(server_port=port, scripts=scripts) as server:
        visitor = await visit(browser)
        page = await visitor.open(f"{server.base_url}/ada")
        await open_chat(page)
        await ask(page, "I am Ada")
        await page.goto(f"{server.base_url}/bob")
        await open_chat(page)
        await ask(page, "I am Bob")
        assert await shown(page) == ["I am Bob", "You said: I am Bob"]
        assert {key for _, key in server.threads.logs} == {"login:ada", "login:bob"}


async def test_staff_who_look_in_see_the_thread_and_cannot_write(browser: Browser) -> None:
    at = datetime.now(UTC)
    port = free_port()
    acted = login("ada", jti="1", at=at, act={"sub": "support-7"})
    async with chat_page(server_port=port, scripts={"staff": opening(port, jwt=acted)}) as server:
        server.post("login:ada", "Your order is on its way.")
        page = await (await visit(browser)).open(f"{server.base_url}/staff")
        await page.get_by_role("button", name="Open chat").click()
        await page.get_by_text("Your order is on its way.").wait_for()
        await page.get_by_text("You are looking in on a customer's behalf").wait_for()
        await expect(page.locator("textarea")).to_be_hidden()
        await page.evaluate("window.chat.send('Hello')")
        await page.reload()
        await page.get_by_role("button", name="Open chat").click()
        await page.get_by_text("Your order is on its way.").wait_for()
        assert server.threads.events == {}
        assert server.threads.seen_up_to == {}


async def test_a_person_who_reads_is_shown_and_forgotten(browser: Browser) -> None:
    async with chat_page() as server:
        page = await (await visit(browser)).open(server.base_url)
        await open_chat(page)
        await ask(page, "Hello")
        status = page.locator(".status")
        server.hub.show_presence(ACCOUNT, key_of(server), "reading")
        await expect(status).to_have_text("A person is reading")
        server.hub.show_presence(ACCOUNT, key_of(server), "away")
        await expect(status).to_have_text("Replies are automatic")
        server.hub.show_presence(ACCOUNT, key_of(server), "reading")
        await expect(status).to_have_text("A person is reading")
        server.post(key_of(server), "I have it.", author=Author.AGENT, name="Tim")
        await expect(status).to_have_text("Tim is answering")


async def test_a_token_that_is_rotated_is_the_one_to_come_back_with(browser: Browser) -> None:
    async with chat_page() as server:
        page = await (await visit(browser)).open(server.base_url)
        await open_chat(page)
        await ask(page, "Hello")
        key = key_of(server)
        server.threads.changes[key] = 1
        await server.hub.rotate(ACCOUNT, key, 1)
        await ask(page, "Here already")
        await page.reload()
        await open_chat(page)
        await expect(page.locator(".message.bot")).to_have_count(2)
        assert len(server.threads.logs) == 1
