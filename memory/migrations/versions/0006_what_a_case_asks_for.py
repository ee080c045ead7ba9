"""What a case asks for, wherever it is told: the kind of a secret, or anything else."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The step forward. What was asked for before is only known in its conversation."""
    with op.batch_alter_table("case_", schema=None) as batch_op:
        batch_op.add_column(sa.Column("expecting", sa.Text(), nullable=True))
        batch_op.create_index(
            "ix_case_expecting",
            ["handle_id"],
            unique=False,
            sqlite_where=sa.text("expecting > ''"),
            postgresql_where=sa.text("expecting > ''"),
        )


def downgrade() -> None:
    """The step back."""
    with op.batch_alter_table("case_", schema=None) as batch_op:
        batch_op.drop_index("ix_case_expecting")
        batch_op.drop_column("expecting")
