"""Every change of identity in any order, and after each, nobody reads a word of somebody else's.

The changes are the product's own units. What may be read is worked out by `tests.identity.oracle`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import Engine, select, update

from core.identity.rules import DEFAULT_RULES
from core.message import Assurance, Handle
from memory.tables.main import Audit, Customer, Link
from memory.tables.main import Handle as HandleRow
from memory.tables.rows import table
from memory.units.erasing.whole import erase
from memory.units.identity import challenges
from memory.units.identity.handles import mark_shared
from memory.units.identity.linking import IdentityProblem, link, merge, unlink_by_id
from memory.units.identity.parting import part
from memory.units.identity.proofs import Showing, show
from memory.units.identity.retiring import disown
from memory.units.identity.reversal import CannotUndo
from memory.units.identity.sightings import Seen, see
from memory.units.identity.undoing import undo
from tests.identity.oracle import HISTORY, Truth, truth
from tests.identity.stage import LEVELS, Stage, by_word, context_words

KEYS = (
    "phone:+15550100001",
    "phone:+15550100002",
    "phone:+15550100003",
    "email:ada@x.example",
    "email:bob@y.example",
    "login:ada",
    "login:bob",
    "visitor:v1",
    "visitor:v2",
)
_audit = table(Audit)
_handles = table(HandleRow)
_link = table(Link)
_customer = table(Customer)

keys = st.sampled_from(KEYS)


class Tally:
    """How many steps were taken and reads compared, over all runs of the machine."""

    steps = 0
    reads = 0
    shown = 0


class IdentityMachine(RuleBasedStateMachine):
    """One database in one long transaction, rolled back at the end."""

    engine: Engine

    def __init__(self) -> None:
        super().__init__()
        self.connection = self.engine.connect()
        self.stage = Stage(self.connection)

    def teardown(self) -> None:
        self.connection.rollback()
        self.connection.close()

    @initialize(first=st.lists(keys, min_size=2, max_size=6, unique=True))
    def begin(self, first: list[str]) -> None:
        """Some have written already."""
        for key in first:
            self.stage.says(key, LEVELS[key.split(":")[0]])

    # What customers do.

    @rule(key=keys)
    def message(self, key: str) -> None:
        self.stage.says(key, LEVELS[key.split(":", maxsplit=1)[0]])

    @rule(key=keys)
    def unproved_message(self, key: str) -> None:
        """A forged sender, or a session that lost its token."""
        self.stage.says(key, 0)

    @rule(key=keys, other=keys)
    def hint(self, key: str, other: str) -> None:
        """Somebody types another's address: nothing is joined by that."""
        before = self._links()
        self.stage.says(key, LEVELS[key.split(":", maxsplit=1)[0]], [other])
        assert {one for one in self._links() if one[1] != "first-contact"} == {
            one for one in before if one[1] != "first-contact"
        }

    # What people do.

    @rule(key=keys, other=keys, level=st.integers(1, 3))
    def join(self, key: str, other: str, level: int) -> None:
        life = self._life(other)
        if life is None or self._life(key) is None:
            return
        customer = truth(self.connection, self.stage.micros).lives[life].home
        self._try(
            lambda: link(
                self.connection,
                key,
                customer,
                Assurance(level),
                "by-hand",
                "looked at both",
                "person:eve",
                self.stage.micros,
                (self.stage.id(), self.stage.id()),
            )
        )

    @rule(pick=st.integers(0, 1000))
    def unlink(self, pick: int) -> None:
        ends = self._joins()
        if ends:
            self._try(
                lambda: unlink_by_id(
                    self.connection,
                    ends[pick % len(ends)],
                    "person:eve",
                    "two people",
                    self.stage.micros,
                    self.stage.id(),
                )
            )

    @rule(key=keys, other=keys, level=st.integers(2, 3))
    def merge(self, key: str, other: str, level: int) -> None:
        one, two = self._customer(key), self._customer(other)
        if one is None or two is None:
            return
        stage = self.stage
        self._try(
            lambda: merge(
                self.connection,
                one,
                two,
                Assurance(level),
                "the same voice",
                "person:eve",
                stage.micros,
                (stage.id(), stage.id()),
            )
        )

    @rule(
        picks=st.sets(st.integers(0, 50), min_size=1, max_size=3),
        late=st.lists(keys, max_size=3),
    )
    def part(self, picks: set[int], late: list[str]) -> None:
        """Some have written just before, and their answers have not left."""
        for key in late:
            self.stage.says(key, LEVELS[key.split(":", maxsplit=1)[0]], leaves=False)
        """Several links end in one change."""
        ends = self._joins()
        chosen = {ends[one % len(ends)] for one in picks} if ends else set()
        if chosen:
            stage = self.stage
            self._try(
                lambda: part(
                    self.connection, chosen, "person:eve", "two people", stage.micros, stage.id
                )
            )
            assert not chosen & {one for one, _ in self._links()}

    @rule(pick=st.integers(0, 1000), minutes=st.integers(0, 30))
    def link_that_ends_by_itself(self, pick: int, minutes: int) -> None:
        """As one does that somebody's proof made for a while."""
        ends = self._joins()
        if ends:
            end = self.stage.micros + minutes * 60_000_000
            one = _link.c.id == ends[pick % len(ends)]
            self.connection.execute(update(_link).where(one).values(expires_at=end))

    @rule(key=keys, shared=st.booleans())
    def mark(self, key: str, shared: bool) -> None:
        if self._life(key) is not None:
            stage = self.stage
            mark_shared(
                self.connection, key, shared, "person:eve", "an office", stage.micros, stage.id()
            )

    @rule(pick=st.integers(0, 1000))
    def undo(self, pick: int) -> None:
        changes = list(self.connection.execute(select(_audit.c.id)).scalars())
        if changes:
            stage = self.stage
            which = changes[pick % len(changes)]
            self._try(lambda: undo(self.connection, which, "person:eve", stage.micros, stage.id))

    @rule(key=keys, whole=st.booleans())
    def erase(self, key: str, whole: bool) -> None:
        """One handle, or a customer with all of theirs: then no word of theirs is left anywhere."""
        life, customer = self._life(key), self._customer(key)
        if life is None or customer is None:
            return
        gone = set(self._members(customer)) if whole else {life}
        stage, done = self.stage, False
        while not done:
            who: int | str = customer if whole else key
            receipt = erase(self.connection, who, "person:eve", stage.micros, stage.id)
            done, key, whole, customer = receipt.done, key, True, receipt.customer_id
        left = self.stage.all_words()
        for said in list(stage.spoken.values()):
            if said.life in gone:
                assert said.word not in left, f"{said} is left"
                del stage.spoken[said.word]

    # What customers prove, and deny.

    @rule(key=keys, other=keys, right=st.booleans(), late=st.booleans())
    def step_up(self, key: str, other: str, right: bool, late: bool) -> None:
        """A code is asked for, and the right one typed or another; in time or not."""
        stage = self.stage
        said = stage.says(key, LEVELS[key.split(":", maxsplit=1)[0]])
        asked = challenges.ask(self.connection, stage.asks(said, other))
        before, levels = self._links(), self._proved()
        stage.later(timedelta(hours=1) if late else timedelta(minutes=1))
        shown = show(
            self.connection,
            Showing(
                key,
                f"{said.word}-code",
                DEFAULT_RULES,
                stage.micros,
                stage.id,
                "the right digest" if right else "another digest",
            ),
        )
        if not right or late or asked.written is None:
            assert shown.outcome != "proved"
            assert (self._links(), self._proved()) == (before, levels)

    @rule(key=keys)
    def deny(self, key: str) -> None:
        """Somebody says that it is not them: whatever joined them is over, and stays so."""
        life = self._life(key)
        if life is not None:
            stage = self.stage
            disown(self.connection, key, "customer", "not me", stage.micros, stage.id)
            now = truth(self.connection, stage.micros)
            assert now.one_customer(life) == {life} or now.lives[life].retired

    @rule(key=keys, other=keys, kind=st.sampled_from(("trusted-profile", "login-profile", "hint")))
    def sight(self, key: str, other: str, kind: str) -> None:
        """Somebody we were told to trust says that the two are one; or somebody types it."""
        if self._life(key) is None:
            return
        stage, before = self.stage, self._links()
        seen = Seen(_handle(key), _handle(other), kind, Assurance.PROVED, "told", "gateway")
        see(self.connection, seen, stage.micros, stage.id)
        if kind == "hint":
            assert self._links() == before

    # Time.

    @rule(minutes=st.integers(1, 45))
    def wait(self, minutes: int) -> None:
        self.stage.later(timedelta(minutes=minutes))

    @rule(key=st.sampled_from(KEYS[:3]))
    def recycled(self, key: str) -> None:
        """A number is silent for more than a year; whoever writes then is somebody else."""
        before = self._life(key)
        self.stage.later(timedelta(days=400))
        said = self.stage.says(key, 2)
        assert said.life != before

    # What always holds.

    @invariant()
    def nobody_reads_what_is_not_theirs(self) -> None:
        """Everybody at their usual level; below it, and on people's pages, one after the other."""
        Tally.steps += 1
        self.stage.catch_up()
        assert self.stage.unanswered() == 0, "somebody was not answered"
        now = truth(self.connection, self.stage.micros)
        living = [one for one in now.lives.values() if not one.retired]
        for life in living:
            self._check_reader(now, life.id, LEVELS[life.kind])
        if living:
            one = living[Tally.steps % len(living)]
            for level in (0, 1):
                self._check_reader(now, one.id, level)
        for retired in [one.id for one in now.lives.values() if one.retired][-1:]:
            self._check_reader(now, retired, 2)
        customers = self._customers() if Tally.steps % 2 else []
        if customers:
            self._check_page(now, customers[Tally.steps % len(customers)])
        for sent_to, own in self.stage.newest_addresses():
            assert sent_to == own, "an answer went elsewhere than where it was asked"

    def _check_page(self, now: Truth, customer: int) -> None:
        members = self._members(customer)
        allowed = frozenset().union(*(now.one_customer(one) for one in members))
        for said in by_word(self.stage.spoken, self.stage.page_words(customer)):
            assert said.life in allowed, f"customer {customer} shows {said}"

    def _check_reader(self, now: Truth, reader: int, level: int) -> None:
        context = self.stage.known(reader, level)
        conversation = self.stage.own_conversation(reader)
        shown = context_words(context)
        proved = now.level(reader, level)
        readable = now.readable(reader, level)
        Tally.reads += 1
        Tally.shown += len(shown)
        holds = now.holds(reader, level)
        for said in by_word(self.stage.spoken, shown):
            assert holds >= 1, f"{reader} unproved reads {said}"
            assert said.level >= 1, f"{reader} reads what was said unproved: {said}"
            if proved >= HISTORY:
                assert said.life in readable, f"{reader} reads {said}, not {sorted(readable)}"
            else:
                assert said.life == reader and said.conversation == conversation
                assert said.level <= holds, f"{reader} at {holds} reads {said}"
        if proved >= HISTORY:
            # Not by showing nothing: whoever is proved is known by what they said.
            own = [one for one in self.stage.spoken.values() if one.life == reader and one.level]
            assert not own or own[-1].word in shown, f"{reader} at {level} is not remembered"

    # Looking.

    def _try(self, change: Callable[[], object]) -> None:
        """A change that may be refused in words; then nothing may have changed."""
        before = self._links()
        mark = self.connection.begin_nested()
        try:
            change()
        except (IdentityProblem, CannotUndo):
            mark.rollback()
            assert self._links() == before
        else:
            mark.commit()

    def _links(self) -> frozenset[tuple[int, str]]:
        query = select(_link.c.id, _link.c.rule).where(_link.c.ended_at.is_(None))
        return frozenset((row.id, row.rule) for row in self.connection.execute(query))

    def _joins(self) -> list[int]:
        """The links that join somebody to somebody, which can be ended."""
        query = (
            select(_link.c.id)
            .join(_handles, _handles.c.id == _link.c.handle_id)
            .where(_link.c.ended_at.is_(None), _link.c.customer_id != _handles.c.home_customer_id)
        )
        return sorted(self.connection.execute(query).scalars())

    def _life(self, key: str) -> int | None:
        now = truth(self.connection, self.stage.micros)
        return next((one.id for one in now.lives.values() if one.key == key), None)

    def _customer(self, key: str) -> int | None:
        query = select(_handles.c.customer_id).where(_handles.c.key == key)
        found = self.connection.execute(query).scalar()
        return None if found is None else int(found)

    def _proved(self) -> frozenset[tuple[int, int, int]]:
        query = select(_handles.c.id, _handles.c.proved_level, _handles.c.proved_until)
        return frozenset(
            (row.id, row.proved_level, row.proved_until) for row in self.connection.execute(query)
        )

    def _customers(self) -> list[int]:
        query = select(_customer.c.id).where(_customer.c.merged_into.is_(None))
        return list(self.connection.execute(query).scalars())

    def _members(self, customer: int) -> list[int]:
        query = select(_handles.c.id).where(_handles.c.customer_id == customer)
        return list(self.connection.execute(query).scalars())


def _handle(key: str) -> Handle:
    kind, address = key.split(":", 1)
    return Handle(kind, address)
