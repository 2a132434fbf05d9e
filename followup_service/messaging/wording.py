"""All texts of a study by key, all words that go into them by language, and the longest values that a text may have to hold."""

from collections.abc import Iterator, Mapping
from functools import cache

from followup_service.messaging import texts
from followup_service.messaging.catalogues import catalogue
from followup_service.messaging.render_text import QUESTION
from followup_service.messaging.texts import TEXTS, UNKNOWN_NUMBER
from followup_service.protocol.definitions import Study
from followup_service.protocol.extract_messages import extract_study
from followup_service.protocol.load_study import STUDIES

# The worst case of each placeholder, as far as the texts' sizes go.
LONGEST_VALUES = {
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
    "call_by": "14:30",
    "until": "2026-01-05 14:30",
    "site": "LDN",
    "starts": "2026-01-05 14:30",
    "ends": "2026-01-06 14:30",
    "stands_in": "coordinator-zhang",
    "error": "30034",
    "count": 10000,
    "minutes": 60,
    "tags": "grandfather, grandmother",
    "visits": ["quarterly", "post_rfa_scan"],
    "timezone": "Asia/Shanghai",
    "place": "Building 12, third floor, room 3014",
    "opens_on": "2026-09-23",
    "closes_on": "2026-09-30",
    "was_opens_on": "2026-09-16",
    "was_closes_on": "2026-09-23",
    "booked_at": "2026-09-23T02:30:00+00:00",
    "was_booked_at": "2026-09-16T02:30:00+00:00",
    "offers": ["2026-09-23T02:30:00+00:00", "2026-09-24T02:30:00+00:00", "2026-09-30T02:30:00+00:00"],
}


def text_keys(study: Study) -> tuple[str, ...]:
    """Every key that can be sent: the service's own texts, the study's, its questions."""
    return (*TEXTS, *study.texts, *(f"{QUESTION}{question}" for question in study.questions))


def is_for_staff(key: str) -> bool:
    return key.startswith("page")


@cache
def wording(language: str, study_code: str) -> Mapping[str, str]:
    """Every word that can go out in this language, placeholders unfilled, by where its English stands in the code or the study file."""
    translate = catalogue(language).gettext
    return {place: translate(english) for place, english in (*_service_words(), *_study_words(study_code))}


def _service_words() -> Iterator[tuple[str, str]]:
    for name, value in vars(texts).items():
        if name.isupper() and isinstance(value, str):
            yield name, value
        elif name.isupper() and isinstance(value, dict):
            yield from ((f"{name}.{key}", text) for key, text in value.items())


def _study_words(study_code: str) -> Iterator[tuple[str, str]]:
    with (STUDIES / f"{study_code}.yaml").open("rb") as file:
        yield from ((path, english) for _, _, english, (path,) in extract_study(file, None, None, None))
