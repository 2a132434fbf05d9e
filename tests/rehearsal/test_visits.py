"""A rehearsal tells what becomes of visits: planned, reminded, confirmed, moved, missed."""

from tests.rehearsal.conftest import Play

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
