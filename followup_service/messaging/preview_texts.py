"""What texts to a participant would say if they left now, made by the code that sends them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from followup_service.messaging.outbound_message import OutboundMessage
from followup_service.messaging.purposes import Purpose
from followup_service.messaging.put_into_words import words_of
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study


def preview_texts(
    session: Session, participant: Participant, texts: Sequence[tuple[str, str]], now: datetime, *, study: Study
) -> dict[str, str]:
    """`texts` are keys, each with what was typed; the words by key. Nothing is kept."""
    rows = [_unsent(participant, message, typed, now) for message, typed in texts]
    return {row.message: words for row, _number, words in words_of(session, rows, study)}


def _unsent(participant: Participant, message: str, typed: str, now: datetime) -> OutboundMessage:
    row = OutboundMessage(
        site_id=participant.site_id,
        participant_id=participant.id,
        purpose=Purpose.WRITTEN,
        message=message,
        values={},
        language=participant.language,
        due_at=now,
    )
    row.typed = typed
    return row
