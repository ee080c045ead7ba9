"""A small shop to decide for, and a customer who talks to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from functools import lru_cache

from core.effects import LookUp
from core.identity.rules import DEFAULT_RULES, IdentityRules
from core.message import Assurance, Audience, Author
from core.pipeline.contracts import Effect, NeedEffect, Stages
from core.pipeline.decide import decide, default_stages
from core.pipeline.response.articles import ArticleIndex
from core.playbook.model import Article, Flow, Hours, Intent, Playbook, Slot, Table
from core.secrets import find_secrets
from core.turn import CaseState, Decision, Fact, Recall, Said, Sender, TurnInput
from gateway.intents.training_child import train
from gateway.turns.effects import perform

NOW = datetime(2026, 3, 4, 11, 0, tzinfo=UTC)
"""A Wednesday morning; the shop is open."""

SLOTS = (
    Slot(
        "order_id",
        "order",
        "order number",
        ask=("What is your order number?",),
        offer=("Is this about order {value}?",),
        patterns=(r"#?\b(\d{4})\b",),
        remember=True,
    ),
    Slot("email", "email", "e-mail", ask=("Which e-mail did you order with?",), guest_only=True),
    Slot("name", "name", "name", ask=("What is your name?",)),
    Slot("day", "date", "day", ask=("Which day suits you?",)),
    Slot("reason", "text", "reason", ask=("Why do you want to return it?",), optional=True),
    Slot("card", "secret", "card number", ask=("What is your card number?",), secret="card"),
    Slot("size", "choice", "size", ask=("Which size?",), choices=("small", "medium", "large")),
)
FLOWS = (
    Flow(
        "order_status",
        ("order_id", "email"),
        found=("Order {order_id} is {status}.", "Your parcel {order_id} is {status} right now."),
        look_up="orders",
        missing=("I find no such order with these details.",),
    ),
    Flow("visit", ("name", "day"), found=("See you {day}, {name}.",)),
    Flow("return", ("reason", "size"), found=("Your return is written down.",), escalate="returns"),
    Flow("payment", ("card",), found=("Thank you, the card is checked.",)),
)
INTENTS = (
    Intent(
        "order_status",
        "Where is my order",
        (
            "where is my order",
            "track my parcel",
            "has my package shipped",
            "order status please",
            "when will my order arrive",
        ),
        flow="order_status",
    ),
    Intent(
        "visit",
        "Book a visit",
        ("book a visit", "i want to visit the workshop", "can i come by", "make an appointment"),
        flow="visit",
    ),
    Intent(
        "return",
        "Return something",
        ("i want to return my order", "send back the shirt", "return an item", "how to return"),
        flow="return",
    ),
    Intent(
        "payment",
        "Change the card",
        ("change my card", "new credit card", "update payment card", "replace my card"),
        flow="payment",
    ),
    Intent(
        "opening",
        "Opening hours",
        ("when are you open", "opening hours", "are you open on sunday", "what time do you close"),
        answer="opening",
    ),
    Intent(
        "washing",
        "Washing",
        ("how do i wash the shirt", "can it go in the dryer", "washing instructions", "ironing"),
    ),
    Intent(
        "greeting",
        "greeting",
        ("hello", "hi", "hi there", "hey"),
        answer="greeting",
        small_talk=True,
    ),
    Intent(
        "thanks", "thanks", ("thanks", "thank you", "thx a lot"), answer="thanks", small_talk=True
    ),
    Intent("goodbye", "goodbye", ("bye", "goodbye", "see you"), answer="goodbye", small_talk=True),
)
ROWS = (
    {"order_id": "1042", "email": "robin@example.com", "status": "on its way"},
    {"order_id": "1043", "email": "kim@example.com", "status": "packed"},
)
ARTICLE = Article(
    "washing",
    "How to wash our shirts",
    "https://shop.example/washing",
    "Wash the shirt at 30 degrees. Do not put it in the dryer. Iron it on the left side.",
    ("wash", "dryer", "iron"),
    ("washing",),
)
WORKDAYS = {day: ((time(9), time(17)),) for day in range(5)}

SHOP = Playbook(
    name="shop",
    version="shop-1",
    business="Shirts",
    language="en",
    intents=INTENTS,
    slots={one.name: one for one in SLOTS},
    flows={one.name: one for one in FLOWS},
    answers={"opening": ("We are open from 9 to 17 on weekdays.",)},
    articles=(ARTICLE,),
    rules=(),
    hours=Hours("UTC", WORKDAYS, (date(2026, 12, 25),)),
    tables={
        "orders": Table(
            "orders", ("order_id",), ("order_id", "status"), {"email": "email"}, ("email",), ROWS
        )
    },
)


@lru_cache(maxsize=1)
def stages() -> Stages:
    """The default stages over a model trained on the shop's own examples."""
    rows = [(text, intent.name) for intent in INTENTS for text in intent.examples]
    titles = [(intent.title, intent.name) for intent in INTENTS]
    return default_stages(train(rows, titles, "en"), ArticleIndex(SHOP.articles, "en"))


