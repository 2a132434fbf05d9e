"""Who is writing about whom, for minutes."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "people_writing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("typed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_people_writing_account_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_writing")),
        sa.UniqueConstraint("account_id", "about_id", name=op.f("uq_people_writing_account_id_about_id")),
    )
    op.create_index(op.f("ix_people_writing_about_id"), "people_writing", ["about_id"])


def downgrade() -> None:
    op.drop_table("people_writing")
