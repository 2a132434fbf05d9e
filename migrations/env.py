"""Runs the numbered migrations on the database of the configured application."""

from alembic import context
from flask import current_app

from followup_service.extensions import db


def run_migrations() -> None:
    """One transaction for all: a migration that is killed midway leaves the database as it was.

    Where a connection is given (to an empty database, to which everything is moved), its owner ends the transaction.
    """
    given = context.config.attributes.get("connection")
    if given is not None:
        context.configure(connection=given, target_metadata=db.metadata, transaction_per_migration=False)
        context.run_migrations()
        return
    with db.engine.connect() as connection:
        on_sqlite = connection.dialect.name == "sqlite"
        if on_sqlite:
            # SQLite changes a table by making it anew: meanwhile its rows are nobody's parents, and only outside a transaction it listens.
            connection.connection.execute("PRAGMA foreign_keys=OFF")
        options = current_app.extensions["migrate"].configure_args
        context.configure(connection=connection, target_metadata=db.metadata, transaction_per_migration=False, **options)
        with context.begin_transaction():
            context.run_migrations()
            if on_sqlite and (orphans := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(5)):
                raise RuntimeError(f"the migration would leave rows that refer to nothing: {orphans}")
        connection.commit()
        if on_sqlite:
            connection.connection.execute("PRAGMA foreign_keys=ON")


run_migrations()
