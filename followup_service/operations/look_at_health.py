"""Whether the service does its work: what is wrong, by name, and how old the oldest thing is that should be done. No personal data."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from alembic.migration import MigrationContext
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from followup_service.checkins.checkin import Checkin
from followup_service.checkins.start_checkins import WAITING
from followup_service.database import clock_skew, newest_revisions
from followup_service.escalations.drill import Drill
from followup_service.escalations.escalation import Escalation, EscalationState
from followup_service.messaging.inbound_check import DAY, InboundCheck, check_of_a_day
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.messaging.sending_hold import ALARMS, held_purposes
from followup_service.messaging.spool import Spool
from followup_service.messaging.when_to_send import UNASKED
from followup_service.operations.worker_heartbeat import SILENT_AFTER, last_beat
from followup_service.participants.participant import Participant
from followup_service.records.adverse_event import AdverseEvent
from followup_service.staff.drill_study import not_of_drills
from followup_service.staff.roster import on_call
from followup_service.staff.site import Site, StudyRecord
from followup_service.staff.staff_member import StaffMember

# A worker looks several times a second. Texts wait longer only where many are due at once, or where the provider takes none.
LATEST_ALARM = timedelta(minutes=5)
LATEST_ANSWER = timedelta(minutes=10)
LATEST_UNASKED = timedelta(hours=1)
LATEST_REPLY = timedelta(minutes=2)
LATEST_STEP = timedelta(minutes=10)
# The provider's list is looked at every five minutes: four looks in a row came to nothing.
LATEST_CHECK = timedelta(minutes=20)
# Leases are a minute long: clocks that far apart would take each other's texts.
MOST_SKEW = timedelta(seconds=10)
DRILLS_OF = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What was found. `problems` name what is wrong; with none of them all is well. None: not known, or there is no such thing."""

    problems: tuple[str, ...]
    database: bool = True
    migrations_at_head: bool = True
    worker_silent_for: timedelta | None = None
    oldest_alarm: timedelta | None = None
    oldest_due_text: timedelta | None = None
    oldest_unhandled_text: timedelta | None = None
    oldest_due_step: timedelta | None = None
    inbound_unchecked_for: timedelta | None = None
    inbound_proven_at: datetime | None = None
    inbound_missing: int | None = None
    clock_skew: timedelta | None = None
    on_hold: bool | None = None
    unacknowledged_escalations: int | None = None
    sites_with_nobody_on_call: int | None = None
    path_last_proven_at: datetime | None = None


def look_at_health(session: Session, now: datetime, *, provider_keeps_texts: bool) -> Health:
    """Look at the database, and at what stands in it. A provider that keeps no list of texts to us is not asked for it."""
    connection = session.connection(execution_options={"read_only": True})
    if MigrationContext.configure(connection).get_current_heads() != newest_revisions():
        return Health(problems=("migrations_not_at_head",), migrations_at_head=False)
    found = _found(session, now)
    if provider_keeps_texts:
        found = replace(found, **_inbound_checks(session, now))
    return replace(found, problems=tuple(dict.fromkeys(_problems(session, found, now))))


def look_at_spool(spool: Spool, now: datetime) -> Iterator[str]:
    """What is wrong with the texts of this machine that came while the database was away: named also where it still is."""
    try:
        state = spool.state()
    except OSError:
        yield "spool_unusable"
        return
    if state.oldest_at is not None and now - state.oldest_at > LATEST_REPLY:
        yield "spool_late"
    if state.quarantined:
        yield "spool_set_aside"


def _found(session: Session, now: datetime) -> Health:
    beaten_at = last_beat(session)
    return Health(
        problems=(),
        worker_silent_for=None if beaten_at is None else now - beaten_at,
        oldest_alarm=_oldest(session, select(func.min(OutboundMessage.created_at)).where(*_waiting(now, ALARMS)), now),
        oldest_due_text=_oldest(session, _due(now, frozenset(Purpose) - held_purposes(session)), now),
        oldest_unhandled_text=_oldest(
            session, select(func.min(InboundMessage.received_at)).where(InboundMessage.handled_at.is_(None)), now
        ),
        oldest_due_step=max(filter(None, (_oldest(session, query, now) for query in _steps())), default=None),
        clock_skew=clock_skew(session.connection()),
        on_hold=bool(held_purposes(session)),
        unacknowledged_escalations=session.scalar(
            select(func.count()).where(Escalation.state == EscalationState.OPEN, not_of_drills(Escalation.study_id))
        ),
        sites_with_nobody_on_call=sum(
            not on_call(session, site_id, now) for site_id in session.scalars(select(Site.id).where(not_of_drills(Site.study_id))).all()
        ),
        path_last_proven_at=session.scalar(select(func.max(Drill.proven_at))),
    )


