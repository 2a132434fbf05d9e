"""The number by which people speak of an escalation: each of a study has its own."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from followup_service.database import autocommitting
from followup_service.extensions import db
from followup_service.staff.site import EscalationNumbers

SECONDS_TO_DRAW = 2.0


def draw_number(session: Session, study_id: UUID) -> int:
    """The next number of the study. One that was drawn for a transaction that failed is left out.

    On PostgreSQL it is drawn apart and stands at once, or every new alarm would wait until the one before it is committed. SQLite has one
    writer in any case.
    """
    draw = (
        update(EscalationNumbers)
        .where(EscalationNumbers.study_id == study_id)
        .values(last=EscalationNumbers.last + 1)
        .returning(EscalationNumbers.last)
        .execution_options(synchronize_session=False)
    )
    if session.get_bind().dialect.name == "sqlite":
        return session.scalars(draw).one()
    with autocommitting(db.engine, patience=SECONDS_TO_DRAW) as connection:
        number: int = connection.execute(draw).scalar_one()
        return number
