"""Opening an episode, or letting new reasons join the open one, and paging who is on call when there is something new to tell."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from followup_service.escalations.draw_number import draw_number
from followup_service.escalations.escalation import Escalation, EscalationState, EventKind
from followup_service.escalations.keep_step import keep_step
from followup_service.escalations.page_on_call import page_on_call, shown_celsius, start_paging
from followup_service.escalations.promise_call import forget_promise
from followup_service.escalations.return_escalation import owner_of, reopen
from followup_service.messaging.outbox import UnknownSender
from followup_service.messaging.texts import UNKNOWN_NUMBER
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study
from followup_service.protocol.escalation_rules import EscalationDecision
from followup_service.protocol.rule_definitions import Level
from followup_service.staff.site import Site

# What comes back soon after its end is told as that.
_FIRST_PAGE = {True: "page_back", False: "page"}


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom an escalation is about: a participant (whose row the caller has locked), or an unknown number by its keyed index."""

    study_id: UUID
    site_id: UUID
    participant: Participant | None = None
    unknown: UnknownSender | None = None
    sender_index: bytes | None = None

    @property
    def code(self) -> str:
        return self.participant.code if self.participant else UNKNOWN_NUMBER


def about(participant: Participant) -> Sender:
    return Sender(participant.study_id, participant.site_id, participant=participant)


def raise_escalation(
    session: Session,
    sender: Sender,
    decision: EscalationDecision,
    now: datetime,
    *,
    study: Study,
    inbound_id: UUID | None = None,
    celsius: Decimal | None = None,
) -> Escalation:
    """Open an episode or join the open one. Pages at once when it is new or worse; a repeat is kept and pages nobody again.

    An alarm joins the open alarm; what is for review joins it too, or else the open task. Worse is a higher level, a new reason that
    pages, or so much warmer as the study file says; the page then says what is new. An alarm soon after the end of one follows it.
    """
    codes = [reason.code for reason in decision.reasons]
    episode = _open_episode(session, sender, decision.level)
    if episode is None:
        # Held while the episode is paged: who asks for the site finds it in the session.
        site = session.get_one(Site, sender.site_id)
        episode = _open(session, sender, site, decision, codes, celsius, now, study)
        keep_step(session, episode, sender.participant, EventKind.OPENED, now, codes=codes, inbound_id=inbound_id)
        start_paging(session, episode, sender.code, _FIRST_PAGE[episode.follows is not None], now, study=study)
    elif _is_worse(episode, decision, celsius, study):
        _worsen(session, sender, episode, decision, codes, celsius, now, study, inbound_id)
    else:
        _gather(episode, decision, codes, celsius)
        keep_step(session, episode, sender.participant, EventKind.REPEATED, now, codes=codes, inbound_id=inbound_id)
    return episode


def _whose(sender: Sender) -> ColumnElement[bool]:
    return Escalation.participant_id == sender.participant.id if sender.participant else Escalation.sender_index == sender.sender_index


def _open_episode(session: Session, sender: Sender, level: Level) -> Escalation | None:
    unresolved = select(Escalation).where(Escalation.state != EscalationState.RESOLVED, _whose(sender)).with_for_update(key_share=True)
    by_kind = {episode.is_alarm: episode for episode in session.scalars(unresolved)}
    return by_kind.get(True) or (by_kind.get(False) if level is Level.REVIEW else None)


def _open(
    session: Session,
    sender: Sender,
    site: Site,
    decision: EscalationDecision,
    codes: list[str],
    celsius: Decimal | None,
    now: datetime,
    study: Study,
) -> Escalation:
    follows = _ended_lately(session, sender, decision, now, study)
    episode = Escalation(
        study_id=sender.study_id,
        site_id=site.id,
        participant_id=sender.participant.id if sender.participant else None,
        sender_index=sender.sender_index,
        number=draw_number(session, sender.study_id),
        state=EscalationState.OPEN,
        is_alarm=decision.level is not Level.REVIEW,
        level=decision.level,
        reasons=codes,
        highest_celsius=celsius,
        follows=follows,
        opened_at=now,
        chain_step=0,
        handed_on=[],
        pages=0,
        protocol_version=study.version,
        version=1,
    )
    session.add(episode)
    # The same text may give another reason, and must find this one: nothing is flushed by itself while a text is handled.
    session.flush()
    return episode


