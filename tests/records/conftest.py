"""A resolved fever, an investigator, and what is done to the draft of an adverse event."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from followup_service.escalations.escalation import Escalation, Outcome
from followup_service.escalations.settle_escalation import resolve_escalation
from followup_service.records.adverse_event import AdverseEvent, Meaning, Signature
from followup_service.records.draft_adverse_event import draft_adverse_event
from followup_service.records.settle_adverse_event import complete_adverse_event, dismiss_adverse_event, sign_adverse_event
from followup_service.staff.staff_member import StaffMember, StaffRole
from tests.hospital import Hospital

COMPLETE = {
    "grade": 2,
    "seriousness": ["hospitalisation"],
    "relations": {"rfa": "probable", "systemic": "unlikely"},
    "narrative": "abscess",
}


class Ward:
    """What the team does with escalations and adverse events, each act committed as by the service's doors."""

    def __init__(self, hospital: Hospital) -> None:
        self.hospital = hospital
        self.study = hospital.app.extensions["study"]

    def resolves(self, number: int = 1, outcome: Outcome = Outcome.SENT_TO_HOSPITAL) -> None:
        with self.hospital.session() as session:
            episode = session.scalars(select(Escalation).where(Escalation.number == number)).one()
            resolve_escalation(session, episode.id, "nurse-li", outcome, "told by phone", self.hospital.clock.now(), study=self.study)
            session.commit()

    def drafts(self, number: int = 1, term: str | None = None) -> AdverseEvent:
        with self.hospital.session() as session:
            episode = session.scalars(select(Escalation).where(Escalation.number == number)).one()
            event = draft_adverse_event(session, episode, "nurse-li", self.hospital.clock.now(), study=self.study, term=term)
            session.commit()
        return event

    def changes(self, event: AdverseEvent, because: str | None = None, grade_confirmed: bool = False, **values: Any) -> AdverseEvent:
        with self.hospital.session() as session:
            how = {"study": self.study, "because": because, "grade_confirmed": grade_confirmed}
            changed = complete_adverse_event(session, event.id, values, "nurse-li", self.hospital.clock.now(), **how)
            session.commit()
        return changed

    def completes(self, event: AdverseEvent) -> AdverseEvent:
        return self.changes(event, **COMPLETE)

    def signs(self, event: AdverseEvent, handle: str = "dr-wang", version: int | None = None) -> AdverseEvent:
        with self.hospital.session() as session:
            now, person = self.hospital.clock.now(), self.person(handle)
            how = {"study": self.study, "full_name": "Wang Fang", "version": version}
            signed = sign_adverse_event(session, event.id, person, Meaning.RESPONSIBILITY, now, **how)
            session.commit()
        return signed

    def dismisses(self, event: AdverseEvent, handle: str = "dr-wang") -> AdverseEvent:
        with self.hospital.session() as session:
            dismissed = dismiss_adverse_event(session, event.id, self.person(handle), "a cold room", self.hospital.clock.now())
            session.commit()
        return dismissed

    def person(self, handle: str) -> StaffMember:
        with self.hospital.session() as session:
            return session.scalars(select(StaffMember).where(StaffMember.handle == handle)).one()

    def signatures(self) -> list[Signature]:
        with self.hospital.session() as session:
            return list(session.scalars(select(Signature).order_by(Signature.signed_at)))


@pytest.fixture
def ward(hospital: Hospital) -> Ward:
    """The hospital's ward, with Dr Wang as its investigator."""
    make_investigator(hospital, "dr-wang")
    return Ward(hospital)


def make_investigator(hospital: Hospital, handle: str) -> None:
    with hospital.session() as session:
        session.scalars(select(StaffMember).where(StaffMember.handle == handle)).one().role = StaffRole.INVESTIGATOR
        session.commit()


@pytest.fixture
def fever(hospital: Hospital, ward: Ward) -> Callable[[str], AdverseEvent]:
    """Draft the adverse event of a text that was escalated and resolved."""

    def drafted(body: str = "39.5") -> AdverseEvent:
        hospital.enrols().texts(body)
        ward.resolves()
        return ward.drafts()

    return drafted
