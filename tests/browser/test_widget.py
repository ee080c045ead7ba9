"""The widget on a shop's page, served by a running gateway of another origin."""

from __future__ import annotations

import gzip
import signal
import urllib.request
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.shop import Shop, open_shop
from tests.browser.visitor import ask, open_chat, shown, visit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

LARGEST_BYTES = 15_000


def transferred(shop: Shop) -> bytes:
    """The widget as a browser loads it, still compressed."""
    request = urllib.request.Request(shop.script_url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        body: bytes = answer.read()
    return body


def test_the_whole_widget_is_small(shop: Shop) -> None:
    body = transferred(shop)
    assert b"attachShadow" in gzip.decompress(body)
    assert len(body) < LARGEST_BYTES


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
async def test_a_chat_goes_on_after_a_reload_and_a_restart(
    browser: Browser, tmp_path: Path, how: signal.Signals
) -> None:
    with open_shop(tmp_path) as shop:
        page = await (await visit(browser)).open(shop.url)
        await open_chat(page)
        await ask(page, "Do you mend jackets?")
        await page.reload()
        await open_chat(page)
        await expect(page.locator(".message.bot")).to_have_count(1)

        shop.stop(how)
        await expect(page.get_by_text("Reconnecting…")).to_be_visible()
        await page.locator("textarea").fill("Are you there?")
        await page.locator("textarea").press("Enter")
        await expect(page.get_by_text("Waiting for connection")).to_be_visible()
        await page.reload()
        await open_chat(page)
        await expect(page.locator(".message.mine")).to_contain_text("Are you there?")

        shop.start()
        await expect(page.locator(".message.bot")).to_have_count(2)
        await expect(page.get_by_text("Reconnecting…")).to_be_hidden()
        await ask(page, "Good.")
        told = await shown(page)
        assert told == [
            "Do you mend jackets?",
            "You said: Do you mend jackets?",
            "Are you there?",
            "You said: Are you there?",
            "Good.",
            "You said: Good.",
        ]
        await page.reload()
        await open_chat(page)
        await expect(page.locator(".message.bot")).to_have_count(3)
        assert await shown(page) == told


async def test_what_is_written_is_text_whatever_it_looks_like(browser: Browser, shop: Shop) -> None:
    visitor = await visit(browser)
    page = await visitor.open(shop.url)
    await open_chat(page)
    attacks = [
        "<script>window.hacked = 1</script>",
        "<img src=x onerror='window.hacked = 1'>",
        "<svg onload='window.hacked = 1'></svg>",
        "</div></template><iframe src=javascript:alert(1)>",
    ]
    for number, attack in enumerate(attacks, 1):
        await page.locator("textarea").fill(attack)
        await page.locator("textarea").press("Enter")
        await expect(page.locator(".message.bot")).to_have_count(number)
    assert (await shown(page))[0::2] == attacks
    assert (await shown(page))[1::2] == [f"You said: {attack}" for attack in attacks]
    for link in ("[x](javascript:window.hacked=1)", "[y](data:text/html,z)"):
        await page.locator("textarea").fill(link)
        await page.locator("textarea").press("Enter")
    await expect(page.locator(".message.bot")).to_have_count(6)
    assert (
        await page.locator(".message :is(script, img, iframe, .message svg[onload])").count() == 0
    )
    assert await page.locator(".message a").count() == 0
    assert await page.evaluate("window.hacked") is None
    assert visitor.complaints == []


async def test_an_answer_that_comes_while_the_chat_is_closed_is_counted(
    browser: Browser, shop: Shop
) -> None:
    visitor = await visit(browser)
    page = await visitor.open(shop.url)
    await open_chat(page)
    await ask(page, "One")
    await page.get_by_role("button", name="Close chat").first.click()
    other = await visitor.open(shop.url)
    badges = [one.locator(".badge") for one in (page, other)]
    for number in (1, 2):
        await other.evaluate(f"OneThread.chat.send('Answer {number}')")
        for badge in badges:
            await expect(badge).to_have_text(str(number))
    await expect(page.locator(".launcher")).to_have_accessible_name("Open chat, 2 unread")

    await other.locator(".launcher").click()
    for badge in badges:
        await expect(badge).to_be_hidden()
    assert (await shown(other))[-1] == "You said: Answer 2"
    await page.reload()
    await page.locator(".message.bot").nth(2).wait_for(state="attached")
    await expect(page.locator(".launcher")).to_have_accessible_name("Open chat")


async def test_news_are_announced_once_and_the_past_not_at_all(
    browser: Browser, shop: Shop
) -> None:
    page = await (await visit(browser)).open(shop.url)
    await page.add_init_script(
        """window.announced = [];
        addEventListener('DOMContentLoaded', () => setTimeout(() => {
          const log = document.querySelector('onethread-chat').shadowRoot.querySelector('.log');
          const tell = (one) => log.ariaLive === 'polite' && one.matches('.message')
            && window.announced.push(one.querySelector('.body').innerText);
          new MutationObserver((all) => all.forEach(({ addedNodes }) => addedNodes.forEach(tell)))
            .observe(log, { childList: true });
        }))"""
    )
    await open_chat(page)
    await ask(page, "Before")
    await page.reload()
    await open_chat(page)
    await expect(page.locator(".message.bot")).to_have_count(1)
    log = page.get_by_role("log", name="Messages")
    await expect(log).to_have_attribute("aria-live", "polite")
    await ask(page, "After")
    assert await page.evaluate("window.announced") == ["After", "You said: After"]


async def test_whoever_wants_no_motion_gets_none(browser: Browser, shop: Shop) -> None:
    page = await (await visit(browser, still=True)).open(shop.url)
    await open_chat(page)
    await ask(page, "Quietly")
    moving = await page.evaluate(
        """() => {
          const root = document.querySelector('onethread-chat').shadowRoot;
          return [...root.querySelectorAll('*')].filter((one) => {
            const { animationDuration, animationIterationCount, transitionDuration } =
              getComputedStyle(one);
            return parseFloat(animationDuration) > 0.002 || animationIterationCount !== '1'
              || parseFloat(transitionDuration) > 0;
          }).map((one) => one.className);
        }"""
    )
    assert moving == []
