"""Putting the outbox on hold and releasing it: by the operator, or by the service itself, which then tells the operator once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.audit import SYSTEM, record_event
from followup_service.errors import Conflict, Refused
from followup_service.messaging.outbox import discard_texts, queue_text
from followup_service.messaging.purposes import Purpose
from followup_service.messaging.sending_hold import HoldCause, HoldScope, SendingHold
from followup_service.protocol.definitions import Study
from followup_service.staff.site import StudyRecord
from followup_service.staff.staff_member import StaffMember

log = structlog.get_logger()


def hold_sending(
    session: Session,
    scope: HoldScope,
    cause: HoldCause,
    reason: str,
    now: datetime,
    by: str,
    *,
    study: Study,
    as_of: datetime | None = None,
) -> SendingHold | None:
    """Hold texts back from now on. None where the same is held for the same cause already; another scope takes the place of the former."""
    record = locked_study(session, study)
    former = _in_force(session, cause)
    if former is not None and former.scope is scope:
        return None
    if former is not None:
        _end(record, former, now, by)
        session.flush()
    hold = SendingHold(study_id=record.id, scope=scope, cause=cause, reason=reason, placed_at=now, placed_by=by, as_of=as_of)
    session.add(hold)
    record_event(record, "sending_held", now, by, scope=scope.value, cause=cause.value)
    log.error("sending_held", reason=cause.value, outcome=scope.value)
    return hold


def hold_for_configuration(session: Session, code: str | None, now: datetime, *, study: Study) -> None:
    """The provider refuses our settings. Pages and answers to alarms are still tried: not every such error is one of all numbers."""
    reason = f"the provider refuses our settings: error {code}"
    hold_and_tell(session, HoldScope.ALL_BUT_ALARMS, HoldCause.CONFIGURATION, reason, now, study=study, error=code)


def hold_and_tell(
    session: Session, scope: HoldScope, cause: HoldCause, reason: str, now: datetime, *, study: Study, **values: Any
) -> SendingHold | None:
    """The service itself holds texts back, and tells the operators: once, however often the cause comes up again."""
    hold = hold_sending(session, scope, cause, reason, now, SYSTEM, study=study)
    if hold is not None:
        for person in operators(session):
            queue_text(session, person, Purpose.PAGE, _TOLD[cause], now, study=study, values=values)
    return hold


_TOLD = {HoldCause.CONFIGURATION: "page_hold_configuration", HoldCause.MASS_SENDING: "page_hold_mass_sending"}


def release_sending(
    session: Session, now: datetime, by: str, *, study: Study, although_not_reconciled: bool = False
) -> Sequence[SendingHold]:
    """End every hold. Raises Conflict where there is none, Refused after a restore that nobody has reconciled with the provider."""
    record = locked_study(session, study)
    holds = holds_in_force(session)
    if not holds:
        raise Conflict("nothing is on hold")
    if any(hold.cause is HoldCause.RESTORE and hold.reconciled_at is None for hold in holds) and not although_not_reconciled:
        raise Refused(
            "this database was restored, and what left since the backup would go out a second time: run flask outbox reconcile first, "
            "or write --although-not-reconciled"
        )
    for hold in holds:
        _end(record, hold, now, by)
    return holds


def discard_waiting(session: Session, purpose: Purpose, now: datetime, by: str, *, study: Study) -> int:
    """Keep the due texts of a purpose as not sent, because a person says that a mistake made them. Returns how many there were."""
    record = locked_study(session, study)
    count = discard_texts(session, purpose, now)
    record_event(record, "texts_discarded", now, by, purpose=purpose.value, count=count)
    return count


def holds_in_force(session: Session) -> list[SendingHold]:
    return list(session.scalars(select(SendingHold).where(SendingHold.released_at.is_(None)).order_by(SendingHold.placed_at)))


def operators(session: Session) -> list[StaffMember]:
    """Who keeps the service running and can be reached."""
    marked = select(StaffMember).where(StaffMember.is_operator, StaffMember.active, StaffMember.phone_verified_at.is_not(None))
    return list(session.scalars(marked.order_by(StaffMember.created_at)))


def _in_force(session: Session, cause: HoldCause) -> SendingHold | None:
    return session.scalar(select(SendingHold).where(SendingHold.cause == cause, SendingHold.released_at.is_(None)))


def _end(record: StudyRecord, hold: SendingHold, now: datetime, by: str) -> None:
    hold.released_at, hold.released_by = now, by
    record_event(record, "sending_released", now, by, scope=hold.scope.value, cause=hold.cause.value)


def locked_study(session: Session, study: Study) -> StudyRecord:
    """The study's row, in whose audit chain stands what was done to the service as a whole."""
    wanted = select(StudyRecord).where(StudyRecord.code == study.code).with_for_update(key_share=True)
    return session.scalars(wanted.execution_options(populate_existing=True)).one()
