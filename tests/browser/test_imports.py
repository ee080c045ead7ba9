"""A file of customers on the console in a real browser: looked at, brought in, taken back."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from gateway.api import imports as api_imports
from gateway.demo.start import Demo
from tests.browser.driving import window

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
FILE = "phone,email,name\n+447700900318,ben@x.org,Ben\n12,c@x.org,C\n"


SAID = '{"when": "2026-01-05T10:00:00Z", "phone": "+447700900999", "text": "Is it red?"}\n'

LONG = "phone,email\n" + "".join(f"+4477009004{n:02},d{n}@x.org\n" for n in range(9))


async def test_a_file_is_looked_at_brought_in_and_taken_back(
    demo: Demo, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = await window(browser)
    page = await agent.open(demo.console_link())
    await page.wait_for_url("**/console/queue")
    await page.goto(f"{demo.url}/console/identities#imports")
    await page.get_by_label("File", exact=True).set_input_files(
        {"name": "customers.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    )
    await page.get_by_label("From which system").fill("crm")
    await page.get_by_label("Why it may be believed").fill("our own list")
    await page.get_by_role("button", name="Look at it").click()
    sheet = page.get_by_role("dialog")
    await expect(sheet).to_contain_text("1 row: 2 new addresses, 0 known, 1 link, 1 attribute.")
    await expect(sheet).to_contain_text("Line 3, phone: “12” is no whole phone number.")
    await expect(page.get_by_text("No imports yet")).to_be_visible()
    await sheet.get_by_role("button", name="Bring in the others").click()
    row = page.locator(".log-row")
    await expect(row).to_contain_text("crm, level 1")
    await row.get_by_role("button", name="Undo").click()
    await page.get_by_role("dialog").get_by_role("button", name="Undo").click()
    await expect(row).to_contain_text("undone by")

    # A long file is asked for, and the list goes on telling how far it is.
    monkeypatch.setattr(api_imports, "AT_ONCE", 5)
    await page.get_by_label("File", exact=True).set_input_files(
        {"name": "more.csv", "mimeType": "text/csv", "buffer": LONG.encode()}
    )
    await page.get_by_role("button", name="Look at it").click()
    await sheet.get_by_role("button", name="Bring in", exact=True).click()
    await expect(page.get_by_text("It is brought in from now on")).to_be_visible()
    await expect(row.first).to_contain_text("9 rows, 9 links, 18 new addresses")
    await expect(row.get_by_role("progressbar")).to_have_count(0)

    # What customers wrote before is a file, too.
    await page.get_by_label("File", exact=True).set_input_files(
        {"name": "old.jsonl", "mimeType": "", "buffer": SAID.encode()}
    )
    await page.get_by_label("What is in it").select_option("history")
    await page.get_by_role("button", name="Look at it").click()
    await expect(sheet).to_contain_text("1 message: 1 new, 0 here already, 0 left out")
    await expect(sheet).to_contain_text("phone:+447700900999: 1 message, a new customer")
    await sheet.get_by_role("button", name="Bring in", exact=True).click()
    await expect(row.first).to_contain_text("1 row, 1 message, 1 new address")
    assert agent.complaints == []
