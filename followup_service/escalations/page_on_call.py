"""Paging: telling the people on call of one episode, step by step of its level's chain, until somebody takes it."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.audit import SYSTEM
from followup_service.escalations.choose_step import choose_step
from followup_service.escalations.drill import is_drill
from followup_service.escalations.escalation import Escalation, EscalationEvent, EventKind
from followup_service.escalations.page_by import Page, page_by, reached_by
from followup_service.messaging.gateways import channels_here
from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.protocol.definitions import Study
from followup_service.protocol.paging_clock import Channel, acknowledge_by, next_page_at
from followup_service.staff.team import People
from followup_service.staff.working_days import hours_of

REPEATED = "page_again"
# A task is answered in other words than an alarm, from its first page to its last.
_OF_A_TASK = {"page": "page_task", REPEATED: "page_task_again", "page_returned": "page_task_returned"}


def start_paging(
    session: Session,
    episode: Escalation,
    code: str,
    message: str,
    now: datetime,
    *,
    study: Study,
    also: People = (),
    handed_on: Sequence[str] = (),
    **news: Any,
) -> None:
    """Begin the chain of the episode's level anew, and its clock. What is new and can wait for a working day is paged then."""
    clock = study.paging[episode.level]
    episode.acknowledge_by = acknowledge_by(clock, now, hours_of(session, episode.site_id, study))
    episode.chain_step, episode.chain_began_at, episode.handed_on = 0, now, list(handed_on)
    if clock.waits_for_a_working_day and episode.opened_at == now:
        episode.next_page_at = episode.chain_began_at = episode.acknowledge_by
        return
    page_on_call(session, episode, code, message, now, study=study, also=also, **news)


def page_on_call(
    session: Session, episode: Escalation, code: str, message: str, now: datetime, *, study: Study, also: People = (), **news: Any
) -> None:
    """Take the next step of the chain and set when the one after it is due. `also` are paged beside those whom the step names.

    `news` takes the place of the episode's own values in the words. Only what repeats an earlier page may go by another channel than
    text, which alone says what is new; a drill has texts only.
    """
    drill = is_drill(session, episode)
    channels = channels_here() if message == REPEATED and not drill else frozenset({Channel.TEXT})
    chosen = choose_step(session, episode, now, channels, study=study)
    # Whatever a drill would page about, it says that it is one.
    words = message if episode.is_alarm else _OF_A_TASK.get(message, message)
    page = Page(episode.id, "page_drill" if drill else words, page_values(episode, code) | news)
    waiting = _still_waiting(session, episode) if message == REPEATED else frozenset()
    for person in dict.fromkeys((*also, *chosen.people)):
        channel = reached_by(person, chosen.step.by, channels)
        if (person.id, channel) in waiting:
            continue
        page_by(session, channel, person, page, now, study=study)
        _keep_page(session, episode, person.id, channel, now)
    clock, hours = study.paging[episode.level], hours_of(session, episode.site_id, study)
    episode.pages += 1
    episode.chain_step = chosen.number + 1
    episode.next_page_at = next_page_at(clock, chosen.step, episode.chain_began_at or now, now, hours)


def page_values(episode: Escalation, code: str) -> dict[str, Any]:
    """What a page says of an episode as it is now."""
    return {
        "level": episode.level.value,
        "code": code,
        "reasons": episode.reasons,
        "number": episode.number,
        "celsius": None if episode.highest_celsius is None else shown_celsius(episode.highest_celsius),
    }


def _keep_page(session: Session, episode: Escalation, staff_id: UUID, channel: Channel, now: datetime) -> None:
    session.add(
        EscalationEvent(
            escalation_id=episode.id,
            kind=EventKind.PAGED,
            at=now,
            actor=SYSTEM,
            level=episode.level,
            reasons=episode.reasons,
            staff_id=staff_id,
            channel=channel,
        ),
    )


def _still_waiting(session: Session, episode: Escalation) -> frozenset[tuple[UUID | None, Channel]]:
    """Who has a page of this episode that did not leave yet, and by what: after an outage one copy by each channel is enough."""
    waiting = select(OutboundMessage.staff_id, OutboundMessage.channel).where(
        OutboundMessage.escalation_id == episode.id,
        OutboundMessage.purpose == Purpose.PAGE,
        OutboundMessage.state.in_((OutboundState.CREATED, OutboundState.CLAIMED)),
    )
    return frozenset((staff_id, channel) for staff_id, channel in session.execute(waiting))


def shown_celsius(celsius: Decimal) -> str:
    """At least one decimal, two where the second says something: 38.31 must not read 38.3 on an emergency."""
    two = f"{celsius:.2f}"
    return two.removesuffix("0")
