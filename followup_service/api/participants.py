"""Participants over REST: enrol, read, change phone or language, and the acts that stop or resume what they are sent."""

from typing import Any

from flask import Response, jsonify
from sqlalchemy import select

from followup_service import clock
from followup_service.api.blueprint import ETAG_HEADER, IDEMPOTENCY_KEY, IF_MATCH, blueprint
from followup_service.api.caller import caller
from followup_service.api.etags import check_if_match, tagged
from followup_service.api.idempotency import once
from followup_service.api.pages import address_of_next, page_of, rows_of_page
from followup_service.api.participant_schemas import (
    ArmSchema,
    ConsentSchema,
    ContactSchema,
    EnrolmentSchema,
    ParticipantListArguments,
    ParticipantSchema,
    ReasonSchema,
)
from followup_service.api.scope import country_of, locked_participant, named_site, participant_of, seen, sites_seen
from followup_service.checkins.stop_followup import resume_followup, stop_followup, stop_unasked
from followup_service.extensions import db
from followup_service.messaging.approvals import check_participants_language
from followup_service.participants.change_participant import change_arm, change_contact, opt_in, set_contact_hours
from followup_service.participants.enrol_participant import Enrolment, enrol_participant, record_consent
from followup_service.participants.participant import OptOutSource, Participant, ParticipantState

participants = blueprint("participants", "The people in the trial, by their codes. Phone numbers and names go in and never come out.")


@participants.get("/participants")
@participants.arguments(ParticipantListArguments, location="query")
@participants.response(200, page_of(ParticipantSchema))
def list_participants(arguments: dict[str, Any]) -> dict[str, Any]:
    """List participants, by code."""
    query = seen(select(Participant), Participant)
    if "site" in arguments:
        query = query.where(Participant.site_id == named_site(arguments["site"]).id)
    if "state" in arguments:
        query = query.where(Participant.state == arguments["state"])
    found = [row[0] for row in rows_of_page(query, (Participant.code,), arguments, newest_first=False)]
    page = found[: arguments["limit"]]
    codes = {site.id: site.code for site in sites_seen().values()}
    return {
        "items": [_shown(row, codes[row.site_id]) for row in page],
        "next": address_of_next(found, arguments, [page[-1].code] if page else []),
    }


@participants.post("/participants")
@participants.headers(IDEMPOTENCY_KEY)
@participants.arguments(EnrolmentSchema)
@once
@participants.response(201, ParticipantSchema, headers=ETAG_HEADER)
def enrol(form: dict[str, Any]) -> Response:
    """Enrol a participant. Without consent they are invited, and nothing is sent until it is recorded."""
    site = named_site(form["site"])
    enrolment = Enrolment(
        code=form["code"],
        arm=form["arm"],
        language=check_participants_language(form["language"], form["code"], caller().study),
        phone=form["phone"],
        timezone=form["timezone"] or site.timezone,
        country=site.country,
        consented_on=form["consent"]["on"] if form["consent"] else None,
        consent_version=form["consent"]["version"] if form["consent"] else None,
        enrolled_on=form["enrolled_on"],
        name=form["name"],
        tag=form["tag"],
    )
    now = clock.now()
    row = enrol_participant(db.session, caller().study_id, site.id, enrolment, now, caller().actor, study=caller().study)
    return _answer(row, 201)


@participants.get("/participants/<code:code>")
@participants.response(200, ParticipantSchema, headers=ETAG_HEADER)
def get_participant(code: str) -> Response:
    """Read a participant."""
    return _answer(participant_of(code))


@participants.patch("/participants/<code:code>")
@participants.headers(IF_MATCH, IDEMPOTENCY_KEY)
@participants.arguments(ContactSchema)
@once
@participants.response(200, ParticipantSchema, headers=ETAG_HEADER)
def change_participant(form: dict[str, Any], code: str) -> Response:
    """Change the phone, language, time zone, contact hours or tag."""
    row = locked_participant(code)
    check_if_match(row)
    if form.get("language", row.language) != row.language:
        check_participants_language(form["language"], code, caller().study)
    now, country = clock.now(), country_of(row.site_id)
    if "contact_hours" in form:
        hours = form.pop("contact_hours") or {"opens": None, "closes": None}
        set_contact_hours(db.session, row, hours["opens"], hours["closes"], now, caller().actor, study=caller().study)
    if "tag" in form:
        form["tag"] = form["tag"] or ""
    change_contact(db.session, row, now, caller().actor, study=caller().study, country=country, **form)
    return _answer(row)


@participants.post("/participants/<code:code>/arm")
@participants.headers(IDEMPOTENCY_KEY)
@participants.arguments(ArmSchema)
@once
@participants.response(200, ParticipantSchema, headers=ETAG_HEADER)
def move_to_arm(form: dict[str, Any], code: str) -> Response:
    """Move a participant to another arm: the plan counts from its anchors. What was announced is told anew where it moves."""
    row = locked_participant(code)
    change_arm(db.session, row, form["arm"], clock.now(), caller().actor, form["reason"], study=caller().study)
    return _answer(row)


