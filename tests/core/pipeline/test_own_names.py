"""A customer's own name is told once, however it is said and whichever slot asks for it."""

from __future__ import annotations

import pytest

from core.message import Assurance
from core.pipeline.reading.own_names import asks_own_name, lone_name
from core.turn import SlotValue
from tests.core.pipeline.reading import playbook, slot, told

NAME = slot("name", "name", "name")
FULL = slot("full_name", "name", "your full name")
GUEST = slot("guest", "name", "guest's name")
HOST = slot("host", "name", "host's name")
SHOPS = playbook(NAME, FULL, GUEST, HOST, flow=("guest", "host"))


def _held(name: str, value: str) -> SlotValue:
    return SlotValue(name, value, "1-1", "phone:+12025550100", Assurance.PROVED)


@pytest.mark.parametrize("label", ["name", "your name", "full name", "customer's name"])
def test_what_a_customer_is_called_is_asked_in_many_words(label: str) -> None:
    assert asks_own_name(slot("it", "name", label))


@pytest.mark.parametrize("label", ["host's name", "company name", "name of the dog", "user name"])
def test_other_names_are_not_the_customers(label: str) -> None:
    assert not asks_own_name(slot("it", "name", label))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("My name is Greta Holm and my parcel is late", "Greta Holm"),
        ("hello, i am pedro and i need help", "pedro"),
        ("name: Oskar", "Oskar"),
        ("my name ines, account 1234", "ines"),
        ("this is Marek.", "Marek"),
    ],
)
def test_a_name_said_once_is_told_for_every_slot_that_is_it(text: str, name: str) -> None:
    found = told(text, SHOPS)
    assert {found["name"], found["full_name"], found["guest"]} == {name}
    assert "host" not in found


@pytest.mark.parametrize(
    "text",
    [
        "this is ridiculous",
        "it's broken",
        "i am furious and i want my money",
        "my name is on the list",
        "i am waiting",
        "it's what we call the cat, and it's Minka",
    ],
)
def test_a_mood_is_no_name(text: str) -> None:
    assert told(text, SHOPS) == {}


def test_who_somebody_is_does_not_rename_their_guest() -> None:
    found = told("My name is Greta", SHOPS, held=(_held("guest", "Tomas"),))
    assert found == {"name": "Greta", "full_name": "Greta"}


def test_a_guests_name_is_not_the_customers() -> None:
    assert told("Tomas", SHOPS, asking="guest") == {"guest": "Tomas"}


def test_a_corrected_name_is_corrected_everywhere() -> None:
    held = (_held("name", "Greta"), _held("full_name", "Greta"))
    asked = playbook(NAME, FULL)
    assert told("sorry, Gerda", asked, asking="name", held=held) == {
        "name": "Gerda",
        "full_name": "Gerda",
    }


@pytest.mark.parametrize(
    ("text", "name"),
    [("priya", "priya"), ("Ok, Miguel Ortega.", "Miguel Ortega"), ("jonas 4417", "jonas")],
)
def test_a_message_that_is_only_a_name_is_the_customers(text: str, name: str) -> None:
    assert (
        told(text, playbook(NAME, slot("size", "choice", choices=("large",))), asking="size")[
            "name"
        ]
        == name
    )


@pytest.mark.parametrize("text", ["", "parcel", "great news", "4417", "priya wants her money back"])
def test_other_messages_are_no_lone_name(text: str) -> None:
    assert lone_name(text) is None


def test_a_lone_name_is_the_answer_where_a_name_or_words_were_asked_for() -> None:
    pet = slot("pet", "text", "name of your first pet")
    assert told("Bella", playbook(pet, NAME), asking="pet") == {"pet": "Bella"}
