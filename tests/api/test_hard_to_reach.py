"""Silent, unreachable, refused: each person in one list, off it when they write again, with what was tried and who is on it."""

from datetime import UTC, date, datetime
from uuid import UUID

from followup_service.staff.access_token import TokenScope
from tests.api.conftest import ApiCaller, MakeCaller
from tests.hospital import Hospital, Phone

TUESDAY_AT_TEN = datetime(2026, 1, 6, 2, tzinfo=UTC)
TUESDAY_AT_EIGHT_IN_THE_EVENING = datetime(2026, 1, 6, 12, tzinfo=UTC)


def ablated(hospital: Hospital, code: str, number: str) -> Phone:
    phone = hospital.enrols(code, number, arm="rfa")
    hospital.treats(code, "rfa", date(2026, 1, 5))
    return phone


def listed(reader: ApiCaller, query: str = "") -> list[tuple[str, str]]:
    return [(row["participant"], row["listed"]) for row in reader.get(f"/hard-to-reach{query}").json["items"]]


def test_each_is_in_the_list_that_explains_it_until_they_write(hospital: Hospital, make_caller: MakeCaller, other_site: UUID) -> None:
    silent = ablated(hospital, "PKU-001", "+8613800138001")
    unreachable = ablated(hospital, "PKU-002", "+8613800138002")
    somebody_elses, refuses = ablated(hospital, "PKU-003", "+8613800138003"), ablated(hospital, "PKU-004", "+8613800138004")
    answers = ablated(hospital, "PKU-005", "+8613800138005")
    hospital.app.extensions["sms_gateway"].fails_next[unreachable.number] = "30005"
    refuses.texts("STOP")
    hospital.clock.move(to=TUESDAY_AT_TEN)
    hospital.run_due()
    somebody_elses.texts("wrong number")
    answers.replies("36.8", "0", "2")
    hospital.clock.move(to=TUESDAY_AT_EIGHT_IN_THE_EVENING)
    hospital.run_due()
    reader = make_caller(TokenScope.READ)
    everybody = [("PKU-004", "refused"), ("PKU-001", "silent"), ("PKU-002", "unreachable"), ("PKU-003", "unreachable")]
    assert listed(reader) == everybody
    assert listed(reader, "?listed=silent&site=PKU") == [("PKU-001", "silent")]
    assert listed(make_caller(TokenScope.READ, site_id=other_site)) == []
    for phone in (silent, unreachable, refuses, somebody_elses):
        phone.texts("36.7")
    assert listed(reader) == [("PKU-004", "refused"), ("PKU-003", "unreachable")]
    refuses.texts("START")
    assert listed(reader) == [("PKU-003", "unreachable")]


def test_what_was_tried_and_who_is_on_it(hospital: Hospital, make_caller: MakeCaller) -> None:
    ablated(hospital, "PKU-001", "+8613800138001")
    hospital.clock.move(to=TUESDAY_AT_TEN)
    hospital.run_due()
    hospital.clock.move(to=TUESDAY_AT_EIGHT_IN_THE_EVENING)
    hospital.run_due()
    writer = make_caller(TokenScope.WRITE)
    (row,) = writer.get("/hard-to-reach").json["items"]
    assert (row["since"][:16], row["last_in_at"], row["last_out_at"][:16]) == ("2026-01-06T02:00", None, "2026-01-06T02:00")
    assert (row["texts"], row["failed"], row["calls"], row["escalation"], row["state"], row["owner"]) == (1, 0, 0, 1, "open", None)
    taken = {"by": "nurse-li"}
    writer.post("/escalations/1/acknowledge", taken, If_Match=writer.get("/escalations/1").headers["ETag"])
    called = {"by": "nurse-li", "reached": False}
    assert writer.post("/escalations/1/call", called, If_Match=writer.get("/escalations/1").headers["ETag"]).status_code == 200
    (row,) = writer.get("/hard-to-reach").json["items"]
    assert (row["state"], row["owner"], row["calls"]) == ("acknowledged", "nurse-li", 1)
    printed = hospital.runs("participants", "hard-to-reach").output
    assert "SILENT: 1" in printed
    assert "nurse-li" in printed
    assert "UNREACHABLE: nobody" in printed
    ended = {"by": "nurse-li", "outcome": "not_reached", "note": "phone rings, nobody answers"}
    writer.post("/escalations/1/resolve", ended, If_Match=writer.get("/escalations/1").headers["ETag"])
    assert "ended: not_reached" in hospital.runs("participants", "hard-to-reach").output
