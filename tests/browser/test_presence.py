"""A person opens a case in the console, and the customer's chat says that somebody reads."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from gateway.demo.start import Demo
from tests.browser.driving import reply_count, wait_for_reply, window

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


async def test_the_chat_says_that_a_person_reads_and_writes(demo: Demo, browser: Browser) -> None:
    visitor, agent = await window(browser), await window(browser)
    page = await visitor.open(f"{demo.url}/demo")
    status = page.locator("#chat .status")
    box = page.locator("#chat textarea")
    await box.wait_for()
    before = await reply_count(page)
    await box.fill("I want to talk to a human, please")
    await box.press("Enter")
    await wait_for_reply(page, before)
    console = await agent.open(demo.console_link())
    await console.wait_for_url("**/console/queue")
    await console.locator("[href*='/console/queue/']").first.click()
    await expect(status).to_have_text("A person is reading")
    await console.get_by_label("Your answer").press_sequentially("Good")
    await page.locator("#chat .typing.agent").wait_for()
    await console.get_by_label("Your answer").fill("Good day")
    await console.get_by_label("Your answer").press("Control+Enter")
    await page.locator("#chat .message.agent").wait_for()
    await console.close()
    assert visitor.complaints == agent.complaints == []
