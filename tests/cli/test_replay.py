"""`flask study replay`: a table that a clinician reads beside the amendment."""

from pathlib import Path

import pytest

from followup_service.protocol.load_study import STUDIES
from tests.hospital import Hospital

FILE = STUDIES / "NCT06609434.yaml"


def replay(hospital: Hospital, *arguments: str) -> tuple[int, str]:
    result = hospital.runs("study", "replay", *arguments)
    return result.exit_code, result.output


@pytest.fixture
def texts(hospital: Hospital) -> None:
    hospital.enrols().texts("37.9 and a mild headache")
    hospital.enrols("PKU-002", "+8613800138002").texts("38.2")
    hospital.enrols("PKU-003", "+8613800138003").texts("36.6")


@pytest.mark.usefixtures("texts")
def test_another_temperature(hospital: Hospital) -> None:
    status, printed = replay(hospital, "--temperature-above", "37.8")
    words = " ".join(printed.split())
    assert status == 0
    assert "Today: NCT06609434 version 1.0, fever strictly above 38.3 °C" in words
    assert "Changed: NCT06609434 version 1.0, fever strictly above 37.8 °C" in words
    assert "3 texts of 3 participants. Today's rules give 3 of 3 the level that they were given when they came." in words
    assert "emergency 0 2 urgent 1 0 review 0 0 nothing to tell 2 1" in words
    assert "PKU-001 2026-01-05 09:00 37.9 headache - emergency -" in words
    assert "PKU-002 2026-01-05 09:00 38.2 - urgent emergency No. 1: not ended" in words
    assert "MISSED: alarms of today that would be none; a person found something, or has not ended them yet: 0" in words
    assert all(len(line) <= 140 for line in printed.splitlines())


@pytest.mark.usefixtures("texts")
def test_the_rules_of_a_file(hospital: Hospital, tmp_path: Path) -> None:
    amended = tmp_path / "amended.yaml"
    text = FILE.read_text(encoding="utf-8").replace('version: "1.0"', 'version: "1.1"')
    amended.write_text(text.replace('{from: "38.0", up_to: "38.3", code: BORDERLINE_FEVER}', '{from: "38.0", up_to: "38.3"}'))
    status, printed = replay(hospital, "--study", str(amended))
    words = " ".join(printed.split())
    assert status == 0, printed
    assert "Changed: NCT06609434 version 1.1, fever strictly above 38.3 °C" in words
    assert "PKU-002 2026-01-05 09:00 38.2 - urgent - No. 1: not ended" in words
    assert "37.0 °C" in replay(hospital, "--study", str(amended), "--temperature-above", "37.0")[1]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "write what changes: --temperature-above 38.0, or --study FILE"),
        (("--temperature-above", "warm"), "'warm' is no temperature; write degrees Celsius like 38.0"),
        (("--temperature-above", "NaN"), "'NaN' is no temperature"),
        (("--temperature-above", "101"), "101 is not on the ladder; write a temperature from 34 to below 43"),
        (("--study", "nowhere.yaml"), "nowhere.yaml: No such file or directory"),
    ],
)
def test_what_cannot_be_replayed_is_refused(hospital: Hospital, arguments: tuple[str, ...], sentence: str) -> None:
    status, printed = replay(hospital, *arguments)
    assert (status != 0, sentence in printed) == (True, True)


def test_another_study_is_refused(hospital: Hospital, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(FILE.read_text(encoding="utf-8").replace("code: NCT06609434", "code: NCT00000001"))
    assert "is of NCT00000001: give a file of NCT06609434" in replay(hospital, "--study", str(other))[1]
