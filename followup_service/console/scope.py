"""What the person who looks may see: rows of the study at the sites where a role allows it; all others are as if they did not exist."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, bindparam, select

from followup_service.console.signed_in import access
from followup_service.errors import NotFound
from followup_service.escalations.escalation import Escalation
from followup_service.extensions import db
from followup_service.participants.change_participant import lock_participant
from followup_service.participants.participant import Participant
from followup_service.records.adverse_event import AdverseEvent
from followup_service.staff.access import May, sites_reached
from followup_service.staff.account_session import account_of_session
from followup_service.staff.site import Site

Seen = type[Participant] | type[Escalation] | type[AdverseEvent]


def seen(query: Select[Any], kind: Seen, may: May = May.READ_PARTICIPANTS) -> Select[Any]:
    """The query, kept to the rows of this kind at the sites where the person may do this."""
    return query.where(kind.study_id == access().study.id, kind.site_id.in_(access().sites_where(may)))


def in_reach(kind: Seen) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The same for a question that is put together once for everybody, because every page asks it. `reach` has the values."""
    return kind.study_id == bindparam("reach_study"), kind.site_id.in_(bindparam("reach_sites", expanding=True))


def reach(may: May = May.READ_PARTICIPANTS) -> dict[str, Any]:
    """Whose rows `in_reach` keeps a question to: those of the person who looks."""
    return {"reach_study": access().study.id, "reach_sites": list(access().sites_where(may))}


# Whoever has signed in, for a question that is asked before it is known who that is.
READER = account_of_session().cte("reader")


def in_readers_reach(kind: Seen, may: May = May.READ_PARTICIPANTS) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """`in_reach` of `READER`, as the database works it out."""
    study_id = bindparam("reach_study", type_=Uuid)
    return kind.study_id == study_id, kind.site_id.in_(sites_reached(select(READER.c.id).scalar_subquery(), study_id, may))


_PARTICIPANT = select(Participant).where(Participant.code == bindparam("code"), *in_reach(Participant))
_ESCALATION = select(Escalation).where(Escalation.number == bindparam("number"), *in_reach(Escalation))


def sites_seen(may: May = May.READ_PARTICIPANTS) -> dict[str, Site]:
    """The sites at which the person may do this, by code."""
    sites = (access().sites[site_id] for site_id in access().sites_where(may))
    return {site.code: site for site in sorted(sites, key=lambda site: site.code)}


def participant_of(code: str, may: May = May.READ_PARTICIPANTS) -> Participant:
    participant = db.session.scalar(_PARTICIPANT, {"code": code} | reach(may))
    if participant is None:
        raise NotFound("no such participant")
    return participant


def locked_participant(code: str, may: May) -> Participant:
    """For a change: the row as it is now, locked until the transaction ends."""
    participant_id = db.session.scalar(seen(select(Participant.id).where(Participant.code == code), Participant, may))
    if participant_id is None:
        raise NotFound("no such participant")
    return lock_participant(db.session, participant_id)


def escalation_of(number: int, may: May = May.READ_PARTICIPANTS) -> Escalation:
    episode = db.session.scalar(_ESCALATION, {"number": number} | reach(may))
    if episode is None:
        raise NotFound("no such escalation")
    return episode


def adverse_event_of(number: int, may: May = May.READ_PARTICIPANTS) -> AdverseEvent:
    event = db.session.scalar(seen(select(AdverseEvent).where(AdverseEvent.number == number), AdverseEvent, may))
    if event is None:
        raise NotFound("no such adverse event")
    return event


def sees_contact(site_id: UUID) -> bool:
    """Whether names and phone numbers of this site's participants are shown."""
    return access().may(May.READ_CONTACT, site_id)


def sees_arm(site_id: UUID) -> bool:
    return access().may(May.SEE_ARM, site_id)
