"""A script that is wrong is refused with the line and with what to write instead."""

from pathlib import Path

import pytest

from tests.rehearsal.conftest import HEAD, Rehearse

STEP_LINE = 12

WRONG_STEPS = {
    "unknown key": ('at: "2026-01-05T09:00+08:00", partcipant: PKU-001, texts: "38.5"', "partcipant: is not known here; write participant"),
    "unknown action": ('at: "2026-01-05T09:00+08:00", participant: PKU-001, text: "38.5"', "text: is not known here; write texts"),
    "no action": ('at: "2026-01-05T09:00+08:00"', "says not what happens; write one of record"),
    "unknown participant": (
        'at: "2026-01-05T09:00+08:00", participant: PKU-01, texts: "38.5"',
        'participant: "PKU-01" is not known; write PKU-001',
    ),
    "unknown staff": ('at: "2026-01-05T09:00+08:00", staff: nurse-lee, texts: "1"', 'staff: "nurse-lee" is not known; write nurse-li'),
    "unknown treatment": (
        'at: "2026-01-05T09:00+08:00", record: {participant: PKU-001, treatment: rf, on: "2026-01-05"}',
        'treatment: "rf" is not known; write rfa',
    ),
    "unknown visit": (
        'at: "2026-01-05T09:00+08:00", record: {participant: PKU-001, visit: post_rfa_scn, attended_on: "2026-01-05"}',
        "write post_rfa_scan",
    ),
    "treatment without day": (
        'at: "2026-01-05T09:00+08:00", record: {participant: PKU-001, treatment: rfa}',
        "on is missing; write a date",
    ),
    "unknown language": (
        'at: "2026-01-05T09:00+08:00", change: {participant: PKU-001, language: chinese}',
        'language: "chinese" is not a language of the service; write zh_Hans',
    ),
    "unknown zone": (
        'at: "2026-01-05T09:00+08:00", change: {participant: PKU-001, timezone: Asia/Shangai}',
        'timezone: "Asia/Shangai" is not a time zone; write Asia/Shanghai',
    ),
    "unknown question": (
        'at: "2026-01-05T09:00+08:00", change: {participant: PKU-001, answers: {temperatur: "36.6"}}',
        'temperatur: "temperatur" is not known; write temperature',
    ),
    "answers nothing": (
        'at: "2026-01-05T09:00+08:00", change: {participant: PKU-001, answers: "36.6"}',
        'does not say what is replied; write questions and what is replied to each, such as {temperature: "36.6", worst_pain: "0"}',
    ),
    "moved and done": (
        'at: "2026-01-05T09:00+08:00", record: {participant: PKU-001, treatment: rfa, on: 2026-01-05, instead_of: 2026-01-04, state: done}',
        "write it beside treatment and on, without state",
    ),
    "unknown outcome": ('at: "2026-01-05T09:00+08:00", staff: nurse-li, resolves: PKU-001, outcome: hospital', "is not known; write"),
    "naive time": ('at: "2026-01-05T09:00", participant: PKU-001, texts: "38.5"', 'has no offset; write "2026-01-05T09:00+08:00"'),
    "time backwards": (
        'at: "2026-01-05T07:00+08:00", participant: PKU-001, texts: "38.5"',
        'time goes backwards; write "2026-01-05T08:00+08:00" or later',
    ),
    "not a phone": ('at: "2026-01-05T09:00+08:00", phone: "12", texts: "38.5"', "write it like +86"),
    "two senders": (
        'at: "2026-01-05T09:00+08:00", participant: PKU-001, staff: nurse-li, texts: "1"',
        "write one of participant, staff, phone",
    ),
    "gateway": ('at: "2026-01-05T09:00+08:00", gateway: broken', "write down, up, or {to: PKU-001, fails_with: 30003}"),
}


@pytest.mark.parametrize(("step", "advice"), WRONG_STEPS.values(), ids=WRONG_STEPS)
def test_a_wrong_step(rehearse: Rehearse, step: str, advice: str) -> None:
    result = rehearse(f"{HEAD}  - {{{step}}}\n")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"line {STEP_LINE}: ")
    assert advice in result.stderr
    assert result.stdout == ""


WRONG_HEADS = {
    "study": ("study: NCT06609434", "study: NCT0660943", 'line 1: study: "NCT0660943" is not known; write NCT06609434'),
    "clock": ('clock: "2026-01-05T08:00+08:00"', "clok: now", "line 1: clock: is missing"),
    "arm": ("arm: rfa", "arm: rfb", 'line 9: arm: "rfb" is not known; write rfa'),
    "site": ("PKU-001, site: PKU", "PKU-001, site: PKX", 'line 9: site: "PKX" is not known; write PKU'),
    "code twice": ("code: PKU-002", "code: PKU-001", "line 10: code: PKU-001 stands here a second time"),
    "phone twice": ("+447911123456", "+8613900000001", "line 10: phone: this is the phone of nurse-li already"),
    "key twice": ("arm: rfa,", "arm: rfa, arm: control,", "line 9: arm: stands twice"),
    "not YAML": ("sites:", "sites: [", "line"),
}


@pytest.mark.parametrize(("right", "wrong", "advice"), WRONG_HEADS.values(), ids=WRONG_HEADS)
def test_a_wrong_beginning(rehearse: Rehearse, right: str, wrong: str, advice: str) -> None:
    result = rehearse(HEAD.replace(right, wrong, 1) + '  - {until: "2026-01-06T08:00+08:00"}\n')
    assert result.exit_code == 2
    assert advice in result.stderr


def test_every_problem_is_told_at_once(rehearse: Rehearse) -> None:
    wrong = HEAD.replace("language: en, on_call: 2", "language: e, on_call: two") + '  - {untill: "2026-01-06T08:00+08:00"}\n'
    problems = rehearse(wrong).stderr.splitlines()
    assert [problem.split(":")[0] for problem in problems] == ["line 7", "line 7", "line 12"]


def test_no_such_file(rehearse: Rehearse) -> None:
    result = rehearse(Path("no/such/script.yaml"))
    assert result.exit_code == 2
    assert "write the path of a rehearsal script" in result.stderr
