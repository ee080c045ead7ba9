"""Makes the pictures of demo and console: runs the demo, plays its story, photographs what is seen.

    .venv/bin/python docs/make_screenshots.py [FOLDER]

It needs Chromium (Debian: `apt-get install chromium fonts-dejavu-core`; with `fonts-inter` the
pictures look as they do on most desks). Everything shown is real: nothing is drawn or retouched.
Only the clock is set, for shop and browser alike, to a Tuesday morning when the shop is open.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from adapters.sms.simulator import Fault  # noqa: E402 - after the path is set
from gateway.demo.places import PICTURE  # noqa: E402
from gateway.demo.start import Demo, model_cache, running_demo  # noqa: E402

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = "--no-sandbox --disable-gpu --disable-dev-shm-usage --disable-quic --no-first-run"
DESK, POCKET = (1440, 900), (390, 844)
OPENED = datetime(2026, 11, 3, 10, 24, tzinfo=UTC)
BEN = "+447700900318"
LANDLINE = 21614
JANE = "jane@example.net"
AWAY = (
    b"From: Ben Reed <ben@example.org>\r\nTo: support@lampandloom.example\r\n"
    b"Subject: Out of office: Your order\r\nAuto-Submitted: auto-replied\r\n"
    b"Date: Tue, 3 Nov 2026 10:24:00 +0000\r\nMessage-ID: <away@example.org>\r\n\r\n"
    b"I am away until Monday.\r\n"
)
ANSWER = (
    "Hello Ada! I have just spoken to the courier: your lamp is on the van and comes before six."
)


class Studio:
    """The demo, a browser, and the folder that the pictures go to."""

    def __init__(self, browser: Browser, demo: Demo, folder: Path, shift: timedelta) -> None:
        self._browser = browser
        self.demo = demo
        self._folder = folder
        self._shift = shift

    async def window(
        self, size: tuple[int, int] = DESK, *, dark: bool = False, to: str = "demo"
    ) -> Page:
        """A page of a new, signed-in window."""
        context = await self._browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            locale="en-GB",
            timezone_id="Europe/London",
        )
        await context.clock.set_system_time(datetime.now(UTC) + self._shift)
        page = await context.new_page()
        await page.goto(self.demo.console_link(to))
        await page.wait_for_url("**/demo" if to else "**/console/queue")
        await page.wait_for_timeout(900)
        return page

    async def shoot(self, page: Page, name: str) -> None:
        """Take a picture once everything has come to rest."""
        await page.mouse.move(0, 0)
        await page.wait_for_timeout(600)
        await page.screenshot(path=self._folder / f"{name}.png")


async def make(folder: Path) -> None:
    """Play the story once and take every picture into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    shift = OPENED - datetime.now(UTC)
    with tempfile.TemporaryDirectory() as data:
        async with (
            running_demo(
                Path(data), models=model_cache(), now=lambda: datetime.now(UTC) + shift
            ) as demo,
            async_playwright() as p,
        ):
            browser = await p.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS.split())
            studio = Studio(browser, demo, folder, shift)
            page = await studio.window()
            await _play(page)
            await _answer(studio)
            await page.locator("#story li.done:nth-child(5)").wait_for(state="attached")
            await page.locator("#story li.now:nth-child(5) button").click()
            await page.locator("#chat .message:not(.mine)").first.wait_for()
            await studio.shoot(page, "demo")
            await _write_a_mail(studio)
            await _lose_a_text(demo)
            await _look_around(studio)
            await _pocket(studio)
            await browser.close()


async def _play(page: Page) -> None:
    """The story's buttons in turn, up to where a person is asked for."""
    for number in (1, 2, 3, 4, 5):
        await page.locator(f"#story li:nth-child({number}).now button").click()
        if number < 5:
            await page.locator(f"#story li:nth-child({number}).done").wait_for(state="attached")
        else:
            await page.locator("#desk-count:not([hidden])").wait_for()
        await page.wait_for_timeout(1200)


async def _lose_a_text(demo: Demo) -> None:
    """Ben asks something, and the phone network does not take the answer."""
    demo.phones.faults.append(Fault("refuse", LANDLINE))
    await demo.phones.text(BEN, "When do you open on Saturday?")


async def _answer(studio: Studio) -> None:
    """The agent's view of the case, with the answer that is then sent."""
    page = await studio.window(to="")
    await page.locator(".row").first.click()
    await page.locator(".agent-name").fill("Sam")
    await page.locator(".composer textarea").fill(ANSWER)
    await studio.shoot(page, "console-queue")
    await page.locator(".composer button[type=submit]").click()
    await page.locator(".entry.agent").wait_for()


