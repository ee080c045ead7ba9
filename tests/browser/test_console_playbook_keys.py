"""The playbook by keyboard alone: see, edit, try, compare, publish and put back, without a mouse.

On the way, axe judges what is shown, at a desk and on a phone, in light and dark.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from gateway.demo.start import Demo
from tests.browser.driving import DESK, POCKET, window

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

WARM = "Welcome to the lamps and looms of our shop."
MOST = 120
"""Steps within which everything has to be reached."""

LOOK = """(wanted) => {
  const one = document.activeElement;
  const marked = one.closest(".book-editor") ?? one;
  const style = getComputedStyle(marked);
  const place = one.getBoundingClientRect();
  const outline = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const seen = outline && place.bottom > 0 && place.top < innerHeight;
  // Behind the last thing of a page comes the browser's own frame.
  return { there: one === wanted, unseen: seen || one === document.body ? "" : one.outerHTML };
}"""
"""Whether the focus is where it is wanted, and one sees where it is."""


@dataclass
class Keys:
    """Somebody at a keyboard; `unseen` is where they could not see the focus."""

    page: Page
    unseen: list[str] = field(default_factory=list)

    async def to(self, place: Locator, *, back: bool = False) -> None:
        """Go on to a place by Tab alone."""
        for _ in range(MOST):
            await self.page.keyboard.press("Shift+Tab" if back else "Tab")
            found = await place.evaluate(LOOK)
            if found["unseen"]:
                self.unseen.append(found["unseen"])
            if found["there"]:
                return
        raise AssertionError(f"{place} is not reached by keyboard")

    async def press(self, place: Locator, *, back: bool = False) -> None:
        """Go there, and press it."""
        await self.to(place, back=back)
        await self.page.keyboard.press("Enter")

    async def write(self, text: str) -> None:
        """Write this in the place of what stands where the focus is."""
        await self.page.keyboard.press("ControlOrMeta+a")
        await self.page.keyboard.insert_text(text)


async def judge(page: Page, place: str) -> None:
    """Have axe look at a part of the page, at a desk and on a phone, in light and dark."""
    for size in (DESK, POCKET):
        await page.set_viewport_size({"width": size[0], "height": size[1]})
        for dark in (False, True):
            # Without motion, for no colour is to be judged on its way to another.
            await page.emulate_media(
                color_scheme="dark" if dark else "light", reduced_motion="reduce"
            )
            options = "{ resultTypes: ['violations'] }"
            found = await page.evaluate(f"axe.run('{place}', {options})")
            told = [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]]
            assert told == [], (size, dark)
        assert await page.evaluate("document.documentElement.scrollWidth") == size[0]
    await page.set_viewport_size({"width": DESK[0], "height": DESK[1]})


async def test_an_answer_is_changed_tried_compared_published_and_put_back_by_keyboard(
    demo: Demo, browser: Browser, axe: str
) -> None:
    admin = await window(browser)
    page = await admin.open(demo.console_link())
    await page.wait_for_url("**/console/queue")
    await page.evaluate(axe)
    keys, before = Keys(page), demo.gateway.playbook
    button = page.get_by_role("button", name="Answers", exact=False)
    await keys.press(page.get_by_role("link", name="Playbook"))

    # See, and edit a value.
    await keys.press(button)
    await keys.to(page.get_by_role("searchbox"))
    await keys.write("greeting")
    await keys.press(page.locator(".book-part summary").first)
    await keys.to(page.get_by_label("Its wording, a variant a line"))
    await keys.write(WARM)
    await page.keyboard.press("Tab")
    told = page.locator(".book-bar").get_by_role("status")
    await expect(told).to_have_text("In order. It can be published.")

    # Try it, and read why.
    await keys.to(page.get_by_label("A customer's message"))
    await page.keyboard.insert_text("hello")
    await page.keyboard.press("Enter")
    await expect(page.locator(".try-note")).to_contain_text(WARM)
    await keys.press(page.get_by_text("On the other channels"), back=True)
    await keys.press(page.get_by_text("Why this answer?"), back=True)
    await expect(page.locator(".try-facts")).to_contain_text("It understood “greeting”")
    await judge(page, ".book")

    # Compare.
    await keys.press(page.get_by_role("button", name="Compare"), back=True)
    await keys.to(page.get_by_label("Over how long"))
    await page.keyboard.press("ArrowUp")
    compare = page.locator(".book-find button")
    await keys.press(compare)
    await expect(page.locator(".book-place").get_by_role("status")).to_contain_text("compare with")
    await expect(compare).to_be_focused()

    # Publish: Escape leads back to where one was, and what is done is where one is then.
    publish = page.get_by_role("button", name="Publish …")
    await keys.press(publish)
    reason = page.get_by_role("dialog").get_by_role("textbox")
    await expect(reason).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(publish).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.insert_text("a warmer greeting")
    await page.keyboard.press("Enter")
    state = page.locator(".book-state")
    await expect(state).to_be_focused()
    await expect(state).to_contain_text("a warmer greeting")
    assert demo.gateway.playbook.answers["greeting"] == (WARM,)

    # Put it back.
    await keys.press(page.get_by_role("button", name="Versions"))
    await expect(page.locator(".book-version")).to_have_count(2)
    await judge(page, ".book")
    await keys.press(page.get_by_role("button", name="Put back"))
    await page.keyboard.insert_text("too warm")
    await page.keyboard.press("Enter")
    await expect(state).to_contain_text("too warm")
    await expect(state).to_be_focused()
    assert demo.gateway.playbook.version == before.version

    # A fault is told, and the way to its line is a key.
    await keys.press(page.get_by_role("button", name="Files"))
    await keys.to(page.get_by_label("File", exact=True))
    await page.keyboard.press("ArrowDown")
    text = page.locator(".book-text")
    await keys.to(text)
    await page.keyboard.press("ControlOrMeta+Home")
    await page.keyboard.insert_text("[")
    await expect(told).to_have_text("One fault keeps it from being published.")
    await judge(page, ".book")
    await keys.press(page.locator(".book-bar .link"))
    await expect(text).to_be_focused()
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("Delete")
    await expect(page.locator(".book-bar")).to_be_hidden()
    assert keys.unseen == []
    assert admin.complaints == []
