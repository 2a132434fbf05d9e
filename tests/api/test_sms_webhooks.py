"""The provider's two doors: what is signed is kept as it came and answered at once, what is not gets in nowhere."""

from typing import Any
from urllib.parse import parse_qs, urlencode

from sqlalchemy import func, select

from followup_service.extensions import db
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbound_message import DeliveryReceipt, OutboundMessage
from tests.hospital import FORM, Hospital
from tests.sending import Desk
from tests.twilio_signature import sign

NUMBER = "+8613800138000"

BODIES = {
    "zero byte": "38.9\0 and shaking",
    "right to left": "38.9 \u202e9.83",
    "zalgo": "3̵̡̛8̷͜.̶9̸ " + "a" + "\u0301" * 1600,
    "emoji only": "🤒🥶👨‍👩‍👧",
    "1600 Chinese": "烧" * 1600,
    "html": "<script>alert(1)</script><b>38.9</b>",
    "template": "{{7*7}} ${7*7} {% raw %}",
    "format": "%s%n %(name)s {0} 38.9",
    "quotes": "'; DROP TABLE inbound_messages; -- \"",
    "line breaks": "38.9\r\nshaking\n\tbad",
    "empty": "",
    "only spaces": "  \u00a0\u3000 ",
    "zero width": "3\u200b8\u200d.\ufeff9",
    "noncharacter": "\uffff\U0010ffff\ud7ff",
}


def test_whatever_is_written_is_kept_as_it_came_and_a_person_sees_it(hospital: Hospital) -> None:
    for number, (name, body) in enumerate(BODIES.items()):
        phone = hospital.enrols(f"PKU-{number}", f"+86138001380{number:02}")
        hospital.clock.move(seconds=1)
        assert hospital.post_inbound(phone.number, body).status_code == 200, name
        kept = the_last_text(hospital)
        assert parse_qs(kept["raw"], keep_blank_values=True)["Body"] == [body], name
        assert kept["body"] == body.replace("\0", "\ufffd"), name
        assert kept["handled"], name
        assert kept["failures"] == 0, name
        assert hospital.escalations()[-1].participant_id == hospital.participant(f"PKU-{number}").id, name


def test_bytes_that_are_no_text_break_nothing(hospital: Hospital) -> None:
    hospital.enrols(number=NUMBER)
    for written in (b"39.5+\xff\xfe", b"39.5+%FF", b"39.5+%ED%A0%80", b"%", b"%zz=1&&&=;"):
        raw = urlencode(form(hospital, Body="")).encode().replace(b"Body=", b"Body=" + written)
        response = post_bytes(hospital, raw, sign(address(hospital), form(hospital, Body="39.5").items(), token(hospital)))
        assert response.status_code == 403, written
    assert rows(hospital, InboundMessage) == 0


def test_the_answer_is_empty_and_holds_no_text_of_ours(hospital: Hospital) -> None:
    hospital.enrols(number=NUMBER)
    response = hospital.post_inbound(NUMBER, "38.9")
    assert response.mimetype == "text/xml"
    assert response.text.endswith("<Response/>")
    assert "Set-Cookie" not in response.headers


def test_text_and_number_are_not_readable_in_the_database(hospital: Hospital) -> None:
    hospital.enrols(number=NUMBER)
    hospital.post_inbound(NUMBER, "canary 38.9")
    with hospital.session() as session:
        row = session.execute(select(InboundMessage.__table__)).one()
    everything = b" ".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
    assert b"canary" not in everything
    assert b"13800138000" not in everything


def test_without_the_signature_nothing_is_kept(hospital: Hospital) -> None:
    forged: list[dict[str, str]] = [
        {},
        *({"X-Twilio-Signature": signature} for signature in ("", "nonsense", "RSOYDt4T1cUTdK1PDd93/VVr8B8=")),
    ]
    for path in ("/sms/inbound", "/sms/status"):
        for headers in forged:
            values = form(hospital, Body="39.5", MessageStatus="delivered")
            assert hospital.client.post(path, data=values, headers=headers).status_code == 403, (path, headers)
    assert rows(hospital, InboundMessage) == rows(hospital, DeliveryReceipt) == 0


def test_a_text_that_is_not_for_us_is_refused_even_when_signed(hospital: Hospital) -> None:
    for changed in ({"To": "+15005550099"}, {"To": ""}, {"AccountSid": "AC" + "9" * 32}, {"MessageSid": ""}, {"MessageSid": "\0"}):
        assert hospital.post_inbound(NUMBER, "39.5", **changed).status_code == 403, changed
    assert rows(hospital, InboundMessage) == 0


def test_a_callback_of_another_account_is_refused_even_when_signed(hospital: Hospital) -> None:
    values = {"AccountSid": "AC" + "9" * 32, "MessageSid": "SM1", "MessageStatus": "delivered"}
    assert hospital.post_signed("/sms/status", values).status_code == 403
    assert rows(hospital, DeliveryReceipt) == 0


def test_a_body_that_is_no_form_is_refused_however_it_is_signed(hospital: Hospital) -> None:
    values = form(hospital, Body="39.5")
    bodies: list[tuple[str, Any, dict[str, str]]] = [
        ("application/json", b'{"Body": "39.5"}', {}),
        ("text/plain", urlencode(values).encode(), values),
        ("multipart/form-data", values, values),
    ]
    for content_type, data, signed in bodies:
        headers = {"X-Twilio-Signature": sign(address(hospital), signed.items(), token(hospital))}
        response = hospital.client.post("/sms/inbound", data=data, content_type=content_type, headers=headers)
        assert response.status_code == 403, content_type
    assert rows(hospital, InboundMessage) == 0


