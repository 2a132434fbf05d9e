"""What is due: looked for by an index, without a write lock, because most of the time nothing is."""

from uuid import UUID

from sqlalchemy import Select

from followup_service.database import autocommitting
from followup_service.extensions import db

MOST_A_TICK = 500


def find_due(query: Select[tuple[UUID]], most: int = MOST_A_TICK) -> list[UUID]:
    """The ids that the query gives, at most so many."""
    with autocommitting(db.engine, read_only=True) as connection:
        return list(connection.scalars(query.limit(most)))
