"""A call promised to the participant and its deadline, the question of the next morning, calls as steps of an episode."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0011"
branch_labels = None
depends_on = None

INSTANTS = ("call_by", "called_at", "follow_up_at")
EVENT_KINDS = ("opened", "repeated", "worsened", "paged", "acknowledged", "returned", "resolved", "snoozed", "handed_on", "undone")


def upgrade() -> None:
    for name in INSTANTS:
        op.add_column("escalations", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    follow_up = sa.text("follow_up_at IS NOT NULL")
    op.create_index("ix_escalations_to_follow_up", "escalations", ["follow_up_at"], sqlite_where=follow_up, postgresql_where=follow_up)
    _allow_event_kinds(*EVENT_KINDS, "called")


def _allow_event_kinds(*kinds: str) -> None:
    with op.batch_alter_table("escalation_events") as batch:
        batch.drop_constraint(op.f("ck_escalation_events_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_escalation_events_kind"), f"kind IN ({', '.join(repr(kind) for kind in kinds)})")


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM escalation_events WHERE kind = 'called'"))
    _allow_event_kinds(*EVENT_KINDS)
    op.drop_index("ix_escalations_to_follow_up", "escalations")
    for name in INSTANTS:
        op.drop_column("escalations", name)
