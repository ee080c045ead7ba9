"""The widget under other hands: a keyboard alone, and a thumb on a narrow screen."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.driving import DESK
from tests.browser.shop import Shop
from tests.browser.visitor import PHONE, STILL, ask, open_chat, overflow, visit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

LONG = "averylongwordthatnobodywouldwrite" * 6
FOCUSED = """() => {
  let one = document.activeElement;
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
  return one?.getAttribute('aria-label') || one?.className || one?.textContent;
}"""
# Stands for an on-screen keyboard, which a browser without a screen does not have: what is visible
# becomes smaller, and the page is told so, as iOS does it.
KEYBOARD = """(height) => {
  Object.defineProperty(visualViewport, 'height', { get: () => height, configurable: true });
  visualViewport.dispatchEvent(new Event('resize'));
}"""


async def focused(page: Page) -> str:
    where: str = await page.evaluate(FOCUSED)
    return where


async def box(page: Page, selector: str) -> tuple[float, float, float, float]:
    """Left, top, right and bottom, once nothing moves any more."""
    await page.locator(selector).evaluate(STILL)
    found = await page.locator(selector).bounding_box()
    assert found is not None
    x, y, width, height = found["x"], found["y"], found["width"], found["height"]
    return x, y, x + width, y + height


async def tab_to(page: Page, name: str, *, key: str = "Tab") -> list[str]:
    """Press until this has the focus; what had it on the way."""
    passed: list[str] = []
    while (where := await focused(page)) != name:
        passed.append(where)
        assert len(passed) < 20, passed
        await page.keyboard.press(key)
    return passed


async def test_a_keyboard_is_enough(browser: Browser, shop: Shop) -> None:
    page = await (await visit(browser)).open(shop.url)
    await page.locator(".launcher").wait_for()
    await tab_to(page, "Open chat")
    outline = await page.locator(".launcher").evaluate(
        "(one) => getComputedStyle(one).outlineStyle"
    )
    assert outline == "solid", "the focus is to be seen"
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Tidewater Outfitters")).to_be_visible()
    assert await focused(page) == "Write a message"
    await page.keyboard.type("Two lines,")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("one message")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message.mine .body")).to_have_text("Two lines,\none message")
    await page.locator(".message.bot").wait_for()
    assert await focused(page) == "Write a message"
    await page.keyboard.press("Shift+Tab")
    assert await focused(page) == "Attach a file"
    await page.keyboard.press("Shift+Tab")
    assert await focused(page) == "Messages", "the messages can be scrolled by keyboard"
    await page.keyboard.press("Shift+Tab")
    assert await focused(page) == "Close chat"
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    assert await focused(page) == "Open chat"
    await page.keyboard.press("Space")
    assert await focused(page) == "Write a message"


async def test_beside_the_page_the_focus_may_leave_the_chat(browser: Browser, shop: Shop) -> None:
    page = await (await visit(browser)).open(shop.url)
    await open_chat(page)
    await expect(page.get_by_role("dialog")).to_have_attribute("aria-modal", "false")
    passed = await tab_to(page, "Returns", key="Shift+Tab")
    assert "Close chat" in passed


async def test_over_the_whole_screen_the_focus_stays_inside(browser: Browser, shop: Shop) -> None:
    page = await (await visit(browser, PHONE)).open(shop.url)
    await open_chat(page)
    await expect(page.get_by_role("dialog")).to_have_attribute("aria-modal", "true")
    assert await focused(page) == "panel", "no on-screen keyboard before the visitor wants one"
    await page.locator("textarea").fill("Hello")
    ring = ["Close chat", "Messages", "Attach a file", "Write a message", "Send"]
    await tab_to(page, ring[0])
    for key, order in (("Tab", ring), ("Shift+Tab", [ring[0], *ring[:0:-1]])):
        for name in [*order, order[0]]:
            assert await focused(page) == name
            await page.keyboard.press(key)
        await tab_to(page, ring[0])
    await page.keyboard.press("Escape")
    assert await focused(page) == "Open chat"


@pytest.mark.parametrize("width", [320, 360])
async def test_on_a_phone_the_chat_is_the_screen(browser: Browser, shop: Shop, width: int) -> None:
    page = await (await visit(browser, (width, 640))).open(shop.url)
    await open_chat(page)
    assert await box(page, ".panel") == (0, 0, width, 640)
    await ask(page, LONG[:150])
    await page.locator("textarea").fill(LONG)
    assert await overflow(page) == []
    await expect(page.locator(".launcher")).to_be_hidden()
    await page.locator("textarea").fill("")
    for name in ("Close chat", "Send"):
        button = await page.get_by_role("button", name=name).bounding_box()
        assert button is not None and min(button["width"], button["height"]) >= 36
    await page.mouse.wheel(0, 400)
    assert await page.evaluate("scrollY") == 0, "the page behind does not move"
    await page.get_by_role("button", name="Close chat").click()
    await expect(page.locator(".launcher")).to_be_visible()
    assert await page.evaluate("getComputedStyle(document.documentElement).overflow") == "visible"


async def test_the_composer_stays_above_the_on_screen_keyboard(
    browser: Browser, shop: Shop
) -> None:
    page = await (await visit(browser, PHONE)).open(shop.url)
    await open_chat(page)
    for number in range(4):
        await ask(page, f"Message {number}")
    await page.locator("textarea").focus()
    await page.evaluate(KEYBOARD, 400)
    _, top, _, bottom = await box(page, ".composer")
    assert top > 0
    assert bottom <= 400
    # It is scrolled into view once the layout has changed.
    await page.wait_for_function(
        """(top) => {
          const root = document.querySelector('onethread-chat').shadowRoot;
          const newest = [...root.querySelectorAll('.message')].at(-1);
          return newest.getBoundingClientRect().bottom <= top;
        }""",
        arg=top,
    )
    await page.evaluate(KEYBOARD, PHONE[1])
    assert (await box(page, ".composer"))[3] == PHONE[1]


async def test_zooming_in_does_not_squeeze_the_chat(browser: Browser, shop: Shop) -> None:
    page = await (await visit(browser, PHONE)).open(shop.url)
    await open_chat(page)
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Emulation.setPageScaleFactor", {"pageScaleFactor": 2})
    await page.wait_for_function("visualViewport.scale === 2")
    await page.evaluate("new Promise(requestAnimationFrame)")
    assert await page.locator(".panel").evaluate("(one) => one.offsetHeight") == PHONE[1]


async def test_the_window_beside_the_page_fits_and_turns_into_the_screen(
    browser: Browser, shop: Shop
) -> None:
    page = await (await visit(browser, DESK)).open(shop.url)
    await open_chat(page)
    left, top, right, bottom = await box(page, ".panel")
    assert 0 < left < right < DESK[0]
    assert 0 < top < bottom < DESK[1]
    await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    await expect(page.get_by_role("dialog")).to_have_attribute("aria-modal", "true")
    assert await box(page, ".panel") == (0, 0, *PHONE)
    assert await overflow(page) == []
