"""Finds the member of staff in whose name something is done."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.errors import Refused
from followup_service.protocol.sentences import said
from followup_service.staff.staff_member import StaffMember


def active_staff_member(session: Session, site_id: UUID, handle: str) -> StaffMember:
    """Raises Refused with the handles that may be written."""
    people = {
        person.handle: person for person in session.scalars(select(StaffMember).where(StaffMember.site_id == site_id, StaffMember.active))
    }
    if handle not in people:
        known = tuple(sorted(people)) or said("none yet: add them with flask staff add")
        what = said("write one of %(known)s", known=known)
        raise Refused(said("unknown member of staff '%(handle)s': %(what)s", handle=handle, what=what), {"by": [what]})
    return people[handle]
