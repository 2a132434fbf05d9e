"""What an event of the audit trail adds to its name, for people: without ids and empty values, in the language of the page."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from followup_service.audit import SYSTEM
from followup_service.console.blueprint import console
from followup_service.console.local_times import day
from followup_service.console.page_language import gettext
from followup_service.console.study_words import arm_name, reason_name, treatment_name, visit_name
from followup_service.console.words import ASKED_BY, DETAILS, LEVELS, PARTICIPANT_STATES, PHONE_KINDS, WHY_CLOSED, in_words

_AN_ID = re.compile("[0-9a-f]{32}")
_A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

_SAID: Mapping[str, Callable[[str], str]] = {
    "arm": arm_name,
    "because": lambda code: in_words(WHY_CLOSED, code),
    "before": lambda code: in_words(PARTICIPANT_STATES, arm_name(code)),
    "code": lambda code: reason_name(code) or code,
    "codes": lambda code: reason_name(code) or code,
    "item": visit_name,
    "kind": lambda code: in_words(PHONE_KINDS, treatment_name(code)),
    "level": lambda code: str(LEVELS.get(code, code)),
    "source": lambda code: in_words(ASKED_BY, code),
}


@console.app_template_filter("who_acted")
def who_acted(actor: str) -> str:
    return gettext("Service") if actor == SYSTEM else actor


@console.app_template_filter("told")
def told(detail: dict[str, Any]) -> list[tuple[str, str]]:
    said = ((in_words(DETAILS, name), _in_a_line(name, value)) for name, value in detail.items())
    return [(name, words) for name, words in said if words and not _AN_ID.fullmatch(words)]


def _in_a_line(name: str, value: Any) -> str:
    if isinstance(value, list):
        return gettext(", ").join(_in_a_line(name, one) for one in value)
    if isinstance(value, dict):
        return " ".join(_in_a_line(part, one) for part, one in value.items() if one is not None)
    if value is None or not isinstance(value, str):
        return "" if value is None else str(value)
    if _A_DAY.fullmatch(value):
        return day(date.fromisoformat(value))
    return _SAID[name](value) if name in _SAID else value
