"""Texts that came by the spool or late, what the provider's list was compared with, and looking for texts of which nobody knows."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0009"
branch_labels = None
depends_on = None

CAME_BY = "came_by IN ('webhook', 'spool', 'backfill')"


def upgrade() -> None:
    with op.batch_alter_table("inbound_messages") as batch:
        batch.add_column(sa.Column("texted_at", sa.DateTime(timezone=True), nullable=True))
        # With a default: the version before this one goes on writing rows while both run.
        batch.add_column(sa.Column("came_by", sa.String(length=32), nullable=False, server_default="webhook"))
        batch.create_check_constraint(op.f("ck_inbound_messages_came_by"), CAME_BY)
    op.create_table(
        "inbound_checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("listed", sa.Integer(), nullable=True),
        sa.Column("missing", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_checks")),
    )
    op.create_index(op.f("ix_inbound_checks_started_at"), "inbound_checks", ["started_at"])
    op.add_column("attempts", sa.Column("to_phone_encrypted", sa.LargeBinary(), nullable=True))
    op.add_column("attempts", sa.Column("looks", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("attempts", sa.Column("next_look_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for column in ("next_look_at", "looks", "to_phone_encrypted"):
        op.drop_column("attempts", column)
    op.drop_table("inbound_checks")
    with op.batch_alter_table("inbound_messages") as batch:
        batch.drop_constraint(op.f("ck_inbound_messages_came_by"), type_="check")
        batch.drop_column("came_by")
        batch.drop_column("texted_at")
