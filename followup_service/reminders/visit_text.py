"""What a text about a visit says: the key of its words and the values to fill in."""

from datetime import date, datetime
from typing import Any, Protocol

from followup_service.visits.visit import VisitState

CONFIRM, BOOK, CAME, WHICH_DAY = "visit_confirm", "visit_book", "visit_came", "visit_which_day"
# The words of each kind of reminder: of a booked visit, and of one without a day.
REMINDERS = {True: "visit_booked", False: "visit_due"}
CHASERS = {True: "visit_was_booked", False: "visit_was_due"}


class HasWords(Protocol):
    """A Visit, or a row with these of its columns."""

    item: str
    together_with: list[str]
    state: VisitState
    opens_on: date
    closes_on: date
    booked_at: datetime | None


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
