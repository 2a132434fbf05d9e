"""Adverse events over REST: a draft by anybody of the team, an event by an investigator's own token alone."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from followup_service.staff.access_token import TokenScope, make_token
from followup_service.staff.account import Role
from followup_service.staff.staff_member import StaffMember
from tests.api.conftest import ApiCaller
from tests.console.people import PASSWORD, hires
from tests.hospital import Hospital
from tests.records.conftest import make_investigator

COMPLETE: dict[str, Any] = {
    "by": "nurse-li",
    "grade": 2,
    "seriousness": ["hospitalisation"],
    "relations": {"rfa": "probable", "systemic": "unlikely"},
    "narrative": "Abscess in segment 7.",
}


def own_token(hospital: Hospital, handle: str, scope: TokenScope = TokenScope.WRITE) -> ApiCaller:
    """A caller with this person's own token."""
    with hospital.session() as session:
        person = session.scalars(select(StaffMember).where(StaffMember.handle == handle)).one()
        now = hospital.clock.now()
        secret = make_token(
            session,
            name=f"{handle}-{scope}",
            study_id=hospital.study_id,
            site_id=person.site_id,
            scope=scope,
            now=now,
            expires_at=now + timedelta(days=90),
            actor="tests",
            staff_id=person.id,
        )
        session.commit()
    return ApiCaller(hospital, secret)


@pytest.fixture
def investigator(hospital: Hospital) -> ApiCaller:
    make_investigator(hospital, "dr-wang")
    hires(hospital, "wang.fang", Role.INVESTIGATOR, staff="dr-wang")
    return own_token(hospital, "dr-wang")


@pytest.fixture
def draft(writer: ApiCaller, hospital: Hospital) -> dict[str, Any]:
    """The draft of a resolved fever."""
    hospital.enrols().texts("39.5 and shivering")
    resolution = {"by": "nurse-li", "outcome": "sent_to_hospital", "note": "on the way"}
    writer.post("/escalations/1/resolve", resolution, If_Match=writer.get("/escalations/1").headers["ETag"])
    made = writer.post("/escalations/1/adverse-events", {"by": "nurse-li"})
    assert made.status_code == 201
    return made.json


def act(caller: ApiCaller, what: str, body: dict[str, Any]) -> TestResponse:
    """Sign or dismiss event 1, or change it, as it is now."""
    etag = caller.get("/adverse-events/1").headers["ETag"]
    if what == "change":
        return caller.patch("/adverse-events/1", body, If_Match=etag)
    return caller.post(f"/adverse-events/1/{what}", body, If_Match=etag)


def test_a_draft_is_not_an_adverse_event(draft: dict[str, Any], reader: ApiCaller, hospital: Hospital) -> None:
    assert (draft["number"], draft["participant"], draft["escalation"], draft["site"]) == (1, "PKU-001", 1, "PKU")
    assert (draft["state"], draft["is_adverse_event"], draft["report_clock"]) == ("draft", False, "running")
    assert (draft["term"], draft["grade"], draft["suggested_by"]) == ("Fever", 2, "Fever by highest_celsius: 39.5 is above 39.0")
    assert (draft["seriousness"], draft["relations"], draft["signatures"]) == (None, {}, [])
    assert (draft["onset_on"], draft["study_day"], draft["days_since_rfa"]) == ("2026-01-05", 1, None)
    assert (draft["aware_at"][:19], draft["report_due_at"][:19]) == ("2026-01-05T01:00:00", "2026-01-06T01:00:00")
    assert reader.get("/adverse-events/1").json == draft


def test_an_investigator_completes_and_signs(draft: dict[str, Any], investigator: ApiCaller) -> None:
    assert act(investigator, "change", COMPLETE).status_code == 200
    signed = act(investigator, "sign", {"meaning": "responsibility", "password": PASSWORD})
    assert (signed.status_code, signed.json["state"], signed.json["is_adverse_event"]) == (200, "signed", True)
    (signature,) = signed.json["signatures"]
    assert (signature["signed_by"], signature["meaning"], signature["holds"]) == ("dr-wang", "responsibility", True)
    assert (signature["changed"], len(signature["hash"]), signed.json["report_clock"]) == ([], 64, "met")


