"""What a message becomes as SMS: plain parts that Twilio takes, and what each of them costs."""

from __future__ import annotations

import pytest

from core.channel import CannotRender
from core.message import OutboundMessage, QuickReply
from tests.adapters.sms.account import make_adapter


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 1600, [1600]),
        ("…" * 1600, [1600, 1600, 1600]),
        ("ab " * 600, [1598, 200]),
        ("\u0958" * 900, [1600, 200]),
        ("“a” " * 400 + "😀", [1599, 1]),
    ],
    ids=["full", "grows", "words", "decomposes", "mixed"],
)
def test_no_part_is_longer_than_twilio_takes(text: str, parts: list[int]) -> None:
    rendered = make_adapter().render(OutboundMessage(text))
    assert [len(str(one.payload["text"])) for one in rendered] == parts
    assert rendered[0].notes[:-1] == (
        (f"The text is split into {len(parts)} parts.",) if len(parts) > 1 else ()
    )


def test_each_part_is_as_cheap_as_it_can_be() -> None:
    """A picture in the last part is no reason to send the first one in UCS-2."""
    first, last = make_adapter().render(OutboundMessage("“a” " * 400 + "“😀”"))
    assert first.payload["text"] == ('"a" ' * 400).strip()
    assert last.payload["text"] == "“😀”"


def test_a_part_says_what_it_costs() -> None:
    [part] = make_adapter().render(OutboundMessage("“Yes” – *now*…"))
    assert part.payload == {"text": '"Yes" - now...'}
    assert part.notes == ("Emphasis is dropped.", "1 SMS segment (GSM-7)")
    [part] = make_adapter().render(OutboundMessage("😀" * 36))
    assert part.notes == ("2 SMS segments (UCS-2)",)


def test_who_writes_stands_before_the_text_and_choices_below() -> None:
    message = OutboundMessage("- a\n- b", (QuickReply("Yes", "y"),), author_name="*Ann*")
    [part] = make_adapter().render(message)
    assert part.payload["text"] == "*Ann*: - a\n- b\n1. Yes"


@pytest.mark.parametrize("text", ["", " ", "\u200b", "[a]: https://e.test"])
def test_an_empty_text_is_refused_before_twilio_does(text: str) -> None:
    with pytest.raises(CannotRender, match="Nothing of this text"):
        make_adapter().render(OutboundMessage(text))
