"""What a parked report says about the address lasts until its part is known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_FLAGS = ("opted_out", "dead")


def upgrade() -> None:
    """The step forward."""
    for name in _FLAGS:
        op.add_column(
            "parked_update",
            sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False),
        )


def downgrade() -> None:
    """The step back."""
    with op.batch_alter_table("parked_update") as parked:
        for name in reversed(_FLAGS):
            parked.drop_column(name)
