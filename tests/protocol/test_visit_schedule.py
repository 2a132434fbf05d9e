"""The follow-up plan of the record: which visit falls on which day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup_service.protocol.definitions import Study
from followup_service.protocol.load_study import load_study
from followup_service.protocol.visit_schedule import (
    Appointment,
    CourseOfCare,
    PlannedVisit,
    Treatment,
    VisitKey,
    days_counted_from,
    months_after,
    planned_visits,
)

STUDY = load_study("NCT06609434")
FULL = {"ultrasound", "ct_or_mri", "blood_tests", "ecg"}
SPARSE = {"ultrasound", "blood_tests", "ecg"}


def lasting(year: int) -> Study:
    return replace(STUDY, ends_on=date(year, 12, 31))


def course(arm: str, *treatments: tuple[str, date], ended_on: date | None = None) -> CourseOfCare:
    return CourseOfCare(arm, date(2024, 10, 1), tuple(Treatment(kind, on) for kind, on in treatments), ended_on)


def quarterly(study: Study, care: CourseOfCare) -> list[PlannedVisit]:
    return [visit for visit in planned_visits(study, care) if visit.item == "quarterly"]


@pytest.mark.parametrize(
    ("anchor", "targets"),
    [
        (
            date(2024, 10, 31),
            "2025-01-31 2025-04-30 2025-07-31 2025-10-31 2026-01-31 2026-04-30 2026-07-31 2026-10-31",
        ),
        (date(2024, 11, 30), "2025-02-28 2025-05-30 2025-08-30 2025-11-30 2026-02-28 2026-05-30 2026-08-30 2026-11-30"),
        (date(2025, 1, 31), "2025-04-30 2025-07-31 2025-10-31 2026-01-31 2026-04-30 2026-07-31 2026-10-31"),
        (
            date(2024, 2, 29),
            "2024-05-29 2024-08-29 2024-11-29 2025-02-28 2025-05-29 2025-08-29 2025-11-29 2026-02-28 2026-05-29 2026-08-29 2026-11-29",
        ),
        (date(2025, 12, 31), "2026-03-31 2026-06-30 2026-09-30 2026-12-31"),
        (date(2026, 1, 1), "2026-04-01 2026-07-01 2026-10-01"),
        (date(2026, 9, 30), "2026-12-30"),
        (date(2026, 10, 1), ""),
    ],
)
def test_calendar_months_from_the_anchor_clamped_never_chained(anchor: date, targets: str) -> None:
    assert " ".join(str(visit.target_on) for visit in quarterly(STUDY, course("control", ("systemic", anchor)))) == targets


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2024, 12, 31), 2, date(2025, 2, 28)),
        (date(2024, 10, 31), 14, date(2025, 12, 31)),
    ],
)
def test_months_after(day: date, months: int, expected: date) -> None:
    assert months_after(day, months) == expected


def test_month_24_is_full_month_27_without_ct_and_ct_every_six_months_from_30() -> None:
    visits = {
        visit.occurrence: set(visit.procedures) for visit in quarterly(lasting(2028), course("control", ("systemic", date(2024, 10, 31))))
    }
    assert visits["month-3"] == visits["month-24"] == visits["month-30"] == visits["month-36"] == visits["month-42"] == FULL
    assert visits["month-27"] == visits["month-33"] == visits["month-39"] == SPARSE


def test_counting_starts_at_the_first_ablation_and_thins_out_from_the_latest_treatment() -> None:
    care = course("rfa", ("rfa", date(2025, 1, 10)), ("rfa", date(2025, 3, 10)), ("systemic", date(2024, 11, 1)))
    visits = {visit.occurrence: visit for visit in quarterly(lasting(2028), care)}
    assert visits["month-3"].target_on == date(2025, 4, 10)
    assert set(visits["month-24"].procedures) == FULL  # 2027-01-10, within 2 years of 2025-03-10
    assert set(visits["month-27"].procedures) == SPARSE

    later = replace(care, ended_on=date(2025, 9, 1))
    assert set(next(visit for visit in quarterly(lasting(2028), later) if visit.occurrence == "month-30").procedures) == FULL


def test_an_rfa_participant_without_ablation_has_no_check_ups_counted_yet() -> None:
    assert planned_visits(STUDY, course("rfa", ("systemic", date(2025, 1, 10)))) == ()


def test_windows() -> None:
    care = course("rfa", ("rfa", date(2025, 6, 2)))
    windows = {visit.item: (visit.target_on, visit.opens_on, visit.closes_on) for visit in reversed(planned_visits(STUDY, care))}
    assert windows == {
        "pre_rfa_bloods": (date(2025, 5, 30), date(2025, 5, 26), date(2025, 6, 1)),
        "post_rfa_scan": (date(2025, 7, 2), date(2025, 6, 25), date(2025, 7, 9)),
        "quarterly": (date(2025, 9, 2), date(2025, 8, 19), date(2025, 9, 16)),
    }


def test_an_ablation_in_the_control_arm_turns_on_its_scan_and_bloods() -> None:
    care = course("control", ("systemic", date(2025, 1, 10)), ("rfa", date(2025, 6, 2)))
    assert {visit.item for visit in planned_visits(STUDY, care)} == {"quarterly", "post_rfa_scan", "pre_rfa_bloods"}


def test_each_ablation_has_its_own_scan_and_bloods() -> None:
    care = course("rfa", ("rfa", date(2025, 3, 3)), ("rfa", date(2025, 1, 6)))
    keys = [visit.key for visit in planned_visits(STUDY, care, until=date(2025, 5, 1))]
    assert keys == [
        ("pre_rfa_bloods", "rfa-1"),
        ("post_rfa_scan", "rfa-1"),
        ("pre_rfa_bloods", "rfa-2"),
        ("post_rfa_scan", "rfa-2"),
        ("quarterly", "month-3"),
    ]


def test_a_scan_whose_window_overlaps_a_full_check_up_is_done_there_on_one_journey() -> None:
    care = course("rfa", ("rfa", date(2026, 1, 5)), ("rfa", date(2026, 3, 9)))
    visits = {visit.key: visit for visit in planned_visits(STUDY, care)}
    scan, check_up = visits[VisitKey("post_rfa_scan", "rfa-2")], visits[VisitKey("quarterly", "month-3")]
    assert scan.merged_with == check_up.key
    assert check_up.merged_with is None
    assert (scan.opens_on, scan.closes_on) == (check_up.opens_on, check_up.closes_on) == (date(2026, 4, 2), date(2026, 4, 16))
    assert scan.target_on == check_up.target_on == date(2026, 4, 5)
    assert visits[VisitKey("post_rfa_scan", "rfa-1")].merged_with is None


def test_where_the_windows_share_less_than_a_week_each_keeps_the_whole_of_its_own() -> None:
    # Check-up on 5 April, from 22 March to 19 April; the scan's window opens a week before the calendar month is over.
    for ablated_on, one_journey in ((date(2026, 3, 20), True), (date(2026, 3, 21), False)):
        visits = {visit.key: visit for visit in planned_visits(STUDY, course("rfa", ("rfa", date(2026, 1, 5)), ("rfa", ablated_on)))}
        scan, check_up = visits[VisitKey("post_rfa_scan", "rfa-2")], visits[VisitKey("quarterly", "month-3")]
        assert (scan.merged_with == check_up.key) is one_journey
        assert (check_up.closes_on - check_up.opens_on).days == (6 if one_journey else 28)
        assert one_journey or (scan.closes_on - scan.opens_on).days == 14


def check_up_on(day: date, *others: Appointment) -> dict[VisitKey, PlannedVisit]:
    """The visits of somebody with a check-up on this day of its window, from 22 March to 19 April, and a scan from 2 to 16 April."""
    care = course("rfa", ("rfa", date(2026, 1, 5)), ("rfa", date(2026, 3, 9)))
    appointments = (Appointment("quarterly", "month-3", day), *others)
    return {visit.key: visit for visit in planned_visits(STUDY, replace(care, appointments=appointments))}


def test_a_check_up_that_took_place_before_the_scan_was_due_is_not_taken_for_it() -> None:
    visits = check_up_on(date(2026, 3, 25))
    scan = visits[VisitKey("post_rfa_scan", "rfa-2")]
    assert (scan.merged_with, scan.opens_on, scan.closes_on) == (None, date(2026, 4, 2), date(2026, 4, 16))
    assert visits[VisitKey("quarterly", "month-3")].opens_on == date(2026, 3, 22)
    assert check_up_on(date(2026, 4, 8))[scan.key].merged_with == VisitKey("quarterly", "month-3")


def test_a_response_check_that_has_its_day_inside_the_window_is_the_scan() -> None:
    check = Appointment("response_check", "2026-04-07", date(2026, 4, 7))
    visits = check_up_on(date(2026, 4, 8), check)
    scan = visits[VisitKey("post_rfa_scan", "rfa-2")]
    assert (scan.merged_with, scan.target_on, scan.closes_on) == (VisitKey("response_check", "2026-04-07"), check.on, check.on)
    later = replace(check, on=date(2026, 4, 17))
    assert check_up_on(date(2026, 3, 25), later)[scan.key].merged_with is None


def test_a_scan_is_not_merged_into_a_check_up_without_ct() -> None:
    care = course("rfa", ("rfa", date(2024, 1, 10)), ("rfa", date(2026, 3, 10)))
    # Thinning out counts from the latest treatment, so a later ablation keeps every check-up full: take the extra scan away.
    plan = STUDY.visits["quarterly"]
    bare = replace(lasting(2027), visits={**STUDY.visits, "quarterly": replace(plan, when=replace(plan.when, extra=()))})
    scans = [visit for visit in planned_visits(bare, care) if visit.key.item == "post_rfa_scan"]
    assert len(scans) == 2
    assert [scan.merged_with for scan in scans] == [None, None]


def test_nothing_is_planned_after_until_or_the_study_end() -> None:
    care = course("control", ("systemic", date(2025, 1, 10)))
    assert planned_visits(STUDY, care, until=date(2025, 7, 10))[-1].target_on == date(2025, 7, 10)
    assert planned_visits(STUDY, care, until=date(2040, 1, 1))[-1].target_on == date(2026, 10, 10)


def test_no_window_goes_beyond_the_end_of_the_study() -> None:
    care = course("control", ("systemic", date(2025, 12, 20)))
    assert (planned_visits(STUDY, care)[-1].target_on, planned_visits(STUDY, care)[-1].closes_on) == (date(2026, 12, 20), STUDY.ends_on)


def test_an_unknown_arm_says_what_to_write() -> None:
    with pytest.raises(ValueError, match="there is no arm placebo in NCT06609434; write one of rfa, control"):
        planned_visits(STUDY, course("placebo"))


days = st.dates(date(2024, 1, 1), date(2031, 12, 31))
courses = st.builds(
    CourseOfCare,
    st.sampled_from(["rfa", "control"]),
    st.just(date(2024, 1, 1)),
    st.lists(st.builds(Treatment, st.sampled_from(["rfa", "systemic"]), days, st.booleans()), max_size=8).map(tuple),
    st.none() | days,
)


@given(courses)
def test_every_visit_lies_in_its_window_none_twice_and_ct_never_more_than_six_months_apart(care: CourseOfCare) -> None:
    study = lasting(2032)
    visits = planned_visits(study, care)
    assert len({visit.key for visit in visits}) == len(visits)
    assert all(visit.opens_on <= visit.target_on <= visit.closes_on for visit in visits)
    assert list(visits) == sorted(visits, key=lambda visit: visit.target_on)
    scans = [visit.target_on for visit in visits if visit.item == "quarterly" and "ct_or_mri" in visit.procedures]
    assert all(later <= months_after(earlier, 6) + timedelta(days=28) for earlier, later in zip(scans, scans[1:], strict=False))


@given(courses, days)
def test_planning_to_an_earlier_day_gives_the_same_visits_that_far(care: CourseOfCare, until: date) -> None:
    unmerged = {**lasting(2032).visits, "post_rfa_scan": replace(STUDY.visits["post_rfa_scan"], merge_into=())}
    study = replace(lasting(2032), visits=unmerged)
    assert planned_visits(study, care, until) == tuple(visit for visit in planned_visits(study, care) if visit.target_on <= until)


DAYS = st.dates(date(2019, 1, 1), date(2026, 12, 31))


@given(
    st.sampled_from(sorted(STUDY.arms)),
    st.lists(st.tuples(st.sampled_from(sorted(STUDY.treatments)), DAYS), max_size=5, unique=True),
    st.none() | DAYS,
    DAYS,
    st.integers(0, 60),
)
def test_nobody_has_a_visit_on_days_that_nothing_of_theirs_leads_to(
    arm: str, treatments: list[tuple[str, date]], ended_on: date | None, first: date, days: int
) -> None:
    last = first + timedelta(days=days)
    facts = [on for _kind, on in treatments] + ([ended_on] if ended_on else [])
    spans = days_counted_from(STUDY, first, last, min(facts, default=first))
    if any(first <= visit.target_on <= last for visit in planned_visits(STUDY, course(arm, *treatments, ended_on=ended_on))):
        assert any(begins <= fact <= ends for fact in facts for begins, ends in spans)


def test_four_weeks_lead_back_to_a_few_spans_and_not_to_every_day() -> None:
    spans = days_counted_from(STUDY, date(2026, 3, 2), date(2026, 3, 29), date(2024, 1, 1))
    assert not any(begins <= date(2025, 2, 1) <= ends for begins, ends in spans)
    assert any(begins <= date(2025, 3, 10) <= ends for begins, ends in spans)
