"""Writing to a participant over the API: queued for ten seconds, taken back, and under the same rules as on the pages."""

from followup_service.messaging.purposes import Purpose
from tests.api.conftest import ApiCaller
from tests.hospital import Hospital

MESSAGES = "/participants/PKU-001/messages"


def test_an_approved_text_is_sent_once_however_often_it_is_asked_for(hospital: Hospital, writer: ApiCaller) -> None:
    phone = hospital.enrols()
    for _ in range(2):
        answer = writer.post(MESSAGES, {"by": "nurse-li", "message": "write_will_call"}, Idempotency_Key="one")
        assert answer.status_code == 201
    hospital.move(seconds=11)
    assert phone.received() == ["We will call you soon. Please keep your phone near you."]
    assert [event.actor for event in hospital.events("text_written")] == ["nurse-li"]


def test_it_can_be_taken_back_until_it_leaves(hospital: Hospital, writer: ApiCaller) -> None:
    phone = hospital.enrols()
    written = writer.post(MESSAGES, {"by": "nurse-li", "message": "typed", "typed": "We call at four."}).json
    taken = writer.post(f"{MESSAGES}/{written['id']}/take-back", {"by": "nurse-li"})
    assert (taken.status_code, taken.json["state"]) == (200, "not_sent")
    hospital.move(seconds=11)
    assert phone.received() == []
    assert writer.post(f"{MESSAGES}/{written['id']}/take-back", {"by": "nurse-li"}).status_code == 409


def test_what_may_not_be_written_is_refused_with_what_to_do(hospital: Hospital, writer: ApiCaller) -> None:
    phone = hospital.enrols()
    for form, field in (
        ({"message": "page"}, "message"),
        ({"message": "typed"}, "typed"),
        ({"message": "typed", "typed": "Your chemo is tomorrow"}, "although_telling"),
        ({"message": "write_read", "typed": "and more"}, "typed"),
    ):
        answer = writer.post(MESSAGES, {"by": "nurse-li"} | form)
        assert answer.status_code == 422
        assert field in answer.json["errors"], answer.json
    phone.texts("STOP")
    assert writer.post(MESSAGES, {"by": "nurse-li", "message": "write_read"}).status_code == 409
    assert hospital.outbox(Purpose.WRITTEN) == []
