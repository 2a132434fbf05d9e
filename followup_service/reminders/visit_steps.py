"""When the next thing happens for a visit: a reminder before it, a question after it, a task for staff."""

from collections.abc import Iterable, Iterator
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
    """The first step later than `after`, when a text named the visit; reminders of the rest days are spared. None where all is done."""
    return _next(_steps(visit, works), dates_of(visit, works.zone), works, after)


class StepsAhead:
    """`step_after` for many visits: those of the same day, by the same clock, have the same steps."""

    def __init__(self) -> None:
        self._known: dict[tuple[VisitDates, int], tuple[NextStep, ...]] = {}

    def after(self, visit: HasDates, works: Clockwork, after: datetime) -> NextStep | None:
        return _next(self._all(visit, works), dates_of(visit, works.zone), works, after)

    def has(self, visit: HasDates, works: Clockwork, step: NextStep) -> bool:
        """Whether the step is due as planned: the first of a visit may be late, and goes out at once."""
        return step in self._all(visit, works)

    def _all(self, visit: HasDates, works: Clockwork) -> tuple[NextStep, ...]:
        key = (dates_of(visit, works.zone), id(works))
        if key not in self._known:
            self._known[key] = tuple(_steps(visit, works))
        return self._known[key]


def timed_anew(visit: Visit, works: Clockwork, now: datetime) -> NextStep | None:
    """The visit's next step by the participant's present clock and hours; what a journey east has passed over is due now.

    A visit that has none, because its participant was away from the trial, goes on with the next one.
    """
    same = next((step for step in _steps(visit, works) if step.code == visit.next_step), None)
    return NextStep(same.code, max(same.at, now)) if same else next((step for step in _steps(visit, works) if step.at > now), None)


def first_step(visit: HasDates, works: Clockwork, now: datetime) -> NextStep | None:
    """For a visit of which the participant knows nothing yet: the reminder that should have gone out last goes out now."""
    late = None
    for step in _steps(visit, works):
        if step.at > now:
            is_over = visit.booked_at is not None and visit.booked_at <= now
            return late if late is not None and not is_over else step
        late = NextStep(step.code, now) if step.kind == BEFORE else None
    return None


def _next(steps: Iterable[NextStep], dates: VisitDates, works: Clockwork, told_at: datetime) -> NextStep | None:
    rests_until = told_at + timedelta(days=works.study.reminders.rest_days)

    def is_spared(step: NextStep) -> bool:
        return step.kind == BEFORE and step.at < rests_until and step.at.astimezone(works.zone).date() < dates.eve

    return next((step for step in steps if step.at > told_at and not is_spared(step)), None)


def set_step(visit: Visit, step: NextStep | None) -> None:
    visit.next_step, visit.next_step_at = (step.code, step.at) if step else (None, None)


def _steps(visit: HasDates, works: Clockwork) -> Iterator[NextStep]:
    for step in reminder_steps(works.study, dates_of(visit, works.zone), works.country):
        yield NextStep(step.code, due_at(step.on, step.at, works.zone, works.hours))
