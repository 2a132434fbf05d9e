"""A provider that answers as a test says, what it was handed, and the texts queued for it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select

from followup_service.messaging.gateways.gateway import ProviderSilent, SendResult, SentText
from followup_service.messaging.inbox import ReceivedText
from followup_service.messaging.outbound_message import Attempt, AttemptState, DeliveryReceipt, OutboundMessage
from followup_service.messaging.outbox import queue_text
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import Participant
from followup_service.staff.staff_member import StaffMember
from tests.hospital import Hospital

ACCEPTED = SendResult(AttemptState.ACCEPTED, status="queued")
LOST = SendResult(AttemptState.UNKNOWN, error_code="ReadTimeout")
NEVER_LEFT = SendResult(AttemptState.NEVER_LEFT, error_code="ConnectionError")


def refused(code: str) -> SendResult:
    return SendResult(AttemptState.REFUSED, error_code=code)


@dataclass(frozen=True)
class Call:
    """One text handed to the provider."""

    to: str
    body: str
    callback_url: str
    useful_for: timedelta
    sid: str

    @property
    def path(self) -> str:
        parts = urlsplit(self.callback_url)
        return f"{parts.path}?{parts.query}"


class ScriptedGateway:
    """Gives each call the next of `answers`, and the last one for ever; `while_sending` runs during a call.

    `refuses` has the numbers that are refused in any case, each with its error code.
    """

    name = "scripted"
    keeps_texts = True

    def __init__(self, *answers: SendResult) -> None:
        self.answers = list(answers) or [ACCEPTED]
        self.calls: list[Call] = []
        self.refuses: dict[str, str] = {}
        self.while_sending: Callable[[Call], None] = lambda call: None
        self.taken: list[SentText] = []
        self.inbox: list[ReceivedText] = []
        self.became: dict[str, SentText] = {}
        self.asked: list[str] = []
        self.silent = False
        self._numbers = count(1)

    def send(self, *, to: str, body: str, callback_url: str, useful_for: timedelta) -> SendResult:
        call = Call(to, body, callback_url, useful_for, f"SM{next(self._numbers):032x}")
        self.calls.append(call)
        if to in self.refuses:
            return refused(self.refuses[to])
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.while_sending(call)
        if answer.outcome is AttemptState.ACCEPTED:
            return SendResult(answer.outcome, call.sid, answer.status, answer.error_code)
        return answer

    def sent_to(self, to: str) -> list[SentText]:
        self._speak()
        return self.taken

    def look_up(self, provider_sid: str) -> SentText | None:
        self._speak()
        self.asked.append(provider_sid)
        return self.became.get(provider_sid)

    def received(self, since: datetime) -> Iterator[ReceivedText]:
        self._speak()
        return iter([text for text in self.inbox if text.texted_at is not None and text.texted_at >= since])

    def _speak(self) -> None:
        if self.silent:
            raise ProviderSilent("ReadTimeout")


class Desk:
    """Queues texts, sends them through a scripted provider, and shows what became of them."""

    def __init__(self, hospital: Hospital, *answers: SendResult) -> None:
        self.hospital, self.gateway = hospital, ScriptedGateway(*answers)
        hospital.app.extensions["sms_gateway"] = self.gateway

    def queues(self, purpose: Purpose = Purpose.ANSWER, message: str = "received", to: str = "PKU-001", **values: Any) -> UUID:
        """Queue a text for a participant's code or a member of staff's handle; `due_at` and other links by name."""
        with self.hospital.session() as session:
            kind = StaffMember.handle if purpose is Purpose.PAGE else Participant.code
            person = session.scalars(select(kind.class_).where(kind == to)).one()
            row = queue_text(
                session, person, purpose, message, self.hospital.clock.now(), study=self.hospital.app.extensions["study"], **values
            )
            session.commit()
            return row.id

    def text(self, text_id: UUID) -> OutboundMessage:
        with self.hospital.session() as session:
            return session.get_one(OutboundMessage, text_id)

    def attempts(self, text_id: UUID) -> list[Attempt]:
        with self.hospital.session() as session:
            return list(session.scalars(select(Attempt).where(Attempt.outbound_id == text_id).order_by(Attempt.number)))

    def receipts(self) -> list[DeliveryReceipt]:
        with self.hospital.session() as session:
            return list(session.scalars(select(DeliveryReceipt).order_by(DeliveryReceipt.id)))

    def reports(self, call: Call, status: str, error_code: str = "", sid: str | None = None) -> None:
        """The provider's signed callback about a text."""
        config = self.hospital.app.extensions["config"]
        values = {"AccountSid": config.twilio_account_sid, "MessageSid": sid or call.sid, "MessageStatus": status, "ErrorCode": error_code}
        assert self.hospital.post_signed(call.path, values).status_code == 200
