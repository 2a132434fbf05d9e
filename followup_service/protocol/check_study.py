"""Checks that the parts of a study file fit together: every name used is one that is there, and timings, limits and texts are whole."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from followup_service.protocol.check_rules import check_rules, codes_of, unknown_name
from followup_service.protocol.paging_clock import Channel, Paged
from followup_service.protocol.question_kinds import QuestionKind

# What a timing is chosen by, with what must and what may stand beside it.
CHECKIN_TIMINGS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "after": (("days", "at"), ()),
    "before": (("days_before", "at"), ()),
    "during": (("every_days", "until_days_after_last", "at"), ()),
    "every_months": (("unless_asked_within_days", "at"), ()),
    "after_alarm": (("at",), ()),
    "asked_by_rules": (("once_per",), ("ask_after_minutes",)),
}
VISIT_TIMINGS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "each": (("opens_days", "closes_days"), ("months", "days")),
    "every_months": (("window_days",), ("extra",)),
    "by_staff": ((), ()),
}
PLACEHOLDER = re.compile(r"%%|%\((\w+)\)s")
PLACEHOLDERS = ("clinic_phone", "emergency_number")
# What the service itself says at the end of a check-in and of the study.
OWN_TEXTS = ("checkin_done", "closing")
ONE_SMS = 160
# What reminders ask: of a booked visit, of one without a day, and of one that nobody knows was attended.
VISIT_QUESTIONS = ("visit_confirm", "visit_book", "visit_came")
PAGING_NUMBERS = (
    "acknowledge_within_minutes",
    "call_within_minutes",
    "outcome_within_minutes",
    "snooze_at_most_minutes",
    "slower_after_minutes",
    "slower_every_minutes",
)
Problems = Iterator[str]


def check_study(data: dict[str, Any]) -> list[str]:
    """Every problem, each starting with its path. `data` has the shape of `StudyBlock`; a part of wrong shape may be missing."""
    checks: tuple[Callable[[dict[str, Any]], Problems], ...] = (
        _check_header,
        _check_arms,
        _check_visits,
        _check_reminders,
        _check_checkins,
        _check_questions,
        check_rules,
        _check_paging,
        _check_texts,
    )
    return [problem for check in checks for problem in check(data)]


def _blocks(data: dict[str, Any], section: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, block in data.get(section, {}).items():
        yield f"{section}.{name}", block


def _check_header(data: dict[str, Any]) -> Problems:
    hours = data.get("contact_hours", {})
    if {"opens", "closes"} <= hours.keys() and hours["opens"] >= hours["closes"]:
        yield f'contact_hours: closes at {hours["closes"]:%H:%M}, before it opens; write for example opens: "08:00", closes: "20:00"'
    yield from _at_least(1, "the study", data, "unasked_texts_a_day")
    for number, holiday in enumerate(data.get("holidays", [])):
        if {"first_on", "last_on"} <= holiday.keys() and holiday["first_on"] > holiday["last_on"]:
            yield f"holidays[{number}]: ends before it begins; write first_on before last_on"


def _check_arms(data: dict[str, Any]) -> Problems:
    treatments, anchors = data.get("treatments", {}), data.get("anchors", {})
    for path, anchor in _blocks(data, "anchors"):
        if ("first" in anchor) == ("last" in anchor):
            yield f"{path}: write either first: [treatments] or last: [treatments]"
        for pick in ("first", "last"):
            for number, name in enumerate(anchor.get(pick, [])):
                yield from unknown_name(f"{path}.{pick}[{number}]", name, treatments, "treatment")
    for path, arm in _blocks(data, "arms"):
        for key in ("counts_from", "steps_down_from"):
            yield from unknown_name(f"{path}.{key}", arm.get(key), anchors, "anchor")
    for path, limits in _blocks(data, "treatments"):
        for number, name in enumerate(limits.get("separate_from", [])):
            yield from unknown_name(f"{path}.separate_from[{number}]", name, treatments, "treatment")
        if limits.get("separate_from") and limits.get("separation_days", 1) < 1:
            yield f"{path}: separate_from has no separation_days; write for example separation_days: 7"


def _one_timing(path: str, block: dict[str, Any], timings: dict[str, tuple[tuple[str, ...], tuple[str, ...]]]) -> Problems:
    """A plan has exactly one timing, all that belongs to it and nothing that belongs to another."""
    chosen = [key for key in timings if key in block]
    if len(chosen) != 1:
        yield f"{path}: it has {len(chosen)} timings ({', '.join(chosen) or 'none'}); write exactly one of {', '.join(timings)}"
        return
    must, may = timings[chosen[0]]
    for key in must:
        if key not in block:
            yield f"{path}.{key}: is missing; a plan with `{chosen[0]}` needs it"
    others = {key for needed, allowed in timings.values() for key in (*needed, *allowed)} - {*must, *may}
    for key in sorted(others & {key for key, value in block.items() if value not in (0, [], None)}):
        yield f"{path}.{key}: does not belong to a plan with `{chosen[0]}`; leave it out"
    if block.get(chosen[0]) is False:
        yield f"{path}.{chosen[0]}: write true, or another timing"


def _at_least(least: int, path: str, block: dict[str, Any], *keys: str) -> Problems:
    for key in keys:
        values = block.get(key)
        for value in values if isinstance(values, list) else [values]:
            if value is not None and value < least:
                yield f"{path}.{key}: {value} is too small; write {least} or more"


def _check_visits(data: dict[str, Any]) -> Problems:
    for path, visit in _blocks(data, "visits"):
        yield from _one_timing(path, visit, VISIT_TIMINGS)
        yield from _at_least(1, path, visit, "every_months")
        yield from _at_least(0, path, visit, "months", "window_days")
        if "each" in visit and not visit.get("months") and not visit.get("days"):
            yield f"{path}: says not how long before or after each {visit['each']}; write months: 1 or days: -3"
        yield from unknown_name(f"{path}.each", visit.get("each"), data.get("treatments", {}), "treatment")
        for number, host in enumerate(visit.get("merge_into", [])):
            yield from unknown_name(f"{path}.merge_into[{number}]", host, data.get("visits", {}), "visit")
        yield from _at_least(1, path, visit, "merge_from_days")
        for number, arm in enumerate(visit.get("arms", [])):
            yield from unknown_name(f"{path}.arms[{number}]", arm, data.get("arms", {}), "arm")
        if {"opens_days", "closes_days"} <= visit.keys() and not visit["opens_days"] <= 0 <= visit["closes_days"]:
            yield f"{path}: the window leaves out its target; write opens_days of 0 or less and closes_days of 0 or more"
        for number, extra in enumerate(visit.get("extra", [])):
            yield from _at_least(1, f"{path}.extra[{number}]", extra, "then_every_months")


def _check_reminders(data: dict[str, Any]) -> Problems:
    reminders, hours = data.get("reminders", {}), data.get("contact_hours", {})
    yield from _at_least(0, "reminders", reminders, *(key for key in reminders if key != "at"))
    if "at" in reminders and {"opens", "closes"} <= hours.keys() and not hours["opens"] <= reminders["at"] < hours["closes"]:
        yield f"reminders.at: {reminders['at']:%H:%M} is outside the contact hours; write a time between them"
    for key in VISIT_QUESTIONS:
        question = data.get("questions", {}).get(key)
        if "questions" in data and question is None:
            yield f"questions.{key}: is missing; reminders of visits ask it"
        elif question and question.get("kind", QuestionKind.VISIT_CONFIRM) != QuestionKind.VISIT_CONFIRM:
            yield f"questions.{key}.kind: reminders of visits ask it; write kind: {QuestionKind.VISIT_CONFIRM.value}"


def _check_checkins(data: dict[str, Any]) -> Problems:
    treatments = data.get("treatments", {})
    for path, plan in _blocks(data, "checkins"):
        yield from _one_timing(path, plan, CHECKIN_TIMINGS)
        yield from _at_least(1, path, plan, "importance", "closes_after_minutes", "remind_after_minutes", "every_days", "every_months")
        yield from _at_least(0, path, plan, "days", "days_before", "until_days_after_last", "unless_asked_within_days", "ask_after_minutes")
        for key in ("after", "during"):
            yield from unknown_name(f"{path}.{key}", plan.get(key), treatments, "treatment")
        for number, name in enumerate(plan.get("before", [])):
            yield from unknown_name(f"{path}.before[{number}]", name, treatments, "treatment")
        yield from _check_asked(path, plan, data)
        yield from _unknown_code(f"{path}.silence", plan.get("silence"), data)
        if (plan.get("remind_after_minutes") or 0) >= plan.get("closes_after_minutes", 10**9):
            yield f"{path}.remind_after_minutes: it reminds after it has closed; write less than {plan['closes_after_minutes']}"
        hours = data.get("contact_hours", {})
        if "at" in plan and {"opens", "closes"} <= hours.keys() and not hours["opens"] <= plan["at"] < hours["closes"]:
            yield f"{path}.at: {plan['at']:%H:%M} is outside the contact hours; write a time between them"


def _check_asked(path: str, plan: dict[str, Any], data: dict[str, Any]) -> Problems:
    asked = [question for question in plan.get("questions", []) if "code" in question]
    days = plan.get("days", [])
    for number, question in enumerate(asked):
        yield from unknown_name(f"{path}.questions[{number}]", question["code"], data.get("questions", {}), "question")
        for day in question.get("only_on_days") or []:
            if day not in days:
                yield f"{path}.questions[{number}].only_on_days: {day} is not one of the days of this plan; write one of {days}"
    limit = data.get("texts_per_checkin")
    on_any_day = [sum(not question.get("only_on_days") or day in question["only_on_days"] for question in asked) for day in days or [0]]
    if limit is not None and on_any_day and max(on_any_day) + 1 > limit:
        yield f"{path}.questions: {max(on_any_day)} questions and the thanks make more than {limit} texts; ask {limit - 1} at most"


def _unknown_code(path: str, code: str | None, data: dict[str, Any]) -> Problems:
    """A code that is raised must be in the file and have a level."""
    codes = codes_of(data)
    yield from unknown_name(path, code, codes, "rule code")
    if code in codes and codes[code].get("level", "broken") is None:
        yield f"{path}: {code} is only a note; write a code with a level"


def _check_questions(data: dict[str, Any]) -> Problems:
    for path, question in _blocks(data, "questions"):
        text, kind = question.get("text", ""), question.get("kind")
        yield from _unknown_code(f"{path}.yes_means", question.get("yes_means"), data)
        if question.get("yes_means") and kind and kind != QuestionKind.YES_NO:
            yield f"{path}.yes_means: only a yes_no question is answered by yes; leave it out"
        if len(text) > ONE_SMS:
            yield f"{path}.text: has {len(text)} characters; write {ONE_SMS} at most, so that it is one text"
        if odd := sorted({character for character in text if not " " <= character <= "~"}):
            yield f"{path}.text: {odd[0]!r} makes the text twice as long; write plain letters, straight quotes and a hyphen"
        yield from _check_placeholders(f"{path}.text", text, ())


def _check_paging(data: dict[str, Any]) -> Problems:
    for section in ("paging", "tell_by_level"):
        for level in ("emergency", "urgent", "review"):
            if section in data and level not in data[section]:
                yield f"{section}.{level}: is missing; every level needs its own line"
    for path, clock in _blocks(data, "paging"):
        yield from _at_least(1, path, clock, *PAGING_NUMBERS)
        if (clock.get("slower_after_minutes") is None) != (clock.get("slower_every_minutes") is None):
            yield f"{path}: slower_after_minutes and slower_every_minutes go together; write both or neither"
        if (clock.get("acknowledge_within_minutes") is None) == (clock.get("by_next_working_day_at") is None):
            yield f"{path}: write either acknowledge_within_minutes or by_next_working_day_at"
        if clock.get("snooze_at_most_minutes", 10**9) < clock.get("outcome_within_minutes", 0):
            yield f"{path}.snooze_at_most_minutes: is less than outcome_within_minutes; write {clock['outcome_within_minutes']} or more"
        for part in ("chain", "round_again"):
            yield from _check_chain(f"{path}.{part}", clock.get(part, []))
    yield from _at_least(1, "episodes", data.get("episodes", {}), "back_within_days", "expected_at_most_days")
    reporting = data.get("adverse_events", {})
    yield from _at_least(1, "adverse_events", reporting, "report_within_minutes", "warn_before_minutes", "again_every_minutes")
    within = reporting.get("report_within_minutes", 10**9)
    if reporting.get("warn_before_minutes", 0) >= within:
        yield f"adverse_events.warn_before_minutes: is not within report_within_minutes; write less than {within}"


def _check_chain(path: str, steps: list[dict[str, Any]]) -> Problems:
    """A channel may be missing and a step may wait to be late: what is sure to go out must stand in the file."""
    for number, step in enumerate(steps):
        yield from _at_least(1, f"{path}[{number}]", step, "wait_minutes")
    whole = [step for step in steps if {"page", "by", "when_late"} <= step.keys()]
    sure = [
        step for step in whole if step["by"] == Channel.TEXT and not step["when_late"] and step["page"] != [Paged.PRINCIPAL_INVESTIGATOR]
    ]
    if len(whole) == len(steps) > 0 and not sure:
        yield f"{path}: nobody on call is sure to be paged; write a step by text without when_late"
    if path.endswith("chain") and sure and whole[0] is not sure[0]:
        yield f"{path}[0]: the first step must go out at once; write a step by text to first_on_call"


def _check_texts(data: dict[str, Any]) -> Problems:
    if data.get("tell_by_level", {}).get("emergency", "") is None:
        yield "tell_by_level.emergency: is empty; write the text that says what to do now"
    for level, key in data.get("tell_by_level", {}).items():
        yield from unknown_name(f"tell_by_level.{level}", key, data.get("texts", {}), "text")
    for key in OWN_TEXTS:
        if "texts" in data and key not in data["texts"]:
            yield f"texts.{key}: is missing; the service says it"
    for key, text in data.get("texts", {}).items():
        yield from _check_placeholders(f"texts.{key}", text, PLACEHOLDERS)


def _check_placeholders(path: str, text: str, allowed: tuple[str, ...]) -> Problems:
    what = f"write %({')s or %('.join(allowed)})s" if allowed else "a question has no placeholders; leave it out"
    for name in sorted(set(PLACEHOLDER.findall(text)) - {"", *allowed}):
        yield f"{path}: the placeholder %({name})s is not known; {what}"
    if "%" in PLACEHOLDER.sub("", text):
        yield f"{path}: has a % that is no placeholder; {what}, or %% for a percent sign"
