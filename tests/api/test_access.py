"""Who may call what: nobody without a live token, nobody beyond their site, and only a writing token changes anything."""

from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import Rule

from followup_service.staff.access_token import TokenScope, revoke_token
from followup_service.staff.site import StudyRecord, StudyState
from tests.api.conftest import ApiCaller, MakeCaller
from tests.hospital import Hospital

# Every door that opens without a token. The console's own doors stand in its tests.
PUBLIC = {
    "/sms/inbound",
    "/sms/status",
    "/voice/answer",
    "/voice/status",
    "/calendar/<secret>.ics",
    "/api/v1/health",
    "/",
    "/livez",
    "/readyz",
    "/api/v1/openapi.json",
    "/api/v1/docs",
    "/static/<path:filename>",
}
OF_THE_CONSOLE = ("/simulator", "/console")
SPAN = {"starts_at": "2026-01-06T08:00:00+08:00", "ends_at": "2026-01-07T08:00:00+08:00"}
VALUES = {
    "code": "PKU-001",
    "item": "quarterly",
    "occurrence": "month-3",
    "plan": "monthly",
    "number": 1,
    "treatment_id": UUID(int=1),
    "phone_id": UUID(int=1),
    "slot_id": UUID(int=1),
    "symptom": "PAIN",
    "text_id": UUID(int=1),
}

# What a route cannot do without.
QUERIES = {"why_no_text": "?on=2026-01-05"}


def guarded_rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.rule not in PUBLIC and not rule.rule.startswith(OF_THE_CONSOLE)]


def address(app: Flask, rule: Rule) -> str:
    with app.test_request_context():
        built = app.url_map.bind("").build(rule.endpoint, {name: VALUES[name] for name in rule.arguments})
    return str(built)


def test_every_route_but_the_public_ones_asks_for_a_token(app: Flask, hospital: Hospital) -> None:
    rules = guarded_rules(app)
    assert len(rules) > 20
    for rule in rules:
        for method in rule.methods or ():
            answer = hospital.client.open(address(app, rule), method=method)
            assert answer.status_code == 401, f"{method} {rule.rule} answered {answer.status_code} to a stranger"
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_every_change_is_forbidden_to_a_reading_token(app: Flask, reader: ApiCaller, hospital: Hospital) -> None:
    hospital.enrols()
    changes = [rule for rule in guarded_rules(app) if {"POST", "PATCH", "PUT", "DELETE"} & (rule.methods or set())]
    assert len(changes) > 10
    for rule in changes:
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD", "GET"}:
            answer = reader._call(method, address(app, rule), {}, {})
            assert answer.status_code == 403, f"{method} {rule.rule}"
            assert answer.json["title"] == "Forbidden"
    assert hospital.participant().version == 1


@pytest.mark.parametrize(
    "header", ["Bearer fus_wrong", "Bearer", "Basic dXNlcjpwYXNz", "fus_", "Bearer \u00e9", "", "Bearer fus_x fus_y", "Digest a=b"]
)
def test_a_wrong_token_is_refused(hospital: Hospital, header: str) -> None:
    answer = hospital.client.get("/api/v1/participants", headers={"Authorization": header})
    assert (answer.status_code, answer.content_type, answer.json["title"]) == (401, "application/problem+json", "Unauthorized")


def test_a_token_ends_on_its_day(make_caller: MakeCaller, hospital: Hospital) -> None:
    caller = make_caller(days=1)
    assert caller.get("/study").status_code == 200
    hospital.clock.move(days=1)
    assert caller.get("/study").status_code == 401


def test_a_revoked_token_ends_at_once(writer: ApiCaller, hospital: Hospital) -> None:
    assert writer.get("/study").status_code == 200
    with hospital.session() as session:
        revoke_token(session, hospital.study_id, "write-all-300-here", hospital.clock.now(), "tests")
        session.commit()
    assert writer.get("/study").status_code == 401


def test_an_unknown_address_tells_a_stranger_nothing(hospital: Hospital, reader: ApiCaller) -> None:
    assert hospital.client.get("/api/v1/nothing").status_code == 401
    assert reader.get("/nothing").status_code == 404


