"""A person writes: typed words, whose they are, and how long the service's own texts wait; the purpose of a question after an alarm."""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

PURPOSES = (
    "page",
    "staff_answer",
    "alarm_answer",
    "answer",
    "opt_out_confirmation",
    "unknown_sender_answer",
    "question",
    "reminder",
    "visit_change",
    "closing",
)


def allow(batch: BatchOperations, purposes: tuple[str, ...]) -> None:
    name = op.f("ck_outbound_messages_purpose")
    batch.drop_constraint(name, type_="check")
    batch.create_check_constraint(name, sa.text(f"purpose IN ({', '.join(repr(purpose) for purpose in purposes)})"))


def upgrade() -> None:
    with op.batch_alter_table("outbound_messages") as batch:
        batch.add_column(sa.Column("typed_encrypted", sa.LargeBinary(), nullable=True))
        batch.add_column(sa.Column("written_by", sa.String(length=80), nullable=True))
        allow(batch, (*PURPOSES, "written", "follow_up"))
    op.add_column("participants", sa.Column("in_conversation_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("participants", "in_conversation_until")
    # An older version has no words for what a person typed.
    op.execute(
        sa.text(
            "UPDATE outbound_messages SET state = 'not_sent', not_sent_reason = 'cannot_be_worded' "
            "WHERE purpose = 'written' AND state = 'created'"
        )
    )
    op.execute(sa.text("UPDATE outbound_messages SET purpose = 'answer' WHERE purpose = 'written'"))
    op.execute(sa.text("UPDATE outbound_messages SET purpose = 'question' WHERE purpose = 'follow_up'"))
    with op.batch_alter_table("outbound_messages") as batch:
        allow(batch, PURPOSES)
        batch.drop_column("written_by")
        batch.drop_column("typed_encrypted")