def test_a_change_voids_the_signature_visibly(draft: dict[str, Any], investigator: ApiCaller, reader: ApiCaller) -> None:
    act(investigator, "change", COMPLETE)
    act(investigator, "sign", {"meaning": "approval", "password": PASSWORD})
    assert act(investigator, "change", {"by": "nurse-li", "grade": 3}).json["errors"] == {"because": ["write why it is changed"]}
    act(investigator, "change", {"by": "nurse-li", "grade": 3, "because": "longer than a day"})
    shown = reader.get("/adverse-events/1").json
    assert (shown["state"], shown["is_adverse_event"]) == ("draft", False)
    (signature,) = shown["signatures"]
    assert (signature["holds"], signature["changed"]) == (False, ["grade"])
    assert (signature["voided_by"], signature["voided_because"]) == ("nurse-li", "longer than a day")


def test_only_an_investigators_own_token_signs(draft: dict[str, Any], writer: ApiCaller, hospital: Hospital) -> None:
    act(writer, "change", COMPLETE)
    hires(hospital, "li.na", staff="nurse-li")
    for caller, why in ((writer, "this token is nobody's own"), (own_token(hospital, "nurse-li"), "nurse-li is no active investigator")):
        for what, body in (("sign", {"meaning": "review", "password": PASSWORD}), ("dismiss", {"because": "a cold room"})):
            answer = act(caller, what, body)
            assert (answer.status_code, answer.json["detail"][: len(why)]) == (403, why)
    assert writer.get("/adverse-events/1").json["signatures"] == []


def test_an_incomplete_one_is_not_signed_and_the_answer_says_what_is_open(draft: dict[str, Any], investigator: ApiCaller) -> None:
    answer = act(investigator, "sign", {"meaning": "review", "password": PASSWORD})
    assert answer.status_code == 422
    assert answer.json["errors"] == {
        "seriousness": ["write the criteria that are met, or an empty list where it is not serious"],
        "relations": ["write how it is related to rfa, systemic"],
    }


def test_a_dismissed_one_is_kept_with_the_reason(draft: dict[str, Any], investigator: ApiCaller) -> None:
    dismissed = act(investigator, "dismiss", {"because": "the thermometer lay in the sun"}).json
    assert (dismissed["state"], dismissed["dismissed_by"]) == ("dismissed", "dr-wang")
    assert (dismissed["dismissed_because"], dismissed["report_clock"]) == ("the thermometer lay in the sun", "not_needed")


def test_who_changes_must_have_read(draft: dict[str, Any], investigator: ApiCaller) -> None:
    assert investigator.patch("/adverse-events/1", COMPLETE).status_code == 428
    seen = investigator.get("/adverse-events/1").headers["ETag"]
    investigator.patch("/adverse-events/1", COMPLETE, If_Match=seen)
    assert investigator.post("/adverse-events/1/sign", {"meaning": "review", "password": PASSWORD}, If_Match=seen).status_code == 412


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"grade": 6}, "grade"),
        ({"seriousness": ["bad"]}, "seriousness.0"),
        ({"relations": {"rfa": "maybe"}}, "relations.rfa.value"),
        ({"relations": {"tea": "possible"}}, "relations"),
        ({"term": "A cold"}, "term"),
        ({"by": "nobody"}, "by"),
        ({"aware_at": "2026-01-05T10:00:00+08:00"}, "aware_at"),
    ],
)
def test_what_cannot_be_is_refused_with_the_field(draft: dict[str, Any], writer: ApiCaller, body: dict[str, Any], field: str) -> None:
    answer = act(writer, "change", {"by": "nurse-li"} | body)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_an_escalation_that_is_open_is_not_drafted(writer: ApiCaller, hospital: Hospital) -> None:
    hospital.enrols().texts("39.5")
    answer = writer.post("/escalations/1/adverse-events", {"by": "nurse-li"})
    assert (answer.status_code, answer.json["detail"]) == (409, "No. 1 is not resolved: end it with its outcome first")


