"""A study file that is wrong is refused with every place in it and what to write there; the trial's own file says what it must."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from followup_service.conversation.concepts import SYMPTOM_CODES as READ_CODES
from followup_service.protocol.definitions import AskedByRules
from followup_service.protocol.load_study import STUDIES, StudyFileError, load_study, read_study_file, study_codes, study_from_values
from followup_service.protocol.question_kinds import QuestionKind
from followup_service.protocol.rule_definitions import Level
from followup_service.protocol.symptom_codes import SYMPTOM_CODES

FILE = STUDIES / "NCT06609434.yaml"
VALUES: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
STUDY = load_study("NCT06609434")
DELETE = object()


def changed(path: str, value: object) -> dict[str, Any]:
    """The file's values with another value at a path such as `checkins.after_rfa.days.2`."""
    values = deepcopy(VALUES)
    *above, last = [int(key) if key.isdecimal() else key for key in path.split(".")]
    block: Any = values
    for key in above:
        block = block[key]
    if value is DELETE:
        del block[last]
    else:
        block[last] = value
    return values


def problems(values: object) -> tuple[str, ...]:
    with pytest.raises(StudyFileError) as raised:
        study_from_values(values)
    return raised.value.problems


def test_the_trial_as_the_record_and_our_decisions_say_it() -> None:
    assert (STUDY.code, STUDY.version, STUDY.ends_on, STUDY.approvals) == ("NCT06609434", "1.0", date(2026, 12, 31), ())
    assert "No clinician has signed this" in STUDY.status
    assert set(STUDY.arms) == {"rfa", "control"}
    assert STUDY.treatments["rfa"].max_sessions == 3
    assert (STUDY.contact_hours.opens, STUDY.contact_hours.closes) == (time(8), time(20))
    assert {level.value: clock.acknowledge_within_minutes for level, clock in STUDY.paging.items()} == {
        "emergency": 15,
        "urgent": 60,
        "review": None,
    }
    assert STUDY.paging[Level.REVIEW].by_next_working_day_at == time(12)


def test_check_ins_whose_silence_matters() -> None:
    silence = {code: plan.silence for code, plan in STUDY.checkins.items() if plan.silence}
    assert silence == {
        "before_treatment_evening": "SILENT",
        "before_treatment_morning": "SILENT",
        "after_rfa": "SILENT",
        "cycle_days": "SILENT",
        "after_emergency": "NO_ANSWER_AFTER_ALARM",
        "measure_again": "SUSTAINED_FEVER",
    }


def test_a_second_measurement_is_asked_after_60_minutes_and_given_up_after_90() -> None:
    plan = STUDY.checkins["measure_again"]
    assert isinstance(plan.when, AskedByRules)
    assert (plan.when.after_minutes, plan.when.after_minutes + plan.closes_after_minutes) == (60, 90)


def test_every_code_that_reading_a_text_makes_has_a_place_in_the_rules() -> None:
    assert READ_CODES <= SYMPTOM_CODES
    assert SYMPTOM_CODES - {STUDY.rules.temperature.in_words.symptom} <= STUDY.rules.codes.keys()


def test_every_question_is_one_plain_text_and_every_yes_no_question_says_its_digits() -> None:
    for question in STUDY.questions.values():
        assert len(question.text) <= 160
        assert question.text.isascii()
        if question.kind is QuestionKind.YES_NO:
            assert question.yes_means in STUDY.rules.codes
            assert "1 yes" in question.text
            assert "2 no" in question.text


def test_no_text_to_a_participant_names_diagnosis_drug_or_study_or_calls_anything_normal() -> None:
    words = [question.text for question in STUDY.questions.values()] + list(STUDY.texts.values())
    for forbidden in ("cancer", "tumour", "tumor", "liver", "ablation", "chemo", "trial", "study", "NCT", "normal"):
        assert not [text for text in words if forbidden.lower() in text.lower()]


def test_what_to_do_now_names_the_numbers_to_call() -> None:
    for level in (Level.EMERGENCY, Level.URGENT):
        text = STUDY.texts[STUDY.rules.tell_by_level[level] or ""]
        assert "%(emergency_number)s" in text
        assert "%(clinic_phone)s" in text


