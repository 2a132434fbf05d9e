"""Keeping what the provider says became of a text or a call: in the database, or in the spool while that is away."""

from flask import Response
from sqlalchemy.exc import SQLAlchemyError

from followup_service import clock
from followup_service.api.provider_form import no_answer
from followup_service.api.spooling import SECONDS_TO_STORE, SpoolFirst, let_the_spool_go_first, to_the_spool
from followup_service.database import PATIENCE
from followup_service.escalations.tell_of_delivery import take_delivery_receipt
from followup_service.extensions import db
from followup_service.failpoints import reached
from followup_service.messaging.delivery import Receipt
from followup_service.replies.take_from_spool import spooled_receipt
from followup_service.staff.running_study import running_study


def keep_receipt(receipt: Receipt) -> Response:
    """Keep and commit it, and answer the provider."""
    now = clock.now()
    try:
        let_the_spool_go_first()
        db.session.connection(execution_options={PATIENCE: SECONDS_TO_STORE})
        take_delivery_receipt(db.session, receipt, now, study=running_study(db.session).protocol)
        db.session.commit()
        reached("receipt_committed")
    except (SQLAlchemyError, SpoolFirst):
        return to_the_spool(spooled_receipt(receipt, now))
    return no_answer()
