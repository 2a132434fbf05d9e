"""When the team is paged about the draft of an adverse event whose time to be signed runs out."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TO_REPORT = sa.text("report_step_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("adverse_events", sa.Column("report_step_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_adverse_events_to_report", "adverse_events", ["report_step_at"], sqlite_where=TO_REPORT, postgresql_where=TO_REPORT)
    # Of drafts that are there already the team hears when they are due, or at once.
    op.execute(sa.text("UPDATE adverse_events SET report_step_at = report_due_at WHERE state = 'draft'"))


def downgrade() -> None:
    op.drop_index("ix_adverse_events_to_report", "adverse_events")
    op.drop_column("adverse_events", "report_step_at")
