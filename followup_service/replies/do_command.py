"""Obeying the commands that the service can carry out itself: STOP, START and another language. The others end with a person."""

from datetime import datetime

from sqlalchemy.orm import Session

from followup_service.checkins.stop_followup import stop_unasked
from followup_service.conversation.reading import Command, Reading
from followup_service.messaging.approvals import may_write_in
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbox import UnknownSender, queue_text
from followup_service.messaging.purposes import Purpose
from followup_service.participants.add_phone import remove_phone
from followup_service.participants.change_participant import change_contact, opt_in
from followup_service.participants.participant import OptOutSource, Participant
from followup_service.participants.participant_phone import PhoneKind
from followup_service.protocol.definitions import Study


def do_command(
    session: Session, participant: Participant, inbound: InboundMessage, reading: Reading, now: datetime, *, study: Study
) -> None:
    if reading.command is Command.STOP:
        _stop(session, participant, inbound, now, study)
    elif reading.command is Command.START and opt_in(session, participant, now, participant.code, "participant wrote START", study=study):
        queue_text(session, participant, Purpose.ANSWER, "opted_in", now, study=study, in_reply_to_id=inbound.id)
    elif reading.command is Command.LANGUAGE and may_write_in(reading.wanted_language, study):
        change_contact(session, participant, now, participant.code, study=study, language=reading.wanted_language)
        queue_text(session, participant, Purpose.ANSWER, "language_changed", now, study=study, in_reply_to_id=inbound.id)


def _stop(session: Session, participant: Participant, inbound: InboundMessage, now: datetime, study: Study) -> None:
    """Texts end; the trial does not. One confirmation, and none where the provider sent its own.

    From a caregiver's phone it is the caregiver who wants none: that phone is taken off.
    """
    phone = participant.answer_to
    if phone is not None and phone.kind is PhoneKind.CAREGIVER:
        remove_phone(session, participant, phone, "opted_out", now, participant.code)
        participant.answer_to = None
        to = UnknownSender(inbound.from_phone, participant.language, participant.site_id)
        queue_text(session, to, Purpose.OPT_OUT_CONFIRMATION, "opted_out", now, study=study, in_reply_to_id=inbound.id)
        return
    source = OptOutSource.PROVIDER if inbound.provider_opted_out else OptOutSource.PARTICIPANT
    if stop_unasked(session, participant, source, now, participant.code) and source is OptOutSource.PARTICIPANT:
        queue_text(session, participant, Purpose.OPT_OUT_CONFIRMATION, "opted_out", now, study=study, in_reply_to_id=inbound.id)
