"""What the doctor says of a Twilio account: each trap of its console, with what to enter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web
from yarl import URL

from adapters.sms.api import _swap
from adapters.sms.parsing import read_message
from adapters.sms.simulator import Line, TwilioSimulator
from adapters.sms.simulator_account import SimulatedAccount, SimulatedNumber, SimulatedService
from core.channel_abilities import Addresses, Finding, Gravity
from tests.adapters.sms.account import (
    ACCOUNT,
    NUMBER,
    TOKEN,
    inbound_form,
    make_adapter,
    make_config,
)
from tests.adapters.sms.provider import twilio

# Nobody answers there, at once and without a look-up of a name.
BASE = "https://127.0.0.1:1/channels/sms"
WANTED = f"{BASE}/inbound#rc=5&rp=5xx,ct,rt"
SERVICE = "MG" + "1" * 32
UK = "+447700900142"


async def looked_at(account: SimulatedAccount, **config: object) -> list[Finding]:
    """What is found of that account; the public address, which answers nobody, left out."""
    simulator = TwilioSimulator(Line(ACCOUNT, TOKEN, UK), "", account=account)
    await simulator.start()
    options = {"from_number": UK, "api_base_url": simulator.base_url} | config
    adapter = make_adapter(make_config(**options), datetime.now(UTC), BASE)
    try:
        return list(await adapter.diagnose())[:-1]
    finally:
        await adapter.close()
        await simulator.stop()


def wrong(found: list[Finding]) -> list[Finding]:
    """What is not in order."""
    return [one for one in found if one.gravity is not Gravity.OK]


def number(**changes: object) -> SimulatedAccount:
    """An account whose one number is right but for these."""
    right: dict[str, object] = {"number": UK, "sms_url": WANTED}
    return SimulatedAccount(numbers=[SimulatedNumber(**right | changes)])  # type: ignore[arg-type]


def pooled(**changes: object) -> SimulatedAccount:
    """An account whose number is in a service that is right but for these."""
    right: dict[str, object] = {
        "sid": SERVICE,
        "numbers": [UK],
        "inbound_request_url": WANTED,
    }
    account = number(sms_url="")
    account.services.append(SimulatedService(**right | changes))  # type: ignore[arg-type]
    return account


async def test_an_account_in_order_has_no_fault() -> None:
    found = await looked_at(number())
    assert wrong(found) == []
    assert len(found) == 4


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sms_url": ""}, "no address for incoming"),
        ({"sms_url": "https://demo.twilio.com/welcome/sms/reply"}, "Twilio's demo address"),
        ({"sms_url": "https://other.test/sms"}, "asks another address: https://other.test/sms"),
        ({"sms_url": WANTED.replace("https:", "http:")}, "asks our address by http"),
        ({"sms_url": f"{BASE}/inbound/#rc=5&rp=5xx,ct,rt"}, "asks another address"),
        ({"sms_application_sid": "AP" + "1" * 32}, "served by a TwiML app"),
        ({"sms_method": "GET"}, "asked with GET"),
        ({"sms": False}, "cannot send or take SMS"),
    ],
    ids=lambda one: "-".join(one) if isinstance(one, dict) else "",
)
async def test_each_fault_of_a_number_is_told_with_what_to_enter(
    changes: dict[str, object], words: str
) -> None:
    [fault] = wrong(await looked_at(number(**changes)))
    assert (fault.gravity, words in fault.what) == (Gravity.FAULT, True), fault
    assert WANTED in fault.mend or "HTTP POST" in fault.mend or "Buy one" in fault.mend


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sms_url": f"{BASE}/inbound"}, "tries only once more"),
        ({"sms_fallback_url": "https://user:pass@x.test/y"}, "in our place: https://x.test/y"),
    ],
    ids=["fragment", "fallback"],
)
async def test_what_only_weakens_is_a_warning(changes: dict[str, object], words: str) -> None:
    [warning] = wrong(await looked_at(number(**changes)))
    assert (warning.gravity, words in warning.what) == (Gravity.WARNING, True), warning


async def test_a_number_of_another_account_is_told() -> None:
    [fault] = wrong(await looked_at(number(number=UK + "9")))
    assert "does not belong to this account" in fault.what


async def test_each_further_number_is_looked_at_by_its_name() -> None:
    account = number()
    account.numbers.append(SimulatedNumber("+447700900199"))
    found = wrong(await looked_at(account, numbers=["+447700900199", "+447700900111"]))
    assert [(one.gravity, one.what.partition(":")[0]) for one in found] == [
        (Gravity.FAULT, "+447700900199"),
        (Gravity.FAULT, "+447700900111"),
    ]
    assert "Twilio's demo address" in found[0].what
    assert "in numbers does not belong" in found[1].what


async def test_pictures_that_the_number_does_not_carry_are_told() -> None:
    assert wrong(await looked_at(number(mms=True), mms=True)) == []
    [fault] = wrong(await looked_at(number(), mms=True))
    assert (fault.gravity, "carries no pictures" in fault.what) == (Gravity.FAULT, True)
    assert "mms = false" in fault.mend


async def test_in_a_service_its_address_counts_and_not_the_numbers() -> None:
    assert wrong(await looked_at(pooled())) == []
    [fault] = wrong(await looked_at(pooled(inbound_request_url=None)))
    assert "messaging service has no address" in fault.what
    assert WANTED in fault.mend and "Integration" in fault.mend
    [fault] = wrong(await looked_at(pooled(use_inbound_webhook_on_number=True)))
    assert "The number has no address" in fault.what


async def test_a_configured_service_is_looked_at_whole() -> None:
    options = {"from_number": None, "messaging_service_sid": SERVICE}
    assert wrong(await looked_at(pooled(), **options)) == []
    [fault] = wrong(await looked_at(pooled(numbers=[]), **options))
    assert "has no number" in fault.what
    [fault] = wrong(await looked_at(pooled(use_inbound_webhook_on_number=True), **options))
    assert "The number has no address" in fault.what
    [fault] = wrong(await looked_at(number(), **options))
    assert "messaging_service_sid" in fault.mend


async def test_a_united_states_number_without_a_campaign_is_warned_of() -> None:
    here = number(number=NUMBER)
    [warning] = wrong(await looked_at(here, from_number=NUMBER))
    assert "A2P 10DLC" in warning.what
    account = pooled(numbers=[NUMBER], us_app_to_person_registered=True)
    account.numbers[0].number = NUMBER
    assert wrong(await looked_at(account, from_number=NUMBER)) == []


async def test_a_toll_free_number_needs_its_verification() -> None:
    free = "+18885550100"
    account = number(number=free)
    [warning] = wrong(await looked_at(account, from_number=free))
    assert "not verified" in warning.what
    account.numbers[0].verified = True
    assert wrong(await looked_at(account, from_number=free)) == []


async def test_a_short_code_is_found_and_a_sender_name_cannot_be_answered() -> None:
    assert wrong(await looked_at(number(number="85222"), from_number="85222")) == []
    [warning] = wrong(await looked_at(number(), from_number="Shop"))
    assert "nobody can answer" in warning.what


async def test_a_trial_account_and_a_suspended_one_are_told() -> None:
    account = number()
    account.type = "Trial"
    assert "trial" in wrong(await looked_at(account))[0].what
    account.status = "suspended"
    [fault] = await looked_at(account)
    assert "suspended" in fault.what


async def test_a_wrong_token_is_told_once() -> None:
    [fault] = await looked_at(number(), auth_token="another-token-of-nobody")
    assert "refuses account_sid and auth_token" in fault.what
    assert "another-token" not in fault.what + fault.mend


async def test_a_provider_out_of_reach_is_told() -> None:
    [fault] = await looked_at(number(), api_base_url="http://127.0.0.1:1")
    assert "could not be asked" in fault.what


@pytest.mark.parametrize(
    ("seconds", "gravity"), [(10, Gravity.OK), (-60, Gravity.WARNING), (300, Gravity.FAULT)]
)
async def test_a_clock_that_is_wrong_is_told(seconds: int, gravity: Gravity) -> None:
    now = datetime(2027, 1, 15, 8, tzinfo=UTC)
    theirs = format_datetime(now - timedelta(seconds=seconds))

    def answer(_: web.Request) -> web.Response:
        body = {"status": "active", "type": "Full", "incoming_phone_numbers": []}
        return web.json_response(body, headers={"Date": theirs})

    async with twilio(answer) as (url, _):
        adapter = make_adapter(make_config(api_base_url=url), now, BASE)
        found = await adapter.diagnose()
        await adapter.close()
    [clock] = [one for one in found if "clock" in one.what]
    assert clock.gravity is gravity
    assert gravity is Gravity.OK or ("behind" if seconds < 0 else "ahead of") in clock.what


async def trip(answer: Callable[[web.Request], web.StreamResponse]) -> Finding:
    """What is found at a public address that answers so."""
    async with twilio(answer) as (url, _):
        adapter = make_adapter(make_config(api_base_url="http://127.0.0.1:1"), base=f"{url}/c/sms")
        found = await adapter.diagnose()
        await adapter.close()
    return found[-1]


@pytest.mark.parametrize(
    ("statuses", "words"),
    [
        ((403, 200), "A signed request is accepted"),
        ((200, 200), "accepts what is not signed"),
        ((308, 200), "a redirect (308)"),
        ((404, 404), "does not know this account"),
        ((502, 502), "answers 502"),
        ((403, 403), "refuses what is signed with auth_token"),
        ((403, 503), "answered with 503"),
    ],
    ids=str,
)
async def test_what_the_public_address_answers_tells_what_is_wrong(
    statuses: tuple[int, int], words: str
) -> None:
    def answer(request: web.Request) -> web.Response:
        return web.Response(status=statuses["X-Twilio-Signature" in request.headers])

    found = await trip(answer)
    assert words in found.what
    assert (found.gravity is Gravity.OK) is (statuses == (403, 200))


@pytest.mark.parametrize(
    ("to", "number"),
    [("+447700900123", "+447700900123"), ("+1 (555) 010-0123", "+15550100123")],
)
def test_a_number_is_an_address(to: str, number: str) -> None:
    adapter = make_adapter()
    assert isinstance(adapter, Addresses)
    assert adapter.address_of(to) == {"to": number}


async def test_a_conversation_we_begin_has_the_key_of_the_answer_to_it() -> None:
    opening = await make_adapter().opening("+44 7700 900123")
    form = inbound_form(From="+447700900123")
    answer = read_message(form, "sms", datetime.now(UTC))
    assert opening.key == answer.conversation_key
    assert opening.address == {"to": "+447700900123", "from": form["To"]}
    with pytest.raises(ValueError, match="our own"):
        await make_adapter().opening(form["To"])


@pytest.mark.parametrize("to", ["07700900123", "00447700900123", "ada@example.com", "", "+"])
def test_what_is_no_whole_number_is_refused_in_words(to: str) -> None:
    with pytest.raises(ValueError, match="and the country's code"):
        make_adapter().address_of(to)


@pytest.mark.parametrize(
    ("base", "asked"),
    [
        ("https://api.twilio.com", "https://messaging.twilio.com/v1/Services?PageSize=20"),
        (
            "https://api.dublin.ie1.twilio.com",
            "https://messaging.dublin.ie1.twilio.com/v1/Services?PageSize=20",
        ),
        ("http://127.0.0.1:8401", "http://127.0.0.1:8401/v1/Services?PageSize=20"),
        ("https://api.example.com", "https://api.example.com/v1/Services?PageSize=20"),
    ],
)
def test_credentials_go_to_twilio_s_own_hosts_or_to_the_one_that_is_configured(
    base: str, asked: str
) -> None:
    assert str(_swap(URL(base), "https://messaging.twilio.com/v1/Services?PageSize=20")) == asked
