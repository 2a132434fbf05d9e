"""Plans a participant's visits (record: "every 3 months within 2 years after treatment", scan "1 month after", tests before each RFA)."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from followup_service.protocol.definitions import ByStaff, PerTreatment, Repeated, Study, VisitPlan


@dataclass(frozen=True, slots=True)
class Treatment:
    """One session or cycle on a day; `planned` until it is recorded as done."""

    kind: str
    on: date
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Appointment:
    """A visit that has its day: booked, or it took place."""

    item: str
    occurrence: str
    on: date


@dataclass(frozen=True, slots=True)
class CourseOfCare:
    """The dated facts of one participant that schedules count from. `ended_on` is the end of all treatment in the study."""

    arm: str
    enrolled_on: date
    treatments: tuple[Treatment, ...] = ()
    ended_on: date | None = None
    appointments: tuple[Appointment, ...] = ()


class VisitKey(NamedTuple):
    """What tells one visit of a participant from another, also after its date has moved."""

    item: str
    occurrence: str


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """One visit of the plan and its window. `merged_with` is the visit at which this one is done too, on one journey."""

    item: str
    occurrence: str
    target_on: date
    opens_on: date
    closes_on: date
    procedures: tuple[str, ...]
    merged_with: VisitKey | None = None

    @property
    def key(self) -> VisitKey:
        return VisitKey(self.item, self.occurrence)


def planned_visits(study: Study, course: CourseOfCare, until: date | None = None) -> tuple[PlannedVisit, ...]:
    """Every visit whose target is not after `until` or the study's end, by target date; no window goes beyond that end.

    Visits whose date the clinic sets (`ByStaff`) are in the plan once they have one. Raises ValueError for an unknown arm.
    """
    if course.arm not in study.arms:
        raise ValueError(f"there is no arm {course.arm} in {study.code}; write one of {', '.join(study.arms)}")
    last = study.ends_on if until is None else min(until, study.ends_on)
    visits = [
        replace(visit, closes_on=min(visit.closes_on, study.ends_on))
        for plan in study.visits.values()
        if not plan.arms or course.arm in plan.arms
        for visit in _visits_of(plan, study, course, last)
        if visit.target_on <= last
    ]
    return tuple(sorted(_merged(study, course, visits), key=lambda visit: (visit.target_on, visit.item, visit.occurrence)))


def days_counted_from(study: Study, first: date, last: date, since: date) -> list[tuple[date, date]]:
    """The spans of days, from `since` on, of treatments and ends of treatment that may plan a visit between two days.

    Who has none of these in a span has no planned visit there, unless the clinic set its day (`ByStaff`); who has one may have none.
    """
    spans = [span for plan in study.visits.values() for span in _counted_from(plan, first, last, since)]
    joined: list[tuple[date, date]] = []
    for begins, ends in sorted(spans):
        if joined and begins <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], ends)
        else:
            joined.append((begins, ends))
    return joined


def months_after(day: date, months: int) -> date:
    """The same day so many calendar months later, or that month's last day. Count from the anchor, never from the last result."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def anchor_on(study: Study, code: str, course: CourseOfCare) -> date | None:
    """The date of an anchor for this participant; None while it has not come."""
    anchor = study.anchors[code]
    days = [treatment.on for treatment in course.treatments if treatment.kind in anchor.treatments]
    if anchor.or_end_of_treatment and course.ended_on is not None:
        days.append(course.ended_on)
    if not days:
        return None
    return min(days) if anchor.pick == "first" else max(days)


def _counted_from(plan: VisitPlan, first: date, last: date, since: date) -> Iterator[tuple[date, date]]:
    """A visit that takes in another may have its target anywhere in its window."""
    if isinstance(plan.when, PerTreatment):
        when = plan.when
        targets = first - timedelta(days=when.days + when.closes_days), last - timedelta(days=when.days + when.opens_days)
        yield _months_before(*targets, when.months)
    elif isinstance(plan.when, Repeated):
        window, month = timedelta(days=plan.when.window_days), plan.when.every_months
        while (span := _months_before(first - window, last + window, month))[1] >= since:
            yield span
            month += plan.when.every_months


def _months_before(first: date, last: date, months: int) -> tuple[date, date]:
    """The days from which so many months lead between two days. Of the 29th to the 31st several may lead to one end of a month."""
    return months_after(first, -months), months_after(last, -months) + timedelta(days=3)