def _ended_lately(session: Session, sender: Sender, decision: EscalationDecision, now: datetime, study: Study) -> int | None:
    """The number of the alarm that this one is the return of."""
    if decision.level is Level.REVIEW or study.rules.are_paperwork(reason.code for reason in decision.reasons):
        return None
    since = now - timedelta(days=study.episodes.back_within_days)
    ended = select(Escalation.number, Escalation.reasons).where(_whose(sender), Escalation.is_alarm, Escalation.resolved_at > since)
    latest_first = session.execute(ended.order_by(Escalation.resolved_at.desc()))
    return next((number for number, reasons in latest_first if not study.rules.are_paperwork(reasons)), None)


def _is_worse(episode: Escalation, decision: EscalationDecision, celsius: Decimal | None, study: Study) -> bool:
    if decision.level.rank > episode.level.rank or _new_codes(episode, decision):
        return True
    return decision.level is not Level.REVIEW and _is_warmer(episode, celsius, study)


def _new_codes(episode: Escalation, decision: EscalationDecision) -> list[str]:
    """The reasons that page and that the episode did not have."""
    return [reason.code for reason in decision.reasons if reason.level is not Level.REVIEW and reason.code not in episode.reasons]


def _is_warmer(episode: Escalation, celsius: Decimal | None, study: Study) -> bool:
    """Whether a temperature that means something is so much above the highest before, or the first one."""
    if celsius is None or not any(step.code and step.holds(celsius) for step in study.rules.temperature.steps):
        return False
    return episode.highest_celsius is None or celsius >= episode.highest_celsius + study.episodes.worse_by_celsius


def _worsen(
    session: Session,
    sender: Sender,
    episode: Escalation,
    decision: EscalationDecision,
    codes: list[str],
    celsius: Decimal | None,
    now: datetime,
    study: Study,
    inbound_id: UUID | None,
) -> None:
    """Page what is new. Whoever took it took something lesser: they hear of it too, and it needs taking again."""
    news = _news(episode, decision, codes, celsius, study)
    anew = decision.level.rank > episode.level.rank or episode.state is EscalationState.ACKNOWLEDGED
    owner = owner_of(session, episode) if episode.state is EscalationState.ACKNOWLEDGED else ()
    _gather(episode, decision, codes, celsius)
    if episode.state is EscalationState.ACKNOWLEDGED:
        reopen(episode)
    forget_promise(episode)
    keep_step(session, episode, sender.participant, EventKind.WORSENED, now, codes=codes, inbound_id=inbound_id)
    if anew:
        start_paging(session, episode, sender.code, "page_worse", now, study=study, also=owner, **news)
    else:
        episode.handed_on = []
        page_on_call(session, episode, sender.code, "page_worse", now, study=study, **news)


def _news(episode: Escalation, decision: EscalationDecision, codes: list[str], celsius: Decimal | None, study: Study) -> dict[str, Any]:
    """What this text adds: new reasons, a temperature so much higher with the one before it; with neither, all that it says."""
    new, warmer, before = _new_codes(episode, decision), _is_warmer(episode, celsius, study), episode.highest_celsius
    return {
        "reasons": new or ([] if warmer else codes),
        "celsius": shown_celsius(celsius) if warmer and celsius is not None else None,
        "was": shown_celsius(before) if warmer and before is not None else None,
    }


def _gather(episode: Escalation, decision: EscalationDecision, codes: list[str], celsius: Decimal | None) -> None:
    episode.level = Level.worst(episode.level, decision.level) or episode.level
    episode.reasons = [*dict.fromkeys(codes + episode.reasons)]
    if celsius is not None:
        episode.highest_celsius = max(celsius, episode.highest_celsius or celsius)
    episode.version += 1
