"""Who a mail says it is from: one address, or none with the reason. providers.md, E-mail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.email.parsing.headers import Address, addresses, date_of, ids, normal, words
from tests.adapters.email.letters import ANN, raw_mail, read


def test_two_from_fields_are_both_seen_and_flagged() -> None:
    """[T] `msg['From']` silently returns the first of two."""
    mail = read(raw_mail("hi", ("From", "bob@evil.example")))
    assert [one.address for one in mail.senders] == ["bob@evil.example", ANN]
    assert mail.sender is None and "several From fields" in (mail.sender_fault or "")


def test_two_from_fields_are_flagged_also_when_one_is_written_the_old_way() -> None:
    """RFC 5322, section 4.5: white space may stand before the colon."""
    assert read(raw_mail("hi", ("From ", "bob@evil.example"))).sender is None


def test_two_equal_from_fields_are_flagged_too() -> None:
    assert read(raw_mail("hi", ("From", ANN))).sender is None


@pytest.mark.parametrize(
    "value",
    [
        "a@x.example, b@y.example",
        "<a@x.example> <b@y.example>",
        "<a@x.example> b@y.example",
        "alice@example.org)bob@evil.example",
        "alice@example.org (bob@evil.example",
        "alice@example.org bob@evil.example",
        'alice@example.org" <bob@evil.example>',
        "Doe, John <john@x.example>",
        "friends: a@x.example;",
        "evil@x.example: victim@y.example",
        "al(x)ice@example.org",
        "a@x.example <",
        "a@x.example\\",
    ],
)
def test_a_from_that_is_not_one_address_names_nobody(value: str) -> None:
    """[T] `parseaddr` gives a@x.com, and alice@example.org, for two of these."""
    mail = read(raw_mail(sender=value))
    assert mail.sender is None
    assert mail.sender_fault is not None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("ann@x.example", Address("ann@x.example")),
        ("<Ann@X.Example>", Address("ann@x.example")),
        ("Ann Bee <ann@x.example>", Address("ann@x.example", "Ann Bee")),
        ('"Bee, Ann" <ann@x.example>', Address("ann@x.example", "Bee, Ann")),
        ("Ann B. <ann@x.example> (home)", Address("ann@x.example", "Ann B.")),
        ("ann@x.example (Ann (B) Bee)", Address("ann@x.example")),
        ("(home) ann@x.example", Address("ann@x.example")),
        ("=?utf-8?q?J=C3=BCrgen?= <j@x.example>", Address("j@x.example", "Jürgen")),
        ("Jürgen <j@x.example>", Address("j@x.example", "Jürgen")),
        ("=?utf-8?q?a=2C_b?= <j@x.example>", Address("j@x.example", "a, b")),
        ("Ann\r\n <ann@x.example>", Address("ann@x.example", "Ann")),
        ('"ann bee"@x.example', Address('"ann bee"@x.example')),
        ("ann@bücher.example", Address("ann@xn--bcher-kva.example")),
        ("ännchen@x.example", Address("ännchen@x.example")),
        ('"O\\"Neill" <o@x.example>', Address("o@x.example", 'O"Neill')),
        ("<ann@x.example>,", Address("ann@x.example")),
    ],
)
def test_one_address_is_read_in_every_way_it_is_written(value: str, expected: Address) -> None:
    assert read(raw_mail(sender=value)).sender == expected


@pytest.mark.parametrize(
    "name",
    ["support@bank.example", '"support@bank.example"', "=?utf-8?q?support=40bank.example?="],
)
def test_a_name_that_looks_like_an_address_is_not_shown(name: str) -> None:
    """[T] The display name may be an e-mail address: never show it as the address."""
    sender = read(raw_mail(sender=f"{name} <bob@evil.example>")).sender
    assert sender == Address("bob@evil.example")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ann",
        "@x.example",
        "ann@",
        "ann@@x.example",
        "a b@x.example",
        "ann@x..example",
        "ann@-x.example",
        "ann@[127.0.0.1]",
        ".ann@x.example",
        "ann\x00@x.example",
        "ann\u200b@x.example",
        "ann@x.example\u202e",
        f"{'a' * 250}@x.example",
        "ann@" + "ü" * 300,
    ],
)
def test_what_is_no_address_has_no_form(address: str) -> None:
    assert normal(address) is None


def test_a_broken_list_still_tells_who_else_may_read() -> None:
    found = addresses(["a@x.example b@y.example,, <c@z.example"])
    assert not found.sound
    assert [one.address for one in found.addresses] == [
        "a@x.example",
        "b@y.example",
        "c@z.example",
    ]


def test_a_group_gives_its_members() -> None:
    found = addresses(["team: a@x.example, B <b@x.example>;, c@x.example", "hidden:;"])
    assert found.sound
    assert [one.address for one in found.addresses] == ["a@x.example", "b@x.example", "c@x.example"]


@given(st.text(alphabet=st.sampled_from('a@.<>(),;:"\\ é\t='), max_size=40))
def test_any_text_is_read_as_addresses_without_an_error(value: str) -> None:
    for one in addresses([value]).addresses:
        assert one.address == normal(one.address)


def test_ids_are_taken_as_they_stand() -> None:
    """[T] `policy.default` parses a malformed `Message-ID: <x y@z>` into `<x`."""
    mail = read(
        raw_mail(
            "hi",
            ("References", "<a@x>\r\n\t<b c@y>,<d>"),
            ("In-Reply-To", "Your mail of today <b c@y>"),
            message_id="<x y@z>",
        )
    )
    assert mail.message_id == "<x y@z>"
    assert mail.references == ("<a@x>", "<b c@y>", "<d>")
    assert mail.in_reply_to == ("<b c@y>",)


@pytest.mark.parametrize("value", ["", "no-brackets@x", "<>", f"<{'a' * 600}@x>"])
def test_an_id_that_is_none_is_not_made_up(value: str) -> None:
    assert ids([value]) == ()


def test_a_flood_of_ids_is_bounded() -> None:
    assert len(ids(["".join(f"<{n}@x>" for n in range(5000))])) == 200


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Fri, 15 Jan 2027 07:30:00 +0100", "2027-01-15T06:30:00+00:00"),
        ("15 Jan 27 07:30 GMT", "2027-01-15T07:30:00+00:00"),
        ("Fri, 15 Jan 2027 07:30:00", "2027-01-15T07:30:00+00:00"),
        ("Fri, 15 Jan 2027\r\n 07:30:00 -0000 (UTC)", "2027-01-15T07:30:00+00:00"),
    ],
)
def test_a_date_is_read_in_utc(value: str, expected: str) -> None:
    at = date_of(value)
    assert at is not None and at.isoformat() == expected


@pytest.mark.parametrize(
    "value", ["", "yesterday", "Fri, 99 Jan 2027 07:30:00 +0100", "1 Jan 0000 00:00 +9999", ":"]
)
def test_a_date_that_makes_no_sense_is_none(value: str) -> None:
    assert date_of(value) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "plain"),
        ("=?utf-8?b?w6TDtsO8?= and =?iso-8859-1?q?=E9?=", "äöü and é"),
        ("=?utf-8?q?a?=\r\n =?utf-8?q?b?=", "ab"),
        ("=?x-unknown?q?caf=E9?=", "café"),
        ("=?utf-8?b?broken", "=?utf-8?b?broken"),
        ("=?utf-8?b?/?=", "=?utf-8?b?/?="),
        ("a\x00b\x07\r\n c", "ab c"),
        ("kör", "kör"),
    ],
)
def test_words_of_a_field_are_decoded(value: str, expected: str) -> None:
    assert words(value) == expected


def test_fields_that_are_not_ascii_are_read_as_utf_8_or_latin_1() -> None:
    assert read(raw_mail(subject="schön")).subject == "schön"
    raw = raw_mail().replace(b"An order", "schön".encode("latin-1"))
    assert read(raw).subject == "schön"