def _visits_of(plan: VisitPlan, study: Study, course: CourseOfCare, last: date) -> Iterator[PlannedVisit]:
    if isinstance(plan.when, PerTreatment):
        yield from _per_treatment(plan, plan.when, course)
    elif isinstance(plan.when, Repeated):
        yield from _repeated(plan, plan.when, study, course, last)
    elif isinstance(plan.when, ByStaff):
        for one in course.appointments:
            if one.item == plan.code:
                yield PlannedVisit(plan.code, one.occurrence, one.on, one.on, one.on, plan.procedures)


def _per_treatment(plan: VisitPlan, when: PerTreatment, course: CourseOfCare) -> Iterator[PlannedVisit]:
    days = sorted(treatment.on for treatment in course.treatments if treatment.kind == when.treatment)
    for number, day in enumerate(days, start=1):
        target = months_after(day, when.months) + timedelta(days=when.days)
        opens, closes = target + timedelta(days=when.opens_days), target + timedelta(days=when.closes_days)
        yield PlannedVisit(plan.code, f"{when.treatment}-{number}", target, opens, closes, plan.procedures)


def _repeated(plan: VisitPlan, when: Repeated, study: Study, course: CourseOfCare, last: date) -> Iterator[PlannedVisit]:
    """From the earliest anchor, so that no one waits; thinner only from the latest, so that no scan is dropped early."""
    arm = study.arms[course.arm]
    start = anchor_on(study, arm.counts_from, course)
    if start is None:
        return
    step_down = max(anchor_on(study, arm.steps_down_from, course) or start, start)
    last_month = dict.fromkeys(when.extra, 0)
    window = timedelta(days=when.window_days)
    month = when.every_months
    while (target := months_after(start, month)) <= last:
        procedures = list(plan.procedures)
        for extra in when.extra:
            if target <= months_after(step_down, extra.until_month) or month - last_month[extra] >= extra.then_every_months:
                procedures.append(extra.procedure)
                last_month[extra] = month
        yield PlannedVisit(plan.code, f"month-{month}", target, target - window, target + window, tuple(procedures))
        month += when.every_months


def _merged(study: Study, course: CourseOfCare, visits: list[PlannedVisit]) -> list[PlannedVisit]:
    """One journey for two visits where the windows fit together and the other visit has all the procedures of this one."""
    days = {VisitKey(one.item, one.occurrence): one.on for one in course.appointments}
    kept = {visit.key: visit for visit in visits}
    guests: list[tuple[PlannedVisit, VisitKey]] = []
    for visit in visits:
        plan = study.visits[visit.item]
        hosts = [host for host in kept.values() if host.item in plan.merge_into and _can_take_in(host, visit, plan, days.get(host.key))]
        if hosts:
            host = min(hosts, key=lambda host: (plan.merge_into.index(host.item), abs(host.target_on - visit.target_on)))  # noqa: B023
            kept[host.key] = _narrowed(host, visit)
            del kept[visit.key]
            guests.append((visit, host.key))
    return [*kept.values(), *(_moved_to(kept[key], visit) for visit, key in guests)]


def _can_take_in(host: PlannedVisit, visit: PlannedVisit, plan: VisitPlan, day: date | None) -> bool:
    """Where the host has its day, that day must suit both: it may have passed before this visit was thought of. Where it has none,
    the days that suit both must be enough to find one among them."""
    opens, closes = max(host.opens_on, visit.opens_on), min(host.closes_on, visit.closes_on)
    if not set(visit.procedures) <= set(host.procedures):
        return False
    return opens <= day <= closes if day is not None else (closes - opens).days + 1 >= plan.merge_from_days


def _narrowed(host: PlannedVisit, visit: PlannedVisit) -> PlannedVisit:
    """The part of the window that suits both, and the target in it."""
    opens, closes = max(host.opens_on, visit.opens_on), min(host.closes_on, visit.closes_on)
    return replace(host, opens_on=opens, closes_on=closes, target_on=min(max(host.target_on, opens), closes))


def _moved_to(host: PlannedVisit, visit: PlannedVisit) -> PlannedVisit:
    return replace(visit, target_on=host.target_on, opens_on=host.opens_on, closes_on=host.closes_on, merged_with=host.key)
