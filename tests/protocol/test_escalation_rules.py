"""The temperature ladder, the rule codes and their combinations, as a nurse would expect them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup_service.protocol.escalation_rules import EscalationDecision, KnownSoFar, Reason, combine, decide, decide_code
from followup_service.protocol.findings import Findings, MeasurementSite, ReadsLike, Severity, Symptom, Temperature, TemperatureUnit
from followup_service.protocol.load_study import load_study
from followup_service.protocol.rule_definitions import Level
from followup_service.protocol.symptom_codes import SYMPTOM_CODES

STUDY = load_study("NCT06609434")
RULES = STUDY.rules
NOW = datetime(2026, 1, 7, 14, 30, tzinfo=UTC)


def celsius(value: str, site: MeasurementSite | None = None) -> Temperature:
    return Temperature(value, Decimal(value), TemperatureUnit.CELSIUS, Decimal(value), site)


def fahrenheit(value: str) -> Temperature:
    return Temperature(value, Decimal(value), TemperatureUnit.FAHRENHEIT, (Decimal(value) - 32) * 5 / 9)


def report(*what: Temperature | Symptom | str, digit: int | None = None, unread: bool = False) -> Findings:
    """Findings of temperatures and symptoms; a string is a symptom's code."""
    symptoms = tuple(Symptom(one) if isinstance(one, str) else one for one in what if not isinstance(one, Temperature))
    return Findings(tuple(one for one in what if isinstance(one, Temperature)), (), symptoms, digit, unread)


def judged(findings: Findings, **known: object) -> tuple[str, list[str]]:
    decision = decide(findings, KnownSoFar(**known), RULES)
    return (decision.level.value, [reason.code for reason in decision.reasons]) if decision else ("none", [])


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


@pytest.mark.parametrize(
    ("reading", "level", "codes"),
    [
        (celsius("37.9"), "none", []),
        (celsius("37.99"), "none", []),
        (celsius("38.0"), "urgent", ["BORDERLINE_FEVER"]),
        (celsius("38.3"), "urgent", ["BORDERLINE_FEVER"]),
        (celsius("38.30"), "urgent", ["BORDERLINE_FEVER"]),
        (celsius("38.31"), "emergency", ["FEVER"]),
        (fahrenheit("100.9"), "urgent", ["BORDERLINE_FEVER"]),
        (fahrenheit("101.0"), "emergency", ["FEVER"]),
        (celsius("43"), "emergency", ["FEVER"]),
        (celsius("43.01"), "review", ["IMPLAUSIBLE_TEMPERATURE"]),
        (celsius("36.0"), "none", []),
        (celsius("35.9"), "urgent", ["LOW_TEMPERATURE"]),
        (celsius("34"), "urgent", ["LOW_TEMPERATURE"]),
        (celsius("33.9"), "review", ["IMPLAUSIBLE_TEMPERATURE"]),
        (celsius("37.9", MeasurementSite.ARMPIT), "none", []),
        (celsius("38.0", MeasurementSite.ARMPIT), "emergency", ["FEVER"]),
        (celsius("38.1", MeasurementSite.EAR), "urgent", ["BORDERLINE_FEVER"]),
    ],
)
def test_one_temperature(reading: Temperature, level: str, codes: list[str]) -> None:
    assert judged(report(reading)) == (level, codes)


def test_the_highest_of_several_temperatures_decides_and_a_low_one_is_told_too() -> None:
    assert judged(report(celsius("39"), celsius("37.5"))) == ("emergency", ["FEVER"])
    assert judged(report(celsius("38.1"), celsius("35.5"))) == ("emergency", ["BORDERLINE_FEVER", "LOW_TEMPERATURE"])


def test_the_usual_site_counts_unless_the_text_names_another() -> None:
    assert judged(report(celsius("38.1")), site=MeasurementSite.ARMPIT) == ("emergency", ["FEVER"])
    assert judged(report(celsius("38.1", MeasurementSite.MOUTH)), site=MeasurementSite.ARMPIT)[0] == "urgent"


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        ((ago(minutes=60), Decimal("38.0")), ("emergency", ["SUSTAINED_FEVER"])),
        ((ago(minutes=59), Decimal("38.2")), ("urgent", ["BORDERLINE_FEVER"])),
        ((ago(hours=24), Decimal("38.2")), ("emergency", ["SUSTAINED_FEVER"])),
        ((ago(hours=25), Decimal("38.2")), ("urgent", ["BORDERLINE_FEVER"])),
        ((ago(hours=2), Decimal("37.9")), ("urgent", ["BORDERLINE_FEVER"])),
    ],
)
def test_a_second_borderline_value_an_hour_later_is_sustained(earlier: tuple[datetime, Decimal], expected: tuple[str, list[str]]) -> None:
    assert judged(report(celsius("38.1")), now=NOW, earlier_temperatures=(earlier,)) == expected


