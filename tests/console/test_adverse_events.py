"""From a resolved fever to a signed adverse event, on pages and at the command line: with the investigator's own password, each time."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from followup_service.records.adverse_event import AdverseEvent, AdverseEventState, Signature
from followup_service.staff.account import Role
from tests.console.people import PASSWORD, Person, hires
from tests.hospital import Hospital
from tests.records.conftest import Ward, make_investigator

COMPLETE: dict[str, Any] = {
    "term": "Fever",
    "grade": "2",
    "onset_on": "2026-01-05",
    "serious": "yes",
    "criteria": ["hospitalisation"],
    "relation-rfa": "probable",
    "relation-systemic": "unlikely",
    "narrative": "Abscess in segment 7.",
}


@pytest.fixture
def li(hospital: Hospital) -> Person:
    """A coordinator with a resolved fever before her."""
    hospital.enrols(name="Zhang Wei").texts("39.5 and shivering")
    Ward(hospital).resolves()
    person = hires(hospital, "li.na", staff="nurse-li")
    person.signs_in()
    return person


@pytest.fixture
def wang(hospital: Hospital) -> Person:
    make_investigator(hospital, "dr-wang")
    person = hires(hospital, "wang.fang", Role.INVESTIGATOR, staff="dr-wang")
    person.signs_in()
    return person


def the_event(hospital: Hospital) -> AdverseEvent:
    with hospital.session() as session:
        return session.scalars(select(AdverseEvent)).one()


def acts(person: Person, what: str, version: int | None = None, **values: Any) -> int:
    """Change, sign or dismiss event 1 as it is now, or as it was at a version."""
    version = the_event(person.hospital).version if version is None else version
    return person.sends(f"/adverse-events/1/{what}", {"version": str(version)} | values).status_code


def test_from_the_page_of_the_fever_to_a_signature(hospital: Hospital, li: Person, wang: Person) -> None:
    assert "Draft an adverse event" in li.shown("/escalations/1")
    assert li.sends("/escalations/1/adverse-events").location == "/console/adverse-events/1"
    shown = li.shown("/adverse-events/1")
    assert "Suggested: grade 2. <bdi>Highest temperature 39.5 °C: above 39.0.</bdi>" in shown
    assert "建议：2级。 <bdi>最高体温39.5 °C：高于39.0。</bdi>" in li.shown("/adverse-events/1?lang=zh_Hans")
    assert "It is no adverse event before an investigator signs it." in shown
    assert "Zhang Wei" not in shown
    assert acts(li, "change", **COMPLETE) == 303
    assert ">Sign<" not in li.shown("/adverse-events/1")
    assert acts(wang, "sign", meaning="responsibility", password=PASSWORD) == 303
    event = the_event(hospital)
    assert (event.state, event.grade, event.seriousness, event.narrative) == (
        AdverseEventState.SIGNED,
        2,
        ["hospitalisation"],
        "Abscess in segment 7.",
    )
    shown = li.shown("/adverse-events/1?lang=en")
    for words in ("Full Name of wang.fang", "I take responsibility for it", "holds", "signed in time"):
        assert words in shown
    assert "signed" in li.shown("/adverse-events")
    assert "Fever" in li.shown("/escalations/1")


def test_who_is_blinded_leaves_what_is_said_of_treatments_and_signs_nothing(hospital: Hospital, li: Person) -> None:
    li.sends("/escalations/1/adverse-events")
    acts(li, "change", **COMPLETE)
    make_investigator(hospital, "dr-wang")
    blind = hires(hospital, "blind", Role.INVESTIGATOR, blinded=True, staff="dr-wang")
    blind.signs_in()
    assert "Your role is blinded" in blind.shown("/adverse-events/1")
    assert acts(blind, "change", **(COMPLETE | {"relation-rfa": "unrelated", "narrative": "Chills."})) == 303
    event = the_event(hospital)
    assert (event.relations, event.narrative) == ({"rfa": "probable", "systemic": "unlikely"}, "Chills.")
    assert acts(blind, "sign", meaning="review", password=PASSWORD) == 422
    assert the_event(hospital).state is AdverseEventState.DRAFT


def test_a_change_ends_the_signature_for_all_to_see(hospital: Hospital, li: Person, wang: Person) -> None:
    li.sends("/escalations/1/adverse-events")
    acts(li, "change", **COMPLETE)
    acts(wang, "sign", meaning="approval", password=PASSWORD)
    assert acts(li, "change", **COMPLETE | {"grade": "3"}) == 422
    assert the_event(hospital).state is AdverseEventState.SIGNED
    assert acts(li, "change", **COMPLETE | {"grade": "3", "because": "longer than a day"}) == 303
    shown = re.sub(r"\s+", " ", li.shown("/adverse-events/1"))
    assert "Draft of an adverse event 1" in shown
    for words in ("ended", "longer than a day", "No longer as signed: grade"):
        assert words in shown


def test_the_password_is_asked_for_each_signature_and_must_be_the_signers_own(hospital: Hospital, li: Person, wang: Person) -> None:
    li.sends("/escalations/1/adverse-events")
    acts(li, "change", **COMPLETE)
    for password in ("", "another"):
        answer = wang.sends("/adverse-events/1/sign", {"version": "2", "meaning": "review", "password": password})
        assert (answer.status_code, "The password is wrong." in answer.text) == (422, True)
    assert li.sends("/adverse-events/1/sign", {"version": "2", "meaning": "review", "password": PASSWORD}).status_code == 404
    with hospital.session() as session:
        assert session.scalars(select(Signature)).all() == []
    assert the_event(hospital).state is AdverseEventState.DRAFT


def test_a_right_without_being_an_investigator_of_the_team_signs_nothing(hospital: Hospital, li: Person) -> None:
    li.sends("/escalations/1/adverse-events")
    acts(li, "change", **COMPLETE)
    nobody = hires(hospital, "prof.lin", Role.INVESTIGATOR)
    nobody.signs_in()
    assert "your account belongs to none" in nobody.shown("/adverse-events/1")
    assert acts(nobody, "sign", meaning="review", password=PASSWORD) == 422
    assert the_event(hospital).state is AdverseEventState.DRAFT


def test_what_is_open_is_named_and_nothing_is_signed(hospital: Hospital, li: Person, wang: Person) -> None:
    li.sends("/escalations/1/adverse-events")
    shown = re.sub(r"\s+", " ", wang.shown("/adverse-events/1"))
    assert "Still open: seriousness, relation" in shown
    assert "your-password" not in shown
    assert acts(wang, "sign", meaning="review", password=PASSWORD) == 422


def test_a_grade_outside_ours_is_asked_for_once_more(hospital: Hospital, li: Person) -> None:
    li.sends("/escalations/1/adverse-events")
    unusual = COMPLETE | {"term": "Abdominal pain", "grade": "4", "version": "1"}
    answer = li.sends("/adverse-events/1/change", unusual)
    assert answer.status_code == 422
    assert "Nobody has compared these with the table of the NCI" in answer.text
    # What was written is still there.
    assert "Abscess in segment 7." in answer.text
    assert re.search(r'value="4" selected', answer.text)
    assert li.sends("/adverse-events/1/change", unusual | {"confirm_grade": "yes"}).status_code == 303
    assert (the_event(hospital).term, the_event(hospital).grade) == ("Abdominal pain", 4)


@pytest.mark.parametrize(
    "wrong",
    [
        {"grade": "6"},
        {"onset_on": "soon"},
        {"serious": "yes", "criteria": []},
        {"serious": "no"},
        {"serious": "perhaps"},
        {"criteria": ["a bad day"]},
        {"relation-rfa": "sure"},
        {"term": "A cold"},
        {"onset_on": "2026-02-01"},
    ],
)
def test_what_cannot_be_is_said_beside_the_form(hospital: Hospital, li: Person, wrong: dict[str, Any]) -> None:
    li.sends("/escalations/1/adverse-events")
    answer = li.sends("/adverse-events/1/change", COMPLETE | wrong | {"version": "1"})
    assert answer.status_code == 422
    assert "Abscess in segment 7." in answer.text
    assert the_event(hospital).version == 1


def test_an_investigator_dismisses_with_a_reason(hospital: Hospital, li: Person, wang: Person) -> None:
    li.sends("/escalations/1/adverse-events")
    assert acts(wang, "dismiss", because="") == 422
    assert acts(wang, "dismiss", because="the thermometer lay in the sun") == 303
    shown = li.shown("/adverse-events/1")
    assert "the thermometer lay in the sun" in shown
    assert "Dismissed by dr-wang" in shown
    assert li.sends("/escalations/1/adverse-events").status_code == 303


def test_who_changes_what_somebody_else_changed_since_is_told(hospital: Hospital, li: Person) -> None:
    li.sends("/escalations/1/adverse-events")
    acts(li, "change", **COMPLETE)
    assert acts(li, "change", version=1, **COMPLETE | {"grade": "1"}) == 412
    assert the_event(hospital).grade == 2


def test_whoever_is_blinded_does_not_read_how_long_ago_the_ablation_was(hospital: Hospital, li: Person) -> None:
    li.sends("/escalations/1/adverse-events")
    with hospital.session() as session:
        session.scalars(select(AdverseEvent)).one().days_since_rfa = 3
        session.commit()
    assert "Days since the ablation" in li.shown("/adverse-events/1")
    blind = hires(hospital, "blind", Role.INVESTIGATOR, blinded=True)
    blind.signs_in()
    assert "Days since the ablation" not in blind.shown("/adverse-events/1")


def test_the_same_at_the_command_line(hospital: Hospital, li: Person, wang: Person) -> None:
    drafted = hospital.runs("adverse-events", "draft", "1", "--by", "nurse-li")
    assert drafted.output == "Draft 1: Fever, grade 2 (Fever by highest_celsius: 39.5 is above 39.0)\n"
    signing = ("adverse-events", "sign", "1", "--account", "wang.fang", "--meaning", "responsibility", "--password")
    assert "not complete" in hospital.runs(*signing, PASSWORD).output
    said = ("--by", "nurse-li", "--serious", "hospitalisation", "--related", "rfa", "probable", "--related", "systemic", "unlikely")
    assert hospital.runs("adverse-events", "complete", "1", *said).output == "Event 1 is a draft: Fever, grade 2\n"
    wrong = hospital.runs(*signing, "another")
    assert (wrong.exit_code, "the name or the password is wrong" in wrong.output) == (1, True)
    for_li = ("adverse-events", "sign", "1", "--account", "li.na", "--meaning", "review", "--password", PASSWORD)
    assert "li.na may not sign at this site" in hospital.runs(*for_li).output
    assert hospital.runs(*signing, PASSWORD).output == "Signed by Full Name of wang.fang (responsibility): Fever, grade 2\n"
    assert the_event(hospital).state is AdverseEventState.SIGNED
    listed = " ".join(hospital.runs("adverse-events", "list").output.split())
    assert "1 PKU-001 1 signed met 2 Fever" in listed
    pain = ("adverse-events", "complete", "1", "--by", "nurse-li", "--because", "it hurt", "--term", "Abdominal pain", "--grade", "4")
    assert "nobody has compared" in hospital.runs(*pain).output
    assert hospital.runs(*pain, "--confirm-grade").exit_code == 0
    dismissing = ("adverse-events", "dismiss", "1", "--account", "wang.fang", "--because", "it was the sun", "--password", PASSWORD)
    assert hospital.runs(*dismissing).output == "Dismissed by Full Name of wang.fang.\n"
    assert the_event(hospital).state is AdverseEventState.DISMISSED
