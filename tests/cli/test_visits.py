"""`flask visits`: the whole plan of a participant in the terminal, and the days that staff open."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from tests.hospital import Hospital


def test_the_whole_plan_is_printed_with_what_became_of_it(hospital: Hospital) -> None:
    hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", date(2026, 1, 5))
    hospital.books("post_rfa_scan", datetime(2026, 2, 5, 10, tzinfo=ZoneInfo("Asia/Shanghai")))
    shown = hospital.runs("visits", "show", "PKU-001").output
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert lines[0] == "PKU-001 arm rfa, active, Asia/Shanghai"
    assert lines[1] == "rfa on 2026-01-05, done"
    assert "post_rfa_scan rfa-1 2026-02-05 01-29 to 02-12 booked 2026-02-05 10:00 ct_or_mri" in lines
    assert "quarterly month-3 2026-04-05 03-22 to 04-19 planned ultrasound, blood_tests, ecg, ct_or_mri" in lines


def test_what_has_moved_is_printed_with_old_and_new(hospital: Hospital) -> None:
    hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", date(2026, 1, 5))
    hospital.move(to=datetime(2026, 1, 25, tzinfo=ZoneInfo("Asia/Shanghai")))
    hospital.treats("PKU-001", "rfa", date(2026, 1, 2))
    hospital.run_due()
    shown = " ".join(hospital.runs("visits", "show", "PKU-001").output.split())
    assert "was 2026-01-29 to 2026-02-12, changed on 2026-01-24 to 2026-01-26 to 2026-02-09" in shown


def test_nobody_and_nothing_planned_are_said(hospital: Hospital) -> None:
    hospital.enrols()
    assert "there is no participant PKU-999" in hospital.runs("visits", "show", "PKU-999").output
    assert "No visit is planned" in hospital.runs("visits", "show", "PKU-001").output


def test_a_day_is_opened_on_the_sites_own_clock(hospital: Hospital) -> None:
    result = hospital.runs("visits", "open", "PKU", "2026-04-08T09:00", "--places", "3", "--for", "quarterly")
    assert result.output == "3 places at PKU on 2026-04-08T09:00.\n"
    [slot] = hospital.slots()
    assert (slot.starts_at, slot.places, slot.items) == (datetime(2026, 4, 8, 9, tzinfo=ZoneInfo("Asia/Shanghai")), 3, ["quarterly"])
    for arguments, problem in [
        (("PKU", "tomorrow"), "write it like 2026-04-08T09:00"),
        (("PKU", "2025-04-08T09:00"), "has passed"),
        (("PKU", "2026-04-08T09:00", "--for", "massage"), "write one of"),
        (("NEW", "2026-04-08T09:00"), "unknown site"),
    ]:
        assert problem in hospital.runs("visits", "open", *arguments).output
