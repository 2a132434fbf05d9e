"""What hard-to-reach people, strangers and unread texts end with has outcomes of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

BEFORE = ("advised_by_phone", "sent_to_hospital", "seen_in_clinic", "watching", "not_reached", "false_alarm", "administrative")
OF_TASKS = (
    "handled_by_phone",
    "contact_restored",
    "number_corrected",
    "no_texts_wanted",
    "withdrew",
    "sender_identified",
    "no_participant",
    "read_by_a_person",
    "nothing_to_do",
)


def upgrade() -> None:
    _allow_outcomes(*BEFORE, *OF_TASKS)


def downgrade() -> None:
    escalations = sa.table("escalations", sa.column("outcome"))
    op.execute(escalations.update().where(escalations.c.outcome == "handled_by_phone").values(outcome="advised_by_phone"))
    op.execute(escalations.update().where(escalations.c.outcome.in_(OF_TASKS)).values(outcome="administrative"))
    _allow_outcomes(*BEFORE)


def _allow_outcomes(*outcomes: str) -> None:
    with op.batch_alter_table("escalations") as batch:
        batch.drop_constraint(op.f("ck_escalations_outcome"), type_="check")
        batch.create_check_constraint(op.f("ck_escalations_outcome"), f"outcome IN ({', '.join(repr(outcome) for outcome in outcomes)})")
