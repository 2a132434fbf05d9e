"""Runs the numbered migrations on the database of the configured application."""

from alembic import context
from flask import current_app

from followup_service.extensions import db


def run_migrations() -> None:
    """One transaction for all: a migration that is killed midway leaves the database as it was."""
    with db.engine.connect() as connection:
        options = current_app.extensions["migrate"].configure_args
        context.configure(connection=connection, target_metadata=db.metadata, transaction_per_migration=False, **options)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run_migrations()
