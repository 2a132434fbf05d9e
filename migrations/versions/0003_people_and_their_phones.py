"""People and their phones: who was invited and has not consented, contact hours of one's own, second and caregivers' phones, tags."""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATES = ("active", "paused", "completed", "withdrawn", "lost_to_follow_up", "deceased")
ASKED_WHOSE = sa.text("ask_whose_until IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "participant_phones",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind", sa.Enum("second", "caregiver", name="kind", native_enum=False, create_constraint=True, length=32), nullable=False
        ),
        sa.Column("phone_encrypted", sa.LargeBinary(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(length=80), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_because", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participants.id"],
            name=op.f("fk_participant_phones_participant_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant_phones")),
    )
    op.create_index(op.f("ix_participant_phones_participant_id"), "participant_phones", ["participant_id"])
    op.create_index(op.f("ix_participant_phones_phone_index"), "participant_phones", ["phone_index"])
    with op.batch_alter_table("participants") as batch:
        batch.add_column(sa.Column("contact_opens", sa.Time(), nullable=True))
        batch.add_column(sa.Column("contact_closes", sa.Time(), nullable=True))
        batch.add_column(sa.Column("tag", sa.String(length=16), nullable=True))
        batch.add_column(sa.Column("phone_wrong_since", sa.DateTime(timezone=True), nullable=True))
        batch.alter_column("consented_on", existing_type=sa.Date(), nullable=True)
        batch.alter_column("consent_version", existing_type=sa.String(length=64), nullable=True)
        _allow_states(batch, ("invited", *STATES))
    with op.batch_alter_table("outbound_messages") as batch:
        batch.add_column(sa.Column("phone_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_outbound_messages_phone_id"), "participant_phones", ["phone_id"], ["id"], initially="DEFERRED", deferrable=True
        )
    with op.batch_alter_table("inbound_messages") as batch:
        batch.add_column(sa.Column("ask_whose_until", sa.DateTime(timezone=True), nullable=True))
        batch.create_index("ix_inbound_messages_ask_whose", ["ask_whose_until"], sqlite_where=ASKED_WHOSE, postgresql_where=ASKED_WHOSE)


def downgrade() -> None:
    """Who was invited and has not consented is no participant in the tables of before, and their texts belong to nobody."""
    invited = "(SELECT id FROM participants WHERE state = 'invited')"
    for table in ("inbound_messages", "outbound_messages", "escalations"):
        op.execute(sa.text(f"UPDATE {table} SET participant_id = NULL WHERE participant_id IN {invited}"))  # noqa: S608
    for table in ("participant_phones", "reports", "checkins", "treatments", "visits"):
        op.execute(sa.text(f"DELETE FROM {table} WHERE participant_id IN {invited}"))  # noqa: S608
    op.execute(sa.text("DELETE FROM participants WHERE state = 'invited'"))
    with op.batch_alter_table("inbound_messages") as batch:
        batch.drop_index("ix_inbound_messages_ask_whose")
        batch.drop_column("ask_whose_until")
    with op.batch_alter_table("outbound_messages") as batch:
        batch.drop_constraint(op.f("fk_outbound_messages_phone_id"), type_="foreignkey")
        batch.drop_column("phone_id")
    with op.batch_alter_table("participants") as batch:
        _allow_states(batch, STATES)
        batch.alter_column("consented_on", existing_type=sa.Date(), nullable=False)
        batch.alter_column("consent_version", existing_type=sa.String(length=64), nullable=False)
        for column in ("contact_opens", "contact_closes", "tag", "phone_wrong_since"):
            batch.drop_column(column)
    op.drop_table("participant_phones")


def _allow_states(batch: BatchOperations, states: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{state}'" for state in states)
    batch.drop_constraint(op.f("ck_participants_state"), type_="check")
    batch.create_check_constraint(op.f("ck_participants_state"), sa.text(f"state IN ({listed})"))
