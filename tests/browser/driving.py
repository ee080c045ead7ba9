"""A real Chromium on the real demo, for the tests that look at what people look at."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 20_000
DESK = (1440, 900)
POCKET = (390, 844)


@dataclass
class Window:
    """One browser context; `complaints` are what its pages logged as errors."""

    context: BrowserContext
    complaints: list[str] = field(default_factory=list)

    async def open(self, url: str) -> Page:
        """A new page at this address."""
        page = await self.context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on(
            "console",
            lambda one: self.complaints.append(one.text) if one.type == "error" else None,
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        await page.goto(url)
        return page


@asynccontextmanager
async def chromium(path: str) -> AsyncIterator[Browser]:
    """The browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


async def window(
    browser: Browser,
    size: tuple[int, int] = DESK,
    scheme: str = "light",
    *,
    scripts: bool = True,
) -> Window:
    """A window of its own cookies and storage; without `scripts` no page runs any."""
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=scripts,
    )
    return Window(context)


async def chat_texts(page: Page) -> list[str]:
    """What the web chat shows, oldest first."""
    texts: list[str] = await page.locator("#chat .message .body").all_inner_texts()
    return texts


async def wait_for_reply(page: Page, before: int) -> str:
    """The message in the chat that Ada did not write and that comes after `before` such ones."""
    reply = page.locator("#chat .message:not(.mine) .body").nth(before)
    await reply.wait_for()
    return await reply.inner_text()


async def reply_count(page: Page) -> int:
    """How many messages of bot and people the chat shows."""
    return await page.locator("#chat .message:not(.mine)").count()
