"""Steps of the clock for texts: what came in and is not handled yet, and what a worker that died had in its hands."""

from functools import partial
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from followup_service import clock
from followup_service.config import Config
from followup_service.conversation.vocabulary import load_vocabulary
from followup_service.extensions import db
from followup_service.failpoints import reached
from followup_service.jobs.alone import alone
from followup_service.jobs.find_due import NOW, find_due
from followup_service.messaging.claim_due import give_up_leases
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.spool import Spool, Spooled
from followup_service.replies.handle_reply import handle_reply
from followup_service.replies.handle_shared_phone import give_up_asking
from followup_service.replies.identify_sender import identify_sender
from followup_service.replies.retry_reply import LONGEST_WAIT, note_failure, unhandled
from followup_service.replies.take_from_spool import take_from_spool
from followup_service.staff.running_study import running_study

_ASKED_WHOSE = select(InboundMessage.id).where(InboundMessage.ask_whose_until <= NOW).order_by(InboundMessage.ask_whose_until)


def empty_spool() -> None:
    """Texts that came while the database was away, oldest first."""
    spool: Spool = current_app.extensions["spool"]
    if not spool.is_empty():
        spool.empty(_take_from_spool)


def retry_replies() -> None:
    """Texts that were stored and not handled: a crash, a failure, a restart. The third failure of a text pages a person."""
    for inbound_id, received_at in unhandled(db.session, clock.now()):
        may_wait = clock.now() < received_at + LONGEST_WAIT
        if not alone("retry_replies", partial(_handle, inbound_id), may_wait=may_wait):
            alone("retry_replies", partial(_note_failure, inbound_id))


def ask_whose() -> None:
    """Texts from shared phones of which nobody said whose they are: a person finds out."""
    for inbound_id in find_due(_ASKED_WHOSE):
        alone("ask_whose", partial(_give_up_asking, inbound_id))


def take_back_leases() -> None:
    """Texts whose worker died."""
    give_up_leases(db.session, clock.now())
    reached("leases_given_up")
    db.session.commit()


def _take_from_spool(spooled: Spooled) -> None:
    config: Config = current_app.extensions["config"]
    study = running_study(db.session).protocol
    db.session.rollback()
    take_from_spool(db.session, spooled, config.twilio_numbers, clock.now(), study=study)
    db.session.commit()
    reached("spooled_text_committed")


def _handle(inbound_id: UUID) -> None:
    """Of several workers the first one handles it; the others go on to the next."""
    # It takes seconds, once: nobody's row must be locked meanwhile.
    load_vocabulary()
    study = running_study(db.session)
    mine = select(InboundMessage).where(InboundMessage.id == inbound_id).with_for_update(skip_locked=True)
    inbound = db.session.scalar(mine.execution_options(populate_existing=True))
    if inbound is None or inbound.handled_at is not None:
        return
    handle_reply(db.session, inbound, study.id, clock.now(), study=study.protocol)


def _note_failure(inbound_id: UUID) -> None:
    study = running_study(db.session)
    note_failure(db.session, inbound_id, study.id, clock.now(), study=study.protocol)


def _give_up_asking(inbound_id: UUID) -> None:
    study = running_study(db.session)
    inbound = db.session.get_one(InboundMessage, inbound_id, populate_existing=True)
    if inbound.ask_whose_until is not None:
        sender = identify_sender(db.session, inbound, study.id)
        people = sender.sharing or ((sender.participant,) if sender.participant else ())
        give_up_asking(db.session, inbound, people, clock.now(), study=study.protocol)
