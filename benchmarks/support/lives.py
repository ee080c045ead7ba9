"""Lets customers of the support corpus live through scenes, by chance that is the same every time.

It decides who writes what, when and from where, and asks nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from benchmarks.support.scenes import Asked, Scene, Stock

SEED = 20_261
START = datetime(2023, 4, 3, 8, 0, tzinfo=UTC)
REPEATED = ("moved", "new-number", "sizes", "subscription")
"""Scenes whose fact supersedes the one before."""
MOMENT = "%Y-%m-%dT%H:%M"
STRANGER = "chat:guest"
"""The handle of somebody else, joined to the customer by mistake and parted again."""

_FORMS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "en": {"": {}},
    "de": {
        "m": {
            "der": "der",
            "den": "den",
            "dem": "dem",
            "mein": "mein",
            "ein4": "einen",
            "er": "er",
        },
        "f": {
            "der": "die",
            "den": "die",
            "dem": "der",
            "mein": "meine",
            "ein4": "eine",
            "er": "sie",
        },
        "n": {
            "der": "das",
            "den": "das",
            "dem": "dem",
            "mein": "mein",
            "ein4": "ein",
            "er": "es",
        },
    },
    "fr": {
        "m": {"le": "le", "du": "du", "mon": "mon", "un": "un"},
        "f": {"le": "la", "du": "de la", "mon": "ma", "un": "une"},
    },
}
_PEOPLE = {"en": ("Rosa", "Gareth"), "de": ("Silke", "Bernd"), "fr": ("Odile", "Karim")}
_HERE_IS = {"en": "It's {} here. ", "de": "Hier ist {}. ", "fr": "Ici {}. "}
_WORD = re.compile(r"\b[^\W\d_]{6,}\b")


@dataclass(slots=True)
class Played:
    """A scene as it was played: its values, and the ids of its turns once they have some."""

    scene: Scene
    values: dict[str, str]
    handle: str
    ids: list[str] = field(default_factory=list)
    speakers: list[str | None] = field(default_factory=list)
    handles: list[str] = field(default_factory=list)

    def evidence(self, asked: Asked) -> list[str]:
        """The ids of the turns a question is about."""
        return [self.ids[turn - 1] for turn in asked.turns]


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is written down."""

    kind: str
    text: str
    evidence: Sequence[str]


