"""The memory of a customer on the console in a real browser: read, put right, and taken back."""

from __future__ import annotations

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from sqlalchemy import Connection, select

from core.clock import to_micros
from gateway.demo.people import ADA
from gateway.demo.start import Demo
from memory.tables.main import Conversation, Handle
from memory.tables.rows import table
from memory.units.remembering.facts import Telling, tell
from memory.units.remembering.hand_telling import promise_by_hand
from tests.browser.driving import DESK, POCKET, window

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
STREET, LANE, LOFT = "12 Loom Street", "14 Lamp Lane", "3 Loft Yard"
DAY = 86_400 * 1_000_000
FOUND = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ['violations'] });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((one) => one.html).join(' ')}`);
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def demo(demo: Demo) -> Demo:
    before = demo.phones.last_seq
    await demo.phones.text(ADA.phone, "When are you open?")
    await demo.phones.wait_for_reply(ADA.phone, before)
    return demo


async def told(demo: Demo) -> int:
    """Ada, who wrote once, has moved, likes German, and was promised something."""
    new_id, now = demo.gateway.new_id, to_micros(demo.gateway.now())
    handles, conversations = table(Handle), table(Conversation)

    def fill(connection: Connection) -> int:
        ada = connection.execute(select(handles).where(handles.c.key == f"phone:{ADA.phone}")).one()
        thread = connection.execute(
            select(conversations.c.id).where(conversations.c.handle_id == ada.id)
        ).scalar_one()
        for key, value, source, at in (
            ("address", STREET, f"{thread}-2", now - 9 * DAY),
            ("address", LANE, f"{thread}-1", now - DAY),
            ("preference:language", "German", f"{thread}-1", now),
        ):
            telling = Telling(ada.id, key, value, source, 2, channel="sms")
            tell(connection, telling, at, new_id)
        customer = int(ada.customer_id)
        promise_by_hand(
            connection, customer, None, "A new lamp", now - 1, "person:sam", now, new_id
        )
        return customer

    return await demo.gateway.store.run(fill)


async def open_memory(page: Page, demo: Demo, customer: int) -> None:
    await page.wait_for_url("**/console/queue")
    await page.goto(f"{demo.url}/console/customers/{customer}")
    await page.get_by_role("button", name="Memory", exact=True).click()
    await page.locator(".memory-head").wait_for()


async def test_what_is_remembered_is_read_put_right_and_undone(
    demo: Demo, browser: Browser
) -> None:
    customer = await told(demo)
    agent = await window(browser)
    page = await agent.open(demo.console_link())
    await open_memory(page, demo, customer)
    about = page.get_by_role("list", name="About them")
    address = about.locator(".memory-fact")
    await expect(address).to_contain_text(LANE)
    await expect(address).to_contain_text("claimed")
    await address.get_by_text("was different once").click()
    await expect(address).to_contain_text(f"was {STREET} until yesterday")

    # The very message that told it, and back.
    await address.locator(".memory-where").get_by_role("button", name="said here").click()
    await expect(page.locator(".entry.sought")).to_contain_text("When are you open?")
    await page.go_back()
    await expect(address).to_contain_text(LANE)

    await address.get_by_role("button", name="Correct").click()
    await expect(address.get_by_label("Address", exact=True)).to_be_focused()
    await page.keyboard.type(LOFT)
    await address.get_by_label("How do you know?").fill("she called")
    await page.keyboard.press("Enter")
    await expect(address).to_contain_text(LOFT)
    await expect(address.locator(".memory-where")).to_contain_text("verified")
    await page.get_by_role("button", name="Undo").click()
    await expect(address.locator(".memory-value")).to_have_text(LANE)

    await address.get_by_role("button", name="Pin").click()
    await expect(address.locator(".memory-where")).to_contain_text("pinned")
    await address.get_by_role("button", name="Take off").click()
    sheet = page.get_by_role("dialog")
    await sheet.get_by_label("Why is it wrong?").fill("another Ada")
    await sheet.get_by_role("button", name="Take off", exact=True).click()
    await expect(address).to_contain_text(STREET)
    await page.get_by_text("Taken off as wrong (1)").click()
    await expect(page.locator(".memory-fold")).to_contain_text(LANE)
    await page.get_by_role("button", name="Undo").click()
    await expect(address.locator(".memory-value")).to_have_text(LANE)

    promise = page.get_by_role("list", name="What we promised").locator(".memory-fact")
    await expect(promise).to_contain_text("overdue")
    await promise.get_by_role("button", name="Kept", exact=False).first.click()
    await expect(promise.locator(".tag", has_text="kept")).to_be_visible()
    assert agent.complaints == []


async def test_a_source_is_taken_back_and_something_is_told_by_hand(
    demo: Demo, browser: Browser
) -> None:
    customer = await told(demo)
    agent = await window(browser)
    page = await agent.open(demo.console_link())
    await open_memory(page, demo, customer)
    sheet = page.get_by_role("dialog")
    address = page.get_by_role("list", name="About them").locator(".memory-fact")
    await address.get_by_text("was different once").click()
    await address.get_by_role("button", name="Take back all from this source").click()
    await expect(sheet).to_contain_text(f"Address: {LANE}")
    await expect(sheet).to_contain_text(f"again: {STREET}")
    await expect(sheet).to_contain_text("Language: German")
    await sheet.get_by_label("What is wrong with it?").fill("forged")
    await sheet.get_by_role("button", name="Take back", exact=True).click()
    await expect(address.locator(".memory-value")).to_have_text(STREET)
    await expect(page.locator(".chip")).to_have_count(0)

    await page.get_by_role("button", name="Tell …").click()
    await sheet.get_by_label("What", exact=True).select_option("preference:name")
    await sheet.get_by_label("Value").fill("Dr Moss")
    await sheet.get_by_label("How do you know?").fill("she said so")
    await sheet.get_by_role("button", name="Remember").click()
    chip = page.locator(".chip")
    await expect(chip).to_have_text("Name Dr Moss", use_inner_text=True)
    await chip.click()
    await expect(page.get_by_role("list", name="How they like it")).to_contain_text("told by")

    await page.get_by_label("A message of theirs").fill("Where do I live?")
    await page.get_by_role("button", name="Try", exact=True).click()
    tried = page.locator(".tried")
    await expect(tried).to_contain_text(STREET)
    await tried.get_by_text("As a language model would be given it").click()
    await expect(tried.locator("pre")).to_contain_text("never instructions")

    # News come by themselves.
    before = demo.phones.last_seq
    await demo.phones.text(ADA.phone, "Are you open on Saturday?")
    await demo.phones.wait_for_reply(ADA.phone, before)
    await expect(page.locator(".memory-head")).to_contain_text("4 messages")
    assert agent.complaints == []


async def test_the_memory_fits_its_window_and_axe_finds_nothing(
    demo: Demo, browser: Browser, axe: str
) -> None:
    customer = await told(demo)
    for size, scheme in ((POCKET, "dark"), (DESK, "light")):
        agent = await window(browser, size, scheme)
        page = await agent.open(demo.console_link())
        await open_memory(page, demo, customer)
        await page.locator(".chip").click()
        await page.get_by_text("was different once").click()
        assert await page.evaluate("document.documentElement.scrollWidth") <= size[0]
        await page.evaluate(axe)
        assert await page.evaluate(FOUND) == []
        await page.get_by_role("button", name="Correct Address").click()
        assert await page.evaluate(FOUND) == []
        assert agent.complaints == []
