"""What waited in the spool while the database was away goes where it would have gone: a text to the inbox, a receipt to its text."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from followup_service.escalations.tell_of_delivery import take_delivery_receipt
from followup_service.messaging.delivery import Receipt
from followup_service.messaging.inbound_message import CameBy
from followup_service.messaging.inbox import ReceivedText, store_inbound
from followup_service.messaging.spool import Kind, Spooled
from followup_service.protocol.definitions import Study


def spooled_text(text: ReceivedText, now: datetime) -> Spooled:
    return Spooled(Kind.TEXT, asdict(text), now)


def spooled_receipt(receipt: Receipt, now: datetime) -> Spooled:
    return Spooled(Kind.RECEIPT, asdict(receipt) | {"attempt_id": receipt.attempt_id and receipt.attempt_id.hex}, now)


def take_from_spool(session: Session, spooled: Spooled, own_numbers: Sequence[str], now: datetime, *, study: Study) -> None:
    """Store one webhook in a transaction of its own, which the caller commits; a text is left to the job to be handled."""
    if spooled.kind is Kind.TEXT:
        text = ReceivedText(**spooled.values | {"texted_at": spooled.received_at})
        store_inbound(session.connection(), text, now, own_numbers, CameBy.SPOOL)
    else:
        attempt = spooled.values["attempt_id"]
        receipt = Receipt(**spooled.values | {"attempt_id": attempt and UUID(hex=attempt)})
        take_delivery_receipt(session, receipt, now, study=study)
