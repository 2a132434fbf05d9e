"""A participant's visits as one list: the plan as computed today, with the facts that are stored of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.protocol.visit_schedule import PlannedVisit, VisitKey
from followup_service.visits.visit import Visit

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


def list_visits(session: Session, participant_id: UUID, planned: Iterable[PlannedVisit]) -> list[ListedVisit]:
    """By target date. What was recorded stays in the list also where the plan has moved away from it."""
    stored = session.scalars(select(Visit).where(Visit.participant_id == participant_id))
    facts = {VisitKey(row.item, row.occurrence): row for row in stored}
    listed = [_listed(visit, facts.pop(visit.key, None)) for visit in planned]
    listed += [_listed(row, row) for row in facts.values()]
    return sorted(listed, key=lambda visit: (visit.target_on, visit.item, visit.occurrence))


def _listed(dates: PlannedVisit | Visit, fact: Visit | None) -> ListedVisit:
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
    )
