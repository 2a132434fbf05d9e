"""Chains of pages with their clocks, episodes that return, verified staff phones, rotations and overrides, expected symptoms."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CHANNELS = ("text", "voice", "email")
EVENT_KINDS = ("opened", "repeated", "worsened", "paged", "acknowledged", "returned", "resolved")
NEW_EVENT_KINDS = (*EVENT_KINDS, "snoozed", "handed_on", "undone")
ONE_A_SITE = {"uq_staff_fallback": "is_fallback", "uq_staff_principal_investigator": "is_principal_investigator"}


def escalation_columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("follows", sa.Integer(), nullable=True),
        sa.Column("acknowledge_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snoozed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returns_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chain_began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chain_step", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("handed_on", sa.JSON(), nullable=False, server_default="[]"),
    )


def staff_columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("phone_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("phone_code_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("phone_code_failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("is_fallback", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("is_principal_investigator", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def upgrade() -> None:
    for column in escalation_columns():
        op.add_column("escalations", column)
    returns = sa.text("returns_at IS NOT NULL")
    op.create_index("ix_escalations_to_return", "escalations", ["returns_at"], sqlite_where=returns, postgresql_where=returns)
    for column in staff_columns():
        op.add_column("staff", column)
    # Whoever was paged before goes on being paged.
    op.execute(sa.text("UPDATE staff SET phone_verified_at = created_at"))
    for name, mark in ONE_A_SITE.items():
        op.create_index(name, "staff", ["site_id"], unique=True, sqlite_where=sa.text(mark), postgresql_where=sa.text(mark))
    op.add_column("sites", sa.Column("next_roster_check_at", sa.DateTime(timezone=True), nullable=True))
    _extend_events()
    _extend_roster()
    _expected_symptoms()
    # What waits unpaged in the list is paged from now on; what somebody has in hand comes back unless it is resolved.
    op.execute(sa.text("UPDATE escalations SET next_page_at = opened_at WHERE state = 'open' AND next_page_at IS NULL"))
    op.execute(sa.text("UPDATE escalations SET returns_at = acknowledged_at WHERE state = 'acknowledged'"))
    op.execute(sa.text("UPDATE escalations SET chain_began_at = opened_at"))


def _extend_events() -> None:
    with op.batch_alter_table("escalation_events") as batch:
        batch.add_column(sa.Column("channel", sa.String(length=32), nullable=True))
        batch.add_column(sa.Column("note_encrypted", sa.LargeBinary(), nullable=True))
        batch.drop_constraint(op.f("ck_escalation_events_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_escalation_events_kind"), one_of("kind", NEW_EVENT_KINDS))
        batch.create_check_constraint(op.f("ck_escalation_events_channel"), one_of("channel", CHANNELS))
    op.execute(sa.text("UPDATE escalation_events SET channel = 'text' WHERE kind = 'paged'"))


def _extend_roster() -> None:
    op.add_column("on_call_shifts", sa.Column("overrides", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("on_call_shifts", sa.Column("reason", sa.String(length=200), nullable=True))
    op.add_column("on_call_shifts", sa.Column("created_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(sa.text("UPDATE on_call_shifts SET created_at = starts_at"))
    with op.batch_alter_table("on_call_shifts") as batch:
        batch.alter_column("created_at", existing_type=sa.DateTime(timezone=True), nullable=False)
    op.create_table(
        "on_call_rotations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.Column("turn_days", sa.Integer(), nullable=False),
        sa.Column("hands_over_at", sa.Time(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_on_call_rotations_site_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_on_call_rotations")),
    )
    op.create_index(op.f("ix_on_call_rotations_site_id"), "on_call_rotations", ["site_id"])


def _expected_symptoms() -> None:
    op.create_table(
        "expected_symptoms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=48), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("note_encrypted", sa.LargeBinary(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("marked_by", sa.String(length=80), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name=op.f("fk_expected_symptoms_participant_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expected_symptoms")),
    )
    op.create_index("ix_expected_symptoms_participant_id_ends_at", "expected_symptoms", ["participant_id", "ends_at"])


def downgrade() -> None:
    op.drop_table("expected_symptoms")
    op.drop_table("on_call_rotations")
    for column in ("created_at", "reason", "overrides"):
        op.drop_column("on_call_shifts", column)
    op.execute(sa.text("DELETE FROM escalation_events WHERE kind IN ('snoozed', 'handed_on', 'undone')"))
    with op.batch_alter_table("escalation_events") as batch:
        batch.drop_constraint(op.f("ck_escalation_events_channel"), type_="check")
        batch.drop_constraint(op.f("ck_escalation_events_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_escalation_events_kind"), one_of("kind", EVENT_KINDS))
        batch.drop_column("note_encrypted")
        batch.drop_column("channel")
    op.drop_column("sites", "next_roster_check_at")
    for name in ONE_A_SITE:
        op.drop_index(name, "staff")
    for column in staff_columns():
        op.drop_column("staff", column.name)
    op.drop_index("ix_escalations_to_return", "escalations")
    op.execute(sa.text("UPDATE escalations SET next_page_at = NULL WHERE level = 'review'"))
    for column in escalation_columns():
        op.drop_column("escalations", column.name)
