"""Compares what reading and rules make of the texts in `corpus/` with what a person said of each, and counts the errors."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from followup_service.cli.read_reply import summarise
from followup_service.conversation.read_reply import read_reply
from followup_service.protocol.load_study import load_study
from followup_service.protocol.question_kinds import QuestionKind

_CORPUS = Path(__file__).parent / "corpus"
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


def corpus_rows(language: str) -> Iterator[dict[str, Any]]:
    """The rows of a language's file: text, open_question, and as a person labelled it level, celsius and more."""
    for line in (_CORPUS / f"{language}.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def corpus_languages() -> list[str]:
    return sorted(file.stem for file in _CORPUS.glob("*.jsonl"))


def count_errors(language: str) -> Errors:
    errors = Errors()
    for row in corpus_rows(language):
        _compare(row, errors)
    return errors


def _compare(row: dict[str, Any], errors: Errors) -> None:
    level, celsius = _read(row)
    wanted, text = row["level"], row["text"]
    errors.texts += 1
    errors.quiet += _RANKS[wanted] < _RANKS["urgent"]
    errors.urgent += wanted == "urgent"
    if celsius != row["celsius"]:
        errors.wrong_temperatures.append(text)
    if wanted == "emergency" and level != "emergency":
        errors.missed_emergencies.append(text)
    elif wanted == "urgent" and _RANKS[level] < _RANKS["urgent"]:
        errors.missed_urgent.append(text)
    elif _RANKS[wanted] < _RANKS["urgent"] <= _RANKS[level]:
        errors.false_alarms.append(text)


def _read(row: dict[str, Any]) -> tuple[str, str | None]:
    question = QuestionKind(row["open_question"]) if row["open_question"] else None
    summary = summarise(read_reply(row["text"], row["language"], question), question, load_study("NCT06609434"))
    return summary["level"], summary["celsius"]
