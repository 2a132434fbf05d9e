"""The channels that a page can go out by: each takes a page and a person. What is not here is passed over by the chain."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from followup_service.messaging.outbox import queue_text
from followup_service.messaging.purposes import Purpose
from followup_service.protocol.definitions import Study
from followup_service.protocol.paging_clock import Channel
from followup_service.staff.staff_member import StaffMember


@dataclass(frozen=True, slots=True)
class Page:
    """What to tell of one episode: a key of the texts and its values. It names the participant by code only."""

    escalation_id: UUID
    message: str
    values: dict[str, Any]


def page_by_text(session: Session, person: StaffMember, page: Page, now: datetime, study: Study) -> None:
    queue_text(session, person, Purpose.PAGE, page.message, now, study=study, values=page.values, escalation_id=page.escalation_id)


PageBy = Callable[[Session, StaffMember, Page, datetime, Study], None]
CHANNELS: Mapping[Channel, PageBy] = {Channel.TEXT: page_by_text}
