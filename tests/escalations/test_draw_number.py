"""Two alarms at once have two numbers, and on PostgreSQL neither waits for the other's commit."""

from sqlalchemy import select

from followup_service.escalations.draw_number import draw_number
from followup_service.staff.site import StudyRecord
from tests.hospital import Hospital


def test_an_alarm_does_not_wait_for_the_one_before_it(hospital: Hospital) -> None:
    with hospital.session() as first, hospital.session() as second:
        study_id = first.scalars(select(StudyRecord.id)).one()
        if first.get_bind().dialect.name == "postgresql":
            # As whoever adds to the study's audit trail holds it.
            first.get_one(StudyRecord, study_id, with_for_update={"key_share": True})
        one = draw_number(first, study_id)
        if first.get_bind().dialect.name == "sqlite":
            first.commit()
        assert draw_number(second, study_id) == one + 1
