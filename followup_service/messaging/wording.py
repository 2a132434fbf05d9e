"""All texts of a study by key, all words that go into them by language, and the longest values that a text may have to hold."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from followup_service.messaging import texts
from followup_service.messaging.catalogues import catalogue
from followup_service.messaging.local_values import day_in_words, time_in_words
from followup_service.messaging.render_text import QUESTION
from followup_service.messaging.texts import TEXTS, UNKNOWN_NUMBER, Counted
from followup_service.protocol.definitions import Study
from followup_service.protocol.extract_messages import extract_study
from followup_service.protocol.load_study import STUDIES

# The worst case of each placeholder, as far as the texts' sizes go; days and times are looked for by language.
_LONGEST_VALUES = {
    "clinic_phone": "+86 10 8819 6000 1234",
    "emergency_number": "120",
    "level": "emergency",
    "code": UNKNOWN_NUMBER,
    "celsius": "38.31",
    "reasons": ["SUSTAINED_FEVER", "UNWELL_BY_RELATIVE"],
    "number": 12345,
    "numbers": "12341, 12342, 12343, 12344, 12345",
    "example": 12345,
    "by": "coordinator-zhang",
    "digit": "2",
    "site": "LDN",
    "stands_in": "coordinator-zhang",
    "error": "30034",
    "count": 10000,
    "minutes": 60,
    "tags": "grandfather, grandmother",
    "timezone": "UTC",
    "place": "Building 12, third floor, room 3014",
}
_DAYS = ("opens_on", "closes_on", "was_opens_on", "was_closes_on")
_INSTANTS = ("booked_at", "was_booked_at", "call_by", "until", "starts", "ends")
# In so many years every date falls on every day of the week.
_YEARS, _OFFERED = range(2026, 2038), 3
# Visits on one journey: the quarterly one, the scan after an ablation.
_TOGETHER = 2
# Every form of every language is among these.
_COUNTED = range(1, 201)


def text_keys(study: Study) -> tuple[str, ...]:
    """Every key that can be sent: the service's own texts, the study's, its questions."""
    return (*TEXTS, *study.texts, *(f"{QUESTION}{question}" for question in study.questions))


def longest_values(language: str, study: Study) -> Mapping[str, Any]:
    """The longest that each placeholder can be in this language, on whatever day and at whatever hour."""
    at = _longest_instant(language)
    visits = sorted(study.visits, key=lambda item: len(catalogue(language).gettext(study.visits[item].name)))[-_TOGETHER:]
    days, instants = dict.fromkeys(_DAYS, at.date().isoformat()), dict.fromkeys(_INSTANTS, at.isoformat())
    seen = {"now": (at - timedelta(days=3)).isoformat(), "offers": [at.isoformat()] * _OFFERED, "visits": visits}
    return _LONGEST_VALUES | days | instants | seen


@cache
def _longest_instant(language: str) -> datetime:
    days = (date(year, 1, 1) + timedelta(days=number) for year in _YEARS for number in range(366))
    times = (time(hour) for hour in range(24))
    day = max(days, key=lambda one: len(day_in_words(one, language)))
    return datetime.combine(day, max(times, key=lambda one: len(time_in_words(one, language))), UTC)


def is_for_staff(key: str) -> bool:
    return key.startswith("page")


@cache
def wording(language: str, study_code: str) -> Mapping[str, str]:
    """Every word that can go out in this language, placeholders unfilled, by where its English stands in the code or the study file."""
    words = {place: _forms(english, language) for place, english in (*_service_words(), *_study_words(study_code))}
    return {f"{place}[{form}]" if form else place: text for place, forms in words.items() for form, text in enumerate(forms)}


def _forms(english: str | Counted, language: str) -> tuple[str, ...]:
    """The text; of one with a number each of its forms, as counting on comes to it."""
    if isinstance(english, str):
        return (catalogue(language).gettext(english),)
    return tuple(dict.fromkeys(catalogue(language).ngettext(english.one, english.other, number) for number in _COUNTED))


def _service_words() -> Iterator[tuple[str, str | Counted]]:
    for name, value in vars(texts).items():
        if name.isupper() and isinstance(value, str | Counted):
            yield name, value
        elif name.isupper() and isinstance(value, dict):
            yield from ((f"{name}.{key}", text) for key, text in value.items())


def _study_words(study_code: str) -> Iterator[tuple[str, str]]:
    with (STUDIES / f"{study_code}.yaml").open("rb") as file:
        yield from ((path, english) for _, _, english, (path,) in extract_study(file, None, None, None))
