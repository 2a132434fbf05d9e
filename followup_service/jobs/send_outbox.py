"""Sending: claim due texts, commit, hand each to the gateway with no transaction open, keep what it answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

import structlog
from flask import Flask
from sqlalchemy import Select, bindparam, select

from followup_service import clock
from followup_service.config import Config
from followup_service.escalations.tell_of_delivery import tell_of_delivery
from followup_service.extensions import db
from followup_service.failpoints import reached
from followup_service.jobs.find_due import NOW
from followup_service.logs import where_it_broke
from followup_service.messaging.claim_due import Claimed, Envelope, claim_due
from followup_service.messaging.delivery import Undelivered, bring_forward, record_result
from followup_service.messaging.error_classes import ErrorClass
from followup_service.messaging.gateways import gateway_names, gateway_of, page_gateways_of
from followup_service.messaging.gateways.gateway import SendResult
from followup_service.messaging.mass_sending import stop_mass_sending, too_many_at_once
from followup_service.messaging.outbound_message import AttemptState, OutboundMessage
from followup_service.messaging.outbox import due_now
from followup_service.messaging.purposes import Purpose
from followup_service.messaging.sender import Pace
from followup_service.messaging.sending_hold import held_purposes
from followup_service.messaging.when_to_send import UNASKED
from followup_service.participants.participant import Participant, ParticipantState
from followup_service.protocol.paging_clock import Channel
from followup_service.staff.running_study import running_study

log = structlog.get_logger()
AT_ONCE = 16
_STATE = select(Participant.state).where(Participant.id == bindparam("participant_id"))


@dataclass(frozen=True, slots=True)
class HandedOver:
    """One attempt and what the provider answered to it."""

    attempt_id: UUID
    channel: Channel
    result: SendResult


def send_all_due(app: Flask) -> int:
    """Send what is due now, until nothing is: for rehearsals and tests. Returns how many were handed over."""
    count = 0
    while envelopes := claim(app, AT_ONCE):
        keep_results(app, [hand_over(app, envelope) for envelope in envelopes])
        count += len(envelopes)
    return count


def hand_over(app: Flask, envelope: Envelope) -> HandedOver:
    """One call to the provider. Who was held up past the lease does not send: the text may be another's by then."""
    reason = _stopped_since(app, envelope)
    if reason is not None:
        # Not handed over: it waits again, and the next claim decides.
        return _handed_over(envelope, SendResult(AttemptState.NEVER_LEFT, error_code=reason))
    reached("before_the_call")
    # The last thing before the call: whoever was held up until now finds out here.
    if clock.now() >= envelope.claimed_until:
        log.warning("lease_lost_before_sending", attempt=envelope.attempt_id.hex)
        return _handed_over(envelope, SendResult(AttemptState.NEVER_LEFT, error_code="lease_lost"))
    result = _send(app, envelope)
    reached("after_the_call")
    log.info("text_handed_over", attempt=envelope.attempt_id.hex, outcome=result.outcome.value, code=result.error_code)
    return _handed_over(envelope, result)


def _handed_over(envelope: Envelope, result: SendResult) -> HandedOver:
    return HandedOver(envelope.attempt_id, envelope.channel, result)


def _send(app: Flask, envelope: Envelope) -> SendResult:
    if envelope.channel is not Channel.TEXT:
        page = page_gateways_of(app)[envelope.channel].page
        return page(to=envelope.to, words=envelope.body, language=envelope.language, attempt_id=envelope.attempt_id)
    config: Config = app.extensions["config"]
    callback_url = f"{config.public_base_url}/sms/status?attempt={envelope.attempt_id.hex}"
    return gateway_of(app).send(to=envelope.to, body=envelope.body, callback_url=callback_url, useful_for=envelope.useful_for)


def _stopped_since(app: Flask, envelope: Envelope) -> str | None:
    """A hold placed or a death recorded since the claim stops the text at the last moment."""
    with app.app_context():
        connection = db.session.connection(execution_options={"read_only": True})
        if envelope.purpose in held_purposes(connection):
            return "on_hold"
        if envelope.participant_id is None:
            return None
        state = connection.scalar(_STATE, {"participant_id": envelope.participant_id})
        return "deceased" if state is ParticipantState.DECEASED else None


def keep_results(app: Flask, handed: Sequence[HandedOver]) -> None:
    """Keep what the provider answered, all in one transaction; where that fails, each in one of its own.

    What cannot be kept stays an open attempt: its lease runs out and the text becomes `unknown`, which is settled by rule.
    """
    try:
        with app.app_context():
            for one in handed:
                undelivered = record_result(db.session, one.attempt_id, one.result, clock.now())
                if undelivered is not None:
                    tell_of_delivery(db.session, undelivered, clock.now(), study=running_study(db.session).protocol)
            if accepted := {one.channel for one in handed if one.result.outcome is AttemptState.ACCEPTED}:
                db.session.flush()
                bring_forward(db.session, accepted, clock.now())
            reached("results_kept")
            db.session.commit()
        reached("results_committed")
    except Exception as error:  # noqa: BLE001 - one row must not take the others with it
        log.error("results_not_kept", count=len(handed), error=type(error).__name__, where=where_it_broke(error))
        if len(handed) > 1:
            for one in handed:
                keep_results(app, [one])


def claim(app: Flask, limit: int) -> list[Envelope]:
    """Claim up to `limit` due texts and commit their attempts. An empty list means that nothing is due, or that nothing may leave now."""
    with app.app_context():
        while _anything_due(app, clock.now()):
            claimed = _claim(app, clock.now(), limit)
            if claimed.envelopes or not claimed.count:
                return claimed.envelopes
            # What could not be sent any more left the queue as well: look again.
    return []


def _claim(app: Flask, now: datetime, limit: int) -> Claimed:
    config: Config = app.extensions["config"]
    study = running_study(db.session).protocol
    pace = Pace(config.twilio_numbers[0], config.sending_rate)
    claimed = claim_due(db.session, study, gateway_names(app), now, limit, pace)
    for message in claimed.not_worded:
        tell_of_delivery(db.session, Undelivered(message, ErrorClass.A_PERSON_LOOKS), now, study=study)
    reached("texts_claimed")
    db.session.commit()
    reached("claim_committed")
    return claimed


def _anything_due(app: Flask, now: datetime) -> bool:
    """A look that takes no write lock: most of the time nothing is due. Far too much at once is put on hold here, before it is claimed."""
    config: Config = app.extensions["config"]
    db.session.connection(execution_options={"read_only": True})
    held = held_purposes(db.session)
    found = db.session.scalar(_first_due(held), {"now": now})
    too_many = found is not None and not held >= UNASKED and too_many_at_once(db.session, config.sending_cap, now)
    db.session.rollback()
    if too_many:
        stop_mass_sending(db.session, config.sending_cap, now, study=running_study(db.session).protocol)
        db.session.commit()
        return _anything_due(app, now)
    return found is not None


@cache
def _first_due(held: frozenset[Purpose]) -> Select[tuple[Purpose]]:
    """Built once for what is on hold: it runs ten times a second."""
    return select(OutboundMessage.purpose).where(due_now(NOW, held)).limit(1)
