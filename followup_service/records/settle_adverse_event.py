"""Completing, signing and dismissing the draft of an adverse event. Only an investigator signs or dismisses; a change voids a signature."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.audit import record_event
from followup_service.errors import Changed, Conflict, FollowupError, NotFound, Refused
from followup_service.participants.change_participant import lock_participant
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study
from followup_service.protocol.event_terms import Term
from followup_service.protocol.load_event_terms import load_event_terms
from followup_service.protocol.sentences import said
from followup_service.records.adverse_event import (
    ADVERSE_EVENT_TRANSITIONS,
    AdverseEvent,
    AdverseEventState,
    Meaning,
    Seriousness,
    Signature,
    signature_hash,
    signed_record,
)
from followup_service.records.draft_adverse_event import count_days, find_term
from followup_service.staff.staff_member import StaffMember, StaffRole
from followup_service.transitions import moved

# Free text is never in the audit trail: it says only that it changed.
_FREE_TEXT = frozenset({"specified", "narrative"})
DEATH_GRADE = 5


class MayNotSign(FollowupError):
    """Signing and dismissing are an investigator's."""

    status = 403
    title = "Forbidden"


class UnusualGrade(Refused):
    """A grade that our dictionary does not describe for the term, where nobody has checked the dictionary: it is asked for once more."""

    def __init__(self, dictionary: str, term: Term, grade: int) -> None:
        self.term, self.grade = term, grade
        sentence = f"write {term.lowest} to {term.highest}, or confirm_grade: true beside {grade}"
        super().__init__(
            f"{dictionary}, as we have it, describes grades {term.lowest} to {term.highest} of '{term.name}', and nobody has compared that "
            f"with the NCI's table: {sentence}",
            {"grade": [sentence]},
        )


def complete_adverse_event(
    session: Session,
    event_id: UUID,
    values: Mapping[str, Any],
    by: str,
    now: datetime,
    *,
    study: Study,
    version: int | None = None,
    because: str | None = None,
    via: str | None = None,
    grade_confirmed: bool = False,
) -> AdverseEvent:
    """Change what the event says. A signed one becomes a draft again, its signature voided with the reason.

    `values` has any of term, specified, grade, onset_on, seriousness, relations and narrative; another term without a grade loses the
    grade of the first. A grade that our dictionary does not describe for the term needs `grade_confirmed`, as long as nobody has checked
    the dictionary there. Raises Refused for what the dictionary or the study does not know, and for a change of a signed event without
    `because`; Conflict for a dismissed one.
    """
    event, participant = lock_adverse_event(session, event_id, version)
    if event.state is AdverseEventState.DISMISSED:
        raise Conflict(
            said(
                "adverse event %(event)s was dismissed by %(name)s: draft its escalation anew", event=event.number, name=event.dismissed_by
            )
        )
    if values.get("term", event.term) != event.term:
        values = {"grade": None} | dict(values)
    unusual = _check(event, values, participant, now, study, grade_confirmed=grade_confirmed)
    changes = {name: value for name, value in values.items() if getattr(event, name) != value}
    if not changes:
        return event
    if event.state is AdverseEventState.SIGNED:
        if not because:
            raise Refused(
                said("this event is signed: say why it is changed, the signature ends with it"),
                {"because": [said("write why it is changed")]},
            )
        _void(session, event, by, because, now)
    detail: dict[str, Any] = {"grade_confirmed": True} if unusual else {}
    detail |= {name: "changed" if name in _FREE_TEXT else [_plain(getattr(event, name)), _plain(changes[name])] for name in changes}
    for name, value in changes.items():
        setattr(event, name, value)
    count_days(session, event, participant)
    event.version += 1
    _keep(participant, "adverse_event_changed", event, by, now, via, **detail)
    session.flush()
    return event


def sign_adverse_event(
    session: Session,
    event_id: UUID,
    investigator: StaffMember,
    meaning: Meaning,
    now: datetime,
    *,
    study: Study,
    full_name: str,
    version: int | None = None,
) -> AdverseEvent:
    """An investigator, whose password the caller has confirmed, makes it an adverse event; `full_name` is what their account says.

    Raises MayNotSign for anybody else, Refused where something is still open.
    """
    event, participant = lock_adverse_event(session, event_id, version)
    _check_may_sign(event, investigator)
    # A treatment may have been recorded since: what is signed is what is true now.
    count_days(session, event, participant)
    missing = open_fields(event, study)
    if missing:
        raise Refused(said("not complete: %(event_fields)s", event_fields=tuple(missing)), missing)
    event.state = moved(ADVERSE_EVENT_TRANSITIONS, event.state, AdverseEventState.SIGNED)
    event.report_step_at = None
    event.version += 1
    signature = Signature(
        adverse_event_id=event.id, staff_id=investigator.id, signed_by=investigator.handle, signed_at=now, meaning=meaning
    )
    signature.full_name = full_name
    signature.record = signed_record(event)
    signature.record_hash = signature_hash(signature, signature.record)
    session.add(signature)
    _keep(
        participant, "adverse_event_signed", event, investigator.handle, now, None, meaning=meaning.value, hash=signature.record_hash.hex()
    )
    session.flush()
    return event


