"""Beginning a drill at a site: a made-up participant of its own study is there, whose fever then comes in by the real door."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.audit import record_event
from followup_service.encryption import keyring
from followup_service.errors import Conflict
from followup_service.escalations.drill import Drill
from followup_service.escalations.end_drill import running_drills
from followup_service.escalations.escalation import Escalation, EscalationState
from followup_service.messaging.purposes import Purpose
from followup_service.messaging.sending_hold import held_purposes
from followup_service.participants.participant import Participant, ParticipantState
from followup_service.protocol.definitions import Study
from followup_service.staff.drill_study import drill_site
from followup_service.staff.site import Site

FEVER = "39.5"
# The country code 999 belongs to no country (ITU-T E.164): nobody has such a number.
NOBODYS = "+999"


def begin_drill(session: Session, site: Site, now: datetime, *, study: Study, planned_on: date | None = None) -> str:
    """Add a drill and return the number from which FEVER is to be texted. The caller has locked the site.

    Raises Conflict where a drill runs there already, where pages are on hold, or where somebody must see to a real alarm first.
    """
    if session.scalar(running_drills().where(Drill.site_id == site.id)):
        raise Conflict(f"a drill is under way at {site.code} already")
    if Purpose.PAGE in held_purposes(session):
        raise Conflict("pages are on hold: nothing would arrive")
    open_alarm = select(Escalation.number).where(
        Escalation.site_id == site.id, Escalation.is_alarm, Escalation.state == EscalationState.OPEN
    )
    if (number := session.scalar(open_alarm.limit(1))) is not None:
        raise Conflict(f"alarm No. {number} at {site.code} waits for somebody: a drill must not stand in its way")
    session.add(Drill(site_id=site.id, planned_on=planned_on, started_at=now))
    return str(_made_up_participant(session, drill_site(session, site, now, study=study), now, study).phone)


def _made_up_participant(session: Session, twin: Site, now: datetime, study: Study) -> Participant:
    found = session.scalar(select(Participant).where(Participant.site_id == twin.id, Participant.is_synthetic))
    if found is not None:
        return found
    number = f"{NOBODYS}{twin.id.int % 10**11:011}"
    participant = Participant(
        study_id=twin.study_id,
        site_id=twin.id,
        code=twin.code,
        arm=next(iter(study.arms)),
        state=ParticipantState.ACTIVE,
        language="en",
        timezone=twin.timezone,
        phone=number,
        phone_index=keyring().index(number),
        usual_site="mouth",
        enrolled_on=now.astimezone(ZoneInfo(twin.timezone)).date(),
        protocol_version=study.version,
        is_synthetic=True,
        created_at=now,
        version=1,
    )
    session.add(participant)
    record_event(participant, "made_up_for_drills", now, site=twin.code)
    return participant
