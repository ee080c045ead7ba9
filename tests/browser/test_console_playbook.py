"""The playbook in the console: a draft in forms and in files, tried, published and taken back."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import Browser, Page, Route, expect

from gateway.access.roles import Role
from gateway.demo.people import ADA
from gateway.demo.start import Demo
from gateway.running import Gateway
from tests.browser.driving import POCKET, Window, window
from tests.gateway.credentials import person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

WARM = "Welcome to the lamps and looms of our shop."


async def playbook(demo: Demo, browser: Browser, *, pocket: bool = False) -> tuple[Window, Page]:
    """The page of the playbook, in a window of an owner's."""
    admin = await window(browser, POCKET, "dark") if pocket else await window(browser)
    page = await admin.open(demo.console_link())
    await page.wait_for_url("**/console/queue")
    await page.get_by_role("link", name="Playbook").click()
    await expect(page.locator(".book-part").first).to_be_visible()
    return admin, page


async def answered(demo: Demo, text: str) -> str:
    before = demo.slack.last_seq
    await demo.slack.write(ADA.slack, text)
    reply = await demo.slack.wait_for_reply(ADA.slack, before)
    return reply.text


async def test_an_answer_is_worded_anew_tried_published_and_put_back(
    demo: Demo, browser: Browser
) -> None:
    admin, page = await playbook(demo, browser)
    await page.get_by_role("button", name="Answers").click()
    await page.get_by_role("searchbox").fill("greeting")
    await page.locator(".book-part summary", has_text=re.compile("^greeting")).click()
    words = page.get_by_label("Its wording, a variant a line")
    await words.fill(WARM)
    await words.blur()
    publish = page.get_by_role("button", name="Publish")
    await expect(publish).to_be_enabled()

    message = page.get_by_label("A customer's message")
    await message.fill("hello")
    await message.press("Enter")
    await expect(page.locator(".try-reply").first).to_contain_text(WARM)
    why = page.locator(".try-why").filter(has_text="Why this answer?")
    await why.locator("summary").click()
    await expect(why).to_contain_text("It understood “greeting”")
    await expect(why).to_contain_text("The words come from the answer “greeting”.")
    await expect(page.get_by_text("Answered by your draft")).to_be_visible()
    assert demo.gateway.playbook.answers["greeting"] != (WARM,)
    before = demo.gateway.playbook
    await publish.click()
    sheet = page.get_by_role("dialog")
    await expect(sheet).to_contain_text("Answer greeting: wording changed (1 new, ")
    await sheet.get_by_role("textbox").fill("a warmer greeting")
    await sheet.get_by_role("button", name="Publish").click()
    await expect(page.locator(".book-now")).to_contain_text("a warmer greeting")
    assert demo.gateway.playbook.answers["greeting"] == (WARM,)

    await page.get_by_role("button", name="Versions").click()
    await page.get_by_role("button", name="Put back").click()
    await sheet.get_by_role("textbox").fill("too warm")
    await sheet.get_by_role("button", name="Put it back").click()
    await expect(page.locator(".book-now")).to_contain_text("too warm")
    assert demo.gateway.playbook.version == before.version
    assert admin.complaints == []


async def test_a_fault_in_a_file_is_shown_at_its_line_and_keeps_it_from_being_published(
    demo: Demo, browser: Browser
) -> None:
    admin, page = await playbook(demo, browser, pocket=True)
    await page.get_by_role("button", name="Files").click()
    await page.get_by_label("File", exact=True).select_option("slots.toml")
    text = page.get_by_label("Text of slots.toml")
    was = await text.input_value()
    line = was[: was.index("label =")].count("\n") + 1
    await text.fill(was.replace("label =", "lable =", 1))
    fault = page.locator(".book-bar .book-faults")
    await expect(fault).to_contain_text(f"slots.toml, line {line}")
    await expect(fault).to_contain_text("Did you mean label?")
    await expect(page.locator(".book-numbers .bad")).to_have_text(str(line))
    await expect(page.get_by_role("button", name="Publish")).to_be_disabled()
    await page.get_by_role("button", name=f"slots.toml, line {line}").first.click()
    at = await text.evaluate("one => one.value.slice(one.selectionStart, one.selectionEnd)")
    assert at.startswith("lable =")
    await text.fill(was)
    await expect(page.locator(".book-bar")).to_be_hidden()
    assert await page.evaluate("document.documentElement.scrollWidth") == POCKET[0]
    assert admin.complaints == []


