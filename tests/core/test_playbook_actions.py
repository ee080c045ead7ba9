"""What is wrong with a playbook's actions and the bounds of its slots is told with its remedy."""

from __future__ import annotations

import pytest

from core.message import Assurance
from core.playbook.fields import PlaybookError
from core.playbook.reader import read_playbook

FILES = {
    "playbook.toml": 'name = "shop"\nbusiness = "Shop"\n',
    "intents.toml": (
        '[visit]\nflow = "visit"\nexamples = ["a visit", "come by please", "visit the shop"]\n'
    ),
    "slots.toml": (
        '[day]\nkind = "date"\nask = ["Which day?"]\n'
        '[pin]\nkind = "secret"\nsecret = "pin"\nask = ["Your PIN?"]\n'
        '[seats]\nkind = "number"\nask = ["How many?"]\n'
    ),
    "flows.toml": (
        '[visit]\nslots = ["day", "seats"]\naction = "book"\nfound = ["Booked, {number}."]\n'
        'failed = ["Sorry about {day}."]\n'
    ),
    "actions.toml": (
        '[book]\nurl = "https://erp.example/book"\nresults = ["number"]\nneeds = 2\n'
        'summary = ["Book {day}: {title}, {details}?"]\n'
    ),
}


def faults(file: str, old: str, new: str) -> list[str]:
    """What is told of the playbook with one change."""
    assert old in FILES[file]
    with pytest.raises(PlaybookError) as caught:
        read_playbook({**FILES, file: FILES[file].replace(old, new)})
    return [str(one) for one in caught.value.problems]


def test_an_action_is_read_with_all_it_says() -> None:
    action = read_playbook(FILES).actions["book"]
    assert (action.title, action.needs, action.confirm) == ("book", Assurance.AUTHENTICATED, True)
    assert (action.timeout_seconds, action.attempts) == (5.0, 3)


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("actions.toml", "https://", "http://", "actions.toml:2: book.url: can be read on its way"),
        ("actions.toml", "erp.example", "me:pw@erp.example", "names a password"),
        ("actions.toml", "https://erp.example/book", "erp.example", "is not a web address"),
        ("actions.toml", "url =", 'run = "x"\nurl =', "is done nowhere, or in two places"),
        ("actions.toml", 'url = "https://erp.example/book"\n', "", "is done nowhere"),
        ("actions.toml", '["number"]', '["outcome"]', "'outcome' cannot be the name of a result"),
        ("actions.toml", '["number"]', '["day"]', "'day' is also a slot or a column"),
        ("actions.toml", "{day}", "{hour}", "nothing fills {hour}"),
        ("actions.toml", "needs = 2", "needs = 9", "is no level"),
        ("actions.toml", "needs = 2", "attempts = 9", "is out of range"),
        ("actions.toml", "needs = 2", "timeout_seconds = 60", "is out of range"),
        ("actions.toml", "needs = 2", "confirm = false", "book.summary: is never said"),
        ("actions.toml", "needs = 2", 'send = ["pin2"]', "is neither a slot of the flow visit"),
        ("actions.toml", "needs = 2", "retries = 2", "there is no such key"),
        ("flows.toml", '"book"', '"bok"', "there is no action 'bok'. Did you mean book?"),
        ("flows.toml", 'action = "book"\n', "", "visit.failed: is never said"),
        ("flows.toml", "{number}", "{place}", "nothing fills {place}"),
        ("flows.toml", 'action = "book"', 'look_up = "book"', "book.summary: is never said"),
        (
            "flows.toml",
            'action = "book"',
            'action = "book"\nlook_up = "book"',
            "book: is both looked up and done",
        ),
        ("flows.toml", "failed =", 'to_people = ["late"]\nfailed =', "'late' has no words"),
        ("flows.toml", "failed =", 'refused.late = ["No {x}."]\nfailed =', "nothing fills {x}"),
        ("flows.toml", "failed =", "refused.late = []\nfailed =", "is an empty list"),
        ("flows.toml", "failed =", 'refused.Late = ["No."]\nfailed =', "is no good name"),
        ("flows.toml", 'action = "book"\n', 'refused.late = ["No."]\n', "visit.refused: is never"),
        ("flows.toml", '"seats"]', '"pin"]', "'pin' is a secret, whose value is never kept"),
        ("slots.toml", '"number"\n', '"number"\nmin = 9\nmax = 2\n', "seats.min: is above max"),
        ("slots.toml", '"number"\n', '"number"\nwhen = "past"\n', "says nothing of a number"),
        ("slots.toml", '"date"\n', '"date"\nwhen = "futur"\n', "Did you mean future?"),
        ("slots.toml", '"date"\n', '"date"\nmin = 2\n', "day.min: says nothing of a date"),
        ("slots.toml", '"date"\n', '"date"\nstrict = true\n', "has nothing to be strict about"),
        ("slots.toml", '"date"\n', '"date"\ncurrency = "euro"\n', "'euro' is no currency"),
    ],
)
def test_a_fault_is_told_with_its_place_and_remedy(
    file: str, old: str, new: str, told: str
) -> None:
    found = faults(file, old, new)
    assert any(told in one for one in found), found
