"""Making the words of a text, in the recipient's language, at the moment it is sent."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import reduce
from typing import Any

from followup_service.messaging.catalogues import catalogue
from followup_service.messaging.count_parts import beyond_gsm, measure, most_parts_of_page, without_marks
from followup_service.messaging.local_values import (
    celsius_in_words,
    day_in_words,
    instant_in_words,
    left_to_right,
    number_in_words,
    soon_in_words,
)
from followup_service.messaging.texts import (
    AT_THE_CLINIC,
    BETWEEN_OFFERS,
    BETWEEN_REASONS,
    CELSIUS,
    LEVELS,
    MORE_REASONS,
    NOT_BY_TEXT,
    TEXTS,
    TOGETHER,
    UNKNOWN_NUMBER,
    WARMER,
    Counted,
)
from followup_service.protocol.definitions import Study

QUESTION = "question."
REASONS = "%(reasons)s"
# Values in Latin letters and digits, whatever the language around them.
LEFT_TO_RIGHT = ("code", "by", "clinic_phone", "emergency_number", "stands_in", "site")
# Instants that are said with their day, and those that need it only where it is not today's.
DATED, SOON = ("starts", "ends"), ("call_by", "until")
_WIDE_SIGNS = ("。", "？", "！")

Translate = Callable[[str], str]


def render_text(message: str, values: Mapping[str, Any], language: str, study: Study) -> str:
    """The text behind a key: `question.<code>` or a key of the study's texts, else one of the service's own.

    `values` fill the placeholders; `level`, `reasons` (codes) and `celsius` are put into words, and so are days (`…_on`), instants
    (`…_at`, DATED, SOON, `offers`; by the clock of `timezone`, SOON as seen from `now`) and `visits` (planned ones, by code). `bring`
    (codes of visits; with the `preparation` for them) and `asks` (a question) add sentences. Raises KeyError on a key nobody wrote.
    """
    translate = catalogue(language).gettext
    if message.startswith(QUESTION):
        source = study.questions[message.removeprefix(QUESTION)].text
    else:
        source = study.texts.get(message) or TEXTS[message]
    text, times = translated(source, values, language), dict(_times_in_words(values, language, translate))
    words = _in_words(values, language, translate, study) | times
    if REASONS not in text:
        return _days_at_no_cost(_joined([text % words, *_more_sentences(values, translate, study)]), times)
    names = _names(words, translate, study)
    if message in NOT_BY_TEXT:
        return text % (words | {"reasons": translate(BETWEEN_REASONS).join(names)})
    return _with_reasons(text, words, names, language, translate)


def translated(source: str | Counted, values: Mapping[str, Any], language: str) -> str:
    """Placeholders unfilled; of a text with a number the form that the language has for this one."""
    if isinstance(source, Counted):
        return catalogue(language).ngettext(source.one, source.other, values[source.by])
    return catalogue(language).gettext(source)


def _in_words(values: Mapping[str, Any], language: str, translate: Translate, study: Study) -> dict[str, Any]:
    words = dict(values) | {name: left_to_right(values[name], language) for name in LEFT_TO_RIGHT if name in values}
    if "visits" in words:
        names = (translate(study.visits[item].name) if item in study.visits else item for item in words["visits"])
        words["visit"] = reduce(lambda first, second: translate(TOGETHER) % {"first": first, "second": second}, dict.fromkeys(names))
        words["place"] = words.get("place") or translate(AT_THE_CLINIC)
    if "level" in words:
        words["level"] = translate(LEVELS[words["level"]])
    if values.get("code") == UNKNOWN_NUMBER:
        words["code"] = translate(UNKNOWN_NUMBER)
    if values.get("celsius"):
        words["celsius"] = celsius_in_words(values["celsius"], language)
    if "count" in values:
        words["count"] = number_in_words(values["count"], language)
    if values.get("was"):
        words["was"] = celsius_in_words(values["was"], language)
    return words


def _times_in_words(values: Mapping[str, Any], language: str, translate: Translate) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if (name.endswith("_at") or name in DATED) and value:
            yield name, instant_in_words(datetime.fromisoformat(value), values["timezone"], language, translate)
        elif name in SOON:
            instant, now = (datetime.fromisoformat(at) for at in (value, values["now"]))
            yield name, soon_in_words(instant, now, values["timezone"], language, translate)
        elif name.endswith("_on") and value:
            yield name, day_in_words(date.fromisoformat(value), language)
        elif name == "offers":
            days = (instant_in_words(datetime.fromisoformat(at), values["timezone"], language, translate) for at in value)
            yield name, translate(BETWEEN_OFFERS).join(f"{number} = {day}" for number, day in enumerate(days, start=1))


def _days_at_no_cost(text: str, times: Mapping[str, str]) -> str:
    """On a "sábado" a text must not cost more than on a Wednesday: the mark is left out where it alone would make the text UCS-2."""
    plain = reduce(lambda so_far, time: so_far.replace(time, without_marks(time)), times.values(), text)
    return text if beyond_gsm(plain) else plain


def _more_sentences(values: Mapping[str, Any], translate: Translate, study: Study) -> Iterator[str]:
    if "bring" in values:
        yield from map(translate, _brings(values["bring"], study))
        if values.get("preparation"):
            yield values["preparation"]
    if values.get("asks"):
        yield translate(study.questions[values["asks"]].text)


def _brings(items: Iterable[str], study: Study) -> Iterator[str]:
    """Each once; "bring your card" goes without saying beside "bring your card and a list"."""
    brings = dict.fromkeys(bring for item in items if item in study.visits and (bring := study.visits[item].bring))
    for bring in brings:
        if not any(other != bring and other.startswith(bring.removesuffix(".")) for other in brings):
            yield bring


def _joined(sentences: list[str]) -> str:
    """With a space between, but none after a sign that has its own."""
    return reduce(lambda text, more: f"{text}{'' if text.endswith(_WIDE_SIGNS) else ' '}{more}", sentences)


def _names(values: Mapping[str, Any], translate: Translate, study: Study) -> list[str]:
    """The temperature, where there is one, and the reasons by name; a code that the study file no longer has stands for itself."""
    rules = study.rules.codes
    names = [translate(rules[code].name) if code in rules else code for code in values["reasons"]]
    measured = WARMER if values.get("was") else CELSIUS
    return [translate(measured) % values, *names] if values.get("celsius") else names


def _with_reasons(text: str, words: dict[str, Any], names: list[str], language: str, translate: Translate) -> str:
    """As many reasons as a page may hold in its language; the temperature and the first reason always. How many more there are is said."""
    least = 2 if words.get("celsius") else 1
    for shown in range(len(names), 0, -1):
        left = len(names) - shown
        listed = [*names[:shown], translated(MORE_REASONS, {"count": left}, language) % {"count": left}] if left else names
        page = text % (words | {"reasons": translate(BETWEEN_REASONS).join(listed)})
        size = measure(page)
        if shown <= least or size.parts <= most_parts_of_page(language, size.encoding):
            break
    return page
