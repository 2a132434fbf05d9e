"""What lower parts say for staff, in the language of the page, with dates and names as pages write them."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from followup_service.console.blueprint import console
from followup_service.console.local_times import day
from followup_service.console.page_language import gettext
from followup_service.console.study_words import treatment_name, visit_name
from followup_service.console.words import TREATMENT_STATES, in_words
from followup_service.protocol.sentences import Sentence

# What a value is called decides how it is said.
NAMED: Mapping[str, Callable[[Any], str]] = {
    "treatment": treatment_name,
    "visit": visit_name,
    "other_visit": visit_name,
    "treatment_state": lambda state: in_words(TREATMENT_STATES, state),
}


@console.app_template_filter("say")
def say(sentence: Any) -> str:
    """Words that are no Sentence, or have no translation, stay as they are."""
    if not isinstance(sentence, Sentence):
        return str(sentence)
    return str(gettext(sentence.template)) % {name: _value(name, value) for name, value in sentence.values.items()}


def _value(name: str, value: Any) -> Any:
    if isinstance(value, Sentence):
        return say(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return day(value)
    return NAMED[name](value) if name in NAMED else value
