"""Of fifty thousand episodes, those of a participant and those that ended last are found at once."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None

RESOLVED = sa.text("state = 'resolved'")


def upgrade() -> None:
    op.create_index(op.f("ix_escalations_participant_id_resolved_at"), "escalations", ["participant_id", "resolved_at"])
    op.create_index(
        "ix_escalations_resolved",
        "escalations",
        ["study_id", "resolved_at", "number"],
        sqlite_where=RESOLVED,
        postgresql_where=RESOLVED,
    )


def downgrade() -> None:
    op.drop_index("ix_escalations_resolved", table_name="escalations")
    op.drop_index(op.f("ix_escalations_participant_id_resolved_at"), table_name="escalations")
