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
from followup_service.protocol.treatment_rules import check_treatment
from followup_service.protocol.visit_schedule import Treatment


def move_treatment(
    session: Session, participant: Participant, record: TreatmentRecord, on: date, now: datetime, actor: str, *, study: Study
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
    record_event(participant, "treatment_moved", now, actor, kind=record.kind, **days, warnings=list(warnings))
    session.flush()
    plan_anew(session, participant, before, now, actor, study=study)
    return warnings


def _check(session: Session, participant: Participant, record: TreatmentRecord, on: date, now: datetime) -> None:
    code, kind = participant.code, record.kind
    today = now.astimezone(ZoneInfo(participant.timezone)).date()
    if record.state is TreatmentState.CANCELLED:
        raise Refused(f"{code}: the {kind} treatment of {record.treated_on} was cancelled: record a new one")
    if record.state is TreatmentState.DONE and on > today:
        raise Refused(f"{code}: what took place cannot be moved to {on}: today is {today}", {"on": ["write a day that has come"]})
    ended = participant.treatment_ended_on
    if ended is not None and on > ended:
        raise Refused(f"{code}: treatment is recorded as ended on {ended}: take that back first", {"on": [f"write {ended} or earlier"]})
    taken = [row for row in treatments_of(session, participant) if row is not record and (row.kind, row.treated_on) == (kind, on)]
    if taken:
        raise Refused(f"{code}: {kind} of {on} is recorded already, as {taken[0].state}: write another day", {"on": ["write another day"]})
