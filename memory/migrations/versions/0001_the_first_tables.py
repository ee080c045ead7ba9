"""The first tables: customers and handles, threads, turns, deliveries, handoffs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """The step forward."""
    op.create_table(
        "audit",
        sa.Column("id", _KEY, autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_audit_subject", "audit", ["subject", "id"], unique=False)
    op.create_table(
        "case_",
        sa.Column("id", _KEY, autoincrement=False, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("handle_id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("intent", sa.Text(), nullable=True),
        sa.Column("state_json", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_case_handle", "case_", ["handle_id"], unique=False)
    op.create_index("ix_case_status", "case_", ["status", "updated_at"], unique=False)
    op.create_table(
        "conversation",
        sa.Column("id", _KEY, autoincrement=False, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("handle_id", sa.BigInteger(), nullable=False),
        sa.Column("reply_address_json", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), server_default="one", nullable=False),
        sa.Column("assurance", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("seen_seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("expecting", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key", "account"),
    )
    op.create_index("ix_conversation_handle", "conversation", ["handle_id"], unique=False)
    op.create_index("ix_conversation_updated", "conversation", ["updated_at"], unique=False)
    op.create_table(
        "customer",
        sa.Column("id", _KEY, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("merged_into", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_token", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lease_until", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "delivery",
        sa.Column("id", _KEY, autoincrement=False, nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("handle_id", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("address_json", sa.Text(), nullable=False),
        sa.Column("payload_json", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ambiguous", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("reconciled", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("turn_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_delivery_conversation", "delivery", ["conversation_id", "seq", "part"], unique=False
    )
    op.create_index(
        "ix_delivery_failed",
        "delivery",
        ["id"],
        unique=False,
        sqlite_where=sa.text("status = 'failed'"),
        postgresql_where=sa.text("status = 'failed'"),
    )
    op.create_index(
        "ix_delivery_open",
        "delivery",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("status in ('pending', 'sending')"),
        postgresql_where=sa.text("status in ('pending', 'sending')"),
    )
    op.create_index(
        "ix_delivery_provider",
        "delivery",
        ["account", "provider_id"],
        unique=False,
        sqlite_where=sa.text("provider_id is not null"),
        postgresql_where=sa.text("provider_id is not null"),
    )
    op.create_table(
        "fact",
        sa.Column("id", _KEY, autoincrement=False, nullable=False),
        sa.Column("handle_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("secret", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("valid_to", sa.BigInteger(), nullable=True),
        sa.Column("superseded_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_fact_handle", "fact", ["handle_id", "key"], unique=False)
    op.create_table(
        "handle",
        sa.Column("id", _KEY, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("home_customer_id", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("opted_out", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("dead", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("shared", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_handle_customer", "handle", ["customer_id"], unique=False)
    op.create_table(
        "handoff",
        sa.Column("id", _KEY, autoincrement=False, nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("handle_id", sa.BigInteger(), nullable=False),
        sa.Column("turn_id", sa.BigInteger(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("packet_json", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_as", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_handoff_case", "handoff", ["case_id"], unique=False)
    op.create_index("ix_handoff_status", "handoff", ["status", "opened_at"], unique=False)
    op.create_table(
        "inbound",
        sa.Column("id", _KEY, autoincrement=False, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("handle_id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("assurance", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), server_default="new", nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("turn_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("event_id", "account"),
    )
    op.create_index(
        "ix_inbound_dead",
        "inbound",
        ["id"],
        unique=False,
        sqlite_where=sa.text("status = 'dead'"),
        postgresql_where=sa.text("status = 'dead'"),
    )
    op.create_index(
        "ix_inbound_open",
        "inbound",
        ["handle_id"],
        unique=False,
        sqlite_where=sa.text("status = 'new'"),
        postgresql_where=sa.text("status = 'new'"),
    )
    op.create_table(
        "link",
        sa.Column("id", _KEY, autoincrement=False, nullable=False),
        sa.Column("handle_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_link_customer", "link", ["customer_id"], unique=False)
    op.create_index("ix_link_handle", "link", ["handle_id"], unique=False)
    op.create_table(
        "message",
        sa.Column("conversation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("handle_id", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("level", sa.Integer(), server_default="0", nullable=False),
        sa.Column("event_id", sa.Text(), nullable=True),
        sa.Column("client_id", sa.Text(), nullable=True),
        sa.Column("turn_id", sa.BigInteger(), nullable=True),
        sa.Column("extra_json", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("conversation_id", "seq"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "parked_update",
        sa.Column("id", _KEY, autoincrement=False, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account", "provider_id", "status"),
    )
    op.create_table(
        "secret",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "turn",
        sa.Column("id", _KEY, autoincrement=False, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("intent", sa.Text(), nullable=True),
        sa.Column("escalated", sa.Text(), nullable=True),
        sa.Column("silent", sa.Text(), nullable=True),
        sa.Column("record_json", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_turn_conversation", "turn", ["conversation_id", "id"], unique=False)
    op.create_index("ix_turn_customer", "turn", ["customer_id", "id"], unique=False)


def downgrade() -> None:
    """The step back."""
    op.drop_index("ix_turn_customer", table_name="turn")
    op.drop_index("ix_turn_conversation", table_name="turn")
    op.drop_table("turn")
    op.drop_table("secret")
    op.drop_table("parked_update")
    op.drop_table("message")
    op.drop_index("ix_link_handle", table_name="link")
    op.drop_index("ix_link_customer", table_name="link")
    op.drop_table("link")
    op.drop_index(
        "ix_inbound_open",
        table_name="inbound",
        sqlite_where=sa.text("status = 'new'"),
        postgresql_where=sa.text("status = 'new'"),
    )
    op.drop_index(
        "ix_inbound_dead",
        table_name="inbound",
        sqlite_where=sa.text("status = 'dead'"),
        postgresql_where=sa.text("status = 'dead'"),
    )
    op.drop_table("inbound")
    op.drop_index("ix_handoff_status", table_name="handoff")
    op.drop_index("ix_handoff_case", table_name="handoff")
    op.drop_table("handoff")
    op.drop_index("ix_handle_customer", table_name="handle")
    op.drop_table("handle")
    op.drop_index("ix_fact_handle", table_name="fact")
    op.drop_table("fact")
    op.drop_index(
        "ix_delivery_provider",
        table_name="delivery",
        sqlite_where=sa.text("provider_id is not null"),
        postgresql_where=sa.text("provider_id is not null"),
    )
    op.drop_index(
        "ix_delivery_open",
        table_name="delivery",
        sqlite_where=sa.text("status in ('pending', 'sending')"),
        postgresql_where=sa.text("status in ('pending', 'sending')"),
    )
    op.drop_index(
        "ix_delivery_failed",
        table_name="delivery",
        sqlite_where=sa.text("status = 'failed'"),
        postgresql_where=sa.text("status = 'failed'"),
    )
    op.drop_index("ix_delivery_conversation", table_name="delivery")
    op.drop_table("delivery")
    op.drop_table("customer")
    op.drop_index("ix_conversation_updated", table_name="conversation")
    op.drop_index("ix_conversation_handle", table_name="conversation")
    op.drop_table("conversation")
    op.drop_index("ix_case_status", table_name="case_")
    op.drop_index("ix_case_handle", table_name="case_")
    op.drop_table("case_")
    op.drop_index("ix_audit_subject", table_name="audit")
    op.drop_table("audit")
