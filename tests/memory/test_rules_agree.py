"""What a dry run foretells is what links may do: the rules are the same where they are weighed and
where they are kept, whatever was seen, joined, parted and published before."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from core.identity.rule_world import Effect
from core.identity.rules import DEFAULT_RULES, IdentityRules, KindRule
from core.message import Assurance
from memory.previews.dry_run import dry_run, read_world
from memory.units.identity.linking import IdentityProblem
from memory.units.identity.rule_steps import Publication, carry_out
from memory.units.identity.rule_versions import begin, in_force, publish, roll_back
from tests.memory.test_dry_run import saw
from tests.memory.world import World

WHO = ("phone:+1", "phone:+2", "login:anna", "login:ben", "email:anna@x.org", "email:ben@x.org")
PAIRS = tuple(combinations(WHO, 2))
EVIDENCE = ("code", "import", "trusted-profile")

deeds = st.lists(
    st.tuples(
        st.sampled_from(["saw", "saw", "saw", "link", "part", "rules"]),
        st.sampled_from(PAIRS),
        st.sampled_from(EVIDENCE),
        st.integers(1, 3),
    ),
    min_size=3,
    max_size=10,
)
drafts = st.builds(
    lambda phones, limit, on, blocked: replace(
        DEFAULT_RULES,
        kinds={**DEFAULT_RULES.kinds, "phone": KindRule(30, phones), "email": KindRule(20, phones)},
        component_limit=limit,
        joins=tuple(replace(one, joins=one.id in on) for one in DEFAULT_RULES.joins),
        blocked=tuple(sorted(blocked)),
    ),
    st.integers(1, 2),
    st.integers(2, 6),
    st.sets(st.sampled_from(EVIDENCE)),
    st.sets(st.sampled_from(WHO), max_size=2),
)


class Town:
    """Six handles that were written from, and rules that come into force one after the other."""

    def __init__(self, connection: Connection) -> None:
        self.world = World(connection)
        for who in WHO:
            self.world.say(who, "Hello")
        ids = (self.world.id(), self.world.id(), self.world.id())
        begin(connection, "# 0", self.world.micros(), ids)
        self.rules = [DEFAULT_RULES]
        self.seen: set[tuple[str, str, str]] = set()

    def publish(self, rules: IdentityRules) -> Effect:
        """All that a draft changes is done, and is what its dry run said."""
        world = self.world
        self.rules.append(rules)
        text, ids = f"# {len(self.rules)}", (world.id(), world.id())
        publish(world.connection, text, "", "person:ada", world.micros(), ids)
        return self.carry_out(rules)

    def roll_back(self, version_id: int, rules: IdentityRules) -> Effect:
        """An older text is in force again."""
        world = self.world
        ids = (world.id(), world.id())
        roll_back(world.connection, version_id, "person:ada", world.micros(), ids)
        return self.carry_out(rules)

    def carry_out(self, rules: IdentityRules) -> Effect:
        """Every change of the dry run; none is refused, and nothing is left to do."""
        world = self.world
        version = in_force(world.connection)
        assert version is not None
        effect = dry_run(world.connection, rules, world.micros())
        order = sorted(effect.changes, key=lambda one: ("part", "level", "join").index(one.action))
        for change in order:
            one = Publication(version, rules)
            assert carry_out(world.connection, one, change, world.micros(), world.id)
        assert dry_run(world.connection, rules, world.micros()).changes == ()
        assert len(set(self.customers())) == effect.customers_after
        return effect

    def customers(self) -> list[int]:
        """Whose each handle is."""
        return [int(self.world.handle_row(one)["customer_id"]) for one in WHO]

    def sealed_within(self) -> bool:
        """Whether people parted two handles that are one customer over others all the same."""
        world = read_world(self.world.connection, self.world.micros())
        return any(
            bond.apart and world.handles[bond.one].root == world.handles[bond.other].root
            for bond in world.bonds
        )

    def do(self, deed: str, pair: tuple[str, str], evidence: str, level: int) -> None:
        """Something happens between two handles."""
        one, other = pair
        try:
            with self.world.connection.begin_nested():
                if deed == "saw":
                    known = (one, other, evidence)
                    if known not in self.seen:
                        saw(self.world, one, other, evidence, level)
                        self.seen.add(known)
                elif deed == "link":
                    self.world.link(one, other, Assurance.AUTHENTICATED, rules=self.rules[-1])
                elif deed == "part":
                    self.world.unlink(one)
                else:
                    self.carry_out(self.rules[-1])
        except IdentityProblem:
            return


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(deeds, drafts, drafts)
def test_a_dry_run_foretells_what_is_done_and_going_back_undoes_it(
    connection: Connection,
    deeds: list[tuple[str, tuple[str, str], str, int]],
    before: IdentityRules,
    draft: IdentityRules,
) -> None:
    with connection.begin_nested() as trial:
        town = Town(connection)
        for deed in deeds:
            town.do(*deed)
        town.publish(before)
        version = in_force(connection)
        assert version is not None
        start = town.customers()
        # What people parted and others still join is not joined again once it came apart.
        assume(not town.sealed_within())
        town.publish(draft)
        town.roll_back(version.id, before)
        assert town.customers() == start
        trial.rollback()
