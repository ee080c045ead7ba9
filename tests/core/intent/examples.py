"""A small shop's examples: eight intents of twelve sentences, titles, and turns to classify."""

from __future__ import annotations

from datetime import UTC, datetime, time

from core.message import Assurance, Audience, Author
from core.playbook.model import Hours, Intent, Playbook
from core.turn import CaseState, Recall, Said, Sender, TurnInput

_SENTENCES: dict[str, tuple[str, str]] = {
    "order_status": (
        "Where is my order",
        "where is my order|when will my parcel arrive|track my package|has my order shipped yet|"
        "what's the status of order 1042|my delivery has not come|where is my stuff|"
        "I'm still waiting for my parcel|is my order on its way|can you check where my package is|"
        "delivery status please|it should have been here yesterday",
    ),
    "return_item": (
        "Return an item",
        "I want to return this|how do I send it back|the shoes don't fit, I'd like to return them|"
        "can I give it back|start a return|return label please|I'd like my money back|"
        "wrong size, want to return|I changed my mind about the jacket|refund for the boots|"
        "please take this back|how can I return my order",
    ),
    "cancel_order": (
        "Cancel an order",
        "cancel my order|I want to cancel|please stop my order|can I still cancel order 1042|"
        "don't send it, cancel please|I ordered by mistake|cancel the purchase|"
        "I need to call off my order|I no longer want it, cancel|is it too late to cancel|"
        "undo my order|please cancel what I bought this morning",
    ),
    "change_address": (
        "Change the delivery address",
        "change my address|I moved, please update my address|deliver it to a different address|"
        "wrong address on my order|can you ship it to my office instead|new delivery address|"
        "I gave the wrong street|update the shipping address|send it to another address|"
        "my postcode is wrong|I need to correct the address|please change where it is delivered",
    ),
    "opening_hours": (
        "Opening hours",
        "when are you open|what are your opening hours|are you open on sunday|"
        "what time do you close|is the shop open today|opening times please|"
        "until when can I come by|are you open on holidays|when does the store open|"
        "are you closed on monday|how late are you open|business hours",
    ),
    "payment_problem": (
        "Problem with a payment",
        "my payment failed|my card was declined|I was charged twice|why was I charged|"
        "the payment does not go through|there is a wrong amount on my card|paypal is not working|"
        "I can't pay|double charge on my account|the checkout refuses my card|"
        "my invoice is wrong|you took the money two times",
    ),
    "hello": (
        "Greeting",
        "hello|hi|hey there|good morning|good evening|hi there|hello, anyone there|hey|"
        "good afternoon|greetings|hiya|hello how are you",
    ),
    "thanks": (
        "Thanks",
        "thanks|thank you|thank you so much|great, thanks|cheers|that helped, thank you|"
        "perfect, thanks a lot|many thanks|thx|thanks for your help|awesome thank you|ok thanks",
    ),
}

EXAMPLES = tuple(
    (text, intent) for intent, (_, texts) in _SENTENCES.items() for text in texts.split("|")
)
TITLES = tuple((title, intent) for intent, (title, _) in _SENTENCES.items())

PLAYBOOK = Playbook(
    name="shop",
    version="1",
    business="A shop",
    language="en",
    intents=tuple(
        Intent(name=name, title=title, examples=tuple(texts.split("|")))
        for name, (title, texts) in _SENTENCES.items()
    ),
    slots={},
    flows={},
    answers={},
    articles=(),
    rules=(),
    hours=Hours(timezone="UTC", week={0: ((time(9), time(17)),)}),
)

NOW = datetime(2030, 1, 7, 12, tzinfo=UTC)


def turn(*texts: str, quick_reply: str | None = None) -> TurnInput:
    """A turn of these messages; the last one carries the quick reply."""
    messages = tuple(
        Said(
            id=str(at),
            at=NOW,
            channel="sms",
            author=Author.CUSTOMER,
            text=text,
            tokens=len(text.split()),
            handle="phone:+15550100",
            quick_reply=quick_reply if at == len(texts) - 1 else None,
        )
        for at, text in enumerate(texts)
    )
    return TurnInput(
        id="1",
        now=NOW,
        channel="sms",
        audience=Audience.ONE,
        sender=Sender(handle="phone:+15550100", level=Assurance.AUTHENTICATED),
        messages=messages,
        case_id=None,
        case=CaseState(),
        recall=Recall(),
    )
