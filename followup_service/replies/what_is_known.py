"""What the rules know of a participant beside the text: days since RFA, the last day's reports, the last pain digit."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.checkins.checkin import Answer, Checkin
from followup_service.checkins.report import Report, ReportKind
from followup_service.participants.participant import Participant
from followup_service.participants.plan_ahead import treatments_of
from followup_service.participants.treatment import TreatmentRecord, TreatmentState
from followup_service.protocol.definitions import BeforeTreatment, CheckinPlan, Study
from followup_service.protocol.escalation_rules import KnownSoFar
from followup_service.protocol.findings import MeasurementSite
from followup_service.protocol.question_kinds import QuestionKind

LAST_DAY = timedelta(hours=24)


def what_is_known(session: Session, participant: Participant, checkin: Checkin | None, now: datetime, study: Study) -> KnownSoFar:
    reports = session.execute(
        select(Report.kind, Report.code, Report.celsius, Report.reported_at).where(
            Report.participant_id == participant.id, Report.reported_at > now - LAST_DAY, Report.reported_at <= now
        )
    ).all()
    treatments = treatments_of(session, participant)
    local = now.astimezone(ZoneInfo(participant.timezone))
    return KnownSoFar(
        now=now,
        days_since_rfa=_days_since_rfa(treatments, local.date()),
        earlier_temperatures=tuple((row.reported_at, row.celsius) for row in reports if row.kind is ReportKind.TEMPERATURE),
        codes_today=frozenset(row.code for row in reports if row.kind is ReportKind.SYMPTOM),
        last_severity_digit=_last_severity_digit(session, participant, checkin, study),
        before_treatment=_answers_gate(checkin, study) or _is_before_treatment(treatments, local, study),
        site=MeasurementSite(participant.usual_site) if participant.usual_site else None,
    )


def _days_since_rfa(treatments: list[TreatmentRecord], today: date) -> int | None:
    done = [row.treated_on for row in treatments if row.kind == "rfa" and row.state is TreatmentState.DONE and row.treated_on <= today]
    return (today - max(done)).days if done else None


def _answers_gate(checkin: Checkin | None, study: Study) -> bool:
    return checkin is not None and isinstance(study.checkins[checkin.plan].when, BeforeTreatment)


def _is_before_treatment(treatments: list[TreatmentRecord], local: datetime, study: Study) -> bool:
    """Whether a treatment is planned for today, or so near that its temperature was to be asked for by now."""
    planned = [row for row in treatments if row.state is TreatmentState.PLANNED]
    return any(_was_to_be_asked(plan, row, local) for plan in study.checkins.values() for row in planned)


def _was_to_be_asked(plan: CheckinPlan, planned: TreatmentRecord, local: datetime) -> bool:
    if not isinstance(plan.when, BeforeTreatment) or planned.kind not in plan.when.treatments or plan.at is None:
        return False
    days = (planned.treated_on - local.date()).days
    return days == plan.when.days_before and (days == 0 or local.time() >= plan.at)


def _last_severity_digit(session: Session, participant: Participant, checkin: Checkin | None, study: Study) -> int | None:
    """The digit last answered to the same question; only looked up while such a question is open."""
    if checkin is None or checkin.question is None or study.questions[checkin.question].kind is not QuestionKind.SEVERITY_0_4:
        return None
    value = session.scalar(
        select(Answer.value)
        .join(Checkin, Checkin.id == Answer.checkin_id)
        .where(Checkin.participant_id == participant.id, Answer.question == checkin.question)
        .order_by(Answer.answered_at.desc())
        .limit(1)
    )
    return int(value) if value is not None else None
