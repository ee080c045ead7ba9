"""Where Alembic takes the connection and the present layout from: both are handed in.

It opens nothing and reads no settings, so that a migration runs on the very connection, and in the
transaction, of whoever started it.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel

import memory.tables.channels  # filling the metadata is what they are imported for
import memory.tables.identity
import memory.tables.main
import memory.tables.people
import memory.tables.remembered  # noqa: F401


def run(connection: Connection) -> None:
    """Run the steps that are missing, all in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        compare_type=True,
        compare_server_default=True,
        # SQLite changes a column by copying its table.
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
