"""What is recorded after a day's contact hours asks nothing of that day, and makes nobody silent."""

from datetime import UTC, date, datetime

from tests.hospital import Hospital


def test_a_session_recorded_late_in_the_evening_raises_no_silence(hospital: Hospital) -> None:
    hospital.move(to=datetime(2026, 1, 6, 13, 30, tzinfo=UTC))  # 21:30 in Beijing, a day after the session
    participant = hospital.enrols()
    hospital.treats("PKU-001", "rfa", date(2026, 1, 5))
    hospital.run_due()
    assert hospital.escalations() == []
    hospital.move(to=datetime(2026, 1, 7, 4, 0, tzinfo=UTC))
    assert participant.received() != []
