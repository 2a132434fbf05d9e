"""The inbox: one row per text that the provider delivered; a repeat is recognised and ignored."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import make_transient_to_detached

from followup_service.encryption import keyring
from followup_service.messaging.inbound_message import InboundMessage

_INSERT = insert(InboundMessage.__table__)
_COLUMNS = tuple(column.name for column in InboundMessage.__table__.columns)
# Set once the text is handled; said to be empty now, so that nobody asks the database for them.
_LATER = ("participant_id", "staff_id", "handled_at", "retry_at", "reading_encrypted", "ask_whose_until")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class ReceivedText:
    """What the provider's webhook said. `raw` is its whole form, so that nothing a phone sent is ever lost."""

    account_sid: str
    provider_sid: str
    from_phone: str
    body: str
    raw: str
    media_count: int = 0
    opted_out: bool = False


def store_inbound(connection: Connection, text: ReceivedText, now: datetime) -> InboundMessage | None:
    """Add the text; None where its provider id is stored already. The unique key decides, so that two at once cannot both win.

    One statement, so on an autocommitting connection the text is safe when this returns. The row belongs to no session yet.
    """
    message = InboundMessage(
        account_sid=text.account_sid,
        provider_sid=text.provider_sid,
        from_phone=text.from_phone,
        from_index=keyring().index(text.from_phone),
        body=text.body.replace("\0", REPLACEMENT),
        raw=text.raw,
        media_count=text.media_count,
        provider_opted_out=text.opted_out,
        received_at=now,
        failures=0,
        version=1,
        **dict.fromkeys(_LATER),
    )
    try:
        connection.execute(_INSERT, {name: getattr(message, name) for name in _COLUMNS})
    except IntegrityError:
        return None
    # As good as read back: one statement for the text that must not wait.
    make_transient_to_detached(message)
    return message
