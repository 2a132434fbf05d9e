"""The beginning of a rehearsal: the study is opened, with the sites, the people and the shifts of the script."""

from datetime import datetime

from sqlalchemy.orm import Session

from followup_service.participants.enrol_participant import Enrolment, enrol_participant
from followup_service.protocol.definitions import Study
from followup_service.rehearsal.script import ParticipantLine, Script
from followup_service.staff.change_roster import add_shift, lead_the_site, stand_in
from followup_service.staff.running_study import running_study
from followup_service.staff.set_up import add_site, add_staff_member, find_site, open_study

ACTOR = "rehearsal"


def set_the_stage(session: Session, script: Script, now: datetime, *, study: Study) -> None:
    record = open_study(session, study, now, ACTOR)
    session.flush()
    for line in script.sites:
        add_site(
            session,
            record.id,
            now,
            ACTOR,
            code=line.code,
            name=line.name,
            timezone=line.timezone,
            country=line.country,
            clinic_phone=line.clinic_phone,
            emergency_number=line.emergency_number,
            takes_unknown_senders=line.takes_unknown_senders,
        )
    for person in script.staff:
        site = find_site(session, record.id, person.site)
        values = {"phone": person.phone, "email": person.email, "language": person.language, "role": person.role}
        member = add_staff_member(session, site, now, ACTOR, handle=person.name, verified=True, **values)
        if person.on_call is not None:
            add_shift(session, member, person.on_call, now, None, now, ACTOR)
        if person.fallback:
            stand_in(session, member, now, ACTOR)
        if person.principal_investigator:
            lead_the_site(session, member, now, ACTOR)


def enrol(session: Session, line: ParticipantLine, now: datetime, *, study: Study) -> None:
    running = running_study(session)
    enrolment = Enrolment(
        code=line.code,
        arm=line.arm,
        language=line.language,
        phone=line.phone,
        timezone=line.timezone,
        country=line.country,
        consented_on=line.consented_on,
        consent_version=line.consent_version,
        tag=line.tag,
    )
    site = find_site(session, running.id, line.site)
    enrol_participant(session, running.id, site.id, enrolment, now, ACTOR, study=study)
