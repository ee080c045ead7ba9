"""How an answer will look, shown beside it while it is written: on every channel, and harmless."""

from __future__ import annotations

import json

import pytest
from playwright.async_api import Browser, Page, Route, expect

from gateway.demo.people import ADA
from gateway.demo.places import PICTURE
from gateway.demo.start import Demo
from tests.browser.driving import DESK, POCKET, window

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
MARKED = "**Hello** Ada, see [your parcel](https://courier.example/4711).\n\n- before *six*"


async def by_sms(demo: Demo) -> None:
    """Ada asks for a person by SMS."""
    before = demo.phones.last_seq
    await demo.phones.text(ADA.phone, "Can I talk to a human?")
    await demo.phones.wait_for_reply(ADA.phone, before)


async def by_mail(demo: Demo) -> None:
    """Ada asks for a person by mail."""
    before = demo.mail.last_seq
    await demo.mail.write(ADA.mail, "Can I talk to a human?", subject="Re: Broken lamp", name="Ada")
    await demo.mail.wait_for_reply(ADA.mail, before)


async def opened(page: Page) -> None:
    """Open the only case, and the preview in it."""
    await page.locator(".row").click()
    await page.get_by_role("button", name="Preview").click()


async def test_an_sms_shows_its_bubbles_and_segments_while_it_is_written(
    demo: Demo, browser: Browser
) -> None:
    await by_sms(demo)
    agent = await window(browser)
    page = await agent.open(demo.console_link())
    await opened(page)
    await expect(page.locator(".preview-summary")).to_contain_text("Write your answer")
    tab = page.get_by_role("tab", name="SMS")
    bubbles = page.locator(".look-texts .shown-bubble")
    summary = page.locator(".preview-summary")

    await page.locator(".agent-name").fill("Sam")
    await page.get_by_label("Your answer").fill("**Hello** Ada")
    await expect(tab).to_have_attribute("aria-selected", "true")
    await expect(tab).to_contain_text("goes here")
    await expect(bubbles).to_have_text(["Sam: Hello Ada"])
    await expect(page.locator(".preview-notes")).to_have_text("Emphasis is dropped.")
    await expect(summary).to_have_text("1 text, 1 segment (GSM-7)")

    await page.get_by_label("Your answer").fill("Привет, " * 9)
    await expect(summary).to_have_text("1 text, 2 segments (UCS-2), nothing is lost")
    await page.get_by_label("Your answer").fill("A long story. " * 130)
    await expect(bubbles).to_have_count(2)
    await expect(page.locator(".shown-size")).to_have_count(2)
    await expect(page.locator(".preview-notes")).to_contain_text("split into 2 parts")

    await page.get_by_label("Your answer").fill("Hello.")
    before = demo.phones.last_seq
    await expect(bubbles).to_have_text(["Sam: Hello."])
    await page.get_by_label("Your answer").press("Control+Enter")
    assert (await demo.phones.wait_for_reply(ADA.phone, before)).text == "Sam: Hello."
    await expect(page.locator(".preview-summary")).to_contain_text("Write your answer")
    assert agent.complaints == []


async def test_a_mail_shows_its_subject_its_looks_and_its_text(
    demo: Demo, browser: Browser
) -> None:
    await by_mail(demo)
    agent = await window(browser)
    page = await agent.open(demo.console_link())
    await opened(page)
    depth = await page.evaluate("history.length")
    # The newest lies first; the one before it stays until that is there.
    letter = page.frame_locator(".shown-frame").first
    for words in ("First", "Second", MARKED):
        await page.get_by_label("Your answer").fill(words)
        await expect(letter.locator("body")).to_contain_text(words.replace("*", "")[:6])
    await expect(page.get_by_role("tab").first).to_contain_text("E-mail")
    await expect(page.locator(".shown-head dd")).to_have_text("Re: Broken lamp")
    await expect(letter.locator("strong")).to_have_text("Hello")
    await expect(letter.locator("a")).to_have_attribute("href", "https://courier.example/4711")
    await expect(page.locator(".shown-frame").first).to_have_attribute("sandbox", "")
    assert await page.evaluate("history.length") == depth

    await page.get_by_role("button", name="As text").click()
    await expect(page.locator(".shown-paper")).to_contain_text("Hello Ada, see your parcel: https")
    await page.get_by_label("Your answer").fill("Another text")
    await expect(page.locator(".shown-paper")).to_have_text("Another text")
    await expect(page.locator(".preview-summary")).to_have_text("1 mail, nothing is lost")
    assert agent.complaints == []


async def test_every_other_channel_is_a_tab_away_by_keys_alone(
    demo: Demo, browser: Browser
) -> None:
    await by_sms(demo)
    agent = await window(browser)
    page = await agent.open(demo.console_link())
    await page.locator(".row").click()
    await page.get_by_label("Your answer").fill(MARKED)
    switch = page.get_by_role("button", name="Preview")
    await switch.focus()
    await page.keyboard.press("Enter")
    await expect(switch).to_have_attribute("aria-expanded", "true")
    tabs = page.get_by_role("tab")
    await expect(tabs).to_have_count(4)
    await tabs.first.focus()
    for name in ("E-mail", "Slack"):
        await page.keyboard.press("ArrowRight")
        await expect(page.get_by_role("tab", name=name)).to_be_focused()
    panel = page.get_by_role("tabpanel", name="Slack")
    await expect(panel.locator("strong")).to_have_text("Hello")
    await expect(panel.locator("em")).to_have_text("six")
    await expect(panel.get_by_role("link", name="your parcel")).to_be_visible()
    await expect(panel).to_contain_text("• before six")
    await page.keyboard.press("End")
    panel = page.get_by_role("tabpanel", name="Web chat")
    await expect(panel.locator(".shown-bubble li")).to_have_text("before six")
    await page.keyboard.press("Tab")
    await expect(panel).to_be_focused()
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("tab", name="SMS")).to_be_focused()
    assert agent.complaints == []


