"""Of the plans of thousands, those that have a visit in some weeks are found at once."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

ENDED, ATTENDED = sa.text("treatment_ended_on IS NOT NULL"), sa.text("attended_on IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_participants_treatment_ended_on", "participants", ["treatment_ended_on"], sqlite_where=ENDED, postgresql_where=ENDED
    )
    op.create_index("ix_treatments_treated_on", "treatments", ["treated_on"])
    op.create_index("ix_visits_target_on", "visits", ["target_on"])
    op.create_index("ix_visits_attended_on", "visits", ["attended_on"], sqlite_where=ATTENDED, postgresql_where=ATTENDED)


def downgrade() -> None:
    op.drop_index("ix_visits_attended_on", table_name="visits")
    op.drop_index("ix_visits_target_on", table_name="visits")
    op.drop_index("ix_treatments_treated_on", table_name="treatments")
    op.drop_index("ix_participants_treatment_ended_on", table_name="participants")
