"""A page that rings: 1 takes it, 2 passes it on, anything else is asked again; whoever or whatever only listened has not taken it."""

from contextvars import Context
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from followup_service.escalations.escalation import EscalationState, EventKind
from followup_service.extensions import db
from followup_service.messaging.gateways.gateway import SendResult
from followup_service.messaging.outbound_message import Attempt, AttemptState, DeliveryReceipt, OutboundMessage, OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.messaging.render_text import render_text
from followup_service.protocol.paging_clock import Channel
from tests.hospital import Hospital, Nurse
from tests.outage import database_away
from tests.twilio_stand_in.call import problem_of_twiml, said_in

PAGE = "This is the follow-up service. EMERGENCY, participant P K U 0 0 1: 39.2 C, fever. Number 1."


class CallsThatRing:
    """Takes every call and leaves it ringing, as the provider does, until it is taken back."""

    name = "twilio_voice"

    def __init__(self) -> None:
        self.taken_back: list[str] = []

    def page(self, *, to: str, words: str, language: str, attempt_id: UUID) -> SendResult:
        return SendResult(AttemptState.ACCEPTED, f"CA{attempt_id.hex}", "queued")

    def take_back(self, provider_sid: str) -> bool:
        self.taken_back.append(provider_sid)
        return True


class Ringing:
    """The last call to a phone, and what the provider says about it."""

    def __init__(self, nurse: Nurse) -> None:
        self.hospital, self.row = nurse.hospital, nurse.calls()[-1]
        with self.hospital.session() as session:
            self.attempt = session.scalars(select(Attempt).where(Attempt.outbound_id == self.row.id)).one()

    def _form(self, **values: str) -> dict[str, str]:
        account = self.hospital.app.extensions["config"].twilio_account_sid
        return {"AccountSid": account, "CallSid": self.attempt.provider_sid or "", "CallStatus": "in-progress", **values}

    def posts(self, path: str, **values: str) -> Any:
        language = f"&language={self.row.language}" if path == "answer" else ""
        return self.hospital.post_signed(f"/voice/{path}?attempt={self.attempt.id.hex}{language}", self._form(**values))

    def press(self, key: str, **values: str) -> tuple[str, bool]:
        """What is heard then, and whether a key is waited for again."""
        response = self.posts("answer", Digits=key, **values)
        assert response.status_code == 200
        assert problem_of_twiml(response.text) is None
        said, answer_url = said_in(response.text)
        assert answer_url in ("", f"https://followup.example.org/voice/answer?attempt={self.attempt.id.hex}&language={self.row.language}")
        return said, bool(answer_url)

    def becomes(self, status: str) -> None:
        assert self.posts("status", CallStatus=status).status_code == 200
        self.hospital.run_due()

    @property
    def state(self) -> OutboundState:
        with self.hospital.session() as session:
            return session.get_one(OutboundMessage, self.row.id).state


@pytest.fixture
def ringing(hospital: Hospital) -> Ringing:
    """Nobody answered the text of an emergency, and the phone of the first on call rings."""
    hospital.app.extensions["page_gateways"] = {Channel.VOICE: CallsThatRing()}
    hospital.enrols().texts("39.2")
    hospital.move(minutes=5)
    return Ringing(hospital.nurse)


def test_1_takes_it_like_a_text_does(hospital: Hospital, ringing: Ringing) -> None:
    said, asks_again = ringing.press("1")
    assert (said, asks_again) == (
        "No. 1 (P K U 0 0 1) is yours. Please call now, by 9:45 AM at the latest, then record the outcome.",
        False,
    )
    episode = hospital.the_escalation()
    assert (episode.state, episode.acknowledged_by) == (EscalationState.ACKNOWLEDGED, "nurse-li")
    assert ringing.state is OutboundState.DELIVERED
    ringing.becomes("completed")
    hospital.move(minutes=20)
    assert ringing.state is OutboundState.DELIVERED
    assert not hospital.doctor.was_paged()


def test_2_passes_it_on_once_however_often_the_provider_asks(hospital: Hospital, ringing: Ringing) -> None:
    for _ in range(3):
        assert ringing.press("2") == ("No. 1 (P K U 0 0 1) is handed on. Thank you for saying so.", False)
    hospital.run_due()
    assert len(hospital.doctor.pages()) == 1
    ringing.becomes("completed")
    assert len(hospital.doctor.pages()) == 1
    assert [step.kind for step in hospital.steps()].count(EventKind.HANDED_ON) == 1
    assert hospital.the_escalation().state is EscalationState.OPEN


