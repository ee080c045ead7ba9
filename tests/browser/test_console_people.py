"""People in a real browser: the first owner's link, signing out and in, inviting, and what a role
hides. The gateway is the one that `onethread serve` runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.driving import window
from tests.browser.shop import Shop, open_shop

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

PASSWORD = "nine blue herons wade"
OTHER = "seven grey kettles sing"


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[tuple[Shop, str]]:
    """A gateway in which nobody has an account, and the link that it printed."""
    with open_shop(tmp_path) as shop:
        printed = (tmp_path / "gateway.log").read_text(encoding="utf-8")
        found = re.search(r"http://\S+/console/welcome\?once=\S+", printed)
        assert found is not None, printed
        yield shop, found[0]


async def fill_in(page: Page, **fields: str) -> None:
    """Fill in a form by the names of its fields."""
    for name, value in fields.items():
        await page.locator(f"input[name={name}]").fill(value)


async def test_the_first_owner_comes_by_the_printed_link_and_lets_an_agent_in(
    fresh: tuple[Shop, str], browser: Browser
) -> None:
    _, link = fresh
    owner = await window(browser)
    page = await owner.open(link)
    await expect(page.get_by_role("heading", name="Make your account")).to_be_visible()
    await fill_in(page, name="Ada Byron", login="ada", password=PASSWORD, again=PASSWORD)
    await page.get_by_role("button", name="Make the account").click()
    await page.wait_for_url("**/console/queue")
    await expect(page.get_by_role("link", name="Ada Byron")).to_be_visible()

    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url("**/console/sign-in")
    await fill_in(page, login="ada", password="a wrong guess of it")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_contain_text("do not fit")
    await fill_in(page, login="Ada", password=PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/console/queue")

    await page.get_by_role("link", name="People", exact=True).click()
    await page.get_by_label("Name", exact=True).fill("Sam Reed")
    await page.get_by_label("Login", exact=True).fill("sam")
    await page.get_by_role("button", name="Invite").click()
    invitation = await page.get_by_label("A link for Sam Reed").locator("input").input_value()
    await page.get_by_role("button", name="Close").click()
    await expect(page.get_by_role("row", name="Sam Reed")).to_contain_text("has to come by a link")

    await make_token(page)
    agent = await window(browser)
    sam = await agent.open(invitation)
    await fill_in(sam, password=OTHER, again=OTHER)
    await sam.get_by_role("button", name="Set the password").click()
    await sam.wait_for_url("**/console/queue")
    await expect(sam.get_by_role("link", name="Customers")).to_be_visible()
    for hidden in ("People", "Trouble", "Rules"):
        await expect(sam.get_by_role("link", name=hidden, exact=True)).to_have_count(0)

    await demote(page, sam)
    # The browser itself complains of what was refused; our pages must not.
    refusals = ("Failed to load resource", "WebSocket connection")
    faults = [one for one in owner.complaints + agent.complaints if not one.startswith(refusals)]
    assert faults == []


async def make_token(page: Page) -> None:
    """A token is shown once, and stands in the list without what it opens with."""
    await page.get_by_label("What it is for").fill("till")
    await page.get_by_role("checkbox", name="see read").check()
    await page.get_by_role("button", name="Make a token").click()
    shown = page.get_by_label("The token “till”").locator("input")
    assert (await shown.input_value()).startswith("ot_")
    await page.get_by_role("button", name="Close").click()
    row = page.get_by_role("row", name="till")
    await expect(row).to_contain_text("see")
    await row.get_by_role("button", name="Revoke").click()
    await page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    await expect(row).to_contain_text("revoked")


async def demote(page: Page, theirs: Page) -> None:
    """Whoever gets another role is signed out at once, also where a page of theirs is open."""
    await page.get_by_label("Role of Sam Reed").select_option("viewer")
    await page.get_by_role("button", name="Change the role").click()
    await theirs.wait_for_url("**/console/sign-in**")
    await expect(theirs.get_by_role("alert")).to_contain_text("session has ended")
    await page.get_by_label("Role of Ada Byron").select_option("agent")
    await page.get_by_role("button", name="Change the role").click()
    await expect(page.locator("dialog .wrong")).to_contain_text("last owner")
    await page.get_by_role("button", name="Close").click()


async def test_a_password_is_changed_in_ones_account(
    fresh: tuple[Shop, str], browser: Browser
) -> None:
    _, link = fresh
    page = await (await window(browser)).open(link)
    await fill_in(page, name="Ada", login="ada", password=PASSWORD, again=PASSWORD)
    await page.get_by_role("button", name="Make the account").click()
    await page.get_by_role("link", name="Ada").click()
    await page.get_by_label("Present password").fill(PASSWORD)
    await page.get_by_label("New password", exact=True).fill(OTHER)
    await page.get_by_label("The new password again").fill(OTHER)
    await page.get_by_role("button", name="Change the password").click()
    await expect(page.get_by_role("alert")).to_contain_text("Your password is changed")
    await fill_in(page, login="ada", password=OTHER)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/console/queue")
