"""The command `onethread erase`: a customer, or one handle, with all that is theirs.

It asks first, erases call by call, each a short transaction beside a running gateway, drops the
files that nobody else's message names, and has the database's own files written anew where nobody
waits long for that. The work is `gateway.customers.erasing`'s.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.commands.identity_desk import (
    WHO,
    ConfigOption,
    JsonOption,
    YesOption,
    ask,
    desk,
    say,
    tell_json,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from memory.compacting import Compacted


def erase(
    who: Annotated[str, typer.Argument(help=WHO)],
    yes: YesOption = False,
    compact: Annotated[
        bool,
        typer.Option(help="Have the database's files written anew; others wait meanwhile."),
    ] = True,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Erase a customer by id, or one handle by its name, for good; and say what is out of reach.

    Example: onethread erase phone:+15550001111
    """
    import asyncio
    from functools import partial

    from gateway.commands.database import command_ids, now_micros
    from gateway.commands.identity_desk import who_types
    from gateway.customers.erasing import erase_whole
    from gateway.files import FileStore
    from gateway.settings.model import load_settings

    with desk(config) as here:
        here.customer(who)
    ask(f"Erase {who}, with everything that was said and remembered?", yes)
    settings = load_settings(config)
    url = settings.storage.url.get_secret_value()
    receipt = asyncio.run(
        erase_whole(
            _Desk(config, url),
            FileStore(settings.data.folder / "files").drop,
            partial(_settle, url, compact),
            int(who) if who.isascii() and who.isdigit() else who,
            who_types(),
            now_micros,
            command_ids(),
        )
    )
    if as_json:
        tell_json(receipt)
        return
    told = ", ".join(f"{count} {name}" for name, count in receipt.rows.items())
    say(f"Erased: {told or 'nothing was left'}; {receipt.files} files.")
    say(receipt.database)
    say("Out of reach:")
    for one in receipt.beyond:
        say(f"  {one}")


class _Desk:
    """Each transaction is the command's own, on the configured database."""

    def __init__(self, config: Path | None, url: str) -> None:
        self._config = config
        self._url = url

    async def write(self, work: Callable[[Connection], Any]) -> Any:
        with desk(self._config) as here:
            return work(here.connection)

    async def read(self, work: Callable[[Connection], Any]) -> Any:
        from gateway.commands.database import reading

        with reading(self._url) as connection:
            return work(connection)


def _settle(url: str, compact: bool) -> Compacted:
    """Write the files anew, unless that takes longer than a gateway beside would wait."""
    from memory.compacting import LARGE, file_bytes, settle
    from memory.compacting import compact as write_anew

    size = file_bytes(url)
    if compact and size is not None and size <= LARGE:
        return write_anew(url)
    return settle(url)
