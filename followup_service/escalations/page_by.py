"""By what a page goes out: text, call or e-mail, each a row of the outbox. Where the channel of a step leads nowhere, a text goes out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from followup_service.messaging.outbox import queue_text
from followup_service.messaging.purposes import Purpose
from followup_service.messaging.texts import UNKNOWN_NUMBER
from followup_service.protocol.definitions import Study
from followup_service.protocol.paging_clock import Channel
from followup_service.staff.staff_member import StaffMember

# What a page says by another channel than text: a call, how to answer it; an e-mail, no more than code and level.
SAID_BY = {Channel.VOICE: "page_call", Channel.EMAIL: "page_email"}


@dataclass(frozen=True, slots=True)
class Page:
    """What to tell of one episode: a key of the texts and its values. It names the participant by code only."""

    escalation_id: UUID
    message: str
    values: dict[str, Any]


def page_by(session: Session, channel: Channel, person: StaffMember, page: Page, now: datetime, *, study: Study) -> None:
    values = page.values | ({"code": spelled_out(page.values["code"])} if channel is Channel.VOICE else {})
    links = {"escalation_id": page.escalation_id, "channel": channel}
    queue_text(session, person, Purpose.PAGE, SAID_BY.get(channel, page.message), now, study=study, values=values, **links)


def reached_by(person: StaffMember, step: Channel, channels: Collection[Channel]) -> Channel:
    """The channel of the step, where this installation has it and it leads to this person; else a text."""
    return step if step in channels and has_address(person, step) else Channel.TEXT


def has_address(person: StaffMember, channel: Channel) -> bool:
    """Whether this channel leads to this person at all."""
    return channel is not Channel.EMAIL or person.email_encrypted is not None


def spelled_out(code: str) -> str:
    """PKU-017 as a voice should say it, sign by sign."""
    return code if code == UNKNOWN_NUMBER else " ".join(filter(str.isalnum, code))