@pytest.mark.parametrize(
    ("findings", "codes"),
    [
        (report(celsius("38.2"), celsius("38.1")), ["SUSTAINED_FEVER"]),
        (report(celsius("38.2"), celsius("37.9")), ["BORDERLINE_FEVER"]),
        (report(celsius("38.1"), fahrenheit("100.6")), ["BORDERLINE_FEVER"]),
        (report(celsius("38.2"), celsius("38.1"), celsius("39")), ["FEVER"]),
    ],
)
def test_two_borderline_values_in_one_text_are_taken_as_sustained(findings: Findings, codes: list[str]) -> None:
    assert judged(findings)[1] == codes


@pytest.mark.parametrize(("day", "level"), [(7, "urgent"), (8, "emergency"), (400, "emergency")])
def test_a_fever_later_than_day_7_after_an_ablation_never_expires(day: int, level: str) -> None:
    assert judged(report(celsius("38.0")), days_since_rfa=day)[0] == level
    assert judged(report(celsius("37.9")), days_since_rfa=day)[0] == "none"


def test_late_high_fever_keeps_both_reasons() -> None:
    assert judged(report(celsius("39")), days_since_rfa=12) == ("emergency", ["FEVER", "LATE_FEVER"])


@pytest.mark.parametrize(
    ("findings", "codes"),
    [
        (report("FEVER"), ["FEVER_UNMEASURED"]),
        (report("FEVER", celsius("37.2")), ["FEVER_UNMEASURED"]),
        (report("FEVER", celsius("43.01")), ["FEVER_UNMEASURED", "IMPLAUSIBLE_TEMPERATURE"]),
        (report("FEVER", celsius("38.2")), ["BORDERLINE_FEVER"]),
    ],
)
def test_fever_in_words_counts_unless_a_number_says_it_better(findings: Findings, codes: list[str]) -> None:
    assert judged(findings) == ("urgent", codes)


@pytest.mark.parametrize(
    "code",
    [
        "RIGOR",
        "COLLAPSE",
        "CHEST_PAIN",
        "BREATHLESSNESS",
        "BLEEDING",
        "VOMITING_BLOOD",
        "COUGHING_BLOOD",
        "BLOOD_IN_STOOL",
        "SWOLLEN_ABDOMEN",
        "CONFUSION",
        "STROKE_SIGN",
        "SEIZURE",
        "WORST_HEADACHE",
        "UNBEARABLE_PAIN",
        "ALLERGIC_SWELLING",
        "NO_URINE",
        "SELF_HARM",
        "RED_FLAG_REPORTED",
    ],
)
def test_emergencies(code: str) -> None:
    assert judged(report(code)) == ("emergency", [code])


@pytest.mark.parametrize(
    "code",
    [
        "JAUNDICE",
        "DARK_URINE_OR_PALE_STOOL",
        "SHOULDER_PAIN",
        "ABDOMINAL_PAIN",
        "NO_FLUIDS",
        "DIARRHOEA",
        "LEG_SWELLING",
        "BURN",
        "WOUND",
        "LINE_PROBLEM",
        "UNWELL_BY_RELATIVE",
        "HELP_ASKED",
        "CALLBACK_ASKED",
        "IN_HOSPITAL",
        "PREGNANT",
        "ALLERGY",
    ],
)
def test_urgent_ones(code: str) -> None:
    assert judged(report(code)) == ("urgent", [code])


@pytest.mark.parametrize(
    "code",
    [
        "VOMITING",
        "NAUSEA",
        "DIZZINESS",
        "WEAKNESS",
        "HEADACHE",
        "PAIN",
        "COUGH",
        "RASH",
        "MOUTH_SORES",
        "NUMBNESS",
        "TIREDNESS",
        "NO_APPETITE",
        "LUMP",
    ],
)
def test_mild_ones_are_only_noted_unless_severe(code: str) -> None:
    assert judged(report(code)) == ("none", [])
    assert judged(report(Symptom(code, Severity.SEVERE))) == ("urgent", [code])


