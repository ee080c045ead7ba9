"""Erased to the last byte: what somebody wrote, sent, was called and changed on four channels is in
no file of the gateway any more, and what others did is all still there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from adapters.sms.simulator_media import Picture
from core.clock import to_micros
from core.message import Assurance
from gateway.app import utc_now
from gateway.customers.erasing import WRITTEN_ANEW, Receipt, erase_whole
from memory.compacting import settle
from memory.tables.main import Handle, Message
from memory.units.identity.linking import BY_HAND, customer_of, link
from tests.gateway.everywhere import Everywhere, everywhere

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452")


class Writer:
    """Somebody whose every word has `mark` in it."""

    def __init__(self, mark: str, number: int) -> None:
        self.mark = mark
        self.phone = f"+1555010{number:04d}"
        self.mail = f"{mark}.mail@customers.example"
        self.slack = f"U{mark.upper()}"
        self.login = f"{mark}-login"

    @property
    def keys(self) -> tuple[str, ...]:
        """Of the handles that are joined."""
        return f"phone:{self.phone}", f"email:{self.mail}", f"login:{self.login}"

    @property
    def canaries(self) -> tuple[str, ...]:
        """What is to be found in the gateway's files, or not: words, names, titles, bytes."""
        said = ("text", "mail", "subject", "chat", "edited")
        named = ("name", "file", "bytes", "login")
        return (*(f"{self.mark}-{part}" for part in (*said, *named)), self.phone, self.mail)


async def write_everywhere(world: Everywhere, one: Writer) -> None:
    """Seven messages."""
    mark = one.mark
    picture = Picture(PNG + f"{mark}-bytes in a picture".encode(), "image/png")
    await world.phones.text(one.phone, f"Where is my order 1042? {mark}-text", pictures=(picture,))
    await world.mail.write(
        one.mail,
        f"A long word: {mark}-mail",
        subject=f"About {mark}-subject",
        name=f"{mark}-name",
        html=f"<p>{mark}-mail</p>",
        attachments=((f"{mark}-file.txt", "text/plain", f"{mark}-bytes".encode()),),
    )
    chat = await world.chat(one.login)
    await chat.say(f"Hello from {mark}-chat")
    await chat.upload(
        f"{mark}-bytes of a chat".encode(), f"{mark}-file-of-a-chat.txt", "text/plain"
    )
    world.slack.add_person(one.slack, f"{mark}-name", f"{mark}@slack.example")
    ts = await world.slack.write(one.slack, f"Hello from {mark}-slack")
    await world.slack.edit(one.slack, ts, f"Hello again {mark}-edited")


def join(connection: Connection, keys: tuple[str, ...], new_id: Callable[[], int]) -> int:
    """One customer; their id."""
    first, now = customer_of(connection, keys[0]), to_micros(utc_now())
    for key in keys[1:]:
        ids = (new_id(), new_id())
        link(connection, key, first, Assurance.AUTHENTICATED, BY_HAND, f"{key} called", "admin",
             now, ids)  # fmt: skip
    return customer_of(connection, keys[0])


class Desk:
    """Each transaction in the store of the gateway."""

    def __init__(self, world: Everywhere) -> None:
        self._store = world.gateway.store

    async def write(self, work: Callable[[Connection], Any]) -> Any:
        return await self._store.run(work)

    async def read(self, work: Callable[[Connection], Any]) -> Any:
        return await self._store.read(work)


async def erase(world: Everywhere, customer: int | str) -> Receipt:
    gateway = world.gateway
    url = gateway.store.url.render_as_string(hide_password=False)
    return await erase_whole(
        Desk(world),
        gateway.files.drop,
        partial(settle, url),
        customer,
        "person:eve",
        lambda: to_micros(utc_now()),
        gateway.new_id,
    )


def found(folder: Path, words: tuple[str, ...]) -> set[str]:
    """Which of the words are in a file below the folder, or in a file's name."""
    files = [one for one in folder.rglob("*") if one.is_file()]
    content = b"\n".join(one.read_bytes() + str(one).encode() for one in files).lower()
    return {word for word in words if word.lower().encode() in content}


@pytest.mark.timeout(120)
async def test_nothing_of_the_erased_is_in_any_file_and_everything_of_the_other_is(
    tmp_path: Path, models: Path
) -> None:
    anna, bob = Writer("zqanna", 1), Writer("zqbob", 2)
    async with everywhere(tmp_path / "shop", models) as world:
        for one in (anna, bob):
            await write_everywhere(world, one)
        await world.handled(10)
        store, new_id = world.gateway.store, world.gateway.new_id
        customer = await store.run(join, anna.keys, new_id)
        assert found(tmp_path, anna.canaries) == set(anna.canaries), "each can be found at first"
        slack = [row["key"] for row in await world.rows(Handle) if "UZQANNA" in row["key"]]
        receipt = await erase(world, customer)
        for key in slack:
            await erase(world, key)
        assert receipt.database == WRITTEN_ANEW and receipt.files >= 3 and receipt.beyond
        assert found(tmp_path, (*anna.canaries, anna.mark)) == set()
        assert found(tmp_path, bob.canaries) == set(bob.canaries)
        await world.phones.text(anna.phone, "Hello once more")
        await world.handled(5)
        texts = [row["text"] for row in await world.rows(Message)]
        assert "Hello once more" in texts, "whoever writes from the address is somebody new"
        assert customer_of_now(await world.rows(Handle), anna.keys[0]) != customer


def customer_of_now(handles: list[Any], key: str) -> int:
    return next(int(row["customer_id"]) for row in handles if row["key"] == key)
