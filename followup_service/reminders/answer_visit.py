"""What a participant says about a visit: coming, another day, one of the days offered, or came already."""

from datetime import datetime
from unicodedata import normalize

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from followup_service.audit import record_event
from followup_service.conversation.reading import Command, Reading
from followup_service.escalations.raise_escalation import about, raise_escalation
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbox import queue_text, stop_visit_texts
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study
from followup_service.protocol.escalation_rules import decide_code
from followup_service.protocol.question_kinds import QuestionKind
from followup_service.reminders.offer_days import book_offered, hand_over, offer_days
from followup_service.reminders.visit_steps import Clockwork, clockwork, set_step, step_after
from followup_service.reminders.visit_text import CAME, WHICH_DAY, values_of
from followup_service.staff.site import Site
from followup_service.transitions import moved
from followup_service.visits.visit import VISIT_TRANSITIONS, Visit, VisitState

NONE_SUITS = 0
# The visit whose question waits for an answer: the one asked last.
OPEN_VISIT = (
    select(Visit)
    .where(Visit.participant_id == bindparam("participant_id"), Visit.question.is_not(None))
    .order_by(Visit.asked_at.desc())
    .limit(1)
)
_AHEAD = (VisitState.ANNOUNCED, VisitState.BOOKED, VisitState.CONFIRMED, VisitState.MISSED)


def open_visit(session: Session, participant: Participant) -> Visit | None:
    """The visit whose question the participant is answering."""
    return session.scalar(OPEN_VISIT, {"participant_id": participant.id})


def question_kind(visit: Visit) -> QuestionKind:
    return QuestionKind.FREE_TEXT if visit.question == WHICH_DAY else QuestionKind.VISIT_CONFIRM


def chosen_offer(visit: Visit, body: str) -> int | None:
    """The digit of a day that was offered, or NONE_SUITS, however the phone writes digits; None for anything else."""
    digit = normalize("NFKC", body).strip(" .。)")
    return int(digit) if visit.question == WHICH_DAY and digit.isdecimal() and int(digit) <= len(visit.offers) else None


def with_choice(reading: Reading, visit: Visit | None, body: str) -> Reading:
    """The reading of a text that chooses one of the days offered: a lone digit is understood."""
    if visit is None or chosen_offer(visit, body) is None:
        return reading
    return reading.answering(WHICH_DAY, body)


def answer_visit(
    session: Session,
    participant: Participant,
    visit: Visit | None,
    reading: Reading,
    inbound: InboundMessage,
    now: datetime,
    *,
    study: Study,
) -> bool:
    """Do what the text says about a visit, and answer. False where it says nothing about one. The caller has locked the participant.

    `visit` is the one whose question the text may answer; a wish in words counts also without a question.
    """
    wish = _wish(visit, reading)
    if wish is None and (visit is None or visit.question != WHICH_DAY):
        return False
    visit = visit or _next_visit(session, participant, now)
    if visit is None:
        if wish == "move":
            hand_over(session, participant, None, now, study=study)
        return wish == "move"
    works = clockwork(study, participant, session.get_one(Site, participant.site_id))
    choice = chosen_offer(visit, inbound.body)
    if choice is not None and choice != NONE_SUITS:
        book_offered(session, participant, visit, visit.offers[choice - 1], works, now)
    elif wish == "confirm" and visit.question != WHICH_DAY:
        _confirm(session, participant, visit, works, now)
    elif visit.question == WHICH_DAY:
        # None of the days suits, or the words are of another day: a person finds one.
        hand_over(session, participant, visit, now, study=study)
    else:
        record_event(participant, "visit_move_asked", now, participant.code, **_named(visit))
        offer_days(session, participant, visit, works, "visit_offer", now)
    session.flush()
    return True


def _wish(visit: Visit | None, reading: Reading) -> str | None:
    """A wish in words wins over a digit; with no question open only plain words count."""
    if reading.command is Command.RESCHEDULE:
        return "move"
    if visit is not None and reading.answer in ("confirm", "move"):
        return reading.answer
    return "confirm" if reading.command is Command.CONFIRM else None


def _next_visit(session: Session, participant: Participant, now: datetime) -> Visit | None:
    """The visit that words about "the appointment" are of: the earliest that is still ahead or waits to be made up for."""
    ahead = session.scalars(select(Visit).where(Visit.participant_id == participant.id, Visit.state.in_(_AHEAD)))
    known = [visit for visit in ahead if visit.booked_at is None or visit.booked_at > now or visit.state is VisitState.MISSED]
    return min(known, key=lambda visit: visit.booked_at.date() if visit.booked_at else visit.target_on, default=None)


def _confirm(session: Session, participant: Participant, visit: Visit, works: Clockwork, now: datetime) -> None:
    came = visit.question == CAME
    visit.question, visit.offers = None, []
    if came or visit.state is VisitState.MISSED:
        set_step(visit, None)
        raise_escalation(session, about(participant), decide_code("VISIT_SAID_ATTENDED", works.study.rules), now, study=works.study)
        queue_text(session, participant, Purpose.ANSWER, "visit_noted", now, study=works.study, visit_id=visit.id)
        return
    if visit.state is not VisitState.CONFIRMED:
        visit.state, visit.version = moved(VISIT_TRANSITIONS, visit.state, VisitState.CONFIRMED), visit.version + 1
        record_event(participant, "visit_confirmed", now, participant.code, **_named(visit))
    visit.confirmed_at = now
    stop_visit_texts(session, visit.id, participant.id, "visit_confirmed", now)
    set_step(visit, step_after(visit, works, now))
    if visit.booked_at is None:
        queue_text(session, participant, Purpose.ANSWER, "visit_day_known", now, study=works.study, visit_id=visit.id)
    else:
        values = values_of(visit)
        queue_text(session, participant, Purpose.ANSWER, "visit_confirmed", now, study=works.study, values=values, visit_id=visit.id)


def _named(visit: Visit) -> dict[str, str]:
    booked = {"booked_at": visit.booked_at.isoformat()} if visit.booked_at else {}
    return {"item": visit.item, "occurrence": visit.occurrence, "target_on": visit.target_on.isoformat(), **booked}
