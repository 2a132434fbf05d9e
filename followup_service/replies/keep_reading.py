"""Keeping what was read: reports for the team, and with the text the explanation of how it was read."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from followup_service.at_commit import insert_at_commit, update_at_commit
from followup_service.audit import record_event
from followup_service.checkins.checkin import Checkin
from followup_service.checkins.record_answer import keep_answer
from followup_service.checkins.report import Report, ReportKind
from followup_service.conversation.reading import Reading
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.participants.participant import Participant, ParticipantState
from followup_service.protocol.definitions import Study
from followup_service.protocol.escalation_rules import EscalationDecision
from followup_service.replies.find_correction import Correction

# Before consent and after withdrawal a text is still a call for help, but no longer study data.
_REPORTS_NOTHING = frozenset({ParticipantState.INVITED, ParticipantState.WITHDRAWN, ParticipantState.DECEASED})


def keep_reading(
    session: Session,
    participant: Participant,
    inbound: InboundMessage,
    reading: Reading,
    decision: EscalationDecision | None,
    checkin: Checkin | None,
    now: datetime,
    *,
    study: Study,
) -> None:
    """Add the reports of one text and one audit event about how it was read."""
    update_at_commit(session, inbound, reading_encrypted=InboundMessage.reading.encrypted(inbound, as_json(reading)))
    if participant.state not in _REPORTS_NOTHING:
        shared = {
            "participant_id": participant.id,
            "inbound_id": inbound.id,
            "checkin_id": checkin.id if checkin else None,
            "reported_at": inbound.written_at,
            "protocol_version": study.version,
        }
        for values in _reports(reading, checkin):
            insert_at_commit(session, Report(**shared, **values))
    highest = reading.findings.highest
    record_event(
        participant,
        "text_read",
        now,
        text=inbound.id.hex,
        codes=[reason.code for reason in decision.reasons] if decision else [],
        level=decision.level.value if decision else "none",
        celsius=f"{highest.celsius:.2f}" if highest else None,
        command=reading.command.value if reading.command else None,
        answered=checkin.question if checkin and reading.answer is not None else None,
    )


def keep_correction(
    session: Session, participant: Participant, inbound: InboundMessage, correction: Correction, now: datetime, *, study: Study
) -> None:
    """Keep the new value of an earlier answer beside the old one; nothing that was raised for the old one is taken back."""
    keep_answer(session, correction.checkin_id, correction.question, correction.value, inbound.id, now)
    if participant.state not in _REPORTS_NOTHING:
        report = Report(
            participant_id=participant.id,
            inbound_id=inbound.id,
            checkin_id=correction.checkin_id,
            kind=ReportKind.ANSWER,
            code=correction.question,
            value=correction.value,
            reported_at=inbound.written_at,
            protocol_version=study.version,
        )
        insert_at_commit(session, report)
    record_event(participant, "answer_corrected", now, text=inbound.id.hex, question=correction.question)


def _reports(reading: Reading, checkin: Checkin | None) -> list[dict[str, Any]]:
    findings = reading.findings
    reports: list[dict[str, Any]] = [
        {
            "kind": ReportKind.TEMPERATURE,
            "celsius": temperature.celsius,
            "value": str(temperature.value),
            "unit": temperature.unit.value,
            "measured_at": temperature.site.value if temperature.site else None,
            "written": temperature.written,
        }
        for temperature in findings.temperatures
    ]
    reports += [
        {
            "kind": ReportKind.SYMPTOM,
            "code": symptom.code,
            "severity": int(symptom.severity) if symptom.severity else None,
            "count": symptom.count,
        }
        for symptom in findings.symptoms
    ]
    if checkin is not None and reading.answer is not None:
        reports.append({"kind": ReportKind.ANSWER, "code": checkin.question, "value": reading.answer})
    if not reports and reading.command is None and reading.answer is None:
        reports.append({"kind": ReportKind.FREE_TEXT})
    return reports


def as_json(reading: Reading) -> str:
    """A reading as it is kept: its parts by their names, decimals as text so that they stay exact."""
    return json.dumps(_by_name(reading), ensure_ascii=False)


def _by_name(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple):
        names = getattr(value, "_fields", None)
        return [*map(_by_name, value)] if names is None else dict(zip(names, map(_by_name, value), strict=True))
    return value
