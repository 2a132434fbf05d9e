"""What an escalation's texts reported, for the draft of an adverse event."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.checkins.report import Report, ReportKind
from followup_service.escalations.escalation import Escalation, EscalationEvent, EventKind
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.protocol.definitions import Study
from followup_service.protocol.question_kinds import QuestionKind
from followup_service.protocol.suggest_event import EpisodeFacts

# A digit of the 0-4 question as mild, moderate or severe.
_SEVERITY_OF_DIGIT = {"1": 1, "2": 2, "3": 3, "4": 3}


def gather_facts(session: Session, episode: Escalation, study: Study) -> EpisodeFacts:
    """The codes of the episode, the worst first, and what its texts said of each."""
    reports = list(session.scalars(select(Report).where(Report.inbound_id.in_(_texts(episode)))))
    celsius = [report.celsius for report in reports if report.celsius is not None]
    counts = ((report.code, report.count) for report in reports if report.count is not None)
    return EpisodeFacts(
        codes=_worst_first(episode.reasons, study),
        highest_celsius=episode.highest_celsius,
        lowest_celsius=min(celsius, default=None),
        counts=_largest(counts),
        severities=_largest(_severities(reports, study)),
    )


def first_told_at(session: Session, episode: Escalation) -> datetime:
    """When the text arrived with which the episode began; when it was opened, where no text did."""
    first = select(InboundMessage.received_at).where(InboundMessage.id.in_(_texts(episode))).order_by(InboundMessage.received_at)
    return session.scalar(first.limit(1)) or episode.opened_at


def first_taken_at(session: Session, episode: Escalation) -> datetime:
    """When a person of the team first knew: took the episode, or else ended it."""
    by_person = EscalationEvent.kind.in_((EventKind.ACKNOWLEDGED, EventKind.RESOLVED))
    first = select(EscalationEvent.at).where(EscalationEvent.escalation_id == episode.id, by_person).order_by(EscalationEvent.at)
    return session.scalar(first.limit(1)) or episode.resolved_at or episode.opened_at


def _texts(episode: Escalation):  # type: ignore[no-untyped-def]
    return select(EscalationEvent.inbound_id).where(EscalationEvent.escalation_id == episode.id, EscalationEvent.inbound_id.is_not(None))


def _worst_first(codes: Iterable[str], study: Study) -> tuple[str, ...]:
    def rank(code: str) -> tuple[int, int]:
        rule = study.rules.codes.get(code)
        return (-rule.level.rank, rule.order) if rule is not None and rule.level is not None else (0, 0)

    return tuple(sorted(codes, key=rank))


def _severities(reports: Iterable[Report], study: Study) -> Iterable[tuple[str, int]]:
    for report in reports:
        if report.kind is ReportKind.SYMPTOM and report.code is not None and report.severity is not None:
            yield report.code, report.severity
        elif report.kind is ReportKind.ANSWER and _asks_severity(report.code, study) and report.value in _SEVERITY_OF_DIGIT:
            for code in (study.rules.pain_score.high_code, study.rules.pain_score.risen_code):
                yield code, _SEVERITY_OF_DIGIT[report.value]


def _asks_severity(question: str | None, study: Study) -> bool:
    return question in study.questions and study.questions[question].kind is QuestionKind.SEVERITY_0_4


def _largest(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    largest: dict[str, int] = {}
    for code, value in pairs:
        largest[code] = max(value, largest.get(code, value))
    return largest
