"""What is put before the pipeline: never over the budget, the right things first, and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from core.message import Assurance, Author
from core.turn import Fact, Recall, Said
from memory.recall.choosing import PACKING, Packing, recall
from memory.recall.indexed_thread import index
from memory.recall.scoring import SESSION_LENGTH
from memory.recall.standing_block import NOTHING, Known

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOW = START + timedelta(days=90)
TOPICS = (
    "the blue curtains came too short",
    "can you send the invoice again",
    "my parcel is late",
    "the shoes do not fit",
    "do you open on sundays",
)


def said(
    number: int, text: str, at: datetime | None = None, author: Author = Author.CUSTOMER
) -> Said:
    """A message, an hour after the one before unless told otherwise."""
    moment = at if at is not None else START + timedelta(hours=number)
    return Said(f"1-{number}", moment, "sms", author, text, len(text) // 4 + 1, "phone:+1")


def fact(number: int, value: str) -> Fact:
    """Something remembered."""
    return Fact(f"key {number}", value, "1-1", "phone:+1", Assurance.AUTHENTICATED, START)


def filled(count: int, *special: tuple[int, str]) -> list[Said]:
    """A long thread about nothing in particular, with some messages in it that are."""
    named = dict(special)
    return [
        said(number, named.get(number, f"{TOPICS[number % 5]} item{number}"))
        for number in range(count)
    ]


def cost(found: Recall, packing: Packing = PACKING) -> int:
    """What a recall really takes, counted apart from the code that chose it."""
    chosen = sorted(
        [*found.exchanges, *(one.said for one in found.recalled)], key=lambda one: one.at
    )
    lines = sum(one.tokens + packing.line for one in chosen)
    headers = sum(
        1 for at, one in enumerate(chosen) if at == 0 or one.at - chosen[at - 1].at > SESSION_LENGTH
    )
    known = sum(one.tokens for one in found.standing)
    frame = packing.frame if chosen or found.standing else 0
    return frame + known + lines + headers * packing.header


words = st.sampled_from(
    ["order", "1042", "refund", "late", "anna@x.org", "hello", "it", "?", "monday", "12.50 €"]
)
texts = st.lists(words, max_size=12).map(" ".join)
threads = st.lists(st.tuples(texts, st.integers(0, 400), st.sampled_from(Author)), max_size=40).map(
    lambda rows: [
        said(
            number, text, START + timedelta(minutes=sum(one[1] for one in rows[: number + 1])), who
        )
        for number, (text, _, who) in enumerate(rows)
    ]
)


@settings(max_examples=150, deadline=None)
@given(threads, texts, st.lists(texts, max_size=6), st.integers(0, 700))
def test_the_budget_is_never_exceeded(
    thread: list[Said], text: str, values: list[str], budget: int
) -> None:
    facts = tuple(fact(number, value) for number, value in enumerate(values))
    found = recall(index(thread), text, Known(facts), NOW, budget)
    assert cost(found) <= found.tokens <= budget == found.budget
    ids = [one.id for one in found.exchanges] + [one.said.id for one in found.recalled]
    assert len(ids) == len(set(ids)) and set(ids) <= {one.id for one in thread}
    order = [one.said.at for one in found.recalled]
    assert order == sorted(order)
    assert list(found.exchanges) == sorted(found.exchanges, key=lambda one: one.at)
    assert found.trace or not (thread or facts)


def test_everything_is_loaded_when_it_fits() -> None:
    thread = filled(20)
    found = recall(index(thread), "anything", Known((fact(1, "Oslo"),)), NOW, 2000)
    assert found.exchanges == tuple(thread)
    assert found.facts == (fact(1, "Oslo"),)
    assert found.trace == ("everything fits: 1 thing known, 20 messages",)
    assert cost(found) <= found.tokens <= 2000


def test_the_last_exchanges_come_whatever_is_asked() -> None:
    thread = filled(200)
    found = recall(index(thread), "nothing of the kind", NOTHING, NOW, 1000)
    assert found.exchanges == tuple(thread[-12:])


def test_an_old_message_about_the_matter_is_found() -> None:
    thread = filled(300, (17, "I would like the walnut table delivered to the summer house"))
    found = recall(
        index(thread), "When does the table come to the summer house?", NOTHING, NOW, 600
    )
    best = max(found.recalled, key=lambda one: one.score)
    assert best.said.id == "1-17"
    assert best.why["words"] > 0


def test_the_same_identifier_outranks_every_word() -> None:
    talk = [(at, "Where is my parcel, when does the late parcel come?") for at in range(40, 240, 7)]
    thread = filled(300, (5, "it is 77123-B"), *talk)
    found = recall(index(thread), "Where is my late parcel 77123-B?", NOTHING, NOW, 400)
    best = max(found.recalled, key=lambda one: one.score)
    assert best.said.id == "1-5"
    assert best.why["same identifier"] >= 20


def test_what_was_answered_is_found_by_the_question() -> None:
    thread = filled(
        300,
        (50, "Which size do you wear in the green jacket?"),
        (51, "forty-two, like last time"),
    )
    found = recall(index(thread), "What size was the green jacket?", NOTHING, NOW, 500)
    assert "1-51" in {one.said.id for one in found.recalled}


def test_who_said_it_counts() -> None:
    thread = filled(200)
    thread[20] = said(20, "a voucher for the curtains is possible", author=Author.CUSTOMER)
    thread[90] = said(90, "a voucher for the curtains is possible indeed", author=Author.AGENT)
    found = recall(index(thread), "Your colleague promised a voucher", NOTHING, NOW, 500)
    by_id = {one.said.id: one for one in found.recalled}
    assert by_id["1-90"].why["speaker"] > 0
    assert "1-20" not in by_id or by_id["1-20"].score < by_id["1-90"].score


def test_the_channel_that_is_named_counts() -> None:
    thread = filled(200, (20, "the voucher is for Anna"), (90, "a voucher for Berta"))
    thread[90] = thread[90]._replace(channel="email")
    found = recall(index(thread), "I sent you a mail about a voucher", NOTHING, NOW, 500)
    by_id = {one.said.id: one for one in found.recalled}
    assert by_id["1-90"].why["channel"] > 0
    assert by_id["1-90"].score > by_id["1-20"].score
    elsewhere = recall(index(thread), "I asked in the chat about a voucher", NOTHING, NOW, 500)
    assert not any(one.why.get("channel") for one in elsewhere.recalled), "nobody wrote there"


def test_a_time_that_is_named_counts() -> None:
    thread = filled(300)
    found = recall(index(thread), "What did I ask on 3 March 2026?", NOTHING, NOW, 700)
    assert all(one.said.at.month == 3 for one in found.recalled)
    assert found.recalled[0].why["time asked about"] > 0


def test_what_was_said_many_messages_ago_is_found() -> None:
    thread = filled(900, (20, "I am Alexis, the flat is for Monday around 8pm"))
    grown = index(thread[:500]).extended(thread[500:])
    found = recall(grown, "Can we make the flat Tuesday instead of Monday?", NOTHING, NOW, 700)
    assert "1-20" in {one.said.id for one in found.recalled}


def test_what_the_customer_told_comes_where_nothing_matches() -> None:
    thread = [said(at, TOPICS[at % 5]) for at in range(200)]
    thread[10] = said(10, "room 351, until the 4th")
    thread[11] = said(11, "room 352 is taken", author=Author.AGENT)
    found = recall(index(thread), "steak and wine please", NOTHING, NOW, 600)
    assert {one.said.id for one in found.recalled} == {"1-10"}
    assert "1 because the customer told a number or a time" in found.trace[-1]


def test_the_same_words_are_loaded_once() -> None:
    again = [(at, "Where is my order from the catalogue?") for at in range(10, 60, 10)]
    thread = filled(200, *again)
    found = recall(index(thread), "the order from the catalogue", NOTHING, NOW, 700)
    repeated = [one for one in found.recalled if "catalogue" in one.said.text]
    assert len(repeated) == 1
    assert "4 only repeated what is loaded" in found.trace[-1]


def test_facts_have_a_share_of_their_own() -> None:
    facts = tuple(fact(number, "a value of some length") for number in range(50))
    thread = filled(100)
    found = recall(index(thread), "hello", Known(facts), NOW, 1000)
    assert 0 < len(found.facts) < 50
    assert found.facts == facts[-len(found.facts) :], "the newest"
    assert sum(one.tokens for one in found.standing) <= 200
    assert len(found.exchanges) == 12
    assert "left out, their shares are full" in found.trace[0]


def test_a_message_too_long_for_its_share_does_not_stop_the_others() -> None:
    thread = [*filled(30), said(30, "x " * 4000), said(31, "thanks")]
    found = recall(index(thread), "parcel", NOTHING, NOW, 500)
    assert found.exchanges[-1].text == "thanks"
    assert "1-30" not in {one.id for one in found.exchanges}
    assert "too long for their share" in " ".join(found.trace)


def test_a_text_without_words_recalls_the_last_exchanges_only() -> None:
    found = recall(index(filled(100)), "???", NOTHING, NOW, 800)
    assert found.recalled == ()
    assert len(found.exchanges) == 12


def test_extending_is_the_same_as_indexing_anew() -> None:
    thread = filled(60)
    grown = index(thread[:40]).extended(thread[40:50]).extended(thread[50:])
    whole = index(thread)
    assert (grown.thread, grown.tokens, grown.sessions) == (
        whole.thread,
        whole.tokens,
        whole.sessions,
    )
    question = "the invoice of item3"
    assert recall(grown, question, NOTHING, NOW, 300) == recall(whole, question, NOTHING, NOW, 300)


def test_a_thread_stays_bounded() -> None:
    grown = index(filled(10)).extended([said(99, "new")], limit=5)
    assert [one.id for one in grown.thread] == ["1-6", "1-7", "1-8", "1-9", "1-99"]


@settings(max_examples=60, deadline=None)
@given(threads, texts, st.integers(0, 400), st.integers(0, 40))
def test_the_same_input_gives_the_same_recall(
    thread: list[Said], text: str, budget: int, known: int
) -> None:
    """Also when another thread has grown the columns before, and other texts were scored."""
    first = recall(index(thread), text, NOTHING, NOW, budget)
    grown = index(thread[:known])
    recall(grown, "the refund of monday", NOTHING, NOW, budget)
    assert recall(grown.extended(thread[known:]), text, NOTHING, NOW, budget) == first


def test_what_was_said_later_in_the_session_is_found() -> None:
    talk = ("order 48213 please", "which floor", "the third", "a lift", "no", "two men will come")
    start = START + timedelta(days=40)
    session = [said(900 + at, one, start + timedelta(minutes=at)) for at, one in enumerate(talk)]
    later = [said(1000 + at, TOPICS[at % 5]) for at in range(100)]
    found = recall(index([*filled(300), *session, *later]), "what about 48213?", NOTHING, NOW, 500)
    assert "1-905" in {one.said.id for one in found.recalled}


def test_a_question_in_another_language_finds_its_message() -> None:
    thread = filled(300, (40, "Wir sind umgezogen, die neue Anschrift ist Lindenweg 30"))
    found = recall(index(thread), "Welche Anschriften haben Sie von mir?", NOTHING, NOW, 500)
    best = max(found.recalled, key=lambda one: one.score)
    assert best.said.id == "1-40"
