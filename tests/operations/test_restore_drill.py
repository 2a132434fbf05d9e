"""The drill of a restore: yesterday's backup comes back, the sender is on hold, the provider is asked, and nothing goes out twice."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from followup_service import clock
from followup_service.audit import verify_chains
from followup_service.messaging.gateways.gateway import ProviderSilent, SendResult, SentText
from followup_service.messaging.inbox import ReceivedText
from followup_service.messaging.outbound_message import Attempt, AttemptState, OutboundMessage, OutboundState
from followup_service.messaging.purposes import Purpose
from tests.hospital import Hospital, Phone

pytestmark = pytest.mark.usefixtures("postgres_programs")


class Provider:
    """Delivers at once, and remembers what no backup of ours holds."""

    name = "provider"

    def __init__(self) -> None:
        self.taken: list[tuple[str, SentText]] = []
        self.silent = False

    def send(self, *, to: str, body: str, callback_url: str, useful_for: timedelta) -> SendResult:
        sid = f"SM{uuid4().hex}"
        self.taken.append((to, SentText(sid, body, clock.now(), "delivered", None)))
        return SendResult(AttemptState.ACCEPTED, sid, "delivered")

    def sent_to(self, to: str) -> Sequence[SentText]:
        if self.silent:
            raise ProviderSilent("ReadTimeout")
        return [text for number, text in self.taken if number == to]

    def received(self, since: datetime) -> Iterator[ReceivedText]:
        return iter(())

    def copies(self, to: str) -> Counter[str]:
        return Counter(text.body for text in self.sent_to(to))


@pytest.fixture
def provider(hospital: Hospital) -> Provider:
    provider = Provider()
    hospital.app.extensions["sms_gateway"] = provider
    return provider


@pytest.fixture
def phone(hospital: Hospital) -> Phone:
    """A participant two days after an ablation, with a visit to come: tomorrow there is much to say."""
    phone = hospital.enrols(arm="rfa")
    hospital.treats("PKU-001", "rfa", date(2026, 1, 5))
    hospital.books("post_rfa_scan", datetime.fromisoformat("2026-02-05T10:00+08:00"))
    return phone


def lives_through_a_day(hospital: Hospital, phone: Phone) -> None:
    """The day after the backup: questions and answers, a fever, and whoever takes it."""
    hospital.move(to=datetime.fromisoformat("2026-01-06T12:00+08:00"))
    phone.replies("37.2", "1", "2")
    hospital.move(hours=1)
    phone.replies("39.2 and shivering")
    hospital.move(minutes=1)
    hospital.nurse.texts("1")


def restored(hospital: Hospital, file: Path) -> None:
    hospital.clock.move(minutes=5)
    result = hospital.runs("backup", "restore", str(file), "--replace")
    assert result.exit_code == 0, result.output


def test_nothing_goes_out_twice_and_nothing_that_left_is_forgotten(
    hospital: Hospital, provider: Provider, phone: Phone, tmp_path: Path
) -> None:
    file = tmp_path / "monday.backup"
    assert hospital.runs("backup", "create", str(file)).exit_code == 0
    lives_through_a_day(hospital, phone)
    before = provider.copies(phone.number)
    assert len(before) >= 4
    restored(hospital, file)

    hospital.move(minutes=10)
    assert provider.copies(phone.number) == before, "something left although the sender is on hold"
    assert "flask outbox reconcile" in hospital.runs("outbox", "release").output
    first = hospital.runs("outbox", "reconcile")
    assert first.exit_code == 0, first.output
    assert "0 that nobody" not in first.output
    hospital.move(minutes=5)
    again = hospital.runs("outbox", "reconcile")
    assert again.output.startswith("0 that waited here"), again.output
    assert hospital.runs("outbox", "release").exit_code == 0
    hospital.move(minutes=5)

    assert {body: count for body, count in provider.copies(phone.number).items() if count > before.get(body, 1)} == {}
    with hospital.session() as session:
        attempts = Counter(session.scalars(select(Attempt.provider_sid).where(Attempt.provider_sid.is_not(None))))
        assert attempts == Counter(text.sid for _, text in provider.taken)
        assert list(verify_chains(session)) == []


def test_the_first_question_that_was_asked_is_known_as_asked_and_its_answer_is_taken(
    hospital: Hospital, provider: Provider, phone: Phone, tmp_path: Path
) -> None:
    """The worker plans it anew, the provider has it: the row of the new plan is the one that was sent."""
    file = tmp_path / "monday.backup"
    hospital.runs("backup", "create", str(file))
    hospital.move(to=datetime.fromisoformat("2026-01-06T12:00+08:00"))
    asked = provider.copies(phone.number)
    restored(hospital, file)
    hospital.move(minutes=1)
    reconciled = hospital.runs("outbox", "reconcile")
    assert "; 0 that nobody" in reconciled.output
    questions = phone.messages(Purpose.QUESTION)
    assert [(row.state, row.message) for row in questions] == [(OutboundState.DELIVERED, "question.temperature")]
    hospital.runs("outbox", "release")
    phone.texts("37.2")
    assert provider.copies(phone.number) - asked == Counter(
        text.body for number, text in provider.taken if number == phone.number and text.body not in asked
    )
    assert len(provider.copies(phone.number)) > len(asked)


def test_what_turns_up_only_after_it_was_found_at_the_provider_is_not_sent_either(
    hospital: Hospital, provider: Provider, phone: Phone, tmp_path: Path
) -> None:
    file = tmp_path / "monday.backup"
    hospital.runs("backup", "create", str(file))
    hospital.move(to=datetime.fromisoformat("2026-01-06T12:00+08:00"))
    before = provider.copies(phone.number)
    restored(hospital, file)
    first = hospital.runs("outbox", "reconcile")
    assert first.output.startswith("0 that waited here"), first.output
    hospital.move(minutes=1)
    assert not hospital.runs("outbox", "reconcile").output.startswith("0 that waited here")
    hospital.runs("outbox", "release")
    hospital.move(minutes=1)
    assert provider.copies(phone.number) == before
    with hospital.session() as session:
        reasons = session.scalars(select(OutboundMessage.not_sent_reason).where(OutboundMessage.not_sent_reason.is_not(None)))
        assert set(reasons) == {"left_before_restore"}


def test_a_provider_that_does_not_answer_changes_nothing_and_releases_nothing(
    hospital: Hospital, provider: Provider, phone: Phone, tmp_path: Path
) -> None:
    file = tmp_path / "monday.backup"
    hospital.runs("backup", "create", str(file))
    restored(hospital, file)
    provider.silent = True
    assert "nothing was changed, try again" in hospital.runs("outbox", "reconcile").output
    assert hospital.runs("outbox", "release").exit_code == 1


def test_without_a_restore_there_is_nothing_to_reconcile(hospital: Hospital) -> None:
    assert "was not restored" in hospital.runs("outbox", "reconcile").output
