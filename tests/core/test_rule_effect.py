"""What other rules would do to people: properties over made-up worlds, and the reasons told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from core.identity.rule_effect import effect_of
from core.identity.rule_world import Bond, Effect, Known, Seen, Standing, World
from core.identity.rules import DEFAULT_RULES, IdentityRules, JoinRule, KindRule
from core.message import Assurance

KINDS = ("email", "phone", "login", "visitor")
EVIDENCE = ("code", "trusted-profile", "import", "hint")
DAY = 86_400_000_000
NOW = 1_000 * DAY


def handle(number: int, kind: str, *, closed: str = "", silent: int = 1) -> Known:
    seen = NOW - silent * DAY
    return Known(number, f"{kind}:{number}", kind, 100 + number, 100 + number, seen, seen, closed)


def world_of(*handles: Known, bonds: tuple[Bond, ...] = (), blocked: tuple[str, ...] = ()) -> World:
    return World({one.id: one for one in handles}, bonds, blocked, NOW)


def seen(one: int, other: int, evidence: str = "code", level: int = 3) -> Bond:
    return Bond(one, other, NOW, (Seen(evidence, Assurance(level)),))


def linked(one: int, other: int, evidence: str = "code", level: int = 3) -> Bond:
    at = Assurance(level)
    link = Standing(10 * one + other, at, evidence)
    return Bond(one, other, NOW, (Seen(evidence, at),), (link,))


def carried_out(world: World, effect: Effect) -> World:
    """The world after every change was made."""
    keys = {one.key: one.id for one in world.handles.values()}
    bonds = {(bond.one, bond.other): bond for bond in world.bonds}
    for change in effect.changes:
        pair = (keys[change.handle], keys[change.other])
        bond = bonds[pair]
        links = tuple(one for one in bond.links if one.link_id != change.link_id)
        if change.action != "part":
            made = change.link_id or 10_000 + 100 * pair[0] + pair[1]
            links = (*links, Standing(made, change.level, change.evidence))
        bonds[pair] = replace(bond, links=links)
    return replace(world, bonds=tuple(bonds.values()))


def groups(world: World) -> list[set[int]]:
    """Who is one customer by what stands in this world."""
    found = [{one} for one in world.handles]
    for bond in world.bonds:
        if bond.links or bond.by_hand:
            first = next(group for group in found if bond.one in group)
            second = next(group for group in found if bond.other in group)
            if first is not second:
                first |= second
                found.remove(second)
    return sorted(found, key=min)


@st.composite
def bonds(draw: st.DrawFn, size: int) -> tuple[Bond, ...]:
    pairs = [(one, other) for one in range(1, size + 1) for other in range(one + 1, size + 1)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=12))
    made = []
    for one, other in chosen:
        kinds = draw(st.lists(st.sampled_from(EVIDENCE), min_size=1, max_size=2, unique=True))
        evidence = tuple(Seen(kind, Assurance(draw(st.integers(1, 3)))) for kind in kinds)
        apart, hand = draw(st.sampled_from([(False, False)] * 4 + [(True, False), (False, True)]))
        made.append(Bond(one, other, NOW, evidence, by_hand=hand, apart=apart))
    return tuple(made)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=2, max_size=7))
    handles = [handle(number, kind) for number, kind in enumerate(kinds, start=1)]
    return world_of(*handles, bonds=draw(bonds(len(handles))))


rulesets = st.builds(
    lambda most, limit, joins, blocked: replace(
        DEFAULT_RULES,
        kinds={**DEFAULT_RULES.kinds, "email": KindRule(20, most), "visitor": KindRule(90, most)},
        component_limit=limit,
        joins=tuple(
            replace(one, joins=one.joins and one.id in joins) for one in DEFAULT_RULES.joins
        ),
        blocked=tuple(sorted(blocked)),
        shared=(),
    ),
    st.integers(1, 3),
    st.integers(2, 6),
    st.sets(st.sampled_from(EVIDENCE)),
    st.sets(st.sampled_from([f"{kind}:{one}" for kind in KINDS for one in (1, 2, 3)])),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(worlds(), rulesets)
def test_what_is_carried_out_leaves_nothing_to_do_and_keeps_every_limit(
    world: World, rules: IdentityRules
) -> None:
    effect = effect_of(world, rules)
    after = carried_out(world, effect)
    assert effect_of(after, rules).changes == ()
    assert len(groups(after)) == effect.customers_after
    by_hand = {end for bond in world.bonds if bond.by_hand for end in (bond.one, bond.other)}
    for group in groups(after):
        if group & by_hand:
            continue
        members = [world.handles[one] for one in group]
        assert sum(one.kind == "login" for one in members) <= 1
        assert len(members) <= rules.component_limit
        assert sum(one.kind == "email" for one in members) <= (rules.kinds["email"].most or 0)
        assert not any(bond.apart and {bond.one, bond.other} <= group for bond in world.bonds)


@settings(max_examples=60, deadline=None)
@given(worlds(), rulesets, rulesets)
def test_publishing_and_rolling_back_leaves_everybody_where_they_were(
    world: World, before: IdentityRules, draft: IdentityRules
) -> None:
    start = carried_out(world, effect_of(world, before))
    published = carried_out(start, effect_of(start, draft))
    back = carried_out(published, effect_of(published, before))
    assert groups(back) == groups(start)


def test_the_pairs_of_customers_are_named_with_their_handles_and_the_reason() -> None:
    world = world_of(
        handle(1, "email"), handle(2, "phone"), handle(3, "email"), handle(4, "phone"),
        bonds=(seen(1, 2, "import", 2), linked(3, 4)),
    )  # fmt: skip
    draft = replace(DEFAULT_RULES, blocked=("email:3",))
    effect = effect_of(world, draft)
    (joined,), (parted,) = effect.joins, effect.parts
    assert (joined.one_handles, joined.other_handles) == (("email:1",), ("phone:2",))
    assert joined.reasons == ("email:1 and phone:2: seen as import, rule import",)
    assert (parted.one_handles, parted.other_handles) == (("email:3",), ("phone:4",))
    assert parted.reasons == ("email:3 and phone:4: email:3 is blocked",)


def test_of_two_that_a_limit_leaves_no_room_for_the_better_proved_one_joins() -> None:
    world = world_of(
        handle(1, "phone"), handle(2, "email"), handle(3, "email"),
        bonds=(seen(1, 2, "import", 1), seen(1, 3, "code", 3)),
    )  # fmt: skip
    draft = replace(DEFAULT_RULES, kinds={**DEFAULT_RULES.kinds, "email": KindRule(20, 1)})
    draft = replace(draft, component_limit=2)
    effect = effect_of(world, draft)
    assert [(one.handle, one.other) for one in effect.changes] == [("phone:1", "email:3")]
    assert effect.refused == {"more than 2 handles": 1}


def test_what_took_a_place_meanwhile_gives_it_back() -> None:
    world = world_of(
        handle(1, "phone"), handle(2, "email"), handle(3, "email"),
        bonds=(linked(1, 2), seen(1, 3)),
    )  # fmt: skip
    before = replace(DEFAULT_RULES, component_limit=2)
    published = replace(before, blocked=("email:2",))
    between = carried_out(world, effect_of(world, published))
    assert groups(between) == [{1, 3}, {2}]
    assert groups(carried_out(between, effect_of(between, before))) == [{1, 2}, {3}]


def test_a_rule_bounds_the_level_of_what_stands_already() -> None:
    world = world_of(handle(1, "phone"), handle(2, "email"), bonds=(linked(1, 2),))
    joins = (JoinRule("code", "code", Assurance.AUTHENTICATED), *DEFAULT_RULES.joins[1:])
    (change,) = effect_of(world, replace(DEFAULT_RULES, joins=joins)).changes
    assert (change.action, change.level, change.link_id) == ("level", Assurance.AUTHENTICATED, 12)


def test_nothing_new_joins_what_is_silent_given_up_listed_or_shared() -> None:
    bond = (seen(1, 2),)
    phone, mail = handle(1, "phone"), handle(2, "email")
    gone = handle(1, "phone", closed="was given up")
    silent = handle(1, "phone", silent=400)
    years = replace(DEFAULT_RULES, decay={"phone": timedelta(days=900)})
    for world, rules, refused in (
        (world_of(silent, mail, bonds=bond), DEFAULT_RULES, True),
        (world_of(silent, mail, bonds=bond), years, False),
        (world_of(gone, mail, bonds=bond), DEFAULT_RULES, True),
        (world_of(phone, mail, bonds=bond, blocked=("email:2",)), DEFAULT_RULES, True),
        (world_of(phone, mail, bonds=bond), replace(DEFAULT_RULES, shared=("email:2",)), True),
        (world_of(phone, mail, bonds=bond), DEFAULT_RULES, False),
    ):  # fmt: skip
        effect = effect_of(world, rules)
        assert (not effect.joins and sum(effect.refused.values()) == 1) is refused
