"""Who is hard to reach: silent, unreachable or refused, each person in one list; since when, what was tried, and who is on it.

Computed from what happened, so nobody has to be put on a list or taken off it: who writes again is off the first two at once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, String, cast, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from followup_service.checkins.checkin import Checkin
from followup_service.escalations.escalation import Escalation, EscalationEvent, EscalationState, EventKind, Outcome
from followup_service.messaging.delivery import FAILURES
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbound_message import OutboundMessage, OutboundState
from followup_service.participants.participant import IN_TOUCH, Participant
from followup_service.protocol.definitions import Study


class ReachList(StrEnum):
    """`silent`: a check-in whose silence matters was not answered, and nothing was heard since. `unreachable`: no phone, somebody
    else's, or texts to it fail. `refused`: no unasked texts are wanted, until they start them again; what else they write is no start.
    """

    SILENT = "silent"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class HardToReach:
    """One person. `texts` went out since they were last heard of, `failed` of them did not arrive; `calls` are those that staff recorded
    since `since`. `escalation` is the number of what is open, else of what ended last since, with its `outcome`; `owner` has taken it.
    """

    listed: ReachList
    site_id: UUID
    participant: str
    since: datetime
    because: str
    last_in_at: datetime | None
    last_out_at: datetime | None
    texts: int
    failed: int
    calls: int
    last_call_at: datetime | None
    escalation: int | None
    state: EscalationState | None
    owner: str | None
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class _Reason:
    listed: ReachList
    since: datetime
    because: str


_ARRIVED = (OutboundState.DELIVERED, OutboundState.READ)
_NEVER_WENT = (OutboundState.NOT_SENT, OutboundState.CREATED)
# "This is not my number" is from somebody else, whoever's phone it was.
_FROM_SOMEBODY_ELSE = select(EscalationEvent.inbound_id).where(
    EscalationEvent.inbound_id.is_not(None), cast(EscalationEvent.reasons, String).contains("WRONG_NUMBER")
)


def hard_to_reach(session: Session, site_ids: Collection[UUID], *, study: Study) -> list[HardToReach]:
    """Of these sites, those still in touch with the trial, who waits longest first. Whoever fits several lists is in the one that explains
    the others: refused, then unreachable, then silent.
    """
    in_touch = select(Participant.id).where(Participant.site_id.in_(site_ids), Participant.state.in_(IN_TOUCH))
    reasons = (
        _silent(session, in_touch, study) | _texts_fail(session, in_touch) | _no_phone(session, in_touch) | _refused(session, in_touch)
    )
    people = {person.id: person for person in session.scalars(select(Participant).where(Participant.id.in_(reasons)))}
    heard, sent = _last_heard(session, reasons), _sent(session, reasons)
    calls, episodes = _calls(session, reasons), _episodes(session, reasons)
    found = [
        _listed(people[person_id], reason, heard.get(person_id), sent[person_id], calls[person_id], episodes[person_id])
        for person_id, reason in reasons.items()
    ]
    return sorted(found, key=lambda one: (one.since, one.participant))


def _silent(session: Session, in_touch: Select[tuple[UUID]], study: Study) -> dict[UUID, _Reason]:
    matter = [code for code, plan in study.checkins.items() if plan.silence is not None]
    unanswered = (
        select(Checkin.participant_id, func.min(Checkin.started_at), func.count())
        .where(
            Checkin.participant_id.in_(in_touch),
            Checkin.plan.in_(matter),
            Checkin.closed_because == "not_answered",
            ~_heard_since(Checkin.participant_id, Checkin.started_at),
        )
        .group_by(Checkin.participant_id)
    )
    rows = session.execute(unanswered)
    return {row[0]: _Reason(ReachList.SILENT, row[1], f"check-ins not answered: {row[2]}") for row in rows}


def _texts_fail(session: Session, in_touch: Select[tuple[UUID]]) -> dict[UUID, _Reason]:
    """To the first phone, with nothing that arrived on it since and nothing heard since."""
    later = aliased(OutboundMessage)
    arrived_since = exists().where(
        later.participant_id == OutboundMessage.participant_id,
        later.phone_id.is_(None),
        later.state.in_(_ARRIVED),
        later.changed_at >= OutboundMessage.changed_at,
    )
    failed = (
        select(OutboundMessage.participant_id, func.min(OutboundMessage.changed_at), func.count())
        .where(
            OutboundMessage.participant_id.in_(in_touch),
            OutboundMessage.phone_id.is_(None),
            OutboundMessage.state.in_(FAILURES),
            ~arrived_since,
            ~_heard_since(OutboundMessage.participant_id, OutboundMessage.changed_at),
        )
        .group_by(OutboundMessage.participant_id)
    )
    rows = session.execute(failed)
    return {row[0]: _Reason(ReachList.UNREACHABLE, row[1], f"texts that did not arrive: {row[2]}") for row in rows}


def _no_phone(session: Session, in_touch: Select[tuple[UUID]]) -> dict[UUID, _Reason]:
    without = select(Participant).where(
        Participant.id.in_(in_touch), or_(Participant.phone_encrypted.is_(None), Participant.phone_wrong_since.is_not(None))
    )
    return {
        person.id: _Reason(
            ReachList.UNREACHABLE,
            person.phone_wrong_since or person.created_at,
            "the phone is somebody else's" if person.phone_wrong_since else "no phone",
        )
        for person in session.scalars(without)
    }


def _refused(session: Session, in_touch: Select[tuple[UUID]]) -> dict[UUID, _Reason]:
    refused = select(Participant.id, Participant.opted_out_at, Participant.opted_out_by).where(
        Participant.id.in_(in_touch), Participant.opted_out_at.is_not(None)
    )
    return {row[0]: _Reason(ReachList.REFUSED, row[1], f"no texts wanted, by {row[2]}") for row in session.execute(refused)}


def _heard_since(participant_id: Any, at: Any) -> ColumnElement[bool]:
    return exists().where(
        InboundMessage.participant_id == participant_id, InboundMessage.received_at >= at, InboundMessage.id.not_in(_FROM_SOMEBODY_ELSE)
    )


def _last_heard(session: Session, people: Iterable[UUID]) -> dict[UUID, datetime]:
    last = (
        select(InboundMessage.participant_id, func.max(InboundMessage.received_at))
        .where(InboundMessage.participant_id.in_(list(people)), InboundMessage.id.not_in(_FROM_SOMEBODY_ELSE))
        .group_by(InboundMessage.participant_id)
    )
    return {row[0]: row[1] for row in session.execute(last)}


def _sent(session: Session, people: Iterable[UUID]) -> dict[UUID, list[Row[Any]]]:
    """When and how each text to them ended; those that never went are none."""
    sent = select(OutboundMessage.participant_id, OutboundMessage.changed_at, OutboundMessage.state).where(
        OutboundMessage.participant_id.in_(list(people)), OutboundMessage.state.not_in(_NEVER_WENT)
    )
    of_people: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in session.execute(sent):
        of_people[row[0]].append(row)
    return of_people


def _calls(session: Session, people: Iterable[UUID]) -> dict[UUID, list[datetime]]:
    calls = (
        select(Escalation.participant_id, EscalationEvent.at)
        .join(Escalation, Escalation.id == EscalationEvent.escalation_id)
        .where(Escalation.participant_id.in_(list(people)), EscalationEvent.kind == EventKind.CALLED)
    )
    of_people: dict[UUID, list[datetime]] = defaultdict(list)
    for person_id, at in session.execute(calls):
        of_people[person_id].append(at)
    return of_people


def _episodes(session: Session, people: Iterable[UUID]) -> dict[UUID, list[Escalation]]:
    """Of each, what is open before what ended, an alarm before a task, the newest first."""
    episodes = (
        select(Escalation).where(Escalation.participant_id.in_(list(people))).order_by(Escalation.is_alarm.desc(), Escalation.number.desc())
    )
    of_people: dict[UUID, list[Escalation]] = defaultdict(list)
    for episode in session.scalars(episodes):
        assert episode.participant_id is not None  # noqa: S101 - they were found by it
        of_people[episode.participant_id].append(episode)
    return {person_id: sorted(rows, key=lambda row: row.state is EscalationState.RESOLVED) for person_id, rows in of_people.items()} | {
        person_id: [] for person_id in people if person_id not in of_people
    }


def _listed(
    person: Participant,
    reason: _Reason,
    heard_at: datetime | None,
    sent: list[Row[Any]],
    calls: list[datetime],
    episodes: list[Escalation],
) -> HardToReach:
    since_heard = [state for _, at, state in sent if heard_at is None or at > heard_at]
    calls_since = [at for at in calls if at >= reason.since]
    on_it = next((one for one in episodes if one.resolved_at is None or one.resolved_at >= reason.since), None)
    return HardToReach(
        listed=reason.listed,
        site_id=person.site_id,
        participant=person.code,
        since=reason.since,
        because=reason.because,
        last_in_at=heard_at,
        last_out_at=max((at for _, at, _ in sent), default=None),
        texts=len(since_heard),
        failed=sum(state in FAILURES for state in since_heard),
        calls=len(calls_since),
        last_call_at=max(calls_since, default=None),
        escalation=on_it.number if on_it else None,
        state=on_it.state if on_it else None,
        owner=on_it.acknowledged_by if on_it and on_it.state is EscalationState.ACKNOWLEDGED else None,
        outcome=on_it.outcome if on_it and on_it.state is EscalationState.RESOLVED else None,
    )
