"""What a text says: it is put into words at the moment it is sent, by what is known then, and goes to the number of that moment."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.errors import ConfigError
from followup_service.messaging.count_parts import measure
from followup_service.messaging.further_phones import further_phones, worded_for
from followup_service.messaging.outbound_message import TYPED, OutboundMessage
from followup_service.messaging.render_text import render_text
from followup_service.messaging.texts import IN_A_LANGUAGE_OF_THEIR_OWN
from followup_service.participants.emergency_numbers import emergency_number_at
from followup_service.participants.participant import Participant
from followup_service.participants.participant_phone import ParticipantPhone
from followup_service.protocol.definitions import Study
from followup_service.protocol.paging_clock import Channel
from followup_service.staff.site import Site
from followup_service.staff.staff_member import StaffMember
from followup_service.visits.visit import Visit

NO_WORDS = (ConfigError, KeyError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Known:
    """What was looked up for all texts of one claim."""

    people: dict[UUID, Participant | StaffMember]
    sites: dict[UUID, Site]
    visits: dict[UUID, Visit]
    phones: dict[UUID, ParticipantPhone]
    unasked_today: Counter[UUID]

    def recipient(self, row: OutboundMessage) -> Participant | StaffMember | None:
        return self.people.get(row.participant_id or row.staff_id) if row.participant_id or row.staff_id else None

    def phone(self, row: OutboundMessage) -> ParticipantPhone | None:
        return self.phones.get(row.phone_id) if row.phone_id else None

    def visit(self, row: OutboundMessage) -> Visit | None:
        return self.visits.get(row.visit_id) if row.visit_id else None


def look_up(session: Session, rows: Sequence[OutboundMessage]) -> Known:
    sites = {site.id: site for site in session.scalars(select(Site).where(Site.id.in_({row.site_id for row in rows})))}
    return Known(_recipients(session, rows), sites, _visits_of(session, rows), further_phones(session, rows), Counter())


def words_of(session: Session, rows: Sequence[OutboundMessage], study: Study) -> Iterator[tuple[OutboundMessage, str, str]]:
    """Each text with the number that it would go to now, and what it would say when it is due; what has no words is left out."""
    known = look_up(session, rows)
    for row in rows:
        with suppress(*NO_WORDS):
            yield row, address_of(row, known), words_for(row, known, row.due_at, study)


def keep_words(row: OutboundMessage, words: str, study: Study) -> None:
    """What is said, and under which version of the protocol."""
    row.body, row.protocol_version = words, study.version
    row.parts = measure(words).parts if row.channel is Channel.TEXT else None


def words_for(row: OutboundMessage, known: Known, now: datetime, study: Study) -> str:
    """The text in the language and the protocol version of this moment."""
    recipient, phone, visit = known.recipient(row), known.phone(row), known.visit(row)
    if row.message == TYPED:
        return worded_for(row.typed, row, recipient, phone)
    if recipient is not None and row.message not in IN_A_LANGUAGE_OF_THEIR_OWN:
        row.language = recipient.language
    known_now = {"now": now.isoformat()} | _known_now(known.sites[row.site_id], recipient, visit)
    text = render_text(row.message, known_now | row.values, row.language, study)
    return worded_for(text, row, recipient, phone)


def address_of(row: OutboundMessage, known: Known) -> str:
    phone, recipient = known.phone(row), known.recipient(row)
    if row.channel is Channel.EMAIL and isinstance(recipient, StaffMember):
        return str(recipient.email)
    return str(phone.phone if phone is not None else recipient.phone if recipient is not None else row.to_phone)


def _known_now(site: Site, recipient: Participant | StaffMember | None, visit: Visit | None) -> dict[str, Any]:
    """What a text says as it is when it is sent, not when it was queued."""
    number = site.emergency_number
    if isinstance(recipient, Participant):
        number = emergency_number_at(recipient.timezone, site.country, number)
    values: dict[str, Any] = {"clinic_phone": site.clinic_phone, "emergency_number": number}
    if visit is not None:
        timezone = recipient.timezone if isinstance(recipient, Participant) else site.timezone
        values |= {"timezone": timezone, "place": site.visit_place, "preparation": visit.preparation}
    return values


def _recipients(session: Session, rows: Sequence[OutboundMessage]) -> dict[UUID, Participant | StaffMember]:
    people: dict[UUID, Participant | StaffMember] = {}
    for kind, ids in ((Participant, {row.participant_id for row in rows}), (StaffMember, {row.staff_id for row in rows})):
        wanted = ids - {None}
        if wanted:
            # Read again what may have changed since: a death or a STOP between planning and sending must count.
            found = session.scalars(select(kind).where(kind.id.in_(wanted)).execution_options(populate_existing=True))
            people |= {person.id: person for person in found}
    return people


def _visits_of(session: Session, rows: Sequence[OutboundMessage]) -> dict[UUID, Visit]:
    wanted = {row.visit_id for row in rows} - {None}
    if not wanted:
        return {}
    found = session.scalars(select(Visit).where(Visit.id.in_(wanted)).execution_options(populate_existing=True))
    return {visit.id: visit for visit in found}
