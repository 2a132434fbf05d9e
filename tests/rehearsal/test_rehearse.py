"""A rehearsal shows what participants and staff would receive: through the real webhook, rules, jobs and outbox."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.rehearsal.conftest import HEAD, Play, Rehearse

FIRST_DAYS = Path(__file__).parents[2] / "docs" / "rehearsals" / "first_days.yaml"
RFA = 'at: "2026-01-05T09:00+08:00", record: {participant: PKU-001, treatment: rfa, on: "2026-01-05"}'
FEVER = 'at: "2026-01-05T22:30+08:00", participant: PKU-001, texts: "38度5，右肩疼"'
TAKES = 'at: "2026-01-05T22:33+08:00", staff: nurse-li, texts: "1"'
RESOLVES = 'at: "2026-01-05T23:00+08:00", staff: nurse-li, resolves: PKU-001, outcome: sent_to_hospital'


def named(events: list[dict[str, Any]], name: str, **values: Any) -> list[dict[str, Any]]:
    return [event for event in events if event["event"] == name and all(event.get(key) == value for key, value in values.items())]


def the(events: list[dict[str, Any]], name: str, **values: Any) -> dict[str, Any]:
    found = named(events, name, **values)
    assert len(found) == 1, f"{len(found)} {name} {values} among {[event['event'] for event in events]}"
    return found[0]


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_a_fever_reaches_the_nurse_and_is_dealt_with(play: Play, request: pytest.FixtureRequest, database: str) -> None:
    options = () if database == "sqlite" else ("--database-url", request.getfixturevalue("empty_postgres"))
    events = play(RFA, FEVER, TAKES, RESOLVES, options=options)
    at = "2026-01-05T14:30:00+00:00"
    assert the(events, "text_received", **{"from": "PKU-001"})["body"] == "38度5，右肩疼"
    assert the(events, "report_saved", kind="temperature")["celsius"] == "38.50"
    assert the(events, "report_saved", kind="symptom")["code"] == "SHOULDER_PAIN"
    opened = the(events, "escalation_opened", participant="PKU-001")
    assert (opened["at"], opened["level"], set(opened["reasons"])) == (at, "emergency", {"FEVER", "SHOULDER_PAIN"})
    assert the(events, "page_sent", number=opened["number"])["to"] == "nurse-li"
    assert the(events, "page_sent")["at"] == at
    page = the(events, "text_sent", purpose="page")
    assert page["language"] == "zh_Hans"
    assert "PKU-001" in page["body"]
    told = the(events, "text_sent", purpose="alarm_answer", to="PKU-001")
    assert "120" in told["body"]
    assert told["parts"] >= 1
    assert the(events, "escalation_acknowledged")["by"] == "nurse-li"
    assert the(events, "escalation_resolved", number=opened["number"])["outcome"] == "sent_to_hospital"


def test_a_text_from_a_number_that_nobody_knows_reaches_a_person(play: Play) -> None:
    events = play('at: "2026-01-08T09:00+08:00", phone: "+8613700000000", texts: "我爸发烧了"')
    assert the(events, "text_received")["from"] == "unknown"
    opened = the(events, "escalation_opened")
    assert "UNKNOWN_SENDER" in opened["reasons"]
    assert "participant" not in opened
    assert the(events, "text_sent", to="unknown")["purpose"] == "unknown_sender_answer"


def test_nobody_takes_it_so_it_is_paged_again_and_to_the_next(play: Play) -> None:
    events = play(FEVER, 'until: "2026-01-05T22:41+08:00"')
    pages = [f"{event['at'][11:16]} {event['to']} {event['channel']}" for event in named(events, "page_sent")]
    assert pages == ["14:30 nurse-li sms", "14:35 nurse-li voice", "14:40 dr-wang sms", "14:40 nurse-li sms"]
    assert "P K U 0 0 1" in the(events, "page_sent", channel="voice")["body"]


def test_staff_press_a_key_in_a_call(play: Play, rehearse: Rehearse) -> None:
    press = 'at: "2026-01-05T22:36+08:00", staff: nurse-li, presses: "1"'
    acknowledged = the(play(FEVER, press), "escalation_acknowledged")
    assert (acknowledged["at"], acknowledged["by"]) == ("2026-01-05T14:36:00+00:00", "nurse-li")
    refused = rehearse(HEAD + f"  - {{{FEVER}}}\n" + f"  - {{{TAKES}}}\n" + f"  - {{{press}}}\n")
    assert refused.exit_code == 2
    assert "nurse-li is in no call at this time" in refused.stderr


def test_check_ins_come_at_the_participants_own_time(play: Play) -> None:
    systemic = 'at: "2026-01-05T09:00+08:00", record: {participant: PKU-002, treatment: systemic, on: "2026-01-05"}'
    events = play(RFA, systemic, 'until: "2026-01-12T23:00+00:00"')
    assert named(events, "checkin_started", participant="PKU-001")[0]["at"] == "2026-01-06T02:00:00+00:00"
    started = named(events, "checkin_started", participant="PKU-002")[0]
    assert (started["at"], started["checkin"]) == ("2026-01-12T10:00:00+00:00", "cycle_days")
    asked = named(events, "text_sent", to="PKU-002", purpose="question")[0]
    assert asked["language"] == "en"


def test_a_failing_provider_shows_as_not_sent_and_then_sent(play: Play) -> None:
    events = play(RFA, 'at: "2026-01-06T08:00+08:00", gateway: {to: PKU-001, fails_with: 30003}', 'until: "2026-01-06T10:30+08:00"')
    failed = the(events, "text_not_sent")
    assert (failed["to"], failed["reason"], failed["purpose"]) == ("PKU-001", "30003", "question")
    sent = the(events, "text_sent", to="PKU-001")
    assert sent["at"] > failed["at"]


@pytest.mark.no_cover
def test_a_provider_that_is_down_loses_no_page(play: Play) -> None:
    down, up = 'at: "2026-01-05T20:00+08:00", gateway: down', 'at: "2026-01-05T23:00+08:00", gateway: up'
    events = play(down, FEVER, up, 'until: "2026-01-05T23:12+08:00"')
    assert min(event["at"] for event in named(events, "page_sent")) >= "2026-01-05T15:00:00+00:00"
    late = [event for event in named(events, "text_not_sent") if event["purpose"] == "page"]
    assert not late


def test_stop_and_withdrawal_are_told(play: Play) -> None:
    stop, start = (
        'at: "2026-01-06T12:00+08:00", participant: PKU-002, texts: "STOP"',
        'at: "2026-01-06T13:00+08:00", participant: PKU-002, texts: "START"',
    )
    events = play(stop, start, 'at: "2026-01-07T08:00+08:00", withdraw: PKU-001', 'at: "2026-01-07T09:00+08:00", deceased: PKU-002')
    assert the(events, "opted_out", participant="PKU-002")["source"] == "participant"
    assert the(events, "opted_in", participant="PKU-002")["source"] == "participant"
    assert the(events, "withdrawn", participant="PKU-001")["source"] == "staff"
    assert {event["participant"] for event in named(events, "consent_given")} == {"PKU-001", "PKU-002"}


def test_a_changed_language_and_number_hold_from_then_on(play: Play) -> None:
    change = (
        'at: "2026-01-05T10:00+08:00", change: {participant: PKU-002, language: zh_Hans, phone: "+447911123457", timezone: Asia/Shanghai}'
    )
    events = play(change, 'at: "2026-01-05T11:00+08:00", participant: PKU-002, texts: "38.6"')
    assert the(events, "text_received")["from"] == "PKU-002"
    assert the(events, "text_sent", to="PKU-002")["language"] == "zh_Hans"


def test_visits_are_recorded_and_later_enrolments_wait(play: Play) -> None:
    booked = 'at: "2026-02-01T12:00+08:00", record: {participant: PKU-001, visit: post_rfa_scan, booked_at: "2026-02-05T10:00+08:00"}'
    attended = 'at: "2026-02-05T12:00+08:00", record: {participant: PKU-001, visit: post_rfa_scan, attended_on: "2026-02-05"}'
    events = play(RFA, 'at: "2026-01-20T08:00+08:00", enrol: PKU-002', booked, attended)
    assert the(events, "consent_given", participant="PKU-002")["at"] == "2026-01-20T00:00:00+00:00"


def test_what_the_service_refuses_names_the_line(rehearse: Rehearse) -> None:
    fourth = "".join(
        f'  - {{at: "2026-01-{day:02}T09:00+08:00", record: {{participant: PKU-001, treatment: rfa, on: "2026-01-{day:02}"}}}}\n'
        for day in (5, 7, 9, 11)
    )
    result = rehearse(HEAD + fourth, "--format", "jsonl")
    assert result.exit_code == 2
    assert result.stderr.startswith("line 15: PKU-001:")


@pytest.mark.no_cover
def test_events_are_in_time_order_and_the_same_when_played_twice(rehearse: Rehearse) -> None:
    first, second = (rehearse(FIRST_DAYS, "--format", "jsonl").stdout for _ in range(2))
    assert first == second
    instants = [json.loads(line)["at"] for line in first.splitlines()]
    assert instants == sorted(instants)
    assert all(datetime.fromisoformat(instant).utcoffset() is not None for instant in instants)


def test_the_transcript_tells_it_by_the_local_day(rehearse: Rehearse) -> None:
    told = rehearse(FIRST_DAYS).stdout
    assert re.search(r"^Tuesday 3 March 2026 · Asia/Shanghai$", told, re.MULTILINE)
    assert re.search(r"^  22:40  PKU-001 → clinic +38度5 打寒战$", told, re.MULTILINE)
    assert re.search(r"^  22:40  PKU-001 +▲ EMERGENCY No\. 1 opened: .*FEVER", told, re.MULTILINE)
    assert re.search(r"pages? more like these", told)
    assert "\x1b" not in told


def test_a_database_in_use_is_left_alone(rehearse: Rehearse, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'kept.sqlite3'}"
    script = HEAD + f"  - {{{RFA}}}\n"
    assert rehearse(script, "--database-url", url).exit_code == 0
    before = (tmp_path / "kept.sqlite3").read_bytes()
    again = rehearse(script, "--database-url", url)
    assert again.exit_code == 2
    assert "not empty" in again.stderr
    assert (tmp_path / "kept.sqlite3").read_bytes() == before


def test_a_question_that_is_no_longer_sent_says_why(play: Play) -> None:
    events = play(RFA, 'at: "2026-01-06T09:00+08:00", gateway: down', 'at: "2026-01-06T10:01+08:00", pause: PKU-001')
    given_up = the(events, "text_not_sent")
    assert (given_up["to"], given_up["purpose"], given_up["reason"]) == ("PKU-001", "question", "paused")


def test_the_transcript_tells_steps_that_leave_no_text(rehearse: Rehearse) -> None:
    steps = (
        RFA,
        'at: "2026-01-05T10:00+08:00", change: {participant: PKU-002, timezone: Asia/Shanghai}',
        'at: "2026-01-05T11:00+08:00", gateway: {to: PKU-001, fails_with: 21610}',
        'at: "2026-01-05T11:01+08:00", gateway: down',
        'at: "2026-01-05T11:02+08:00", gateway: up',
        'at: "2026-01-05T12:00+08:00", pause: PKU-002',
        'at: "2026-01-05T12:30+08:00", record: {participant: PKU-001, visit: post_rfa_scan, booked_at: "2026-02-05T10:00+08:00"}',
        'until: "2026-01-06T10:30+08:00"',
    )
    told = rehearse(HEAD + "".join(f"  - {{{step}}}\n" for step in steps)).stdout
    for line in (
        "PKU-001 +recorded: rfa on 2026-01-05",
        "PKU-002 +changed: time zone Asia/Shanghai",
        "provider +will fail the next text to PKU-001 with 21610",
        "provider +is down",
        "provider +is up again",
        "PKU-002 +now paused",
        "PKU-001 +recorded: post_rfa_scan booked for 2026-02-05 10:00",
        "clinic ↛ PKU-001 +question not sent: 21610",
        r"PKU-001 +opted out \(provider\)",
    ):
        assert re.search(line, told), line


@pytest.mark.parametrize("url", ["mysql://localhost/x", "sqlite:////no/such/folder/x.sqlite3"])
def test_a_database_that_cannot_be_used_is_told(rehearse: Rehearse, url: str) -> None:
    result = rehearse(HEAD + f"  - {{{RFA}}}\n", "--database-url", url)
    assert result.exit_code == 2
    assert "leave --database-url out" in result.stderr


def test_treatment_ends_hours_are_agreed_and_a_shared_phone_is_told_apart(rehearse: Rehearse) -> None:
    shared = HEAD.replace('"+8613800138000"}', '"+8613800138000", tag: A}').replace('"+447911123456"', '"+8613800138000", tag: B')
    steps = (
        '{at: "2026-01-05T09:00+08:00", record: {participant: PKU-002, treatment: systemic, on: "2026-01-05"}}',
        '{at: "2026-01-05T09:10+08:00", change: {participant: PKU-001, contact_hours: {opens: "09:00", closes: "18:00"}, tag: C}}',
        '{at: "2026-01-05T09:30+08:00", participant: PKU-001, texts: "C 39.1"}',
        '{at: "2026-01-05T09:31+08:00", staff: nurse-li, resolves: PKU-001, outcome: sent_to_hospital}',
        '{at: "2026-01-06T09:00+08:00", record: {participant: PKU-002, treatment_ended_on: "2026-01-05"}}',
        '{at: "2026-01-07T09:00+08:00", lost: PKU-001}',
        '{at: "2026-01-07T18:00+08:00", complete: PKU-002}',
    )
    script = shared + "".join(f"  - {step}\n" for step in steps)
    told = rehearse(script).stdout
    assert "recorded: treatment ended on 2026-01-05" in told
    assert "changed: tag C, contact hours 09:00 to 18:00" in told
    assert "now lost to follow up" in told
    events = [json.loads(line) for line in rehearse(script, "--format", "jsonl").stdout.splitlines()]
    assert {opened["participant"] for opened in named(events, "escalation_opened")} == {"PKU-001"}
    assert the(events, "text_sent", purpose="closing")["body"].startswith("B: Our regular messages end today.")


def test_a_shared_phone_without_tags_is_refused(rehearse: Rehearse) -> None:
    refused = rehearse(HEAD.replace("+447911123456", "+8613800138000") + '  - {until: "2026-01-06T08:00+08:00"}\n')
    assert "line 10: phone: this is the phone of PKU-001 already" in refused.stderr


@pytest.mark.no_cover
def test_alarms_that_are_hard_to_drop(rehearse: Rehearse) -> None:
    result = rehearse(FIRST_DAYS.with_name("alarms.yaml"), "--format", "jsonl")
    assert result.exit_code == 0, result.output
    events = [json.loads(line) for line in result.stdout.splitlines()]
    night = [event for event in named(events, "page_sent", number=1) if event["at"] < "2026-03-02T18:00:10"]
    assert [event["to"] for event in night] == ["dr-wang"]
    assert the(events, "escalation_resolved", number=1)["outcome"] == "sent_to_hospital"
    for who in ("nurse-li", "dr-wang", "prof-zhou"):
        assert len(named(events, "page_sent", number=2, to=who)) > 30
    assert [event["participant"] for event in named(events, "escalation_opened")] == [
        *("PKU-001", "PKU-002", "PKU-002"),
        *("PKU-001", "PKU-002"),
    ]
    assert [event["number"] for event in named(events, "escalation_worsened")] == [2, 2]
    assert the(events, "escalation_opened", number=3)["reasons"] == ["NO_ANSWER_AFTER_ALARM"]
    assert the(events, "escalation_returned")["number"] == 4
    told = [event["body"] for event in named(events, "text_sent", to="nurse-li", purpose="page")]
    assert [body.split()[0] for body in told if "编号4" in body] == ["又有新情况", "未完"]
    assert the(events, "page_sent", number=4, channel="voice")["at"] > the(events, "escalation_returned")["at"]
