"""`read-reply`: prints what the service makes of a text, from arguments or, a JSON line each, from standard input."""

import json
import sys
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import click

from followup_service.conversation.marked_text import mark_text
from followup_service.conversation.read_reply import read_reply
from followup_service.conversation.reading import Command, Meaning, Reading, TemperatureCandidate
from followup_service.conversation.vocabulary import load_vocabulary
from followup_service.protocol.definitions import Level, Study
from followup_service.protocol.escalation_rules import EscalationDecision, KnownSoFar, combine, decide, decide_stop
from followup_service.protocol.load_study import load_study
from followup_service.protocol.question_kinds import QuestionKind

_STUDY = "NCT06609434"
_QUESTIONS = {kind.value: kind for kind in QuestionKind}
# Symptoms that a rule code of another name stands for.
_SPOKEN_FOR = {"FEVER": None, "ABDOMINAL_PAIN": "SEVERE_ABDOMINAL_PAIN"}


@click.command("read-reply")
@click.option("--language", help="Language on file of the participant, such as zh_Hans.")
@click.option("--question", type=click.Choice(sorted(_QUESTIONS)), help="Kind of the question that is open.")
@click.option("--explain", is_flag=True, help="Print which words made what, and why the rest was dropped.")
@click.option("--jsonl", is_flag=True, help="Read JSON lines on standard input and print one for each, in order.")
@click.argument("texts", nargs=-1, metavar="[TEXT ...]")
def read_reply_command(language: str | None, question: str | None, explain: bool, jsonl: bool, texts: tuple[str, ...]) -> None:
    """Print what the service makes of a text from a participant nothing else is known about.

    A yes to a yes_no question counts as urgent: in the study each of them asks for complaints that are at least that.
    """
    study = load_study(_STUDY)
    if jsonl:
        _read_lines(sys.stdin.buffer, study)
        return
    if not texts:
        raise click.UsageError('no text: write one after the options, such as "38.5 and shaking", or --jsonl')
    code = _checked_language(language, "--language")
    for text in texts:
        asked = _QUESTIONS[question] if question else None
        click.echo(_describe(text, read_reply(text, code, asked), asked, study, explain=explain))


def _checked_language(language: Any, place: str) -> str:
    known = load_vocabulary().languages
    if language not in known:
        raise click.UsageError(f"{place} is {language!r}; write one of {', '.join(known)}")
    return str(language)


def _read_lines(lines: Iterable[bytes], study: Study) -> None:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row, question = _checked_row(line, number)
        reading = read_reply(row["text"], row["language"], question)
        click.echo(json.dumps({"id": row.get("id")} | summarise(reading, question, study)))


def _checked_row(line: bytes, number: int) -> tuple[dict[str, Any], QuestionKind | None]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise click.UsageError(f"line {number} is not JSON ({error}); write an object with id, language, open_question and text") from error
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise click.UsageError(f'line {number} has no text; write {{"id": 1, "language": "en", "open_question": null, "text": "38.5"}}')
    _checked_language(row.get("language"), f"line {number}: language")
    asked = row.get("open_question")
    if asked is not None and asked not in _QUESTIONS:
        raise click.UsageError(f"line {number}: open_question is {asked!r}; write null or one of {', '.join(sorted(_QUESTIONS))}")
    return row, _QUESTIONS[asked] if asked is not None else None


def summarise(reading: Reading, question: QuestionKind | None, study: Study) -> dict[str, Any]:
    """What `--jsonl` prints of a reading, all but the id."""
    decision = _decide(reading, study)
    highest = reading.findings.highest
    return {
        "celsius": _two_places(highest.celsius) if highest is not None else None,
        "level": _level(reading, question, decision),
        "codes": _codes(reading, decision),
        "command": reading.command,
        "answer": reading.answer,
        "temperatures": [_candidate(candidate) for candidate in reading.candidates],
    }


