"""The command `onethread identities erase`: a customer, or one handle, with all that is theirs.

It asks first, erases call by call, each a short transaction beside a running gateway, and drops the
files that nobody else's message names.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gateway.identity_desk import (
    WHO,
    ConfigOption,
    JsonOption,
    YesOption,
    ask,
    desk,
    say,
    tell_json,
)


def erase(
    who: Annotated[str, typer.Argument(help=WHO)],
    yes: YesOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Erase a customer by id, or one handle by its name, for good.

    Example: onethread identities erase phone:+15550001111
    """
    from collections import Counter

    from memory.units.erasing import erase as erase_some

    with desk(config) as here:
        here.customer(who)
    ask(f"Erase {who}, with everything that was said and remembered?", yes)
    rows: Counter[str] = Counter()
    files: set[str] = set()
    target: int | str = int(who) if who.isascii() and who.isdigit() else who
    while True:
        with desk(config) as here:
            done = erase_some(here.connection, target, here.actor, here.now, here.new_id)
        rows.update(done.counts)
        files.update(done.files)
        target = done.customer_id
        if done.done:
            break
    dropped = _drop(files, config)
    if as_json:
        tell_json(
            {"customer_id": str(target), "rows": dict(sorted(rows.items())), "files": dropped}
        )
        return
    told = ", ".join(f"{count} {name}" for name, count in sorted(rows.items()))
    say(f"Erased: {told or 'nothing was left'}; {dropped} files.")


def _drop(references: set[str], config: Path | None) -> int:
    """Drop the files that nothing names any more; how many."""
    import asyncio

    from gateway.files import FileStore
    from gateway.settings import load_settings
    from memory.named_files import named_by_nobody

    with desk(config) as here:
        unnamed = named_by_nobody(here.connection, sorted(references))
    store = FileStore(load_settings(config).data.folder / "files")
    for one in unnamed:
        asyncio.run(store.drop(one))
    return len(unnamed)
