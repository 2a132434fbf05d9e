"""Makes the frozen `EscalationRules` out of the checked values of a study file."""

from decimal import Decimal
from types import MappingProxyType
from typing import Any

from followup_service.protocol.findings import ReadsLike
from followup_service.protocol.rule_definitions import (
    ArmpitRule,
    BeforeTreatmentRule,
    CodeRule,
    Combination,
    CountStep,
    EscalationRules,
    FeverInWords,
    LateFeverRule,
    Level,
    PainScoreRules,
    SustainedRule,
    TemperatureRules,
    TemperatureStep,
)
from followup_service.protocol.rules_schema import ANY_OTHER_SYMPTOM

CODE_SECTIONS = ("temperature_codes", "symptoms", "service_codes")
# Raised by name where the service itself has something to tell: a study file must give each a level.
UNREADABLE = "UNREADABLE"
HANDLING_FAILED = "HANDLING_FAILED"
REPORT_DUE, REPORT_OVERDUE = "REPORT_DUE", "REPORT_OVERDUE"
VISIT_CODES = ("VISIT_MOVE_ASKED", "VISIT_MISSED", "VISIT_SAID_ATTENDED", "VISIT_OUTSIDE_WINDOW", "VISIT_REPLANNED")
SERVICE_CODES = (
    UNREADABLE,
    *(like.value for like in ReadsLike),
    "UNKNOWN_SENDER",
    "UNCLEAR_SENDER",
    "WRONG_NUMBER",
    "OPTED_OUT",
    "OTHER_LANGUAGE",
    "REPLY_TO_A_PERSON",
    "STOPPED_WHILE_UNWELL",
    "SILENT",
    "BROKEN_OFF",
    "UNDELIVERABLE",
    HANDLING_FAILED,
    *VISIT_CODES,
    REPORT_DUE,
    REPORT_OVERDUE,
)


def build_rules(data: dict[str, Any]) -> EscalationRules:
    """`data` has the shape of `StudyBlock` and has passed `check_study`."""
    blocks = {code: block for section in CODE_SECTIONS for code, block in data[section].items()}
    tell = {Level(level): text for level, text in data["tell_by_level"].items()}
    same = _same_complaint(blocks)
    codes = {code: _code_rule(code, order, block, same[code], tell) for order, (code, block) in enumerate(blocks.items())}
    score = data["pain_score"]
    return EscalationRules(
        temperature=_temperature_rules(data["temperature"]),
        codes=MappingProxyType(codes),
        combinations=tuple(_combination(combination, codes) for combination in data["combinations"]),
        two_different=data["two_different_urgent_make"],
        pain_score=PainScoreRules(
            score["high"]["code"], score["high"]["from"], score["severe_from"], score["risen"]["code"], score["risen"]["by"]
        ),
        before_treatment=BeforeTreatmentRule(**data["before_treatment"]),
        tell_by_level=MappingProxyType(tell),
        unreadable_code=UNREADABLE,
        unknown_code=HANDLING_FAILED,
    )


def _same_complaint(blocks: dict[str, Any]) -> dict[str, frozenset[str]]:
    """`same_as` both ways, whichever of the two codes the file says it at."""
    same: dict[str, set[str]] = {code: {code} for code in blocks}
    for code, block in blocks.items():
        for other in block["same_as"]:
            same[code].add(other)
            same[other].add(code)
    return {code: frozenset(others) for code, others in same.items()}


def _code_rule(code: str, order: int, block: dict[str, Any], same_as: frozenset[str], tell: dict[Level, str | None]) -> CodeRule:
    level = block["level"]
    return CodeRule(
        code=code,
        name=block["name"],
        order=order,
        level=level,
        when_mild=block.get("when_mild", level),
        when_severe=block.get("when_severe", level),
        when_worse=block.get("when_worse", level),
        severe_is=block["severe_is"],
        counts=tuple(CountStep(least, step) for least, step in sorted(block.get("counts", {}).items(), reverse=True)),
        is_symptom=block["is_symptom"],
        same_as=same_as,
        ask=block["ask"],
        tell=block.get("tell", tell[level] if level else None),
        paperwork=block["paperwork"],
    )


def _combination(combination: dict[str, Any], codes: dict[str, CodeRule]) -> Combination:
    code, others = combination["code"], combination["with"]
    if others == ANY_OTHER_SYMPTOM:
        others = {other.code for other in codes.values() if other.is_symptom} - codes[code].same_as
    return Combination(code, frozenset(others), combination["level"])


def _temperature_rules(block: dict[str, Any]) -> TemperatureRules:
    armpit, sustained, late = block["armpit"], block["sustained"], block["late"]
    return TemperatureRules(
        steps=tuple(_step(step) for step in block["ladder"]),
        implausible_code=block["outside_the_ladder"],
        replaced_code=block["emergencies_replace"],
        in_words=FeverInWords(**block["fever_in_words"]),
        armpit=ArmpitRule(armpit["from"], armpit["code"]) if armpit else None,
        sustained=SustainedRule(
            sustained["code"],
            sustained["from"],
            sustained["after_minutes"],
            sustained["within_minutes"],
            sustained["twice_in_one_text"],
        ),
        late=LateFeverRule(late["code"], late["from"], late["after_day"]),
    )


def _step(step: dict[str, Any]) -> TemperatureStep:
    lowest: Decimal = step["from"] if "from" in step else step["above"]
    highest: Decimal = step["up_to"] if "up_to" in step else step["below"]
    return TemperatureStep(lowest, "from" in step, highest, "up_to" in step, step["code"])
