"""A participant's visits as one list: the plan as computed today, with the facts that are stored of each."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from followup_service.protocol.visit_schedule import PlannedVisit, VisitKey
from followup_service.visits.visit import Visit, VisitChange

PLANNED = "planned"


@dataclass(frozen=True, slots=True)
class ListedVisit:
    """`state` is a VisitState, or `planned` while nothing is known of it. `procedures` are empty for a visit no longer in the plan."""

    item: str
    occurrence: str
    state: str
    target_on: date
    opens_on: date
    closes_on: date
    procedures: tuple[str, ...]
    merged_with: VisitKey | None
    booked_at: datetime | None
    attended_on: date | None
    confirmed_at: datetime | None
    protocol_version: str | None
    changes: tuple[VisitChange, ...]


# Pages ask them again and again: put together once.
_VISITS = select(Visit).where(Visit.participant_id == bindparam("participant_id"))
_CHANGES = select(VisitChange).where(VisitChange.visit_id.in_(bindparam("ids", expanding=True))).order_by(VisitChange.id)


def visits_of(session: Session, participant_id: UUID) -> list[Visit]:
    """What is stored of a participant's visits."""
    return list(session.scalars(_VISITS, {"participant_id": participant_id}))


def list_visits(session: Session, stored: Iterable[Visit], planned: Iterable[PlannedVisit]) -> list[ListedVisit]:
    """By target date. What was recorded stays in the list also where the plan has moved away from it."""
    facts = {VisitKey(row.item, row.occurrence): row for row in stored}
    changes = _changes(session, [row.id for row in facts.values()])
    listed = [_listed(visit, facts.pop(visit.key, None), changes) for visit in planned]
    listed += [_listed(row, row, changes) for row in facts.values()]
    return sorted(listed, key=lambda visit: (visit.target_on, visit.item, visit.occurrence))


def _changes(session: Session, visit_ids: Sequence[UUID]) -> dict[UUID, list[VisitChange]]:
    """What moved after it was told, oldest first."""
    changes: dict[UUID, list[VisitChange]] = defaultdict(list)
    for change in session.scalars(_CHANGES, {"ids": visit_ids}) if visit_ids else ():
        changes[change.visit_id].append(change)
    return changes


def _listed(dates: PlannedVisit | Visit, fact: Visit | None, changes: Mapping[UUID, list[VisitChange]]) -> ListedVisit:
    return ListedVisit(
        item=dates.item,
        occurrence=dates.occurrence,
        state=str(fact.state) if fact else PLANNED,
        target_on=dates.target_on,
        opens_on=dates.opens_on,
        closes_on=dates.closes_on,
        procedures=dates.procedures if isinstance(dates, PlannedVisit) else (),
        merged_with=dates.merged_with if isinstance(dates, PlannedVisit) else None,
        booked_at=fact.booked_at if fact else None,
        attended_on=fact.attended_on if fact else None,
        confirmed_at=fact.confirmed_at if fact else None,
        protocol_version=fact.protocol_version if fact else None,
        changes=tuple(changes.get(fact.id, ())) if fact else (),
    )
