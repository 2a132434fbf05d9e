"""Whether a number may be a participant's: its own, or shared with others of whom each has a neutral tag that tells them apart."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Select, select, union_all
from sqlalchemy.orm import Session

from followup_service.conversation.read_reply import read_reply
from followup_service.encryption import keyring
from followup_service.errors import Conflict, Refused
from followup_service.participants.participant import IN_TOUCH, Participant
from followup_service.participants.participant_phone import ParticipantPhone
from followup_service.protocol.sentences import said

LONGEST_TAG = 8


def check_phone_is_free(session: Session, study_id: UUID, phone: str, tag: str | None = None, besides: UUID | None = None) -> None:
    """Raises Conflict where somebody else has this number, unless both have tags that differ: a text could reach the wrong person."""
    others = session.scalars(with_number(study_id, keyring().index(phone))).all()
    tags = [other.tag for other in others if other.id != besides and other.state in IN_TOUCH]
    if not tags:
        return
    if tag is None or None in tags:
        problem = said(
            "this phone number belongs to another participant of the study: give another number; those who share one each need a tag, "
            "the one enrolled first before the others"
        )
        raise Conflict(problem, {"phone": [said("in use")]})
    if _same(tag, tags):
        problem = said("another participant with this phone has the same tag: agree on another")
        raise Conflict(problem, {"tag": [said("in use on this phone")]})


def check_tag(tag: str) -> str:
    """The tag without spaces around. Raises Refused for one that says something by itself, or more than which of two people."""
    tag = tag.strip()
    means = read_reply(tag, "en")
    plain = tag.isalpha() and len(tag) <= LONGEST_TAG
    if not plain or means.command or means.findings.symptoms or means.findings.temperatures:
        what = said("write 1 to %(most)s letters that mean nothing in a reply, such as A or blue", most=LONGEST_TAG)
        raise Refused(said("'%(tag)s' is no tag: %(what)s", tag=tag, what=what), {"tag": [what]})
    return tag


def with_number(study_id: UUID, phone_index: bytes) -> Select[tuple[Participant]]:
    """Whoever is reached, or reported on, from this number; a number that is somebody else's by now is nobody's."""
    first = select(Participant.id).where(Participant.phone_index == phone_index, Participant.phone_wrong_since.is_(None))
    further = select(ParticipantPhone.participant_id).where(
        ParticipantPhone.phone_index == phone_index, ParticipantPhone.removed_at.is_(None)
    )
    return select(Participant).where(Participant.id.in_(union_all(first, further)), Participant.study_id == study_id)


def numbers_of(session: Session, participant: Participant) -> list[str]:
    """All numbers of a participant, the first one first."""
    further = select(ParticipantPhone).where(ParticipantPhone.participant_id == participant.id, ParticipantPhone.removed_at.is_(None))
    return [phone for phone in (participant.phone, *(row.phone for row in session.scalars(further))) if phone is not None]


def _same(tag: str, tags: Iterable[str | None]) -> bool:
    return any(other is not None and other.casefold() == tag.casefold() for other in tags)