async def _write_a_mail(studio: Studio) -> None:
    """Jane, whom nobody knows, complains with a picture; Ben's mailbox says that he is away."""
    demo = studio.demo
    before = demo.mail.last_seq
    await demo.mail.write(
        JANE,
        "My lamp arrived broken, please see the picture. Can I talk to a human?",
        subject="Broken lamp",
        name="Jane Moss",
        attachments=[("lamp.png", "image/png", PICTURE.read_bytes())],
    )
    await demo.mail.wait_for_reply(JANE, before)
    await demo.mail.deliver(AWAY)
    page = await studio.window(to="")
    await page.locator(".aside-group").wait_for()
    await page.locator(".row", has_text=JANE).click()
    await page.get_by_text("Show the whole mail").click()
    await page.get_by_role("button", name="As it looks").click()
    await page.locator(".detail-body").evaluate("(it) => (it.scrollTop = 0)")
    await studio.shoot(page, "console-mail")


async def _look_around(studio: Studio) -> None:
    """The customer's one thread, the reasons of an answer, and what got stuck."""
    page = await studio.window(to="")
    await page.goto(f"{studio.demo.url}/console/customers")
    await page.get_by_role("listitem").filter(has_text="ada@example.com").click()
    await page.locator(".timeline").wait_for()
    await studio.shoot(page, "console-customer")
    dark = await studio.window(dark=True, to="")
    await dark.goto(page.url)
    await dark.locator(".timeline").wait_for()
    await studio.shoot(dark, "console-customer-dark")
    await page.locator(".why").last.click()
    await page.locator(".steps li").first.wait_for()
    await studio.shoot(page, "console-why")
    await _explain(studio, page)
    await _draft(studio)
    await _remember(studio, page.url.partition("#")[0])
    await page.goto(f"{studio.demo.url}/console/trouble")
    await page.locator(".letter").wait_for()
    await studio.shoot(page, "console-trouble")


async def _draft(studio: Studio) -> None:
    """A new wording in a draft of the playbook, and a talk with it."""
    page = await studio.window(to="")
    await page.goto(f"{studio.demo.url}/console/playbook")
    await page.get_by_role("button", name="Answers").click()
    await page.get_by_role("searchbox").fill("greeting")
    await page.locator(".book-part summary").first.click()
    words = page.get_by_label("Its wording, a variant a line")
    await words.fill("Hello and welcome to Lamp & Loom. What can I do for you?\nGood to see you!")
    await words.blur()
    await page.locator(".book-bar .primary:enabled").wait_for()
    for number, text in enumerate(("hello", "can I return a lamp?")):
        await page.get_by_label("A customer's message").fill(text)
        await page.keyboard.press("Enter")
        await page.get_by_text("Why this answer?").nth(number).wait_for()
    await page.get_by_text("Why this answer?").last.click()
    await studio.shoot(page, "console-playbook")


async def _remember(studio: Studio, customer: str) -> None:
    """What is remembered of Ada, with a thing that a person told and one that was promised."""
    page = await studio.window(to="")
    await page.goto(f"{customer}#memory")
    sheet = page.get_by_role("dialog")
    await page.get_by_role("button", name="Tell …").click()
    await sheet.get_by_label("Value").fill("Rings twice, the bell is quiet")
    await sheet.get_by_label("How do you know?").fill("she said so on the phone")
    await sheet.get_by_role("button", name="Remember").click()
    await page.locator(".memory-value", has_text="Rings twice").first.wait_for()
    await page.get_by_role("button", name="Promise …").click()
    await sheet.get_by_label("We will …").fill("Send a new shade, free of charge")
    await sheet.get_by_label("By (if there is a day)").fill("2026-11-06")
    await sheet.get_by_role("button", name="Promise", exact=True).click()
    await page.locator(".memory-value", has_text="new shade").first.wait_for()
    await page.wait_for_timeout(4500)
    await studio.shoot(page, "console-memory")


async def _explain(studio: Studio, page: Page) -> None:
    """Why we think this is Ada, on the desk and on a phone, and what it would be to part her."""
    customer = page.url.partition("#")[0]
    await page.goto(f"{customer}#who")
    await page.reload()
    await page.locator(".graph-picture").wait_for()
    await studio.shoot(page, "console-who")
    await page.get_by_role("button", name="Unmerge …").click()
    await page.locator(".edge-choice input").last.check()
    await page.locator(".side-by-side").wait_for()
    await studio.shoot(page, "console-unmerge")
    pocket = await studio.window(POCKET, dark=True, to="")
    await pocket.goto(f"{customer}#who")
    await pocket.locator(".graph-picture").wait_for()
    await studio.shoot(pocket, "console-who-390")


async def _pocket(studio: Studio) -> None:
    """The same on a phone."""
    page = await studio.window(POCKET)
    await page.locator("#tab-slack").click()
    await studio.shoot(page, "demo-390")
    console = await studio.window(POCKET, to="")
    await console.locator(".row").first.wait_for()
    await studio.shoot(console, "console-queue-390")
    await console.locator(".row").first.click()
    await console.locator(".timeline").wait_for()
    await studio.shoot(console, "console-case-390")


if __name__ == "__main__":
    asyncio.run(make(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"))
