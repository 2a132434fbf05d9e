"""Making the words of a text, in the recipient's language, at the moment it is sent."""

from collections.abc import Callable, Mapping
from typing import Any

from followup_service.messaging.catalogues import catalogue
from followup_service.messaging.count_parts import measure
from followup_service.messaging.texts import BETWEEN_REASONS, CELSIUS, LEVELS, MORE_REASONS, TEXTS, UNKNOWN_NUMBER, WARMER
from followup_service.protocol.definitions import Study

QUESTION = "question."

Translate = Callable[[str], str]


def render_text(message: str, values: Mapping[str, Any], language: str, study: Study) -> str:
    """The text behind a key: `question.<code>` or a key of the study's texts, else one of the service's own.

    `values` fill the placeholders; `level`, `reasons` (codes) and `celsius` are put into words. Raises KeyError on a key nobody wrote.
    """
    translate = catalogue(language).gettext
    if message.startswith(QUESTION):
        source = study.questions[message.removeprefix(QUESTION)].text
    else:
        source = study.texts.get(message) or TEXTS[message]
    text, words = translate(source), _in_words(values, translate)
    if "reasons" not in words:
        return text % words
    return _with_reasons(text, words, _names(values, translate, study), translate)


def _in_words(values: Mapping[str, Any], translate: Translate) -> dict[str, Any]:
    words = dict(values)
    if "level" in words:
        words["level"] = translate(LEVELS[words["level"]])
    if words.get("code") == UNKNOWN_NUMBER:
        words["code"] = translate(UNKNOWN_NUMBER)
    return words


def _names(values: Mapping[str, Any], translate: Translate, study: Study) -> list[str]:
    """The temperature, where there is one, and the reasons by name; a code that the study file no longer has stands for itself."""
    rules = study.rules.codes
    names = [translate(rules[code].name) if code in rules else code for code in values["reasons"]]
    measured = WARMER if values.get("was") else CELSIUS
    return [translate(measured) % values, *names] if values.get("celsius") else names


def _with_reasons(text: str, words: dict[str, Any], names: list[str], translate: Translate) -> str:
    """As many reasons as one part of an SMS holds, at least the first; how many more there are is said."""
    for shown in range(len(names), 0, -1):
        left = len(names) - shown
        listed = [*names[:shown], translate(MORE_REASONS) % {"count": left}] if left else names
        page = text % (words | {"reasons": translate(BETWEEN_REASONS).join(listed)})
        if measure(page).parts == 1:
            break
    return page
