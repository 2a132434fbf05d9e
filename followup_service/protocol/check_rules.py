"""Checks that the escalation rules of a study file fit together: a ladder without gaps, codes that are there, texts that can be told."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from followup_service.protocol.build_rules import CODE_SECTIONS, SERVICE_CODES
from followup_service.protocol.rule_definitions import Level
from followup_service.protocol.study_fields import closest, shown
from followup_service.protocol.symptom_codes import SYMPTOM_CODES

# Degrees Celsius that a living body can have: a ladder must not call them implausible.
COLDEST, HOTTEST = Decimal(35), Decimal(42)
Problems = Iterator[str]


def codes_of(data: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every rule code of the file with its block; nothing where a whole section is missing, which has its own problem already."""
    if not all(section in data for section in CODE_SECTIONS):
        return {}
    return {code: block for section in CODE_SECTIONS for code, block in data[section].items()}


def check_rules(data: dict[str, Any]) -> Problems:
    """Every problem of the rules, each starting with its path. `data` has the shape of `StudyBlock`; a wrong part may be missing."""
    yield from _check_temperature(data)
    yield from _check_codes_named(data)
    yield from _check_reportable(data)
    yield from _check_code_blocks(data)
    for number, combination in enumerate(data.get("combinations", [])):
        others = combination.get("with", [])
        for code in (combination.get("code"), *(others if isinstance(others, list) else [])):
            yield from _no_code(f"combinations[{number}]", code, data)


def unknown_name(path: str, name: str | None, known: Iterable[str], what: str) -> Problems:
    """Nothing, or one problem. A whole section that is missing has its own problem already."""
    names = list(known)
    if name is not None and names and name not in names:
        yield f"{path}: there is no {what} {shown(name)}; write {closest(name, names)}"


def _no_code(path: str, code: str | None, data: dict[str, Any]) -> Problems:
    return unknown_name(path, code, codes_of(data), "rule code")


def _check_temperature(data: dict[str, Any]) -> Problems:
    temperature = data.get("temperature", {})
    ladder = temperature.get("ladder", [])
    problems = list(_check_ladder(ladder))
    yield from problems
    if ladder and not problems:
        yield from _check_ends(ladder, codes_of(data))
    sustained = temperature.get("sustained", {})
    if sustained.get("after_minutes", 0) >= sustained.get("within_minutes", 10**9):
        yield f"temperature.sustained: ends before it begins; write within_minutes above {sustained['after_minutes']}"
    symptom = temperature.get("fever_in_words", {}).get("symptom")
    if symptom is not None and symptom not in SYMPTOM_CODES:
        yield f"temperature.fever_in_words.symptom: no text reports {shown(symptom)}; write FEVER"


def _check_ends(ladder: list[dict[str, Any]], codes: dict[str, dict[str, Any]]) -> Problems:
    """A value outside the ladder is not believed, so the ladder must hold every fever; and the top of it must be an emergency."""
    first, last = ladder[0], ladder[-1]
    bottom, top = first["from" if "from" in first else "above"], last["up_to" if "up_to" in last else "below"]
    if bottom > COLDEST or top < HOTTEST:
        yield f"temperature.ladder: goes from {bottom} to {top}; write steps from {COLDEST} or less to {HOTTEST} or more"
    code = last.get("code")
    if code is None or codes.get(code, {}).get("level", Level.EMERGENCY) is not Level.EMERGENCY:
        yield f"temperature.ladder[{len(ladder) - 1}].code: the highest step is no emergency; write a code of that level"


def _check_ladder(ladder: list[dict[str, Any]]) -> Problems:
    for number, step in enumerate(ladder):
        path = f"temperature.ladder[{number}]"
        bottom = [key for key in ("from", "above") if key in step]
        top = [key for key in ("below", "up_to") if key in step]
        if len(bottom) != 1 or len(top) != 1:
            yield f"{path}: write either from or above, and either below or up_to"
            return
        if step[bottom[0]] >= step[top[0]]:
            yield f"{path}: it ends at {step[top[0]]}, where it begins or below; write a higher end"
        if number:
            yield from _check_joint(path, ladder[number - 1], step)


def _check_joint(path: str, before: dict[str, Any], step: dict[str, Any]) -> Problems:
    """Every value belongs to exactly one step: `below: X` goes on with `from: X`, `up_to: X` with `above: X`."""
    key, end = ("from", before["below"]) if "below" in before else ("above", before["up_to"])
    if step.get(key) != end:
        start = step.get("from", step.get("above"))
        what = "leaves a gap after" if start is not None and start > end else "overlaps"
        if start == end:
            what = "leaves out" if key == "from" else "overlaps"
        yield f'{path}: {what} {end}, where the step before ends; write {key}: "{end}"'


def _check_codes_named(data: dict[str, Any]) -> Problems:
    temperature, score = data.get("temperature", {}), data.get("pain_score", {})
    named = [(f"temperature.ladder[{number}].code", step.get("code")) for number, step in enumerate(temperature.get("ladder", []))]
    named += [(f"temperature.{key}", temperature.get(key)) for key in ("outside_the_ladder", "emergencies_replace")]
    for key in ("fever_in_words", "armpit", "sustained", "late"):
        named.append((f"temperature.{key}.code", (temperature.get(key) or {}).get("code")))
    named += [(f"pain_score.{key}.code", score.get(key, {}).get("code")) for key in ("high", "risen")]
    gate = data.get("before_treatment", {})
    named += [(f"before_treatment.{key}", gate.get(key)) for key in ("code", "page")]
    for path, code in named:
        yield from _no_code(path, code, data)
    yield from _no_text("before_treatment.tell", gate.get("tell"), data)
    for code in SERVICE_CODES:
        if "service_codes" in data and code not in data["service_codes"]:
            yield f"service_codes.{code}: is missing; the service raises it, so it needs a name and a level"
        elif data.get("service_codes", {}).get(code, {}).get("level", "broken") is None:
            yield f"service_codes.{code}.level: a note would reach nobody; write emergency, urgent or review"


def _check_reportable(data: dict[str, Any]) -> Problems:
    codes, in_words = codes_of(data), data.get("temperature", {}).get("fever_in_words", {}).get("symptom")
    for code in sorted(SYMPTOM_CODES - codes.keys() - {in_words}) if codes else ():
        yield f"symptoms.{code}: is missing; participants report it; write its name and its level, note if nobody need look"


def _no_text(path: str, key: str | None, data: dict[str, Any]) -> Problems:
    return unknown_name(path, key, data.get("texts", {}), "text")


def _check_code_blocks(data: dict[str, Any]) -> Problems:
    checkins = data.get("checkins", {})
    seen: set[str] = set()
    for section in CODE_SECTIONS:
        for code, block in data.get(section, {}).items():
            path = f"{section}.{code}"
            if code in seen:
                yield f"{path}: stands in two sections; write it in one"
            seen.add(code)
            for other in (block.get("severe_is"), *block.get("same_as", [])):
                yield from _no_code(path, other, data)
            yield from _no_text(f"{path}.tell", block.get("tell"), data)
            ask = block.get("ask")
            if ask is not None and checkins and "asked_by_rules" not in checkins.get(ask, {}):
                by_rules = [name for name, plan in checkins.items() if "asked_by_rules" in plan]
                yield f"{path}.ask: {shown(ask)} is no check-in that rules may start; write {closest(ask, by_rules)}"
