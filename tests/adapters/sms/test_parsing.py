"""Twilio's forms in our terms: messages, pictures and statuses."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sms.codes import TROUBLES, trouble_of
from adapters.sms.parsing import (
    MAX_MEDIA,
    STATUSES,
    listed_message,
    read_message,
    read_status,
)
from core.channel import Refused
from core.message import Assurance, DeliveryStatus, Handle
from tests.adapters.sms.account import NOW, NUMBER, PHONE, inbound_form, received, sid

keys = st.sampled_from(
    [*inbound_form(), "OptOutType", "MessagingServiceSid", "MediaUrl0", "MediaContentType0"]
)
values = st.one_of(
    st.text(max_size=20),
    st.sampled_from([sid(1), sid(2, "MM"), PHONE, "0", "3", "²", "-1", "9" * 5000, "STOP", "+1"]),
)


async def test_a_text_with_everything_it_tells() -> None:
    form = inbound_form("where is it?", MessagingServiceSid="MG" + "1" * 32)
    [message] = (await received(form)).messages
    assert (message.event_id, message.text, message.sent_at) == (sid(1), "where is it?", NOW)
    assert message.sender == Handle("phone", PHONE)
    assert message.conversation_key == f"{NUMBER}|{PHONE}"
    assert message.reply_address == {"to": PHONE, "from": NUMBER, "service": "MG" + "1" * 32}
    assert message.assurance is Assurance.AUTHENTICATED
    assert (message.consent, message.attachments) == (None, ())


async def test_the_answer_says_nothing_to_the_customer() -> None:
    answer = (await received(inbound_form())).response
    assert (answer.status, answer.body, answer.content_type) == (200, "<Response/>", "text/xml")


async def test_pictures_come_with_their_place_and_type() -> None:
    media = "https://api.twilio.com/2010-04-01/Accounts/AC/Messages/MM/Media/ME"
    form = inbound_form(
        "",
        MessageSid=sid(7, "MM"),
        SmsSid=sid(7, "MM"),
        NumMedia="3",
        MediaUrl0=f"{media}0",
        MediaContentType0="image/jpeg",
        MediaUrl2=f"{media}2",
    )
    [message] = (await received(form)).messages
    assert (message.event_id, message.text) == (sid(7, "MM"), "")
    assert [(one.name, one.media_type, one.reference) for one in message.attachments] == [
        ("picture 1", "image/jpeg", f"{media}0"),
        ("picture 3", "application/octet-stream", f"{media}2"),
    ]


@pytest.mark.parametrize(
    ("number", "expected"),
    [("0", 0), ("2", 2), ("99", MAX_MEDIA), ("", 0), ("-1", 0), ("²", 0), ("9" * 5000, 0)],
)
async def test_the_number_of_pictures_is_read_with_care(number: str, expected: int) -> None:
    pictures = {f"MediaUrl{n}": f"https://api.twilio.com/{n}" for n in range(20)}
    [message] = (await received(inbound_form(NumMedia=number, **pictures))).messages
    assert len(message.attachments) == expected


async def test_the_older_name_of_the_id_will_do() -> None:
    form = inbound_form(MessageSid=None, SmsMessageSid=None, SmsSid=sid(3))
    [message] = (await received(form)).messages
    assert message.event_id == sid(3)


@pytest.mark.parametrize(
    "changes",
    [
        {"MessageSid": None, "SmsSid": None},
        {"MessageSid": "SM1"},
        {"MessageSid": sid(1) + "0"},
        {"MessageSid": f"{sid(1)}\n"},
        {"MessageSid": "XX" + "0" * 32},
        {"From": None},
        {"From": ""},
        {"To": None},
        {"From": "+" + "1" * 64},
        {"From": "+1555\x000111"},
        {"To": "+1555\n0111"},
        {"Body": "x" * 16_001},
    ],
    ids=str,
)
async def test_a_form_that_makes_no_sense_is_refused(changes: dict[str, str | None]) -> None:
    with pytest.raises(Refused) as refused:
        await received(inbound_form(**changes))
    assert refused.value.status == 400
    told = [one for one in changes.values() if one]
    assert not any(one in refused.value.reason for one in told)


@given(st.dictionaries(keys, values))
def test_any_form_is_a_message_or_refused(fields: dict[str, str]) -> None:
    for form in (fields, inbound_form() | fields):
        with suppress(Refused):
            message = read_message(form, "sms", NOW)
            assert message.text == form.get("Body", "")
            assert message.sender.address == form["From"]


@pytest.mark.parametrize(
    ("sender", "kind"),
    [
        (PHONE, "phone"),
        ("+4915112345678", "phone"),
        ("22395", "sms-sender"),
        ("MyBank", "sms-sender"),
        ("whatsapp:+15550001111", "sms-sender"),
        ("+0123456789", "sms-sender"),
        ("+1", "sms-sender"),
        ("+1555000111१", "sms-sender"),
    ],
)
async def test_only_a_real_number_is_a_phone(sender: str, kind: str) -> None:
    [message] = (await received(inbound_form(From=sender))).messages
    assert message.sender == Handle(kind, sender)


@pytest.mark.parametrize(("told", "status"), STATUSES.items())
async def test_every_status_of_twilio(told: str, status: DeliveryStatus) -> None:
    form = inbound_form(MessageStatus=told, ErrorCode="30005" if "deliv" in told else "")
    [update] = (await received(form, "status")).updates
    assert (update.provider_id, update.status) == (sid(1), status)
    assert update.code == ("30005" if "deliv" in told else None)
    assert update.reason == (trouble_of("30005").words if "deliv" in told else None)


def test_a_status_may_have_its_older_name_and_any_case() -> None:
    form = {"SmsSid": sid(1), "SmsStatus": "Delivered"}
    update = read_status(form, "sms")
    assert update is not None
    assert update.status is DeliveryStatus.DELIVERED


async def test_a_status_we_have_no_use_for_changes_nothing() -> None:
    for told in ("received", "receiving", "partially_delivered", "", "x" * 500):
        answer = await received(inbound_form(MessageStatus=told, SmsStatus=told), "status")
        assert (answer.updates, answer.response.status) == ((), 200)


def test_an_unknown_error_is_told_by_its_number_only() -> None:
    assert trouble_of("99999").words == "The provider reported error 99999."
    assert len(trouble_of("9" * 500).words) < 60


def test_what_the_codes_say_of_a_number_is_said_of_no_fault_of_ours() -> None:
    dead = {code for code, one in TROUBLES.items() if one.dead}
    assert dead == {
        *("21211", "21265", "21266", "21614", "21635", "30005", "30006", "63003", "63024"),
    }
    assert [code for code, one in TROUBLES.items() if one.opted_out] == ["21610"]
    later = {code for code, one in TROUBLES.items() if one.retryable}
    assert later == {
        *("14107", "20429", "21611", "30001", "30022", "30036", "63017", "63018"),
    }
    assert not [one for one in TROUBLES.values() if one.retryable and (one.dead or one.opted_out)]


async def test_a_callback_without_an_error_has_none() -> None:
    for code in ("", "0"):
        form = inbound_form(MessageStatus="delivered", ErrorCode=code)
        [update] = (await received(form, "status")).updates
        assert (update.code, update.reason) == (None, None)


@pytest.mark.parametrize(
    ("date", "at"),
    [
        ("Fri, 15 Jan 2027 08:00:00 +0000", NOW),
        ("Fri, 15 Jan 2027 10:00:00 +0200", NOW),
        # RFC 5322: UTC, from nobody knows where.
        ("Fri, 15 Jan 2027 08:00:00 -0000", NOW),
        ("Fri, 31 Dec 9999 23:00:00 -2300", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_listed_message_is_sent_when_the_list_says(date: str, at: datetime | None) -> None:
    item = {"sid": sid(1), "from": PHONE, "to": NUMBER, "body": "hello", "date_sent": date}
    message = listed_message(item, "sms")
    assert (None if message is None else message.sent_at) == at


def test_a_listed_message_tells_of_its_pictures() -> None:
    """One of a webhook we missed must not look empty."""
    item = {
        "sid": sid(1, "MM"),
        "from": PHONE,
        "to": NUMBER,
        "body": "",
        "date_sent": "Fri, 15 Jan 2027 08:00:00 +0000",
        "num_media": "2",
        "subresource_uris": {"media": "/2010-04-01/Accounts/AC/Messages/MM/Media.json"},
    }
    message = listed_message(item, "sms")
    assert message is not None
    assert [one.name for one in message.attachments] == ["picture 1", "picture 2"]
    place = "https://api.twilio.com/2010-04-01/Accounts/AC/Messages/MM/Media.json"
    assert [one.reference for one in message.attachments] == [f"{place}#0", f"{place}#1"]


@given(st.dictionaries(st.sampled_from(["sid", "from", "to", "body", "num_media"]), values))
def test_a_list_that_makes_no_sense_brings_nothing(item: dict[str, str]) -> None:
    item = {**item, "date_sent": "Fri, 15 Jan 2027 08:00:00 +0000"}
    message = listed_message(item, "sms")
    assert message is None or message.event_id == item["sid"]
