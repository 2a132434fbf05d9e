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

_CORPUS = Path(__file__).parent / "corpus"
_PRACTICE = Path(__file__).parent / "practice"
_RANKS = {"none": 0, "review": 1, "urgent": 2, "emergency": 3}


@dataclass(slots=True)
class Errors:
    """The texts of one language on which we differ from the corpus; `quiet` and `urgent` count what a share is taken of."""

    texts: int = 0
    quiet: int = 0
    urgent: int = 0
    missed_emergencies: list[str] = field(default_factory=list)
    missed_urgent: list[str] = field(default_factory=list)
    false_alarms: list[str] = field(default_factory=list)
    wrong_temperatures: list[str] = field(default_factory=list)
    wrong_commands: list[str] = field(default_factory=list)
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
    """The rows of a language's file: text, open_question, and as a person labelled it level, celsius, mostly codes and command too."""
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
    if summary["celsius"] != row["celsius"]:
        errors.wrong_temperatures.append(text)
    if wanted == "emergency" and level != "emergency":
        errors.missed_emergencies.append(text)
    elif wanted == "urgent" and _RANKS[level] < _RANKS["urgent"]:
        errors.missed_urgent.append(text)
    elif _RANKS[wanted] < _RANKS["urgent"] <= _RANKS[level]:
        errors.false_alarms.append(text)
    if "codes" in row:
        _compare_findings(row, reading, errors)


def _compare_findings(row: dict[str, Any], reading: Reading, errors: Errors) -> None:
    found, wanted = {symptom.code for symptom in reading.findings.symptoms}, set(row["codes"])
    errors.codes_found += len(found)
    errors.codes_wanted += len(wanted)
    errors.codes_right += len(found & wanted)
    if row["command"] != (reading.command.value if reading.command else None):
        errors.wrong_commands.append(row["text"])