@dataclass
class Talk:
    """A customer's talk: carries the case from turn to turn as the gateway does."""

    playbook: Playbook = SHOP
    channel: str = "webchat"
    audience: Audience = Audience.ONE
    level: Assurance = Assurance.AUTHENTICATED
    proved: tuple[str, ...] = ("phone:+1",)
    facts: tuple[Fact, ...] = ()
    now: datetime = NOW
    case: CaseState = field(default_factory=CaseState)
    case_id: str | None = None
    in_handoff: bool = False
    case_ended: bool = False
    private_reply: bool = False
    rules: IdentityRules = DEFAULT_RULES
    handle: str = "phone:+1"
    results: dict[str, dict[str, str]] = field(default_factory=dict)
    """What an effect's id, or its first word, results in; look-ups are performed."""
    effects: list[Effect] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)

    def say(self, *texts: str, quick_reply: str | None = None) -> Decision:
        """One turn of these messages; effects are performed with the shop's tables."""
        expecting = self.decisions[-1].expecting if self.decisions else None
        turn = self.turn(*texts, expecting=expecting, quick_reply=quick_reply)
        decision = decide(turn, self.playbook, stages(), lambda: 0)
        for _ in range(4):
            if not isinstance(decision, NeedEffect):
                break
            found = self.perform(decision.effect)
            turn = replace(turn, effects={**turn.effects, decision.effect.id: found})
            decision = decide(turn, self.playbook, stages(), lambda: 0)
        assert isinstance(decision, Decision)
        self.decisions.append(decision)
        self.case, self.case_id = decision.case, "1"
        self.in_handoff = self.in_handoff or decision.escalation is not None
        self.case_ended = decision.close is not None
        return decision

    def perform(self, effect: Effect) -> Mapping[str, str] | None:
        """A row of the shop's, or what the test says that comes of it."""
        if isinstance(effect, LookUp):
            return perform(effect, self.playbook)
        self.effects.append(effect)
        return self.results.get(effect.id) or self.results.get(effect.id.partition(":")[0])

    def hear(self, *texts: str) -> str:
        """The reply's words, or why there is none in angle brackets."""
        decision = self.say(*texts)
        return decision.reply.text if decision.reply is not None else f"<{decision.silent}>"

    def turn(
        self, *texts: str, expecting: str | None = None, quick_reply: str | None = None
    ) -> TurnInput:
        """The turn's input for these messages, secrets already taken out."""
        number = len(self.decisions)
        messages = []
        for at, text in enumerate(texts):
            cleaned, secrets = find_secrets(text, (), b"key", expecting)
            messages.append(
                Said(
                    f"m{number}.{at}",
                    self.now,
                    self.channel,
                    Author.CUSTOMER,
                    cleaned,
                    len(cleaned.split()),
                    self.handle,
                    quick_reply=quick_reply,
                    secrets=secrets,
                )
            )
        return TurnInput(
            id=str(number + 1),
            now=self.now,
            channel=self.channel,
            audience=self.audience,
            sender=Sender(self.handle, self.level, self.proved),
            messages=tuple(messages),
            case_id=self.case_id,
            case=self.case,
            recall=Recall(facts=self.facts),
            in_handoff=self.in_handoff,
            case_ended=self.case_ended,
            private_reply=self.private_reply,
            rules=self.rules,
        )
