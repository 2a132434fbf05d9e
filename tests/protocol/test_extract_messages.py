"""Babel finds every word of the study file that is sent."""

from babel.messages.extract import extract

from followup_service.protocol.extract_messages import extract_study
from followup_service.protocol.load_study import STUDIES, load_study

STUDY = load_study("NCT06609434")
FILE = STUDIES / "NCT06609434.yaml"


def test_questions_texts_and_names_are_found() -> None:
    with FILE.open("rb") as file:
        found = {message for _, message, _, _ in extract(extract_study, file)}
    wanted = {question.text for question in STUDY.questions.values()} | set(STUDY.texts.values())
    names = {words for visit in STUDY.visits.values() for words in (visit.name, visit.bring) if words}
    names |= {rule.name for rule in STUDY.rules.codes.values()}
    assert found == wanted | names


def test_each_is_found_on_its_line_with_its_path() -> None:
    with FILE.open("rb") as file:
        places = {comments[0]: (line, message) for line, _, message, comments in extract_study(file, (), (), {})}
    line, message = places["questions.worst_pain.text"]
    assert message in FILE.read_text(encoding="utf-8").splitlines()[line - 1]
    assert {"texts.emergency_now", "visits.quarterly.name"} <= places.keys()
