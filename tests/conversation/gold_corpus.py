"""Compares what reading and rules make of the texts in `corpus/` with what a person said of each, and counts the errors."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from followup_service.cli.read_reply import summarise
from followup_service.conversation.read_reply import read_reply
from followup_service.conversation.reading import Reading
from followup_service.protocol.load_study import load_study
from followup_service.protocol.question_kinds import QuestionKind
from followup_service.protocol.symptom_codes import SYMPTOM_CODES

_CORPUS = Path(__file__).parent / "corpus"
_PRACTICE = Path(__file__).parent / "practice"
_RANKS = {"none": 0, "review": 1, "urgent": 2, "emergency": 3}
_WISHES = {"confirm": "confirm", "move": "reschedule"}
# Rules whose names stand in some rows for the symptom by which they fire. Other names of rules are no symptoms and not compared.
_SYMPTOM_OF = {"FEVER_UNMEASURED": "FEVER", "SEVERE_ABDOMINAL_PAIN": "ABDOMINAL_PAIN"}
# What is said together with a symptom without being wrong: the wider word for it, or how bad it is.
_WIDER = {
    "ABDOMINAL_PAIN": {"PAIN", "UNBEARABLE_PAIN"},
    "BLOOD_IN_STOOL": {"BLEEDING"},
    "CHEST_PAIN": {"PAIN", "UNBEARABLE_PAIN"},
    "CONFUSION": {"COLLAPSE"},
    "COUGHING_BLOOD": {"BLEEDING", "COUGH"},
    "HEADACHE": {"PAIN"},
    "LEG_SWELLING": {"PAIN"},
    "LINE_PROBLEM": {"PAIN", "WOUND"},
    "MOUTH_SORES": {"PAIN"},
    "NO_FLUIDS": {"VOMITING"},
    "SEIZURE": {"COLLAPSE", "RIGOR"},
    "SHOULDER_PAIN": {"PAIN"},
    "VOMITING_BLOOD": {"BLEEDING", "VOMITING"},
    "WORST_HEADACHE": {"HEADACHE", "PAIN", "UNBEARABLE_PAIN"},
    "WOUND": {"PAIN"},
}


@dataclass(slots=True)
class Errors:
    """The texts of one language on which we differ from the corpus.

    `quiet`, `urgent`, `with_temperature` and `commands` count what a share is taken of. A command taken for another is missed and false.
    `missed_temperatures` are those of the wrong ones where the text has one.
    """

    texts: int = 0
    quiet: int = 0
    urgent: int = 0
    missed_emergencies: list[str] = field(default_factory=list)
    missed_urgent: list[str] = field(default_factory=list)
    false_alarms: list[str] = field(default_factory=list)
    with_temperature: int = 0
    wrong_temperatures: list[str] = field(default_factory=list)
    missed_temperatures: list[str] = field(default_factory=list)
    wrong_units: list[str] = field(default_factory=list)
    commands: int = 0
    missed_commands: list[str] = field(default_factory=list)
    false_commands: list[str] = field(default_factory=list)
    codes_found: int = 0
    codes_wanted: int = 0
    codes_right: int = 0

    @property
    def precision(self) -> float:
        """The share of the symptom codes found that a person found as well."""
        return self.codes_right / self.codes_found if self.codes_found else 1.0

    @property
    def recall(self) -> float:
        """The share of the symptom codes a person found that we found as well."""
        return self.codes_right / self.codes_wanted if self.codes_wanted else 1.0


def corpus_rows(language: str) -> Iterator[dict[str, Any]]:
    """The rows of a language's file: text, open_question, and as a person labelled it level, celsius, mostly codes and command too, and
    in some the unit in which the temperature is written.
    """
    for line in (_CORPUS / f"{language}.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def corpus_languages() -> list[str]:
    return sorted(file.stem for file in _CORPUS.glob("*.jsonl"))


def practice_rows(language: str) -> Iterator[dict[str, Any]]:
    """Texts written to learn from, many to a kind of alarm and in people's own images; level and celsius by whoever wrote them."""
    for line in (_PRACTICE / f"{language}.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def corpus_hash() -> str:
    """Of all files to learn from: another one means that texts were added or labelled anew."""
    files = (folder / f"{language}.jsonl" for folder in (_CORPUS, _PRACTICE) for language in corpus_languages())
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def count_errors(rows: Iterable[dict[str, Any]]) -> Errors:
    errors = Errors()
    for row in rows:
        _compare(row, errors)
    return errors


def _compare(row: dict[str, Any], errors: Errors) -> None:
    question = QuestionKind(row["open_question"]) if row["open_question"] else None
    reading = read_reply(row["text"], row["language"], question)
    summary = summarise(reading, question, load_study("NCT06609434"))
    level, wanted, text = summary["level"], row["level"], row["text"]
    errors.texts += 1
    errors.quiet += _RANKS[wanted] < _RANKS["urgent"]
    errors.urgent += wanted == "urgent"
    _compare_temperature(row, summary["celsius"], reading, errors)
    if wanted == "emergency" and level != "emergency":
        errors.missed_emergencies.append(text)
    elif wanted == "urgent" and _RANKS[level] < _RANKS["urgent"]:
        errors.missed_urgent.append(text)
    elif _RANKS[wanted] < _RANKS["urgent"] <= _RANKS[level]:
        errors.false_alarms.append(text)
    if "codes" in row:
        _compare_codes(row, reading, errors)
        _compare_command(row, reading, question, errors)


def _compare_temperature(row: dict[str, Any], celsius: str | None, reading: Reading, errors: Errors) -> None:
    errors.with_temperature += row["celsius"] is not None
    if celsius != row["celsius"]:
        errors.wrong_temperatures.append(row["text"])
        if row["celsius"] is not None:
            errors.missed_temperatures.append(row["text"])
    elif row.get("unit") and reading.findings.highest is not None and reading.findings.highest.unit.value != row["unit"]:
        errors.wrong_units.append(row["text"])


def _compare_codes(row: dict[str, Any], reading: Reading, errors: Errors) -> None:
    """FEVER is the word or, in some rows, the rule for what was measured: where there is a temperature, that is compared instead.

    QUESTION_FOR_TEAM is no symptom: it also marks what was set aside as another's or an old one for a person to read.
    """
    compared = SYMPTOM_CODES - {"QUESTION_FOR_TEAM"} - ({"FEVER"} if row["celsius"] else set())
    wanted = {_SYMPTOM_OF.get(code, code) for code in row["codes"]} & compared
    found = {symptom.code for symptom in reading.findings.symptoms} & compared
    found -= set().union(*(_WIDER.get(code, ()) for code in wanted)) - wanted
    errors.codes_found += len(found)
    errors.codes_wanted += len(wanted)
    errors.codes_right += len(found & wanted)


def _compare_command(row: dict[str, Any], reading: Reading, question: QuestionKind | None, errors: Errors) -> None:
    """An answer to whether somebody comes asks for the same as the words for it; a wish in words wins over it."""
    found = reading.command.value if reading.command else None
    if question is QuestionKind.VISIT_CONFIRM and found in {None, "confirm"}:
        found = _WISHES.get(reading.answer or "", found)
    errors.commands += row["command"] is not None
    if found != row["command"]:
        if row["command"] is not None:
            errors.missed_commands.append(row["text"])
        if found is not None:
            errors.false_commands.append(row["text"])
