"""The demo's story in a real browser, from the first text to a person's answer and beyond."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page

from gateway.demo import running_demo
from tests.browser.driving import (
    POCKET,
    chat_texts,
    chromium,
    reply_count,
    wait_for_reply,
    window,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


async def take_step(page: Page, number: int) -> None:
    """Press the button that the story offers for this step."""
    await page.locator(f"#story li:nth-child({number}).now button").click()


async def step_done(page: Page, number: int) -> None:
    await page.locator(f"#story li:nth-child({number}).done").wait_for(state="attached")


async def say_in_chat(page: Page, text: str) -> str:
    before = await reply_count(page)
    await page.locator("#chat textarea").fill(text)
    await page.keyboard.press("Enter")
    return await wait_for_reply(page, before)


async def test_the_story_from_the_first_text_to_a_persons_answer(
    chromium_path: str, tmp_path: Path, models: Path
) -> None:
    async with running_demo(tmp_path, models=models) as demo, chromium(chromium_path) as browser:
        visitor = await window(browser)
        page = await visitor.open(demo.console_link("demo"))
        await page.wait_for_url("**/demo")

        await take_step(page, 1)
        await step_done(page, 1)
        assert "1042" in await page.locator("#sms .sms.in").first.inner_text()

        await take_step(page, 2)
        stranger = await wait_for_reply(page, 0)
        await step_done(page, 2)
        assert "1042" not in stranger

        await take_step(page, 3)
        await step_done(page, 3)

        before = await reply_count(page)
        await take_step(page, 4)
        known = await wait_for_reply(page, before)
        await step_done(page, 4)
        assert "1042" in known

        before = await reply_count(page)
        await take_step(page, 5)
        await wait_for_reply(page, before)
        await page.locator("#desk-count:not([hidden])").wait_for()

        desk = await visitor.open(f"{demo.url}/console/queue")
        await desk.locator(".row").first.click()
        await desk.locator(".composer textarea").fill("Hi Ada, this is Sam. I am looking into it.")
        await desk.locator(".composer button[type=submit]").click()
        await page.locator("#chat .message.agent", has_text="this is Sam").wait_for()
        await step_done(page, 5)

        await page.locator("#chat textarea").fill("Thank you!")
        await page.keyboard.press("Enter")
        await page.locator("#trace .trace-step", has_text="stayed silent").wait_for()
        assert (await chat_texts(page))[-1] == "Thank you!"

        await desk.get_by_role("button", name="Hand back to bot").click()
        await desk.wait_for_url("**/console/queue")
        await page.locator("#desk-count").wait_for(state="hidden")
        assert visitor.complaints == []


async def test_a_link_does_not_open_the_past_to_an_anonymous_visitor(
    chromium_path: str, tmp_path: Path, models: Path
) -> None:
    async with running_demo(tmp_path, models=models) as demo, chromium(chromium_path) as browser:
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


async def test_the_chat_survives_a_reload_and_a_restart(
    chromium_path: str, tmp_path: Path, models: Path
) -> None:
    async with chromium(chromium_path) as browser:
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
    chromium_path: str, tmp_path: Path, models: Path
) -> None:
    async with running_demo(tmp_path, models=models) as demo, chromium(chromium_path) as browser:
        visitor = await window(browser, POCKET)
        page = await visitor.open(demo.console_link("demo"))
        await page.wait_for_url("**/demo")
        await take_step(page, 1)
        await page.locator("#pane-web").wait_for(state="hidden")
        await page.locator("#tab-web").click()
        await page.locator("#chat textarea").wait_for()
        for path in ("/demo", "/console/queue", "/console/conversations", "/console/customers"):
            await page.goto(demo.url + path)
            await page.wait_for_load_state("networkidle")
            wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
            assert not wide, path
