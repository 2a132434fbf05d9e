"""Each open question A to R of the record (docs/decisions/0002): what the study file decides, shown by what comes of it."""

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest

from followup_service.conversation.read_reply import read_reply
from followup_service.participants.contact_hours import due_at
from followup_service.participants.participant import MAY_BE_SENT, ParticipantState, TextKind
from followup_service.protocol.checkin_schedule import planned_checkins
from followup_service.protocol.definitions import ByStaff
from followup_service.protocol.escalation_rules import KnownSoFar, decide
from followup_service.protocol.findings import Findings, Temperature, TemperatureUnit
from followup_service.protocol.load_study import load_study
from followup_service.protocol.reminder_schedule import VisitDates, reminder_steps
from followup_service.protocol.treatment_rules import check_treatment
from followup_service.protocol.visit_schedule import CourseOfCare, PlannedVisit, Treatment, planned_visits

STUDY = load_study("NCT06609434")
FILE = (files("followup_service.protocol.studies") / "NCT06609434.yaml").read_text(encoding="utf-8")
LONG = replace(STUDY, ends_on=date(2031, 12, 31))
FIRST, SECOND, LAST = date(2025, 1, 20), date(2025, 3, 17), date(2025, 11, 30)
LETTERS = "ABCDEFGHIJKLMNOPQR"


def care(arm: str, *treatments: Treatment, ended_on: date | None = None) -> CourseOfCare:
    return CourseOfCare(arm, date(2024, 12, 1), treatments, ended_on)


def planned(item: str, course: CourseOfCare) -> list[PlannedVisit]:
    return [visit for visit in planned_visits(LONG, course) if visit.item == item]


def questions_asked(course: CourseOfCare) -> set[str]:
    return {question for checkin in planned_checkins(STUDY, course, FIRST, FIRST + timedelta(days=60)) for question in checkin.questions}


def measured(celsius: str, **known: bool) -> list[str]:
    decision = decide(
        Findings((Temperature(celsius, Decimal(celsius), TemperatureUnit.CELSIUS, Decimal(celsius)),)), KnownSoFar(**known), STUDY.rules
    )
    return [reason.code for reason in decision.reasons] if decision else []


def test_a_check_ups_count_from_the_first_treatment_and_thin_out_from_the_last() -> None:
    check_ups = planned("quarterly", care("rfa", Treatment("rfa", FIRST), Treatment("rfa", SECOND), ended_on=LAST))
    assert check_ups[0].target_on == date(2025, 4, 20)
    without_ct = [visit.target_on for visit in check_ups if "ct_or_mri" not in visit.procedures]
    assert without_ct[0] > date(2027, 11, 30)  # two years after the end of all treatment


def test_b_months_are_calendar_months_from_the_anchor_clamped() -> None:
    targets = [visit.target_on for visit in planned("quarterly", care("control", Treatment("systemic", date(2024, 10, 31))))]
    assert targets[:5] == [date(2025, 1, 31), date(2025, 4, 30), date(2025, 7, 31), date(2025, 10, 31), date(2026, 1, 31)]


def test_c_a_scan_a_month_after_each_session_a_week_either_side_and_one_journey_where_windows_fit() -> None:
    scans = planned("post_rfa_scan", care("rfa", Treatment("rfa", FIRST), Treatment("rfa", SECOND)))
    assert [(scan.opens_on, scan.closes_on, scan.merged_with) for scan in scans] == [
        (date(2025, 2, 13), date(2025, 2, 27), None),
        (date(2025, 4, 10), date(2025, 4, 24), ("quarterly", "month-3")),
    ]
    assert scans[0].target_on == date(2025, 2, 20)


def test_d_month_24_is_full_27_without_ct_and_ct_comes_at_30_and_36() -> None:
    check_ups = planned("quarterly", care("control", Treatment("systemic", FIRST)))
    with_ct = {visit.occurrence for visit in check_ups if "ct_or_mri" in visit.procedures}
    assert {"month-24", "month-30", "month-36"} <= with_ct
    assert not {"month-27", "month-33"} & with_ct
    assert {"month-27", "month-33"} <= {visit.occurrence for visit in check_ups}


def test_e_the_end_of_the_study_is_a_setting_beyond_which_nothing_is_planned() -> None:
    course = care("control", Treatment("systemic", FIRST))
    assert max(visit.closes_on for visit in planned_visits(STUDY, course)) <= STUDY.ends_on
    earlier = replace(STUDY, ends_on=date(2025, 12, 31))
    assert max(visit.closes_on for visit in planned_visits(earlier, course)) <= earlier.ends_on
    assert planned_checkins(earlier, course, date(2026, 1, 1), date(2026, 12, 31)) == ()


def test_f_participants_read_scan_blood_tests_and_check_up_and_no_advice_to_fast() -> None:
    assert {visit.name for visit in STUDY.visits.values()} == {"scan", "blood tests", "check-up"}
    assert not re.search(r"fast|eat|drink", " ".join(visit.bring or "" for visit in STUDY.visits.values()))


def test_g_a_fourth_ablation_is_refused() -> None:
    three = tuple(Treatment("rfa", FIRST + timedelta(days=60 * number)) for number in range(3))
    assert check_treatment(STUDY, three[:2], three[2]).refused is None
    assert check_treatment(STUDY, three, Treatment("rfa", date(2026, 1, 5))).refused is not None


