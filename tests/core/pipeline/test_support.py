"""What a model words must stand in its sources: nothing added, nothing turned round."""

from __future__ import annotations

import pytest

from core.pipeline.model.support import Support

RETURNS = (
    "You can return anything unused within 30 days of delivery, whatever the reason.",
    "Pack it well and put a slip with your order number inside.",
    "Returns within the UK are free: we pay back your postage of up to £7.",
    "A refund takes 5 working days from the day the parcel reaches us.",
    "Things made to your measure and opened light bulbs cannot be returned unless they are faulty.",
    "Never put the parcel in front of our door.",
)
ASKED = "My lamp arrived broken, may I send back the opened bulbs with it?"
GERMAN = (
    "Sie können alles Unbenutzte innerhalb von 30 Tagen zurückgeben.",
    "Geöffnete Leuchtmittel können nicht zurückgegeben werden.",
)


@pytest.fixture(scope="module", name="returns")
def support() -> Support:
    """The article on returns, and a question about it."""
    return Support(RETURNS, ASKED, "en")


@pytest.mark.parametrize(
    "sentence",
    [
        "You can send back unused things within 30 days of delivery, no matter why.",
        "I am sorry to hear that your lamp arrived broken.",
        "Opened bulbs cannot be returned unless they are faulty.",
        "We can't take back opened light bulbs unless they're faulty.",
        "Just pack it well, and add a slip with your order number.",
        "Your refund takes 5 working days once the parcel has reached us.",
        "Please don't leave the parcel in front of our door.",
        "Pack it well, and never put it in front of our door.",
        "Happy to help!",
    ],
)
def test_the_same_in_other_words_holds(returns: Support, sentence: str) -> None:
    assert returns.holds(sentence)
    assert not returns.turned_round(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Opened light bulbs can be returned.",
        "You can return things that were made to your measure.",
        "Returns within the UK are not free.",
        "We never pay back your postage.",
        "You cannot return anything unused within 30 days of delivery.",
        "Put the parcel in front of our door.",
    ],
)
def test_what_a_source_denies_is_not_said_and_the_other_way_round(
    returns: Support, sentence: str
) -> None:
    assert returns.turned_round(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Our courier picks it up tomorrow evening at your place.",
        "The manager has agreed to an exception in your case.",
        "Yes, that is possible.",
        "Of course.",
        "Sure, you can.",
        "That is all right with us.",
        "Lamps are repaired in our workshop by hand.",
    ],
)
def test_what_stands_nowhere_is_not_said(returns: Support, sentence: str) -> None:
    assert not returns.holds(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "A refund takes 30 days.",
        "Unused things can be returned within five days.",
        "Your refund takes 30 working days, and unused things come back within 5 days.",
        "On Saturday we open from 9:00 to 17:00.",
    ],
)
def test_a_number_is_not_given_to_something_else(sentence: str) -> None:
    hours = "We are open from 9:00 to 17:00 on Monday, and from 10:00 to 16:00 on Saturday."
    assert Support((*RETURNS, hours), ASKED, "en").misplaces(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Your refund takes five working days, and unused things come back within 30 days.",
        "On Monday we open from 9:00 to 17:00, on Saturday from 10:00 to 16:00.",
        "It takes 5 days.",
    ],
)
def test_a_number_stays_with_what_it_is_of(sentence: str) -> None:
    hours = "We are open from 9:00 to 17:00 on Monday, and from 10:00 to 16:00 on Saturday."
    assert not Support((*RETURNS, hours), ASKED, "en").misplaces(sentence)


@pytest.mark.parametrize(
    ("text", "leaves_out"),
    [
        ("Wash it at 30 degrees, and keep it out of the dryer.", True),
        ("Wash it at 30 degrees, but never put it in the dryer.", False),
        ("Do not use the dryer. Wash it at 30 degrees.", False),
        ("Never iron it. Wash it at 30 degrees.", True),
    ],
)
def test_a_restriction_is_not_left_out(text: str, leaves_out: bool) -> None:
    draft = "Wash the shirt at 30 degrees. Do not put it in the dryer."
    assert Support((draft,), "how do I wash it", "en").leaves_out(text, draft) is leaves_out


def test_it_knows_other_languages() -> None:
    german = Support(GERMAN, "Kann ich die Glühbirnen zurückgeben?", "de")
    assert german.holds("Unbenutztes können Sie innerhalb von 30 Tagen zurückgeben.")
    assert not german.turned_round("Unbenutztes können Sie innerhalb von 30 Tagen zurückgeben.")
    assert german.turned_round("Geöffnete Leuchtmittel können zurückgegeben werden.")
    assert not german.holds("Natürlich, das geht.")
    assert not german.holds("Unser Fahrer holt das Paket morgen bei Ihnen ab.")