def test_a_study_that_is_not_there() -> None:
    with pytest.raises(StudyFileError, match="there is no study NCT1; write one of NCT06609434"):
        load_study("NCT1")
    assert study_codes() == ("NCT06609434",)


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ("checkins.after_rfa.days.2", "three", 'checkins.after_rfa.days[2]: "three" is not a whole number; write 3'),
        (
            "temperature.ladder.3.above",
            38.3,
            'temperature.ladder[3].above: 38.3 is not in quotes; write "38.3", so that it is compared exactly',
        ),
        (
            "temperature.ladder.3.above",
            "38,3",
            'temperature.ladder[3].above: "38,3" is not a temperature; write degrees Celsius in quotes, such as "38.3"',
        ),
        ("contact_hours.opens", 480, 'contact_hours.opens: 480 is not a time of day; write a time of day in quotes, such as "08:30"'),
        ("ends_on", "soon", 'ends_on: "soon" is not a date; write a date such as 2026-12-31, without quotes'),
        ("version", 1.0, 'version: 1.0 is not text; write it in quotes: "1.0"'),
        ("title", DELETE, 'title: is missing; write words, in quotes: "..."'),
        ("symptoms.RIGOR.level", "urgnt", 'symptoms.RIGOR.level: "urgnt" is not known; write urgent'),
        ("arms.rfa.colour", "red", "arms.rfa.colour: is not known here; write one of name, counts_from, steps_down_from"),
        ("reminders.days_before", [7, -3], "reminders.days_before: -3 is too small; write 0 or more"),
        ("checkins.after_rfa.days", [], "checkins.after_rfa.days: is empty; write what belongs here"),
        ("treatments.rfa.separation_days", 10**9, "treatments.rfa.separation_days: 1000000000 is too large; write 100000 at most"),
        ("symptoms", None, "symptoms: is empty; write a block of `name: ...` lines"),
        ("paging.urgent", 60, "paging.urgent: is not a block; write `key: value` lines"),
        ("visits.response_check.by_staff", "yes", 'visits.response_check.by_staff: "yes" is neither on nor off; write true or false'),
    ],
)
def test_a_wrong_value_says_where_it_is_and_what_to_write(path: str, value: object, problem: str) -> None:
    assert [found for found in problems(changed(path, value)) if found.startswith(problem)]


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (
            "checkins.monthly.questions.0",
            "temprature",
            'checkins.monthly.questions[0]: there is no question "temprature"; write temperature',
        ),
        ("checkins.monthly.silence", "SLIENT", 'checkins.monthly.silence: there is no rule code "SLIENT"; write SILENT'),
        ("checkins.monthly.silence", "NAUSEA", "checkins.monthly.silence: NAUSEA is only a note; write a code with a level"),
        (
            "questions.red_flags.yes_means",
            "RED_FLAG",
            'questions.red_flags.yes_means: there is no rule code "RED_FLAG"; write RED_FLAG_REPORTED',
        ),
        ("tell_by_level.urgent", "urgent", 'tell_by_level.urgent: there is no text "urgent"; write urgent_now'),
        ("tell_by_level.emergency", None, "tell_by_level.emergency: is empty; write the text that says what to do now"),
        (
            "temperature_codes.BORDERLINE_FEVER.ask",
            "monthly",
            'temperature_codes.BORDERLINE_FEVER.ask: "monthly" is no check-in that rules may start; write one of ask_temperature, ',
        ),
        ("arms.rfa.counts_from", "first_rfb", 'arms.rfa.counts_from: there is no anchor "first_rfb"; write first_rfa'),
        ("checkins.after_rfa.after", "rfb", 'checkins.after_rfa.after: there is no treatment "rfb"; write rfa'),
        ("temperature.ladder.2.from", "37.9", 'temperature.ladder[2]: overlaps 38.0, where the step before ends; write from: "38.0"'),
        (
            "temperature.ladder.2.from",
            "38.1",
            'temperature.ladder[2]: leaves a gap after 38.0, where the step before ends; write from: "38.0"',
        ),
        (
            "temperature.ladder.3",
            {"from": "38.3", "up_to": "43", "code": "FEVER"},
            'temperature.ladder[3]: overlaps 38.3, where the step before ends; write above: "38.3"',
        ),
        (
            "temperature.ladder.2",
            {"above": "38.0", "up_to": "38.3"},
            'temperature.ladder[2]: leaves out 38.0, where the step before ends; write from: "38.0"',
        ),
        ("temperature.ladder.3", DELETE, "temperature.ladder: goes from 34 to 38.3; write steps from 35 or less to 42 or more"),
        (
            "temperature.ladder.3.code",
            "BORDERLINE_FEVER",
            "temperature.ladder[3].code: the highest step is no emergency; write a code of that level",
        ),
        ("symptoms.COLLAPSE", DELETE, "symptoms.COLLAPSE: is missing; participants report it; write its name and its level"),
        ("service_codes.SILENT", DELETE, "service_codes.SILENT: is missing; the service raises it, so it needs a name and a level"),
        ("service_codes.SILENT.level", "note", "service_codes.SILENT.level: a note would reach nobody; write emergency, urgent or review"),
        ("combinations.0.with", ["RIGER"], 'combinations[0]: there is no rule code "RIGER"; write RIGOR'),
        (
            "texts.closing",
            "Call %(clinic)s.",
            "texts.closing: the placeholder %(clinic)s is not known; write %(clinic_phone)s or %(emergency_number)s",
        ),
        ("texts.closing", "100 % sure", "texts.closing: has a % that is no placeholder; write %(clinic_phone)s or "),
        ("texts.closing", DELETE, "texts.closing: is missing; the service says it"),
        (
            "questions.temperature.text",
            "a" * 161,
            "questions.temperature.text: has 161 characters; write 160 at most, so that it is one text",
        ),
        (
            "questions.temperature.text",
            "What\u2019s up?",
            "questions.temperature.text: '\u2019' makes the text twice as long; write plain letters",
        ),
        (
            "questions.worst_pain.yes_means",
            "BURN",
            "questions.worst_pain.yes_means: only a yes_no question is answered by yes; leave it out",
        ),
        ("checkins.monthly.every_days", 3, "checkins.monthly.every_days: does not belong to a plan with `every_months`; leave it out"),
        ("checkins.monthly.at", DELETE, "checkins.monthly.at: is missing; a plan with `every_months` needs it"),
        ("checkins.monthly.at", "22:00", "checkins.monthly.at: 22:00 is outside the contact hours; write a time between them"),
        ("checkins.monthly.after", "rfa", "checkins.monthly: it has 2 timings (after, every_months); write exactly one of after, before, "),
        (
            "checkins.monthly.remind_after_minutes",
            2880,
            "checkins.monthly.remind_after_minutes: it reminds after it has closed; write less than 2880",
        ),
        (
            "checkins.monthly.questions",
            ["temperature", "worst_pain", "red_flags", "diarrhoea", "no_fluids"],
            "checkins.monthly.questions: 5 questions and the thanks make more than 5 texts; ask 4 at most",
        ),
        (
            "checkins.after_rfa.questions.3.only_on_days",
            [4],
            "checkins.after_rfa.questions[3].only_on_days: 4 is not one of the days of this plan; write one of [1, 2, 3, ",
        ),
        (
            "visits.post_rfa_scan.months",
            DELETE,
            "visits.post_rfa_scan: says not how long before or after each rfa; write months: 1 or days: -3",
        ),
        (
            "visits.post_rfa_scan.merge_into.1",
            "quaterly",
            'visits.post_rfa_scan.merge_into[1]: there is no visit "quaterly"; write quarterly',
        ),
        ("visits.post_rfa_scan.opens_days", 3, "visits.post_rfa_scan: the window leaves out its target; write opens_days of 0 or less"),
        ("contact_hours.opens", "21:00", 'contact_hours: closes at 20:00, before it opens; write for example opens: "08:00"'),
        ("paging.review", DELETE, "paging.review: is missing; every level needs its own line"),
    ],
)
def test_parts_that_do_not_fit_together(path: str, value: object, problem: str) -> None:
    assert [found for found in problems(changed(path, value)) if found.startswith(problem)]


