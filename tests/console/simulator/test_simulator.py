"""The simulator page: typing there is like texting, what it shows is escaped, and it is nowhere near real phones."""

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from followup_service.config import Config, SmsGateway
from followup_service.console.security_headers import CONTENT_SECURITY_POLICY
from followup_service.console.simulator import is_offered
from followup_service.escalations.escalation_read import note_read
from tests.console.people import changes, hires
from tests.hospital import Hospital
from tests.records.conftest import Ward


def page(app: Flask, phone: str = "") -> str:
    response = app.test_client().get("/simulator", query_string={"phone": phone} if phone else None)
    assert response.status_code == 200
    return unescape(response.text)


def types(app: Flask, phone: str, body: str, token: str | None = None) -> Any:
    client = app.test_client()
    shown = client.get("/simulator", query_string={"phone": phone}).text
    found = re.search(r'name="csrf_token" value="([^"]+)"', shown)
    assert found is not None
    return client.post("/simulator", data={"csrf_token": token or found[1], "phone": phone, "text": body})


def test_a_typed_fever_pages_the_nurse_and_stands_in_the_list(hospital: Hospital) -> None:
    hospital.enrols(language="zh_Hans")
    answer = types(hospital.app, "PKU-001", "38度5，右肩疼")
    assert (answer.status_code, answer.location) == (303, "/simulator?phone=PKU-001")
    hospital.run_due()
    assert "EMERGENCY PKU-001" in page(hospital.app, "PKU/nurse-li")
    shown = page(hospital.app, "PKU-001")
    assert "EMERGENCY" in shown
    assert "SHOULDER_PAIN" in shown
    assert "38.50 °C" in shown
    assert re.search(r'lang="zh-Hans"><bdi>38度5，右肩疼</bdi>', shown)
    assert "alarm answer · zh-Hans" in shown


def test_staff_take_it_on_their_own_phone(hospital: Hospital) -> None:
    hospital.enrols()
    types(hospital.app, "PKU-001", "39.1 and shivering")
    hospital.run_due()
    assert "EMERGENCY PKU-001" in page(hospital.app, "PKU/nurse-li")
    types(hospital.app, "PKU/nurse-li", "1")
    assert hospital.the_escalation().acknowledged_by == "nurse-li"
    assert "acknowledged by nurse-li" in page(hospital.app)


def steps_done(client: FlaskClient, query: str = "") -> list[bool]:
    shown = client.get(f"/simulator{query}").text
    return [">✓" in step for step in re.findall(r"<li class=\"(?:done|next|)\"(.*?)</li>", shown, re.DOTALL)]


def test_the_first_tour_ticks_off_what_truly_happened(hospital: Hospital) -> None:
    chen = hospital.enrols(language="zh_Hans")
    garcia = hospital.enrols("PKU-002", "+8613800138002", language="es")
    client = hospital.app.test_client()
    first = unescape(client.get("/simulator?lang=zh_Hans").text)
    assert 'href="/simulator?phone=PKU-001&text=38%E5%BA%A69' in first
    assert steps_done(client, "?lang=zh_Hans") == [False] * 6
    chen.texts("38度9，打寒战")
    assert steps_done(client, "?lang=zh_Hans") == [True] + [False] * 5
    hospital.nurse.texts("1")
    assert steps_done(client, "?lang=zh_Hans") == [True] * 3 + [False] * 3
    hires(hospital)
    alarm, now = hospital.the_escalation().id, hospital.clock.now()
    changes(hospital, "li.na", lambda session, account: note_read(session, account.id, alarm, now))
    assert steps_done(client, "?lang=zh_Hans") == [True] * 4 + [False] * 2
    Ward(hospital).resolves()
    garcia.texts("38,9 y escalofríos")
    assert steps_done(client, "?lang=zh_Hans") == [True] * 6
    assert steps_done(client, "?lang=es") == [True] + [False] * 4 + [True]


def test_the_tour_is_put_away_and_fetched_back(hospital: Hospital) -> None:
    hospital.enrols()
    client = hospital.app.test_client()
    for tour, steps in (("off", 0), ("on", 6)):
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/simulator").text)
        assert token is not None
        assert client.post("/simulator/tour", data={"csrf_token": token[1], "tour": tour}).status_code == 303
        assert len(steps_done(client)) == steps
    assert client.post("/simulator/tour", data={"tour": "off"}).status_code == 400


