"""Texts as people write them, labelled by a person: how many alarms are missed and how many are false, in each language."""

import pytest

from followup_service.conversation.lexicon import load_lexicons
from tests.conversation.gold_corpus import Errors, corpus_languages, corpus_rows, count_errors, practice_rows

LEAST_TEXTS = 60
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


@pytest.fixture(scope="module", params=corpus_languages())
def practice(request: pytest.FixtureRequest) -> Errors:
    return count_errors(practice_rows(request.param))


def test_what_was_practised_is_known(practice: Errors) -> None:
    """Every kind of alarm in many people's images, and harmless texts that sound like them: harder than what people mostly write."""
    emergencies = practice.texts - practice.quiet - practice.urgent
    assert len(practice.missed_emergencies) <= 0.03 * emergencies, practice.missed_emergencies
    assert len(practice.missed_urgent) <= 0.02 * practice.urgent, practice.missed_urgent
    assert len(practice.false_alarms) <= 0.06 * practice.quiet, practice.false_alarms
    assert len(practice.wrong_temperatures) <= 0.02 * practice.texts, practice.wrong_temperatures
