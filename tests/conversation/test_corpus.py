"""Texts as people write them, labelled by a person: how many alarms are missed and how many are false, in each language."""

from itertools import chain, islice

import pytest

from followup_service.cli.read_reply import summarise
from followup_service.conversation.lexicon import load_lexicons
from followup_service.conversation.read_reply import read_reply
from followup_service.protocol.load_study import load_study
from tests.conversation.gold_corpus import Errors, corpus_languages, corpus_rows, count_errors, practice_rows

# Where lines are counted, reading takes twice as long; other tests walk through all of it.
pytestmark = pytest.mark.no_cover
LEAST_TEXTS = 60
LEAST_RECALL, LEAST_PRECISION = 0.9, 0.82
LANGUAGES = {"en", "zh_Hans", "zh_Hant", "es", "fr", "pt", "ru", "ar", "hi", "vi"}


def test_all_ten_languages_are_read() -> None:
    assert set(corpus_languages()) == LANGUAGES == {lexicon.language for lexicon in load_lexicons()}


@pytest.fixture(scope="module", params=corpus_languages())
def errors(request: pytest.FixtureRequest) -> Errors:
    return count_errors(corpus_rows(request.param))


def test_there_are_texts_enough_to_say_anything(errors: Errors) -> None:
    assert errors.texts >= LEAST_TEXTS


def test_no_emergency_is_missed(errors: Errors) -> None:
    assert errors.missed_emergencies == []


def test_hardly_an_urgent_text_is_missed(errors: Errors) -> None:
    assert len(errors.missed_urgent) <= max(1, 0.02 * errors.urgent), errors.missed_urgent


def test_false_alarms_are_rare(errors: Errors) -> None:
    assert len(errors.false_alarms) <= max(1, 0.03 * errors.quiet), errors.false_alarms


def test_temperatures_are_exact(errors: Errors) -> None:
    assert len(errors.wrong_temperatures) <= 0.02 * errors.texts, errors.wrong_temperatures


def test_temperatures_that_are_written_are_found(errors: Errors) -> None:
    assert len(errors.missed_temperatures) <= 0.02 * errors.with_temperature, errors.missed_temperatures


def test_a_temperature_is_read_in_the_unit_in_which_it_is_written(errors: Errors) -> None:
    assert errors.wrong_units == []


def test_symptoms_have_their_names(errors: Errors) -> None:
    """What pages whom is tested above; here, whether the page says why. Measured: found 93 to 98 %, right 84 to 90 %."""
    assert errors.recall >= LEAST_RECALL
    assert errors.precision >= LEAST_PRECISION


def test_what_is_asked_for_is_understood(errors: Errors) -> None:
    assert len(errors.missed_commands) <= 0.02 * errors.commands, errors.missed_commands
    assert len(errors.false_commands) <= 0.05 * errors.commands, errors.false_commands


@pytest.fixture(scope="module", params=corpus_languages())
def practice(request: pytest.FixtureRequest) -> Errors:
    return count_errors(practice_rows(request.param))


def test_what_was_practised_is_known(practice: Errors) -> None:
    """Every kind of alarm in many people's images, and harmless texts, most of them meant to tempt: harder than what people write."""
    emergencies = practice.texts - practice.quiet - practice.urgent
    assert len(practice.missed_emergencies) <= 0.03 * emergencies, practice.missed_emergencies
    assert len(practice.missed_urgent) <= 0.02 * practice.urgent, practice.missed_urgent
    assert len(practice.false_alarms) <= 0.105 * practice.quiet, practice.false_alarms
    assert len(practice.wrong_temperatures) <= 0.02 * practice.texts, practice.wrong_temperatures


# Emergencies as sentences of their own: a number that is all, one with its word, blood, breath.
ALARMS = {
    "en": ("38.9", "I've got 39.2", "vomiting blood", "I can't breathe"), "zh_Hans": ("38.9", "我发烧39.2", "吐血了", "喘不上气"),
    "zh_Hant": ("38.9", "我發燒39.2", "吐血", "透唔到氣"), "es": ("38,9", "tengo 39,2", "vomito sangre", "no puedo respirar"),
    "fr": ("38,9", "j'ai 39,2", "je vomis du sang", "je n'arrive pas à respirer"),
    "pt": ("38,9", "estou com 39,2", "estou vomitando sangue", "não consigo respirar"),
    "ru": ("38,9", "у меня 39,2", "рвёт кровью", "не могу дышать"), "ar": ("38.9", "عندي حرارة 39.2", "استفرغت دم", "مش قادر اتنفس"),
    "hi": ("102.6", "mujhe 102.6 bukhar hai", "खून की उल्टी हुई", "सांस नहीं आ रही"),
    "vi": ("38,9", "tôi sốt 39,2", "ói ra máu", "không thở được"),
}  # fmt: skip
EACH = 7


@pytest.mark.parametrize("language", corpus_languages())
def test_no_harmless_text_hides_an_emergency_in_a_sentence_before_or_after(language: str) -> None:
    """Neither a denial nor an old illness, another's, a joke or a price says anything of the next sentence."""
    study = load_study("NCT06609434")
    rows = (row for row in chain(corpus_rows(language), practice_rows(language)) if row["level"] in ("none", "review"))
    texts = (
        text
        for row in islice(rows, 0, None, EACH)
        for alarm in ALARMS[language]
        for text in (f"{row['text']}. {alarm}", f"{alarm}. {row['text']}")
    )
    assert [text for text in texts if summarise(read_reply(text, language), None, study)["level"] != "emergency"] == []