def _decide(reading: Reading, study: Study) -> EscalationDecision | None:
    alarm = decide(reading.findings, KnownSoFar(), study.rules)
    if reading.command is not Command.STOP:
        return alarm
    return combine(alarm, decide_stop(alarm, reading.findings, study.rules, unwell=False))


def _level(reading: Reading, question: QuestionKind | None, decision: EscalationDecision | None) -> str:
    said_yes = question is QuestionKind.YES_NO and reading.answer == "yes"
    level = Level.worst(decision.level if decision is not None else None, Level.URGENT if said_yes else None)
    return level.value if level is not None else "none"


def _codes(reading: Reading, decision: EscalationDecision | None) -> list[str]:
    """The rule codes of the decision, then the symptoms that stand without escalating."""
    reasons = [reason.code for reason in decision.reasons] if decision is not None else []
    symptoms = [symptom.code for symptom in reading.findings.symptoms if _SPOKEN_FOR.get(symptom.code, "") not in {None, *reasons}]
    return list(dict.fromkeys(reasons + symptoms))


def _candidate(candidate: TemperatureCandidate) -> dict[str, Any]:
    return {
        "written": candidate.written,
        "span": candidate.span,
        "value": str(candidate.value),
        "unit": candidate.unit,
        "celsius": _two_places(candidate.celsius),
        "site": candidate.site,
        "implausible": candidate.implausible,
        "dropped": candidate.dropped,
    }


def _two_places(celsius: Decimal) -> str:
    return str(celsius.quantize(Decimal("0.01")))


def _describe(text: str, reading: Reading, question: QuestionKind | None, study: Study, *, explain: bool) -> str:
    decision = _decide(reading, study)
    highest = reading.findings.highest
    lines = [
        text,
        f"  level        {_level(reading, question, decision)}",
        f"  codes        {', '.join(_codes(reading, decision)) or '-'}",
        f"  temperature  {f'{_two_places(highest.celsius)} °C' if highest is not None else '-'}",
        f"  command      {reading.command or '-'}",
        f"  answer       {reading.answer or '-'}",
    ]
    return "\n".join(lines + _explanation(reading) + _known_words(text, reading.language) if explain else lines)


def _known_words(text: str, language: str) -> list[str]:
    """Every term of the lexicons in the text, also those that made nothing."""
    marked = mark_text(text, language, load_vocabulary())
    lines = ["  words known:"] if marked.marks else []
    for mark in marked.marks:
        start, end = marked.span(mark.first, mark.end)
        lines.append(f'    {start}-{end} "{marked.written(mark.first, mark.end)}": {", ".join(sorted(mark.concepts))}')
    return lines


def _explanation(reading: Reading) -> list[str]:
    lines = ["  numbers considered:"] if reading.candidates else []
    for candidate in reading.candidates:
        start, end = candidate.span
        verdict = "no body has it: ask again" if candidate.implausible else "counts"
        if candidate.dropped is not None:
            verdict = f"dropped: {candidate.dropped}"
        site = f", {candidate.site}" if candidate.site is not None else ""
        lines.append(f'    {start}-{end} "{candidate.written}" = {candidate.value} {candidate.unit}{site}: {verdict}')
    lines += ["  words understood:"] if reading.mentions else []
    for mention in reading.mentions:
        start, end = mention.span
        verdict = f'cleared by "{mention.negated_by}"' if mention.negated_by is not None else "stands"
        lines.append(f'    {start}-{end} "{mention.written}" = {mention.code}: {verdict}')
    lines += ["  other words:"] if reading.said else []
    means = {
        Meaning.COMMAND: f"command {reading.command}",
        Meaning.ANSWER: f"answer {reading.answer}",
        Meaning.OTHER_LANGUAGE: f"written in {reading.other_language}",
        Meaning.UNREAD: "not understood",
    }
    lines += [f'    {said.span[0]}-{said.span[1]} "{said.written}" = {means[said.meaning]}' for said in reading.said]
    return lines
