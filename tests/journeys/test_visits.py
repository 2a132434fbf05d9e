"""A visit from the first reminder to the day itself: by the participant's own clock, confirmed, moved, missed."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from followup_service.messaging.outbound_message import OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import ParticipantState
from followup_service.protocol.rule_definitions import Level
from followup_service.visits.visit import VisitState
from tests.hospital import Hospital, Phone

MONDAY = date(2026, 1, 5)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def reminded(phone: Phone) -> list[tuple[str, str]]:
    """When which texts about visits arrived, in Beijing."""
    rows = [row for row in phone.messages() if row.visit_id is not None and row.state is OutboundState.DELIVERED]
    zone = at("2026-01-01").tzinfo
    return [(f"{row.changed_at.astimezone(zone):%m-%d %H:%M}", row.message) for row in rows]


@pytest.fixture
def phone(hospital: Hospital) -> Phone:
    """Of somebody in the control arm whose first check-up is due on 5 April: quiet months but for the check-ins."""
    phone = hospital.enrols()
    hospital.treats("PKU-001", "systemic", MONDAY)
    return phone


def test_a_visit_without_a_day_is_reminded_with_its_window_and_how_to_book(hospital: Hospital, phone: Phone) -> None:
    hospital.move(to=at("2026-04-05T12:00"))
    assert reminded(phone) == [
        ("03-22 09:00", "visit_due"),
        ("03-29 09:00", "visit_due"),
        ("04-02 09:00", "visit_due"),
        ("04-04 09:00", "visit_due"),
        ("04-05 08:00", "visit_due"),
    ]
    text = phone.received(Purpose.REMINDER)[0]
    assert "(check-up) is due between Sun, Mar 22 and Sun, Apr 19. To book a day, call 010-88196000." in text
    assert text.endswith("Reply 1 if you have a day already, 2 to get one from us.")
