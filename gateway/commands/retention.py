"""The command `onethread retention`: for how long each class of what is stored is kept, and what
would go now. It only looks; the running gateway lets go (`gateway.customers.retaining`).
"""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from gateway.commands.identity_desk import ConfigOption, JsonOption, refuse, say, tell_json


def retention(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Show what would go now, what open cases hold back, and from when the oldest is that stays.

    Example: onethread retention --config shop.toml
    """
    from core.clock import from_micros
    from gateway.commands.database import NoDatabase, now_micros, reading
    from gateway.customers.retaining import days_of
    from gateway.settings.model import load_settings
    from gateway.settings.obstacles import reaching_database
    from memory.retention import KINDS, due

    settings = load_settings(config)
    days, now = days_of(settings.retention), now_micros()
    try:
        with (
            reaching_database(settings.file),
            reading(settings.storage.url.get_secret_value()) as connection,
        ):
            found = [due(connection, name, days[name], now) for name in KINDS]
    except NoDatabase as error:
        refuse(str(error))
    if as_json:
        tell_json(found)
        return
    shown = Table(box=None, pad_edge=False)
    for title in ("what", "setting", "kept for", "would go", "held back", "oldest that stays"):
        shown.add_column(title)
    for one in found:
        shown.add_row(
            one.name,
            KINDS[one.name].setting,
            f"{one.days} days" if one.days else "ever",
            str(one.goes),
            str(one.held),
            "-" if one.oldest is None else f"{from_micros(one.oldest):%Y-%m-%d}",
        )
    Console().print(shown)
    if any(one.held for one in found):
        say("Held back: a case of theirs is open. Close it, and it goes.")
