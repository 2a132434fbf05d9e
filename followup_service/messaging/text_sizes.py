"""How many SMS parts each text costs in each language with its longest values, against the most that it may cost."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from followup_service.messaging.count_parts import TextSize, beyond_gsm, measure, most_parts_of_page
from followup_service.messaging.render_text import QUESTION, render_text
from followup_service.messaging.texts import NOT_BY_TEXT
from followup_service.messaging.wording import LONGEST_VALUES, is_for_staff, text_keys
from followup_service.protocol.definitions import Study


class Kind(StrEnum):
    STAFF = "staff"
    QUESTION = "question"
    ANSWER = "answer"


# The most parts by language. Spanish, French and Portuguese are GSM-7 but for a few letters; the others cost a part every 67 letters.
MOST_PARTS = {
    Kind.QUESTION: {"en": 1, "zh_Hans": 1, "zh_Hant": 1, "es": 2, "fr": 2, "pt": 2},
    Kind.ANSWER: {"en": 2, "zh_Hans": 2, "zh_Hant": 2, "es": 2, "fr": 2, "pt": 2},
}
# A call or an e-mail costs no parts; whoever hears more than this has hung up.
MOST_PARTS_OF_SPEECH = 6
MOST_PARTS_ELSE = {Kind.QUESTION: 3, Kind.ANSWER: 3}


@dataclass(frozen=True, slots=True)
class SizedText:
    """A text with its longest values filled in. `made_long_by` are the characters that GSM-7 lacks, in order of appearance, each once."""

    key: str
    language: str
    words: str
    size: TextSize
    most_parts: int
    made_long_by: tuple[str, ...]

    @property
    def fits(self) -> bool:
        return self.size.parts <= self.most_parts


def kind_of(key: str) -> Kind:
    if is_for_staff(key):
        return Kind.STAFF
    return Kind.QUESTION if key.startswith(QUESTION) else Kind.ANSWER


def most_parts(key: str, language: str, encoding: str) -> int:
    """A question or a page that stays within GSM-7 fits one part in every language."""
    if key in NOT_BY_TEXT:
        return MOST_PARTS_OF_SPEECH
    kind = kind_of(key)
    if kind is Kind.STAFF:
        return most_parts_of_page(language, encoding)
    if encoding == "GSM-7" and kind is not Kind.ANSWER:
        return 1
    return MOST_PARTS[kind].get(language, MOST_PARTS_ELSE[kind])


def sized_texts(study: Study, languages: tuple[str, ...]) -> Iterator[SizedText]:
    """Every text of the study in each of the languages, text by text."""
    for key in text_keys(study):
        for language in languages:
            words = render_text(key, LONGEST_VALUES, language, study)
            size = measure(words)
            yield SizedText(key, language, words, size, most_parts(key, language, size.encoding), beyond_gsm(words))