@participants.post("/participants/<code:code>/consent")
@participants.headers(IDEMPOTENCY_KEY)
@participants.arguments(ConsentSchema)
@once
@participants.response(200, ParticipantSchema, headers=ETAG_HEADER)
def consent(form: dict[str, Any], code: str) -> Response:
    """Record that somebody who was invited has consented: from now on they are asked and reminded."""
    row = locked_participant(code)
    record_consent(db.session, row, form["on"], form["version"], clock.now(), caller().actor, study=caller().study)
    return _answer(row)


@participants.post("/participants/<code:code>/complete")
@participants.headers(IDEMPOTENCY_KEY)
@participants.arguments(ReasonSchema)
@once
@participants.response(200, ParticipantSchema, headers=ETAG_HEADER)
def complete(form: dict[str, Any], code: str) -> Response:
    """The follow-up is complete: one closing text, then none unasked."""
    return _stop(code, ParticipantState.COMPLETED, form)


@participants.post("/participants/<code:code>/lose")
@participants.headers(IDEMPOTENCY_KEY)
@participants.arguments(ReasonSchema)
@once
@participants.response(200, ParticipantSchema, headers=ETAG_HEADER)
def lose(form: dict[str, Any], code: str) -> Response:
    """Lost to follow-up: nothing unasked is sent. Who is found again is resumed."""
    return _stop(code, ParticipantState.LOST, form)


@participants.post("/participants/<code:code>/withdraw")
@participants.headers(IDEMPOTENCY_KEY)
@participants.arguments(ReasonSchema)
@once
@participants.response(200, ParticipantSchema, headers=ETAG_HEADER)
def withdraw(form: dict[str, Any], code: str) -> Response:
    """Take a participant out of the trial: one closing text, then none unasked."""
    return _stop(code, ParticipantState.WITHDRAWN, form)


@participants.post("/participants/<code:code>/decease")
@participants.headers(IDEMPOTENCY_KEY)
@participants.arguments(ReasonSchema)
@once
@participants.response(200, ParticipantSchema, headers=ETAG_HEADER)
def decease(form: dict[str, Any], code: str) -> Response:
    """Record a death: everything stops at once, and nothing more is sent."""
    return _stop(code, ParticipantState.DECEASED, form)


@participants.post("/participants/<code:code>/pause")
@participants.headers(IDEMPOTENCY_KEY)
@participants.arguments(ReasonSchema)
@once
@participants.response(200, ParticipantSchema, headers=ETAG_HEADER)
def pause(form: dict[str, Any], code: str) -> Response:
    """Pause check-ins, during a stay in hospital for example."""
    return _stop(code, ParticipantState.PAUSED, form)


@participants.post("/participants/<code:code>/resume")
@participants.headers(IDEMPOTENCY_KEY)
@participants.arguments(ReasonSchema)
@once
@participants.response(200, ParticipantSchema, headers=ETAG_HEADER)
def resume(form: dict[str, Any], code: str) -> Response:
    """Go on after a pause."""
    row = locked_participant(code)
    resume_followup(db.session, row, clock.now(), caller().actor, form["reason"], study=caller().study)
    return _answer(row)


@participants.post("/participants/<code:code>/opt-out")
@participants.headers(IDEMPOTENCY_KEY)
@participants.arguments(ReasonSchema)
@once
@participants.response(200, ParticipantSchema, headers=ETAG_HEADER)
def opt_out_for(form: dict[str, Any], code: str) -> Response:
    """Stop unasked texts, because the participant asked for it by other ways than STOP. They stay in the trial."""
    row = locked_participant(code)
    stop_unasked(db.session, row, OptOutSource.STAFF, clock.now(), caller().actor, form["reason"])
    return _answer(row)


@participants.post("/participants/<code:code>/opt-in")
@participants.headers(IDEMPOTENCY_KEY)
@participants.arguments(ReasonSchema)
@once
@participants.response(200, ParticipantSchema, headers=ETAG_HEADER)
def opt_in_again(form: dict[str, Any], code: str) -> Response:
    """Start texts again after STOP, because the participant asked for it."""
    row = locked_participant(code)
    opt_in(db.session, row, clock.now(), caller().actor, form["reason"], study=caller().study)
    return _answer(row)


def _stop(code: str, state: ParticipantState, form: dict[str, Any]) -> Response:
    row = locked_participant(code)
    stop_followup(db.session, row, state, clock.now(), caller().actor, form["reason"], study=caller().study)
    return _answer(row)


def _answer(row: Participant, status: int = 200) -> Response:
    codes = {site.id: site.code for site in sites_seen().values()}
    response = jsonify(ParticipantSchema().dump(_shown(row, codes[row.site_id])))
    response.status_code = status
    return tagged(response, row)


def _shown(row: Participant, site: str) -> dict[str, Any]:
    return {name: getattr(row, name, None) for name in ParticipantSchema().fields} | {
        "site": site,
        "phone_on_file": row.phone_encrypted is not None,
        "name_on_file": row.name_encrypted is not None,
        "consent": {"on": row.consented_on, "version": row.consent_version} if row.consented_on else None,
        "contact_hours": {"opens": row.contact_opens, "closes": row.contact_closes} if row.contact_opens else None,
    }
