"""Who is who on the console in a real browser: the graph, merge, unmerge, undo, what is hidden."""

from __future__ import annotations

import asyncio

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect
from sqlalchemy import Connection, insert, select

from core.clock import to_micros
from core.message import Assurance
from core.message import Handle as Address
from gateway.demo.people import ADA
from gateway.demo.start import Demo
from memory.tables.main import Handle
from memory.tables.remembered import Fact
from memory.tables.rows import table
from memory.units.identity.handles import introduce
from memory.units.identity.linking import link
from tests.browser.driving import POCKET, window

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
BEN = "+447700900318"
CARA = "+447700900327"
SLACK = "slack:T0EXAMPLE:U0BEN"
FOUND = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ['violations'] });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((one) => one.html).join(' ')}`);
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def demo(demo: Demo) -> Demo:
    for phone in (ADA.phone, BEN):
        before = demo.phones.last_seq
        await demo.phones.text(phone, "When are you open?")
        await demo.phones.wait_for_reply(phone, before)
    return demo


async def who(demo: Demo, phone: str) -> int:
    """The customer of a phone, who is also a member of a workspace, and told us where they live."""
    new_id, now = demo.gateway.new_id, to_micros(demo.gateway.now())

    def fill(connection: Connection) -> int:
        handle = connection.execute(
            select(table(Handle)).where(table(Handle).c.key == f"phone:{phone}")
        ).one()
        ids = (new_id(), new_id(), new_id(), new_id())
        introduce(connection, Address("slack", "T0EXAMPLE:U0BEN"), "a list", "cli:sam", now, ids)
        link(
            connection, SLACK, handle.customer_id, Assurance.AUTHENTICATED, "import",
            "the list of members", "cli:sam", now, (new_id(), new_id()),
        )  # fmt: skip
        told = {
            "id": new_id(), "handle_id": handle.id, "key": "address", "value": "12 Loom Street",
            "source": "1-1", "level": 3, "needs": 3, "secret": False, "recorded_at": now,
        }  # fmt: skip
        connection.execute(insert(table(Fact)), told)
        return int(handle.customer_id)

    return await demo.gateway.store.run(fill)


async def open_graph(page: Page, demo: Demo, customer: int) -> None:
    await page.goto(f"{demo.url}/console/customers/{customer}")
    await page.get_by_role("button", name="Who is this?").click()
    await page.locator(".graph-picture").wait_for()


async def test_two_customers_are_merged_unmerged_and_the_parting_is_undone(
    demo: Demo, browser: Browser
) -> None:
    customer = await who(demo, BEN)
    agent = await window(browser)
    page = await agent.open(demo.console_link())
    await page.wait_for_url("**/console/queue")
    await open_graph(page, demo, customer)
    pills = page.locator(".edge-pill")
    await expect(pills).to_have_count(2)

    await page.get_by_role("button", name="Merge …", exact=True).click()
    sheet = page.get_by_role("dialog")
    await sheet.get_by_label("Find the other customer").fill(ADA.phone)
    await sheet.locator(".found-row").click()
    await expect(sheet.get_by_role("region", name=ADA.phone)).to_contain_text("Gains")
    await sheet.get_by_label("What shows that they are the same person?").fill("same invoice")
    await sheet.get_by_role("button", name="Merge", exact=True).click()
    await expect(pills).to_have_count(3)

    # Every link is reached by keyboard, and says all there is to say.
    merged = page.get_by_role("button", name="Merged by hand")
    await merged.focus()
    await page.keyboard.press("Enter")
    why = page.get_by_role("dialog", name="Why do we think this is")
    await expect(why).to_contain_text("Evidence: same invoice")
    await expect(why).to_contain_text("demo, on the console")
    await why.get_by_role("button", name="Unmerge here …").click()
    await expect(sheet.get_by_text("There would be 2 customers")).to_be_visible()
    await expect(sheet.locator(".side")).to_have_count(2)
    await expect(sheet).to_contain_text("had the page of both open")
    await sheet.get_by_label("Why are they not one?").fill("two people")
    await sheet.get_by_role("button", name="Unmerge", exact=True).click()
    await expect(page.get_by_text("Parted into 2 customers.")).to_be_visible()
    await expect(pills.filter(has_text="claimed")).to_have_count(0)
    await page.get_by_label("Show the ended link").check()
    await expect(page.locator(".edge-pill.ended")).to_have_count(1)

    await page.get_by_role("link", name="Who is who").click()
    await page.get_by_role("tab", name="Changes").click()
    await page.get_by_label("What, such as link").fill("unlink")
    change = page.locator(".log-row")
    await expect(change).to_have_count(1)
    await change.get_by_role("button", name="Undo").click()
    await sheet.get_by_role("button", name="Undo").click()
    await expect(change.get_by_text("undone")).to_be_visible()
    await open_graph(page, demo, customer)
    await expect(pills).to_have_count(3)


async def test_what_is_seen_before_a_merge_is_what_would_be_merged(
    demo: Demo, browser: Browser
) -> None:
    before = demo.phones.last_seq
    await demo.phones.text(CARA, "When are you open?")
    await demo.phones.wait_for_reply(CARA, before)
    agent = await window(browser)
    page = await agent.open(demo.console_link())
    await page.wait_for_url("**/console/queue")
    await open_graph(page, demo, await who(demo, BEN))
    let_go, asked = asyncio.Event(), list[str]()

    async def late(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            await let_go.wait()
        await route.continue_()

    await page.route("**/merge-preview?*", late)
    await page.get_by_role("button", name="Merge …", exact=True).click()
    sheet = page.get_by_role("dialog")
    search = sheet.get_by_label("Find the other customer")
    await search.fill(ADA.phone)
    await sheet.locator(".found-row").click()
    await search.fill(CARA)
    await sheet.locator(".found-row", has_text=CARA).click()
    await expect(sheet.get_by_role("region", name=CARA)).to_be_visible()
    async with page.expect_event("requestfinished", lambda one: one.url == asked[0]):
        let_go.set()
    await page.evaluate("new Promise(requestAnimationFrame)")
    await expect(sheet.get_by_role("region", name=ADA.phone)).to_have_count(0)
    await expect(sheet.get_by_role("region", name=CARA)).to_be_visible()


async def test_what_is_personal_is_hidden_until_somebody_reveals_it_for_one_view(
    demo: Demo, browser: Browser
) -> None:
    customer = await who(demo, ADA.phone)
    agent = await window(browser)
    page = await agent.open(demo.console_link())
    await page.wait_for_url("**/console/queue")
    await page.goto(f"{demo.url}/console/customers/{customer}")
    side = page.get_by_label("Customer", exact=True)
    await expect(side.locator(".facts")).to_contain_text("hidden")
    assert "Loom Street" not in await page.content()
    await side.get_by_role("button", name="Reveal").click()
    await expect(side.locator(".facts")).to_contain_text("12 Loom Street")
    await page.reload()
    await expect(side.locator(".facts")).to_contain_text("hidden")
    await expect(side.locator(".facts")).not_to_contain_text("12 Loom Street")
    assert agent.complaints == []


async def test_the_graph_fits_a_pocket_is_a_table_too_and_axe_finds_nothing(
    demo: Demo, browser: Browser, axe: str
) -> None:
    customer = await who(demo, ADA.phone)
    agent = await window(browser, POCKET, "dark")
    page = await agent.open(demo.console_link())
    await page.wait_for_url("**/console/queue")
    await open_graph(page, demo, customer)
    picture = await page.locator(".graph-picture").bounding_box()
    assert picture is not None and picture["x"] >= 0
    assert picture["x"] + picture["width"] <= POCKET[0]
    await page.get_by_text("The same as a table").click()
    rows = page.get_by_role("region", name="Links").locator("tbody tr")
    await expect(rows).to_have_count(3)
    await expect(rows.last).to_contain_text("the list of members")
    await page.evaluate(axe)
    assert await page.evaluate(FOUND) == []
    await rows.last.get_by_role("button", name="Why?").click()
    await expect(page.locator(".sentences")).to_contain_text("Evidence: the list of members")
    assert await page.evaluate(FOUND) == []
    assert agent.complaints == []
