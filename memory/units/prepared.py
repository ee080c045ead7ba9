"""Writing many rows with a statement that is compiled once and handed to the driver as it is.

SQLAlchemy works out the parameters of each row anew, which takes longer than what SQLite does with
them. Only for statements built at import, and for columns of numbers, texts, bytes and booleans,
whose values drivers take as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Update
from sqlalchemy.sql.compiler import SQLCompiler

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Form:
    """A statement as one dialect's driver takes it, with the values that stand in it."""

    sql: str
    fixed: dict[str, Any]
    bind: Callable[[Values], Any]
    """From values by name to what the driver takes: by place, or by name as they are."""


_forms: dict[tuple[object, ...], _Form] = {}


def write(connection: Connection, statement: Insert | Update, rows: Sequence[Values]) -> None:
    """Run the statement for each row. All rows have the keys of the first."""
    key = (statement, connection.dialect.name, *rows[0])
    form = _forms.get(key)
    if form is None:
        form = _forms[key] = _compile(statement, connection.dialect, list(rows[0]))
    bind, fixed = form.bind, form.fixed
    bound = [bind({**fixed, **row}) for row in rows] if fixed else [bind(row) for row in rows]
    connection.exec_driver_sql(form.sql, bound)


def _compile(statement: Insert | Update, dialect: Dialect, keys: list[str]) -> _Form:
    compiled = statement.compile(dialect=dialect, column_keys=keys, for_executemany=True)
    assert isinstance(compiled, SQLCompiler)
    fixed = {name: value for name, value in compiled.params.items() if name not in keys}
    return _Form(str(compiled), fixed, _binding(compiled.positiontup))


def _binding(places: Sequence[str] | None) -> Callable[[Values], Any]:
    if places is None:
        return dict
    if len(places) == 1:
        [only] = places
        return lambda values: (values[only],)
    return itemgetter(*places)
