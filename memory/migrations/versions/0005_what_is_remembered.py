"""Facts with their whole history, episodes, and what recall goes by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# As the first step has it: in SQLite such a key is the table itself.
_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """The step forward. What was known before holds since it was recorded."""
    op.create_table(
        "episode",
        sa.Column("id", _KEY, autoincrement=False, nullable=False),
        sa.Column("handle_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=False),
        sa.Column("head_json", sa.Text(), nullable=False),
        sa.Column("source_json", sa.Text(), nullable=False),
        sa.Column("drawn_json", sa.Text(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("summary_by", sa.Text(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("episode", schema=None) as batch_op:
        batch_op.create_index(
            "ix_episode_case",
            ["case_id"],
            unique=False,
            sqlite_where=sa.text("case_id is not null"),
            postgresql_where=sa.text("case_id is not null"),
        )
        batch_op.create_index("ix_episode_handle", ["handle_id", "started_at"], unique=False)
        batch_op.create_index(
            "ix_episode_stale",
            ["handle_id"],
            unique=False,
            sqlite_where=sa.text("made_at = 0"),
            postgresql_where=sa.text("made_at = 0"),
        )
        batch_op.create_index(
            "ix_episode_summary",
            ["summary_by"],
            unique=False,
            sqlite_where=sa.text("summary_by is not null"),
            postgresql_where=sa.text("summary_by is not null"),
        )

    op.create_table(
        "segment",
        sa.Column("handle_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("digest", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("handle_id", "number"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "vector",
        sa.Column("conversation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("handle_id", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "seq", "model"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("vector", schema=None) as batch_op:
        batch_op.create_index("ix_vector_handle", ["handle_id"], unique=False)

    op.create_table(
        "history_line",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("history_line", schema=None) as batch_op:
        batch_op.create_index("ix_history_line_batch", ["batch_id"], unique=False)

    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("valid_from", sa.BigInteger(), server_default="0", nullable=False)
        )
        batch_op.add_column(
            sa.Column("touched_at", sa.BigInteger(), server_default="0", nullable=False)
        )
        batch_op.add_column(sa.Column("channel", sa.Text(), nullable=True))
        batch_op.add_column(
            sa.Column("told_by", sa.Text(), server_default="customer", nullable=False)
        )
        batch_op.add_column(
            sa.Column("verified", sa.Boolean(), server_default=sa.text("false"), nullable=False)
        )
        batch_op.add_column(
            sa.Column("pinned", sa.Boolean(), server_default=sa.text("false"), nullable=False)
        )
        batch_op.add_column(sa.Column("due_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("outcome", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("retired_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("retired_by", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("retired_because", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("drawn_json", sa.Text(), nullable=True))
        batch_op.drop_index("ix_fact_handle")
        batch_op.create_index("ix_fact_handle", ["handle_id", "key", "valid_to"], unique=False)
        batch_op.create_index(
            "ix_fact_retired",
            ["handle_id"],
            unique=False,
            sqlite_where=sa.text("retired_at is not null"),
            postgresql_where=sa.text("retired_at is not null"),
        )
        batch_op.create_index("ix_fact_source", ["source"], unique=False)
        batch_op.create_index(
            "ix_fact_superseded",
            ["superseded_by"],
            unique=False,
            sqlite_where=sa.text("superseded_by is not null"),
            postgresql_where=sa.text("superseded_by is not null"),
        )
        batch_op.create_index(
            "ix_fact_live",
            ["handle_id"],
            unique=False,
            sqlite_where=sa.text("valid_to is null and substr(key, 1, 11) <> 'identifier:'"),
            postgresql_where=sa.text("valid_to is null and substr(key, 1, 11) <> 'identifier:'"),
        )
        batch_op.create_index(
            "ix_fact_identifier",
            ["handle_id", "touched_at"],
            unique=False,
            sqlite_where=sa.text("valid_to is null and substr(key, 1, 11) = 'identifier:'"),
            postgresql_where=sa.text("valid_to is null and substr(key, 1, 11) = 'identifier:'"),
        )

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("about", sa.LargeBinary(), nullable=True))
    op.execute("update fact set valid_from = recorded_at, touched_at = recorded_at")
    op.execute(
        "update fact set told_by = 'system:' || source, verified = (level >= 2) "
        "where key like 'attribute:%'"
    )


def downgrade() -> None:
    """The step back. What was made of the messages can be made again."""
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_column("about")
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.drop_index("ix_fact_identifier")
        batch_op.drop_index("ix_fact_live")
        batch_op.drop_index("ix_fact_superseded")
        batch_op.drop_index("ix_fact_source")
        batch_op.drop_index("ix_fact_retired")
        batch_op.drop_index("ix_fact_handle")
        batch_op.create_index("ix_fact_handle", ["handle_id", "key"], unique=False)
        for name in (
            "drawn_json",
            "retired_because",
            "retired_by",
            "retired_at",
            "outcome",
            "due_at",
            "pinned",
            "verified",
            "told_by",
            "channel",
            "touched_at",
            "valid_from",
        ):
            batch_op.drop_column(name)
    for name in ("history_line", "vector", "segment", "episode"):
        op.drop_table(name)
