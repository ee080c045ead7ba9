"""What a business's own systems know of the customers of a file: rows of a playbook's tables.

A dialogue is played by somebody with addresses of the replay's own, whom no written table knows. Of
what the file's scenario says of a customer (`customer` and `ids`) rows are made; the shown columns,
of which it says nothing, are those of the table's first row. What a customer has to tell is still
told by them: a row only answers. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from core.playbook.model import Playbook, Table
from gateway.replay.dialogues import Dialogue
from gateway.replay.people import Person

Row = Mapping[str, str]


def with_rows(playbook: Playbook, customers: Iterable[tuple[Dialogue, Person]]) -> Playbook:
    """The playbook with a row for everything that a scenario names the key of."""
    everybody = tuple(customers)
    tables = {
        name: replace(
            table, rows=(*table.rows, *(row for one in everybody for row in _rows(table, *one)))
        )
        for name, table in playbook.tables.items()
    }
    return replace(playbook, tables=tables)


def _rows(table: Table, dialogue: Dialogue, person: Person) -> Iterator[Row]:
    """The rows of one customer; none without a value for each key column, or without a sample."""
    keys = [dialogue.known.get(column, ()) for column in table.key]
    if not table.rows or not all(keys):
        return
    owner = {column: _address(person, kind) for column, kind in table.owner.items()}
    verify = {column: _second(dialogue, column) for column in table.verify}
    for values in zip(*keys, strict=False):
        yield {**table.rows[0], **owner, **verify, **dict(zip(table.key, values, strict=True))}


def _address(person: Person, kind: str) -> str:
    return {
        "phone": person.phone,
        "email": person.email,
        "login": person.login,
        "slack": person.slack,
    }[kind]


def _second(dialogue: Dialogue, column: str) -> str:
    """A second detail by its own name, or a surname out of the name; else nobody has it."""
    told = next(iter(dialogue.known.get(column, ())), "")
    name = next(iter(dialogue.known.get("name", ())), "").split()
    return told or (name[-1] if name and column == "surname" else "")