def test_all_problems_are_told_at_once() -> None:
    values = changed("symptoms.RIGOR.level", "high")
    values["ends_on"] = None
    values["checkins"]["monthly"]["silence"] = "NOBODY"
    found = problems(values)
    assert [problem.split(":")[0] for problem in found] == ["ends_on", "symptoms.RIGOR.level", "checkins.monthly.silence"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("code: A\ncode: B\n", "line 2, column 1: code stands here a second time; write it once"),
        ("code: [A\n", "line 2, column 1: expected ',' or ']', but got '<stream end>'"),
        ("- code\n", "the file is not a block of `key: value` lines; write for example `code: NCT06609434`"),
        ("", "the file is not a block of `key: value` lines; write for example `code: NCT06609434`"),
    ],
)
def test_a_file_that_is_no_study(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudyFileError) as raised:
        read_study_file(path)
    assert raised.value.problems == (problem,)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(StudyFileError, match="No such file or directory; write the path of a study file"):
        read_study_file(tmp_path / "nothing.yaml")
    path = tmp_path / "latin.yaml"
    path.write_bytes("title: é".encode("latin-1"))
    with pytest.raises(StudyFileError, match="byte 8 is not UTF-8; save the file as UTF-8"):
        read_study_file(path)


def paths(node: object, above: tuple[str, ...] = ()) -> Iterator[str]:
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield ".".join((*above, str(key)))
        yield from paths(value, (*above, str(key)))


junk = st.sampled_from([DELETE, None, "junk", -999, 3.7, True, [], {}, [{"a": 1}], {"x": [1]}, "", ["junk"], 10**9, {1: 2}])


@given(st.sampled_from(list(paths(VALUES))), junk)
def test_whatever_stands_in_a_file_it_loads_or_is_refused_in_words(path: str, value: object) -> None:
    problems: tuple[str, ...] = ()
    try:
        study_from_values(changed(path, value))
    except StudyFileError as error:
        problems = error.problems
    assert all(": " in problem for problem in problems)