async def test_a_file_that_comes_late_takes_no_other_s_place(demo: Demo, browser: Browser) -> None:
    _, page = await playbook(demo, browser)
    let_go, asked = asyncio.Event(), list[str]()

    async def late(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            await let_go.wait()
        await route.continue_()

    await page.route("**/playbook/file?name=*", late)
    await page.get_by_role("button", name="Files").click()
    await page.get_by_label("File", exact=True).select_option("slots.toml")
    text = page.get_by_label("Text of slots.toml")
    await expect(text).to_be_visible()
    async with page.expect_event("requestfinished", lambda one: one.url == asked[0]):
        let_go.set()
    await page.evaluate("new Promise(requestAnimationFrame)")
    await expect(page.locator(".book-text")).to_have_attribute("aria-label", "Text of slots.toml")


async def test_whoever_comes_second_is_asked_and_an_agent_only_looks(
    demo: Demo, browser: Browser
) -> None:
    _, page = await playbook(demo, browser)
    await page.get_by_role("button", name="Files").click()
    await page.get_by_label("File", exact=True).select_option("slots.toml")
    text = page.get_by_label("Text of slots.toml")
    was = await text.input_value()
    await text.fill(f"# mine\n{was}")
    publish = page.get_by_role("button", name="Publish")
    await expect(publish).to_be_enabled()
    desk = demo.gateway.playbook_desk
    assert desk is not None
    base = (await desk.folder()).digest
    await desk.publish(base, {"slots.toml": f"# theirs\n{was}"}, "person:sam", "first")
    await publish.click()
    sheet = page.get_by_role("dialog")
    await sheet.get_by_role("textbox").fill("second")
    await sheet.get_by_role("button", name="Publish").click()
    await expect(sheet.get_by_role("alert")).to_contain_text("last by sam")
    await page.keyboard.press("Escape")
    clash = page.locator(".book-clash")
    await expect(clash).to_contain_text("slots.toml")
    await page.reload()
    await expect(clash.get_by_label("Only in theirs")).to_have_text("# theirs")
    await expect(clash.get_by_label("Only in yours")).to_have_text("# mine")
    await expect(publish).to_be_disabled()
    await page.set_viewport_size({"width": POCKET[0], "height": POCKET[1]})
    assert await clash.evaluate("one => one.scrollWidth <= one.clientWidth")
    await page.get_by_role("button", name="Take theirs").click()
    await expect(page.locator(".book-bar")).to_be_hidden()
    await expect(clash).to_have_count(0)
    assert (await desk.folder()).files["slots.toml"] == f"# theirs\n{was}"

    await person(demo.gateway.store, "una", Role.AGENT)
    other = await window(browser)
    looking = await other.open(f"{demo.url}{entered(demo.gateway, 'una')}")
    await looking.get_by_role("link", name="Playbook").click()
    await expect(looking.locator(".book-now")).to_contain_text("You may look, and not change it.")
    await looking.locator(".book-part summary").first.click()
    await expect(looking.get_by_label("Title").first).not_to_be_editable()
    await expect(looking.get_by_role("button", name="Compare")).to_be_hidden()
    await expect(looking.get_by_label("A customer's message")).to_be_hidden()


def entered(gateway: Gateway, login: str) -> str:
    """A link that lets somebody in."""
    return f"/console/enter?once={gateway.keeper.make_link(login)}"