def test_another_sites_rows_answer_like_none(app: Flask, make_caller: MakeCaller, other_site: UUID, hospital: Hospital) -> None:
    phone = hospital.enrols()
    phone.texts("39.5")
    writer = make_caller(TokenScope.WRITE)
    read = writer.get("/escalations/1").headers["ETag"]
    writer.post("/escalations/1/resolve", {"by": "nurse-li", "outcome": "watching", "note": "watched"}, If_Match=read)
    assert writer.post("/escalations/1/adverse-events", {"by": "nurse-li"}).status_code == 201
    stranger = make_caller(TokenScope.WRITE, site_id=other_site)
    rules = [rule for rule in guarded_rules(app) if {"code", "number"} & rule.arguments]
    assert len(rules) > 15
    bodies = {
        "change_participant": {"language": "en"},
        "consent": {"on": "2026-01-05", "version": "1.0"},
        "end": {"on": "2026-01-05"},
        "treatments.move": {"on": "2026-01-06"},
        "add": {"phone": "+8613800138999", "kind": "caregiver"},
        "record": {"kind": "rfa", "on": "2026-01-05", "state": "done"},
        "book": {"at": "2026-04-01T10:00:00+08:00"},
        "attend": {"on": "2026-01-05"},
        "move_to_arm": {"arm": "rfa", "reason": "none"},
        "acknowledge": {"by": "nurse-li"},
        "call": {"by": "nurse-li", "reached": True},
        "snooze": {"by": "nurse-li", "until": "2026-01-05T10:00:00+08:00"},
        "hand_on": {"by": "nurse-li", "note": "on the ward"},
        "undo": {"by": "nurse-li"},
        "writing.write": {"by": "nurse-li", "message": "write_read"},
        "take_back": {"by": "nurse-li"},
        "mark": {"by": "nurse-li", "code": "PAIN", "until": "2026-01-08T10:00:00+08:00", "note": "known"},
        "expected symptoms.end": {"by": "nurse-li"},
        "shift": {"who": "nurse-li", "position": 1, "starts_at": "2026-01-05T10:00:00+08:00"},
        "swap": {"one": "nurse-li", "ones_turn": SPAN, "other": "dr-wang", "others_turn": SPAN},
        "rotate": {"members": ["nurse-li"], "position": 1, "turn_days": 7, "hands_over_at": "08:00", "starts_on": "2026-01-05"},
        "resolve": {"by": "nurse-li", "outcome": "watching", "note": "watched"},
        "adverse-events.draft": {"by": "nurse-li"},
        "adverse-events.complete": {"by": "nurse-li"},
        "adverse-events.sign": {"meaning": "review", "password": "anything"},
        "adverse-events.dismiss": {"because": "none"},
    }
    for rule in rules:
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
            body = None if method == "GET" else bodies.get(rule.endpoint, bodies.get(rule.endpoint.rpartition(".")[2], {"reason": "none"}))
            query = QUERIES.get(rule.endpoint.rpartition(".")[2], "")
            here = stranger._call(method, address(app, rule) + query, body, {})
            nowhere = stranger._call(method, address(app, rule).replace("PKU-001", "PKU-999").replace("/1", "/999") + query, body, {})
            # Whoever signs shows who they are before any number is looked at.
            refused = 403 if rule.endpoint.endswith("adverse-events.sign") else 404
            assert (here.status_code, here.json) == (refused, nowhere.json), f"{method} {rule.rule}"
    assert stranger.get("/participants").json["items"] == []
    assert stranger.get("/escalations").json["items"] == []
    assert stranger.get("/adverse-events").json["items"] == []
    assert [site["code"] for site in stranger.get("/study").json["sites"]] == ["SYD"]
    for path in ("/participants?site=PKU", "/escalations?site=PKU", "/adverse-events?site=PKU"):
        assert stranger.get(path).json["errors"] == {"site": ["write one of SYD"]}
    assert stranger.enrols().json["errors"] == {"site": ["write one of SYD"]}


def test_a_sites_token_sees_its_own_rows(make_caller: MakeCaller, hospital: Hospital) -> None:
    hospital.enrols()
    own = make_caller(TokenScope.READ, site_id=hospital.site_id)
    assert [item["code"] for item in own.get("/participants").json["items"]] == ["PKU-001"]


def test_another_studys_token_finds_nothing(make_caller: MakeCaller, hospital: Hospital) -> None:
    hospital.enrols()
    with hospital.session() as session:
        other = StudyRecord(
            code="NCT00000000",
            state=StudyState.OPEN,
            protocol_version="1.0",
            ends_on=hospital.clock.now().date(),
            created_at=hospital.clock.now(),
        )
        session.add(other)
        session.commit()
        study_id = other.id
    foreign = make_caller(TokenScope.WRITE, study_id=study_id)
    for path in ("/participants", "/participants/PKU-001", "/study", "/escalations"):
        assert foreign.get(path).status_code == 404