def test_a_body_that_no_phone_can_send_is_refused_by_its_size(hospital: Hospital) -> None:
    for size in (70_000, 1_000_000):
        assert hospital.post_inbound(NUMBER, "x" * size).status_code == 413
        assert hospital.client.post("/sms/inbound", data={"Body": "x" * size}).status_code == 413
    assert rows(hospital, InboundMessage) == 0


def test_five_thousand_fields_break_nothing(hospital: Hospital) -> None:
    many = {f"f{number}": "1" for number in range(5000)}
    assert hospital.client.post("/sms/inbound", data=many).status_code == 403
    assert hospital.post_inbound(NUMBER, "39.5", **many).status_code == 200
    assert rows(hospital, InboundMessage) == 1


def test_a_strange_count_of_pictures_breaks_nothing(hospital: Hospital) -> None:
    hospital.enrols(number=NUMBER)
    for media in ("-1", "x", "", "99999999999999999999", "²", "1"):
        hospital.clock.move(seconds=1)
        assert hospital.post_inbound(NUMBER, "39.5", NumMedia=media).status_code == 200, media
        assert the_last_text(hospital)["failures"] == 0, media
    assert hospital.the_escalation().reasons == ["FEVER"]


def test_a_sender_that_is_no_phone_number_is_kept_and_brought_to_a_person(hospital: Hospital) -> None:
    senders = ("12345", "CLINIC", "", "+", "whatsapp:+8613800138000", "\0", "+" + "9" * 500)
    for sender in senders:
        hospital.clock.move(seconds=1)
        assert hospital.post_inbound(sender, "39.5").status_code == 200, sender
        assert the_last_text(hospital)["failures"] == 0, sender
    assert rows(hospital, InboundMessage) == len(senders)
    assert ["FEVER" in escalation.reasons for escalation in hospital.escalations()] == [True] * len(senders)


def test_our_own_number_writing_to_us_is_kept_and_never_answered(hospital: Hospital) -> None:
    own = hospital.app.extensions["config"].twilio_numbers[0]
    assert hospital.post_inbound(own, "39.5").status_code == 200
    hospital.move(hours=1)
    assert the_last_text(hospital)["handled"]
    assert hospital.escalations() == []
    assert rows(hospital, OutboundMessage) == 0


def test_only_a_post_is_taken_and_nothing_is_redirected(hospital: Hospital) -> None:
    for path in ("/sms/inbound", "/sms/status"):
        assert hospital.client.get(path).status_code == 405
        for near in (path, f"{path}/", path.upper(), f"{path}/.."):
            response = hospital.client.post(near, data=form(hospital), base_url="http://evil.example:81")
            assert response.status_code in (403, 404), near


def test_a_query_that_repeats_its_names_is_no_trouble(hospital: Hospital) -> None:
    values = form(hospital, Body="39.5")
    assert hospital.post_signed("/sms/inbound?Body=36.5&Body=36.6&Body=36.5", values).status_code == 200
    assert the_last_text(hospital)["body"] == "39.5"


def test_a_callback_about_nothing_we_sent_is_kept_and_changes_nothing(hospital: Hospital) -> None:
    nobodys = "?attempt=" + "0" * 32
    callbacks: list[tuple[str, dict[str, str]]] = [
        ("", {"MessageStatus": "delivered"}),
        ("?attempt=not-an-id", {"MessageStatus": "delivered"}),
        (nobodys, {"MessageStatus": "delivered"}),
        (nobodys, {"MessageStatus": "teleported", "ErrorCode": "9" * 500}),
        ("", {"MessageStatus": "", "ErrorCode": ""}),
        ("", {"MessageStatus": "\0", "ErrorCode": "\0", "MessageSid": "SM\0"}),
        ("", {"MessageStatus": "x" * 500, "MessageSid": "S" * 500}),
    ]
    account = hospital.app.extensions["config"].twilio_account_sid
    for query, changed in callbacks:
        values = {"AccountSid": account, "MessageSid": "SM1"} | changed
        assert hospital.post_signed(f"/sms/status{query}", values).status_code == 200, changed
    receipts = Desk(hospital).receipts()
    assert len(receipts) == len(callbacks)
    assert {(receipt.applied, receipt.attempt_id) for receipt in receipts} == {(False, None)}


def form(hospital: Hospital, **values: str) -> dict[str, str]:
    config = hospital.app.extensions["config"]
    return {"AccountSid": config.twilio_account_sid, "MessageSid": "SM1", "From": NUMBER, "To": config.twilio_numbers[0]} | values


def address(hospital: Hospital) -> str:
    return f"{hospital.app.extensions['config'].public_base_url}/sms/inbound"


def token(hospital: Hospital) -> str:
    return hospital.app.extensions["config"].twilio_auth_tokens[0]


def post_bytes(hospital: Hospital, raw: bytes, signature: str) -> Any:
    return hospital.client.post("/sms/inbound", data=raw, content_type=FORM, headers={"X-Twilio-Signature": signature})


def the_last_text(hospital: Hospital) -> dict[str, Any]:
    with hospital.session() as session:
        kept = session.scalars(select(InboundMessage).order_by(InboundMessage.received_at.desc())).first()
        return {"raw": kept.raw, "body": kept.body, "handled": kept.handled_at is not None, "failures": kept.failures}


def rows(hospital: Hospital, table: type[db.Model]) -> int:
    with hospital.session() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0