def test_the_same_request_again_drafts_nothing_twice(draft: dict[str, Any], writer: ApiCaller) -> None:
    body = {"by": "nurse-li", "term": "Chills"}
    first = writer.post("/escalations/1/adverse-events", body, Idempotency_Key="one")
    again = writer.post("/escalations/1/adverse-events", body, Idempotency_Key="one")
    assert (first.json["number"], again.json["number"]) == (2, 2)
    assert writer.post("/escalations/1/adverse-events", body).status_code == 409


def test_the_list_is_by_state_and_site(draft: dict[str, Any], investigator: ApiCaller, writer: ApiCaller, other_site: UUID) -> None:
    writer.post("/escalations/1/adverse-events", {"by": "nurse-li", "term": "Chills"})
    act(investigator, "dismiss", {"because": "a cold room"})

    def listed(query: str) -> list[int]:
        return [item["number"] for item in writer.get(f"/adverse-events{query}").json["items"]]

    assert (listed(""), listed("?state=draft"), listed("?state=dismissed&site=PKU"), listed("?site=SYD")) == ([2, 1], [2], [1], [])
    assert writer.get("/adverse-events?limit=1").json["next"] is not None


def test_the_terms_are_those_of_the_dictionary(reader: ApiCaller) -> None:
    terms = reader.get("/adverse-event-terms").json
    fever = next(item for item in terms["items"] if item["name"] == "Febrile neutropenia")
    assert (terms["dictionary"], fever["lowest_grade"], fever["highest_grade"], fever["must_be_specified"]) == ("CTCAE 5.0", 3, 5, False)


def test_a_signature_needs_the_signers_own_password(draft: dict[str, Any], investigator: ApiCaller, hospital: Hospital) -> None:
    act(investigator, "change", COMPLETE)
    without = act(investigator, "sign", {"meaning": "review"})
    assert (without.status_code, list(without.json["errors"])) == (422, ["password"])
    wrong = act(investigator, "sign", {"meaning": "review", "password": "seven quiet herons at noon"})
    assert (wrong.status_code, wrong.json["errors"]) == (422, {"password": ["write the password of your own account"]})
    assert len(hospital.events("sign_in_failed")) == 1
    assert investigator.get("/adverse-events/1").json["state"] == "draft"
    signed = act(investigator, "sign", {"meaning": "review", "password": PASSWORD})
    assert signed.json["signatures"][0]["full_name"] == "Full Name of wang.fang"


def test_who_guesses_the_password_waits(draft: dict[str, Any], investigator: ApiCaller) -> None:
    act(investigator, "change", COMPLETE)
    answers = [act(investigator, "sign", {"meaning": "review", "password": "a guess of many"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert act(investigator, "sign", {"meaning": "review", "password": PASSWORD}).status_code == 429


def test_who_has_no_account_signs_nothing(draft: dict[str, Any], investigator: ApiCaller, hospital: Hospital) -> None:
    hospital.employs("dr-zhao", "+8613900000007", role="investigator")
    answer = act(own_token(hospital, "dr-zhao"), "sign", {"meaning": "review", "password": PASSWORD})
    assert answer.status_code == 403
    assert "dr-zhao has no account" in answer.json["detail"]


def test_a_token_of_somebody_who_is_blinded_opens_nothing(hospital: Hospital) -> None:
    hospital.enrols(arm="rfa")
    mine = own_token(hospital, "dr-wang", TokenScope.READ)
    assert mine.get("/participants/PKU-001").json["arm"] == "rfa"
    hires(hospital, "wang.fang", Role.MONITOR, staff="dr-wang", blinded=True)
    refused = mine.get("/participants/PKU-001")
    assert (refused.status_code, "rfa" in refused.text) == (403, False)
    assert "blinded" in refused.json["detail"]