def test_what_a_link_of_the_tour_suggests_stands_in_the_field_and_is_never_markup(hospital: Hospital) -> None:
    hospital.enrols()
    shown = hospital.app.test_client().get("/simulator?phone=PKU-001&text=38.9 and</textarea><script>").text
    assert "autofocus>38.9 and&lt;/textarea&gt;&lt;script&gt;</textarea>" in shown


def test_a_call_is_answered_by_a_key_and_its_answer_is_heard(hospital: Hospital) -> None:
    hospital.enrols().texts("39.4")
    hospital.move(minutes=5)
    client = hospital.app.test_client()
    page = client.get("/simulator?phone=PKU/nurse-li").text
    assert "To take it, press 1." in page
    assert "Press 2" in page
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    data = {"csrf_token": token[1], "phone": "PKU/nurse-li", "key": "1"}
    assert client.post("/simulator/key", data=data | {"key": "9"}).status_code == 404
    assert client.post("/simulator/key", data=data).status_code == 303
    assert "is yours. Please call now" in client.get("/simulator?phone=PKU/nurse-li").text
    assert hospital.the_escalation().acknowledged_by == "nurse-li"
    assert client.post("/simulator/key", data=data).status_code == 404


def test_a_text_that_waits_is_shown_as_waiting(hospital: Hospital) -> None:
    hospital.enrols()
    types(hospital.app, "PKU-001", "39.1")
    assert "waiting" in page(hospital.app, "PKU-001")


def test_the_phone_that_nobody_knows(hospital: Hospital) -> None:
    types(hospital.app, "unknown", "我爸发烧了")
    shown = page(hospital.app, "unknown")
    assert "UNKNOWN_SENDER" in shown
    assert "我爸发烧了" in shown


def test_what_a_phone_wrote_is_never_markup(hospital: Hospital) -> None:
    hospital.enrols()
    types(hospital.app, "PKU-001", "<script>alert(1)</script>")
    shown = hospital.app.test_client().get("/simulator?phone=PKU-001").text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown


@pytest.mark.parametrize(
    ("phone", "body", "token", "status"),
    [("PKU-001", "39", "forged", 400), ("PKU-001", "  ", None, 422), ("PKU-001", "a" * 1601, None, 422)],
)
def test_what_is_not_sent(hospital: Hospital, phone: str, body: str, token: str | None, status: int) -> None:
    hospital.enrols()
    assert types(hospital.app, phone, body, token).status_code == status
    assert "Nothing yet" in page(hospital.app, "PKU-001")


def test_a_phone_that_is_not_there(hospital: Hospital) -> None:
    assert hospital.app.test_client().get("/simulator?phone=PKU-999").status_code == 404


def test_the_browser_is_told_to_run_nothing_else(hospital: Hospital) -> None:
    client = hospital.app.test_client()
    for path in ("/simulator", "/simulator/static/simulator.js", "/no/such/page"):
        response = client.get(path)
        assert response.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        response.close()
    shown = client.get("/simulator").text
    assert not re.search(r"<script(?![^>]*src=)|\son[a-z]+=|\sstyle=|https?://", shown)


@pytest.mark.parametrize(
    ("change", "offered"),
    [
        ({}, True),
        ({"public_base_url": "http://localhost:8000"}, True),
        ({"public_base_url": "https://followup.example.org"}, False),
        ({"public_base_url": "https://followup.example.org", "demo": True}, True),
        ({"sms_gateway": SmsGateway.TWILIO}, False),
        ({"sms_gateway": SmsGateway.TWILIO, "demo": True}, False),
    ],
)
def test_it_is_only_there_where_texts_reach_no_real_phone(sqlite_app: Flask, change: dict[str, Any], offered: bool) -> None:
    config: Config = sqlite_app.extensions["config"]
    assert is_offered(replace(config, **({"public_base_url": "http://127.0.0.1:8000"} | change))) is offered


def test_it_is_not_found_on_a_public_address(sqlite_app: Flask) -> None:
    assert sqlite_app.test_client().get("/simulator").status_code == 404
