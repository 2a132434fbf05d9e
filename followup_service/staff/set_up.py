"""Opening a study and adding its sites and its people."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.audit import record_event
from followup_service.config import EMAIL
from followup_service.encryption import keyring
from followup_service.errors import Conflict, NotFound, Refused
from followup_service.participants.participant import Participant, ParticipantState
from followup_service.protocol.definitions import Study
from followup_service.staff.site import EscalationNumbers, Site, StudyRecord, StudyState
from followup_service.staff.staff_member import StaffMember, StaffRole

# Texts say them: what is longer would make pages and reminders longer than their limits. A place is a building, a floor and a room.
LONGEST_OF_A_SITE = {"code": 16, "clinic_phone": 32, "emergency_number": 16, "visit_place": 50}
LONGEST_HANDLE = 48


def open_study(session: Session, study: Study, now: datetime, actor: str) -> StudyRecord:
    if session.scalar(select(StudyRecord.id).where(StudyRecord.code == study.code)):
        raise Conflict(f"{study.code} is open in this database already")
    record = StudyRecord(
        code=study.code,
        state=StudyState.OPEN,
        protocol_version=study.version,
        ends_on=study.ends_on,
        created_at=now,
    )
    session.add_all([record, EscalationNumbers(study_id=record.id, last=0)])
    record_event(record, "study_opened", now, actor, code=study.code, version=study.version)
    return record


def check_lengths(site: str, **written: str | None) -> None:
    """Of what is entered for a hospital. Raises Refused with how long it may be."""
    for name, value in written.items():
        if value is not None and len(value) > (most := LONGEST_OF_A_SITE[name]):
            what = f"write {most} characters at most"
            raise Refused(f"the {name.replace('_', ' ')} of site {site} has {len(value)}: {what}", {name: [what]})


def add_site(session: Session, study_id: UUID, now: datetime, actor: str, *, code: str, **values: Any) -> Site:
    """Add a hospital; `values` are the columns of Site. The first one takes texts from unknown numbers unless another does."""
    study = session.get_one(StudyRecord, study_id, with_for_update={"key_share": True})
    if session.scalar(select(Site.id).where(Site.study_id == study_id, Site.code == code)):
        raise Conflict(f"site {code} is there already")
    site = Site(study_id=study_id, code=code, created_at=now, **values)
    session.add(site)
    record_event(study, "site_added", now, actor, site=code)
    session.flush()
    return site


def add_staff_member(
    session: Session,
    site: Site,
    now: datetime,
    actor: str,
    *,
    handle: str,
    phone: str,
    language: str,
    role: str,
    verified: bool = False,
    email: str = "",
) -> StaffMember:
    """Add a person of the team; `phone` is in E.164, and `verified` where it is known to be theirs (staff/verify_phone.py otherwise).

    Raises Conflict for a handle or number in use, Refused for a handle that is too long to be said in a page.
    """
    if len(handle) > LONGEST_HANDLE:
        what = f"write {LONGEST_HANDLE} characters at most"
        raise Refused(f"the handle {handle} has {len(handle)}: {what}", {"handle": [what]})
    index = keyring().index(phone)
    if session.scalar(select(Participant.id).where(Participant.phone_index == index, Participant.state == ParticipantState.ACTIVE)):
        raise Conflict(f"the phone of {handle} belongs to a participant: their texts and the answers to pages could not be told apart")
    if session.scalar(select(StaffMember.id).where(StaffMember.phone_index == index)):
        raise Conflict(f"the phone of {handle} belongs to another member of staff: give another number")
    if session.scalar(select(StaffMember.id).where(StaffMember.site_id == site.id, StaffMember.handle == handle)):
        raise Conflict(f"{handle} is at {site.code} already: use another handle")
    person = StaffMember(
        site_id=site.id,
        handle=handle,
        role=StaffRole(role),
        language=language,
        phone=phone,
        phone_index=index,
        phone_verified_at=now if verified else None,
        phone_code_failures=0,
        is_fallback=False,
        is_principal_investigator=False,
        is_operator=False,
        active=True,
        created_at=now,
    )
    if email:
        person.email = check_email(email, handle)
    session.add(person)
    record_event(person, "staff_added", now, actor, handle=handle, site=site.code, role=role)
    session.flush()
    return person


def check_email(written: str, handle: str) -> str:
    """Raises Refused for what is no address."""
    if not re.fullmatch(EMAIL, written):
        raise Refused(
            f"'{written}' is no e-mail address for {handle}: write it like nurse@example.org", {"email": ["write nurse@example.org"]}
        )
    return written


def set_email(person: StaffMember, email: str, now: datetime, actor: str) -> None:
    """Where pages by e-mail go; an empty one takes the address away."""
    if email:
        person.email = check_email(email, person.handle)
    else:
        person.email_encrypted = None
    record_event(person, "staff_email_set" if email else "staff_email_removed", now, actor, handle=person.handle)


def find_site(session: Session, study_id: UUID, code: str) -> Site:
    site = session.scalar(select(Site).where(Site.study_id == study_id, Site.code == code))
    if site is None:
        known = ", ".join(session.scalars(select(Site.code).where(Site.study_id == study_id).order_by(Site.code)))
        raise NotFound(f"unknown site '{code}': write one of {known or 'none yet: add it with flask sites add'}")
    return site


def find_staff_member(session: Session, site: Site, handle: str) -> StaffMember:
    person = session.scalar(select(StaffMember).where(StaffMember.site_id == site.id, StaffMember.handle == handle))
    if person is None:
        raise NotFound(f"unknown member of staff '{handle}' at {site.code}: add them with flask staff add")
    return person
