"""The study of drills: made up, with hospitals of its own that stand for the real ones, so that whatever is shown, counted or exported of
a study or of a site leaves drills out without having to know of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from followup_service.audit import SYSTEM
from followup_service.protocol.definitions import Study
from followup_service.staff.set_up import add_site
from followup_service.staff.site import EscalationNumbers, Site, StudyRecord, StudyState

DRILL = "DRILL"
# No reply with a number can mean a drill and a real alarm alike.
NUMBERS_BEGIN_AT = 900_000
_COPIED = ("name", "timezone", "country", "clinic_phone", "emergency_number")


def drill_site(session: Session, site: Site, now: datetime, *, study: Study) -> Site:
    """The made-up hospital that stands for this one; it is made at the first drill."""
    record = session.scalar(select(StudyRecord).where(StudyRecord.code == DRILL))
    if record is None:
        record = StudyRecord(
            code=DRILL,
            state=StudyState.OPEN,
            protocol_version=study.version,
            ends_on=study.ends_on,
            created_at=now,
        )
        session.add_all([record, EscalationNumbers(study_id=record.id, last=NUMBERS_BEGIN_AT)])
        session.flush()
    twin = session.scalar(select(Site).where(Site.study_id == record.id, Site.code == site.code))
    as_now = {name: getattr(site, name) for name in _COPIED}
    if twin is None:
        return add_site(session, record.id, now, SYSTEM, code=site.code, **as_now)
    for name, value in as_now.items():
        setattr(twin, name, value)
    return twin


def hospital_of(session: Session, site_id: UUID) -> UUID:
    """The site whose people are meant: for one of drills the hospital that it stands for, for any other itself."""
    site = session.get_one(Site, site_id)
    if session.get_one(StudyRecord, site.study_id).code != DRILL:
        return site_id
    real = select(Site.id).where(Site.code == site.code, not_of_drills(Site.study_id))
    return session.scalars(real).one()


def not_of_drills(study_id: Any) -> ColumnElement[bool]:
    """Leaves out the rows of the drills' study: for what looks at all studies."""
    condition: ColumnElement[bool] = study_id.not_in(select(StudyRecord.id).where(StudyRecord.code == DRILL))
    return condition
