"""What a text about a visit says: the key of its words and the values to fill in."""

from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from followup_service.protocol.reminder_schedule import days_of
from followup_service.reminders.visit_steps import NextStep
from followup_service.visits.visit import VisitState

CONFIRM, BOOK, CAME, WHICH_DAY = "visit_confirm", "visit_book", "visit_came", "visit_which_day"
# The words of reminders: the first of a visit without a day, or of one booked so late that it is news; then, of a visit without a day,
# so many days or more before its target; of a booked one so many days before it; and of any other one, booked or said to have a day.
FIRST = {True: "visit_now_booked", False: "visit_due"}
WITHOUT_A_DAY = {7: "visit_has_no_day", 2: "visit_is_near", 1: "visit_last_day", 0: "visit_is_now"}
SO_NEAR = {0: "visit_booked_today", 1: "visit_booked_tomorrow"}
OTHERWISE = {True: "visit_booked", False: "visit_has_a_day"}
# Whether a visit took place is asked in these words, of a booked one, of one without a day, and the second time.
CHASERS = {"booked": "visit_was_booked", "due": "visit_was_due", "again": "visit_not_heard"}


class HasWords(Protocol):
    """A Visit, or a row with these of its columns."""

    item: str
    together_with: list[str]
    state: VisitState
    opens_on: date
    closes_on: date
    booked_at: datetime | None
    announced_at: datetime | None


def reminder_of(visit: HasWords, step: NextStep, zone: ZoneInfo, *, late: bool) -> str:
    """The key of the words that fit this moment. `late`: the step is made up for, as the visit was recorded after it."""
    if visit.booked_at is not None:
        days = (visit.booked_at.astimezone(zone).date() - step.at.astimezone(zone).date()).days
        return FIRST[True] if late and visit.announced_at is None else SO_NEAR.get(days, OTHERWISE[True])
    if visit.announced_at is None:
        return FIRST[False]
    if visit.state is VisitState.CONFIRMED:
        return OTHERWISE[False]
    return next(key for days, key in WITHOUT_A_DAY.items() if days_of(step.code) >= days)


def chaser_of(visit: HasWords, question: str | None) -> str:
    """`question` is the one that waits for an answer: if it is this one, it is asked again."""
    return CHASERS["again" if question == CAME else "due" if visit.booked_at is None else "booked"]


def values_of(visit: HasWords) -> dict[str, Any]:
    """Which visits, and the booked time or else the window."""
    values: dict[str, Any] = {"visits": [visit.item, *visit.together_with]}
    if visit.booked_at is not None:
        return values | {"booked_at": visit.booked_at.isoformat()}
    return values | {"opens_on": visit.opens_on.isoformat(), "closes_on": visit.closes_on.isoformat()}


def question_of(visit: HasWords) -> str | None:
    """What a reminder asks; who has confirmed is asked no more."""
    if visit.state is VisitState.CONFIRMED:
        return None
    return CONFIRM if visit.booked_at is not None else BOOK


def reminder_values(visit: HasWords, question: str | None) -> dict[str, Any]:
    bring = {"bring": [visit.item, *visit.together_with]} if visit.booked_at is not None else {}
    return values_of(visit) | bring | ({"asks": question} if question else {})