@pytest.mark.parametrize(
    ("symptom", "expected"),
    [
        (Symptom("ABDOMINAL_PAIN", Severity.MILD), ("none", [])),
        (Symptom("ABDOMINAL_PAIN", Severity.MILD, worse=True), ("urgent", ["ABDOMINAL_PAIN"])),
        (Symptom("ABDOMINAL_PAIN", Severity.MODERATE), ("urgent", ["ABDOMINAL_PAIN"])),
        (Symptom("ABDOMINAL_PAIN", Severity.SEVERE), ("emergency", ["SEVERE_ABDOMINAL_PAIN"])),
        (Symptom("BLEEDING", Severity.MILD), ("none", [])),
        (Symptom("BURN", Severity.MILD), ("none", [])),
        (Symptom("DIARRHOEA", count=3), ("none", [])),
        (Symptom("DIARRHOEA", count=4), ("urgent", ["DIARRHOEA"])),
        (Symptom("DIARRHOEA", Severity.MILD, count=5), ("urgent", ["DIARRHOEA"])),
        (Symptom("DIARRHOEA", count=7), ("emergency", ["DIARRHOEA"])),
        (Symptom("VOMITING", count=2), ("none", [])),
        (Symptom("VOMITING", count=3), ("urgent", ["VOMITING"])),
        (Symptom("UNWELL"), ("review", ["UNWELL"])),
        (Symptom("UNWELL", Severity.SEVERE), ("urgent", ["UNWELL"])),
        (Symptom("QUESTION_FOR_TEAM"), ("review", ["QUESTION_FOR_TEAM"])),
    ],
)
def test_severity_count_and_worse(symptom: Symptom, expected: tuple[str, list[str]]) -> None:
    assert judged(report(symptom)) == expected


@pytest.mark.parametrize(
    ("findings", "level"),
    [
        (report("LEG_SWELLING", "JAUNDICE"), "emergency"),
        (report(celsius("38.1"), "LEG_SWELLING"), "emergency"),
        (report("FEVER", "DIARRHOEA"), "emergency"),
        (report(celsius("38.1"), Symptom("DIARRHOEA", count=2)), "emergency"),
        (report("SHOULDER_PAIN", "NAUSEA"), "emergency"),
        (report("SHOULDER_PAIN", "PAIN"), "urgent"),
        (report("SHOULDER_PAIN", "CALLBACK_ASKED"), "urgent"),
        (report("LEG_SWELLING", "CALLBACK_ASKED"), "urgent"),
        (report("FEVER", "UNWELL_BY_RELATIVE"), "urgent"),
        (report(celsius("35.5"), "WEAKNESS"), "emergency"),
        (report(celsius("35.5"), "COUGH"), "urgent"),
        (report("ABDOMINAL_PAIN", digit=3), "urgent"),
        (report("BURN", "WOUND"), "urgent"),
        (report("DIZZINESS", "WEAKNESS"), "urgent"),
        (report("DIZZINESS", "COUGH"), "none"),
        (report("MOUTH_SORES", "NO_APPETITE"), "urgent"),
    ],
)
def test_what_makes_a_pair_and_what_is_the_same_complaint(findings: Findings, level: str) -> None:
    assert judged(findings)[0] == level


def test_the_parts_of_a_pair_are_raised_themselves() -> None:
    decision = decide(report("LEG_SWELLING", "NO_FLUIDS"), KnownSoFar(), RULES)
    assert decision is not None
    assert decision.reasons == (Reason("NO_FLUIDS", Level.EMERGENCY), Reason("LEG_SWELLING", Level.EMERGENCY))


@pytest.mark.parametrize(
    ("findings", "known", "level"),
    [
        (report("JAUNDICE"), {"codes_today": frozenset({"LEG_SWELLING"})}, "emergency"),
        (report("JAUNDICE"), {"codes_today": frozenset({"JAUNDICE"})}, "urgent"),
        (report("JAUNDICE"), {"codes_today": frozenset({"NAUSEA", "CALLBACK_ASKED"})}, "urgent"),
        (report("JAUNDICE"), {"earlier_temperatures": ((ago(hours=5), Decimal("38.1")),)}, "emergency"),
        (report("WEAKNESS"), {"earlier_temperatures": ((ago(hours=1), Decimal("35.5")),)}, "emergency"),
        (report("NAUSEA"), {"codes_today": frozenset({"SHOULDER_PAIN"})}, "emergency"),
        (report("NAUSEA"), {"codes_today": frozenset({"LEG_SWELLING"})}, "none"),
        (report(celsius("38.1")), {"codes_today": frozenset({"FEVER"})}, "urgent"),
        (report(celsius("37.0")), {"codes_today": frozenset({"LEG_SWELLING", "JAUNDICE"})}, "none"),
    ],
)
def test_what_was_reported_earlier_in_the_day_counts(findings: Findings, known: dict[str, object], level: str) -> None:
    assert judged(findings, now=NOW, **known)[0] == level


