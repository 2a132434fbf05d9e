"""The 24 hours of an adverse event never end silently: the team is paged about a draft before they are over, then, and again."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from followup_service.escalations.raise_escalation import about, raise_escalation
from followup_service.protocol.build_rules import REPORT_DUE, REPORT_OVERDUE
from followup_service.protocol.definitions import Study
from followup_service.protocol.escalation_rules import decide_code
from followup_service.records.adverse_event import AdverseEventState
from followup_service.records.settle_adverse_event import lock_adverse_event


def watch_report_clock(session: Session, event_id: UUID, now: datetime, *, study: Study) -> None:
    """Raise what the time asks for, and set when to look again. Who ends the escalation has not ended the event: it comes again until an
    investigator signs or dismisses it.
    """
    event, participant = lock_adverse_event(session, event_id)
    if event.state is not AdverseEventState.DRAFT or event.report_step_at is None or event.report_step_at > now:
        return
    overdue = now >= event.report_due_at
    decision = decide_code(REPORT_OVERDUE if overdue else REPORT_DUE, study.rules)
    raise_escalation(session, about(participant), decision, now, study=study)
    event.report_step_at = now + timedelta(minutes=study.reporting.again_every_minutes) if overdue else event.report_due_at
