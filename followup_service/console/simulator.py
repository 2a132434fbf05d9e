"""`/simulator`: type as any phone of the study and see both sides. It is there only where texts reach no real phone."""

from ipaddress import ip_address
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, abort, current_app, flash, redirect, render_template, request, url_for

from followup_service import clock
from followup_service.config import Config, SmsGateway
from followup_service.console.csrf import csrf
from followup_service.console.first_tour import first_tour
from followup_service.console.page_language import chosen_language
from followup_service.console.page_language import gettext as _
from followup_service.console.signed_in import only_read
from followup_service.console.simulated_phones import STRANGER, Phone, all_phones, how_last_text_was_read, open_episodes, thread
from followup_service.console.words import LEVELS
from followup_service.extensions import db
from followup_service.messaging.gateways.simulated_phone import press_key, text_from
from followup_service.messaging.ringing_call import ringing_call
from followup_service.staff.running_study import running_study

simulator = Blueprint("simulator", __name__, template_folder="templates", static_folder="static", static_url_path="/simulator/static")
LONGEST_TEXT = 1600
KEYS = ("1", "2")
# A cookie of the browser: whoever has seen the tour puts it away.
TOUR, OFF = "simulator_tour", "off"


def register(app: Flask) -> None:
    if is_offered(app.extensions["config"]):
        app.register_blueprint(simulator)


def is_offered(config: Config) -> bool:
    """With the simulator as the gateway, in the demo or on a machine that only talks to itself: the page asks nobody who they are."""
    if config.sms_gateway is not SmsGateway.SIMULATOR:
        return False
    return config.demo or _is_this_machine(urlsplit(config.public_base_url).hostname or "")


@simulator.url_defaults
def _keep_the_language(endpoint: str, values: dict[str, Any]) -> None:
    """Who chose a language keeps it from page to page."""
    if endpoint != "simulator.static" and (language := chosen_language()):
        values.setdefault("lang", language)


@simulator.get("/simulator")
def show() -> str:
    only_read()
    study = running_study(db.session)
    phones = all_phones(db.session, study.id, clock.now())
    phone = _chosen(phones, request.args.get("phone", ""))
    return render_template(
        "simulator.html",
        study=study.protocol,
        groups=groupby(phones, key=lambda one: one.group),
        phone=phone,
        thread=thread(db.session, phone),
        in_a_call=phone.owner_id is not None and ringing_call(db.session, phone.owner_id) is not None,
        read=how_last_text_was_read(db.session, phone),
        episodes=open_episodes(db.session, study.id),
        levels=LEVELS,
        longest_text=LONGEST_TEXT,
        typed=request.args.get("text", "")[:LONGEST_TEXT],
        tour=first_tour(db.session, phones) if request.cookies.get(TOUR) != OFF else [],
        tour_is_off=request.cookies.get(TOUR) == OFF,
        keys=KEYS,
    )


@simulator.post("/simulator")
def send() -> Response:
    """Text as the chosen phone, through the signed webhook like every other text."""
    csrf.protect()
    only_read()
    phones = all_phones(db.session, running_study(db.session).id, clock.now())
    phone = _chosen(phones, request.form.get("phone", ""))
    body = request.form.get("text", "")
    if not body.strip() or len(body) > LONGEST_TEXT:
        abort(422, _("Write a text of 1 to %(most)s characters.", most=LONGEST_TEXT))
    db.session.rollback()
    text_from(current_app._get_current_object(), phone.number, body)  # type: ignore[attr-defined]  # noqa: SLF001 - a client needs the app itself
    answer = redirect(url_for("simulator.show", phone=phone.key), code=303)
    assert isinstance(answer, Response)  # noqa: S101 - werkzeug names a wider type
    return answer


@simulator.post("/simulator/tour")
def show_tour() -> Response:
    """Put the first tour away in this browser, or have it back."""
    csrf.protect()
    answer = redirect(url_for("simulator.show", phone=request.form.get("phone") or None), code=303)
    assert isinstance(answer, Response)  # noqa: S101 - as above
    if request.form.get("tour") == OFF:
        answer.set_cookie(TOUR, OFF, path="/simulator", httponly=True, samesite="Lax")
    else:
        answer.delete_cookie(TOUR, path="/simulator")
    return answer


@simulator.post("/simulator/key")
def press() -> Response:
    """Press a key in the call that the chosen phone is in, through the signed webhook; what is heard then is shown once."""
    csrf.protect()
    only_read()
    phone = _chosen(all_phones(db.session, running_study(db.session).id, clock.now()), request.form.get("phone", ""))
    call = ringing_call(db.session, phone.owner_id) if phone.owner_id else None
    key = request.form.get("key", "")
    if call is None or call.provider_sid is None or key not in KEYS:
        abort(404)
    attempt_id, call_sid = call.id, call.provider_sid
    db.session.rollback()
    flash(press_key(current_app._get_current_object(), attempt_id, call_sid, key))  # type: ignore[attr-defined]  # noqa: SLF001 - as above
    answer = redirect(url_for("simulator.show", phone=phone.key), code=303)
    assert isinstance(answer, Response)  # noqa: S101 - as above
    return answer


def _chosen(phones: list[Phone], key: str) -> Phone:
    """The phone with this key; without one the first. A key that nobody has is refused."""
    found = next((phone for phone in phones if phone.key == key), None)
    if found is None and key:
        abort(404)
    return found or next((phone for phone in phones if phone.key != STRANGER), phones[0])


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
