"""Who wrote: a member of staff, a participant, or a number that nobody knows."""

import re
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from followup_service.errors import ConfigError
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbox import UnknownSender
from followup_service.participants.participant import Participant, ParticipantState
from followup_service.staff.site import Site
from followup_service.staff.staff_member import StaffMember
from followup_service.staff.verify_phone import is_phone_code

_HAN = re.compile(r"[\u3400-\u9fff]")
_STILL_IN_TOUCH = (ParticipantState.ACTIVE, ParticipantState.PAUSED)

# Built once: these run for every text.
_PARTICIPANTS = (
    select(Participant)
    .where(Participant.phone_index == bindparam("phone_index"), Participant.study_id == bindparam("study_id"))
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)
_STAFF = (
    select(StaffMember)
    .where(StaffMember.phone_index == bindparam("phone_index"), StaffMember.active)
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True, slots=True)
class WhoWrote:
    """One of the three is set."""

    participant: Participant | None = None
    staff: StaffMember | None = None
    unknown: UnknownSender | None = None


def identify_sender(session: Session, inbound: InboundMessage, study_id: UUID) -> WhoWrote:
    """Find and lock whoever has this number. Of several participants, one who is still in touch comes first: numbers are passed on.

    A staff phone that is not verified may be anybody's: all but its code is a stranger's text, and a person looks at it.
    """
    number = {"phone_index": inbound.from_index, "study_id": study_id}
    participants = session.scalars(_PARTICIPANTS, number).all()
    if participants:
        return WhoWrote(participant=max(participants, key=lambda one: (one.state in _STILL_IN_TOUCH, one.created_at)))
    staff = session.scalar(_STAFF, number)
    if staff is not None and (staff.counts or is_phone_code(inbound.body)):
        return WhoWrote(staff=staff)
    return WhoWrote(unknown=UnknownSender(inbound.from_phone, _likely_language(inbound.body), _site_for_unknown(session, study_id).id))


def _site_for_unknown(session: Session, study_id: UUID) -> Site:
    site = session.scalar(
        select(Site).where(Site.study_id == study_id).order_by(Site.takes_unknown_senders.desc(), Site.created_at).limit(1)
    )
    if site is None:
        raise ConfigError(["the study has no site yet: add one with: flask sites add"])
    return site


def _likely_language(body: str) -> str:
    return "zh_Hans" if _HAN.search(body) else "en"