class Life:
    """One customer's history under way."""

    def __init__(self, stock: Stock, number: int) -> None:
        self.stock, self.number = stock, number
        self.chance = Random(f"{SEED}:{stock.language}:{number}")
        self.products = list(stock.products)
        self.chance.shuffle(self.products)
        self.order = self.chance.choice(("{}", "NW-{}", "#{}", "{}-B"))
        self.used: Counter[str] = Counter()
        self.at = START + timedelta(days=self.chance.randint(0, 200))
        self.parts: list[tuple[datetime, Played, int, str]] = []
        self.played: list[Played] = []
        self.household = number % 6 == 2
        self.merged = number % 6 == 4
        self.stranger = number % 6 == 5

    def live(self) -> None:
        """Play as many scenes as fill the sessions this customer has."""
        chance, scenes = self.chance, list(self.stock.scenes)
        wanted = chance.choice((5, 7, 9, 12, 15, 18, 22, 26, 30, 35, 40))
        plan: list[Scene] = []
        while sum(len(one.parts) for one in plan) < wanted:
            chance.shuffle(scenes)
            plan += scenes
            if wanted > 10:
                again = [one for one in scenes if one.name in REPEATED]
                plan += chance.sample(again, min(2, len(again)))
        total = 0
        kept = []
        for scene in plan:
            if total + len(scene.parts) <= wanted:
                kept.append(scene)
                total += len(scene.parts)
        chance.shuffle(kept)
        for scene in kept:
            self.play(scene, self._handle(scene.parts[0][0], len(self.parts) > wanted // 2))
        if self.stranger:
            for scene in chance.sample([one for one in scenes if len(one.parts) == 1], 3):
                self.play(scene, STRANGER)

    def _handle(self, channel: str, late: bool) -> str:
        return f"{channel}:second" if self.merged and late else f"{channel}:own"

    def play(self, scene: Scene, handle: str) -> None:
        """Let a scene happen some days after the one before."""
        chance = self.chance
        self.at += timedelta(days=chance.randint(3, 38))
        one = Played(scene, self._values(self.at), handle)
        self.played.append(one)
        for part, (channel, _) in enumerate(scene.parts):
            days = part * chance.randint(8, 15)
            at = self.at + timedelta(days=days, minutes=chance.randint(0, 720))
            self.parts.append((at, one, part, channel))

    def _values(self, at: datetime) -> dict[str, str]:
        chance, given = self.chance, self.stock.values
        if not self.products:
            self.products = list(self.stock.products)
        gender, name, thing, fault = self.products.pop()
        self.used[thing] += 1
        values = {
            key: chance.choice(some)
            for key, some in given.items()
            if key not in ("months", "amount")
        }
        english = self.stock.language == "en"
        hour = chance.randint(1, 6)
        n = chance.randint(3, 7)
        letter = chance.randrange(6)
        company = values.get("company", "x").lower().split()[0]
        return {
            **values,
            **_FORMS[self.stock.language][gender],
            "product": name,
            "thing": thing,
            "fault": fault,
            "day2": chance.choice([day for day in given["day"] if day != values["day"]]),
            "order": self.order.format(chance.randint(20_000, 99_999)),
            "order2": self.order.format(chance.randint(20_000, 99_999)),
            "track": f"JD{chance.randint(10**7, 10**8 - 1)}",
            "case": f"C{chance.randint(100_000, 999_999)}",
            "police": f"{chance.randint(1000, 9999)}/{at.year}",
            "code": f"{chance.choice('KQWXZ')}{chance.randint(1000, 9999)}",
            "tax": f"{self.stock.language.upper()}{chance.randint(10**8, 10**9 - 1)}",
            "last4": f"{chance.randint(1000, 9999)}",
            "phone": f"07{chance.randint(10**8, 10**9 - 1)}",
            "mail": f"{chance.choice(('books', 'office', 'post'))}@{company}.example",
            "number": f"{chance.randint(1, 120)}",
            "n": f"{n}",
            "n2": f"{n - 2}",
            "size": f"{chance.randint(36, 39)}",
            "size2": f"{chance.randint(40, 45)}",
            "letter": "ABCDEF"[letter],
            "letter2": "GHJKLM"[letter],
            "hour": f"{hour} pm" if english else f"{hour + 12}",
            "amount": given["amount"].format(chance.randint(12, 190), chance.randint(1, 9)),
            "amount2": given["amount"].format(chance.randint(5, 11), chance.randint(1, 9)),
            "nextmonth": given["months"][at.month % 12],
        }

    def sessions(self) -> list[dict[str, Any]]:
        """What was said, oldest first. Gives the turns of all scenes their ids."""
        found: list[dict[str, Any]] = []
        turns: dict[int, int] = {}
        for at, one, part, channel in sorted(self.parts, key=lambda row: (row[0], row[2])):
            number = len(found) + 1
            handle = one.handle if one.handle == STRANGER else _on(one.handle, channel)
            speaker = self._speaker(channel)
            said: list[dict[str, Any]] = []
            for line in one.scene.parts[part][1]:
                text = self._say(self.chance.choice(line.wordings).format(**one.values), line.by)
                if speaker and not said:
                    text = _HERE_IS[self.stock.language].format(speaker) + text
                said.append({"id": f"{number}.{len(said) + 1}", "by": line.by, "text": text})
                one.speakers.append(speaker)
                one.handles.append(handle)
            one.ids += [turn["id"] for turn in said]
            turns[number] = len(said)
            found.append(
                {
                    "at": at.strftime(MOMENT),
                    "channel": channel,
                    "handle": handle,
                    "turns": said,
                }
            )
        return found

    def _speaker(self, channel: str) -> str | None:
        """Who of two people that share a phone is writing."""
        if not self.household or channel != "sms":
            return None
        return self.chance.choice(_PEOPLE[self.stock.language])

    def _say(self, text: str, by: str) -> str:
        """As it is typed: customers mistype a word now and then, and some never use capitals."""
        if by != "customer":
            return text
        if self.chance.random() < 0.14:
            text = _mistyped(text, self.chance)
        return text.lower() if self.number % 5 == 3 else text

    def events(self) -> list[dict[str, Any]]:
        """When handles were joined and parted."""
        if self.merged:
            moment = (self.at + timedelta(days=40)).strftime(MOMENT)
            return [{"at": moment, "what": "merged", "handles": ["own", "second"]}]
        if self.stranger:
            joined, parted = (self.at + timedelta(days=days) for days in (41, 43))
            return [
                {"at": moment.strftime(MOMENT), "what": what, "handles": [STRANGER]}
                for moment, what in ((joined, "merged"), (parted, "unmerged"))
            ]
        return []


def _on(handle: str, channel: str) -> str:
    """A scene's second part is written from another handle of the same person."""
    return f"{channel}:{handle.partition(':')[2]}"


def _mistyped(text: str, chance: Random) -> str:
    """One longer word with two letters swapped, one left out, or one doubled."""
    words = list(_WORD.finditer(text))
    if not words:
        return text
    word = chance.choice(words)
    at = chance.randrange(word.start() + 1, word.end() - 2)
    wrong = chance.choice((text[at + 1] + text[at], text[at + 1], text[at] * 2 + text[at + 1]))
    return text[:at] + wrong + text[at + 2 :]
