"""A written playbook is played by those it is named for, and knows what their scenario says."""

from __future__ import annotations

from core.effects import LookUp
from core.playbook.model import Flow, Hours, Playbook, Table
from gateway.replay.derive import THRESHOLD
from gateway.replay.dialogues import Dialogue, Utterance
from gateway.replay.groups import EVERYTHING, group
from gateway.replay.known_rows import with_rows
from gateway.replay.people import Person
from gateway.turns.effects import perform

ADA = Person("+12025550100", "ada@example.com", "ada", "UADA")


def dialogue(number: int, domain: str, source: str = "", **known: tuple[str, ...]) -> Dialogue:
    """Somebody who asks for their order."""
    texts = ("hello", f"where is my order number {number} please", "thanks a lot")
    turns = tuple(Utterance(n, "customer", text) for n, text in enumerate(texts))
    name = f"{source}-{domain}-{number}"
    return Dialogue(name, domain, ("ask",), 2, ("sms", "chat"), turns, (), source, known)


def written(name: str, **tables: Table) -> Playbook:
    """A playbook with these tables."""
    flow = Flow("status", (), ("It is {state}.",))
    return Playbook(
        name, "1", name, "en", (), {}, {"status": flow}, {}, (), (), Hours("UTC", {}), tables
    )


ORDERS = Table(
    "orders",
    key=("order_id",),
    show=("state",),
    owner={"phone": "phone", "box": "email"},
    verify=("zip", "surname"),
    rows=({"order_id": "1", "phone": "", "box": "", "zip": "9", "surname": "No", "state": "sent"},),
)


def test_the_narrowest_name_wins_and_the_rest_is_derived() -> None:
    shops = [dialogue(n, "shop", "talks") for n in range(4)]
    others = [dialogue(n, "shop", "letters") for n in range(4)]
    inns = [dialogue(n, "inn", "talks") for n in range(4)]
    everyone = [*shops, *others, *inns]
    found = group(everyone, everyone, {"shop": written("wide"), "talks/shop": written("narrow")})
    by_name = {one.playbook.name: one for one in found if one.threshold is None}
    assert set(by_name["narrow"].dialogues) == set(shops)
    assert set(by_name["wide"].dialogues) == set(others)
    derived = [one for one in found if one.threshold is not None]
    assert {one.threshold for one in derived} == {THRESHOLD}
    assert {each.id for one in derived for each in one.dialogues} == {one.id for one in inns}


def test_one_playbook_may_be_for_everything() -> None:
    everyone = [dialogue(1, "shop"), dialogue(2, "inn")]
    (only,) = group(everyone, everyone, {EVERYTHING: written("all")})
    assert only.dialogues == tuple(everyone)


def test_what_is_derived_learns_nothing_from_those_with_a_written_one() -> None:
    shops = [dialogue(n, "shop") for n in range(8)]
    inns = [dialogue(n, "inn") for n in range(8)]
    derived = [
        one
        for one in group([*shops, *inns], inns, {"shop": written("shop")})
        if one.threshold is not None
    ]
    names = {intent.name for one in derived for intent in one.playbook.intents}
    assert any(name.startswith("inn") for name in names)
    assert not any(name.startswith("shop") for name in names)


def test_a_customer_of_the_file_sees_the_orders_of_the_scenario_and_nobody_else_does() -> None:
    one = dialogue(1, "shop", order_id=("#W1", "#W2"), zip=("30312",), name=("Ada King",))
    playbook = with_rows(written("shop", orders=ORDERS), [(one, ADA)])

    def seen(order: str, verify: dict[str, str], proved: tuple[str, ...]) -> object:
        return perform(LookUp("orders", {"order_id": order}, verify, proved), playbook)

    assert seen("#W2", {}, ("phone:+12025550100",)) == {"state": "sent"}
    assert seen("#W1", {}, ("email:ada@example.com",)) == {"state": "sent"}
    assert seen("#W1", {"zip": "30312", "surname": "king"}, ()) == {"state": "sent"}
    assert seen("#W1", {}, ("phone:+12025550199",)) is None
    assert seen("#W3", {}, ("phone:+12025550100",)) is None


def test_nothing_is_known_where_the_scenario_says_nothing() -> None:
    playbook = written("shop", orders=ORDERS)
    assert with_rows(playbook, [(dialogue(1, "shop"), ADA)]).tables == playbook.tables
