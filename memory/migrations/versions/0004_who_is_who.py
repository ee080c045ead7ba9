"""People and tokens, and all that is asked, seen, suggested and ruled about who is who."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# As the first step has it: in SQLite such a key is the table itself.
_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """The step forward. Cases that the one admin of earlier releases had in hand wait again, since
    nobody is called so any more."""
    op.execute("update handoff set status = 'waiting', owner = null where status = 'owned'")
    op.create_table(
        "alarm",
        sa.Column("id", _KEY, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("handle_key", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("alarm", schema=None) as batch_op:
        batch_op.create_index(
            "ix_alarm_open",
            ["id"],
            unique=False,
            sqlite_where=sa.text("closed_at is null"),
            postgresql_where=sa.text("closed_at is null"),
        )

    op.create_table(
        "api_token",
        sa.Column("id", _KEY, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("rights", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("hash"),
    )
    op.create_table(
        "batch",
        sa.Column("id", _KEY, autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("counts_json", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "blocked_value",
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("pattern"),
    )
    op.create_table(
        "reach",
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("cause"),
    )
    op.create_table(
        "challenge",
        sa.Column("id", _KEY, autoincrement=False, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("asker_handle_id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("target_key", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=True),
        sa.Column("code_digest", sa.Text(), nullable=False),
        sa.Column("link_digest", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("proved_at", sa.BigInteger(), nullable=True),
        sa.Column("proved_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "target_key"),
    )
    with op.batch_alter_table("challenge", schema=None) as batch_op:
        batch_op.create_index("ix_challenge_asker", ["asker_handle_id", "id"], unique=False)
        batch_op.create_index(
            "ix_challenge_link",
            ["link_digest"],
            unique=False,
            sqlite_where=sa.text("link_digest is not null"),
            postgresql_where=sa.text("link_digest is not null"),
        )
        batch_op.create_index(
            "ix_challenge_network",
            ["network", "id"],
            unique=False,
            sqlite_where=sa.text("network is not null"),
            postgresql_where=sa.text("network is not null"),
        )
        batch_op.create_index("ix_challenge_target", ["target_key", "id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_table(
        "person",
        sa.Column("id", _KEY, autoincrement=False, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("login"),
    )
    op.create_table(
        "rule_version",
        sa.Column("id", _KEY, autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "session",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("remote", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index("ix_session_person", ["person_id"], unique=False)

    op.create_table(
        "sighting",
        sa.Column("id", _KEY, autoincrement=False, nullable=False),
        sa.Column("handle_key", sa.Text(), nullable=False),
        sa.Column("other_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("handle_key", "other_key", "kind"),
    )
    with op.batch_alter_table("sighting", schema=None) as batch_op:
        batch_op.create_index("ix_sighting_other", ["other_key"], unique=False)

    op.create_table(
        "suggestion",
        sa.Column("id", _KEY, autoincrement=False, nullable=False),
        sa.Column("one_id", sa.BigInteger(), nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons_json", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("one_id", "other_id"),
    )
    with op.batch_alter_table("suggestion", schema=None) as batch_op:
        batch_op.create_index(
            "ix_suggestion_open",
            ["score"],
            unique=False,
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        )
        batch_op.create_index("ix_suggestion_other", ["other_id"], unique=False)

    op.create_table(
        "viewing",
        sa.Column("id", _KEY, autoincrement=False, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("viewing", schema=None) as batch_op:
        batch_op.create_index("ix_viewing_customer", ["customer_id", "at"], unique=False)

    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answer_at", sa.Text(), nullable=True))
        batch_op.add_column(
            sa.Column("carried_seq", sa.BigInteger(), server_default="0", nullable=False)
        )
        batch_op.create_index(
            "ix_conversation_answer_at",
            ["updated_at"],
            unique=False,
            sqlite_where=sa.text("answer_at is not null"),
            postgresql_where=sa.text("answer_at is not null"),
        )

    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.create_index(
            "ix_customer_merged",
            ["merged_into"],
            unique=False,
            sqlite_where=sa.text("merged_into is not null"),
            postgresql_where=sa.text("merged_into is not null"),
        )

    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.add_column(sa.Column("needs", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kept_json", sa.Text(), nullable=True))
        batch_op.create_index(
            "ix_delivery_withdrawn",
            ["claimed_until"],
            unique=False,
            sqlite_where=sa.text("code = 'withdrawn'"),
            postgresql_where=sa.text("code = 'withdrawn'"),
        )

    with op.batch_alter_table("handle", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("proved_level", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.add_column(
            sa.Column("proved_until", sa.BigInteger(), server_default="0", nullable=False)
        )
        batch_op.add_column(sa.Column("retired_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("retired_because", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("succeeds", sa.BigInteger(), nullable=True))
        batch_op.add_column(
            sa.Column("code_digits", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.add_column(
            sa.Column("code_until", sa.BigInteger(), server_default="0", nullable=False)
        )
        batch_op.create_index("ix_handle_home", ["home_customer_id"], unique=False)

    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("reads_from", sa.BigInteger(), server_default="0", nullable=False)
        )
        batch_op.add_column(sa.Column("batch_id", sa.BigInteger(), nullable=True))
        batch_op.create_index(
            "ix_link_batch",
            ["batch_id"],
            unique=False,
            sqlite_where=sa.text("batch_id is not null"),
            postgresql_where=sa.text("batch_id is not null"),
        )

    with op.batch_alter_table("turn", schema=None) as batch_op:
        batch_op.add_column(sa.Column("drawn_json", sa.Text(), nullable=True))


def downgrade() -> None:
    """The step back."""
    with op.batch_alter_table("turn", schema=None) as batch_op:
        batch_op.drop_column("drawn_json")

    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_link_batch",
            sqlite_where=sa.text("batch_id is not null"),
            postgresql_where=sa.text("batch_id is not null"),
        )
        batch_op.drop_column("batch_id")
        batch_op.drop_column("reads_from")

    with op.batch_alter_table("handle", schema=None) as batch_op:
        batch_op.drop_index("ix_handle_home")
        batch_op.drop_column("code_until")
        batch_op.drop_column("code_digits")
        batch_op.drop_column("succeeds")
        batch_op.drop_column("retired_because")
        batch_op.drop_column("retired_at")
        batch_op.drop_column("proved_until")
        batch_op.drop_column("proved_level")

    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_delivery_withdrawn",
            sqlite_where=sa.text("code = 'withdrawn'"),
            postgresql_where=sa.text("code = 'withdrawn'"),
        )
        batch_op.drop_column("kept_json")

    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.drop_column("needs")

    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_customer_merged",
            sqlite_where=sa.text("merged_into is not null"),
            postgresql_where=sa.text("merged_into is not null"),
        )

    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_conversation_answer_at",
            sqlite_where=sa.text("answer_at is not null"),
            postgresql_where=sa.text("answer_at is not null"),
        )
        batch_op.drop_column("carried_seq")
        batch_op.drop_column("answer_at")

    with op.batch_alter_table("viewing", schema=None) as batch_op:
        batch_op.drop_index("ix_viewing_customer")

    op.drop_table("viewing")
    with op.batch_alter_table("suggestion", schema=None) as batch_op:
        batch_op.drop_index("ix_suggestion_other")
        batch_op.drop_index(
            "ix_suggestion_open",
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        )

    op.drop_table("suggestion")
    with op.batch_alter_table("sighting", schema=None) as batch_op:
        batch_op.drop_index("ix_sighting_other")

    op.drop_table("sighting")
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_index("ix_session_person")

    op.drop_table("session")
    op.drop_table("rule_version")
    op.drop_table("person")
    op.drop_table("invitation")
    with op.batch_alter_table("challenge", schema=None) as batch_op:
        batch_op.drop_index("ix_challenge_target")
        batch_op.drop_index(
            "ix_challenge_network",
            sqlite_where=sa.text("network is not null"),
            postgresql_where=sa.text("network is not null"),
        )
        batch_op.drop_index(
            "ix_challenge_link",
            sqlite_where=sa.text("link_digest is not null"),
            postgresql_where=sa.text("link_digest is not null"),
        )
        batch_op.drop_index("ix_challenge_asker")

    op.drop_table("challenge")
    op.drop_table("reach")
    op.drop_table("blocked_value")
    op.drop_table("batch")
    op.drop_table("api_token")
    with op.batch_alter_table("alarm", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_alarm_open",
            sqlite_where=sa.text("closed_at is null"),
            postgresql_where=sa.text("closed_at is null"),
        )

    op.drop_table("alarm")
