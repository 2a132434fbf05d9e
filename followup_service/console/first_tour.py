"""The first tour of the simulator page: what to do next, one after the other. A step is done when it truly happened."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import get_locale
from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from followup_service.console.page_language import gettext as _
from followup_service.console.simulated_phones import Phone
from followup_service.escalations.escalation import Escalation, EscalationEvent, EscalationState, EventKind
from followup_service.escalations.escalation_read import EscalationRead
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import Participant
from followup_service.staff.site import Site

# A fever with chills, as people of these languages text it.
FEVERS = {
    "en": "38.9 and shivering",
    "zh_Hans": "38度9，打寒战",
    "es": "38,9 y escalofríos",
    "fr": "38,9 et des frissons",
    "ar": "38.9 مع قشعريرة",
}


@dataclass(frozen=True, slots=True)
class Step:
    """What to do and where; what to type stands in the field there already."""

    words: str
    address: str
    typed: str
    done: bool


def first_tour(session: Session, phones: Sequence[Phone]) -> list[Step]:
    """As somebody who writes the language of the page, if there is one. Counts from their latest alarm; a new one begins it anew.

    Empty where nobody has a phone to write with, or nobody is on call for them.
    """
    writers = [phone for phone in phones if phone.owner_id is not None and phone.language in FEVERS and "/" not in phone.key]
    ours = next((phone for phone in writers if phone.language == str(get_locale())), writers[0] if writers else None)
    nurse = _nurse_of(session, ours, phones) if ours is not None else None
    if ours is None or nurse is None:
        return []
    episode = session.scalar(_alarms(ours).order_by(Escalation.opened_at.desc()).limit(1))
    other = next((phone for phone in writers if phone.language != ours.language), ours)
    took = "1" if episode is None or _open_alarms(session) < 2 else f"1 {episode.number}"
    here = url_for("console.escalation", number=episode.number) if episode is not None else url_for("console.home")
    happened = _happened(session, episode, ours, other) if episode is not None else [False] * 6
    fever = FEVERS[ours.language]
    steps = (
        (_("You are %(code)s, at home and ill. Text:", code=ours.name), _on(ours, fever), fever),
        (_("Look at the phone of %(name)s: a page arrives within seconds. Take it by the answer", name=nurse.name), _on(nurse, took), took),
        (_("Look again at the phone of %(code)s: they hear until when somebody calls", code=ours.name), _on(ours), ""),
        (_("Open the worklist and the alarm, with the name, password and code that the demo has printed"), here, ""),
        (_("There: write down what was done, and resolve"), here, ""),
        (_("The same in another language, as %(code)s:", code=other.name), _on(other, FEVERS[other.language]), FEVERS[other.language]),
    )
    return [Step(words, address, typed, done) for (words, address, typed), done in zip(steps, happened, strict=True)]


def _happened(session: Session, episode: Escalation, ours: Phone, other: Phone) -> list[bool]:
    of_episode = (EscalationEvent.escalation_id == episode.id, EscalationEvent.kind == EventKind.ACKNOWLEDGED)
    told = (OutboundMessage.participant_id == ours.owner_id, OutboundMessage.purpose == Purpose.ALARM_ANSWER)
    arrived = (OutboundMessage.state == OutboundState.DELIVERED, OutboundMessage.created_at >= episode.opened_at)
    wrote = (InboundMessage.participant_id == other.owner_id, InboundMessage.received_at >= episode.opened_at)
    taken = _any(session, *of_episode)
    return [
        True,
        taken,
        taken and _any(session, *told, *arrived),
        _any(session, EscalationRead.escalation_id == episode.id),
        episode.state is EscalationState.RESOLVED,
        other is not ours and _any(session, *wrote),
    ]


def _any(session: Session, *criteria: object) -> bool:
    return bool(session.scalar(select(exists().where(*criteria))))  # type: ignore[arg-type]


def _alarms(phone: Phone) -> Select[tuple[Escalation]]:
    return select(Escalation).where(Escalation.participant_id == phone.owner_id, Escalation.is_alarm)


def _open_alarms(session: Session) -> int:
    """With several open, an answer names which one it is of."""
    return len(session.scalars(select(Escalation.id).where(Escalation.state == EscalationState.OPEN).limit(2)).all())


def _nurse_of(session: Session, phone: Phone, phones: Sequence[Phone]) -> Phone | None:
    """Whoever is first on call for this participant."""
    site = select(Site.code).join(Participant, Participant.site_id == Site.id).where(Participant.id == phone.owner_id)
    code = session.scalar(site)
    return next((one for one in phones if one.key.startswith(f"{code}/")), None)


def _on(phone: Phone, typed: str = "") -> str:
    return url_for("simulator.show", phone=phone.key, text=typed or None)
