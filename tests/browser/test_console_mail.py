"""Mail and rooms in the agents' console: mails as mails, files, changes, and what stands aside."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from aiohttp import web
from playwright.async_api import Browser, Page, expect

from core.message import Assurance, Handle, InboundMessage, Original, Place
from gateway.demo.people import ADA, MAIL, WORKSPACE
from gateway.demo.places import PICTURE
from gateway.demo.start import Demo
from tests.browser.driving import window

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
BEN = "U0BEN"


async def mail(demo: Demo, text: str, **more: object) -> None:
    """A mail of Ada's, answered."""
    before = demo.mail.last_seq
    await demo.mail.write(ADA.mail, text, name="Ada", **more)  # type: ignore[arg-type]
    await demo.mail.wait_for_reply(ADA.mail, before)


async def timeline(page: Page, demo: Demo, who: str) -> None:
    """Open the thread of this customer."""
    # The page behind a one-time link goes on by itself, and would do so over this one.
    await page.wait_for_url("**/console/queue")
    await page.goto(f"{demo.url}/console/customers")
    await page.locator(".row", has_text=who).click()
    await page.locator(".timeline").wait_for()


async def test_a_mail_shows_its_newest_words_and_the_whole_of_it_one_click_away(
    demo: Demo, browser: Browser
) -> None:
    await mail(demo, "When are you open?", subject="Opening hours")
    shop = demo.mail.mails_to(ADA.mail)[-1]
    await mail(demo, "And what does delivery cost?", reply_to=shop)
    agent = await window(browser)
    page = await agent.open(demo.console_link())
    await timeline(page, demo, ADA.mail)

    await expect(page.locator(".knot")).to_contain_text("Opening hours")
    reply = page.locator(".entry.customer").last
    await expect(reply.locator(".bubble")).to_have_text("And what does delivery cost?")
    await reply.get_by_text("Show the whole mail").click()
    await expect(reply.locator(".mail-text")).to_contain_text("> ")
    async with page.expect_download() as source:
        await reply.get_by_role("link", name="Source").click()
    assert b"In-Reply-To:" in (await (await source.value).path()).read_bytes()
    assert agent.complaints == []


