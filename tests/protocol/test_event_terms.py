"""The dictionary of event terms: complete for what participants can report, and refused where anything in it does not fit."""

from typing import Any

import pytest

from followup_service.protocol.data_file import DataFileError, read_yaml
from followup_service.protocol.load_event_terms import DICTIONARIES, event_terms_from_values, load_event_terms
from followup_service.protocol.load_study import load_study

# A yes to a list says nothing of what it was; a fact that is no complaint may be an event all the same.
NO_EVENT, FACTS = {"RED_FLAG_REPORTED"}, {"PREGNANT", "UNWELL"}
# The complications that the protocol's list names, by the terms that it gives them.
OF_THE_PROTOCOL = """
Intra-abdominal hemorrhage|Hepatic hemorrhage|Postoperative hemorrhage|Upper gastrointestinal hemorrhage|Hepatic infection|Sepsis
Biliary tract infection|Bile duct stenosis|Biliary fistula|Perforation bile duct|Blood bilirubin increased|Gallbladder infection
Gallbladder necrosis|Gallbladder perforation|Colonic perforation|Gastric perforation|Duodenal perforation|Small intestinal perforation
Peritoneal infection|Pneumothorax|Pleural hemorrhage|Pleural effusion|Pleuritic pain|Ileus|Abdominal pain|Dyspnea|Portal vein thrombosis
Hepatic failure|Encephalopathy|Confusion|Somnolence|Ascites|Acute kidney injury|Urine output decreased|Hemoglobinuria|Burn|Hematoma
Wound infection|Flu like symptoms|Fever|Hepatic pain|Nausea|Fatigue|Chest pain - cardiac|Myocardial infarction|Syncope|Palpitations
Stroke|Transient ischemic attacks|Thromboembolic event|Anaphylaxis|Allergic reaction|Febrile neutropenia|Diarrhea|Colitis|Vomiting
Dehydration|Mucositis oral|Peripheral sensory neuropathy|Laryngospasm|Palmar-plantar erythrodysesthesia syndrome|Epistaxis
Lower gastrointestinal hemorrhage|Bronchopulmonary hemorrhage|Wound dehiscence|Arterial thromboembolism|Hypertension
Reversible posterior leukoencephalopathy syndrome|Rash acneiform|Hypomagnesemia|Infusion related reaction|Catheter related infection
Infusion site extravasation|Pneumonitis|Hepatitis B reactivation|Pain|Pain in extremity
"""


def values(name: str) -> Any:
    return read_yaml(DICTIONARIES / f"{name}.yaml")


def refusal(dictionary: Any = None, suggestions: Any = None) -> str:
    with pytest.raises(DataFileError) as refused:
        event_terms_from_values(dictionary or values("ctcae_v5"), suggestions or values("ctcae_v5_suggestions"))
    return str(refused.value)


def test_every_complication_of_the_protocol_has_its_term() -> None:
    named = {name for line in OF_THE_PROTOCOL.split("\n") for name in line.split("|") if name}
    assert len(named) > 70
    assert named - set(load_event_terms().terms) == set()


def test_every_complaint_suggests_a_term_and_no_request_does() -> None:
    codes = load_study("NCT06609434").rules.codes
    complaints = {code for code, rule in codes.items() if rule.is_symptom}
    assert set(load_event_terms().by_code) == complaints - NO_EVENT | FACTS
    assert codes.keys() >= NO_EVENT | FACTS


def test_every_organ_class_takes_what_has_no_term_of_its_own() -> None:
    terms = load_event_terms().terms.values()
    systems = {term.system for term in terms}
    assert {term.system for term in terms if term.must_be_specified} == systems


def test_a_dictionary_is_refused_with_every_problem() -> None:
    dictionary = values("ctcae_v5")
    dictionary["systems"]["Vascular disorders"]["Fever"] = {}
    dictionary["systems"]["Vascular disorders"]["Hematoma"] = {"lowest": 4, "highest": 2}
    assert refusal(dictionary).splitlines() == [
        "systems.Vascular disorders.Hematoma: lowest is above highest; exchange them",
        "systems.Vascular disorders.Fever: stands under General disorders and administration site conditions already; write it once",
    ]


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"lowest": 6}, "systems.Vascular disorders.Hematoma.lowest: 6 is no grade; write a grade from 1 to 5"),
        ({"least": 2}, "systems.Vascular disorders.Hematoma.least: is not known here; write one of lowest, highest, checked"),
    ],
)
def test_a_term_of_wrong_shape_is_refused(wrong: dict[str, int], problem: str) -> None:
    dictionary = values("ctcae_v5")
    dictionary["systems"]["Vascular disorders"]["Hematoma"] = wrong
    assert refusal(dictionary) == problem


def test_suggestions_stay_within_their_dictionary() -> None:
    suggestions = values("ctcae_v5_suggestions")
    suggestions["dictionary"]["version"] = "6.0"
    suggestions["terms"]["RIGOR"] = ["Shaking chills"]
    suggestions["grades"]["Syncope"]["steps"] = [{"from": "1", "grade": 2}]
    suggestions["graded_by_severity"].append("Fever")
    problems = refusal(suggestions=suggestions).splitlines()
    assert problems[0] == "dictionary.version: 6.0 is not the dictionary's; look at every term anew, then write 5.0"
    assert problems[1].startswith('terms.RIGOR: "Shaking chills" is not in the dictionary; write')
    assert problems[2:] == [
        'grades: "Syncope" has no grade 2; write 3 to 3',
        'graded_by_severity: "Fever" has a rule in grades already; write it in one place',
    ]


@pytest.mark.parametrize("step", [{"from": "38.0"}, {"grade": 1}, {"from": "38.0", "above": "39.0", "grade": 1}, 38])
def test_a_step_has_one_bound_and_a_grade(step: Any) -> None:
    suggestions = values("ctcae_v5_suggestions")
    suggestions["grades"]["Fever"]["steps"] = [step]
    assert refusal(suggestions=suggestions) == (
        'grades.Fever.steps[0]: is not a step; write one bound and a grade, such as {from: "38.0", grade: 1}'
    )
