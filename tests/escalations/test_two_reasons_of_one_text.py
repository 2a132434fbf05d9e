"""A text that gives two reasons, one after the other, opens one episode."""

from sqlalchemy import select

from followup_service.escalations.raise_escalation import about, raise_escalation
from followup_service.participants.participant import Participant
from followup_service.protocol.escalation_rules import decide_code
from tests.hospital import Hospital


def test_the_second_reason_finds_the_episode_of_the_first(hospital: Hospital) -> None:
    hospital.enrols()
    study = hospital.app.extensions["study"]
    with hospital.session() as session:
        participant = session.scalars(select(Participant)).one()
        with session.no_autoflush:
            for code in ("UNREADABLE", "OPTED_OUT"):
                raise_escalation(session, about(participant), decide_code(code, study.rules), hospital.clock.now(), study=study)
        session.commit()
    assert set(hospital.the_escalation().reasons) == {"UNREADABLE", "OPTED_OUT"}
