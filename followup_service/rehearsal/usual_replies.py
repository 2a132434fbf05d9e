"""What participants of a rehearsal reply to the questions that they are asked, without a line of the script for each."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.checkins.start_checkins import open_checkin
from followup_service.participants.participant import Participant
from followup_service.rehearsal.script import Changes, Script
from followup_service.reminders.answer_visit import open_visit

AFTER = timedelta(minutes=7)


class Reply(NamedTuple):
    at: datetime
    code: str
    phone: str
    body: str


class UsualReplies:
    """Each question is answered once, some minutes after it came; one that the script answers before is answered by the script."""

    def __init__(self, script: Script) -> None:
        self._answers: dict[str, Mapping[str, str]] = {line.code: line.answers for line in script.participants}
        self._answered: dict[str, datetime] = {}

    def change(self, change: Changes) -> None:
        if change.answers is not None:
            self._answers[change.participant] = change.answers

    def next(self, session: Session) -> Reply | None:
        """The earliest reply to come."""
        replies = (self._reply_of(session, code, answers) for code, answers in self._answers.items() if answers)
        return min((reply for reply in replies if reply is not None), default=None)

    def sent(self, reply: Reply) -> None:
        self._answered[reply.code] = reply.at

    def _reply_of(self, session: Session, code: str, answers: Mapping[str, str]) -> Reply | None:
        participant = session.scalar(select(Participant).where(Participant.code == code))
        if participant is None or participant.phone is None:
            return None
        asking = open_checkin(session, participant) or open_visit(session, participant)
        if asking is None or asking.question not in answers or asking.asked_at is None:
            return None
        at = asking.asked_at + AFTER
        return Reply(at, code, participant.phone, answers[asking.question]) if at > self._answered.get(code, asking.asked_at) else None
