"""Pages by call and by e-mail: the channel of what is in the outbox, and the address of staff."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("outbound_messages") as batch:
        batch.add_column(sa.Column("channel", sa.String(length=32), nullable=False, server_default="text"))
        batch.create_check_constraint(op.f("ck_outbound_messages_channel"), "channel IN ('text', 'voice', 'email')")
    op.add_column("staff", sa.Column("email_encrypted", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("staff", "email_encrypted")
    # An older version would send their words as texts.
    op.execute(
        sa.text(
            "UPDATE outbound_messages SET state = 'not_sent', not_sent_reason = 'channel' WHERE channel <> 'text' AND state = 'created'"
        )
    )
    with op.batch_alter_table("outbound_messages") as batch:
        batch.drop_constraint(op.f("ck_outbound_messages_channel"), type_="check")
        batch.drop_column("channel")