@pytest.mark.parametrize(
    ("digit", "last", "expected"),
    [
        (2, None, ("none", [])),
        (3, None, ("urgent", ["PAIN_SCORE_HIGH"])),
        (2, 0, ("urgent", ["PAIN_SCORE_RISEN"])),
        (2, 1, ("none", [])),
        (4, 1, ("urgent", ["PAIN_SCORE_HIGH", "PAIN_SCORE_RISEN"])),
        (0, 4, ("none", [])),
    ],
)
def test_the_pain_digit(digit: int, last: int | None, expected: tuple[str, list[str]]) -> None:
    assert judged(report(digit=digit), last_severity_digit=last) == expected


@pytest.mark.parametrize(
    ("belly", "digit", "level"),
    [
        (Symptom("ABDOMINAL_PAIN"), 4, "emergency"),
        (Symptom("ABDOMINAL_PAIN"), 3, "urgent"),
        (Symptom("ABDOMINAL_PAIN", severity=Severity.MILD), 4, "urgent"),
    ],
)
def test_the_worst_digit_says_of_a_pain_that_no_word_measures_that_it_is_severe(belly: Symptom, digit: int, level: str) -> None:
    assert judged(report(belly, digit=digit))[0] == level


def test_nothing_reported_is_no_escalation_and_an_unread_text_is() -> None:
    assert judged(report()) == ("none", [])
    assert judged(report(unread=True)) == ("review", ["UNREADABLE"])


def test_a_symptom_the_study_file_does_not_know_reaches_a_person() -> None:
    assert judged(report("HICCUPS")) == ("urgent", ["HANDLING_FAILED"])


def test_reasons_stand_worst_first_then_in_the_order_of_the_file() -> None:
    assert judged(report("UNWELL", "RIGOR", celsius("39"), "CALLBACK_ASKED"))[1] == ["FEVER", "RIGOR", "CALLBACK_ASKED", "UNWELL"]


@pytest.mark.parametrize(
    ("findings", "ask", "tell"),
    [
        (report(celsius("38.2")), ("measure_again",), "borderline_now"),
        (report("FEVER"), ("ask_temperature",), "fever_number_please"),
        (report(celsius("35.2")), ("how_do_you_feel",), "urgent_now"),
        (report(celsius("52")), ("ask_temperature_again",), None),
        (report(celsius("39")), (), "emergency_now"),
        (report("LEG_SWELLING"), (), "urgent_now"),
        (report("LEG_SWELLING", "JAUNDICE"), (), "emergency_now"),
        (report("SELF_HARM"), (), "not_alone"),
        (report("SELF_HARM", celsius("39")), (), "emergency_now"),
    ],
)
def test_what_is_asked_and_told(findings: Findings, ask: tuple[str, ...], tell: str | None) -> None:
    decision = decide(findings, KnownSoFar(), RULES)
    assert decision is not None
    assert (decision.ask, decision.tell) == (ask, tell)
    assert set(decision.ask) <= STUDY.checkins.keys()


@pytest.mark.parametrize(
    ("findings", "tell"),
    [
        (report(celsius("38.4")), "hold_treatment"),
        (report(celsius("38.3")), "borderline_now"),
        (report(celsius("39"), "RIGOR"), "emergency_now"),
    ],
)
def test_before_a_treatment_a_fever_says_to_ring_before_travelling(findings: Findings, tell: str) -> None:
    decision = decide(findings, KnownSoFar(before_treatment=True), RULES)
    assert decision is not None
    assert decision.tell == tell


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("UNKNOWN_SENDER", "review"),
        ("OPTED_OUT", "review"),
        ("SILENT", "review"),
        ("UNDELIVERABLE", "review"),
        ("HANDLING_FAILED", "urgent"),
        ("STOPPED_WHILE_UNWELL", "urgent"),
        ("IN_HOSPITAL", "urgent"),
        ("SUSTAINED_FEVER", "emergency"),
    ],
)
def test_codes_that_the_service_raises_itself(code: str, level: str) -> None:
    decision = decide_code(code, RULES)
    assert (decision.level.value, decision.reasons) == (level, (Reason(code, Level(level)),))


@pytest.mark.parametrize("code", ["NAUSEA", "SLIENT"])
def test_a_code_that_reaches_nobody_cannot_be_raised(code: str) -> None:
    with pytest.raises(ValueError, match=f"{code} raises no escalation in the study file; write one of FEVER"):
        decide_code(code, RULES)


