"""A rehearsal tells what becomes of visits: planned, reminded, confirmed, moved, missed."""

import re

from tests.rehearsal.conftest import HEAD, Play, Rehearse

RFA = 'at: "2026-01-05T09:00+08:00", record: {participant: PKU-001, treatment: rfa, on: "2026-01-05"}'
BOOKED = 'at: "2026-01-20T12:00+08:00", record: {participant: PKU-001, visit: post_rfa_scan, booked_at: "2026-02-05T10:00+08:00"}'


def test_what_a_treatment_plans_is_told_by_day(play: Play) -> None:
    events = play(RFA, 'until: "2026-01-05T10:00+08:00"')
    planned = [(event["visit"], event["occurrence"], event["target_on"]) for event in events if event["event"] == "visit_planned"]
    assert planned == [
        ("pre_rfa_bloods", "rfa-1", "2026-01-02"),
        ("post_rfa_scan", "rfa-1", "2026-02-05"),
        ("quarterly", "month-3", "2026-04-05"),
        ("quarterly", "month-6", "2026-07-05"),
        ("quarterly", "month-9", "2026-10-05"),
    ]


def test_a_booked_visit_is_reminded_and_confirmed(play: Play) -> None:
    events = play(
        RFA,
        BOOKED,
        'at: "2026-01-29T09:10+08:00", participant: PKU-001, texts: "1"',
        'at: "2026-02-05T12:00+08:00", record: {participant: PKU-001, visit: post_rfa_scan, attended_on: "2026-02-05"}',
        'until: "2026-02-20T12:00+08:00"',
    )
    visits = [(event["event"], event["at"][:10], event.get("booked_at")) for event in events if event.get("visit") == "post_rfa_scan"]
    booked = "2026-02-05T02:00:00+00:00"
    assert visits[1:] == [
        ("visit_planned", "2026-01-20", booked),
        ("visit_reminded", "2026-01-22", booked),
        ("visit_reminded", "2026-01-29", booked),
        ("visit_confirmed", "2026-01-29", booked),
        ("visit_reminded", "2026-02-04", booked),
    ]


def test_who_asks_for_another_day_and_who_does_not_come_are_told(play: Play) -> None:
    events = play(
        RFA,
        BOOKED,
        'at: "2026-01-29T09:10+08:00", participant: PKU-001, texts: "2"',
        'until: "2026-02-07T12:00+08:00"',
    )
    told = [event["event"] for event in events if event.get("visit") == "post_rfa_scan"]
    assert "visit_move_asked" in told
    assert told[-2:] == ["visit_missed", "visit_reminded"]
    assert any("会打电话和您商量时间" in event["body"] for event in events if event["event"] == "text_sent")


def test_a_treatment_is_put_on_another_day(play: Play, rehearse: Rehearse) -> None:
    planned = 'at: "2026-01-05T09:00+08:00", record: {participant: PKU-001, treatment: rfa, on: "2026-02-02"}'
    moved = 'at: "2026-01-06T09:00+08:00", record: {participant: PKU-001, treatment: rfa, on: "2026-02-09", instead_of: "2026-02-02"}'
    events = play(planned, moved, 'until: "2026-01-07T09:00+08:00"')
    bloods = [event["target_on"] for event in events if event["event"] == "visit_planned" and event["visit"] == "pre_rfa_bloods"]
    assert bloods == ["2026-01-30", "2026-02-06"]
    refused = rehearse(f"{HEAD}  - {{{moved}}}\n")
    assert refused.stderr.startswith("line 12: PKU-001 has no rfa recorded for 2026-02-02")


def test_who_answers_as_usual_is_asked_to_the_end_and_who_falls_silent_is_asked_again(rehearse: Rehearse) -> None:
    answers = ', answers: {temperature: "36.6", worst_pain: "0", red_flags: "2", where_measured: "2"}}'
    script = HEAD.replace('phone: "+8613800138000"}', f'phone: "+8613800138000"{answers}')
    silent = 'at: "2026-01-07T09:00+08:00", change: {participant: PKU-001, answers: {}}'
    steps = "".join(f"  - {{{step}}}\n" for step in (RFA, silent, 'until: "2026-01-07T21:00+08:00"'))
    told = rehearse(script + steps).stdout
    assert re.search(r"10:07  PKU-001 → clinic +36\.6\n", told)
    assert told.count("check-in after_rfa completed") == told.count("check-in after_rfa closed (not_answered)") == 1
    assert "changed: usual answers none" in told
