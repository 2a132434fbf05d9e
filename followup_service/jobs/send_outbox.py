"""Sending: claim due texts, commit, hand each to the gateway with no transaction open, keep what it answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from flask import Flask
from sqlalchemy import select

from followup_service import clock
from followup_service.config import Config
from followup_service.escalations.tell_of_delivery import tell_of_delivery
from followup_service.extensions import db
from followup_service.logs import where_it_broke
from followup_service.messaging.delivery import Undelivered, bring_forward, record_result
from followup_service.messaging.error_classes import ErrorClass
from followup_service.messaging.gateways import gateway_of
from followup_service.messaging.gateways.gateway import SendResult
from followup_service.messaging.outbound_message import AttemptState, OutboundMessage, OutboundState
from followup_service.messaging.outbox import Envelope, claim_due
from followup_service.participants.participant import Participant, ParticipantState
from followup_service.staff.running_study import running_study

log = structlog.get_logger()
AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class HandedOver:
    """One attempt and what the provider answered to it."""

    attempt_id: UUID
    result: SendResult


def send_all_due(app: Flask) -> int:
    """Send what is due now, until nothing is: for rehearsals and tests. Returns how many were handed over."""
    count = 0
    while envelopes := claim(app, AT_ONCE):
        keep_results(app, [handed for envelope in envelopes if (handed := hand_over(app, envelope))])
        count += len(envelopes)
    return count


def hand_over(app: Flask, envelope: Envelope) -> HandedOver | None:
    """One call to the provider. Who was held up past the lease does not send (None): the text is another's by then."""
    if clock.now() >= envelope.claimed_until:
        log.warning("lease_lost_before_sending", attempt=envelope.attempt_id.hex)
        return None
    if _has_died(app, envelope):
        # Not handed over; the next claim keeps it as not sent.
        return HandedOver(envelope.attempt_id, SendResult(AttemptState.NEVER_LEFT, error_code="deceased"))
    config: Config = app.extensions["config"]
    callback_url = f"{config.public_base_url}/sms/status?attempt={envelope.attempt_id.hex}"
    result = gateway_of(app).send(to=envelope.to, body=envelope.body, callback_url=callback_url, useful_for=envelope.useful_for)
    log.info("text_handed_over", attempt=envelope.attempt_id.hex, outcome=result.outcome.value, code=result.error_code)
    return HandedOver(envelope.attempt_id, result)


def _has_died(app: Flask, envelope: Envelope) -> bool:
    """A death recorded since the claim stops the text at the last moment."""
    if envelope.participant_id is None:
        return False
    with app.app_context():
        connection = db.session.connection(execution_options={"read_only": True})
        state = connection.scalar(select(Participant.state).where(Participant.id == envelope.participant_id))
        return state is ParticipantState.DECEASED


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
            if any(one.result.outcome is AttemptState.ACCEPTED for one in handed):
                db.session.flush()
                bring_forward(db.session, clock.now())
            db.session.commit()
    except Exception as error:  # noqa: BLE001 - one row must not take the others with it
        log.error("results_not_kept", count=len(handed), error=type(error).__name__, where=where_it_broke(error))
        if len(handed) > 1:
            for one in handed:
                keep_results(app, [one])


def claim(app: Flask, limit: int) -> list[Envelope]:
    """Claim up to `limit` due texts and commit their attempts. An empty list means that nothing was due."""
    with app.app_context():
        now = clock.now()
        if not _anything_due(now):
            return []
        study = running_study(db.session).protocol
        claimed = claim_due(db.session, study, gateway_of(app).name, now, limit)
        for message in claimed.not_worded:
            tell_of_delivery(db.session, Undelivered(message, ErrorClass.A_PERSON_LOOKS), now, study=study)
        db.session.commit()
        # What could not be sent any more left the queue as well: look again.
        return claimed.envelopes or claim(app, limit)


def _anything_due(now: object) -> bool:
    """A look that takes no write lock: most of the time nothing is due."""
    connection = db.session.connection(execution_options={"read_only": True})
    due = select(OutboundMessage.id).where(OutboundMessage.state == OutboundState.CREATED, OutboundMessage.due_at <= now).limit(1)
    found = connection.execute(due).first() is not None
    db.session.rollback()
    return found