@asynccontextmanager
async def tracker() -> AsyncIterator[tuple[str, list[str]]]:
    """Somebody else's server, and what it was asked for."""
    asked: list[str] = []

    async def pixel(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(body=b"", content_type="image/png")

    app = web.Application()
    app.router.add_get("/{any:.*}", pixel)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://{runner.addresses[0][0]}:{runner.addresses[0][1]}", asked
    finally:
        await runner.cleanup()


def hostile(home: str) -> InboundMessage:
    """A mail whose HTML came through every sieve as it is."""
    html = (
        "<p id=words>A harmless letter.</p>"
        f"<script>document.getElementById('words').textContent='changed';fetch('{home}/s')</script>"
        f"<img src='{home}/pixel' onerror=\"document.getElementById('words').textContent='err'\">"
        f"<style>@import '{home}/css'; p {{ background: url({home}/bg) }}</style>"
        f"<iframe src='{home}/frame'></iframe><form action='{home}/form'><input></form>"
    )
    return InboundMessage(
        account=MAIL,
        channel="email",
        event_id="hostile",
        conversation_key="hostile",
        sender=Handle("email", "mallory@example.org"),
        assurance=Assurance.AUTHENTICATED,
        evidence="written by the test",
        text="A harmless letter.",
        reply_address={"to": "mallory@example.org"},
        sent_at=datetime.now(UTC),
        place=Place("hostile", "A letter"),
        original=Original("A harmless letter.", html, b"raw"),
        needs_person="the test looks at it",
    )


async def test_nothing_in_a_mails_html_runs_or_reaches_the_network(
    demo: Demo, browser: Browser
) -> None:
    agent = await window(browser)
    page = await agent.open(demo.console_link())
    async with tracker() as (home, asked):
        await demo.gateway.admissions.admit(hostile(home))
        await timeline(page, demo, "mallory@example.org")
        await page.get_by_text("Show the whole mail").click()
        await page.get_by_role("button", name="As it looks").click()
        letter = page.frame_locator(".mail-frame")
        await expect(letter.locator("#words")).to_be_visible()
        frame = await (await page.locator(".mail-frame").element_handle()).content_frame()
        assert frame is not None
        await frame.wait_for_load_state("load")
        await expect(letter.locator("#words")).to_have_text("A harmless letter.")
        assert asked == []


async def test_a_file_that_came_by_mail_is_seen_and_downloaded(
    demo: Demo, browser: Browser
) -> None:
    picture = PICTURE.read_bytes()
    files = [("lamp.png", "image/png", picture), ("page.html", "text/html", b"<script>1</script>")]
    await mail(demo, "When are you open?", attachments=files)
    agent = await window(browser)
    page = await agent.open(demo.console_link())
    await timeline(page, demo, ADA.mail)
    shown = page.locator(".file", has_text="lamp.png")
    await expect(shown).to_contain_text("image/png")
    drawn = "(image) => image.decode().then(() => image.naturalWidth)"
    assert await shown.locator("img").evaluate(drawn) > 0
    for name, content in (("lamp.png", picture), ("page.html", b"<script>1</script>")):
        async with page.expect_download() as download:
            await page.locator(".file", has_text=name).click()
        assert (await download.value).suggested_filename == name
        assert (await (await download.value).path()).read_bytes() == content
    assert agent.complaints == []


async def test_a_file_goes_to_the_customer_with_the_answer(demo: Demo, browser: Browser) -> None:
    await mail(demo, "Can I talk to a human?", subject="Please")
    agent = await window(browser)
    page = await agent.open(demo.console_link())
    await page.locator(".row").click()
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name="Attach").click()
    await (await chooser.value).set_files(PICTURE)
    await expect(page.get_by_label("Files to send")).to_contain_text("lamp.png")
    await page.locator(".agent-name").fill("Sam")
    await page.get_by_label("Your answer").fill("This is how it should look.")
    before = demo.mail.last_seq
    await page.get_by_role("button", name="Send").click()
    answer = await demo.mail.wait_for_reply(ADA.mail, before)
    assert b"lamp.png" in answer.raw
    await expect(page.locator(".entry.agent .file")).to_contain_text("lamp.png")
    await expect(page.get_by_label("Files to send").locator("li")).to_have_count(0)
    assert agent.complaints == []


async def test_where_no_file_can_go_the_button_says_so(demo: Demo, browser: Browser) -> None:
    before = demo.phones.last_seq
    await demo.phones.text(ADA.phone, "Can I talk to a human?")
    await demo.phones.wait_for_reply(ADA.phone, before)
    page = await (await window(browser)).open(demo.console_link())
    await page.locator(".row").click()
    attach = page.get_by_role("button", name="Attach")
    await expect(attach).to_be_disabled()
    await expect(attach).to_have_attribute("title", "SMS cannot carry files")


async def test_what_no_machine_may_answer_stands_aside_and_is_resolved(
    demo: Demo, browser: Browser
) -> None:
    await demo.mail.deliver(
        b"From: Ben <ben@example.org>\r\nTo: support@lampandloom.example\r\n"
        b"Subject: Out of office\r\nAuto-Submitted: auto-replied\r\nMessage-ID: <1@example.org>\r\n"
        b"Date: Tue, 3 Nov 2026 10:24:00 +0000\r\n\r\nI am away until Monday.\r\n"
    )
    agent = await window(browser)
    page = await agent.open(demo.console_link())
    group = page.locator(".aside-group")
    await expect(group).to_contain_text("ben@example.org, not proved")
    await expect(group).to_contain_text("sent by a machine")
    aside = group.get_by_role("list", name="Set aside").get_by_role("listitem")
    await expect(aside.get_by_role("link")).to_have_count(1)
    await expect(page.locator("[role=list] details")).to_have_count(0)
    await expect(page.get_by_role("link", name="Queue", exact=True)).to_be_visible()
    await group.locator("summary").click()
    await expect(group.locator(".row")).to_be_hidden()
    await group.locator("summary").click()
    await group.locator(".row").click()
    await expect(page.locator(".banner")).to_contain_text("No machine answers this.")
    await expect(page.get_by_role("button", name="Hand back to bot")).to_have_count(0)
    await page.get_by_role("button", name="Resolve").click()
    await expect(page.get_by_text("Nobody is waiting")).to_be_visible()
    assert agent.complaints == []


