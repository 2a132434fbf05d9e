"""`flask study`: a wrong file is refused with all its problems, a study is shown so that a clinician can read it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from followup_service.cli.study import study_commands
from followup_service.protocol.load_study import STUDIES, load_study

FILE = STUDIES / "NCT06609434.yaml"


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(study_commands, arguments)
    return result.exit_code, result.stdout, result.stderr


def test_a_right_file_is_ok() -> None:
    status, printed, _ = run("check", str(FILE))
    assert status == 0
    assert printed == f"OK {FILE}: NCT06609434 version 1.0. Draft. No clinician has signed this.\n"


def test_a_wrong_file_is_refused_with_every_problem(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(
        FILE.read_text(encoding="utf-8").replace("ends_on: 2026-12-31", "ends_on: later").replace("days: [1, 2,", "days: [one, 2,")
    )
    status, printed, problems = run("check", str(path))
    assert (status, printed) == (2, "")
    assert problems.splitlines() == [
        'ends_on: "later" is not a date; write a date such as 2026-12-31, without quotes',
        'checkins.after_rfa.days[0]: "one" is not a whole number; write 1',
        "2 problems",
    ]


@pytest.mark.parametrize("argument", [(), ("NCT06609434",), (str(FILE),)])
def test_show_prints_all_that_a_clinician_must_see(argument: tuple[str, ...]) -> None:
    status, printed, _ = run("show", *argument)
    assert status == 0
    study = load_study("NCT06609434")
    codes = {*study.arms, *study.visits, *study.checkins, *study.questions, *study.rules.codes, *study.texts}
    assert not [code for code in codes if code not in printed]
    assert "No clinician has signed this" in printed
    words = " ".join(printed.split())
    assert "above 38.3 to 43 FEVER emergency tell emergency_now" in words
    assert "days 1, 2, 3, 5, 7, 10, 14, 21, 28 after each rfa" in words
    assert all(len(line) <= 120 for line in printed.splitlines())


def test_show_of_an_unknown_study_says_what_to_write() -> None:
    assert run("show", "NCT1") == (2, "", "there is no study NCT1; write one of NCT06609434\n1 problem\n")
