"""Who plays a dialogue: with a phone, a mail address, a web login and a Slack user of its own.

Everything follows from the dialogue's id and a seed: two runs meet the same customers, and no
two dialogues share one. Pure; nothing here reads a file or talks to a channel.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

AREA_CODES = (
    "202", "206", "212", "213", "215", "216", "303", "305", "312", "313", "314", "317",
    "402", "404", "410", "412", "414", "415", "503", "504", "512", "513", "602", "612",
    "614", "615", "617", "702", "704", "713", "716", "801", "808", "816", "901", "919",
)  # fmt: skip

FILLERS = (
    "By the way, the weather here is lovely today.",
    "Sorry, my dog barked just now.",
    "One moment, somebody is at the door.",
    "I am on the train, so I may be slow to write.",
    "My neighbour is mowing the lawn again, it is quite loud.",
    "I just made myself a cup of tea.",
    "It has been a long day, I must say.",
    "Traffic was terrible this morning.",
    "My phone is nearly out of battery, let me plug it in.",
    "I am writing this from the kitchen table.",
    "The kids are home early from school.",
    "It started to rain here just now.",
    "I had to put my glasses on first.",
    "There was a nice song on the radio a minute ago.",
    "My sister says hello, she sits next to me.",
    "I am back, the kettle was boiling.",
    "We are having soup tonight.",
    "The cat walked over my keyboard, excuse me.",
    "I was up far too late last night.",
    "What a week this has been so far.",
)


WORKSPACE = "T0REPLAYED"
"""The Slack workspace that everybody is a member of."""


@dataclass(frozen=True, slots=True)
class Person:
    """The addresses of one dialogue's customer: E.164 phone, mail, web login, Slack user."""

    phone: str
    email: str
    login: str
    slack: str


def cast_people(ids: Iterable[str], seed: int) -> Mapping[str, Person]:
    """One person for each dialogue id, all addresses distinct.

    A number already given to another id is drawn again. Ids are taken in sorted order, so the cast
    does not depend on the order of the file.
    """
    people: dict[str, Person] = {}
    taken: set[str] = set()
    for id_ in sorted(set(ids)):
        attempt = 0
        while (phone := _phone(_digest(seed, id_, attempt))) in taken:
            attempt += 1
        taken.add(phone)
        tag = _digest(seed, id_, 0)[:5].hex()
        people[id_] = Person(
            phone,
            f"guest-{tag}-{phone[-4:]}@example.com",
            f"guest-{tag}{phone[2:]}",
            f"U{tag}{phone[2:]}".upper(),
        )
    return people


def pick_fillers(id_: str, seed: int, count: int) -> tuple[str, ...]:
    """`count` unrelated sentences for a dialogue; none is repeated before all were used."""
    ranked = sorted(FILLERS, key=lambda text: _digest(seed, id_ + text, 0))
    return tuple(ranked[n % len(ranked)] for n in range(count))


def _digest(seed: int, text: str, attempt: int) -> bytes:
    return hashlib.sha256(f"{seed}\n{text}\n{attempt}".encode()).digest()


def _phone(digest: bytes) -> str:
    """A valid number of the North American plan: an area in use, an exchange 200 to 999, not N11.

    Exchange 555 is left out: most of it is reserved (ATIS-0300115).
    """
    drawn = int.from_bytes(digest[:8], "big")
    area = AREA_CODES[drawn % len(AREA_CODES)]
    exchange = 200 + drawn // 64 % 800
    if exchange % 100 == 11 or exchange == 555:
        exchange += 1
    return f"+1{area}{exchange}{drawn // 65536 % 10000:04d}"
