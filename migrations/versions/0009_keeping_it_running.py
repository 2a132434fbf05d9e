"""Holds of the outbox, the pace of our numbers, heartbeats of workers, drills, operators and their tokens."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0005"
branch_labels = None
depends_on = None

SCOPES = ("unasked", "all_but_alarms", "everything")
CAUSES = ("operator", "configuration", "mass_sending", "restore", "move")
TOKEN_SCOPES = ("read", "write")


def upgrade() -> None:
    _make_holds()
    op.create_table(
        "senders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        _instant("free_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_senders")),
        sa.UniqueConstraint("number", name=op.f("uq_senders_number")),
    )
    op.create_table(
        "worker_heartbeats",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        _instant("started_at"),
        _instant("beaten_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_heartbeats")),
        sa.UniqueConstraint("name", name=op.f("uq_worker_heartbeats_name")),
    )
    _make_drills()
    op.create_index("ix_attempts_started_at", "attempts", ["started_at"])
    op.add_column("staff", sa.Column("is_operator", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("participants", sa.Column("is_synthetic", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("sites", _instant("next_drill_at", nullable=True))
    _allow_token_scopes(*TOKEN_SCOPES, "metrics")


def _make_holds() -> None:
    op.create_table(
        "sending_holds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.Enum(*SCOPES, name="scope", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("cause", sa.Enum(*CAUSES, name="cause", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        _instant("placed_at"),
        sa.Column("placed_by", sa.String(length=80), nullable=False),
        _instant("as_of", nullable=True),
        _instant("reconciled_at", nullable=True),
        _instant("released_at", nullable=True),
        sa.Column("released_by", sa.String(length=80), nullable=True),
        _refers("sending_holds", "study_id", "studies.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending_holds")),
    )
    in_force = sa.text("released_at IS NULL")
    op.create_index(
        "uq_sending_holds_in_force",
        "sending_holds",
        ["study_id", "cause"],
        unique=True,
        sqlite_where=in_force,
        postgresql_where=in_force,
    )


def _make_drills() -> None:
    op.create_table(
        "drills",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        _instant("started_at"),
        _instant("proven_at", nullable=True),
        sa.Column("proven_by", sa.String(length=48), nullable=True),
        _instant("failed_at", nullable=True),
        _refers("drills", "site_id", "sites.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drills")),
        sa.UniqueConstraint("site_id", "planned_on", name=op.f("uq_drills_site_id_planned_on")),
    )


def _allow_token_scopes(*scopes: str) -> None:
    with op.batch_alter_table("access_tokens") as batch:
        batch.drop_constraint(op.f("ck_access_tokens_scope"), type_="check")
        batch.create_check_constraint(op.f("ck_access_tokens_scope"), f"scope IN ({', '.join(repr(scope) for scope in scopes)})")


def _instant(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], name=op.f(f"fk_{table}_{column}"), initially="DEFERRED", deferrable=True)


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM access_tokens WHERE scope = 'metrics'"))
    _allow_token_scopes(*TOKEN_SCOPES)
    op.drop_column("sites", "next_drill_at")
    op.drop_column("participants", "is_synthetic")
    op.drop_column("staff", "is_operator")
    op.drop_index("ix_attempts_started_at", "attempts")
    for table in ("drills", "worker_heartbeats", "senders", "sending_holds"):
        op.drop_table(table)
