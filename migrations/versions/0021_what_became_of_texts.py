"""Of which texts the provider is to be asked is found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TO_ASK = sa.text("next_look_at IS NOT NULL")
attempts = sa.table("attempts", *map(sa.column, ("outbound_id", "lease", "state", "started_at", "next_look_at")))
messages = sa.table("outbound_messages", *map(sa.column, ("id", "lease", "state")))


def upgrade() -> None:
    # Until now only the state of the text said whether an attempt is looked for.
    is_open = sa.exists().where(
        messages.c.id == attempts.c.outbound_id, messages.c.lease == attempts.c.lease, messages.c.state == "unknown"
    )
    looked_for = (attempts.c.state == "unknown") & is_open
    op.execute(attempts.update().where(attempts.c.next_look_at.is_not(None), ~looked_for).values(next_look_at=None))
    op.execute(attempts.update().where(attempts.c.next_look_at.is_(None), looked_for).values(next_look_at=attempts.c.started_at))
    op.create_index("ix_attempts_to_ask", "attempts", ["state", "next_look_at"], sqlite_where=TO_ASK, postgresql_where=TO_ASK)


def downgrade() -> None:
    op.drop_index("ix_attempts_to_ask", "attempts")
