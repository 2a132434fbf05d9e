"""What is due: looked for by an index, without a write lock, because most of the time nothing is."""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Select, bindparam

from followup_service import clock
from followup_service.columns import UtcDateTime
from followup_service.database import autocommitting
from followup_service.extensions import db

MOST_A_TICK = 500
# What is due, is due by now. The queries are built once: they run at every tick.
NOW = bindparam("now", type_=UtcDateTime)
_MOST = bindparam("most", type_=Integer)


def find_due(query: Select[tuple[UUID]], most: int = MOST_A_TICK, **values: Any) -> list[UUID]:
    """The ids that the query, a constant of its module, gives with NOW and these values for its parameters; at most so many."""
    with autocommitting(db.engine, read_only=True) as connection:
        return list(connection.scalars(_limited(query), {"now": clock.now(), "most": most} | values))


@cache
def _limited(query: Select[tuple[UUID]]) -> Select[tuple[UUID]]:
    return query.limit(_MOST)
