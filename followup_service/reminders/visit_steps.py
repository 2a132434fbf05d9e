"""When the next thing happens for a visit: a reminder before it, a question after it, a task for staff."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from followup_service.participants.contact_hours import due_at, hours_of
from followup_service.participants.participant import Participant, ParticipantState
from followup_service.protocol.definitions import ContactHours, Study
from followup_service.protocol.reminder_schedule import BEFORE, VisitDates, kind_of, reminder_steps
from followup_service.staff.site import Site
from followup_service.visits.visit import Visit, VisitState

USEFUL_FOR = timedelta(hours=24)
# Whose visits are followed: the invited have no plan yet, and the others have none any more.
FOLLOWED = (ParticipantState.ACTIVE, ParticipantState.PAUSED)


@dataclass(frozen=True, slots=True)
class Clockwork:
    """What the steps of a participant's visits follow: the protocol, their own clock and hours, the holidays of the site's country."""

    study: Study
    zone: ZoneInfo
    hours: ContactHours
    country: str


class HasDates(Protocol):
    """A Visit, or a row with these of its columns."""

    target_on: object
    closes_on: object
    booked_at: datetime | None
    state: VisitState


@dataclass(frozen=True, slots=True)
class NextStep:
    code: str
    at: datetime

    @property
    def kind(self) -> str:
        return kind_of(self.code)


def clockwork(study: Study, participant: Participant, site: Site) -> Clockwork:
    return Clockwork(study, ZoneInfo(participant.timezone), hours_of(participant, study), site.country)


def dates_of(visit: HasDates, zone: ZoneInfo) -> VisitDates:
    booked_on = visit.booked_at.astimezone(zone).date() if visit.booked_at else None
    return VisitDates(visit.target_on, visit.closes_on, booked_on, visit.state is VisitState.CONFIRMED)  # type: ignore[arg-type]


def step_after(visit: HasDates, works: Clockwork, after: datetime) -> NextStep | None:
    """The first step that is due later than `after`; None where all is done."""
    return next((step for step in _steps(visit, works) if step.at > after), None)


class StepsAhead:
    """`step_after` for many visits: those of the same day, by the same clock, have the same steps."""

    def __init__(self) -> None:
        self._known: dict[tuple[VisitDates, int], tuple[NextStep, ...]] = {}

    def after(self, visit: HasDates, works: Clockwork, after: datetime) -> NextStep | None:
        key = (dates_of(visit, works.zone), id(works))
        steps = self._known.get(key)
        if steps is None:
            steps = self._known[key] = tuple(_steps(visit, works))
        return next((step for step in steps if step.at > after), None)


def timed_anew(visit: Visit, works: Clockwork, now: datetime) -> NextStep | None:
    """The visit's next step by the participant's present clock and hours; what a journey east has passed over is due now.

    A visit that has none, because its participant was away from the trial, goes on with the next one.
    """
    same = next((step for step in _steps(visit, works) if step.code == visit.next_step), None)
    return NextStep(same.code, max(same.at, now)) if same else step_after(visit, works, now)


def first_step(visit: HasDates, works: Clockwork, now: datetime) -> NextStep | None:
    """For a visit of which the participant knows nothing yet: the reminder that should have gone out last goes out now."""
    late = None
    for step in _steps(visit, works):
        if step.at > now:
            is_over = visit.booked_at is not None and visit.booked_at <= now
            return late if late is not None and not is_over else step
        late = NextStep(step.code, now) if step.kind == BEFORE else None
    return None


def set_step(visit: Visit, step: NextStep | None) -> None:
    visit.next_step, visit.next_step_at = (step.code, step.at) if step else (None, None)


def _steps(visit: HasDates, works: Clockwork) -> Iterator[NextStep]:
    for step in reminder_steps(works.study, dates_of(visit, works.zone), works.country):
        yield NextStep(step.code, due_at(step.on, step.at, works.zone, works.hours))
