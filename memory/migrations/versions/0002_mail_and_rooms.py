"""What mail and rooms need: places, frozen reply addresses, kept values and parked mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_CORRESPONDENT = sa.text("correspondent is not null")
_PLACE = sa.text("place_key is not null")
_OPEN = sa.text("status = 'open'")


def upgrade() -> None:
    """The step forward."""
    op.create_table(
        "kept",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "name"),
    )
    op.create_table(
        "parked",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("event_id", "account"),
    )
    op.create_index("ix_parked_open", "parked", ["id"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    for name in ("place_key", "place_title", "correspondent"):
        op.add_column("conversation", sa.Column(name, sa.Text(), nullable=True))
    op.create_index(
        "ix_conversation_place",
        "conversation",
        ["account", "place_key"],
        sqlite_where=_PLACE,
        postgresql_where=_PLACE,
    )
    op.create_index(
        "ix_conversation_correspondent",
        "conversation",
        ["correspondent"],
        sqlite_where=_CORRESPONDENT,
        postgresql_where=_CORRESPONDENT,
    )
    op.add_column(
        "handoff", sa.Column("messages", sa.Integer(), server_default="1", nullable=False)
    )
    op.create_index("ix_handoff_conversation", "handoff", ["conversation_id"])
    for name in ("reply_address_json", "audience"):
        op.add_column("inbound", sa.Column(name, sa.Text(), nullable=True))


def downgrade() -> None:
    """The step back."""
    with op.batch_alter_table("inbound") as inbound:
        inbound.drop_column("audience")
        inbound.drop_column("reply_address_json")
    op.drop_index("ix_handoff_conversation", table_name="handoff")
    with op.batch_alter_table("handoff") as handoff:
        handoff.drop_column("messages")
    op.drop_index("ix_conversation_correspondent", table_name="conversation")
    op.drop_index("ix_conversation_place", table_name="conversation")
    with op.batch_alter_table("conversation") as conversation:
        conversation.drop_column("correspondent")
        conversation.drop_column("place_title")
        conversation.drop_column("place_key")
    op.drop_index("ix_parked_open", table_name="parked")
    op.drop_table("parked")
    op.drop_table("kept")
