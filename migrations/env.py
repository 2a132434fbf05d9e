"""Runs the numbered migrations on the database of the configured application."""

from alembic import context
from flask import current_app
from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy.exc import OperationalError

from followup_service.extensions import db
from followup_service.failpoints import reached

# Any number that no other lock of this database uses.
ONE_AT_A_TIME = 6609434
# Whoever waits for a table keeps all others from it who come later: the service would stand still for as long as a backup takes.
SECONDS_FOR_A_TABLE = 3
IN_USE = (
    f"a table was in use for more than {SECONDS_FOR_A_TABLE} seconds and nothing was changed: run it again while no backup is being made"
)


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
        # Alembic thinks that SQLite cannot take back a change of a table; it can, where the transaction is begun as ours are.
        context.configure(
            connection=connection, target_metadata=db.metadata, transaction_per_migration=False, transactional_ddl=True, **options
        )
        with context.begin_transaction():
            if not on_sqlite:
                # Of two that migrate at once the second waits, and finds nothing to do. SQLite's writers take turns by themselves.
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})")
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{SECONDS_FOR_A_TABLE}s'")
            reached("migrations_begun")
            context.run_migrations()
            reached("migrations_run")
            if on_sqlite and (orphans := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(5)):
                raise RuntimeError(f"the migration would leave rows that refer to nothing: {orphans}")
        connection.commit()
        if on_sqlite:
            connection.connection.execute("PRAGMA foreign_keys=ON")


try:
    run_migrations()
except OperationalError as error:
    if isinstance(error.orig, LockNotAvailable | DeadlockDetected):
        raise RuntimeError(IN_USE) from error
    raise