@pytest.mark.parametrize("key", ["0", "3", "9", "*", "#", "", "12", "１"])
def test_another_key_hears_a_helpful_sentence_and_the_page_again(hospital: Hospital, ringing: Ringing, key: str) -> None:
    said, asks_again = ringing.press(key)
    assert said.startswith(f"That key does nothing here. {PAGE}")
    assert asks_again
    assert hospital.the_escalation().state is EscalationState.OPEN
    assert ringing.press("1")[0].startswith("No. 1 (P K U 0 0 1) is yours.")


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled"])
def test_who_cannot_be_reached_brings_the_next_person_at_once(hospital: Hospital, ringing: Ringing, status: str) -> None:
    ringing.becomes(status)
    assert hospital.doctor.was_paged("emergency")


def test_an_answering_machine_takes_nothing(hospital: Hospital, ringing: Ringing) -> None:
    for status in ("ringing", "in-progress"):
        ringing.becomes(status)
        assert not hospital.doctor.was_paged()
    ringing.becomes("completed")
    assert hospital.the_escalation().state is EscalationState.OPEN
    assert ringing.state is OutboundState.UNDELIVERED
    assert hospital.doctor.was_paged("emergency")


def test_what_is_reported_late_twice_or_in_any_order_changes_nothing_more(hospital: Hospital, ringing: Ringing) -> None:
    for status in ("completed", "completed", "in-progress", "ringing", "no-answer", "a word of tomorrow"):
        ringing.becomes(status)
    assert ringing.state is OutboundState.UNDELIVERED
    assert len(hospital.doctor.pages()) == 1
    # The key was pressed, but its request came after the end of the call.
    assert ringing.press("1")[0].startswith("No. 1 (P K U 0 0 1) is yours.")
    assert ringing.state is OutboundState.DELIVERED
    assert hospital.the_escalation().acknowledged_by == "nurse-li"


def test_whoever_is_second_is_told_who_has_it(hospital: Hospital, ringing: Ringing) -> None:
    hospital.doctor.texts("1 1")
    assert ringing.press("1") == ("No. 1 was already taken by dr-wang. Nothing more to do.", False)
    assert hospital.the_escalation().acknowledged_by == "dr-wang"


def test_a_repeated_key_does_not_take_it_again_once_it_has_come_back(hospital: Hospital, ringing: Ringing) -> None:
    ringing.press("1")
    hospital.move(minutes=46)
    assert hospital.the_escalation().state is EscalationState.OPEN
    ringing.press("1")
    assert hospital.the_escalation().state is EscalationState.OPEN


def test_what_got_worse_during_the_call_is_said_before_it_can_be_taken(hospital: Hospital, ringing: Ringing) -> None:
    hospital.clock.move(seconds=30)
    hospital.post_inbound("+8613800138000", "40.1 shaking chills")
    hospital.run_due()
    hospital.clock.move(seconds=20)
    said, asks_again = ringing.press("1")
    assert "40.1 C" in said
    assert asks_again
    assert hospital.the_escalation().state is EscalationState.OPEN
    hospital.clock.move(seconds=5)
    assert ringing.press("1")[0].startswith("No. 1 (P K U 0 0 1) is yours.")


def test_in_the_language_of_whoever_is_called(hospital: Hospital) -> None:
    with hospital.staff("nurse-li") as (_, nurse):
        nurse.language = "zh_Hans"
    hospital.app.extensions["page_gateways"] = {Channel.VOICE: CallsThatRing()}
    hospital.enrols().texts("39.2")
    hospital.move(minutes=5)
    call = Ringing(hospital.nurse)
    assert call.row.body == "这里是随访服务。危急，受试者P K U 0 0 1：39.2℃、发热。编号1。由您处理请按1，转给下一位请按2。"
    assert call.press("5")[0].startswith("您按的键无效。")
    assert call.press("1")[0].startswith("编号1（P K U 0 0 1）由您接手。")


