"""Adverse events with their signatures, and whose own a token is."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], name=op.f(f"fk_{table}_{column}"), initially="DEFERRED", deferrable=True)


def _one_of(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    _make_adverse_events()
    _make_signatures()
    with op.batch_alter_table("access_tokens") as batch:
        batch.add_column(sa.Column("staff_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(op.f("fk_access_tokens_staff_id"), "staff", ["staff_id"], ["id"], initially="DEFERRED", deferrable=True)


def _make_adverse_events() -> None:
    op.create_table(
        "adverse_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("escalation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", _one_of("state", "draft", "signed", "dismissed"), nullable=False),
        sa.Column("dictionary", sa.String(length=32), nullable=False),
        sa.Column("suggestions_version", sa.String(length=16), nullable=False),
        sa.Column("suggested_terms", sa.JSON(), nullable=False),
        sa.Column("suggested_grade", sa.Integer(), nullable=True),
        sa.Column("suggested_by", sa.String(length=160), nullable=True),
        sa.Column("suggested_seriousness", sa.JSON(), nullable=False),
        sa.Column("term", sa.String(length=120), nullable=False),
        sa.Column("specified_encrypted", sa.LargeBinary(), nullable=True),
        sa.Column("grade", sa.Integer(), nullable=True),
        sa.Column("onset_on", sa.Date(), nullable=False),
        sa.Column("study_day", sa.Integer(), nullable=False),
        sa.Column("days_since_rfa", sa.Integer(), nullable=True),
        sa.Column("seriousness", sa.JSON(), nullable=True),
        sa.Column("relations", sa.JSON(), nullable=False),
        sa.Column("narrative_encrypted", sa.LargeBinary(), nullable=True),
        sa.Column("aware_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("report_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drafted_by", sa.String(length=80), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dismissed_by", sa.String(length=80), nullable=True),
        sa.Column("dismissed_because_encrypted", sa.LargeBinary(), nullable=True),
        sa.Column("protocol_version", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _refers("adverse_events", "escalation_id", "escalations.id"),
        _refers("adverse_events", "participant_id", "participants.id"),
        _refers("adverse_events", "site_id", "sites.id"),
        _refers("adverse_events", "study_id", "studies.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adverse_events")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_adverse_events_study_id_number")),
    )
    op.create_index(op.f("ix_adverse_events_escalation_id"), "adverse_events", ["escalation_id"])
    op.create_index(op.f("ix_adverse_events_participant_id"), "adverse_events", ["participant_id"])
    op.create_index("ix_adverse_events_site_id_state", "adverse_events", ["site_id", "state"])


def _make_signatures() -> None:
    op.create_table(
        "adverse_event_signatures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("adverse_event_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("signed_by", sa.String(length=80), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("meaning", _one_of("meaning", "review", "approval", "responsibility", "authorship"), nullable=False),
        sa.Column("record_encrypted", sa.LargeBinary(), nullable=False),
        sa.Column("record_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by", sa.String(length=80), nullable=True),
        sa.Column("voided_because_encrypted", sa.LargeBinary(), nullable=True),
        _refers("adverse_event_signatures", "adverse_event_id", "adverse_events.id"),
        _refers("adverse_event_signatures", "staff_id", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adverse_event_signatures")),
    )
    op.create_index(op.f("ix_adverse_event_signatures_adverse_event_id"), "adverse_event_signatures", ["adverse_event_id"])


def downgrade() -> None:
    with op.batch_alter_table("access_tokens") as batch:
        batch.drop_constraint(op.f("fk_access_tokens_staff_id"), type_="foreignkey")
        batch.drop_column("staff_id")
    op.drop_table("adverse_event_signatures")
    op.drop_table("adverse_events")
