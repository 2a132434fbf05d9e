"""Completing, signing, dismissing: an investigator alone, nothing left open, and a later change voids the signature for all to see."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from followup_service.audit import verify_chains
from followup_service.errors import Changed, Conflict, Refused
from followup_service.escalations.escalation import Outcome
from followup_service.protocol.load_event_terms import load_event_terms
from followup_service.records import settle_adverse_event
from followup_service.records.adverse_event import AdverseEvent, AdverseEventState, Signature, changed_since, signature_holds
from followup_service.records.report_clock import ReportClock, report_clock
from followup_service.records.settle_adverse_event import MayNotSign
from tests.hospital import Hospital
from tests.records.conftest import COMPLETE, Ward, make_investigator

Fever = Callable[..., AdverseEvent]


def holds(hospital: Hospital) -> list[bool]:
    with hospital.session() as session:
        event = session.scalars(select(AdverseEvent)).one()
        return [signature_holds(signature, event) for signature in session.scalars(select(Signature).order_by(Signature.signed_at))]


def clock_of(hospital: Hospital) -> ReportClock:
    with hospital.session() as session:
        event = session.scalars(select(AdverseEvent)).one()
        return report_clock(event, list(session.scalars(select(Signature))), hospital.clock.now())


def test_an_investigator_signs_what_is_complete(fever: Fever, ward: Ward, hospital: Hospital) -> None:
    signed = ward.signs(ward.completes(fever()))
    (signature,) = ward.signatures()
    assert signed.state is AdverseEventState.SIGNED
    assert (signature.signed_by, signature.signed_at, signature.meaning) == ("dr-wang", hospital.clock.now(), "responsibility")
    assert holds(hospital) == [True]


def test_nothing_may_be_left_open(fever: Fever, ward: Ward) -> None:
    event = ward.changes(fever(), grade=None)
    with pytest.raises(Refused) as refused:
        ward.signs(event)
    assert set(refused.value.errors) == {"grade", "seriousness", "relations"}
    ward.changes(event, **COMPLETE | {"relations": {"rfa": "possible"}})
    with pytest.raises(Refused, match="relations"):
        ward.signs(event)
    assert ward.signatures() == []


def test_not_serious_is_an_answer(fever: Fever, ward: Ward) -> None:
    assert ward.signs(ward.changes(fever(), **COMPLETE | {"seriousness": []})).state is AdverseEventState.SIGNED


def test_grade_5_is_death(fever: Fever, ward: Ward) -> None:
    event = ward.changes(fever(), **COMPLETE | {"grade": 5})
    with pytest.raises(Refused) as refused:
        ward.signs(event)
    assert refused.value.errors == {"seriousness": ["grade 5 is death: write death among the criteria, or another grade"]}


def test_an_other_needs_words(fever: Fever, ward: Ward) -> None:
    event = ward.changes(fever(), **COMPLETE | {"term": "Hepatobiliary disorders - Other, specify"})
    with pytest.raises(Refused, match="specified"):
        ward.signs(event)
    assert ward.signs(ward.changes(event, specified="haemobilia")).specified == "haemobilia"


def test_nobody_but_an_active_investigator_of_the_site_signs_or_dismisses(fever: Fever, ward: Ward, hospital: Hospital) -> None:
    event = ward.completes(fever())
    hospital.employs_elsewhere("dr-zhou", "+8613900000009")
    make_investigator(hospital, "dr-zhou")
    hospital.dismisses("dr-wang")
    for handle in ("nurse-li", "dr-zhou", "dr-wang"):
        with pytest.raises(MayNotSign, match=f"{handle} is no active investigator of this site"):
            ward.signs(event, handle)
        with pytest.raises(MayNotSign):
            ward.dismisses(event, handle)
    assert ward.signatures() == []


def test_a_later_change_voids_the_signature_and_says_why(fever: Fever, ward: Ward, hospital: Hospital) -> None:
    event = ward.signs(ward.completes(fever()))
    with pytest.raises(Refused, match="say why it is changed"):
        ward.changes(event, grade=3)
    assert holds(hospital) == [True]
    hospital.move(minutes=5)
    changed = ward.changes(event, because="CT shows an abscess", term="Hepatic infection", grade=3)
    (signature,) = ward.signatures()
    assert (changed.state, signature.voided_by, signature.voided_at) == (AdverseEventState.DRAFT, "nurse-li", hospital.clock.now())
    with hospital.app.app_context():
        assert signature.voided_because == "CT shows an abscess"
        assert changed_since(signature, changed) == ["grade", "term"]
    hospital.move(minutes=5)
    ward.signs(changed)
    assert holds(hospital) == [False, True]


def test_saying_the_same_again_voids_nothing(fever: Fever, ward: Ward, hospital: Hospital) -> None:
    event = ward.signs(ward.completes(fever()))
    assert ward.completes(event).version == event.version
    assert holds(hospital) == [True]


def test_a_change_past_the_service_shows_too(fever: Fever, ward: Ward, hospital: Hospital) -> None:
    event = ward.signs(ward.completes(fever()))
    with hospital.session() as session:
        session.execute(update(AdverseEvent).where(AdverseEvent.id == event.id).values(grade=1))
        session.commit()
    assert holds(hospital) == [False]


@pytest.mark.parametrize("column", [{"signed_by": "dr-zhou"}, {"meaning": "review"}])
def test_a_signature_cannot_be_given_to_another_name_or_meaning(
    fever: Fever, ward: Ward, hospital: Hospital, column: dict[str, str]
) -> None:
    ward.signs(ward.completes(fever()))
    with hospital.session() as session:
        session.execute(update(Signature).values(**column))
        session.commit()
    assert holds(hospital) == [False]


def test_another_term_loses_the_grade_of_the_first(fever: Fever, ward: Ward) -> None:
    assert ward.changes(fever(), term="Hepatic infection").grade is None


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"term": "Abdominal pain", "grade": 4}, "CTCAE 5.0, as we have it, describes grades 1 to 3 of 'Abdominal pain'"),
        ({"term": "A cold"}, "'A cold' is no term"),
        ({"onset_on": date(2026, 1, 6)}, "the onset lies in the future"),
        ({"relations": {"rfa": "possible", "tea": "definite"}}, "the study has no treatment 'tea': write one of rfa, systemic"),
    ],
)
def test_what_cannot_be_is_refused(fever: Fever, ward: Ward, values: dict[str, object], sentence: str) -> None:
    event = fever()
    with pytest.raises(Refused, match=sentence):
        ward.changes(event, **values)


def test_a_grade_that_our_dictionary_does_not_describe_is_taken_once_confirmed(fever: Fever, ward: Ward, hospital: Hospital) -> None:
    event = ward.changes(fever(), grade_confirmed=True, term="Abdominal pain", grade=4)
    assert event.grade == 4
    assert hospital.events("adverse_event_changed")[-1].detail["grade_confirmed"] is True
    # It is not asked for again with everything else that is changed.
    assert ward.changes(event, narrative="colic").grade == 4
    assert "grade_confirmed" not in hospital.events("adverse_event_changed")[-1].detail


def test_where_somebody_checked_the_dictionary_it_is_refused(fever: Fever, ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    terms = load_event_terms()
    checked = replace(terms.terms["Abdominal pain"], checked=True)
    known = replace(terms, terms={**terms.terms, "Abdominal pain": checked})
    monkeypatch.setattr(settle_adverse_event, "load_event_terms", lambda: known)
    with pytest.raises(Refused, match="CTCAE 5.0 has no grade 4 of 'Abdominal pain': write 1 to 3"):
        ward.changes(fever(), grade_confirmed=True, term="Abdominal pain", grade=4)


def test_a_dismissed_one_is_none_and_stays_so(fever: Fever, ward: Ward, hospital: Hospital) -> None:
    event = ward.dismisses(fever())
    with hospital.app.app_context():
        assert (event.state, event.dismissed_by, event.dismissed_because) == (AdverseEventState.DISMISSED, "dr-wang", "a cold room")
    with pytest.raises(Conflict, match="was dismissed by dr-wang"):
        ward.changes(event, grade=1)
    assert clock_of(hospital) is ReportClock.NOT_NEEDED


def test_a_signed_one_is_not_dismissed_nor_signed_again(fever: Fever, ward: Ward) -> None:
    event = ward.signs(ward.completes(fever()))
    with pytest.raises(Conflict):
        ward.dismisses(event)
    with pytest.raises(Conflict):
        ward.signs(event)


def test_who_read_an_older_version_signs_nothing(fever: Fever, ward: Ward) -> None:
    read = fever()
    ward.completes(read)
    with pytest.raises(Changed, match="read it again"):
        ward.signs(read, version=read.version)


def test_the_days_are_counted_anew_when_it_is_signed(hospital: Hospital, ward: Ward) -> None:
    hospital.enrols(arm="rfa").texts("39.5")
    ward.resolves()
    event = ward.completes(ward.drafts())
    hospital.treats("PKU-001", "rfa", date(2026, 1, 2))
    assert (event.days_since_rfa, ward.signs(event).days_since_rfa) == (None, 3)
    assert holds(hospital) == [True]


def test_the_clock_runs_until_it_is_signed(fever: Fever, ward: Ward, hospital: Hospital) -> None:
    event = ward.completes(fever())
    assert clock_of(hospital) is ReportClock.RUNNING
    hospital.clock.move(hours=24)
    assert clock_of(hospital) is ReportClock.RUNNING
    hospital.clock.move(seconds=1)
    assert clock_of(hospital) is ReportClock.OVERDUE
    ward.signs(event)
    assert clock_of(hospital) is ReportClock.LATE


def test_signed_in_time_stays_so_when_it_is_corrected_later(fever: Fever, ward: Ward, hospital: Hospital) -> None:
    event = ward.signs(ward.completes(fever()))
    assert clock_of(hospital) is ReportClock.MET
    hospital.clock.move(days=3)
    ward.signs(ward.changes(event, because="the grade was wrong", grade=3))
    assert clock_of(hospital) is ReportClock.MET


def test_what_is_not_serious_needs_no_report(fever: Fever, ward: Ward, hospital: Hospital) -> None:
    ward.signs(ward.changes(fever(), **COMPLETE | {"seriousness": []}))
    hospital.clock.move(days=3)
    assert clock_of(hospital) is ReportClock.NOT_NEEDED


def test_the_audit_trail_has_each_act_and_no_free_text(fever: Fever, ward: Ward, hospital: Hospital) -> None:
    ward.signs(ward.completes(fever()))
    (changed,) = hospital.events("adverse_event_changed")
    assert (changed.detail["narrative"], changed.detail["seriousness"]) == ("changed", [None, ["hospitalisation"]])
    (signed,) = hospital.events("adverse_event_signed")
    assert (signed.actor, signed.detail["meaning"]) == ("dr-wang", "responsibility")
    assert signed.detail["hash"] == ward.signatures()[0].record_hash.hex()
    with hospital.session() as session:
        assert list(verify_chains(session)) == []


def test_free_text_is_encrypted(fever: Fever, ward: Ward) -> None:
    event = ward.signs(ward.completes(fever()))
    (signature,) = ward.signatures()
    assert b"abscess" not in (event.narrative_encrypted or b"") + signature.record_encrypted


@pytest.fixture
def quiet(hospital: Hospital, ward: Ward) -> Fever:
    """The draft of a fever after which the participant is asked nothing."""

    def drafted() -> AdverseEvent:
        hospital.enrols().texts("39.5")
        ward.resolves(outcome=Outcome.FALSE_ALARM)
        return ward.drafts()

    return drafted


def reports(hospital: Hospital) -> list[list[str]]:
    return [episode.reasons for episode in hospital.escalations()[1:]]


def test_the_team_is_paged_before_the_24_hours_are_over_then_and_again(quiet: Fever, ward: Ward, hospital: Hospital) -> None:
    due_at = quiet().report_due_at
    told = len(hospital.nurse.pages())
    hospital.clock.move(to=due_at - timedelta(hours=4, minutes=1))
    hospital.run_due()
    assert reports(hospital) == []
    hospital.clock.move(minutes=1)
    hospital.run_due()
    assert reports(hospital) == [["REPORT_DUE"]]
    assert "adverse event to be signed soon" in hospital.nurse.pages()[told]
    ward.resolves(2, Outcome.ADMINISTRATIVE)
    for at in (due_at, due_at + timedelta(hours=12)):
        hospital.clock.move(to=at)
        hospital.run_due()
        assert reports(hospital)[-1] == ["REPORT_OVERDUE"]
        assert "adverse event not signed in time" in hospital.nurse.pages()[-1]
        ward.resolves(len(hospital.escalations()), Outcome.ADMINISTRATIVE)
    assert [episode.follows for episode in hospital.escalations()] == [None] * 4


@pytest.mark.parametrize("end", ["sign", "dismiss"])
def test_nobody_is_paged_for_what_is_signed_or_dismissed(quiet: Fever, ward: Ward, hospital: Hospital, end: str) -> None:
    event = quiet()
    due_at = event.report_due_at
    if end == "sign":
        ward.signs(ward.completes(event))
    else:
        ward.dismisses(event)
    hospital.clock.move(to=due_at + timedelta(hours=1))
    hospital.run_due()
    assert reports(hospital) == []


def test_what_was_signed_as_not_serious_and_is_changed_late_pages_at_once(quiet: Fever, ward: Ward, hospital: Hospital) -> None:
    event = ward.signs(ward.changes(quiet(), **COMPLETE | {"seriousness": []}))
    hospital.clock.move(to=event.report_due_at + timedelta(days=2))
    ward.changes(event, because="it was serious", seriousness=["hospitalisation"])
    hospital.run_due()
    assert reports(hospital)[-1] == ["REPORT_OVERDUE"]


def test_of_the_teams_paperwork_the_participant_hears_nothing(quiet: Fever, ward: Ward, hospital: Hospital) -> None:
    due_at = quiet().report_due_at
    hospital.clock.move(to=due_at)
    hospital.run_due()
    heard = hospital.stranger("+8613800138000").told()
    hospital.nurse.texts("1")
    (episode,) = hospital.escalations()[1:]
    assert (episode.state, episode.call_by, episode.follow_up_at) == ("acknowledged", None, None)
    assert hospital.stranger("+8613800138000").told() == heard
