"""Visits are announced, reminded, moved and booked: what is known of each, the slots that staff open, and a calendar feed."""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

VISIT_STATES = ("announced", "booked", "confirmed", "attended", "missed", "cancelled")
PURPOSES = ("page", "staff_answer", "alarm_answer", "answer", "opt_out_confirmation", "unknown_sender_answer", "question", "closing")


def allow(batch: BatchOperations, table: str, column: str, values: tuple[str, ...]) -> None:
    """Let a column hold these values and no others."""
    name = op.f(f"ck_{table}_{column}")
    listed = ", ".join(f"'{value}'" for value in values)
    batch.drop_constraint(name, type_="check")
    batch.create_check_constraint(name, sa.text(f"{column} IN ({listed})"))


def upgrade() -> None:
    op.create_table(
        "open_slots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(length=80), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_open_slots_site_id"), initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_slots")),
    )
    op.create_index("ix_open_slots_site_id_starts_at", "open_slots", ["site_id", "starts_at"])
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_calendar_feeds_site_id"), initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_calendar_feeds_secret_hash")),
    )
    op.create_index(op.f("ix_calendar_feeds_site_id"), "calendar_feeds", ["site_id"])
    _extend_visits()
    op.create_table(
        "visit_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("was_target_on", sa.Date(), nullable=False),
        sa.Column("was_opens_on", sa.Date(), nullable=False),
        sa.Column("was_closes_on", sa.Date(), nullable=False),
        sa.Column("target_on", sa.Date(), nullable=True),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("from_version", sa.String(length=16), nullable=False),
        sa.Column("to_version", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_visit_changes_visit_id"), initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_changes")),
    )
    op.create_index(op.f("ix_visit_changes_visit_id"), "visit_changes", ["visit_id"])
    with op.batch_alter_table("outbound_messages") as batch:
        batch.add_column(sa.Column("visit_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_outbound_messages_visit_id"), "visits", ["visit_id"], ["id"], initially="DEFERRED", deferrable=True
        )
        allow(batch, "outbound_messages", "purpose", (*PURPOSES[:-1], "reminder", "visit_change", "closing"))
    with op.batch_alter_table("participants") as batch:
        batch.add_column(sa.Column("treatment_ended_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("next_visit_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_index("ix_participants_next_visit_at", ["next_visit_at"])
    with op.batch_alter_table("sites") as batch:
        batch.add_column(sa.Column("visit_place", sa.String(length=120), nullable=True))
    # Whoever was enrolled before has a plan too: the clock looks at it once.
    op.execute(sa.text("UPDATE participants SET next_visit_at = created_at WHERE state IN ('active', 'paused')"))


def _extend_visits() -> None:
    with op.batch_alter_table("visits") as batch:
        batch.add_column(sa.Column("together_with", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("slot_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("preparation_encrypted", sa.LargeBinary(), nullable=True))
        batch.add_column(sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("question", sa.String(length=32), nullable=True))
        batch.add_column(sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("offers", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("next_step", sa.String(length=24), nullable=True))
        batch.add_column(sa.Column("next_step_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_foreign_key(op.f("fk_visits_slot_id"), "open_slots", ["slot_id"], ["id"], initially="DEFERRED", deferrable=True)
        batch.create_index(
            "ix_visits_next_step_at",
            ["next_step_at"],
            sqlite_where=sa.text("next_step_at IS NOT NULL"),
            postgresql_where=sa.text("next_step_at IS NOT NULL"),
        )
        allow(batch, "visits", "state", ("planned", *VISIT_STATES))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM visits WHERE state = 'planned'"))
    op.execute(sa.text("UPDATE outbound_messages SET purpose = 'question' WHERE purpose IN ('reminder', 'visit_change')"))
    with op.batch_alter_table("sites") as batch:
        batch.drop_column("visit_place")
    with op.batch_alter_table("participants") as batch:
        batch.drop_index("ix_participants_next_visit_at")
        batch.drop_column("next_visit_at")
        batch.drop_column("treatment_ended_on")
    op.drop_table("visit_changes")
    with op.batch_alter_table("outbound_messages") as batch:
        batch.drop_constraint(op.f("fk_outbound_messages_visit_id"), type_="foreignkey")
        batch.drop_column("visit_id")
        allow(batch, "outbound_messages", "purpose", PURPOSES)
    with op.batch_alter_table("visits") as batch:
        batch.drop_index("ix_visits_next_step_at")
        batch.drop_constraint(op.f("fk_visits_slot_id"), type_="foreignkey")
        for column in (
            "together_with",
            "slot_id",
            "preparation_encrypted",
            "announced_at",
            "confirmed_at",
            "question",
            "asked_at",
            "offers",
            "next_step",
            "next_step_at",
        ):
            batch.drop_column(column)
        allow(batch, "visits", "state", VISIT_STATES)
    op.drop_table("calendar_feeds")
    op.drop_table("open_slots")
