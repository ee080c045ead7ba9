"""Vectors follow messages, go with them, and never say anything of a text that is not there now."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Connection, select

from core.message import Assurance, Author
from core.turn import Said
from gateway.recall.encoder_files import find_model
from gateway.recall.encoding import Encoding
from gateway.settings.memory import Embeddings
from gateway.settings.model import Settings
from memory.recall.columns import Floats
from memory.recall.encoder import Model, load_model
from memory.recall.vectors import nearness, pack, place_of, vectors_of
from memory.store import Store
from memory.tables.remembered import Vector
from memory.tables.rows import table
from memory.units.erasing.whole import erase
from memory.units.messages.admission_rows import Cleaned
from memory.units.messages.revisions import Change, revise
from memory.units.remembering.vectors import Encoded, keep_vectors
from tests.gateway.everywhere import Options, everywhere
from tests.memory.world import CHAT, MAIL, PHONE, START, Place, World

MOVED, LATE, FLICKERS = "I moved to Leeds.", "My package never came.", "The lamp flickers."


@dataclass
class Talk:
    """People writing into a store, and an encoder beside it."""

    store: Store
    model: Model
    now: datetime = START
    said: list[Said] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.encoding = self.encoder(self.model)

    def encoder(self, model: Model | None) -> Encoding:
        """As the gateway has one after a start."""
        return Encoding(self.store, model, now=lambda: self.now)

    async def say(self, who: str, *texts: str, level: Assurance | None = None) -> list[Said]:
        """What somebody writes, as it is handed to whoever recalls."""

        def saying(connection: Connection) -> list[Place]:
            world = World(connection, self.now, count(1_000 * (1 + len(self.said))))
            told = [world.say(who, one, level=level, event=f"{who} {one}") for one in texts]
            self.now = world.now
            return told

        places = await self.store.run(saying)
        said = [said_at(place, one) for place, one in zip(places, texts)]
        self.said.extend(said)
        return said

    async def follow(self) -> None:
        """The vectors have followed."""
        while await self.encoding.look(timedelta(0)):
            pass

    async def vectors(self) -> list[tuple[int, int, str]]:
        """Every stored vector's message and model."""
        vector = table(Vector)
        wanted = select(vector.c.conversation_id, vector.c.seq, vector.c.model)
        return [tuple(row) for row in await self.store.read(lambda one: one.execute(wanted).all())]


def said_at(place: Place, text: str) -> Said:
    return Said(place.message_id, START, "sms", Author.CUSTOMER, text, 5, PHONE)


@pytest.fixture(scope="module")
def model() -> Model:
    found = find_model(Settings().model_copy(update={"embeddings": Embeddings(enabled=True)}))
    assert found is not None
    return load_model(found.name, found.model, found.vocabulary, found.layer)


@pytest.fixture
async def talk(database_url: str, model: Model) -> AsyncIterator[Talk]:
    store = Store(database_url, readers=1)
    await store.open()
    yield Talk(store, model)
    await store.close()


def nearest(meaning: Floats | None) -> int:
    assert meaning is not None
    return int(np.nanargmax(meaning))


async def test_what_is_said_in_other_words_is_near_once_its_vector_has_followed(talk: Talk) -> None:
    said = await talk.say(PHONE, MOVED, LATE, FLICKERS)
    assert await talk.encoding.meaning(said, "the parcel did not arrive") is None
    await talk.follow()
    assert nearest(await talk.encoding.meaning(said, "the parcel did not arrive")) == 1
    assert nearest(await talk.encoding.meaning(said, "what is my address?")) == 0
    assert await talk.encoding.look(timedelta(0)) is False


async def test_a_message_without_a_vector_is_not_a_number_and_is_encoded_next(talk: Talk) -> None:
    said = await talk.say(PHONE, MOVED)
    await talk.follow()
    said += await talk.say(PHONE, LATE)
    first = await talk.encoding.meaning(said, "the parcel did not arrive")
    assert first is not None and np.isnan(first).tolist() == [False, True]
    await talk.encoding.look()
    assert nearest(await talk.encoding.meaning(said, "the parcel did not arrive")) == 1


