"""Many people at one moment: nobody's fever is lost, nobody's alarm is taken twice, and no two wait for each other for ever."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from followup_service.audit import verify_chains
from followup_service.messaging.purposes import Purpose
from followup_service.replies.retry_reply import LEFT_AFTER
from tests.hospital import Hospital

PARTICIPANTS = 20


def at_once(hospital: Hospital, *acts: Callable[[], object]) -> None:
    """Each act in a thread of its own, all starting together; what SQLite was too busy for is the job's a little later."""
    barrier = Barrier(len(acts))

    def start(act: Callable[[], object]) -> object:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        for done in [pool.submit(start, act) for act in acts]:
            done.result()
    hospital.wait_for_spool()
    hospital.clock.move(seconds=LEFT_AFTER.total_seconds() + 1)


def texting(hospital: Hospital, texts: Sequence[tuple[str, str]]) -> list[Callable[[], object]]:
    def text(number: str, body: str) -> Callable[[], object]:
        return lambda: hospital.post_inbound(number, body)

    return [text(number, body) for number, body in texts]


def test_twenty_fevers_are_twenty_episodes_with_twenty_pages(hospital: Hospital) -> None:
    numbers = [f"+86138001380{place:02}" for place in range(PARTICIPANTS)]
    for place, number in enumerate(numbers):
        hospital.enrols(f"PKU-{place:03}", number)
    at_once(hospital, *texting(hospital, [(number, "39.2") for number in numbers]))
    hospital.run_due()
    episodes = hospital.escalations()
    assert [episode.number for episode in episodes] == list(range(1, PARTICIPANTS + 1))
    assert len({episode.participant_id for episode in episodes}) == PARTICIPANTS
    assert len(set(hospital.nurse.pages())) == PARTICIPANTS
    with hospital.session() as session:
        assert list(verify_chains(session)) == []


def test_five_texts_of_one_participant_are_one_episode(hospital: Hospital) -> None:
    phone = hospital.enrols()
    at_once(hospital, *texting(hospital, [(phone.number, "39.2")] * 5))
    hospital.run_due()
    assert hospital.the_escalation().reasons[0] == "FEVER"
    assert len(hospital.nurse.pages()) == 1
    assert len(hospital.events("text_read")) == 5
    with hospital.session() as session:
        assert list(verify_chains(session)) == []


def test_of_two_nurses_one_gets_it_and_both_are_told(hospital: Hospital) -> None:
    hospital.enrols().texts("39.2")
    hospital.move(minutes=11)
    at_once(hospital, *texting(hospital, [(hospital.nurse.number, "1"), (hospital.doctor.number, "1")]))
    hospital.run_due()
    taken_by = hospital.the_escalation().acknowledged_by
    told = {person: who.received(Purpose.STAFF_ANSWER) for person, who in (("nurse-li", hospital.nurse), ("dr-wang", hospital.doctor))}
    winner = told.pop(taken_by or "")
    (loser,) = told.values()
    assert winner == ["No. 1 (PKU-001) is yours. Please call now, by 9:45 AM at the latest, then record the outcome."]
    assert loser == [f"No. 1 was already taken by {taken_by}. Nothing more to do."]


def test_one_ends_it_while_the_other_takes_it_and_each_hears_how_it_stands(hospital: Hospital) -> None:
    hospital.enrols().texts("39.2")
    at_once(hospital, *texting(hospital, [(hospital.nurse.number, "2"), (hospital.doctor.number, "1 1")]))
    hospital.run_due()
    told = (hospital.nurse.told()[-1], hospital.doctor.told()[-1])
    assert told in (("page_closed", "page_closed_before"), ("page_taken_before", "page_taken_until"))
    episode = hospital.the_escalation()
    assert (episode.resolved_by or episode.acknowledged_by) == ("nurse-li" if told[0] == "page_closed" else "dr-wang")


def test_taking_an_alarm_while_worse_news_come_in_fails_for_nobody(hospital: Hospital) -> None:
    phones = [hospital.enrols(f"PKU-{place:03}", f"+86138001380{place:02}") for place in range(6)]
    for phone in phones:
        phone.texts("38.5")
    news = texting(hospital, [(phone.number, "39.9, shaking chills") for phone in phones])
    taking = texting(hospital, [(hospital.nurse.number, f"1 {number}") for number in range(1, 7)])
    at_once(hospital, *news, *taking)
    hospital.run_due()
    assert [inbound.failures for inbound in hospital.inbound()] == [0] * 18
    for episode in hospital.escalations():
        assert "RIGOR" in episode.reasons
        assert (episode.acknowledged_by is None) == (episode.next_page_at is not None)


def test_a_stranger_who_goes_on_writing_while_the_alarm_is_taken_fails_for_nobody(hospital: Hospital) -> None:
    strangers = [f"+86137000000{place:02}" for place in range(6)]
    for number in strangers:
        hospital.stranger(number).texts("38.5")
    news = texting(hospital, [(number, "39.9, shaking chills") for number in strangers])
    taking = texting(hospital, [(hospital.doctor.number, f"1 {number}") for number in range(1, 7)])
    at_once(hospital, *news, *taking)
    hospital.run_due()
    assert [inbound.failures for inbound in hospital.inbound()] == [0] * 18
