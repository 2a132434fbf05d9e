"""How many SMS parts each text costs in each language with its longest values, against the most that it may cost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from followup_service.messaging.count_parts import TextSize, beyond_gsm, measure, most_parts_of_page
from followup_service.messaging.further_phones import about_whom
from followup_service.messaging.render_text import QUESTION, render_text
from followup_service.messaging.texts import NOT_BY_TEXT
from followup_service.messaging.wording import is_for_staff, longest_values, text_keys
from followup_service.participants.check_phone import LONGEST_TAG
from followup_service.participants.enrol_participant import LONGEST_CODE
from followup_service.protocol.definitions import Study
from followup_service.staff.set_up import LONGEST_HANDLE, LONGEST_OF_A_SITE
from followup_service.visits.visit import LONGEST_PREPARATION


class Kind(StrEnum):
    STAFF = "staff"
    QUESTION = "question"
    ANSWER = "answer"


# Values as long as they can be entered.
LONGEST_ENTERED = {
    "site": "X" * LONGEST_OF_A_SITE["code"],
    "clinic_phone": "1" * LONGEST_OF_A_SITE["clinic_phone"],
    "emergency_number": "1" * LONGEST_OF_A_SITE["emergency_number"],
    "place": "x" * LONGEST_OF_A_SITE["visit_place"],
    "code": "X" * LONGEST_CODE,
    "by": "x" * LONGEST_HANDLE,
    "stands_in": "x" * LONGEST_HANDLE + ", +99",
    "preparation": "x" * LONGEST_PREPARATION,
}

# What follows the words of a text about a visit: what to bring, and a question.
BRING = frozenset({"visit_booked", "visit_booked_tomorrow", "visit_booked_today", "visit_now_booked", "visit_rebooked"})
ASKS = (
    dict.fromkeys(("visit_booked", "visit_booked_tomorrow", "visit_booked_today", "visit_now_booked"), "visit_confirm")
    | dict.fromkeys(("visit_due", "visit_has_no_day", "visit_is_near", "visit_last_day", "visit_is_now"), "visit_book")
    | dict.fromkeys(("visit_was_booked", "visit_was_due", "visit_not_heard"), "visit_came")
)

# The most parts by language. Spanish, French and Portuguese are GSM-7 but for a few letters; the others cost a part every 67 letters.
MOST_PARTS = {
    Kind.QUESTION: {"en": 1, "zh_Hans": 1, "zh_Hant": 1, "es": 2, "fr": 2, "pt": 2},
    Kind.ANSWER: {"en": 2, "zh_Hans": 2, "zh_Hant": 2, "es": 2, "fr": 2, "pt": 2},
}
MOST_PARTS_ELSE = {Kind.QUESTION: 3, Kind.ANSWER: 3}
# A text about a visit is several sentences, with up to four days written out.
ABOUT_A_VISIT, MOST_PARTS_OF_A_VISIT_ELSE = "visit_", 4
# A call or an e-mail costs no parts; whoever hears more than this has hung up.
MOST_PARTS_OF_SPEECH = 6
# No alarm: two days and two times, a week ahead.
WARNING = "page_roster_gap"
# More than that in full: for whose phone it is, or for a long code in a page; and for a preparation.
MORE_IN_FULL, MORE_FOR_PREPARATION = 1, 1


@dataclass(frozen=True, slots=True)
class SizedText:
    """A text with its longest values filled in. `made_long_by` are the characters that GSM-7 lacks, in order of appearance, each once.

    `in_full` is what few are ever sent: with codes, numbers and places as long as they may be entered, the longest preparation that
    staff may write, and to a phone of a caregiver or of several.
    """

    key: str
    language: str
    words: str
    size: TextSize
    most_parts: int
    in_full: TextSize
    most_in_full: int
    made_long_by: tuple[str, ...]

    @property
    def fits(self) -> bool:
        return self.size.parts <= self.most_parts and self.in_full.parts <= self.most_in_full


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
        return most_parts_of_page(language, encoding) + (key == WARNING)
    if key.startswith(ABOUT_A_VISIT):
        return MOST_PARTS[kind].get(language, MOST_PARTS_OF_A_VISIT_ELSE)
    if encoding == "GSM-7" and kind is not Kind.ANSWER:
        return 1
    return MOST_PARTS[kind].get(language, MOST_PARTS_ELSE[kind])


def most_in_full(key: str, language: str, encoding: str) -> int:
    return most_parts(key, language, encoding) + MORE_IN_FULL + MORE_FOR_PREPARATION * (key in BRING)


def sized_texts(study: Study, languages: tuple[str, ...]) -> Iterator[SizedText]:
    """Every text of the study in each of the languages, text by text."""
    longest = {language: longest_values(language, study) for language in languages}
    for key in text_keys(study):
        for language in languages:
            words = words_as_sent(key, longest[language], language, study)
            size, in_full = measure(words), measure(words_in_full(key, longest[language], language, study))
            yield SizedText(
                key=key,
                language=language,
                words=words,
                size=size,
                most_parts=most_parts(key, language, size.encoding),
                in_full=in_full,
                most_in_full=most_in_full(key, language, in_full.encoding),
                made_long_by=beyond_gsm(words),
            )


def words_as_sent(key: str, values: Mapping[str, Any], language: str, study: Study) -> str:
    """With what follows it whenever it is sent."""
    bring = {"bring": values["visits"]} if key in BRING else {}
    asks = {"asks": ASKS[key]} if key in ASKS else {}
    return render_text(key, {**values, **bring, **asks}, language, study)


def words_in_full(key: str, values: Mapping[str, Any], language: str, study: Study) -> str:
    words = words_as_sent(key, {**values, **LONGEST_ENTERED}, language, study)
    if is_for_staff(key):
        return words
    shared = about_whom(words, language, "x" * LONGEST_TAG, cares=False)
    # A caregiver is told of visits and alarms, and asked nothing.
    return shared if key.startswith(QUESTION) else max(shared, about_whom(words, language, None, cares=True), key=len)
