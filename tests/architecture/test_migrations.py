"""The numbered migrations: up from nothing, down to nothing, and after them the tables are exactly what the models say."""

import re
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, Constraint, inspect

from followup_service.database import MIGRATIONS
from followup_service.extensions import db


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


def test_up_down_and_up_again_ends_with_what_the_models_say(unmigrated_app: Flask) -> None:
    with unmigrated_app.app_context():
        for migrate, expected in ((upgrade, set(db.metadata.tables)), (lambda: downgrade(revision="base"), set()), (upgrade, None)):
            migrate()
            db.session.remove()
            with db.engine.connect() as connection:
                assert tables(connection) == (set(db.metadata.tables) if expected is None else expected)
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
            assert compare_metadata(context, db.metadata) == []
            assert _unnamed(connection) == []
        db.session.remove()
        db.engine.dispose()


def _unnamed(connection: Connection) -> list[str]:
    """Constraints that got no name: no later migration could change them on SQLite."""
    look = inspect(connection)
    return [
        f"{table}: {found}"
        for table in look.get_table_names()
        if table != "alembic_version"
        for found in (
            look.get_pk_constraint(table),
            *look.get_unique_constraints(table),
            *look.get_foreign_keys(table),
            *look.get_check_constraints(table),
        )
        if not found["name"]
    ]


def test_every_constraint_of_the_models_has_a_name() -> None:
    constraints: list[Constraint] = [constraint for table in db.metadata.tables.values() for constraint in table.constraints]
    assert len(constraints) > 60
    assert [constraint for constraint in constraints if constraint.name is None] == []


def test_migrations_are_numbered_in_one_line() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert len(script.get_heads()) == 1
    for revision in script.walk_revisions():
        assert re.fullmatch(r"\d{4}", revision.revision)
        assert Path(revision.path).name.startswith(f"{revision.revision}_")
        assert revision.doc
