"""What a case tells whoever had part in it, once they are one no more."""

from __future__ import annotations

from sqlalchemy import update

from core.turn import CaseState
from memory.codec import dump_case
from memory.tables.main import Case, Link
from memory.tables.rows import table
from tests.memory.world import CHAT, PHONE, World


def test_how_far_a_case_is_is_known_while_all_who_made_it_are_read(world: World) -> None:
    """A link may end by itself, and nobody takes the case apart then."""
    place = world.say(PHONE, "Where is my order?")
    other = world.say(CHAT, "I want to send it back.")
    world.link(CHAT, PHONE)
    state = CaseState(intent="return_item", flow="return_item", asking="order_id")
    text = dump_case(state).replace("{", f'{{"drawn":[{other.handle_id}],', 1)
    case_id = world.case(place)
    world.connection.execute(
        update(table(Case)).where(table(Case).c.id == case_id).values(state_json=text)
    )
    assert world.sees(PHONE).case.flow == "return_item"
    links = table(Link)
    world.connection.execute(
        update(links).where(links.c.rule == "by-hand").values(expires_at=world.micros())
    )
    assert world.sees(PHONE).case == CaseState()
