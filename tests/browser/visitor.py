"""What a visitor does with the widget in a real Chromium."""

from __future__ import annotations

from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.driving import DESK, Window

PHONE = (360, 740)
STILL = "(one) => Promise.all(one.getAnimations().map((moving) => moving.finished))"
"""Waits until an element has come to rest."""


async def visit(browser: Browser, size: tuple[int, int] = DESK, *, still: bool = False) -> Window:
    """A visitor's browser; a small one is a phone."""
    phone = size[0] < 500
    return Window(
        await browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            is_mobile=phone,
            has_touch=phone,
            reduced_motion="reduce" if still else "no-preference",
        )
    )


async def open_chat(page: Page) -> Locator:
    """The composer of the opened chat."""
    await page.get_by_role("button", name="Open chat").click()
    text = page.get_by_role("textbox", name="Write a message")
    await text.wait_for()
    await page.locator(".panel").evaluate(STILL)
    return text


async def ask(page: Page, text: str) -> None:
    """Write and wait for the echo."""
    await page.locator("textarea").fill(text)
    await page.locator("textarea").press("Enter")
    await expect(page.locator(".message.bot").last).to_contain_text(f"You said: {text}")


async def shown(page: Page) -> list[str]:
    texts: list[str] = await page.locator(".message .body").all_inner_texts()
    return texts


async def overflow(page: Page) -> list[str]:
    """What is wider than the window, or scrolls sideways in the chat."""
    found: list[str] = await page.evaluate(
        """() => {
          const root = document.querySelector('onethread-chat').shadowRoot;
          const inside = [...root.querySelectorAll('.panel, .panel *:not(.quiet)')];
          const wide = inside.filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5
            || (one.matches('.scroll') && one.scrollWidth > one.clientWidth));
          if (document.documentElement.scrollWidth > innerWidth) wide.push(document.body);
          return wide.map((one) => one.className || one.tagName);
        }"""
    )
    return found
