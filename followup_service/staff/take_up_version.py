"""Taking up a new version of the protocol file: every plan is looked at once under it, and the study's record says since when."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from followup_service.audit import record_event
from followup_service.participants.participant import Participant, ParticipantState
from followup_service.protocol.definitions import Study
from followup_service.staff.site import StudyRecord

_FOLLOWED = (ParticipantState.ACTIVE, ParticipantState.PAUSED)


def take_up_version(session: Session, study_id: UUID, now: datetime, *, study: Study) -> None:
    """Do it, where the version is another than the record's. What was made under the old one keeps its version."""
    record = session.get_one(StudyRecord, study_id, with_for_update={"key_share": True}, populate_existing=True)
    if record.protocol_version == study.version:
        return
    versions = {"before": record.protocol_version, "version": study.version}
    record.protocol_version, record.ends_on = study.version, study.ends_on
    followed = update(Participant).where(Participant.study_id == study_id, Participant.state.in_(_FOLLOWED))
    options = {"synchronize_session": False}
    session.execute(followed.values(next_visit_at=now).execution_options(**options))
    # What was due before stays due; what lies ahead is planned anew.
    sooner = followed.where((Participant.next_checkin_at > now) | Participant.next_checkin_at.is_(None))
    session.execute(sooner.where(Participant.opted_out_at.is_(None)).values(next_checkin_at=now).execution_options(**options))
    record_event(record, "protocol_version_taken_up", now, **versions)
