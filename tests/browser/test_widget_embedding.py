"""How the widget stands in other people's pages: policies, integrity, languages, colours, rules."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from aiohttp import web
from playwright.async_api import Browser, Page, expect

from adapters.webchat.widget import languages, widget_script
from core.message import Author
from tests.adapters.webchat.chat_server import ACCOUNT, ChatServer, free_port, until
from tests.adapters.webchat.page import STRICT
from tests.browser.chat_page import chat_page
from tests.browser.visitor import ask, open_chat, visit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

FOLDER = Path(__file__).parents[2] / "adapters" / "webchat"
SOURCES = sorted((FOLDER / "static").glob("*.js"))
WIDGET = f"/channels/{ACCOUNT}/widget.js"
LARGEST_BYTES = 15_000
FOUND = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ['violations'] });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((one) => one.html).join(' ')}`);
}"""


def embedding(
    port: int,
    attributes: str = "",
    *,
    policy: str = STRICT,
    query: str = "",
    page: str = 'lang="en"',
) -> Callable[[], web.Response]:
    """A page with the widget's script, and nothing else that would run."""
    endpoint = f"ws://127.0.0.1:{port}/channels/{ACCOUNT}/socket"
    text = f"""<!doctype html><html {page}><head><meta charset="utf-8">
<meta name="color-scheme" content="light dark"><title>Page</title>
<script src="{WIDGET}{query}" data-endpoint="{endpoint}" {attributes} defer></script>
</head><body><main><h1>A page</h1></main></body></html>"""

    def answer() -> web.Response:
        headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
        return web.Response(text=text, content_type="text/html", headers=headers)

    return answer


def integrity(script: str) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(script.encode()).digest()).decode()


async def test_a_page_may_pin_the_script_by_its_hash(browser: Browser) -> None:
    port = free_port()
    good = f'integrity="{integrity(widget_script())}" crossorigin="anonymous"'
    bad = f'integrity="{integrity("another script")}" crossorigin="anonymous"'
    pages = {"/good": embedding(port, good), "/bad": embedding(port, bad)}
    async with chat_page(server_port=port, more=pages) as server:
        visitor = await visit(browser)
        page = await visitor.open(f"{server.base_url}/good")
        await open_chat(page)
        await ask(page, "Hello")
        assert visitor.complaints == []
        await page.goto(f"{server.base_url}/bad")
        assert await page.locator("onethread-chat").count() == 0


async def test_a_policy_may_name_nothing_but_the_scripts_hash(browser: Browser) -> None:
    """CSP Level 3: an external script is allowed by the hash in its integrity attribute."""
    port = free_port()
    value = integrity(widget_script())
    policy = (
        f"default-src 'none'; script-src '{value}'; connect-src 'self'; base-uri 'none'; "
        "require-trusted-types-for 'script'"
    )
    attributes = f'integrity="{value}" crossorigin="anonymous"'
    page_of = embedding(port, attributes, policy=policy)
    async with chat_page(server_port=port, more={"/pinned": page_of}) as server:
        page = await (await visit(browser)).open(f"{server.base_url}/pinned")
        await open_chat(page)
        await ask(page, "Hello")


@pytest.mark.parametrize("language", ["en", *languages()])
def test_in_every_language_the_widget_is_small(language: str) -> None:
    assert len(gzip.compress(widget_script(language).encode(), 6)) < LARGEST_BYTES


@pytest.mark.parametrize("language", languages())
def test_a_language_has_all_words_and_their_places(language: str) -> None:
    text = (FOLDER / "static" / "strings.js").read_text(encoding="utf-8")
    english = dict(re.findall(r'^  (\w+): "(.*)",$', text, re.MULTILINE))
    words = json.loads((FOLDER / "words" / f"{language}.json").read_text(encoding="utf-8"))
    assert set(words) - {"dir"} == set(english)
    for name, said in english.items():
        assert re.findall(r"\{\w+\}", words[name]) == re.findall(r"\{\w+\}", said), name


@pytest.mark.parametrize("tag", ["xx", "../strings", "", "d", "de/../en", "DE-at"])
def test_a_language_is_a_name_and_no_path(tag: str) -> None:
    german = tag == "DE-at"
    assert ("Chat öffnen" in widget_script(tag)) is german
    assert ("Open chat" in widget_script(tag)) is not german


@pytest.mark.parametrize("source", SOURCES, ids=lambda one: one.stem)
def test_a_source_is_such_that_spaces_can_be_taken_out_of_it(source: Path) -> None:
    """`adapters.webchat.widget` reads text, not JavaScript."""
    text = source.read_text(encoding="utf-8")
    code = re.sub(r"^\s*//.*$|/\*.*?\*/| // .*$", "", text, flags=re.MULTILINE | re.DOTALL)
    strings = re.sub(r'"(?:\\.|[^"\\\n])*"', '""', code)
    assert strings.count("`") % 2 == 0
    templates = re.findall(r"`([^`]*)`", strings)
    assert all(one.count("{") == one.count("}") for one in templates), "a template in a template"
    bare = re.sub(r"`[^`]*`", "``", strings)
    assert "'" not in bare
    assert not re.search(r"[+-] [+-]", bare)


async def test_another_language_is_asked_for_in_the_address(browser: Browser) -> None:
    port = free_port()
    pages = {
        "/de": embedding(port, query="?lang=de", page='lang="de"'),
        "/ar": embedding(port, query="?lang=ar", page='lang="ar"'),
    }
    async with chat_page(server_port=port, more=pages) as server:
        page = await (await visit(browser)).open(f"{server.base_url}/de")
        await page.get_by_role("button", name="Chat öffnen").click()
        await ask(page, "Hallo")
        await page.goto(f"{server.base_url}/ar")
        await page.get_by_role("button", name="افتح الدردشة").click()
        await ask(page, "مرحبا")
        assert await page.locator(".panel").evaluate(
            "(one) => getComputedStyle(one).direction"
        ) == ("rtl")


