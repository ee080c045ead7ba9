"""Makes the pictures of demo and console: runs the demo, plays its story, photographs what is seen.

    .venv/bin/python docs/make_screenshots.py [FOLDER]

It needs Chromium (Debian: `apt-get install chromium fonts-dejavu-core`; with `fonts-inter` the
pictures look as they do on most desks). Everything shown is real: nothing is drawn or retouched.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from gateway.demo import Demo, model_cache, running_demo  # noqa: E402 - after the path is set

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = "--no-sandbox --disable-gpu --disable-dev-shm-usage --disable-quic --no-first-run"
DESK, POCKET = (1440, 900), (390, 844)
ANSWER = (
    "Hello Ada, this is Sam. I have just spoken to the carrier: "
    "your parcel is on the van and comes today before six."
)


async def make(folder: Path) -> None:
    """Play the story once and take every picture into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        async with running_demo(Path(data), models=model_cache()) as demo, async_playwright() as p:
            browser = await p.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS.split())
            page = await _window(browser, demo, DESK)
            await page.screenshot(path=folder / "demo-start-1440.png")
            await _play(page)
            await page.screenshot(path=folder / "demo-1440.png")
            await _console(browser, demo, folder)
            await page.locator("#story li.done:nth-child(5)").wait_for(state="attached")
            await page.wait_for_timeout(400)
            await page.screenshot(path=folder / "demo-answered-1440.png")
            await _pocket_demo(browser, demo, folder)
            await browser.close()


async def _window(
    browser: Browser, demo: Demo, size: tuple[int, int], *, dark: bool = False, to: str = "demo"
) -> Page:
    """A page of a new, signed-in window."""
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        locale="en-GB",
    )
    page = await context.new_page()
    await page.goto(demo.console_link(to))
    await page.wait_for_url("**/demo" if to else "**/console**")
    await page.wait_for_timeout(900)
    return page


async def _play(page: Page) -> None:
    """The five steps, up to where a person is asked for."""
    replies = page.locator("#chat .message:not(.mine)")
    for number in (1, 2, 3, 4, 5):
        await page.locator(f"#story li:nth-child({number}).now button").click()
        if number in (1, 3):
            await page.locator(f"#story li:nth-child({number}).done").wait_for(state="attached")
        else:
            await replies.nth(number // 2 - 1).wait_for()
        await page.wait_for_timeout(1500)


async def _console(browser: Browser, demo: Demo, folder: Path) -> None:
    """The agent's view of the same case: before the answer, after it, and the reasons."""
    page = await _window(browser, demo, DESK, to="")
    await page.goto(f"{demo.url}/console/queue")
    await page.locator(".row").first.click()
    await page.locator(".composer textarea").fill(ANSWER)
    await page.wait_for_timeout(500)
    await page.screenshot(path=folder / "console-queue-1440.png")
    await page.locator(".composer button[type=submit]").click()
    await page.locator(".entry.agent").wait_for()
    await page.goto(f"{demo.url}/console/customers")
    await page.locator(".row").first.click()
    await page.locator(".timeline").wait_for()
    await page.wait_for_timeout(500)
    await page.screenshot(path=folder / "console-customer-1440.png")
    await page.locator(".why").last.click()
    await page.locator(".steps li").first.wait_for()
    await page.screenshot(path=folder / "console-why-1440.png")
    dark = await _window(browser, demo, DESK, dark=True, to="")
    await dark.goto(page.url)
    await dark.locator(".timeline").wait_for()
    await dark.wait_for_timeout(500)
    await dark.screenshot(path=folder / "console-customer-dark-1440.png")
    pocket = await _window(browser, demo, POCKET, to="")
    await pocket.goto(f"{demo.url}/console/queue")
    await pocket.locator(".row").first.wait_for()
    await pocket.screenshot(path=folder / "console-queue-390.png")
    await pocket.locator(".row").first.click()
    await pocket.locator(".timeline").wait_for()
    await pocket.wait_for_timeout(500)
    await pocket.screenshot(path=folder / "console-case-390.png")


async def _pocket_demo(browser: Browser, demo: Demo, folder: Path) -> None:
    page = await _window(browser, demo, POCKET)
    await page.screenshot(path=folder / "demo-phone-390.png")
    for tab in ("web", "trace"):
        await page.locator(f"#tab-{tab}").click()
        await page.wait_for_timeout(600)
        await page.screenshot(path=folder / f"demo-{tab}-390.png")


if __name__ == "__main__":
    asyncio.run(make(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"))
