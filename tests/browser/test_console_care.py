"""What agents look after in a real browser: who is who, and messages that got stuck."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from adapters.sms.simulator import Fault
from gateway.demo.people import ADA
from gateway.demo.start import Demo
from gateway.turns.work import TurnWork
from tests.browser.driving import wait_for_reply, window

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
BEN = "+447700900318"
OUT_OF_REACH = 30003


async def test_a_customer_is_linked_and_unlinked_with_the_reason(
    demo: Demo, browser: Browser
) -> None:
    agent = await window(browser)
    shop = await agent.open(f"{demo.url}/demo")
    await shop.locator("#chat textarea").fill("When are you open?")
    await shop.keyboard.press("Enter")
    await wait_for_reply(shop, 0)
    before = demo.phones.last_seq
    await demo.phones.text(ADA.phone, "When are you open?")
    await demo.phones.wait_for_reply(ADA.phone, before)

    page = await agent.open(demo.console_link())
    await page.get_by_role("link", name="Customers").click()
    rows = page.locator(".row")
    await expect(rows).to_have_count(2)
    await page.get_by_label("Search customers").fill(ADA.phone)
    await rows.filter(has_text=ADA.phone).click()
    side = page.get_by_label("Customer", exact=True)
    search = side.get_by_label("Find an address to link")
    await search.fill("nobody at all")
    await expect(side.get_by_text("Nobody else matches that.")).to_be_visible()
    await search.fill("ada")
    await expect(side.get_by_label("Which address")).to_have_value("login:ada")
    await side.get_by_label("Evidence").fill("She told us her order number")
    await side.get_by_role("button", name="Link").click()

    await expect(side.locator(".handle")).to_have_count(2)
    await expect(side).to_contain_text("She told us her order number")
    await expect(page.locator(".detail-head h1")).to_have_text("Ada")
    await expect(page.locator(".knot")).to_have_count(2)
    await expect(rows).to_have_count(1)

    await side.get_by_role("button", name="Unmerge …").click()
    sheet = page.get_by_role("dialog")
    await sheet.get_by_label("Why are they not one?").fill("Another Ada")
    await sheet.get_by_role("button", name="Unmerge", exact=True).click()
    await expect(side.locator(".handle")).to_have_count(1)
    await expect(page.locator(".knot")).to_have_count(1)
    assert agent.complaints == []


async def test_an_answer_that_was_not_delivered_is_seen_and_sent_again(
    demo: Demo, browser: Browser
) -> None:
    agent = await window(browser)
    page = await agent.open(demo.console_link())
    await page.get_by_role("link", name="Trouble").click()
    await expect(page.get_by_text("Nothing is stuck")).to_be_visible()

    demo.phones.faults.append(Fault("refuse", OUT_OF_REACH))
    await demo.phones.text(BEN, "When are you open?")
    letter = page.locator(".letter")
    await expect(letter).to_contain_text("Not delivered")
    await expect(letter).to_contain_text("The phone is off or out of reach.")
    await expect(page.get_by_role("link", name="Trouble 1")).to_be_visible()
    await letter.get_by_role("link", name="Open the thread").click()
    await expect(page.locator(".entry.failed .status")).to_contain_text("Not delivered")

    before = demo.phones.last_seq
    await page.get_by_role("link", name="Trouble").click()
    await letter.get_by_role("button", name="Try again").click()
    assert "open" in (await demo.phones.wait_for_reply(BEN, before)).text.lower()
    await expect(page.get_by_text("Nothing is stuck")).to_be_visible()
    assert agent.complaints == []


async def test_a_poison_message_is_seen_with_its_reason_and_handled_again(
    demo: Demo, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = await window(browser)
    page = await agent.open(demo.console_link())

    async def fail(*_given: object, **_named: object) -> None:
        raise ValueError("too odd to be understood")

    before = demo.phones.last_seq
    with monkeypatch.context() as broken:
        broken.setattr(TurnWork, "take", fail)
        await demo.phones.text(BEN, "When are you open?")
        await demo.phones.wait_for_reply(BEN, before)

    # A person was brought in. Handing back lets the bot answer what is tried again.
    await page.locator(".row").click()
    await page.get_by_role("button", name="Hand back to bot").click()
    await page.get_by_role("link", name="Trouble 1").click()
    letter = page.locator(".letter")
    await expect(letter).to_contain_text("Not handled")
    await expect(letter).to_contain_text("ValueError: too odd to be understood")
    await expect(letter.locator(".quote")).to_have_text("When are you open?")
    before = demo.phones.last_seq
    await letter.get_by_role("button", name="Try again").click()
    assert "open" in (await demo.phones.wait_for_reply(BEN, before)).text.lower()
    await expect(page.get_by_text("Nothing is stuck")).to_be_visible()
    assert agent.complaints == []
