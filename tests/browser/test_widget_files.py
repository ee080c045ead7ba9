"""Files in the widget: chosen, sent, shown and fetched, from a page with a strict policy."""

from __future__ import annotations

from typing import cast

import pytest
from playwright.async_api import Browser, FilePayload, Page, expect

from core.message import Author
from tests.adapters.webchat.chat_server import ACCOUNT, ChatServer, until
from tests.browser.chat_page import chat_page
from tests.browser.visitor import ask, open_chat, visit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

BODY = b"%PDF-1.7 a bill of a lamp"


def file(name: str = "bill.pdf", kind: str = "application/pdf", body: bytes = BODY) -> FilePayload:
    return cast("FilePayload", {"name": name, "mimeType": kind, "buffer": body})


async def attach(page: Page, chosen: FilePayload) -> None:
    async with page.expect_file_chooser() as choosing:
        await page.get_by_role("button", name="Attach a file").click()
    await (await choosing.value).set_files([chosen])


async def fetched(page: Page, name: str) -> bytes:
    """The file behind a link of the thread."""
    link = page.get_by_role("link", name=name)
    async with page.expect_download() as downloading:
        await link.evaluate("(one) => { one.removeAttribute('target'); one.click(); }")
    path = await (await downloading.value).path()
    return path.read_bytes()


async def test_a_file_is_sent_shown_and_fetched(browser: Browser) -> None:
    async with chat_page() as server:
        visitor = await visit(browser)
        page = await visitor.open(server.base_url)
        await open_chat(page)
        await ask(page, "Here comes the bill")
        await attach(page, file())
        await page.get_by_role("link", name="bill.pdf").wait_for()
        assert list(server.threads.files.values()) == [BODY]
        assert await fetched(page, "bill.pdf") == BODY
        await page.reload()
        await open_chat(page)
        assert await fetched(page, "bill.pdf") == BODY
        assert visitor.complaints == []


async def test_a_file_of_a_person_is_fetched(browser: Browser) -> None:
    async with chat_page() as server:
        page = await (await visit(browser)).open(server.base_url)
        await open_chat(page)
        await ask(page, "Hello")
        reference = "file:" + "a" * 64
        server.threads.files[reference] = BODY
        [(_, key)] = server.threads.logs
        shown = {
            "name": "<b>bill</b>.pdf",
            "media_type": "application/pdf",
            "size": len(BODY),
            "reference": reference,
        }
        entry = server.threads.append(
            ACCOUNT, key, Author.AGENT, {"text": "Here it is.", "attachments": [shown]}, name="Tim"
        )
        server.hub.publish(ACCOUNT, key, entry)
        assert await fetched(page, "<b>bill</b>.pdf") == BODY


async def test_a_kind_that_is_not_taken_is_told_and_can_be_tried_again(browser: Browser) -> None:
    async with chat_page() as server:
        page = await (await visit(browser)).open(server.base_url)
        await open_chat(page)
        await ask(page, "Hello")
        await attach(page, file("tool.exe", "application/x-msdownload"))
        failed = page.locator(".message.failed")
        await expect(failed).to_contain_text("Not sent")
        reason = await failed.locator("[title]").get_attribute("title")
        assert reason == "files of this kind are not taken here"
        await page.get_by_role("button", name="Try again").click()
        await expect(page.locator(".message.failed")).to_have_count(1)
        assert server.threads.files == {}


async def test_a_file_that_is_too_large_is_not_even_asked_for(browser: Browser) -> None:
    async with chat_page() as server:
        page = await (await visit(browser)).open(server.base_url)
        await open_chat(page)
        await ask(page, "Hello")
        await attach(page, file(body=b"x" * (10 * 1024 * 1024 + 1)))
        await page.get_by_text("A file may have 10 MB at most.").wait_for()
        await expect(page.locator(".message")).to_have_count(2)


async def test_a_file_chosen_while_the_line_is_down_is_sent_on_return(browser: Browser) -> None:
    async with chat_page() as server:
        page = await (await visit(browser)).open(server.base_url)
        await open_chat(page)
        await ask(page, "Hello")
        await server.stop(ask=False)
        await page.get_by_text("Reconnecting…").wait_for()
        await attach(page, file())
        await page.get_by_text("Waiting for connection").wait_for()
        await server.start()
        await page.get_by_role("link", name="bill.pdf").wait_for()
        assert list(server.threads.files.values()) == [BODY]


async def test_a_second_tab_is_shown_the_file(browser: Browser) -> None:
    async with chat_page() as server:
        visitor = await visit(browser)
        page = await visitor.open(server.base_url)
        await open_chat(page)
        await ask(page, "Hello")
        other = await visitor.open(server.base_url)
        await open_chat(other)
        await attach(page, file())
        assert await fetched(other, "bill.pdf") == BODY


async def test_where_no_files_are_taken_there_is_no_button(browser: Browser) -> None:
    async with chat_page(upload_megabytes=0) as server:
        page = await (await visit(browser)).open(server.base_url)
        await open_chat(page)
        await ask(page, "Hello")
        await expect(page.get_by_role("button", name="Attach a file")).to_be_hidden()
        assert isinstance(server, ChatServer)
        await until(lambda: bool(server.threads.logs))