def test_combined_decisions_keep_every_reason_at_its_worst_level() -> None:
    pair = decide(report("LEG_SWELLING", "JAUNDICE"), KnownSoFar(), RULES)
    both = combine(decide_code("JAUNDICE", RULES), decide_code("OPTED_OUT", RULES), None, pair)
    assert both is not None
    assert {reason.code: reason.level.value for reason in both.reasons} == {
        "JAUNDICE": "emergency",
        "LEG_SWELLING": "emergency",
        "OPTED_OUT": "review",
    }
    assert (both.level, both.tell, both.reasons[-1].code) == (Level.EMERGENCY, "emergency_now", "OPTED_OUT")
    assert combine(None, None) is None


temperatures = st.decimals("30", "46", places=2).map(lambda value: celsius(str(value)))
sites = st.sampled_from([None, *MeasurementSite])
symptoms = st.builds(
    Symptom,
    st.sampled_from(sorted(SYMPTOM_CODES | {"RED_FLAG_REPORTED"})),
    st.sampled_from([None, *Severity]),
    st.booleans(),
    st.none() | st.integers(0, 12),
)
findings_drawn = st.builds(
    Findings,
    st.lists(st.builds(lambda reading, site: reading._replace(site=site), temperatures, sites), max_size=3).map(tuple),
    st.lists(temperatures, max_size=1).map(tuple),
    st.lists(symptoms, max_size=4).map(tuple),
    st.none() | st.integers(0, 4),
    st.booleans(),
    st.sampled_from([None, *ReadsLike]),
)
knowledge = st.builds(
    KnownSoFar,
    now=st.just(NOW),
    days_since_rfa=st.none() | st.integers(0, 400),
    earlier_temperatures=st.lists(
        st.tuples(st.integers(0, 1440).map(lambda minutes: ago(minutes=minutes)), st.decimals("34", "43", places=1)), max_size=3
    ).map(tuple),
    codes_today=st.frozensets(st.sampled_from(sorted(SYMPTOM_CODES)), max_size=3),
    last_severity_digit=st.none() | st.integers(0, 4),
    before_treatment=st.booleans(),
    site=sites,
)


def rank(decision: EscalationDecision | None) -> int:
    return decision.level.rank if decision else 0


@given(findings_drawn, findings_drawn, knowledge)
def test_a_further_finding_never_lowers_the_level(first: Findings, second: Findings, known: KnownSoFar) -> None:
    both = Findings(
        first.temperatures + second.temperatures,
        first.implausible_temperatures + second.implausible_temperatures,
        first.symptoms + second.symptoms,
        first.severity_digit,
        first.unread or second.unread,
        first.reads_like or second.reads_like,
    )
    together = decide(both, known, RULES)
    assert rank(together) >= rank(decide(first, known, RULES))
    assert together is None or together.level is max((reason.level for reason in together.reasons), key=lambda level: level.rank)


@pytest.mark.parametrize(
    ("symptoms", "reads_like", "codes"),
    [
        ([], ReadsLike.EMERGENCY, ["READS_LIKE_EMERGENCY"]),
        (["COUGH"], ReadsLike.ALARM, ["READS_LIKE_ALARM"]),
        (["SHOULDER_PAIN"], ReadsLike.ALARM, ["SHOULDER_PAIN"]),
        (["SHOULDER_PAIN"], ReadsLike.EMERGENCY, ["READS_LIKE_EMERGENCY", "SHOULDER_PAIN"]),
        (["RIGOR"], ReadsLike.EMERGENCY, ["RIGOR"]),
    ],
)
def test_a_guess_counts_only_where_nothing_as_bad_is_said_in_words(symptoms: list[str], reads_like: ReadsLike, codes: list[str]) -> None:
    decision = decide(Findings(symptoms=tuple(map(Symptom, symptoms)), reads_like=reads_like), KnownSoFar(), RULES)
    assert decision is not None
    assert [reason.code for reason in decision.reasons] == codes


def test_who_is_only_guessed_to_be_ill_is_told_that_a_nurse_will_write_not_to_run_to_hospital() -> None:
    decision = decide(Findings(unread=True, reads_like=ReadsLike.EMERGENCY), KnownSoFar(), RULES)
    assert decision is not None
    assert (decision.level, decision.tell) == (Level.EMERGENCY, "urgent_now")


@given(findings_drawn, knowledge)
def test_more_known_of_a_participant_never_lowers_the_level(findings: Findings, known: KnownSoFar) -> None:
    assert rank(decide(findings, known, RULES)) >= rank(decide(findings, KnownSoFar(), RULES))
