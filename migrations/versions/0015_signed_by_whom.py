"""The full name of who signed an adverse event."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("adverse_event_signatures", sa.Column("full_name_encrypted", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("adverse_event_signatures", "full_name_encrypted")
