"""How many ablations one participant may have, and how far apart treatments must lie."""

from datetime import date

import pytest

from followup_service.protocol.load_study import load_study
from followup_service.protocol.treatment_rules import check_treatment
from followup_service.protocol.visit_schedule import Treatment

STUDY = load_study("NCT06609434")


def rfa(day: int, *, planned: bool = False) -> Treatment:
    return Treatment("rfa", date(2026, 3, day), planned)


def systemic(day: int) -> Treatment:
    return Treatment("systemic", date(2026, 3, day))


def test_a_fourth_ablation_is_refused_also_where_some_are_only_planned() -> None:
    three = (rfa(1), rfa(10), rfa(20, planned=True))
    check = check_treatment(STUDY, three, rfa(30))
    assert check.refused == (
        "Radiofrequency ablation on 2026-03-30 would be session 4; the protocol allows 3 in all. "
        "Correct or cancel one of those entered before"
    )
    assert check_treatment(STUDY, three[:2], rfa(30)).refused is None


def test_any_number_of_cycles_is_allowed() -> None:
    assert check_treatment(STUDY, tuple(systemic(day) for day in range(1, 20)), systemic(21)).refused is None


@pytest.mark.parametrize(
    ("rfa_day", "systemic_day", "warned"), [(10, 16, True), (10, 17, False), (10, 4, True), (10, 3, False), (10, 10, True)]
)
def test_seven_full_days_between_ablation_and_systemic_therapy_both_ways(rfa_day: int, systemic_day: int, warned: bool) -> None:
    assert bool(check_treatment(STUDY, (rfa(rfa_day),), systemic(systemic_day)).warnings) is warned
    assert bool(check_treatment(STUDY, (systemic(systemic_day),), rfa(rfa_day)).warnings) is warned


def test_the_warning_names_both_days() -> None:
    assert check_treatment(STUDY, (rfa(10),), systemic(14)).warnings == (
        "only 4 days between Radiofrequency ablation on 2026-03-10 and Systemic therapy on 2026-03-14; the protocol asks for 7 full days",
    )


def test_an_unknown_treatment_says_what_to_write() -> None:
    with pytest.raises(ValueError, match="there is no treatment surgery in NCT06609434; write one of rfa, systemic"):
        check_treatment(STUDY, (), Treatment("surgery", date(2026, 3, 1)))
