"""The demo's story in a real browser, from the first text to a person's answer and beyond."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from gateway.demo.start import Demo, running_demo
from tests.browser.driving import (
    POCKET,
    chat_texts,
    reply_count,
    wait_for_reply,
    window,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


SEVEN = ["Received", "Admitted", "Resolved", "Recalled", "Decided", "Committed", "Delivered"]


async def take_step(page: Page, number: int) -> None:
    """Press the button that the story offers for this step."""
    await page.locator(f"#story li:nth-child({number}).now button").click()


async def step_done(page: Page, number: int) -> None:
    await page.locator(f"#story li:nth-child({number}).done").wait_for(state="attached")


async def steps_of(page: Page, text: str) -> list[str]:
    """The names of the steps that the trace tells of a message, in their order."""
    group = page.locator("#trace .trace-group", has_text=text)
    await group.locator("summary", has_text="Delivered").wait_for()
    names: list[str] = await group.locator("summary b").all_inner_texts()
    return names


async def say_in_chat(page: Page, text: str) -> str:
    before = await reply_count(page)
    await page.locator("#chat textarea").fill(text)
    await page.keyboard.press("Enter")
    return await wait_for_reply(page, before)


async def test_the_story_from_the_first_text_to_a_persons_answer(
    demo: Demo, browser: Browser
) -> None:
    visitor = await window(browser)
    page = await visitor.open(f"{demo.url}/demo")

    await take_step(page, 1)
    await step_done(page, 1)
    assert "1042" in await page.locator("#sms .sms.in").first.inner_text()

    await take_step(page, 2)
    stranger = page.locator(".mail-one:not(.mine)")
    await stranger.wait_for()
    await step_done(page, 2)
    assert "1042" not in await stranger.inner_text()

    await take_step(page, 3)
    await step_done(page, 3)

    await take_step(page, 4)
    known = page.locator(".slack-post.shop").first
    assert "on its way" in await known.inner_text()
    await step_done(page, 4)

    await take_step(page, 5)
    await page.locator("#desk-count:not([hidden])").wait_for()
    assert await steps_of(page, "Can I talk to a human?") == SEVEN

    async with page.context.expect_page() as opened:
        await page.locator("#story li:nth-child(5).now a").click()
    desk = await opened.value
    await desk.wait_for_url("**/console/queue")
    await desk.locator(".row").first.click()
    await desk.locator(".agent-name").fill("Sam")
    await desk.locator(".composer textarea").fill("Hi Ada, I am looking into it.")
    await desk.locator(".composer button[type=submit]").click()
    answer = page.locator(".slack-post.shop", has_text="looking into it")
    await answer.wait_for()
    assert "Sam" in await answer.inner_text()
    await step_done(page, 5)

    await page.get_by_label("Slack message", exact=True).fill("Thank you!")
    await page.keyboard.press("Enter")
    await page.locator("#trace .trace-step", has_text="stayed silent").wait_for()
    assert "Thank you!" in await page.locator(".slack-post").last.inner_text()

    await desk.get_by_role("button", name="Hand back to bot").click()
    await desk.wait_for_url("**/console/queue")
    await page.locator("#desk-count").wait_for(state="hidden")
    assert visitor.complaints == []


async def test_a_link_does_not_open_the_past_to_an_anonymous_visitor(
    demo: Demo, browser: Browser
) -> None:
    visitor = await window(browser)
    page = await visitor.open(f"{demo.url}/demo")
    await take_step(page, 1)
    await step_done(page, 1)
    await take_step(page, 2)
    await step_done(page, 2)
    await take_step(page, 3)
    await step_done(page, 3)
    await page.locator("#as-nobody").click()
    reply = await say_in_chat(page, "Any news on my order?")
    assert "1042" not in reply
    assert "1042" not in " ".join(await chat_texts(page))
    assert await page.locator("#story li:nth-child(4).now").count() == 1, "a stranger went on"


async def test_the_chat_survives_a_reload_and_a_restart(
    browser: Browser, tmp_path: Path, models: Path
) -> None:
    visitor = await window(browser)
    async with running_demo(tmp_path, models=models) as demo:
        port = int(demo.url.rpartition(":")[2])
        page = await visitor.open(f"{demo.url}/demo")
        await say_in_chat(page, "When are you open?")
        said = await chat_texts(page)
        await page.reload()
        await wait_for_reply(page, 0)
        assert await chat_texts(page) == said
    async with running_demo(tmp_path, port, models=models):
        answer = await say_in_chat(page, "What does delivery cost?")
        assert (await chat_texts(page))[: len(said)] == said
        await page.reload()
        await wait_for_reply(page, 1)
        assert (await chat_texts(page))[-1] == answer


async def test_on_a_phone_the_panes_are_tabs_and_nothing_overflows(
    demo: Demo, browser: Browser
) -> None:
    visitor = await window(browser, POCKET)
    page = await visitor.open(demo.console_link("demo"))
    await page.wait_for_url("**/demo")
    await take_step(page, 1)
    for tab, inside in (
        ("web", "#chat textarea"),
        ("mail", "#mail-open textarea"),
        ("slack", "#slack-text"),
        ("trace", "#trace"),
        ("phone", "#sms-text"),
    ):
        await page.locator(f"#pane-{tab}").wait_for(state="hidden")
        await page.locator(f"#tab-{tab}").click()
        await page.locator(inside).wait_for()
        wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide, tab
    for path in (
        "/demo",
        "/console/queue",
        "/console/conversations",
        "/console/customers",
        "/console/trouble",
    ):
        await page.goto(demo.url + path)
        await page.wait_for_load_state("networkidle")
        wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide, path
