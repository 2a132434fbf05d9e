"""What did not arrive, or was not sent, is found by its state and time."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None

IN_TROUBLE = sa.text("state IN ('unknown', 'undelivered', 'failed', 'canceled', 'not_sent')")


def upgrade() -> None:
    op.create_index(
        "ix_outbound_messages_in_trouble",
        "outbound_messages",
        ["state", "created_at"],
        sqlite_where=IN_TROUBLE,
        postgresql_where=IN_TROUBLE,
    )


def downgrade() -> None:
    op.drop_index("ix_outbound_messages_in_trouble", "outbound_messages")
