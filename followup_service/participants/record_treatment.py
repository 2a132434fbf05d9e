"""Recording an RFA session or a systemic cycle, planned or done; the schedules that count from it move with it."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from followup_service.audit import record_event
from followup_service.errors import Refused
from followup_service.participants.participant import Participant
from followup_service.participants.plan_ahead import given, treatments_of
from followup_service.participants.plan_anew import plan_anew, targets_of
from followup_service.participants.treatment import TREATMENT_TRANSITIONS, TreatmentRecord, TreatmentState
from followup_service.protocol.definitions import Study
from followup_service.protocol.sentences import said
from followup_service.protocol.treatment_rules import check_treatment
from followup_service.protocol.visit_schedule import Treatment
from followup_service.transitions import moved


def record_treatment(
    session: Session,
    participant: Participant,
    kind: str,
    on: date,
    state: TreatmentState,
    now: datetime,
    actor: str,
    *,
    study: Study,
) -> tuple[TreatmentRecord, tuple[str, ...]]:
    """Keep a treatment and return it with the protocol's warnings. The caller has locked the participant.

    A planned one of the same day becomes done. Raises Refused for what the protocol does not allow, and for one done on a day to come.
    """
    if kind not in study.treatments:
        what = said("write one of %(known)s", known=tuple(study.treatments))
        problem = said(
            "unknown treatment '%(treatment)s' for %(participant)s: %(what)s", treatment=kind, participant=participant.code, what=what
        )
        raise Refused(problem, {"kind": [what]})
    if state is TreatmentState.DONE and on > now.astimezone(ZoneInfo(participant.timezone)).date():
        problem = said("%(participant)s: %(on)s has not come: record the treatment as planned", participant=participant.code, on=on)
        raise Refused(problem, {"on": [said("write a day that has come")]})
    rows = treatments_of(session, participant)
    same = next((row for row in rows if (row.kind, row.treated_on) == (kind, on)), None)
    others = given(row for row in rows if row is not same)
    check = check_treatment(study, others, Treatment(kind, on, state is TreatmentState.PLANNED))
    if check.refused:
        raise Refused(said("%(participant)s: %(why)s", participant=participant.code, why=check.refused), {"kind": [check.refused]})
    warnings = check.warnings
    if participant.treatment_ended_on is not None and on > participant.treatment_ended_on:
        warnings += (said("treatment was recorded as ended on %(on)s: that is taken back", on=participant.treatment_ended_on),)
        end_treatment(session, participant, None, now, actor, study=study)
    before = targets_of(session, participant, study)
    record = _put(session, participant, same, kind, on, state, now, actor, study)
    record_event(participant, f"treatment_{state}", now, actor, kind=kind, on=on.isoformat(), warnings=list(warnings))
    session.flush()
    plan_anew(session, participant, before, now, actor, study=study)
    return record, warnings


def cancel_treatment(
    session: Session,
    participant: Participant,
    record: TreatmentRecord,
    now: datetime,
    actor: str,
    reason: str | None = None,
    *,
    study: Study,
) -> TreatmentRecord:
    """What counts from it is planned anew. The caller has locked the participant."""
    before = targets_of(session, participant, study)
    record.state = moved(TREATMENT_TRANSITIONS, record.state, TreatmentState.CANCELLED)
    record.version += 1
    why = {"reason": reason} if reason else {}
    record_event(participant, "treatment_cancelled", now, actor, kind=record.kind, on=record.treated_on.isoformat(), **why)
    session.flush()
    plan_anew(session, participant, before, now, actor, study=study)
    return record


def end_treatment(session: Session, participant: Participant, on: date | None, now: datetime, actor: str, *, study: Study) -> None:
    """Record the end of all treatment in the study, or take it back (None). The caller has locked the participant.

    Weekly questions end with it, and the sparse plan of visits counts from it where it is the latest anchor.
    """
    if on is not None:
        _check_end(session, participant, on, now)
    if on == participant.treatment_ended_on:
        return
    before = targets_of(session, participant, study)
    participant.treatment_ended_on = on
    participant.version += 1
    record_event(participant, "treatment_ended" if on else "treatment_end_taken_back", now, actor, **({"on": on.isoformat()} if on else {}))
    plan_anew(session, participant, before, now, actor, study=study)


def _check_end(session: Session, participant: Participant, on: date, now: datetime) -> None:
    today = now.astimezone(ZoneInfo(participant.timezone)).date()
    if on > today:
        problem = said(
            "%(participant)s: treatment cannot have ended on %(on)s: today is %(today)s", participant=participant.code, on=on, today=today
        )
        raise Refused(problem, {"on": [said("write a day that has come")]})
    later = [row.treated_on for row in treatments_of(session, participant) if row.state is TreatmentState.DONE and row.treated_on > on]
    if later:
        what = said("write %(on)s or later, or cancel that treatment", on=max(later))
        problem = said(
            "%(participant)s was treated on %(treated_on)s, after %(on)s: %(what)s",
            participant=participant.code,
            treated_on=max(later),
            on=on,
            what=what,
        )
        raise Refused(problem, {"on": [what]})


def _put(
    session: Session,
    participant: Participant,
    same: TreatmentRecord | None,
    kind: str,
    on: date,
    state: TreatmentState,
    now: datetime,
    actor: str,
    study: Study,
) -> TreatmentRecord:
    if same is None:
        same = TreatmentRecord(
            participant_id=participant.id,
            kind=kind,
            state=state,
            treated_on=on,
            protocol_version=study.version,
            recorded_at=now,
            recorded_by=actor,
            version=1,
        )
        session.add(same)
    elif same.state is TreatmentState.CANCELLED:
        raise Refused(
            said(
                "%(participant)s: the %(treatment)s treatment of %(on)s was cancelled; record another day",
                participant=participant.code,
                treatment=kind,
                on=on,
            )
        )
    elif same.state is not state:
        same.state, same.version = moved(TREATMENT_TRANSITIONS, same.state, state), same.version + 1
    return same
