"""The export of one customer: everything of theirs, nothing of others, no secret."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import orjson
import pytest
from sqlalchemy import Connection, Engine, insert, update

from core.message import Assurance, Audience
from core.turn import SlotValue
from gateway.customers.customer_exporting import PAGE, Source, export_zip
from gateway.files import FileStore
from memory.engine import database_url as with_driver
from memory.engine import writer_engine
from memory.exports.customer import EXPORTED, NOT_EXPORTED, find_own
from memory.exports.shapes import HIDDEN, SECRET
from memory.readable.drawing import WITHHELD
from memory.tables.holdings import HELD, NOT_THEIRS
from memory.tables.main import Delivery, Message, Turn
from memory.tables.remembered import Fact
from memory.tables.rows import table
from tests.memory.canaries import NOT_WORDS, Plants
from tests.memory.world import CHAT, MAIL, PHONE, START, World

NOW = 1_780_000_000_000_000


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    engine: Engine = writer_engine(with_driver(database_url), "NORMAL")
    with engine.connect() as one:
        yield one
        one.rollback()
    engine.dispose()


async def exported(
    connection: Connection, customer: int, folder: Path, *, personal: bool = True
) -> bytes:
    own = find_own(connection, customer, personal=personal)
    assert own is not None

    async def read(query: Any, /, *args: Any) -> Any:
        return query(connection, *args)

    source = Source(read, FileStore(folder).read)
    return b"".join([piece async for piece in export_zip(source, own, START)])


def unpacked(content: bytes) -> dict[str, str]:
    with ZipFile(io.BytesIO(content)) as zipped:
        assert zipped.testzip() is None
        return {name: zipped.read(name).decode() for name in zipped.namelist()}


def rows(files: dict[str, str], name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in files[f"tables/{name}.jsonl"].splitlines()]


def test_every_table_is_exported_or_it_is_said_why_not() -> None:
    assert EXPORTED.keys() | NOT_EXPORTED.keys() == HELD.keys()
    assert not EXPORTED.keys() & NOT_EXPORTED.keys()
    assert not HELD.keys() & NOT_THEIRS.keys()


async def test_nothing_of_theirs_is_missing_and_nothing_of_others_is_in_it(
    connection: Connection, tmp_path: Path
) -> None:
    plants = Plants(connection, 1_000, NOW)
    one, other = plants.person("p0001q"), plants.person("p0002q")
    files = unpacked(await exported(connection, one.customer_id, tmp_path))
    everything = "".join(files.values())
    assert other.mark not in everything
    for name in EXPORTED:
        assert rows(files, name), f"{name} has a row of theirs"
    for column in ("message.text", "fact.value", "link.evidence", "case_.state_json"):
        assert one.planted[column] in everything, column
    receipt = json.loads(files["receipt.json"])
    assert receipt["rows"] == {name: len(rows(files, name)) for name in EXPORTED}
    assert NOT_WORDS, "the canaries leave out what nobody can reach"


async def test_the_same_data_give_the_same_bytes(connection: Connection, tmp_path: Path) -> None:
    one = Plants(connection, 1_000, NOW).person("p0001q")
    first = await exported(connection, one.customer_id, tmp_path)
    assert await exported(connection, one.customer_id, tmp_path) == first


async def test_no_secret_is_in_it(connection: Connection, tmp_path: Path) -> None:
    world = World(connection)
    place = world.say(PHONE, "my pin is …", secrets={"pin": "digest-of-a-pin"})
    level = Assurance.AUTHENTICATED
    pin = SlotValue(
        "pin", "provided", place.message_id, PHONE, level, secret=True, digest="digest-of-a-pin"
    )
    world.case(place, (pin,))
    world.reply(place, "your code is 424242")
    parts, facts = table(Delivery), table(Fact)
    connection.execute(
        update(parts).values(payload_json='{"text":"424242"}', kept_json='{"text":"…"}')
    )
    fact = world.fact(place, "password", "swordfish")
    connection.execute(update(facts).where(facts.c.id == fact).values(secret=True))
    files = unpacked(await exported(connection, world.customer(place.handle_id), tmp_path))
    tables = "".join(text for name, text in files.items() if name != "tables/message.jsonl")
    assert "digest-of-a-pin" not in "".join(files.values())
    assert "swordfish" not in tables and "424242" not in files["tables/delivery.jsonl"]
    assert rows(files, "fact")[0]["value"] == SECRET
    assert rows(files, "message")[0]["extra"]["secrets"] == ["pin"]


async def test_of_a_room_only_their_own_words(connection: Connection, tmp_path: Path) -> None:
    world = World(connection)
    place = world.say(MAIL, "from Anna", thread="room", audience=Audience.ROOM)
    world.say("email:bob@x.org", "from Bob", thread="room", audience=Audience.ROOM)
    bob = world.handle_row("email:bob@x.org")["customer_id"]
    for customer, own, others in (
        (world.customer(place.handle_id), "from Anna", "Bob"),
        (bob, "from Bob", "Anna"),
    ):
        files = unpacked(await exported(connection, customer, tmp_path))
        everything = "".join(files.values())
        assert own in everything and others not in everything
        assert others.lower() not in everything


async def test_what_was_made_of_anothers_memory_is_withheld(
    connection: Connection, tmp_path: Path
) -> None:
    world = World(connection)
    chat, phone = world.say(CHAT, "hello"), world.say(PHONE, "my order is 1042")
    answer = world.reply(chat, "your order 1042 is on its way")
    messages, turns = table(Message), table(Turn)
    drawn = orjson.dumps({"drawn": [phone.handle_id]}).decode()
    connection.execute(
        update(messages)
        .where(messages.c.conversation_id == answer.conversation_id, messages.c.seq == answer.seq)
        .values(extra_json=drawn)
    )
    connection.execute(
        update(turns).values(drawn_json=orjson.dumps({str(phone.handle_id): ["message"]}).decode())
    )
    parts = table(Delivery)
    connection.execute(update(parts).values(payload_json='{"text":"your order 1042"}'))
    files = unpacked(await exported(connection, world.customer(chat.handle_id), tmp_path))
    assert "order 1042" not in "".join(files.values())
    assert rows(files, "message")[1]["text"] == WITHHELD
    world.link(CHAT, PHONE)
    both = unpacked(await exported(connection, world.customer(chat.handle_id), tmp_path))
    assert "order 1042 is on its way" in both["tables/message.jsonl"], "it is theirs again"


async def test_what_is_not_shown_before_a_proof_needs_the_right_to_see_it(
    connection: Connection, tmp_path: Path
) -> None:
    world = World(connection)
    place, facts = world.say(PHONE, "hello"), table(Fact)
    fact = world.fact(place, "iban", "DE-0815")
    connection.execute(update(facts).where(facts.c.id == fact).values(needs=3))
    customer = world.customer(place.handle_id)
    hidden = unpacked(await exported(connection, customer, tmp_path, personal=False))
    assert "DE-0815" not in "".join(hidden.values())
    assert rows(hidden, "fact")[0]["value"] == HIDDEN
    shown = unpacked(await exported(connection, customer, tmp_path))
    assert rows(shown, "fact")[0]["value"] == "DE-0815"


async def test_their_files_are_in_it_and_the_page_is_safe_to_open(
    connection: Connection, tmp_path: Path
) -> None:
    world, store = World(connection), FileStore(tmp_path)
    reference = await store.keep(b"a picture")
    place = world.say(PHONE, "<script>alert(1)</script>")
    extra = {"attachments": [{"name": "a<b>.png", "type": "image/png", "reference": reference},
                             {"name": "gone.png", "type": "image/png",
                              "reference": f"file:{'0' * 64}"}]}  # fmt: skip
    connection.execute(update(table(Message)).values(extra_json=orjson.dumps(extra).decode()))
    files = unpacked(await exported(connection, world.customer(place.handle_id), tmp_path))
    assert files[f"files/{reference.partition(':')[2]}"] == "a picture"
    receipt = json.loads(files["receipt.json"])
    assert (receipt["files"], receipt["files_not_kept_any_more"]) == (1, 1)
    assert "<script>" not in files["index.html"] and "a&lt;b&gt;.png" in files["index.html"]


async def test_more_rows_than_a_page_are_all_there(connection: Connection, tmp_path: Path) -> None:
    world = World(connection)
    place = world.say(PHONE, "hello")
    connection.execute(
        insert(table(Fact)),
        [
            {"id": 10**6 + number, "handle_id": place.handle_id, "key": "k", "value": "v",
             "source": "s", "level": 2, "recorded_at": NOW}
            for number in range(2 * PAGE)
        ],
    )  # fmt: skip
    files = unpacked(await exported(connection, world.customer(place.handle_id), tmp_path))
    assert len(rows(files, "fact")) == 2 * PAGE
