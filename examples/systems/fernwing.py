"""What Fernwing's booking system knows, allows and does, by its policy.

As in `maplestead`, each deed has a look-up beside it, and goes through its checks again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from .books import LARGE, Answer, Asked, Books, Deed, Record, Refused, listed, money, plain

DAYS = "the way you paid, within 5 to 7 business days"
FREE_HOURS = timedelta(hours=24)
BAG_PRICE = 50.0
FREE_BAGS: Mapping[str, Mapping[str, int]] = {
    "regular": {"basic economy": 0, "economy": 1, "business": 2},
    "silver": {"basic economy": 1, "economy": 2, "business": 3},
    "gold": {"basic economy": 2, "economy": 3, "business": 3},
}
"""Checked bags for each passenger, by membership and cabin."""

_INSURED = re.compile(
    r"\b(?:health|ill(?:ness)?|sick|injur\w*|surgery|doctor|weather|storm|snow)\b", re.I
)
"""Reasons that the insurance covers, in the words in which they are told."""

_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}


def booking(books: Books, asked: Asked) -> Answer:
    """A booking, for its owner or for a guest who knows the surname in it."""
    found = _found(books, asked, guests=True)
    flight = f"{found['flight']} on {_day(found['day'])}"
    return {"trip": found["trip"], "status": found["status"], "flights": flight}


def bookings(books: Books, asked: Asked) -> Answer:
    """All bookings of a traveller, for nobody else."""
    known = books.owners("traveller", asked.proved)
    if not known:
        raise Refused
    return {"bookings": _bookings(books, known)}


def may_cancel(books: Books, asked: Asked) -> Answer:
    """What comes back when a booking is cancelled, if its fare and the reason allow it."""
    found = _unflown(books, asked)
    if found["status"] == "cancelled at your wish":
        raise Refused("cancelled_already")
    young = asked.now - datetime.fromisoformat(found["made"]) <= FREE_HOURS
    covered = found["insured"] and _INSURED.search(asked["reason"]) is not None
    ours = found["status"] == "cancelled by us"
    if not (young or ours or covered or found["cabin"] == "business"):
        raise Refused("fare", fare=found["cabin"])
    if found["price"] > LARGE["fernwing"]:
        raise Refused("large_sum")
    return {"trip": found["trip"], "refund": money(found["price"]), "way": DAYS}


def cancel_booking(books: Books, asked: Asked) -> Answer:
    """Cancels a booking as a whole."""
    may_cancel(books, asked)
    books.change("booking", _found(books, asked), status="cancelled at your wish")
    return {}


def may_change(books: Books, asked: Asked) -> Answer:
    """The flight of another day on the same route, and what it costs more or less."""
    found = _unflown(books, asked)
    if found["cabin"] == "basic economy":
        raise Refused("basic_economy")
    if not asked["new_day"]:
        # Another wish than for another day is for people.
        raise Refused("other_change")
    free = _flights(books, found)
    wanted = [one for one in free if _iso(one["day"]) == asked["new_day"]]
    if not wanted:
        days = listed([_day(one["day"]) for one in free]) if free else "no other day yet"
        raise Refused("new_day", days=days)
    [new, *_] = wanted
    more = (new["price"][found["cabin"]] - found["fare"]) * found["passengers"]
    return {
        "trip": found["trip"],
        "new_flight": f"{new['flight']} on {_day(new['day'])}",
        "difference": _difference(more),
    }


def change_flight(books: Books, asked: Asked) -> Answer:
    """Books a trip over to another day."""
    may_change(books, asked)
    found = _found(books, asked)
    [new, *_] = [one for one in _flights(books, found) if _iso(one["day"]) == asked["new_day"]]
    fare = new["price"][found["cabin"]]
    moved = {"flight": new["flight"], "day": new["day"], "fare": fare, "status": "confirmed"}
    books.change("booking", found, **moved, price=fare * found["passengers"])
    books.change("flight", new, seats=new["seats"] - found["passengers"])
    return {}


def may_add_bags(books: Books, asked: Asked) -> Answer:
    """How many bags there would be, and what the new ones cost by membership and cabin."""
    found = _unflown(books, asked)
    added = _number(asked["bags"])
    if not added:
        raise Refused("bags")
    owner = books.get("traveller", found["traveller"])
    assert owner is not None
    free = FREE_BAGS[owner["membership"]][found["cabin"]] * found["passengers"]
    total = found["bags"] + added
    paid = max(0, total - max(free, found["bags"]))
    return {"total": str(total), "price": f"{money(paid * BAG_PRICE)} more" if paid else "free"}


def add_bags(books: Books, asked: Asked) -> Answer:
    """Adds bags. None is ever taken out."""
    total = int(may_add_bags(books, asked)["total"])
    books.change("booking", _found(books, asked), bags=total)
    return {}


DEEDS: Mapping[str, Deed] = {
    one.__name__: one
    for one in (
        booking,
        bookings,
        may_cancel,
        cancel_booking,
        may_change,
        change_flight,
        may_add_bags,
        add_bags,
    )
}


def _found(books: Books, asked: Asked, *, guests: bool = False) -> Record:
    """The booking that is asked about, if it is the sender's."""
    known = books.owners("traveller", asked.proved)
    if not asked["reservation_id"] and known:
        raise Refused("reservation_id", bookings=_bookings(books, known))
    found = books.get("booking", asked["reservation_id"])
    if found is not None and found["traveller"] in known:
        return found
    if not guests and asked["user_id"]:
        # Whether that is the traveller's is not told: people look.
        raise Refused("unknown_address")
    if found is None or not (guests and plain(asked["surname"]) == plain(found["surname"])):
        raise Refused
    return found


def _unflown(books: Books, asked: Asked) -> Record:
    """The sender's booking, if no part of it is flown."""
    found = _found(books, asked)
    if found["status"] == "flown in part":
        raise Refused("flown_in_part")
    return found


def _flights(books: Books, found: Record) -> list[Record]:
    """The flights of other days on the route of a booking that have seats for it, in order."""
    route = [one for one in books.all("flight") if one["trip"] == found["trip"]]
    free = [one for one in route if one["seats"] >= found["passengers"]]
    others = [one for one in free if _iso(one["day"]) != _iso(found["day"])]
    return sorted(others, key=lambda one: str(one["day"]))


def _number(told: str) -> int:
    digits = re.search(r"\d+", told)
    if digits is not None:
        return int(digits[0])
    return next((number for word, number in _NUMBERS.items() if word in told.casefold()), 0)


def _difference(more: float) -> str:
    if more > 0:
        return f"{money(more)} more"
    return f"with {money(-more)} back" if more < 0 else "at the same price"


def _bookings(books: Books, travellers: set[str]) -> str:
    mine = [one for one in books.all("booking") if one["traveller"] in travellers]
    return listed([f"{one['id']} ({one['trip']})" for one in mine]) if mine else "none yet"


def _iso(day: str) -> str:
    return datetime.fromisoformat(day).date().isoformat()


def _day(day: str) -> str:
    """A day as people read it ("May 4")."""
    found: date = datetime.fromisoformat(day).date()
    return f"{found:%B} {found.day}"
