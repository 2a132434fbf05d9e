"""Which questions a participant is asked on which day."""

from collections import Counter
from dataclasses import replace
from datetime import date, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from followup_service.protocol.checkin_schedule import PlannedCheckin, next_checkin, planned_checkins
from followup_service.protocol.definitions import BeforeTreatment
from followup_service.protocol.load_study import load_study
from followup_service.protocol.visit_schedule import CourseOfCare, Treatment

STUDY = load_study("NCT06609434")
START = date(2026, 1, 5)
GATES = {plan.code for plan in STUDY.checkins.values() if isinstance(plan.when, BeforeTreatment)}


def course(*treatments: Treatment, enrolled_on: date = START, ended_on: date | None = None) -> CourseOfCare:
    return CourseOfCare("rfa", enrolled_on, treatments, ended_on)


def days_of(plan: str, checkins: tuple[PlannedCheckin, ...]) -> list[int]:
    return [(checkin.on - START).days for checkin in checkins if checkin.plan == plan]


def all_of(care: CourseOfCare) -> tuple[PlannedCheckin, ...]:
    return planned_checkins(STUDY, care, START, STUDY.ends_on)


def on(day: int, care: CourseOfCare) -> list[PlannedCheckin]:
    return list(planned_checkins(STUDY, care, START + timedelta(days=day), START + timedelta(days=day)))


def test_after_an_ablation_nine_days_with_the_wound_on_days_3_and_7() -> None:
    care = course(Treatment("rfa", START))
    assert days_of("after_rfa", all_of(care)) == [1, 2, 3, 5, 7, 10, 14, 21, 28]
    assert on(2, care) == [
        PlannedCheckin("after_rfa", "2026-01-07", date(2026, 1, 7), time(10), 2, ("temperature", "worst_pain", "red_flags"))
    ]
    with_wound = [checkin.occurrence for checkin in all_of(care) if "burns_or_wound" in checkin.questions]
    assert with_wound == ["2026-01-08", "2026-01-12"]


def test_on_systemic_therapy_weekly_and_days_7_to_14_with_temperature_first() -> None:
    care = course(Treatment("systemic", START), Treatment("systemic", START + timedelta(days=21)))
    checkins = all_of(care)
    assert days_of("cycle_days", checkins) == [*range(7, 15), *range(28, 36)]
    assert days_of("systemic_weekly", checkins) == [21, 42, 49]
    assert all(checkin.questions[0] == "temperature" for checkin in checkins if checkin.plan == "cycle_days")


def test_a_day_of_two_plans_has_one_questionnaire_with_the_questions_of_both() -> None:
    assert on(7, course(Treatment("systemic", START)))[0].questions == ("temperature", "red_flags", "diarrhoea", "no_fluids")


def test_an_ablation_goes_before_systemic_therapy_and_the_limit_of_texts_holds() -> None:
    care = course(Treatment("rfa", START), Treatment("systemic", START))
    (checkin,) = on(7, care)
    assert (checkin.plan, checkin.questions) == ("after_rfa", ("temperature", "worst_pain", "red_flags", "burns_or_wound"))


def test_monthly_otherwise_and_not_beside_another_check_in() -> None:
    care = course(Treatment("rfa", START), enrolled_on=date(2025, 12, 31))
    months = [checkin.occurrence for checkin in all_of(care) if checkin.plan == "monthly"]
    # 31 January gives way to day 28 after the ablation (2 February).
    assert months[:3] == ["2026-02-28", "2026-03-31", "2026-04-30"]
    assert months[-1] == "2026-12-31"


def test_weekly_ends_with_the_treatment_or_a_month_after_the_last_dose() -> None:
    dose = Treatment("systemic", START)
    assert max(days_of("systemic_weekly", all_of(course(dose)))) == 28
    assert days_of("systemic_weekly", all_of(course(dose, ended_on=START + timedelta(days=22)))) == [21]


def test_temperature_before_each_planned_treatment_evening_and_morning() -> None:
    care = course(Treatment("rfa", START + timedelta(days=10), planned=True), Treatment("systemic", START + timedelta(days=3)))
    gates = [(checkin.plan, checkin.occurrence, checkin.at, checkin.questions) for checkin in all_of(care) if checkin.plan in GATES]
    assert gates == [
        ("before_treatment_evening", "2026-01-14", time(18), ("temperature",)),
        ("before_treatment_morning", "2026-01-15", time(8), ("temperature",)),
    ]


def test_a_gate_stands_beside_the_questionnaire_of_its_day_in_order_of_time() -> None:
    care = course(Treatment("rfa", START), Treatment("systemic", START + timedelta(days=7), planned=True))
    assert [checkin.plan for checkin in on(7, care)] == ["before_treatment_morning", "after_rfa"]


def test_nothing_before_enrolment_or_after_the_study() -> None:
    care = course(Treatment("rfa", START), enrolled_on=START + timedelta(days=6))
    checkins = planned_checkins(STUDY, care, date(2020, 1, 1), date(2040, 1, 1))
    assert days_of("after_rfa", checkins)[0] == 7
    assert checkins[-1].on <= STUDY.ends_on
    assert planned_checkins(STUDY, care, date(2027, 1, 1), date(2027, 6, 1)) == ()
    assert next_checkin(STUDY, care, STUDY.ends_on) is None


def test_the_next_check_in_is_the_first_of_a_later_day() -> None:
    care = course(Treatment("rfa", START))
    following = next_checkin(STUDY, care, START + timedelta(days=3))
    assert following is not None
    assert following.occurrence == "2026-01-10"
    assert next_checkin(STUDY, care, date(2020, 1, 1)) == all_of(care)[0]


dates = st.dates(date(2025, 6, 1), date(2028, 6, 1))
courses = st.builds(
    CourseOfCare,
    st.sampled_from(["rfa", "control"]),
    dates,
    st.lists(st.builds(Treatment, st.sampled_from(["rfa", "systemic"]), dates, st.booleans()), max_size=10).map(tuple),
    st.none() | dates,
)
LONG = replace(STUDY, ends_on=date(2028, 12, 31))


@given(courses)
def test_one_questionnaire_a_day_none_twice_none_too_long(care: CourseOfCare) -> None:
    checkins = planned_checkins(LONG, care, date(2025, 1, 1), date(2029, 1, 1))
    assert len({(checkin.plan, checkin.occurrence) for checkin in checkins}) == len(checkins)
    questionnaires = Counter(checkin.on for checkin in checkins if checkin.plan not in GATES)
    assert set(questionnaires.values()) <= {1}
    assert all(0 < len(checkin.questions) < STUDY.texts_per_checkin for checkin in checkins)
    assert all(STUDY.contact_hours.opens <= checkin.at < STUDY.contact_hours.closes for checkin in checkins)


@given(courses, dates, st.integers(0, 60))
def test_planning_in_two_parts_is_planning_in_one(care: CourseOfCare, middle: date, days: int) -> None:
    first, last = middle - timedelta(days=days), middle + timedelta(days=days)
    parts = planned_checkins(LONG, care, first, middle) + planned_checkins(LONG, care, middle + timedelta(days=1), last)
    assert parts == planned_checkins(LONG, care, first, last)


@given(courses, dates)
def test_the_next_check_in_is_the_first_planned_one(care: CourseOfCare, after: date) -> None:
    planned = planned_checkins(LONG, care, after + timedelta(days=1), LONG.ends_on)
    assert next_checkin(LONG, care, after) == (planned[0] if planned else None)