async def test_how_far_everything_was_walked_is_kept(talk: Talk) -> None:
    await talk.say(PHONE, MOVED, "", "yes")
    await talk.say(MAIL, "forged", level=Assurance.NONE)
    await talk.follow()
    assert len(await talk.vectors()) == 2
    encoded: list[str] = []

    def counted(texts: Sequence[str]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        encoded.extend(texts)
        return talk.model.encode(texts)

    talk.encoding = talk.encoder(replace(talk.model, encode=counted))
    await talk.say(CHAT, LATE)
    await talk.follow()
    assert encoded == [LATE]


async def test_another_models_vectors_are_replaced(talk: Talk) -> None:
    said = await talk.say(PHONE, MOVED)
    await talk.follow()
    other = talk.encoder(replace(talk.model, name="another"))
    assert await other.meaning(said, "address") is None
    talk.encoding = other
    await talk.follow()
    assert {model for *_, model in await talk.vectors()} == {"another"}


async def test_what_is_written_now_is_encoded_once_for_recall_and_for_its_intent(
    talk: Talk,
) -> None:
    said = await talk.say(PHONE, MOVED, LATE)
    await talk.follow()
    heard: list[str] = []

    def deep(texts: Sequence[str]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        heard.extend(texts)
        return talk.model.deep(texts)

    encoding, text = talk.encoder(replace(talk.model, deep=deep)), "the parcel did not arrive"
    near, vector = await encoding.meaning(said, text), await encoding.vector(text)
    assert heard == [text]
    assert near is not None and vector is not None
    stored = pack(talk.model.encode([MOVED, LATE]))
    assert np.array_equal(near, nearness(stored, talk.model.encode([text])[0]))
    assert np.array_equal(vector, talk.model.deep([text])[0])


async def test_a_changed_message_is_never_judged_by_what_it_said(talk: Talk) -> None:
    (before,) = await talk.say(PHONE, LATE)
    await talk.follow()
    assert await talk.encoding.meaning([before], "the parcel did not arrive") is not None
    change = Change("sms", f"{PHONE} {LATE}", PHONE, lambda _: Cleaned(MOVED, {}, 4), 1 << 60)
    await talk.store.run(revise, change)
    assert await talk.vectors() == []
    conversation, seq = place_of(before.id)
    after = said_at(Place(0, conversation, seq), MOVED)
    assert await talk.encoding.meaning([after], "the parcel did not arrive") is None
    await talk.encoding.look()
    found = await talk.encoding.meaning([after], "the parcel did not arrive")
    assert found is not None and found[0] < 0.3


async def test_what_was_encoded_before_it_changed_is_not_kept(talk: Talk) -> None:
    (said,) = await talk.say(PHONE, MOVED)
    (data,) = pack(talk.model.encode([LATE]))
    place = place_of(said.id)
    late = [Encoded(place, LATE, data), Encoded((place[0], 99), MOVED, data)]
    assert await talk.store.run(keep_vectors, late, talk.model.name) == 0
    assert await talk.vectors() == []


async def test_vectors_belong_to_the_handle_and_are_erased_with_it(talk: Talk) -> None:
    (one,) = await talk.say(PHONE, MOVED)
    (other,) = await talk.say(MAIL, LATE)
    await talk.follow()

    def erasing(connection: Connection) -> None:
        world = World(connection)
        while not erase(connection, PHONE, "agent:ada", world.micros(), world.id).done:
            pass

    await talk.store.run(erasing)
    assert {place[:2] for place in await talk.vectors()} == {place_of(other.id)}
    assert await talk.store.read(vectors_of, [place_of(one.id)], talk.model.name) == {}


async def test_without_an_encoder_there_is_no_meaning_and_nothing_is_done(talk: Talk) -> None:
    said = await talk.say(PHONE, MOVED)
    none = talk.encoder(None)
    assert await none.look(timedelta(0)) is False
    assert await none.meaning(said, "address") is None
    assert await talk.vectors() == []


async def test_a_gateway_with_an_encoder_encodes_by_itself(tmp_path: Path, models: Path) -> None:
    async with everywhere(tmp_path, models, Options(embeddings={"enabled": True})) as world:
        await world.phones.text("+447700900666", "When are you open?")
        await world.handled(1)
        async with asyncio.timeout(20):
            while not await world.rows(Vector):  # noqa: ASYNC110 - nothing tells when
                await asyncio.sleep(0.1)
        assert {row["model"] for row in await world.rows(Vector)} == {world.gateway.encoding.name}