def test_only_the_provider_and_only_about_a_call_of_ours(hospital: Hospital, ringing: Ringing) -> None:
    address, form = f"/voice/answer?attempt={ringing.attempt.id.hex}", {"CallSid": "CA1", "Digits": "1"}
    account = hospital.app.extensions["config"].twilio_account_sid
    assert Context().run(hospital.client.post, address, data=form).status_code == 403
    assert hospital.post_signed(address, form | {"AccountSid": "AC" + "9" * 32}).status_code == 403
    # Another call than this attempt's, a text's attempt, one that nobody knows, and none.
    with hospital.session() as session:
        text = session.scalars(select(Attempt).join(OutboundMessage).where(OutboundMessage.channel == Channel.TEXT).limit(1)).one()
    for attempt in (ringing.attempt.id.hex, text.id.hex, uuid4().hex, "x"):
        assert hospital.post_signed(f"/voice/answer?attempt={attempt}", form | {"AccountSid": account}).status_code == 403
    assert hospital.the_escalation().state is EscalationState.OPEN
    assert hospital.client.get(address).status_code == 405


def test_whoever_left_the_team_takes_nothing(hospital: Hospital, ringing: Ringing) -> None:
    hospital.dismisses("nurse-li")
    assert ringing.press("1")[0].startswith("No open alarm fits")
    assert hospital.the_escalation().state is EscalationState.OPEN


def test_the_end_of_a_call_is_spooled_where_the_database_cannot_be_had(hospital: Hospital, ringing: Ringing) -> None:
    spooling = hospital.app.extensions["spooling"]
    spooling.is_under_way = True
    assert ringing.posts("status", CallStatus="no-answer").status_code == 200
    assert not spooling.spool.is_empty()
    spooling.is_under_way = False
    hospital.run_due()
    assert hospital.doctor.was_paged("emergency")


def test_every_key_is_kept(hospital: Hospital, ringing: Ringing) -> None:
    ringing.press("7")
    ringing.press("1")
    with hospital.app.app_context():
        kept = db.session.scalars(select(DeliveryReceipt.status).where(DeliveryReceipt.attempt_id == ringing.attempt.id)).all()
    assert sorted(kept) == ["key-1", "said-again"]
    assert [row.purpose for row in hospital.nurse.calls()] == [Purpose.PAGE]


def test_a_phone_that_still_rings_is_let_go_once_somebody_else_has_it(hospital: Hospital, ringing: Ringing) -> None:
    calls = hospital.app.extensions["page_gateways"][Channel.VOICE]
    ringing.becomes("ringing")
    assert calls.taken_back == []
    hospital.doctor.texts("1 1")
    hospital.move(seconds=2)
    assert calls.taken_back == [ringing.attempt.provider_sid]
    assert ringing.state is OutboundState.CANCELED
    # The provider says so too, and later; nobody else is paged for it.
    ringing.becomes("canceled")
    hospital.move(seconds=2)
    assert len(calls.taken_back) == 1
    assert hospital.the_escalation().acknowledged_by == "dr-wang"


def test_who_has_picked_up_is_not_cut_off(hospital: Hospital, ringing: Ringing) -> None:
    ringing.becomes("in-progress")
    hospital.doctor.texts("1 1")
    hospital.move(seconds=2)
    assert hospital.app.extensions["page_gateways"][Channel.VOICE].taken_back == []
    assert ringing.press("1")[0] == "No. 1 was already taken by dr-wang. Nothing more to do."


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_a_key_that_could_not_be_kept_is_said_to_be_lost_and_the_chain_goes_on(hospital: Hospital, language: str) -> None:
    with hospital.staff("nurse-li") as (_, nurse):
        nurse.language = language
    hospital.app.extensions["page_gateways"] = {Channel.VOICE: CallsThatRing()}
    hospital.enrols().texts("39.2")
    hospital.move(minutes=5)
    ringing = Ringing(hospital.nurse)
    with database_away(hospital):
        said, asks_again = ringing.press("1")
        assert ringing.posts("status", CallStatus="completed").status_code == 200
    assert said == render_text("page_call_not_taken", {}, language, hospital.app.extensions["study"])
    assert not asks_again
    hospital.wait_for_spool()
    hospital.run_due()
    assert hospital.the_escalation().state is EscalationState.OPEN
    assert hospital.doctor.was_paged("emergency")
