"""The command `onethread export`: everything that is held of one customer, as a file.

It reads beside a running gateway and keeps nobody waiting. What is in the file is
`memory.exports.customer`'s to say; that it was taken out stands in the log of changes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.commands.identity_desk import WHO, ConfigOption, desk, refuse, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from memory.exports.shapes import Own


def export(
    who: Annotated[str, typer.Argument(help=WHO)],
    out: Annotated[Path, typer.Option("--out", help="Where to; a ZIP file.", dir_okay=False)],
    config: ConfigOption = None,
) -> None:
    """Write everything that is held of a customer into a file, for people and programs.

    Example: onethread export phone:+15550001111 --out ada.zip
    """
    import asyncio

    from gateway.commands.database import reading
    from gateway.settings.model import load_settings
    from memory.exports.customer import EXPORT, find_own
    from memory.units.audit import record

    with desk(config) as here:
        own = find_own(here.connection, here.customer(who), personal=True)
        assert own is not None
        subject = f"customer:{own.root}"
        record(here.connection, here.new_id(), here.now, here.actor, EXPORT, subject, {})
    settings = load_settings(config)
    with reading(settings.storage.url.get_secret_value()) as connection:
        try:
            size = asyncio.run(_write(connection, settings.data.folder / "files", own, out))
        except OSError as error:
            refuse(f"{out} cannot be written: {error.strerror}")
    say(f"Everything that is held of {who} is in {out}, {size} bytes. Keep it as safe as the rest.")


async def _write(connection: Connection, files: Path, own: Own, out: Path) -> int:
    import os
    from datetime import UTC, datetime

    from gateway.customers.customer_exporting import Source, export_zip
    from gateway.files import FileStore

    async def read(query: Callable[..., Any], /, *args: Any) -> Any:
        with connection.begin():
            return query(connection, *args)

    size = 0
    # For nobody else on this machine to read.
    private = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(private, "wb") as opened:
        async for piece in export_zip(Source(read, FileStore(files).read), own, datetime.now(UTC)):
            size += opened.write(piece)
    return size
