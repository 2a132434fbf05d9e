"""Putting a treatment on another day, by one act: so whoever was told of a visit that counts from it hears once of what is now."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from followup_service.audit import record_event
from followup_service.errors import Refused
from followup_service.participants.participant import Participant
from followup_service.participants.plan_ahead import given, treatments_of
from followup_service.participants.plan_anew import plan_anew, targets_of
from followup_service.participants.treatment import TreatmentRecord, TreatmentState
from followup_service.protocol.definitions import Study
from followup_service.protocol.sentences import said
from followup_service.protocol.treatment_rules import check_treatment
from followup_service.protocol.visit_schedule import Treatment


def move_treatment(
    session: Session,
    participant: Participant,
    record: TreatmentRecord,
    on: date,
    now: datetime,
    actor: str,
    reason: str | None = None,
    *,
    study: Study,
) -> tuple[str, ...]:
    """A planned one is put off or brought forward; of one that took place the day is corrected. Returns the protocol's warnings.

    The caller has locked the participant. Raises Refused for a cancelled one, a day that is taken, or a day to come of one that is done.
    """
    _check(session, participant, record, on, now)
    others = given(row for row in treatments_of(session, participant) if row is not record)
    warnings = check_treatment(study, others, Treatment(record.kind, on, record.state is TreatmentState.PLANNED)).warnings
    before = targets_of(session, participant, study)
    was, record.treated_on, record.version = record.treated_on, on, record.version + 1
    days = {"was_on": was.isoformat(), "on": on.isoformat()}
    why = {"reason": reason} if reason else {}
    record_event(participant, "treatment_moved", now, actor, kind=record.kind, **days, **why, warnings=list(warnings))
    session.flush()
    plan_anew(session, participant, before, now, actor, study=study)
    return warnings


def _check(session: Session, participant: Participant, record: TreatmentRecord, on: date, now: datetime) -> None:
    code, kind = participant.code, record.kind
    today = now.astimezone(ZoneInfo(participant.timezone)).date()
    if record.state is TreatmentState.CANCELLED:
        raise Refused(
            said(
                "%(participant)s: the %(treatment)s treatment of %(on)s was cancelled: record a new one",
                participant=code,
                treatment=kind,
                on=record.treated_on,
            )
        )
    if record.state is TreatmentState.DONE and on > today:
        problem = said(
            "%(participant)s: what took place cannot be moved to %(on)s: today is %(today)s", participant=code, on=on, today=today
        )
        raise Refused(problem, {"on": [said("write a day that has come")]})
    ended = participant.treatment_ended_on
    if ended is not None and on > ended:
        problem = said("%(participant)s: treatment is recorded as ended on %(on)s: take that back first", participant=code, on=ended)
        raise Refused(problem, {"on": [said("write %(on)s or earlier", on=ended)]})
    taken = [row for row in treatments_of(session, participant) if row is not record and (row.kind, row.treated_on) == (kind, on)]
    if taken:
        problem = said(
            "%(participant)s: %(treatment)s of %(on)s is recorded already, as %(treatment_state)s: write another day",
            participant=code,
            treatment=kind,
            on=on,
            treatment_state=taken[0].state,
        )
        raise Refused(problem, {"on": [said("write another day")]})