def dismiss_adverse_event(
    session: Session, event_id: UUID, investigator: StaffMember, because: str, now: datetime, *, version: int | None = None
) -> AdverseEvent:
    """An investigator decides that it is no adverse event, and says why. Raises MayNotSign for anybody else, Conflict for a signed one."""
    event, participant = lock_adverse_event(session, event_id, version)
    _check_may_sign(event, investigator)
    event.state = moved(ADVERSE_EVENT_TRANSITIONS, event.state, AdverseEventState.DISMISSED)
    event.report_step_at = None
    event.dismissed_at, event.dismissed_by, event.dismissed_because = now, investigator.handle, because
    event.version += 1
    _keep(participant, "adverse_event_dismissed", event, investigator.handle, now, None)
    session.flush()
    return event


def lock_adverse_event(session: Session, event_id: UUID, version: int | None = None) -> tuple[AdverseEvent, Participant]:
    """The event under its participant's lock, as everything of a participant is changed."""
    participant_id = session.scalar(select(AdverseEvent.participant_id).where(AdverseEvent.id == event_id))
    if participant_id is None:
        raise NotFound("no such adverse event")
    participant = lock_participant(session, participant_id)
    event = session.get_one(AdverseEvent, event_id, with_for_update={"key_share": True}, populate_existing=True)
    if version is not None and version != event.version:
        raise Changed(said("adverse event %(event)s changed since you read it: read it again", event=event.number))
    return event, participant


def _check(
    event: AdverseEvent, values: Mapping[str, Any], participant: Participant, now: datetime, study: Study, *, grade_confirmed: bool
) -> bool:
    """Raises Refused where the values together with what is there say something impossible. Whether the grade is one that somebody
    confirmed against the dictionary."""
    terms = load_event_terms()
    term, grade = find_term(values.get("term", event.term), terms), values.get("grade")
    unusual = grade is not None and (term.name, grade) != (event.term, event.grade) and not term.has_grade(grade)
    if unusual and term.checked:
        what = said("write %(lowest)s to %(highest)s", lowest=term.lowest, highest=term.highest)
        problem = said(
            "%(dictionary)s has no grade %(grade)s of '%(term)s': %(what)s", dictionary=terms.title, grade=grade, term=term.name, what=what
        )
        raise Refused(problem, {"grade": [what]})
    if unusual and not grade_confirmed:
        raise UnusualGrade(terms.title, term, grade)
    if "onset_on" in values and values["onset_on"] > now.astimezone(ZoneInfo(participant.timezone)).date():
        problem = said("the onset lies in the future: write the day on which it began")
        raise Refused(problem, {"onset_on": [said("write a day that has come")]})
    unknown = set(values.get("relations", {})) - set(study.treatments)
    if unknown:
        what = said("write one of %(known)s", known=tuple(study.treatments))
        raise Refused(
            said("the study has no treatment '%(treatment)s': %(what)s", treatment=min(unknown), what=what), {"relations": [what]}
        )
    return unusual


def open_fields(event: AdverseEvent, study: Study) -> dict[str, list[str]]:
    """What an event needs before it can be signed, by field."""
    term = load_event_terms().terms[event.term]
    missing: dict[str, list[str]] = {}
    if event.grade is None:
        missing["grade"] = [said("write %(lowest)s to %(highest)s", lowest=term.lowest, highest=term.highest)]
    if event.seriousness is None:
        missing["seriousness"] = [said("write the criteria that are met, or an empty list where it is not serious")]
    elif event.grade == DEATH_GRADE and Seriousness.DEATH.value not in event.seriousness:
        missing["seriousness"] = [said("grade 5 is death: write death among the criteria, or another grade")]
    open_relations = [kind for kind in study.treatments if kind not in event.relations]
    if open_relations:
        missing["relations"] = [said("write how it is related to %(treatments)s", treatments=tuple(open_relations))]
    if term.must_be_specified and not event.specified:
        missing["specified"] = [said("write what it is: the term says only 'other'")]
    return missing


def _check_may_sign(event: AdverseEvent, person: StaffMember) -> None:
    if person.role is not StaffRole.INVESTIGATOR or not person.active or person.site_id != event.site_id:
        raise MayNotSign(
            said(
                "%(name)s is no active investigator of this site: only one of them signs or dismisses an adverse event", name=person.handle
            )
        )


def _void(session: Session, event: AdverseEvent, by: str, because: str, now: datetime) -> None:
    standing = select(Signature).where(Signature.adverse_event_id == event.id, Signature.voided_at.is_(None))
    for signature in session.scalars(standing):
        signature.voided_at, signature.voided_by, signature.voided_because = now, by, because
    event.state = moved(ADVERSE_EVENT_TRANSITIONS, event.state, AdverseEventState.DRAFT)
    if not event.seriousness:
        # What was signed as not serious, and may be serious after all, has met no clock.
        event.report_step_at = now


def _keep(participant: Participant, action: str, event: AdverseEvent, by: str, now: datetime, via: str | None, **detail: Any) -> None:
    named = {"by": by} if via else {}
    record_event(participant, action, now, via or by, number=event.number, state=event.state.value, **named, **detail)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
