"""The demo's four places in a real browser: what Ada writes and reads in each of them."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from gateway.demo.people import WORKSPACE
from gateway.demo.places import Mailbox
from gateway.demo.start import Demo
from tests.browser.driving import wait_for_reply, window

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


async def write_mail(page: Page, subject: str, text: str) -> None:
    """Write a new mail with the mail client's own form."""
    await page.get_by_role("button", name="New mail").click()
    await page.get_by_label("Subject").fill(subject)
    await page.get_by_label("Your mail").fill(text)
    await page.get_by_role("button", name="Send the mail").click()


async def test_all_four_places_stand_beside_the_trace(demo: Demo, browser: Browser) -> None:
    visitor = await window(browser)
    page = await visitor.open(f"{demo.url}/demo")
    for place in ("phone", "mail", "slack", "web", "trace"):
        await expect(page.locator(f"#pane-{place}")).to_be_visible()
    await page.locator("#chat textarea").wait_for()
    assert not await page.evaluate("document.documentElement.scrollHeight > innerHeight")
    assert visitor.complaints == []


async def test_a_reply_by_mail_quotes_what_it_answers_and_stays_in_its_thread(
    demo: Demo, browser: Browser
) -> None:
    visitor = await window(browser)
    page = await visitor.open(f"{demo.url}/demo")
    await write_mail(page, "Opening hours", "When are you open?")
    await expect(page.locator(".mail-one")).to_have_count(2)
    await page.get_by_label("Your reply").fill("And what does delivery cost?")
    await page.get_by_role("button", name="Send the mail").click()
    await expect(page.locator(".mail-one")).to_have_count(4)
    await expect(page.locator(".mail-row")).to_have_count(1)
    reply = page.locator(".mail-one.mine").last
    await expect(reply.locator("p")).to_have_text("And what does delivery cost?")
    await reply.get_by_label("Show the quoted mail").click()
    await expect(reply.locator("blockquote")).to_contain_text("wrote:")
    mails = Mailbox(demo.mail).said()
    assert len({one.detail["thread"] for one in mails}) == 1
    assert visitor.complaints == []


async def test_what_is_personal_is_answered_in_slack_to_ada_alone(
    demo: Demo, browser: Browser
) -> None:
    visitor = await window(browser)
    page = await visitor.open(f"{demo.url}/demo")
    await page.locator("#slack-places button", has_text="help").click()
    await page.locator("#slack-chips button", has_text="Where is my order 1042?").click()
    room = page.locator(".slack-post.shop")
    await room.wait_for()
    assert "postcode" not in await room.inner_text()
    await page.locator("#slack-places button", has_text="Lamp & Loom").click()
    await expect(page.locator(".slack-post.shop").last).to_contain_text("postcode")
    assert not any("postcode" in one.text for one in demo.slack.posts_to(WORKSPACE.channel))
    assert visitor.complaints == []


async def test_what_a_colleague_writes_is_not_taken_for_adas(demo: Demo, browser: Browser) -> None:
    visitor = await window(browser)
    page = await visitor.open(f"{demo.url}/demo")
    await demo.slack.write("U0BEN", "@OneThread when are you open?", channel=WORKSPACE.channel)
    await page.locator("#slack-places button.unread", has_text="help").click()
    await expect(page.locator(".slack-post.colleague")).to_contain_text("A colleague")
    await expect(page.locator(".slack-post.ada")).to_have_count(0)


async def test_the_login_is_linked_with_all_the_rest_and_parted_again(
    demo: Demo, browser: Browser
) -> None:
    visitor = await window(browser)
    page = await visitor.open(f"{demo.url}/demo")
    bar = page.locator("#link-bar")
    await expect(page.locator("#link-button")).to_be_hidden()
    await page.get_by_label("Text message", exact=True).fill("Where is my order 1042?")
    await page.keyboard.press("Enter")
    await page.locator("#sms .sms.in").wait_for()
    await page.locator("#chat textarea").fill("When are you open?")
    await page.keyboard.press("Enter")
    await wait_for_reply(page, 0)
    await expect(bar).to_contain_text("strangers to each other")
    await bar.get_by_role("button", name="Link them").click()
    await expect(bar).to_contain_text("Her phone and her login are one customer.")
    await expect(bar.locator("li.joined")).to_have_count(2)
    await bar.get_by_role("button", name="Unlink").click()
    await expect(bar).to_contain_text("strangers to each other")
    assert visitor.complaints == []