async def test_a_file_goes_without_a_word_and_where_it_cannot_the_reason_is_told(
    demo: Demo, browser: Browser
) -> None:
    await by_mail(demo)
    agent = await window(browser)
    page = await agent.open(demo.console_link())
    await opened(page)
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name="Attach").click()
    await (await chooser.value).set_files(PICTURE)
    await expect(page.get_by_role("tabpanel").locator(".file")).to_contain_text("lamp.png")
    refusing = page.get_by_role("tab", name="SMS")
    await expect(refusing.get_by_role("img", name="cannot go")).to_be_visible()
    await refusing.click()
    await expect(page.locator(".preview-refused")).to_contain_text("cannot carry pictures")

    before = demo.mail.last_seq
    await page.get_by_role("button", name="Send").click()
    assert b"lamp.png" in (await demo.mail.wait_for_reply(ADA.mail, before)).raw
    await expect(page.locator(".entry.agent .file")).to_contain_text("lamp.png")
    await expect(page.locator(".entry.agent .bubble")).to_have_count(0)
    assert agent.complaints == []


HOSTILE = (
    "<p>words</p><script>window.top.caught='script'</script>"
    "<img src='/console/static/mark.svg?pixel' onerror=\"window.top.caught='image'\">"
    "<a href=\"javascript:window.caught='link'\">press</a>"
    "<style>@import '/console/static/base.css?pixel'</style><iframe src='/health?pixel'></iframe>"
)


async def test_nothing_in_a_payload_runs_or_reaches_the_network(
    demo: Demo, browser: Browser
) -> None:
    """Even of a channel that would render it so."""

    def hostile(channel: str, payload: object) -> object:
        part = {"payload": payload, "notes": ["<img src=x onerror='window.caught=1'>"]}
        return {
            "account": channel,
            "channel": channel,
            "title": channel,
            "refused": None,
            "parts": [part],
        }

    mark = "<javascript:window.caught='slack'|press> &lt;img src=x onerror=1&gt;"
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": mark}}]
    found = [
        hostile("email", {"text": HOSTILE, "html": HOSTILE}),
        hostile("slack", {"text": HOSTILE, "blocks": blocks}),
        hostile("webchat", {"text": HOSTILE, "html": HOSTILE}),
        hostile("fax", {"text": HOSTILE}),
    ]

    async def answered(route: Route) -> None:
        await route.fulfill(body=json.dumps(found), content_type="application/json")

    await by_sms(demo)
    agent = await window(browser)
    asked: list[str] = []

    async def passed_on(route: Route) -> None:
        asked.append(route.request.url)
        await route.continue_()

    # Before there is a page: one that is just going on to the console may miss it.
    await agent.context.route("**/api/v1/render", answered)
    # Not by the page's "request" event: the browser tells it of what its policy refused, too.
    await agent.context.route("**/*pixel*", passed_on)
    page = await agent.open(demo.console_link())
    await opened(page)
    await page.get_by_label("Your answer").fill("anything")
    await page.get_by_role("tab", name="E-mail").click()
    await expect(page.frame_locator(".shown-frame").locator("p")).to_have_text("words")
    await page.frame_locator(".shown-frame").get_by_text("press").click()
    await page.get_by_role("tab", name="Slack").click()
    panel = page.get_by_role("tabpanel")
    await expect(panel).to_contain_text("press <img src=x onerror=1>")
    await expect(panel.get_by_role("link")).to_have_count(0)
    await page.get_by_role("tab", name="Web chat").click()
    await expect(panel.locator(".shown-bubble")).to_have_text("wordspress")
    await expect(panel.locator(".shown-bubble img, .shown-bubble a")).to_have_count(0)
    await page.get_by_role("tab", name="fax").click()
    await expect(panel.locator(".shown-bubble")).to_have_text(HOSTILE)
    await expect(page.locator(".preview-notes")).to_have_text(
        "<img src=x onerror='window.caught=1'>"
    )
    assert await page.evaluate("window.caught") is None
    assert asked == []
    await page.evaluate("fetch('/health?pixel')")
    assert [one.rpartition("/")[2] for one in asked] == ["health?pixel"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, POCKET], ids=["desk", "pocket"])
async def test_everything_stays_within_the_screen(
    demo: Demo, browser: Browser, size: tuple[int, int], scheme: str
) -> None:
    await by_sms(demo)
    agent = await window(browser, size, scheme)
    page = await agent.open(demo.console_link())
    await opened(page)
    await page.get_by_label("Your answer").fill(f"{MARKED}\n\n{'w' * 300}")
    for name in ("SMS", "E-mail", "Slack", "Web chat"):
        await page.get_by_role("tab", name=name).click()
        await expect(page.get_by_role("tabpanel", name=name)).to_be_visible()
        for part in ("document.documentElement", "document.querySelector('.preview-panel')"):
            assert await page.evaluate(f"{part}.scrollWidth <= {part}.clientWidth"), (name, part)
        await expect(page.get_by_role("button", name="Send")).to_be_in_viewport()
