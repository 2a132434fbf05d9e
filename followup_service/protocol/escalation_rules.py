"""Decides whether what a participant reports must be seen by a person, how fast and why (temperature: record, exclusion 10)."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from followup_service.protocol.findings import Findings, MeasurementSite, ReadsLike, Severity, Symptom
from followup_service.protocol.rule_definitions import CodeRule, EscalationRules, Level


class KnownSoFar(NamedTuple):
    """What is known of a participant before this text; the defaults mean that nothing is.

    `now` and the instants of `earlier_temperatures` (degrees Celsius, last 24 hours) are aware. `days_since_rfa` counts from the
    latest session, which is day 0. `codes_today` are the symptom codes reported in the last 24 hours. `site` is where this participant
    usually measures. `before_treatment`: a session or cycle is planned for today or tomorrow.
    """

    now: datetime | None = None
    days_since_rfa: int | None = None
    earlier_temperatures: tuple[tuple[datetime, Decimal], ...] = ()
    codes_today: frozenset[str] = frozenset()
    last_severity_digit: int | None = None
    before_treatment: bool = False
    site: MeasurementSite | None = None


class Reason(NamedTuple):
    """A rule code and the level that it has here."""

    code: str
    level: Level


class EscalationDecision(NamedTuple):
    """An escalation to raise. Reasons stand worst first, then in the order of the study file.

    `ask` are the check-ins to start, `tell` the key of the study's text that says to the participant what to do now.
    """

    level: Level
    reasons: tuple[Reason, ...]
    ask: tuple[str, ...]
    tell: str | None


_NONE: frozenset[str] = frozenset()
# Codes found in one text, each with its level; None is a symptom that alone is only noted.
Found = dict[str, Level | None]


def decide(findings: Findings, known: KnownSoFar, rules: EscalationRules) -> EscalationDecision | None:
    """The escalation that these findings ask for, or None. A symptom code that the study file does not know goes to a person."""
    found: Found = {}
    if findings.temperatures or findings.implausible_temperatures:
        _judge_temperatures(findings, known, rules, found)
    for symptom in findings.symptoms:
        _judge_symptom(symptom, findings, rules, found)
    if findings.severity_digit is not None:
        _judge_pain_score(findings.severity_digit, known, rules, found)
    if findings.unread:
        _add(found, rules.unreadable_code, rules)
    if not found and findings.reads_like is None:
        return None
    new = frozenset(found)
    earlier = _earlier_codes(known, rules) - new if known.codes_today or known.earlier_temperatures else _NONE
    if len(found) > 1 or earlier:
        _judge_combinations(found, earlier, rules)
        _judge_two_urgent(found, earlier, rules)
    if findings.reads_like is not None and _is_worse(findings.reads_like, found, rules):
        _add(found, findings.reads_like.value, rules)
        new |= {findings.reads_like.value}
    return _decision(found, new, known, rules)


def decide_code(code: str, rules: EscalationRules) -> EscalationDecision:
    """The escalation for one code that the service itself raises, such as SILENT."""
    rule = rules.codes.get(code)
    if rule is None or rule.level is None:
        known = ", ".join(rule.code for rule in rules.codes.values() if rule.level)
        raise ValueError(f"{code} raises no escalation in the study file; write one of {known}")
    ask = (rule.ask,) if rule.ask else ()
    return EscalationDecision(rule.level, (Reason(code, rule.level),), ask, rule.tell)


def decide_stop(alarm: EscalationDecision | None, findings: Findings, rules: EscalationRules, *, unwell: bool) -> EscalationDecision:
    """The escalation that STOP asks for beside the `alarm` and the `findings` of the same text; `unwell`: an earlier alarm is still open.

    Who stops the texts while unwell may need help more than the others: that pages; else it is a task to ring them.
    """
    alarmed = alarm is not None and alarm.level is not Level.REVIEW
    return decide_code("STOPPED_WHILE_UNWELL" if alarmed or unwell or _complains(findings, rules) else "OPTED_OUT", rules)


def _complains(findings: Findings, rules: EscalationRules) -> bool:
    """Whether a complaint is named that alone would page nobody: "stop texting, been throwing up since six"."""
    return any(symptom.code == "UNWELL" or rules.codes[symptom.code].is_symptom for symptom in findings.symptoms)


def combine(*decisions: EscalationDecision | None) -> EscalationDecision | None:
    """Several decisions about one text as one: each reason once at its worst level, and what the worst of them tells."""
    made = sorted((decision for decision in decisions if decision is not None), key=lambda decision: -decision.level.rank)
    if not made:
        return None
    levels: Found = {}
    for decision in made:
        for reason in decision.reasons:
            _raise_to(levels, reason.code, reason.level)
    reasons = sorted((Reason(code, level) for code, level in levels.items() if level), key=lambda reason: -reason.level.rank)
    ask = tuple(dict.fromkeys(code for decision in made for code in decision.ask))
    tell = next((decision.tell for decision in made if decision.tell is not None), None)
    return EscalationDecision(made[0].level, tuple(reasons), ask, tell)


def _add(found: Found, code: str, rules: EscalationRules) -> None:
    _raise_to(found, code, rules.codes[code].level)


def _raise_to(found: Found, code: str, level: Level | None) -> None:
    earlier = found.get(code)
    found[code] = level if earlier is None else Level.worst(earlier, level)


def _judge_temperatures(findings: Findings, known: KnownSoFar, rules: EscalationRules, found: Found) -> None:
    ladder, highest = rules.temperature, findings.highest
    codes = [_step_code(reading.celsius, reading.site or known.site, rules) for reading in findings.temperatures]
    for code in codes:
        if code is not None:
            _add(found, code, rules)
    if findings.implausible_temperatures:
        _add(found, ladder.implausible_code, rules)
    if highest is None:
        return
    above = Level.EMERGENCY in found.values()
    if _sustained(highest.celsius, known, rules) or (not above and _twice_borderline(findings, codes, rules)):
        _add(found, ladder.sustained.code, rules)
    if _late(highest.celsius, known, rules):
        _add(found, ladder.late.code, rules)
    if Level.EMERGENCY in found.values():
        found.pop(ladder.replaced_code, None)


def _twice_borderline(findings: Findings, codes: list[str | None], rules: EscalationRules) -> bool:
    """Two borderline values in one text: probably of two times. The same value in both units is one."""
    borderline = rules.temperature.replaced_code
    units = [reading.unit for reading, code in zip(findings.temperatures, codes, strict=True) if code == borderline]
    return rules.temperature.sustained.twice_in_one_text and len(units) > len(set(units))


def _step_code(celsius: Decimal, site: MeasurementSite | None, rules: EscalationRules) -> str | None:
    """The code of the step that holds the value; the armpit reads low, so there a lower value counts."""
    ladder = rules.temperature
    for step in ladder.steps:
        if step.holds(celsius):
            if ladder.armpit is not None and site is MeasurementSite.ARMPIT and celsius >= ladder.armpit.from_celsius:
                return ladder.armpit.code
            return step.code
    return ladder.implausible_code


def _sustained(celsius: Decimal, known: KnownSoFar, rules: EscalationRules) -> bool:
    rule = rules.temperature.sustained
    if known.now is None or celsius < rule.from_celsius:
        return False
    first, last = known.now - timedelta(minutes=rule.within_minutes), known.now - timedelta(minutes=rule.after_minutes)
    return any(first <= at <= last and earlier >= rule.from_celsius for at, earlier in known.earlier_temperatures)


def _late(celsius: Decimal, known: KnownSoFar, rules: EscalationRules) -> bool:
    rule = rules.temperature.late
    return known.days_since_rfa is not None and known.days_since_rfa > rule.after_day and celsius >= rule.from_celsius


def _judge_symptom(symptom: Symptom, findings: Findings, rules: EscalationRules, found: Found) -> None:
    in_words = rules.temperature.in_words
    if symptom.code == in_words.symptom:
        if not any(_explains_fever(reading.celsius, rules) for reading in findings.temperatures):
            _add(found, in_words.code, rules)
        return
    rule = rules.codes.get(symptom.code)
    if rule is None:
        _add(found, rules.unknown_code, rules)
    elif rule.severe_is is not None and _is_severe(symptom, findings, rules):
        _add(found, rule.severe_is, rules)
    else:
        _raise_to(found, rule.code, _symptom_level(symptom, rule))


def _explains_fever(celsius: Decimal, rules: EscalationRules) -> bool:
    """Whether a value says better how high the fever is: not one that no body has."""
    ladder = rules.temperature
    return celsius >= ladder.in_words.explained_from and any(step.holds(celsius) for step in ladder.steps)


def _is_severe(symptom: Symptom, findings: Findings, rules: EscalationRules) -> bool:
    """By its words; where none says how bad it is, by the digit of the question about the worst pain."""
    if symptom.severity is None and findings.severity_digit is not None:
        return findings.severity_digit >= rules.pain_score.severe_from
    return symptom.severity is Severity.SEVERE


def _symptom_level(symptom: Symptom, rule: CodeRule) -> Level | None:
    """Severity words, a count and "worse" each have a say; what is worse than last time is never lowered by a mild word."""
    level = rule.level
    if symptom.count is not None and rule.counts:
        level = next((step.level for step in rule.counts if symptom.count >= step.at_least), None)
    elif symptom.severity is Severity.MILD:
        level = rule.when_mild
    if symptom.severity is Severity.SEVERE:
        level = Level.worst(level, rule.when_severe)
    return Level.worst(level, rule.when_worse) if symptom.worse else level


def _judge_pain_score(digit: int, known: KnownSoFar, rules: EscalationRules, found: Found) -> None:
    score = rules.pain_score
    if digit >= score.high_from:
        _add(found, score.high_code, rules)
    if known.last_severity_digit is not None and digit - known.last_severity_digit >= score.risen_by:
        _add(found, score.risen_code, rules)


def _earlier_codes(known: KnownSoFar, rules: EscalationRules) -> frozenset[str]:
    """What was reported earlier in the day, the temperatures by their step of the ladder."""
    steps = {_step_code(celsius, known.site, rules) for _, celsius in known.earlier_temperatures}
    return known.codes_today.union(code for code in steps if code is not None)


def _judge_combinations(found: Found, earlier: frozenset[str], rules: EscalationRules) -> None:
    """A pair counts where at least one of the two is new in this text."""
    new = frozenset(found)
    for combination in rules.combinations:
        others = new | earlier if combination.code in new else new
        if (combination.code in new or combination.code in earlier) and not combination.with_codes.isdisjoint(others):
            _raise_to(found, combination.code, combination.level)


def _judge_two_urgent(found: Found, earlier: frozenset[str], rules: EscalationRules) -> None:
    """Two different urgent complaints, in one text or one day, raise each other."""
    urgent = [code for code, level in found.items() if level is Level.URGENT and rules.codes[code].is_symptom]
    if not urgent:
        return
    others = urgent + [code for code in earlier if _was_urgent(code, rules)]
    for code in urgent:
        for other in others:
            if other not in rules.codes[code].same_as:
                _raise_to(found, code, rules.two_different)
                _raise_to(found, other, rules.two_different)


def _is_worse(guess: ReadsLike, found: Found, rules: EscalationRules) -> bool:
    """A guess adds nothing to what was found in words and is at least as bad."""
    level = rules.codes[guess].level
    return level is not None and all(other is None or other.rank < level.rank for other in found.values())


def _was_urgent(code: str, rules: EscalationRules) -> bool:
    rule = rules.codes.get(code)
    return rule is not None and rule.is_symptom and rule.level in (Level.URGENT, Level.EMERGENCY)


def _decision(found: Found, new: frozenset[str], known: KnownSoFar, rules: EscalationRules) -> EscalationDecision | None:
    reasons = [Reason(code, level) for code, level in found.items() if level is not None]
    if not reasons:
        return None
    if len(reasons) > 1:
        reasons.sort(key=lambda reason: (-reason.level.rank, rules.codes[reason.code].order))
    asked = [code for reason in reasons if reason.code in new and (code := rules.codes[reason.code].ask) is not None]
    ask = tuple(dict.fromkeys(asked)) if asked else ()
    tell = _tell(reasons, new, known, rules)
    if known.before_treatment and rules.before_treatment.code in found:
        page = rules.before_treatment.page
        reasons.insert(1, Reason(page, rules.codes[page].level or reasons[0].level))
    return EscalationDecision(reasons[0].level, tuple(reasons), ask, tell)


def _tell(reasons: list[Reason], new: frozenset[str], known: KnownSoFar, rules: EscalationRules) -> str | None:
    first = reasons[0]
    if known.before_treatment:
        gate = rules.before_treatment
        worst = {reason.code for reason in reasons if reason.level is first.level}
        if gate.code in worst and worst <= rules.codes[gate.code].same_as:
            return gate.tell
    rule = rules.codes[first.code]
    return rule.tell if first.code in new and first.level is rule.level else rules.tell_by_level[first.level]
