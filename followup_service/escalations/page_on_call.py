"""Paging: telling the people on call, by text, of one episode; again and to more of them until somebody takes it."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.audit import SYSTEM
from followup_service.escalations.escalation import Escalation, EscalationEvent, EventKind
from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.messaging.outbox import queue_text
from followup_service.messaging.purposes import Purpose
from followup_service.protocol.definitions import Study
from followup_service.staff.staff_member import everyone_active, on_call


def page_on_call(session: Session, episode: Escalation, code: str, message: str, now: datetime, *, study: Study) -> None:
    """Queue a page to the first on call, on each further round to one more of them, and set when the next round is due.

    With nobody on the roster everyone active at the site is paged at once: nobody knows who would be first.
    A level whose clock has no repetition (review) waits in the worklist and pages nobody.
    """
    clock = study.paging[episode.level]
    minutes = clock.minutes_to_next_page(episode.pages + 1)
    if minutes is None:
        return
    people = on_call(session, episode.site_id, now)[: episode.pages + 1] or everyone_active(session, episode.site_id)
    values = {
        "level": episode.level.value,
        "code": code,
        "reasons": episode.reasons,
        "number": episode.number,
        "celsius": None if episode.highest_celsius is None else _shown(episode.highest_celsius),
    }
    waiting = _still_waiting(session, episode) if message == "page_again" else frozenset()
    for person in people:
        if person.id in waiting:
            continue
        queue_text(session, person, Purpose.PAGE, message, now, study=study, values=values, escalation_id=episode.id)
        session.add(
            EscalationEvent(
                escalation_id=episode.id,
                kind=EventKind.PAGED,
                at=now,
                actor=SYSTEM,
                level=episode.level,
                reasons=episode.reasons,
                staff_id=person.id,
            ),
        )
    episode.pages += 1
    episode.next_page_at = now + timedelta(minutes=minutes)


def _still_waiting(session: Session, episode: Escalation) -> frozenset[UUID]:
    """Who has a page of this episode that did not leave yet: after an outage one copy is enough."""
    waiting = select(OutboundMessage.staff_id).where(
        OutboundMessage.escalation_id == episode.id,
        OutboundMessage.purpose == Purpose.PAGE,
        OutboundMessage.state.in_((OutboundState.CREATED, OutboundState.CLAIMED)),
    )
    return frozenset(session.scalars(waiting))


def _shown(celsius: Decimal) -> str:
    """At least one decimal, two where the second says something: 38.31 must not read 38.3 on an emergency."""
    two = f"{celsius:.2f}"
    return two.removesuffix("0")
