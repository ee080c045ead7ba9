"""Our signature and Twilio's own library agree, both ways, about everything that can be sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from multidict import MultiDict
from pydantic import ValidationError
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from adapters.sms import SPEC
from adapters.sms.signature import is_signed, sign, url_forms
from core.channel import Refused, WebhookRequest
from core.message import DeliveryStatus
from tests.adapters.sms.account import (
    ACCOUNT,
    BASE,
    TOKEN,
    inbound_form,
    make_adapter,
    make_config,
    official_signature,
    sid,
    signed_request,
)

KEY = TOKEN.encode()
OTHER = "another-token-of-the-same-account"
text = st.text(max_size=30)
names = st.one_of(st.sampled_from(["Body", "From", "To", "MediaUrl0", "body"]), st.text(max_size=8))
forms = st.lists(st.tuples(names, text), max_size=8)
label = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
urls = st.builds(
    "{}://{}{}{}{}".format,
    st.sampled_from(["https", "http"]),
    st.lists(label, min_size=1, max_size=3).map(".".join),
    st.sampled_from(["", ":443", ":80", ":8443", ":8080"]),
    st.sampled_from(["", "/", "/channels/sms/inbound", "/a%20b/", "/ä"]),
    st.sampled_from(["", "?a=1", "?b=2&a=1&a=", "?text=%C3%A4+b"]),
)


def judge(form: list[tuple[str, str]]) -> MultiDict[str]:
    """A form as the official library takes repeated fields."""
    return MultiDict(form)


@given(urls, forms)
def test_the_official_library_believes_what_we_sign(url: str, form: list[tuple[str, str]]) -> None:
    assert RequestValidator(TOKEN).validate(url, judge(form), sign(KEY, url, form))


@given(urls, forms)
def test_we_believe_what_the_official_library_signs(url: str, form: list[tuple[str, str]]) -> None:
    signature = RequestValidator(TOKEN).compute_signature(url, judge(form))
    assert signature == sign(KEY, url, form)
    assert is_signed([KEY], url, form, signature)
    assert is_signed([b"the-token-before", KEY], url, form, signature)


@given(urls, forms, st.permutations(range(8)))
def test_the_order_of_fields_does_not_matter(
    url: str, form: list[tuple[str, str]], order: list[int]
) -> None:
    mixed = [form[place] for place in order if place < len(form)]
    assert sign(KEY, url, mixed) == sign(KEY, url, form)


@given(urls, forms, st.one_of(text, st.just(""), st.just(TOKEN)))
def test_neither_believes_another_signature(
    url: str, form: list[tuple[str, str]], signature: str
) -> None:
    assert not is_signed([KEY], url, form, signature)
    assert not RequestValidator(TOKEN).validate(url, judge(form), signature)


@given(urls, forms, st.data())
def test_any_changed_field_is_noticed(
    url: str, form: list[tuple[str, str]], data: st.DataObject
) -> None:
    signature = sign(KEY, url, form)
    added = [*form, data.draw(st.tuples(names, text))]
    changed = data.draw(st.sampled_from([added, form[1:]]))
    canonical = sorted(set(changed)) != sorted(set(form))
    # Names and values are signed without separators: ("ab", "") and ("a", "b") are one.
    assume(canonical and joined(changed) != joined(form))
    assert not is_signed([KEY], url, changed, signature)
    assert not RequestValidator(TOKEN).validate(url, judge(changed), signature)


def joined(form: list[tuple[str, str]]) -> str:
    return "".join(name + value for name, value in sorted(set(form)))


@pytest.mark.parametrize(
    ("configured", "signed", "believed"),
    [
        ("https://shop.test/in", "https://shop.test:443/in", True),
        ("https://shop.test:443/in", "https://shop.test/in", True),
        ("http://shop.test/in", "http://shop.test:80/in", True),
        ("http://shop.test:80/in", "http://shop.test/in", True),
        ("https://shop.test:8443/in", "https://shop.test:8443/in", True),
        ("https://[::1]/in", "https://[::1]:443/in", True),
        ("https://Shop.Test/in", "https://Shop.Test:443/in", True),
        ("https://u:p@shop.test/in", "https://u:p@shop.test:443/in", True),
        ("https://shop.test:8443/in", "https://shop.test/in", False),
        ("https://shop.test/in", "https://shop.test:80/in", False),
        ("https://shop.test/in", "http://shop.test/in", False),
        ("https://shop.test/in", "https://shop.test/in/", False),
        ("https://shop.test/in", "https://shop.test/in?a=1", False),
        ("https://shop.test/in?a=1", "https://shop.test:443/in?a=1", True),
        ("https://shop.test/in", "https://shop.test/in#rc=5", False),
        ("https://shop.test/in", "https://evil.test/in", False),
    ],
)
def test_the_standard_port_may_be_in_the_url_or_not(
    configured: str, signed: str, believed: bool
) -> None:
    form = [("Body", "hello")]
    assert is_signed([KEY], configured, form, sign(KEY, signed, form)) is believed


def test_the_official_library_has_the_same_two_forms_of_our_url() -> None:
    form = inbound_form()
    for url in url_forms(f"{BASE}/inbound"):
        signature = sign(KEY, url, list(form.items()))
        assert RequestValidator(TOKEN).validate(f"{BASE}/inbound", form, signature)


async def test_an_empty_field_is_part_of_what_is_signed() -> None:
    form = inbound_form("")
    [message] = (await make_adapter().receive("inbound", signed_request(form))).messages
    assert message.text == ""
    renamed = {**form, "Fromcity": ""}
    assert official_signature(BASE, form) != official_signature(BASE, renamed)


async def test_both_tokens_work_while_one_replaces_the_other() -> None:
    adapter = make_adapter(make_config(auth_token_next=OTHER))
    for token in (TOKEN, OTHER):
        request = signed_request(inbound_form(), token=token)
        assert (await adapter.receive("inbound", request)).messages
    with pytest.raises(Refused) as refused:
        await adapter.receive("inbound", signed_request(inbound_form(), token="x" * 32))
    assert refused.value.status == 403


@pytest.mark.parametrize("option", ["auth_token", "auth_token_next"])
@pytest.mark.parametrize("value", ["", "short", " " * 32])
def test_a_token_that_anybody_could_sign_with_is_refused(option: str, value: str) -> None:
    with pytest.raises(ValidationError) as told:
        make_config(**{option: value})
    assert [error["loc"] for error in told.value.errors()] == [(option,)]


async def test_another_account_is_refused_though_the_token_fits() -> None:
    form = inbound_form(AccountSid=ACCOUNT[:-1] + "0")
    with pytest.raises(Refused) as refused:
        await make_adapter().receive("inbound", signed_request(form))
    assert (refused.value.status, "another account" in refused.value.reason) == (403, True)


async def test_a_status_signature_does_not_open_the_other_route() -> None:
    request = signed_request(inbound_form(), route="status")
    with pytest.raises(Refused) as refused:
        await make_adapter().receive("inbound", request)
    assert refused.value.status == 403


async def test_the_address_to_enter_asks_for_retries_and_is_signed_without_that() -> None:
    [route] = [one for one in SPEC.routes if one.enter]
    overrides = route.fragment.removeprefix("#")
    assert dict(one.split("=") for one in overrides.split("&")) == {"rc": "5", "rp": "5xx,ct,rt"}
    signed = f"{BASE}{route.path}"
    form = inbound_form()
    assert is_signed([KEY], f"{BASE}/inbound", list(form.items()), official_signature(signed, form))


def json_request(body: str, signed: str, query: Mapping[str, str]) -> WebhookRequest:
    """A callback that is no form, as the official library signs its address."""
    signature = RequestValidator(TOKEN).compute_signature(signed, {})
    url = f"{BASE}/status"
    return WebhookRequest(
        "POST", url, {"x-twilio-signature": signature}, body.encode(), (), dict(query)
    )


REPORT = json.dumps({"AccountSid": ACCOUNT, "MessageSid": sid(1), "MessageStatus": "delivered"})
DIGEST = hashlib.sha256(REPORT.encode()).hexdigest()
JSON_URL = f"{BASE}/status?bodySHA256={DIGEST}"


async def test_a_callback_in_json_is_believed_by_its_digest() -> None:
    """providers.md: URL carries `bodySHA256`."""
    request = json_request(REPORT, JSON_URL, {"bodySHA256": DIGEST})
    assert RequestValidator(TOKEN).validate(JSON_URL, REPORT, request.headers["x-twilio-signature"])
    [update] = (await make_adapter().receive("status", request)).updates
    assert (update.provider_id, update.status) == (sid(1), DeliveryStatus.DELIVERED)


@pytest.mark.parametrize(
    ("body", "signed", "query"),
    [
        # The official library believes any body when it is given none: we look at it.
        (REPORT.replace("delivered", "failed"), JSON_URL, {"bodySHA256": DIGEST}),
        ("", JSON_URL, {"bodySHA256": DIGEST}),
        (REPORT, f"{BASE}/status", {}),
        (REPORT, f"{BASE}/status", {"bodySHA256": DIGEST}),
        (REPORT, f"{BASE}/status?a=1&bodySHA256={DIGEST}", {"a": "1", "bodySHA256": DIGEST}),
        (REPORT, f"{BASE}/status?bodySHA256=", {"bodySHA256": ""}),
        (REPORT, f"{BASE}/status?a=1", {"a": "1"}),
        (REPORT, f"{BASE}/inbound?bodySHA256={DIGEST}", {"bodySHA256": DIGEST}),
    ],
)
async def test_a_body_that_was_not_signed_is_refused(
    body: str, signed: str, query: Mapping[str, str]
) -> None:
    with pytest.raises(Refused) as refused:
        await make_adapter().receive("status", json_request(body, signed, query))
    assert refused.value.status == 403


@pytest.mark.parametrize("body", ["[]", "no json", '"text"'])
async def test_a_signed_body_that_is_no_object_is_refused(body: str) -> None:
    digest = hashlib.sha256(body.encode()).hexdigest()
    request = json_request(body, f"{BASE}/status?bodySHA256={digest}", {"bodySHA256": digest})
    with pytest.raises(Refused) as refused:
        await make_adapter().receive("status", request)
    assert refused.value.status == 400
