"""Offering a participant who clearly writes in another language to get the texts in that one: once a language, and staff are told."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.conversation.reading import Command, Reading
from followup_service.messaging.approvals import may_write_in
from followup_service.messaging.catalogues import languages
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbound_message import OutboundMessage
from followup_service.messaging.outbox import queue_text
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import Participant, ParticipantState
from followup_service.protocol.definitions import Study

_COMMANDS_THAT_SETTLE_IT = frozenset({Command.LANGUAGE, Command.STOP})


def language_to_offer(session: Session, participant: Participant, reading: Reading) -> str | None:
    """The language to offer now, or None: nobody is asked twice about the same one."""
    language = reading.other_language
    if language is None or language not in languages() or reading.command in _COMMANDS_THAT_SETTLE_IT:
        return None
    if participant.state is not ParticipantState.ACTIVE or participant.opted_out_at is not None:
        return None
    offered = select(OutboundMessage.id).where(OutboundMessage.dedupe_key == _key(participant, language))
    return language if session.scalar(offered) is None else None


def offer_language(
    session: Session, participant: Participant, inbound: InboundMessage, reading: Reading, now: datetime, *, study: Study
) -> None:
    """Queue the offer, if one is due, in the language offered. Where its texts may not be used, only staff are told."""
    language = language_to_offer(session, participant, reading)
    if language is None or not may_write_in(language, study):
        return
    queue_text(
        session,
        participant,
        Purpose.ANSWER,
        "offer_language",
        now,
        study=study,
        language=language,
        in_reply_to_id=inbound.id,
        dedupe_key=_key(participant, language),
    )


def _key(participant: Participant, language: str) -> str:
    return f"offer_language:{participant.id.hex}:{language}"