@pytest.mark.parametrize("days", [-6, 6])
def test_h_less_than_a_week_between_ablation_and_systemic_therapy_is_a_warning_to_staff_either_way(days: int) -> None:
    near, far = (Treatment("systemic", FIRST + timedelta(days=apart)) for apart in (days, days + (1 if days > 0 else -1)))
    assert check_treatment(STUDY, (Treatment("rfa", FIRST),), near).warnings
    assert not check_treatment(STUDY, (Treatment("rfa", FIRST),), far).warnings


@pytest.mark.parametrize("kind", ["rfa", "systemic"])
def test_i_the_temperature_is_asked_on_the_evening_before_and_the_morning_and_a_fever_holds_the_treatment(kind: str) -> None:
    asked = planned_checkins(STUDY, care("rfa", Treatment(kind, SECOND, planned=True)), SECOND - timedelta(days=1), SECOND)
    assert [(checkin.on, checkin.at, checkin.questions) for checkin in asked] == [
        (SECOND - timedelta(days=1), time(18), ("temperature",)),
        (SECOND, time(8), ("temperature",)),
    ]
    assert "HOLD_TREATMENT" in measured("38.4", before_treatment=True)
    assert "HOLD_TREATMENT" not in measured("38.4")
    assert "call the clinic first" in STUDY.texts["hold_treatment"]


def test_j_strictly_above_38_3_compared_exactly() -> None:
    assert measured("38.3") == ["BORDERLINE_FEVER"]
    assert measured("38.31") == ["FEVER"]


def test_k_no_length_of_a_cycle_is_assumed() -> None:
    assert isinstance(STUDY.visits["response_check"].when, ByStaff)
    assert planned("response_check", care("rfa", Treatment("systemic", FIRST))) == []
    after_one_dose = planned_checkins(STUDY, care("control", Treatment("systemic", FIRST)), FIRST, FIRST + timedelta(days=90))
    assert {checkin.plan for checkin in after_one_dose} == {"cycle_days", "systemic_weekly", "monthly"}  # none before a dose nobody entered


def test_l_an_ablation_turns_on_its_rules_in_the_control_arm_too() -> None:
    course = care("control", Treatment("systemic", FIRST), Treatment("rfa", SECOND))
    assert [visit.target_on for visit in planned("pre_rfa_bloods", course)] == [SECOND - timedelta(days=3)]
    assert len(planned("post_rfa_scan", course)) == 1
    assert "after_rfa" in {one.plan for one in planned_checkins(STUDY, course, SECOND, SECOND + timedelta(days=3))}


def test_m_what_each_state_may_still_be_sent() -> None:
    assert MAY_BE_SENT[ParticipantState.ACTIVE] == set(TextKind)
    assert MAY_BE_SENT[ParticipantState.PAUSED] == {TextKind.WRITTEN, TextKind.ANSWER}
    assert MAY_BE_SENT[ParticipantState.WITHDRAWN] == {TextKind.CLOSING, TextKind.ANSWER}
    assert MAY_BE_SENT[ParticipantState.DECEASED] == set()


def test_n_all_check_ins_are_a_proposal_that_nobody_has_signed() -> None:
    assert STUDY.approvals == ()
    assert "No clinician has signed this" in STUDY.status


@pytest.mark.parametrize("value", ["platelets 101", "INR 1.9", "Hb 38.4", "neutrophils 0.8"])
def test_o_laboratory_values_are_judged_by_no_rule_and_taken_for_no_temperature(value: str) -> None:
    reading = read_reply(f"My {value}", "en")
    assert reading.findings.temperatures == reading.findings.implausible_temperatures == ()
    assert decide(reading.findings, KnownSoFar(), STUDY.rules) is None


@pytest.mark.parametrize(("said", "code"), [("I am pregnant", "PREGNANT"), ("I am allergic to the contrast dye", "ALLERGY")])
def test_p_pregnancy_and_allergy_are_urgent(said: str, code: str) -> None:
    decision = decide(read_reply(said, "en").findings, KnownSoFar(), STUDY.rules)
    assert decision is not None
    assert (decision.level.value, [reason.code for reason in decision.reasons]) == ("urgent", [code])


def test_q_what_belongs_to_an_ablation_is_for_the_ablated_and_check_ups_and_therapy_for_both() -> None:
    control, ablated = care("control", Treatment("systemic", FIRST)), care("rfa", Treatment("rfa", FIRST))
    assert {visit.item for visit in planned_visits(STUDY, control)} == {"quarterly"}
    assert {visit.item for visit in planned_visits(STUDY, ablated)} == {"quarterly", "pre_rfa_bloods", "post_rfa_scan"}
    assert "burns_or_wound" in questions_asked(ablated) - questions_asked(control)
    assert "diarrhoea" in questions_asked(control) - questions_asked(ablated)
    assert planned("quarterly", care("rfa", Treatment("systemic", FIRST), Treatment("rfa", FIRST)))


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/London", "Pacific/Auckland"])
def test_r_by_the_participants_own_day_and_earlier_in_the_holidays_of_the_sites_country(zone: str) -> None:
    there = ZoneInfo(zone)
    night = due_at(date(2026, 2, 1), time(3), there, STUDY.contact_hours)
    assert night.astimezone(there) == datetime(2026, 2, 1, 8, tzinfo=there)
    festival = VisitDates(date(2026, 2, 16), date(2026, 2, 23), None, confirmed=False)
    first = {country: next(iter(reminder_steps(STUDY, festival, country))).on for country in ("CN", "GB")}
    assert first == {"CN": date(2026, 1, 26), "GB": date(2026, 2, 2)}


@pytest.mark.parametrize("letter", LETTERS)
def test_the_study_file_says_where_it_decides(letter: str) -> None:
    assert f"[{letter}]" in FILE
    assert [name for name in globals() if name.startswith(f"test_{letter.lower()}_")]
