"""The numbered migrations: up from nothing, down to nothing, and after them the tables are exactly what the models say."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, Constraint, inspect

from followup_service.database import MIGRATIONS
from followup_service.extensions import db

# Until then no version ran anywhere beside another.
LAST_THAT_RAN_ALONE = "0016"


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


def test_the_version_before_goes_on_writing_what_it_knows() -> None:
    """A new version comes up host by host: meanwhile nothing that the one before knows goes away, and nothing more is asked of it."""
    for revision in ScriptDirectory(str(MIGRATIONS)).walk_revisions():
        if revision.revision > LAST_THAT_RAN_ALONE:
            assert [ast.unparse(call) for call in _calls_of_upgrade(Path(revision.path)) if _breaks_the_version_before(call)] == []


@pytest.mark.parametrize(
    ("written", "breaks"),
    [
        ("batch.add_column(sa.Column('a', sa.Integer(), nullable=True))", False),
        ("op.add_column('t', sa.Column('a', sa.Integer(), nullable=False, server_default='0'))", False),
        ("op.add_column('t', sa.Column('a', sa.Integer(), nullable=False))", True),
        ("batch.alter_column('a', nullable=True)", False),
        ("batch.alter_column('a', nullable=False)", True),
        ("batch.alter_column('a', new_column_name='b')", True),
        ("op.drop_column('t', 'a')", True),
        ("op.rename_table('t', 'u')", True),
    ],
)
def test_what_breaks_the_version_before(written: str, breaks: bool) -> None:
    call = ast.parse(written, mode="eval").body
    assert isinstance(call, ast.Call)
    assert _breaks_the_version_before(call) is breaks


def _calls_of_upgrade(path: Path) -> Iterator[ast.Call]:
    ups = (node for node in ast.parse(path.read_text()).body if not (isinstance(node, ast.FunctionDef) and node.name == "downgrade"))
    return (call for node in ups for call in ast.walk(node) if isinstance(call, ast.Call))


def _breaks_the_version_before(call: ast.Call) -> bool:
    name = ast.unparse(call.func).rpartition(".")[2]
    given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
    if name == "add_column":
        # The column stands among the arguments.
        return any(isinstance(column, ast.Call) and _is_asked_for(column) for column in call.args)
    if name == "alter_column":
        return given.get("nullable") == "False" or "new_column_name" in given
    return name in ("drop_column", "drop_table", "rename_table")


def _is_asked_for(column: ast.Call) -> bool:
    given = {keyword.arg: ast.unparse(keyword.value) for keyword in column.keywords}
    return given.get("nullable") == "False" and "server_default" not in given
