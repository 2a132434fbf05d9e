"""The inbox: one row per text that the provider delivered; a repeat is recognised and ignored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.orm import make_transient_to_detached

from followup_service.encryption import keyring
from followup_service.extensions import insert_unless_there
from followup_service.messaging.inbound_message import CameBy, InboundMessage

_TABLE = InboundMessage.__table__
_KEY = ("account_sid", "provider_sid")
# Set once the text is handled; said to be empty now, so that nobody asks the database for them.
_LATER = ("participant_id", "staff_id", "reading_encrypted", "ask_whose_until")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# The provider itself ends a conversation on these words, and confirms it: https://help.twilio.com/articles/223134027
PROVIDER_STOPS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})


@dataclass(frozen=True, slots=True)
class ReceivedText:
    """What the provider's webhook said, or its list. `raw` is its whole form, so that nothing a phone sent is ever lost.

    `texted_at` is when the provider got it, where that is known and not now.
    """

    account_sid: str
    provider_sid: str
    from_phone: str
    body: str
    raw: str
    media_count: int = 0
    opted_out: bool = False
    texted_at: datetime | None = None


def is_provider_stop(body: str) -> bool:
    return body.strip().upper() in PROVIDER_STOPS


def store_inbound(
    connection: Connection, text: ReceivedText, now: datetime, own_numbers: Sequence[str], came_by: CameBy = CameBy.WEBHOOK
) -> InboundMessage | None:
    """Add the text in one statement; None where its provider id is stored already. The unique key decides, so that two at once cannot
    both win. The row belongs to no session yet.

    Our own number writing to us is a loop: kept, and never answered. What did not come by the webhook is left to the job, at once.
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
        came_by=came_by,
        texted_at=text.texted_at,
        received_at=now,
        handled_at=now if text.from_phone in own_numbers else None,
        retry_at=None if came_by is CameBy.WEBHOOK else now,
        failures=0,
        version=1,
        **dict.fromkeys(_LATER),
    )
    if not insert_unless_there(connection, _TABLE, [{column.name: getattr(message, column.name) for column in _TABLE.columns}], *_KEY):
        return None
    # As good as read back: one statement for the text that must not wait.
    make_transient_to_detached(message)
    return message