async def test_a_mail_that_cannot_be_read_is_looked_at_and_dismissed(
    demo: Demo, browser: Browser
) -> None:
    await demo.mail.deliver(b"no header and nobody", sender="x@example.org")
    agent = await window(browser)
    page = await agent.open(demo.console_link())
    await expect(page.get_by_role("link", name="Trouble 1")).to_be_visible()
    await page.get_by_role("link", name="Trouble 1").click()
    letter = page.locator(".letter")
    await expect(letter).to_contain_text("Not readable")
    async with page.expect_download() as source:
        await letter.get_by_role("link", name="Download the source").click()
    assert b"no header and nobody" in (await (await source.value).path()).read_bytes()
    await letter.get_by_role("button", name="Dismiss").click()
    await expect(page.get_by_text("Nothing is stuck")).to_be_visible()
    assert agent.complaints == []


async def test_a_changed_message_shows_its_earlier_words_and_one_taken_back_none(
    demo: Demo, browser: Browser
) -> None:
    help_room = WORKSPACE.channel
    before = demo.slack.last_seq
    ts = await demo.slack.write(ADA.slack, "@OneThread when are you open?", channel=help_room)
    await demo.slack.wait_for_reply(help_room, before)
    agent = await window(browser)
    page = await agent.open(demo.console_link())
    await timeline(page, demo, ADA.mail)
    await demo.slack.edit(help_room, ts, "@OneThread when are you open on Sunday?")
    entry = page.locator(".entry.customer").first
    await expect(entry.locator(".bubble")).to_contain_text("on Sunday")
    await entry.get_by_text("Edited").click()
    await expect(entry.locator(".version p")).to_have_text("when are you open?")
    await demo.slack.delete(help_room, ts)
    await expect(entry.locator(".bubble")).to_contain_text("Taken back by the customer")
    await expect(entry).not_to_contain_text("Sunday")
    assert agent.complaints == []


async def test_several_people_in_one_thread_are_told_apart(demo: Demo, browser: Browser) -> None:
    help_room = WORKSPACE.channel
    demo.slack.add_person(BEN, "Ben")
    before = demo.slack.last_seq
    ts = await demo.slack.write(ADA.slack, "@OneThread when are you open?", channel=help_room)
    await demo.slack.wait_for_reply(help_room, before)
    before = demo.slack.last_seq
    await demo.slack.write(
        BEN, "@OneThread what does delivery cost?", channel=help_room, thread_ts=ts
    )
    await demo.slack.wait_for_reply(help_room, before)
    page = await (await window(browser)).open(demo.console_link())
    await timeline(page, demo, f"Slack member {BEN}")
    await expect(page.locator(".knot")).to_contain_text("2 people write here")
    await expect(page.locator(".entry.customer")).to_have_count(2)
    await expect(page.locator(".entry .another")).to_have_text(ADA.mail)
    await page.get_by_role("link", name="Conversations").click()
    await expect(page.locator(".row", has_text="#help").locator(".tag")).to_have_text("2")


async def test_threads_of_a_room_stand_together_under_its_name(
    demo: Demo, browser: Browser
) -> None:
    demo.slack.add_person(BEN, "Ben")
    for who in (BEN, ADA.slack):
        before = demo.slack.last_seq
        await demo.slack.write(who, "@OneThread when are you open?", channel=WORKSPACE.channel)
        await demo.slack.wait_for_reply(WORKSPACE.channel, before)
    page = await (await window(browser)).open(demo.console_link())
    await page.get_by_role("link", name="Conversations").click()
    room = page.locator(".place-group")
    await expect(room.locator(".place-title")).to_have_text("#help2 threads")
    threads = room.get_by_role("list", name="#help").get_by_role("listitem")
    await expect(threads).to_have_count(2)
    await threads.last.get_by_role("link").click()
    await expect(page.locator(".timeline")).to_contain_text(f"Slack member {BEN}")
