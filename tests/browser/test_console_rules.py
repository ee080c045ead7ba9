"""The rules of who is who in the console: a draft is tried, published, and taken back again."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import Browser, expect

from gateway.demo.people import ADA
from gateway.demo.start import Demo
from memory.units.identity.linking import customer_of
from tests.browser.driving import window

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


async def one_customer(demo: Demo, wanted: bool) -> None:
    """Wait until Ada's Slack account and her mailbox are one customer, or are two."""
    async with asyncio.timeout(20):
        while True:
            slack, mail = [
                await demo.gateway.store.read(customer_of, one)
                for one in (ADA.slack_key, ADA.mail_key)
            ]
            if (slack == mail) is wanted:
                return
            await asyncio.sleep(0.05)


async def test_a_draft_is_tried_published_and_taken_back(demo: Demo, browser: Browser) -> None:
    await demo.slack.write(ADA.slack, "When are you open?")
    await demo.slack.wait_for_reply(ADA.slack, 0)
    await one_customer(demo, True)
    admin = await window(browser)
    page = await admin.open(demo.console_link())
    await page.wait_for_url("**/console/queue")
    await page.get_by_role("link", name="Rules").click()
    draft = page.get_by_label("Draft of the rules")
    await expect(draft).to_have_value(re.compile("trusted-profile"))
    publish = page.get_by_role("button", name="Publish")
    await expect(publish).to_be_disabled()

    text = await draft.input_value()
    await draft.fill(text.replace("[levels]", "[levles]"))
    await page.get_by_role("button", name="Try it").click()
    await expect(page.locator(".rules-faults")).to_contain_text("Did you mean levels?")
    await expect(publish).to_be_disabled()

    await draft.fill(f"{text}joins = false\n")
    await page.get_by_role("button", name="Try it").click()
    effect = page.locator(".rules-effect")
    await expect(effect).to_contain_text("Would part: 1")
    await expect(effect).to_contain_text(ADA.slack_key)
    await expect(effect).to_contain_text(ADA.mail_key)
    await one_customer(demo, True)

    await publish.click()
    sheet = page.get_by_role("dialog")
    await sheet.get_by_role("textbox").fill("profiles are not enough")
    await sheet.get_by_role("button", name="Publish").click()
    await expect(page.locator(".rules-now")).to_contain_text("profiles are not enough")
    await one_customer(demo, False)
    await expect(page.get_by_text("Customers are being joined and parted")).to_have_count(0)

    await page.get_by_role("button", name="Go back to it").click()
    await expect(sheet).to_contain_text("Would join: 1")
    await sheet.get_by_role("button", name="Go back", exact=True).click()
    await expect(page.locator(".rules-now")).to_contain_text("back to version")
    await one_customer(demo, True)
    assert admin.complaints == []