async def test_each_message_is_written_in_its_own_direction(browser: Browser) -> None:
    port = free_port()
    page_of = embedding(port, page='lang="he" dir="rtl"')
    async with chat_page(server_port=port, more={"/rtl": page_of}) as server:
        page = await (await visit(browser)).open(f"{server.base_url}/rtl")
        await open_chat(page)
        await ask(page, "Where is it?")
        await ask(page, "איפה זה?")
        directions = await page.locator(".mine .body").evaluate_all(
            "(all) => all.map((one) => getComputedStyle(one).direction)"
        )
        assert directions == ["ltr", "rtl"]
        launcher = await page.locator(".launcher").bounding_box()
        assert launcher is not None and launcher["x"] < 100, "the button is on the other side"


async def test_the_look_follows_the_pages_variables(browser: Browser) -> None:
    async with chat_page() as server:
        page = await (await visit(browser)).open(server.base_url)
        await page.evaluate(
            """() => {
              const sheet = new CSSStyleSheet();
              sheet.replaceSync(`onethread-chat { --onethread-accent: rgb(1, 2, 3);
                --onethread-on-accent: rgb(250, 251, 252); --onethread-radius: 3px;
                --onethread-font: monospace; --onethread-layer: 7; }`);
              document.adoptedStyleSheets = [sheet];
            }"""
        )
        await open_chat(page)
        await ask(page, "Hello")
        style = "(one) => { const { %s: found } = getComputedStyle(one); return found; }"
        for selector, name, value in (
            (".launcher", "backgroundColor", "rgb(1, 2, 3)"),
            (".launcher", "color", "rgb(250, 251, 252)"),
            (".launcher", "zIndex", "7"),
            (".bot .body", "borderEndEndRadius", "3px"),
            (".panel", "fontFamily", "monospace"),
        ):
            assert await page.locator(selector).first.evaluate(style % name) == value


async def test_with_forced_colours_everything_has_an_edge(browser: Browser) -> None:
    async with chat_page() as server:
        page = await (await visit(browser)).open(server.base_url)
        await page.emulate_media(forced_colors="active")
        await open_chat(page)
        await ask(page, "Hello")
        await page.locator("textarea").fill("More")
        for selector in (".launcher", ".send", ".bot .body", ".mine .body", ".box"):
            width = "(one) => getComputedStyle(one).borderTopWidth"
            assert await page.locator(selector).first.evaluate(width) == "1px", selector


async def crowded(page: Page, server: ChatServer) -> None:
    """A thread with all there can be in one."""
    await open_chat(page)
    await ask(page, "Hello")
    [(_, key)] = server.threads.logs
    file = {"name": "a.pdf", "media_type": "application/pdf", "size": 9, "reference": "file:a"}
    entry = server.threads.append(
        ACCOUNT, key, Author.AGENT, {"text": "See", "attachments": [file]}, name="Tim"
    )
    server.hub.publish(ACCOUNT, key, entry)
    server.post(key, "**Which** one?\n\n- [this](https://example.com)", choices=["Red", "Blue"])
    await page.get_by_role("button", name="Blue").wait_for()
    server.hub.publish_typing(ACCOUNT, key, True, Author.BOT)
    await page.locator(".typing").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(
    browser: Browser, axe: str, scheme: Literal["light", "dark"]
) -> None:
    async with chat_page(greeting="Good day! How can we help?") as server:
        page = await (await visit(browser, still=True)).open(server.base_url)
        await page.emulate_media(color_scheme=scheme)
        await page.evaluate(axe)

        async def found() -> Any:
            return await page.evaluate(FOUND)

        assert await found() == []
        await crowded(page, server)
        assert await found() == []
        await server.stop(ask=False)
        await page.locator("textarea").fill("Waiting")
        await page.locator("textarea").press("Enter")
        await page.get_by_text("Reconnecting…").wait_for()
        assert await found() == []


async def test_suggested_answers_are_given_by_keyboard(browser: Browser) -> None:
    async with chat_page() as server:
        page = await (await visit(browser)).open(server.base_url)
        await open_chat(page)
        await ask(page, "Hello")
        [(_, key)] = server.threads.logs
        server.post(key, "Which one?", choices=["Red", "Blue"])
        blue = page.get_by_role("button", name="Blue")
        await blue.focus()
        await page.keyboard.press("Enter")
        await expect(page.locator(".mine").last).to_contain_text("Blue")
        await expect(blue).to_be_hidden()
        await expect(page.locator("textarea")).to_be_focused()


async def test_a_link_of_ours_brings_its_token_once_and_leaves_the_address_bar(
    browser: Browser,
) -> None:
    port = free_port()
    token = "a-token_of-24-characters"
    async with chat_page(server_port=port, more={"/help": embedding(port)}) as server:
        page = await (await visit(browser)).open(f"{server.base_url}/help")
        await open_chat(page)
        await ask(page, "Hello")
        await page.goto("about:blank")
        await page.goto(f"{server.base_url}/help?a=1#onethread={token}")
        await until(lambda: bool(server.threads.links))
        [(visitor, brought)] = server.threads.links
        assert (visitor.partition(":")[0], brought) == ("visitor", token)
        assert page.url == f"{server.base_url}/help?a=1"
        await page.reload()
        await open_chat(page)
        await ask(page, "Again")
        assert server.threads.links == [(visitor, token)]
        assert {key for _, key in server.threads.logs} == {visitor}
