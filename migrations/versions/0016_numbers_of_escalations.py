"""The numbers of escalations lie apart from the study's own row, which much else holds locked."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "escalation_numbers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["study_id"], ["studies.id"], name=op.f("fk_escalation_numbers_study_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_numbers")),
        sa.UniqueConstraint("study_id", name=op.f("uq_escalation_numbers_study_id")),
    )
    op.execute("INSERT INTO escalation_numbers (id, study_id, last) SELECT id, id, last_escalation_number FROM studies")
    with op.batch_alter_table("studies") as studies:
        studies.drop_column("last_escalation_number")


def downgrade() -> None:
    op.add_column("studies", sa.Column("last_escalation_number", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE studies SET last_escalation_number = (SELECT last FROM escalation_numbers WHERE escalation_numbers.study_id = studies.id)"
    )
    with op.batch_alter_table("studies") as studies:
        studies.alter_column("last_escalation_number", server_default=None)
    op.drop_table("escalation_numbers")
