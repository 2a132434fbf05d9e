"""Migrations that nobody has written yet: of the kind that a next version brings, for this one to go on working under."""

import shutil
from pathlib import Path

from alembic.script import ScriptDirectory

from followup_service.database import MIGRATIONS
from tests.chaos.service import DONE

# A table made anew (SQLite) or locked (PostgreSQL) that every text needs; what is new is nullable or has a default.
MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "{revision}", "{before}", None, None


def upgrade():
    op.create_table("new_{revision}", sa.Column("id", sa.Uuid(), primary_key=True))
    op.add_column("inbound_messages", sa.Column("new_{revision}", sa.String(32)))
    with op.batch_alter_table("outbound_messages") as batch:
        batch.add_column(sa.Column("new_{revision}", sa.Integer(), nullable=False, server_default="0"))
        batch.create_check_constraint("ck_outbound_messages_new_{revision}", "new_{revision} >= 0")
    op.create_index("ix_attempts_new_{revision}", "attempts", ["state", "number"])
"""


class NewerSchema:
    """A copy of the migrations in a directory, to which newer ones are added."""

    def __init__(self, directory: Path) -> None:
        shutil.copytree(MIGRATIONS, directory, ignore=shutil.ignore_patterns("__pycache__"))
        self._directory = directory
        self._newest = int(ScriptDirectory(str(directory)).get_heads()[0])

    def next_version(self) -> Path:
        """The directory, with one more migration that nobody has run."""
        before, self._newest = self._newest, self._newest + 1
        written = MIGRATION.format(revision=f"{self._newest:04}", before=f"{before:04}")
        (self._directory / "versions" / f"{self._newest:04}_new.py").write_text(written)
        (self._directory / DONE).unlink(missing_ok=True)
        return self._directory