def _inbound_checks(session: Session, now: datetime) -> dict[str, Any]:
    """How long ago the provider's list of texts to us was read to its end (else: the study began), and what the last whole day showed."""
    began_at = select(func.min(StudyRecord.created_at)).scalar_subquery()
    checked_at = session.scalar(select(func.coalesce(func.max(InboundCheck.finished_at), began_at)))
    proof = check_of_a_day(session, now - 2 * DAY)
    return {
        "inbound_unchecked_for": None if checked_at is None else now - checked_at,
        "inbound_proven_at": proof and proof.finished_at,
        "inbound_missing": proof and proof.missing,
    }


def _problems(session: Session, found: Health, now: datetime) -> Iterator[str]:
    if found.worker_silent_for is None or found.worker_silent_for > SILENT_AFTER:
        yield "worker_silent"
    held = held_purposes(session)
    answers, unasked = frozenset(Purpose) - ALARMS - UNASKED - held, UNASKED - held
    for name, age, latest in (
        ("alarms_late", found.oldest_alarm, LATEST_ALARM),
        ("texts_late", _oldest(session, _due(now, answers), now), LATEST_ANSWER),
        ("texts_late", _oldest(session, _due(now, unasked), now), LATEST_UNASKED),
        ("replies_late", found.oldest_unhandled_text, LATEST_REPLY),
        ("steps_late", found.oldest_due_step, LATEST_STEP),
        ("inbound_unchecked", found.inbound_unchecked_for, LATEST_CHECK),
    ):
        if age is not None and age > latest:
            yield name
    if found.clock_skew is not None and abs(found.clock_skew) > MOST_SKEW:
        yield "clock_skewed"
    if found.on_hold:
        yield "sending_on_hold"
    if session.scalar(select(StaffMember.id).where(StaffMember.active, StaffMember.phone_verified_at.is_not(None)).limit(1)) is None:
        yield "nobody_to_page"
    if _drill_failed(session, now):
        yield "drill_failed"


def _waiting(now: datetime, purposes: Collection[Purpose]) -> tuple[Any, ...]:
    """Texts of these purposes that should have left and are of use yet, also those that the provider did not take so far."""
    return (OutboundMessage.state == OutboundState.CREATED, OutboundMessage.purpose.in_(purposes), OutboundMessage.useful_until > now)


def _due(now: datetime, purposes: Collection[Purpose]) -> Select[Any]:
    return select(func.min(OutboundMessage.due_at)).where(
        OutboundMessage.state == OutboundState.CREATED, OutboundMessage.purpose.in_(purposes), OutboundMessage.due_at <= now
    )


def _steps() -> tuple[Select[Any], ...]:
    return (
        select(func.min(Participant.next_checkin_at)),
        select(func.min(Checkin.next_step_at)).where(Checkin.state.in_(WAITING)),
        select(func.min(Escalation.next_page_at)).where(Escalation.state == EscalationState.OPEN),
        select(func.min(Escalation.returns_at)).where(Escalation.state == EscalationState.ACKNOWLEDGED),
        select(func.min(AdverseEvent.report_step_at)),
    )


def _drill_failed(session: Session, now: datetime) -> bool:
    """Whether the last drill that ended failed, at any site."""
    ended = select(Drill.site_id, Drill.failed_at).where(
        Drill.started_at > now - DRILLS_OF, (Drill.proven_at.is_not(None) | Drill.failed_at.is_not(None))
    )
    last = {row.site_id: row.failed_at for row in session.execute(ended.order_by(Drill.started_at))}
    return any(failed_at is not None for failed_at in last.values())


def _oldest(session: Session, query: Select[Any], now: datetime) -> timedelta | None:
    """How long ago it was due; None where nothing is."""
    instant = session.scalar(query)
    return now - instant if instant is not None and instant <= now else None
