"""Whether the running demo does its main job: it answers, and a fever text through its webhook pages the person on call."""

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from threading import Event

from flask import Flask
from sqlalchemy import select

from followup_service import clock
from followup_service.config import Config
from followup_service.demo.seed_study import PARTICIPANTS
from followup_service.errors import FollowupError
from followup_service.escalations.escalation import Escalation, EscalationState, Outcome
from followup_service.escalations.settle_escalation import resolve_escalation
from followup_service.extensions import db
from followup_service.messaging.gateways.simulated_phone import webhook_call
from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import Participant
from followup_service.staff.running_study import running_study

SECONDS_TO_START = 30.0
SECONDS_TO_PAGE = 20.0
SECONDS_TO_ANSWER = 5.0
SECONDS_BETWEEN_LOOKS = 0.02
FEVER = "39.2 and shivering since an hour"


class DemoFailed(FollowupError):
    """The running demo does not do what it should."""


def wait_until_it_answers(address: str, ended: Callable[[], str | None]) -> None:
    """Raises DemoFailed where it does not, or where a process ended."""
    if not _wait(lambda: _answers(f"{address}/simulator") or ended() is not None, SECONDS_TO_START):
        raise DemoFailed(f"The web server does not answer at {address} after {SECONDS_TO_START:.0f} s")
    problem = ended()
    if problem is not None:
        raise DemoFailed(problem)


def text_running_server(address: str, config: Config, from_phone: str, body: str) -> None:
    """Text as a phone, over HTTP."""
    call = webhook_call(config, from_phone, body)
    request = urllib.request.Request(address + call.path, urllib.parse.urlencode(call.form).encode(), call.headers)  # noqa: S310 - our own address
    with urllib.request.urlopen(request, timeout=SECONDS_TO_ANSWER):  # noqa: S310 - our own address
        pass


def seconds_from_fever_to_page(app: Flask, address: str) -> float:
    """Text a fever as the demo's last participant and wait for the page. Raises DemoFailed where none comes.

    The episode is resolved before and after, so that a person's own alarms stay as they are and the check can be repeated.
    """
    code, _site, _arm, _language, phone, _treatments = PARTICIPANTS[-1]
    _resolve(app, code)
    began = clock.monotonic()
    text_running_server(address, app.extensions["config"], phone, FEVER)
    paged = _wait(lambda: _page_arrived(app, code), SECONDS_TO_PAGE)
    seconds = clock.monotonic() - began
    _resolve(app, code)
    if not paged:
        raise DemoFailed(f"The fever text of {code} paged nobody within {SECONDS_TO_PAGE:.0f} s")
    return seconds


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=SECONDS_TO_ANSWER) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _page_arrived(app: Flask, code: str) -> bool:
    with app.app_context():
        db.session.connection(execution_options={"read_only": True})
        page = (
            select(OutboundMessage.id)
            .join(Escalation, Escalation.id == OutboundMessage.escalation_id)
            .join(Participant, Participant.id == Escalation.participant_id)
            .where(Participant.code == code, Escalation.state == EscalationState.OPEN)
            .where(OutboundMessage.purpose == Purpose.PAGE, OutboundMessage.state == OutboundState.DELIVERED)
        )
        return db.session.scalar(page.limit(1)) is not None


def _resolve(app: Flask, code: str) -> None:
    with app.app_context():
        unresolved = select(Escalation.id).join(Participant, Participant.id == Escalation.participant_id)
        unresolved = unresolved.where(Participant.code == code, Escalation.state != EscalationState.RESOLVED)
        of_study = {"study": running_study(db.session).protocol}
        for escalation_id in db.session.scalars(unresolved):
            resolve_escalation(db.session, escalation_id, "demo", Outcome.ADMINISTRATIVE, "A check of the demo.", clock.now(), **of_study)
        db.session.commit()


def _wait(true: Callable[[], bool], seconds: float) -> bool:
    until, pause = clock.monotonic() + seconds, Event()
    while clock.monotonic() < until:
        if true():
            return True
        pause.wait(SECONDS_BETWEEN_LOOKS)
    return true()
