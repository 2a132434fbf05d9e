"""`flask participants import`: everybody in the file or nobody, and every bad line is named."""

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from followup_service.cli.participants import participants_commands
from followup_service.participants.participant import Participant
from tests.hospital import Hospital

HEADER = "code,site,arm,language,phone,consented_on,consent_version,name"
GOOD = ("PKU-001,PKU,rfa,zh_Hans,13800138001,2026-01-04,1.0,王芳", 'PKU-002,PKU,control,en,+44 7911 123456,2026-01-03,1.0,"Smith, Ann"')


def run(app: Flask, path: Path, *lines: str, encoding: str = "utf-8", options: tuple[str, ...] = ()) -> Result:
    file = path / "participants.csv"
    file.write_bytes("\r\n".join(lines).encode(encoding))
    return app.test_cli_runner().invoke(participants_commands, ["import", str(file), *options])


def enrolled(hospital: Hospital) -> list[str]:
    with hospital.session() as session:
        return list(session.scalars(select(Participant.code).order_by(Participant.code)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_everybody_is_enrolled(app: Flask, hospital: Hospital, tmp_path: Path, encoding: str) -> None:
    result = run(app, tmp_path, HEADER, *GOOD, encoding=encoding)
    assert (result.exit_code, result.output) == (0, "2 enrolled.\n")
    assert enrolled(hospital) == ["PKU-001", "PKU-002"]
    ann = hospital.participant("PKU-002")
    assert (ann.phone, ann.timezone, ann.consented_on.isoformat()) == ("+447911123456", "Asia/Shanghai", "2026-01-03")
    with app.app_context():
        assert ann.name == "Smith, Ann"


def test_one_site_for_all_rows(app: Flask, hospital: Hospital, tmp_path: Path) -> None:
    lines = ("code,arm,language,phone,consented_on,consent_version", "PKU-001,rfa,en,13800138001,2026-01-04,1.0")
    assert run(app, tmp_path, *lines).exit_code == 2
    assert run(app, tmp_path, *lines, options=("--site", "PKU")).exit_code == 0


def test_every_bad_line_is_named_and_nobody_is_enrolled(app: Flask, hospital: Hospital, tmp_path: Path) -> None:
    bad = (
        "PKU-003,PKU,placebo,en,13800138003,2026-01-04,1.0,",
        "PKU-004,NEW,rfa,en,13800138004,2026-01-04,1.0,",
        "PKU-005,PKU,rfa,zh,13800138005,2026-01-04,1.0,",
        "PKU-006,PKU,rfa,en,12,2026-01-04,1.0,",
        "PKU-007,PKU,rfa,en,13800138007,4.1.2026,1.0,",
        "PKU-001,PKU,rfa,en,13800138008,2026-01-04,1.0,",
        "PKU-009,PKU,rfa,en,13800138001,2026-01-04,1.0,",
        "PKU-010,PKU,rfa,en,,2026-01-04,1.0,",
        "PKU-011,PKU,rfa,en,13800138011,2026-01-04",
        "=1+1,PKU,rfa,en,13800138012,2026-01-04,1.0,",
    )
    result = run(app, tmp_path, HEADER, *GOOD, *bad)
    assert result.exit_code == 2
    said = result.stderr.splitlines()
    advice = ("rfa, control", "write one of PKU", "write zh_Hans", "+8613800138000", "2026-01-31", "enrolled already", "another number")
    advice += ("phone: write something", "more or fewer fields", "such as PKU-017")
    for line, (sentence, wanted) in enumerate(zip(said, advice, strict=False), start=4):
        assert sentence.startswith(f"line {line}: "), sentence
        assert wanted in sentence
    assert said[-1] == "Nobody was enrolled: mend these lines and import the file again."
    assert len(said) == len(bad) + 1
    assert enrolled(hospital) == []


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (("code,phone",), "line 1: missing columns: write arm, language, consented_on, consent_version"),
        ((f"{HEADER},sex",), "line 1: unknown columns sex: write only code, arm"),
        ((f"{HEADER},code",), "line 1: a column stands twice"),
        (("",), "line 1: missing columns"),
        ((HEADER, 'PKU-001,PKU,"rfa'), "save the file anew as CSV UTF-8"),
    ],
)
def test_a_file_of_another_shape_is_refused(app: Flask, hospital: Hospital, tmp_path: Path, lines: tuple[str, ...], sentence: str) -> None:
    result = run(app, tmp_path, *lines)
    assert result.exit_code == 2
    assert sentence in result.stderr


def test_a_file_in_another_encoding_is_refused(app: Flask, hospital: Hospital, tmp_path: Path) -> None:
    result = run(app, tmp_path, HEADER, GOOD[0], encoding="gbk")
    assert result.exit_code == 2
    assert "save the file anew as CSV UTF-8" in result.stderr


def test_nobody_is_enrolled_into_a_language_whose_texts_are_not_approved(app: Flask, strict: Hospital, tmp_path: Path) -> None:
    result = run(app, tmp_path, HEADER, *GOOD)
    assert result.exit_code == 2
    assert "line 2: the texts in 'zh_Hans' are not approved as they stand" in result.output
    assert enrolled(strict) == []


def test_a_caregivers_phone_is_added_listed_and_taken_off(hospital: Hospital) -> None:
    hospital.enrols()
    assert hospital.runs("participants", "phones", "list", "PKU-001").output == "PKU-001 has no further phone.\n"
    added = hospital.runs("participants", "phones", "add", "PKU-001", "--phone", "13900139001", "--kind", "caregiver", "--told", "visits")
    assert "caregiver, added on 2026-01-05 by command line; is told of visits" in added.output
    listed = hospital.runs("participants", "phones", "list", "PKU-001").output
    assert listed == added.output
    assert "139001" not in listed
    daughter = hospital.stranger("+8613900139001")
    daughter.texts("he has 39.5")
    assert hospital.the_escalation().participant_id == hospital.participant().id
    removed = hospital.runs("participants", "phones", "remove", "PKU-001", listed.split()[0])
    assert removed.output == "PKU-001: nothing more goes to that phone.\n"
    assert "PKU-001 has no such phone in use" in hospital.runs("participants", "phones", "remove", "PKU-001", listed.split()[0]).output


@pytest.mark.parametrize(
    ("number", "kind", "problem"),
    [
        ("123", "caregiver", "write it like +8613800138000"),
        ("+8613800138000", "second", "PKU-001 has this phone already"),
        ("+8613800138002", "second", "belongs to another participant"),
        ("+8613900139001", "neighbour", "is not one of 'second', 'caregiver'"),
    ],
)
def test_a_phone_that_cannot_be_added_says_what_to_give(hospital: Hospital, number: str, kind: str, problem: str) -> None:
    hospital.enrols()
    hospital.enrols("PKU-002", "+8613800138002")
    refused = hospital.runs("participants", "phones", "add", "PKU-001", "--phone", number, "--kind", kind)
    assert refused.exit_code != 0
    assert problem in refused.output
