"""Figures for Prometheus, computed from the database at each look: ages, counts and outcomes, by class. No personal data."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from followup_service.database import clock_skew
from followup_service.escalations.drill import Drill
from followup_service.escalations.escalation import Escalation, EscalationState
from followup_service.messaging.inbound_check import DAY, InboundCheck, check_of_a_day
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbound_message import Attempt, OutboundMessage, OutboundState
from followup_service.messaging.sending_hold import HoldScope, SendingHold
from followup_service.operations.worker_heartbeat import WorkerHeartbeat
from followup_service.protocol.rule_definitions import Level
from followup_service.staff.site import Site

LATELY = timedelta(hours=1)


def write_metrics(session: Session, study_id: UUID, now: datetime) -> bytes:
    """The text that Prometheus reads."""
    registry = CollectorRegistry()
    registry.register(
        _Figures([*_outbox(session, now), *_inbox(session, now), *_escalations(session, study_id, now), *_running(session, now)])
    )
    return generate_latest(registry)


class _Figures(Collector):
    def __init__(self, figures: list[Metric]) -> None:
        self._figures = figures

    def collect(self) -> Iterable[Metric]:
        return self._figures


def _outbox(session: Session, now: datetime) -> Iterator[Metric]:
    due = (
        select(OutboundMessage.purpose, func.count(), func.min(OutboundMessage.due_at))
        .where(OutboundMessage.state == OutboundState.CREATED, OutboundMessage.due_at <= now)
        .group_by(OutboundMessage.purpose)
    )
    rows = [(purpose.value, count, oldest) for purpose, count, oldest in session.execute(due)]
    yield _by("purpose", "followup_texts_due", "Texts that are due and have not left", {purpose: count for purpose, count, _ in rows})
    ages = {purpose: _seconds(now - oldest) for purpose, _, oldest in rows}
    yield _by("purpose", "followup_texts_oldest_due_seconds", "How long the oldest due text has waited", ages)
    unknown = select(OutboundMessage.purpose, func.count()).where(OutboundMessage.state == OutboundState.UNKNOWN)
    counts = {purpose.value: count for purpose, count in session.execute(unknown.group_by(OutboundMessage.purpose))}
    yield _by("purpose", "followup_texts_unknown", "Texts of which nobody knows whether they left", counts)
    lately = (
        select(OutboundMessage.purpose, Attempt.state, func.count())
        .join(OutboundMessage, OutboundMessage.id == Attempt.outbound_id)
        .where(Attempt.started_at > now - LATELY)
        .group_by(OutboundMessage.purpose, Attempt.state)
    )
    attempts = GaugeMetricFamily("followup_attempts_last_hour", "Tries at the provider in the last hour", labels=("purpose", "outcome"))
    for purpose, outcome, count in session.execute(lately):
        attempts.add_metric((purpose.value, outcome.value), count)
    yield attempts
    delivered = (
        select(OutboundMessage.purpose, OutboundMessage.state, func.count(func.distinct(OutboundMessage.id)))
        .join(Attempt, Attempt.outbound_id == OutboundMessage.id)
        .where(Attempt.started_at > now - LATELY)
        .group_by(OutboundMessage.purpose, OutboundMessage.state)
    )
    texts = GaugeMetricFamily("followup_texts_last_hour", "What became of the texts tried in the last hour", labels=("purpose", "state"))
    for purpose, state, count in session.execute(delivered):
        texts.add_metric((purpose.value, state.value), count)
    yield texts
    scopes = set(session.scalars(select(SendingHold.scope).where(SendingHold.released_at.is_(None))))
    yield _by("scope", "followup_sending_on_hold", "1 where texts are on hold", {scope.value: int(scope in scopes) for scope in HoldScope})


def _inbox(session: Session, now: datetime) -> Iterator[Metric]:
    count, oldest = session.execute(
        select(func.count(), func.min(InboundMessage.received_at)).where(InboundMessage.handled_at.is_(None))
    ).one()
    yield GaugeMetricFamily("followup_inbound_unhandled", "Stored texts that are not handled yet", value=count)
    if oldest is not None:
        yield GaugeMetricFamily("followup_inbound_oldest_unhandled_seconds", "How long the oldest waits", value=_seconds(now - oldest))
    last = session.scalar(select(func.max(InboundMessage.received_at)))
    if last is not None:
        yield GaugeMetricFamily("followup_inbound_last_received_seconds", "Since the last text from any phone", value=_seconds(now - last))
    checked_at = session.scalar(select(func.max(InboundCheck.finished_at)))
    if checked_at is not None:
        age = _seconds(now - checked_at)
        yield GaugeMetricFamily("followup_inbound_checked_seconds", "Since the provider's list was held against ours", value=age)
    proof = check_of_a_day(session, now - 2 * DAY)
    if proof is not None:
        meaning = "Texts of the last whole day looked at that were missing here, and were taken in"
        yield GaugeMetricFamily("followup_inbound_missing", meaning, value=proof.missing)


def _escalations(session: Session, study_id: UUID, now: datetime) -> Iterator[Metric]:
    """Drills belong to a study of their own, and are not counted."""
    open_ = (
        select(Escalation.level, func.count(), func.min(Escalation.opened_at))
        .where(Escalation.state == EscalationState.OPEN, Escalation.study_id == study_id)
        .group_by(Escalation.level)
    )
    rows = {level: (count, oldest) for level, count, oldest in session.execute(open_)}
    counts = {level.value: rows[level][0] if level in rows else 0 for level in Level}
    yield _by("level", "followup_escalations_unacknowledged", "Escalations that nobody has taken", counts)
    ages = {level.value: _seconds(now - oldest) for level, (_, oldest) in rows.items()}
    yield _by("level", "followup_escalations_oldest_unacknowledged_seconds", "How long the oldest of them is open", ages)
    late = select(func.count()).where(
        Escalation.state == EscalationState.OPEN, Escalation.study_id == study_id, Escalation.acknowledge_by < now
    )
    yield GaugeMetricFamily(
        "followup_escalations_overdue", "Those past the time by which somebody must have them", value=session.scalar(late)
    )


def _running(session: Session, now: datetime) -> Iterator[Metric]:
    beats = {name: _seconds(now - at) for name, at in session.execute(select(WorkerHeartbeat.name, WorkerHeartbeat.beaten_at)).all()}
    yield _by("worker", "followup_worker_silent_seconds", "Since the last sign of life of a worker", beats)
    yield GaugeMetricFamily(
        "followup_clock_skew_seconds", "How far the database's clock is ahead of ours", value=_seconds(clock_skew(session.connection()))
    )
    proven = (
        select(Site.code, func.max(Drill.proven_at))
        .join(Site, Site.id == Drill.site_id)
        .where(Drill.proven_at.is_not(None))
        .group_by(Site.code)
    )
    ages = {code: _seconds(now - at) for code, at in session.execute(proven)}
    yield _by("site", "followup_path_proven_seconds", "Since a drill last reached somebody on call, who answered", ages)


def _by(label: str, name: str, meaning: str, values: Mapping[str, float]) -> Metric:
    figures = GaugeMetricFamily(name, meaning, labels=(label,))
    for key, value in sorted(values.items()):
        figures.add_metric((key,), value)
    return figures


def _seconds(age: timedelta) -> float:
    return age.total_seconds()
