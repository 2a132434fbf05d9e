"""What is asked of the provider, with no transaction open: texts to us that never arrived, texts from us of which nobody knows whether
they left, and texts of which nobody said what became of them."""

from collections.abc import Sequence
from functools import partial
from itertools import groupby

import structlog
from flask import current_app
from sqlalchemy import select

from followup_service import clock
from followup_service.config import Config
from followup_service.escalations.tell_of_delivery import take_delivery_receipt, tell_of_delivery
from followup_service.extensions import db
from followup_service.failpoints import reached
from followup_service.jobs.alone import alone
from followup_service.messaging.ask_what_became import Awaited, ask_no_more, ask_soon, attempts_to_ask_about
from followup_service.messaging.delivery import Receipt
from followup_service.messaging.gateways.gateway import Gateway, ProviderSilent, SentText
from followup_service.messaging.inbound_check import InboundCheck, begin_check
from followup_service.messaging.inbound_message import CameBy, InboundMessage
from followup_service.messaging.inbox import ReceivedText, store_inbound
from followup_service.messaging.settle_unknown import Sought, attempts_to_look_for, settle_unknown
from followup_service.staff.running_study import running_study
from followup_service.staff.site import StudyRecord

log = structlog.get_logger()
SIDS_AT_ONCE = 500


def take_in_missed(*, at_once: bool = False) -> None:
    """Hold the provider's list of texts to us against ours, every few minutes or `at_once`, and take in what is missing.

    1. begin   a row that says from when to when, so that of several workers one looks
    2. list    what the provider has, page by page
    3. take in what we do not have, in the order in which it was written; the job handles it
    4. keep    how many were listed and how many were missing
    """
    check = _begin(at_once=at_once) if _gateway().keeps_texts else None
    if check is None:
        return
    try:
        listed = [text for text in _gateway().received(check.since) if text.texted_at is None or text.texted_at <= check.until]
    except ProviderSilent as error:
        log.warning("provider_silent", step="take_in_missed", error=error.detail)
        return
    reached("missed_texts_listed")
    missing = _missing(listed)
    for text in missing:
        alone("take_in_missed", partial(_take_in, text))
    _finish(check, len(listed), len(missing))


def take_in_missed_at_start() -> None:
    """Whatever came while nothing ran must not wait for the next turn."""
    take_in_missed(at_once=True)


def look_for_unknown() -> None:
    """Texts of which nobody knows whether they left: one look at the provider's list for each number."""
    db.session.connection(execution_options={"read_only": True})
    sought = attempts_to_look_for(db.session, clock.now())
    db.session.rollback()
    by_number = groupby(sorted(sought, key=lambda one: one.to or ""), key=lambda one: one.to)
    for to, attempts in by_number:
        taken = _taken(to)
        reached("looked_for")
        for one in attempts:
            alone("look_for_unknown", partial(_settle, one, taken))


def ask_what_became() -> None:
    """Texts that the provider took and of which no callback says how they ended: what it says now counts as a callback would.

    One that it cannot be asked about is left for a minute, and with it the others.
    """
    db.session.connection(execution_options={"read_only": True})
    awaited = attempts_to_ask_about(db.session, _gateway().name, clock.now())
    db.session.rollback()
    for one in awaited:
        try:
            text = _gateway().look_up(one.provider_sid)
        except ProviderSilent as error:
            log.warning("provider_silent", step="ask_what_became", error=error.detail)
            alone("ask_what_became", partial(ask_soon, db.session, one.attempt_id, clock.now()))
            return
        alone("ask_what_became", partial(_keep_answer, one, text))


def _begin(*, at_once: bool) -> InboundCheck | None:
    study_id = running_study(db.session).id
    study = db.session.get_one(StudyRecord, study_id, with_for_update={"key_share": True}, populate_existing=True)
    check = begin_check(db.session, study.created_at, clock.now(), at_once=at_once)
    db.session.commit()
    return check


def _missing(listed: Sequence[ReceivedText]) -> list[ReceivedText]:
    """What we do not have, oldest first."""
    known: set[str] = set()
    db.session.connection(execution_options={"read_only": True})
    for start in range(0, len(listed), SIDS_AT_ONCE):
        sids = [text.provider_sid for text in listed[start : start + SIDS_AT_ONCE]]
        known |= set(db.session.scalars(select(InboundMessage.provider_sid).where(InboundMessage.provider_sid.in_(sids))))
    db.session.rollback()
    return sorted((text for text in listed if text.provider_sid not in known), key=lambda text: text.texted_at or clock.now())


def _take_in(text: ReceivedText) -> None:
    config: Config = current_app.extensions["config"]
    stored = store_inbound(db.session.connection(), text, clock.now(), config.twilio_numbers, CameBy.BACKFILL)
    if stored is not None:
        log.warning("missed_text_taken_in", inbound=stored.id.hex)
    reached("missed_text_stored")


def _finish(check: InboundCheck, listed: int, missing: int) -> None:
    row = db.session.get_one(InboundCheck, check.id, populate_existing=True)
    row.listed, row.missing, row.finished_at = listed, missing, clock.now()
    db.session.commit()


def _taken(to: str | None) -> Sequence[SentText] | None:
    try:
        return None if to is None else _gateway().sent_to(to)
    except ProviderSilent as error:
        log.warning("provider_silent", step="look_for_unknown", error=error.detail)
        return None


def _settle(sought: Sought, taken: Sequence[SentText] | None) -> None:
    undelivered = settle_unknown(db.session, sought.attempt_id, taken, clock.now())
    if undelivered is not None:
        tell_of_delivery(db.session, undelivered, clock.now(), study=running_study(db.session).protocol)
    reached("unknown_settled")


def _keep_answer(awaited: Awaited, text: SentText | None) -> None:
    if text is None:
        ask_no_more(db.session, awaited.attempt_id)
        return
    receipt = Receipt(awaited.attempt_id, text.sid, text.status, text.error_code)
    take_delivery_receipt(db.session, receipt, clock.now(), study=running_study(db.session).protocol)
    reached("answer_kept")


def _gateway() -> Gateway:
    gateway: Gateway = current_app.extensions["sms_gateway"]
    return gateway
