"""What each account has read of the escalations; the latest steps are found by their time."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "escalation_reads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("escalation_id", sa.Uuid(), nullable=False),
        sa.Column("read_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_escalation_reads_account_id"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["escalation_id"], ["escalations.id"], name=op.f("fk_escalation_reads_escalation_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_reads")),
        sa.UniqueConstraint("account_id", "escalation_id", name=op.f("uq_escalation_reads_account_id_escalation_id")),
    )
    op.create_index(op.f("ix_escalation_reads_escalation_id"), "escalation_reads", ["escalation_id"])
    op.create_index(op.f("ix_escalation_events_at"), "escalation_events", ["at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_escalation_events_at"), "escalation_events")
    op.drop_table("escalation_reads")
