"""The texts of a participant as they were read and kept, with what came of them: what rules can be replayed over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.audit import AuditEvent
from followup_service.checkins.checkin import Checkin
from followup_service.checkins.report import Report, ReportKind
from followup_service.escalations.escalation import Escalation, EscalationEvent
from followup_service.escalations.expected_symptom import ExpectedSymptom
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.participants.participant import Participant
from followup_service.participants.plan_ahead import treatments_of
from followup_service.participants.treatment import TreatmentRecord, TreatmentState
from followup_service.protocol.definitions import Study
from followup_service.protocol.expected_symptoms import Expected
from followup_service.protocol.findings import Findings, Severity
from followup_service.protocol.question_kinds import OPEN_KINDS
from followup_service.replies.stored_reading import StoredReading, stored_reading


@dataclass(frozen=True, slots=True)
class KeptText:
    """One text: what was found in it, the question that it answered, and what of the participant's course belongs to that day.

    `answers_in_words`: it came while only questions were open that any words answer. `decided` is the level that it was given when it came
    ("none" where it was none); `episode` is what it opened or joined.
    """

    at: datetime
    findings: Findings
    answer: str | None
    question: str | None
    answers_in_words: bool
    days_since_rfa: int | None
    expected: tuple[Expected, ...]
    decided: str | None
    episode: Escalation | None


def kept_texts(session: Session, participant: Participant, study: Study) -> list[KeptText]:
    """The participant's texts, oldest first. What came after a withdrawal was kept as no study data and is not among them."""
    rows = session.scalars(
        select(InboundMessage)
        .where(InboundMessage.participant_id == participant.id, InboundMessage.reading_encrypted.is_not(None))
        .order_by(InboundMessage.received_at, InboundMessage.id)
    )
    reports = _reports_by_text(session, participant)
    episodes, levels = _episodes_by_text(session, participant), _levels_by_text(session, participant)
    treatments, marks = treatments_of(session, participant), _marks(session, participant)
    plans = dict(session.execute(select(Checkin.id, Checkin.questions).where(Checkin.participant_id == participant.id)).all())  # type: ignore[arg-type]
    return [
        _kept(row, reports[row.id], treatments, marks, plans, levels.get(row.id.hex), episodes.get(row.id), participant, study)
        for row in rows
        if row.id in reports
    ]


def _kept(
    row: InboundMessage,
    reports: Sequence[Report],
    treatments: Sequence[TreatmentRecord],
    marks: Sequence[ExpectedSymptom],
    plans: dict[UUID, list[str]],
    decided: str | None,
    episode: Escalation | None,
    participant: Participant,
    study: Study,
) -> KeptText:
    reading = stored_reading(row.reading)
    on = row.received_at.astimezone(ZoneInfo(participant.timezone)).date()
    done = [(on - treatment.treated_on).days for treatment in treatments if _is_done_rfa(treatment) and treatment.treated_on <= on]
    return KeptText(
        at=row.received_at,
        findings=reading.findings,
        answer=reading.answer,
        question=_question(reading, reports),
        answers_in_words=_answers_in_words(reports, plans, study),
        days_since_rfa=min(done, default=None),
        expected=tuple(
            Expected(mark.code, Severity(mark.severity), mark.count) for mark in marks if mark.marked_at <= row.received_at < mark.ends_at
        ),
        decided=decided,
        episode=episode,
    )


def _is_done_rfa(treatment: TreatmentRecord) -> bool:
    return treatment.kind == "rfa" and treatment.state is TreatmentState.DONE


def _question(reading: StoredReading, reports: Iterable[Report]) -> str | None:
    """A correction of an earlier answer is kept with its text too: only the answer that was read in the text is of the open question."""
    answers = (report for report in reports if report.kind is ReportKind.ANSWER and report.value == reading.answer)
    return next((report.code for report in answers), None)


def _answers_in_words(reports: Iterable[Report], plans: dict[UUID, list[str]], study: Study) -> bool:
    asked = {code for report in reports if report.checkin_id is not None for code in plans.get(report.checkin_id, ())}
    kinds = {study.questions[code].kind for code in asked if code in study.questions}
    return bool(kinds) and kinds <= OPEN_KINDS


def _reports_by_text(session: Session, participant: Participant) -> dict[UUID, list[Report]]:
    found: dict[UUID, list[Report]] = {}
    of_texts = select(Report).where(Report.participant_id == participant.id, Report.inbound_id.is_not(None))
    for report in session.scalars(of_texts):
        found.setdefault(report.inbound_id, []).append(report)  # type: ignore[arg-type]
    return found


def _episodes_by_text(session: Session, participant: Participant) -> dict[UUID, Escalation]:
    joined = (
        select(EscalationEvent.inbound_id, Escalation)
        .join(Escalation, Escalation.id == EscalationEvent.escalation_id)
        .where(Escalation.participant_id == participant.id, EscalationEvent.inbound_id.is_not(None))
    )
    return {row[0]: row[1] for row in session.execute(joined)}


def _levels_by_text(session: Session, participant: Participant) -> dict[str, str]:
    read = select(AuditEvent.detail).where(AuditEvent.subject_id == participant.id, AuditEvent.action == "text_read")
    return {detail["text"]: detail["level"] for detail in session.scalars(read)}


def _marks(session: Session, participant: Participant) -> list[ExpectedSymptom]:
    return list(session.scalars(select(ExpectedSymptom).where(ExpectedSymptom.participant_id == participant.id)))
