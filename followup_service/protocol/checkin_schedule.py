"""Plans a participant's check-ins: after each ablation, on systemic therapy, monthly otherwise, and before each treatment (all ours)."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from followup_service.protocol.definitions import (
    AfterTreatment,
    BeforeTreatment,
    CheckinPlan,
    DuringTreatment,
    EveryMonths,
    Study,
)
from followup_service.protocol.visit_schedule import CourseOfCare, months_after

# A stretch of days in which some check-in nearly always falls: monthly ones at the latest.
STRETCH = timedelta(days=35)


@dataclass(frozen=True, slots=True)
class PlannedCheckin:
    """One check-in of the plan: the local day and time, and its questions in order. `occurrence` is the day, as YYYY-MM-DD."""

    plan: str
    occurrence: str
    on: date
    at: time
    importance: int
    questions: tuple[str, ...]


# The days of treatment that one plan's date stands for (such as day 3); None where the plan has no such days.
_DayNumbers = set[int | None]
_Due = dict[date, dict[str, _DayNumbers]]
# The dates of each kind of treatment, in order.
_Sessions = dict[str, list[date]]


def planned_checkins(study: Study, course: CourseOfCare, first: date, last: date) -> tuple[PlannedCheckin, ...]:
    """Every check-in from `first` to `last`, both included, by time; none before enrolment or after the study's end.

    A day has at most one questionnaire: the most important plan's, with what the others would have asked after it, as far as the
    limit of texts allows. The temperature asked before a treatment stands beside it.
    """
    first, last = max(first, course.enrolled_on), min(last, study.ends_on)
    if first > last:
        return ()
    due = _due(study, course, first, last)
    checkins = [_questionnaire(study, day, numbers) for day, numbers in due.items() if first <= day <= last]
    for plan in study.checkins.values():
        if isinstance(plan.when, BeforeTreatment):
            checkins += [_planned(plan, day, {None}) for day in _days_before(plan.when, course) if first <= day <= last]
    return tuple(sorted(checkins, key=lambda checkin: (checkin.on, checkin.at, checkin.importance)))


def next_checkin(study: Study, course: CourseOfCare, after: date) -> PlannedCheckin | None:
    """The first check-in on a later day than `after`; None where the study ends before."""
    first = max(after + timedelta(days=1), course.enrolled_on)
    while first <= study.ends_on:
        if planned := planned_checkins(study, course, first, first + STRETCH):
            return planned[0]
        first += STRETCH + timedelta(days=1)
    return None


def _due(study: Study, course: CourseOfCare, first: date, last: date) -> _Due:
    """The plans of each day, gates left out. Some days more on both sides, because a monthly check-in gives way to its neighbours."""
    near = max((plan.when.unless_asked_within_days for plan in study.checkins.values() if isinstance(plan.when, EveryMonths)), default=0)
    first, last = max(first - timedelta(days=near), course.enrolled_on), min(last + timedelta(days=near), study.ends_on)
    sessions: _Sessions = defaultdict(list)
    for treatment in sorted(course.treatments, key=lambda treatment: treatment.on):
        sessions[treatment.kind].append(treatment.on)
    due: _Due = defaultdict(lambda: defaultdict(set))
    for plan in study.checkins.values():
        if isinstance(plan.when, AfterTreatment):
            for day, number in _days_after(plan.when, sessions[plan.when.treatment], first, last):
                due[day][plan.code].add(number)
        elif isinstance(plan.when, DuringTreatment):
            for day in _days_during(plan.when, sessions[plan.when.treatment], course, first, last):
                due[day][plan.code].add(None)
    asked = frozenset(due)
    for plan in study.checkins.values():
        if isinstance(plan.when, EveryMonths):
            for day in _days_otherwise(plan.when, asked, course, first, last):
                due[day][plan.code].add(None)
    return due


def _days_before(when: BeforeTreatment, course: CourseOfCare) -> set[date]:
    """A treatment already done needs no gate."""
    planned = (treatment for treatment in course.treatments if treatment.planned and treatment.kind in when.treatments)
    return {treatment.on - timedelta(days=when.days_before) for treatment in planned}


def _days_after(when: AfterTreatment, sessions: list[date], first: date, last: date) -> Iterator[tuple[date, int]]:
    for session in sessions[bisect_left(sessions, first - timedelta(days=max(when.days))) :]:
        if session > last:
            return
        for number in when.days:
            if first <= (day := session + timedelta(days=number)) <= last:
                yield day, number


def _days_during(when: DuringTreatment, sessions: list[date], course: CourseOfCare, first: date, last: date) -> Iterator[date]:
    if not sessions:
        return
    last = last if course.ended_on is None else min(last, course.ended_on)
    steps = max(1, -((sessions[0] - first).days // when.every_days))
    day = sessions[0] + timedelta(days=steps * when.every_days)
    while day <= last:
        latest = sessions[bisect_left(sessions, day) - 1]
        if (day - latest).days <= when.until_days_after_last:
            yield day
        day += timedelta(days=when.every_days)


def _days_otherwise(when: EveryMonths, asked: frozenset[date], course: CourseOfCare, first: date, last: date) -> Iterator[date]:
    near = [timedelta(days=days) for days in range(-when.unless_asked_within_days, when.unless_asked_within_days + 1)]
    months = max(1, (first.year - course.enrolled_on.year) * 12 + first.month - course.enrolled_on.month)
    months += -months % when.every_months
    while (day := months_after(course.enrolled_on, months)) <= last:
        if day >= first and not any(day + days in asked for days in near):
            yield day
        months += when.every_months


def _questionnaire(study: Study, day: date, numbers: dict[str, _DayNumbers]) -> PlannedCheckin:
    """One check-in of a day's plans: the most important first, then what the others ask beside it."""
    plans = sorted((study.checkins[code] for code in numbers), key=lambda plan: plan.importance)
    main = _planned(plans[0], day, numbers[plans[0].code])
    if len(plans) == 1:
        return main
    questions = dict.fromkeys(main.questions)
    for plan in plans[1:]:
        questions.update(dict.fromkeys(_questions(plan, numbers[plan.code])))
    return replace(main, questions=tuple(questions)[: study.texts_per_checkin - 1])


def _planned(plan: CheckinPlan, day: date, numbers: _DayNumbers) -> PlannedCheckin:
    at = plan.at or time(0)
    return PlannedCheckin(plan.code, day.isoformat(), day, at, plan.importance, _questions(plan, numbers))


def _questions(plan: CheckinPlan, numbers: _DayNumbers) -> tuple[str, ...]:
    return tuple(asked.code for asked in plan.questions if asked.only_on_days is None or not numbers.isdisjoint(asked.only_on_days))
