"""The lists of who is who in a real browser: suggestions, alarms, the block list, a new owner."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Browser, Page, Route, expect
from sqlalchemy import Connection

from core.clock import to_micros
from core.message import Handle
from gateway.demo.start import Demo
from memory.suggestions import Candidate, Reason
from memory.units.identity.alarms import SHARED, sound
from memory.units.identity.handles import introduce
from memory.units.identity.suggesting import propose
from tests.browser.driving import window

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
EVE, EVA, TOM, TIM = (f"email:{name}@x.org" for name in ("eve", "eva", "tom", "tim"))


async def four(demo: Demo) -> int:
    """Four customers, two suggestions and an alarm; the id of the first."""
    new_id, now = demo.gateway.new_id, to_micros(demo.gateway.now())

    def fill(connection: Connection) -> int:
        ids = []
        for key in (EVE, EVA, TOM, TIM):
            fresh = (new_id(), new_id(), new_id(), new_id())
            ids.append(introduce(connection, Handle(*key.split(":")), "a list", "x", now, fresh))
        reason = (Reason("same-address", "both gave one order number", 80),)
        pairs = [Candidate(EVE, EVA, 90, reason), Candidate(TOM, TIM, 80, reason)]
        assert propose(connection, pairs, now, new_id) == 2
        assert sound(connection, new_id(), SHARED, EVE, ids[0], "Do several use it?", now)
        return ids[0]

    return await demo.gateway.store.run(fill)


async def decide(page: Page, question: str, why: str, button: str) -> None:
    """Say why in the sheet that is open, and do it."""
    sheet = page.get_by_role("dialog")
    await sheet.get_by_label(question).fill(why)
    await sheet.get_by_role("button", name=button, exact=True).click()


async def test_a_list_that_comes_late_does_not_take_the_place_of_another(
    demo: Demo, browser: Browser
) -> None:
    await four(demo)
    agent = await window(browser)
    page = await agent.open(demo.console_link())
    await page.wait_for_url("**/console/queue")
    asked, wanted = asyncio.Event(), asyncio.Event()

    async def late(route: Route) -> None:
        answer = await route.fetch()
        asked.set()
        await wanted.wait()
        await route.fulfill(response=answer)

    await page.route("**/api/v1/suggestions", late)
    await page.goto(page.url.replace("/queue", "/identities"))
    await asked.wait()
    await page.get_by_role("tab", name="Alarms").click()
    await expect(page.locator(".alarm")).to_be_visible()
    async with page.expect_response("**/api/v1/suggestions"):
        wanted.set()
    await page.get_by_role("tab", name="Alarms").press("Home")
    await expect(page.locator(".alarm")).to_be_visible()
    await expect(page.locator(".suggestion")).to_have_count(0)


async def test_people_decide_in_the_lists_of_who_is_who(demo: Demo, browser: Browser) -> None:
    eve = await four(demo)
    agent = await window(browser)
    page = await agent.open(demo.console_link())
    await page.wait_for_url("**/console/queue")
    await page.goto(f"{demo.url}/console/identities#suggestions")

    cards = page.locator(".suggestion")
    await expect(cards).to_have_count(2)
    await expect(cards.first).to_contain_text("both gave one order number")
    await cards.first.get_by_role("button", name="Compare and join").click()
    await decide(page, "What shows that they are the same person?", "one invoice", "Merge")
    await expect(cards).to_have_count(1)
    await cards.first.get_by_role("button", name="Two people").click()
    await decide(page, "How do you know?", "brothers", "Two people")
    await expect(page.get_by_text("Nothing to decide")).to_be_visible()

    await page.get_by_role("tab", name="Changes").click()
    await page.get_by_label("What, such as link").fill("set-apart")
    row = page.locator(".log-row")
    await expect(row).to_have_count(1)
    await row.get_by_role("button", name="Undo").click()
    await page.get_by_role("dialog").get_by_role("button", name="Undo").click()
    await expect(row.get_by_text("undone")).to_be_visible()
    await page.get_by_role("tab", name="Suggestions").click()
    await expect(cards).to_have_count(1)

    await page.get_by_role("tab", name="Alarms").click()
    alarm = page.locator(".alarm")
    await expect(alarm).to_contain_text("Do several use it?")
    await alarm.get_by_role("button", name="Seen to").click()
    await expect(page.get_by_text("No alarms")).to_be_visible()

    await page.get_by_role("tab", name="Blocked").click()
    await page.get_by_label("Address or pattern").fill(EVE)
    await page.get_by_label("Why it is blocked").fill("made up")
    await page.get_by_role("button", name="Block", exact=True).click()
    blocked = row.filter(has_text=EVE)
    await expect(blocked).to_contain_text("1 address is joined all the same")
    await blocked.get_by_role("button", name="Unblock").click()
    await expect(blocked).to_have_count(0)

    await page.goto(f"{demo.url}/console/customers/{eve}")
    await page.get_by_role("button", name="Who is this?").click()
    await page.get_by_text("The same as a table").click()
    links = page.get_by_role("region", name="Links").locator("tbody tr")
    first = links.filter(has_text="eve@x.org").filter(has=page.get_by_text("New owner"))
    await first.get_by_role("button", name="New owner").click()
    await decide(page, "How do you know?", "the new owner wrote", "It has a new owner")
    await expect(first).to_have_count(0)
    await expect(links.filter(has_text="retired").first).to_contain_text("eve@x.org")
    assert agent.complaints == []
