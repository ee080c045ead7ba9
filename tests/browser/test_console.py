"""The agents' console in a real browser: getting in, answering, handing back, keys, and the end of
a session. Who is who, and what got stuck, are in `test_console_care`."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, expect
from playwright.async_api import Error as PlaywrightError

from gateway.access.callers import LINK_LIFE
from gateway.demo.people import ADA, OWNER
from gateway.demo.start import Demo
from tests.browser.driving import window
from tests.gateway.credentials import PASSWORD, person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


async def text(demo: Demo, words: str, phone: str = ADA.phone) -> str:
    """A text from a phone, and what comes back to it."""
    before = demo.phones.last_seq
    await demo.phones.text(phone, words)
    return (await demo.phones.wait_for_reply(phone, before)).text


async def text_in_silence(demo: Demo, words: str) -> object:
    """A text to which the bot says nothing; why it does not."""
    with demo.gateway.bus.subscribe() as events:
        await demo.phones.text(ADA.phone, words)
        async with asyncio.timeout(20):
            return await anext(e.data["silent"] async for e in events if e.kind == "decided")


async def answer(page: Page, words: str, name: str = "Sam") -> None:
    await page.locator(".agent-name").fill(name)
    await page.get_by_label("Your answer").fill(words)
    await page.get_by_label("Your answer").press("Control+Enter")


async def test_an_escalation_is_answered_on_the_customers_channel_and_handed_back(
    demo: Demo, browser: Browser
) -> None:
    agent = await window(browser)
    page = await agent.open(demo.console_link())
    await page.wait_for_url("**/console/queue")
    await expect(page.get_by_text("Nobody is waiting")).to_be_visible()

    await text(demo, "Can I talk to a human?")
    row = page.locator(".row")
    await expect(row).to_contain_text(ADA.phone)
    await expect(row).to_contain_text("The customer asked for a person.")
    await expect(row.locator("time")).to_have_text("now")
    await expect(page.get_by_role("link", name="Queue 1")).to_be_visible()
    await row.click()
    await expect(page.locator(".banner")).to_contain_text("The bot is silent")
    await page.get_by_role("button", name="Take").click()
    await expect(page.locator(".row")).to_contain_text("with demo")

    before = demo.phones.last_seq
    await answer(page, "Hello from the shop.")
    assert (await demo.phones.wait_for_reply(ADA.phone, before)).text == "Sam: Hello from the shop."
    await expect(page.locator(".entry.agent")).to_contain_text("Sam, a person")
    assert await text_in_silence(demo, "When are you open?") is not None
    await expect(page.locator(".entry").last).to_contain_text("When are you open?")

    await page.get_by_role("button", name="Hand back to bot").click()
    await expect(page.get_by_text("Nobody is waiting")).to_be_visible()
    await page.get_by_role("button", name="Closed").click()
    await expect(page.locator(".row")).to_contain_text("handed back")
    assert "open" in (await text(demo, "When are you open?")).lower()
    assert agent.complaints == []


async def test_an_age_grows_while_it_is_looked_at(demo: Demo, browser: Browser) -> None:
    agent = await window(browser)
    page = await agent.open(demo.console_link())
    await text(demo, "Can I talk to a human?")
    age = page.locator(".row time")
    await expect(age).to_have_text("now")
    await page.clock.install()
    await page.reload()
    await page.locator(".row").wait_for()
    await page.clock.fast_forward("04:30")
    await expect(age).to_have_text("4 min")


@pytest.mark.parametrize("kind", ["wrong", "used", "old"])
async def test_a_link_that_does_not_work_says_so(demo: Demo, browser: Browser, kind: str) -> None:
    keeper = demo.gateway.keeper
    once = keeper.make_link(OWNER, timedelta(0) if kind == "old" else LINK_LIFE)
    if kind == "used":
        assert await keeper.use_link(once, "elsewhere") is not None
    if kind == "wrong":
        once = "guess"
    page = await (await window(browser)).open(f"{demo.url}/console/enter?once={once}")
    await expect(page.get_by_role("alert")).to_contain_text("does not work")
    await expect(page.get_by_text("press Enter in its terminal")).to_be_visible()


async def test_after_many_wrong_links_one_has_to_wait(demo: Demo, browser: Browser) -> None:
    page = await (await window(browser)).open(f"{demo.url}/console/enter?once=guess")
    for _ in range(8):
        await page.goto(f"{demo.url}/console/enter?once=guess")
    await expect(page.get_by_role("alert")).to_contain_text("Wait 10 minutes")


async def test_an_ended_session_says_so_and_leads_back(demo: Demo, browser: Browser) -> None:
    agent = await window(browser)
    page = await agent.open(demo.console_link())
    await text(demo, "Can I talk to a human?")
    await page.locator(".row").click()
    await page.locator(".timeline").wait_for()
    case = page.url
    (cookie,) = await agent.context.cookies()
    await person(demo.gateway.store)
    await demo.gateway.keeper.sign_out(cookie["value"])
    # The page notices by itself, within seconds; whoever presses a button before learns it then.
    with contextlib.suppress(PlaywrightError):
        await page.get_by_role("button", name="Take").click(timeout=3_000)

    told = expect(page.get_by_role("alert"))
    await told.to_contain_text("Your session has ended", timeout=20_000)
    await page.get_by_label("Login").fill("ada")
    await page.get_by_label("Password").fill("not the password")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_contain_text("do not fit")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(case)
    await expect(page.locator(".timeline")).to_contain_text("Can I talk to a human?")


async def test_signing_out_leads_to_the_door(demo: Demo, browser: Browser) -> None:
    page = await (await window(browser)).open(demo.console_link())
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url("**/console/sign-in")
    await page.goto(f"{demo.url}/console/customers")
    await expect(page.get_by_label("Login")).to_be_focused()


async def test_signing_out_waits_for_no_script(demo: Demo, browser: Browser) -> None:
    page = await (await window(browser, scripts=False)).open(demo.console_link())
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url("**/console/sign-in")
    await page.goto(f"{demo.url}/console/customers")
    await expect(page.get_by_label("Login")).to_be_visible()


async def test_a_case_can_be_worked_with_keys_alone(demo: Demo, browser: Browser) -> None:
    agent = await window(browser)
    page = await agent.open(demo.console_link())
    await text(demo, "Can I talk to a human?")
    await page.locator(".row").wait_for()
    keys = page.keyboard

    await keys.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await keys.press("Enter")
    for _ in range(3):
        await keys.press("Tab")
    await expect(page.locator(".row")).to_be_focused()
    await keys.press("Enter")
    await page.locator(".timeline").wait_for()
    await expect(page.locator(".row")).to_be_focused()

    await page.locator(".why").last.focus()
    await keys.press("Enter")
    drawer = page.get_by_role("dialog")
    await expect(drawer.get_by_role("button", name="Close")).to_be_focused()
    await expect(drawer.locator(".steps > li")).to_have_count(7)
    await keys.press("Shift+Tab")
    assert await drawer.evaluate("(it) => it.contains(document.activeElement)")
    await keys.press("Escape")
    await expect(page.locator(".why").last).to_be_focused()

    before = demo.phones.last_seq
    await page.get_by_label("Your answer").focus()
    await keys.type("Hello from the keyboard.")
    await keys.press("Control+Enter")
    got = await demo.phones.wait_for_reply(ADA.phone, before)
    assert "Hello from the keyboard." in got.text
    assert agent.complaints == []
