"""RunningStudy: the study that this service runs, its row and its protocol together."""

from dataclasses import dataclass
from uuid import UUID

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.errors import ConfigError
from followup_service.protocol.definitions import Study
from followup_service.staff.site import StudyRecord


@dataclass(frozen=True, slots=True)
class RunningStudy:
    id: UUID
    protocol: Study


def running_study(session: Session) -> RunningStudy:
    """Looked up once a process. Raises ConfigError where the study has not been opened in this database."""
    running: RunningStudy | None = current_app.extensions.get("running_study")
    if running is None:
        protocol: Study = current_app.extensions["study"]
        study_id = session.scalar(select(StudyRecord.id).where(StudyRecord.code == protocol.code))
        if study_id is None:
            raise ConfigError([f"study {protocol.code} is not open in this database: open it with: flask --app wsgi study open"])
        running = current_app.extensions["running_study"] = RunningStudy(study_id, protocol)
    return running
