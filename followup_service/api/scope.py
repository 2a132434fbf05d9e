"""What a caller may see: rows of the token's study and, where it has one, of its site; all others answer as if they did not exist."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from followup_service.api.caller import caller
from followup_service.errors import NotFound, Refused
from followup_service.escalations.escalation import Escalation
from followup_service.extensions import db
from followup_service.participants.change_participant import lock_participant
from followup_service.participants.participant import Participant
from followup_service.records.adverse_event import AdverseEvent
from followup_service.staff.site import Site


def seen(query: Select[Any], kind: type[Participant] | type[Escalation] | type[AdverseEvent]) -> Select[Any]:
    """The query, kept to the caller's rows of this kind."""
    query = query.where(kind.study_id == caller().study_id)
    site_id = caller().site_id
    return query if site_id is None else query.where(kind.site_id == site_id)


def sites_seen() -> dict[str, Site]:
    """The caller's sites by code."""
    query = select(Site).where(Site.study_id == caller().study_id).order_by(Site.code)
    if caller().site_id is not None:
        query = query.where(Site.id == caller().site_id)
    return {site.code: site for site in db.session.scalars(query)}


def named_site(code: str) -> Site:
    """The site that a body or query names. Raises Refused with the codes that the caller may write."""
    sites = sites_seen()
    if code not in sites:
        known = ", ".join(sites)
        raise Refused(f"unknown site '{code}': write one of {known}", {"site": [f"write one of {known}"]})
    return sites[code]


def participant_of(code: str) -> Participant:
    participant = db.session.scalar(seen(select(Participant).where(Participant.code == code), Participant))
    if participant is None:
        raise NotFound("no such participant")
    return participant


def locked_participant(code: str) -> Participant:
    """For a change: the row as it is now, locked until the transaction ends."""
    participant_id = db.session.scalar(seen(select(Participant.id).where(Participant.code == code), Participant))
    if participant_id is None:
        raise NotFound("no such participant")
    return lock_participant(db.session, participant_id)


def escalation_of(number: int) -> Escalation:
    episode = db.session.scalar(seen(select(Escalation).where(Escalation.number == number), Escalation))
    if episode is None:
        raise NotFound("no such escalation")
    return episode


def adverse_event_of(number: int) -> AdverseEvent:
    event = db.session.scalar(seen(select(AdverseEvent).where(AdverseEvent.number == number), AdverseEvent))
    if event is None:
        raise NotFound("no such adverse event")
    return event


def country_of(site_id: UUID) -> str:
    return db.session.get_one(Site, site_id).country
