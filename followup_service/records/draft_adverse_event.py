"""Drafting an adverse event from a resolved escalation: everything is suggested, nothing is decided."""

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from followup_service.audit import record_event
from followup_service.errors import Conflict, Refused
from followup_service.escalations.escalation import Escalation, EscalationState, Outcome
from followup_service.participants.change_participant import lock_participant
from followup_service.participants.participant import Participant
from followup_service.participants.plan_ahead import treatments_of
from followup_service.participants.treatment import TreatmentState
from followup_service.protocol.definitions import Study
from followup_service.protocol.event_terms import EventTerms, Term
from followup_service.protocol.load_event_terms import load_event_terms
from followup_service.protocol.sentences import said
from followup_service.protocol.suggest_event import SuggestedEvent, suggest_events, suggest_grade
from followup_service.records.adverse_event import AdverseEvent, AdverseEventState, Seriousness
from followup_service.records.gather_facts import first_taken_at, first_told_at, gather_facts
from followup_service.staff.site import StudyRecord

MOST_TERMS = 12


def draft_adverse_event(
    session: Session, episode: Escalation, by: str, now: datetime, *, study: Study, term: str | None = None, via: str | None = None
) -> AdverseEvent:
    """A draft for this term, or for the one that comes to mind first. Several of one escalation differ in their terms.

    Raises Refused for a number that nobody knows or a term of no dictionary, Conflict where the escalation is open or has such a draft.
    """
    if episode.participant_id is None:
        raise Refused(said("No. %(number)s is of a number that nobody knows: an adverse event needs a participant", number=episode.number))
    participant = lock_participant(session, episode.participant_id)
    session.refresh(episode)
    if episode.state is not EscalationState.RESOLVED:
        raise Conflict(said("No. %(number)s is not resolved: end it with its outcome first", number=episode.number))
    terms = load_event_terms()
    facts = gather_facts(session, episode, study)
    suggested = [event.term for event in suggest_events(facts, terms)][:MOST_TERMS]
    chosen = suggest_grade(find_term(term, terms).name if term is not None else suggested[0], facts, terms)
    _check_is_new(session, episode, chosen.term)
    event = _new_draft(session, episode, participant, suggested, chosen, by, now, study)
    count_days(session, event, participant)
    session.add(event)
    named = {"by": by} if via else {}
    values = {"number": event.number, "escalation": episode.number, "term": event.term, "grade": event.grade}
    record_event(participant, "adverse_event_drafted", now, via or by, **values, **named)
    session.flush()
    return event


def _new_draft(
    session: Session,
    episode: Escalation,
    participant: Participant,
    suggested: list[str],
    chosen: SuggestedEvent,
    by: str,
    now: datetime,
    study: Study,
) -> AdverseEvent:
    """The row, with all that is suggested; the days that are counted from the onset are still to be set."""
    terms = load_event_terms()
    aware_at = first_taken_at(session, episode)
    report_due_at = aware_at + timedelta(minutes=study.reporting.report_within_minutes)
    return AdverseEvent(
        study_id=episode.study_id,
        site_id=episode.site_id,
        participant_id=participant.id,
        escalation_id=episode.id,
        number=_next_number(session, episode.study_id),
        state=AdverseEventState.DRAFT,
        dictionary=terms.title,
        suggestions_version=terms.suggestions_version,
        suggested_terms=suggested,
        suggested_grade=chosen.grade,
        suggested_by=chosen.rule,
        suggested_seriousness=_suggested_seriousness(episode),
        term=chosen.term,
        grade=chosen.grade,
        onset_on=first_told_at(session, episode).astimezone(ZoneInfo(participant.timezone)).date(),
        seriousness=None,
        relations={},
        aware_at=aware_at,
        report_due_at=report_due_at,
        report_step_at=report_due_at - timedelta(minutes=study.reporting.warn_before_minutes),
        drafted_at=now,
        drafted_by=by,
        protocol_version=study.version,
        version=1,
    )


def find_term(name: str, terms: EventTerms) -> Term:
    """Raises Refused for what is not in the dictionary."""
    if name not in terms.terms:
        what = said("'%(term)s' is no term of %(dictionary)s: write one, or an 'Other, specify'", term=name, dictionary=terms.title)
        raise Refused(what, {"term": [said("choose one of the list")]})
    return terms.terms[name]


def count_days(session: Session, event: AdverseEvent, participant: Participant) -> None:
    """Set the days that are counted from the onset."""
    day = (event.onset_on - participant.enrolled_on).days
    event.study_day = day + 1 if day >= 0 else day
    event.days_since_rfa = _days_since_rfa(session, participant, event.onset_on)


def _days_since_rfa(session: Session, participant: Participant, on: date) -> int | None:
    done = [row.treated_on for row in treatments_of(session, participant) if row.kind == "rfa" and row.state is TreatmentState.DONE]
    return min(((on - day).days for day in done if day <= on), default=None)


def _suggested_seriousness(episode: Escalation) -> list[str]:
    in_hospital = episode.outcome is Outcome.SENT_TO_HOSPITAL or "IN_HOSPITAL" in episode.reasons
    return [Seriousness.HOSPITALISATION.value] if in_hospital else []


def _check_is_new(session: Session, episode: Escalation, term: str) -> None:
    same = select(AdverseEvent.number).where(
        AdverseEvent.escalation_id == episode.id, AdverseEvent.term == term, AdverseEvent.state != AdverseEventState.DISMISSED
    )
    number = session.scalar(same.limit(1))
    if number is not None:
        raise Conflict(
            said(
                "No. %(number)s has '%(term)s' as adverse event %(event)s already: change that one, or give another term",
                number=episode.number,
                term=term,
                event=number,
            )
        )


def _next_number(session: Session, study_id: UUID) -> int:
    """The next of the study; two at once wait for each other at the study's row."""
    session.get_one(StudyRecord, study_id, with_for_update={"key_share": True}, populate_existing=True)
    return (session.scalar(select(func.max(AdverseEvent.number)).where(AdverseEvent.study_id == study_id)) or 0) + 1
