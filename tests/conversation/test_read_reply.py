"""What must hold of every text whatever: it is read without an error, an added alarm is never lost, and spans are true."""

from itertools import chain, islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from followup_service.conversation.lexicon import load_lexicons
from followup_service.conversation.read_reply import read_reply
from followup_service.conversation.reading import Command, Meaning, Reading, SymptomMention
from followup_service.protocol.definitions import Level
from followup_service.protocol.escalation_rules import KnownSoFar, decide
from followup_service.protocol.findings import ReadsLike
from followup_service.protocol.load_study import load_study
from followup_service.protocol.question_kinds import QuestionKind
from tests.conversation.gold_corpus import corpus_languages, corpus_rows, practice_rows

# Any Unicode, and above all heaps of the words and numbers that mean something.
_WORDS = sorted({term for lexicon in load_lexicons() for terms in lexicon.terms.values() for term in terms})
_PIECES = st.one_of(
    st.sampled_from(_WORDS), st.sampled_from(["38.5", "39", "，", ". ", " ", "?", "\n", "101", "0", "38度5"]), st.text(max_size=5)
)
_TEXTS = st.one_of(st.text(st.characters()), st.lists(_PIECES, max_size=12).map(" ".join), st.lists(_PIECES, max_size=12).map("".join))
_QUESTIONS = st.sampled_from([None, *QuestionKind])
_ALARMS = st.sampled_from(["I have a fever of 39.5.", "我打寒战。", "shaking chills now", "体温39度8", "I can't breathe", "大便发黑"])


def _rank(text: str) -> int:
    decision = decide(read_reply(text, "en").findings, KnownSoFar(), load_study("NCT06609434").rules)
    return 0 if decision is None else decision.level.rank


@given(_TEXTS, st.sampled_from(["en", "zh_Hans", "vi"]), _QUESTIONS)
@settings(max_examples=400, deadline=None)
def test_no_text_raises_and_every_span_holds_what_it_says(text: str, language: str, question: QuestionKind | None) -> None:
    reading = read_reply(text, language, question)
    for found in (*reading.candidates, *reading.mentions, *reading.said):
        start, end = found.span
        assert 0 <= start < end <= len(text)
        assert text[start:end] == found.written


@pytest.mark.parametrize("language", corpus_languages())
def test_whatever_is_read_names_its_words(language: str) -> None:
    for row in chain(corpus_rows(language), islice(practice_rows(language), 0, None, 10)):
        asked = [QuestionKind(row["open_question"])] if row["open_question"] else [None, QuestionKind.YES_NO, QuestionKind.VISIT_CONFIRM]
        for question in asked:
            reading = read_reply(row["text"], language, question)
            assert _without_words(reading) == set(), row["text"]


def _without_words(reading: Reading) -> set[str]:
    """What was found, less what has words: codes, numbers of temperatures, and what else words can mean."""
    findings = reading.findings
    found = {symptom.code for symptom in findings.symptoms} | {found.written for found in findings.temperatures}
    if findings.reads_like is not None:
        found.add(findings.reads_like)
    for meaning, value in (
        (Meaning.COMMAND, reading.command),
        (Meaning.ANSWER, reading.answer),
        (Meaning.OTHER_LANGUAGE, reading.other_language),
        (Meaning.UNREAD, findings.unread),
    ):
        if value:
            found.add(meaning)
    words = {mention.code for mention in reading.mentions if mention.negated_by is None}
    words |= {candidate.written for candidate in reading.candidates if candidate.dropped is None}
    return found - words - {said.meaning for said in reading.said}


@pytest.mark.parametrize(
    ("text", "question", "meaning", "written"),
    [
        ("STOP", None, Meaning.COMMAND, ["STOP"]), ("hi, call me", None, Meaning.COMMAND, ["call me"]),
        ("enough of these messages", None, Meaning.COMMAND, ["enough of", "messages"]), ("中文", None, Meaning.COMMAND, ["中文"]),
        ("well, yes", QuestionKind.YES_NO, Meaning.ANSWER, ["yes"]), ("no, none of it", QuestionKind.YES_NO, Meaning.ANSWER, ["no"]),
        ("about a 2 or a 3", QuestionKind.SEVERITY_0_4, Meaning.ANSWER, ["3"]),
        ("bad, 38,9", QuestionKind.TEMPERATURE, Meaning.ANSWER, ["38,9"]),
        ("ok I will be there", QuestionKind.VISIT_CONFIRM, Meaning.ANSWER, ["I will be there"]),
        ("under my tongue", QuestionKind.MEASUREMENT_SITE, Meaning.ANSWER, ["under my tongue"]),
        (" qwertz uiop ", None, Meaning.UNREAD, ["qwertz uiop"]), ("no tengo fiebre", None, Meaning.OTHER_LANGUAGE, ["no tengo fiebre"]),
        ("36.5. zorb the glimp of my ankle", None, Meaning.UNREAD, ["zorb the glimp of my ankle"]),
    ],
)  # fmt: skip
def test_the_words_of_a_command_an_answer_and_the_rest(
    text: str, question: QuestionKind | None, meaning: Meaning, written: list[str]
) -> None:
    assert [said.written for said in read_reply(text, "en", question).said if said.meaning is meaning] == written


@pytest.mark.parametrize(
    ("text", "code", "written"),
    [
        ("HELP", "HELP_ASKED", "HELP"), ("call me", "CALLBACK_ASKED", "call me"), ("may I shower?", "QUESTION_FOR_TEAM", "may I"),
        ("I hurt all over, unbearable", "UNBEARABLE_PAIN", "hurt"), ("my neighbour vomited blood", "QUESTION_FOR_TEAM", "vomited blood"),
    ],
)  # fmt: skip
def test_a_request_and_a_question_name_their_words(text: str, code: str, written: str) -> None:
    assert (code, written) in [(mention.code, mention.written) for mention in read_reply(text, "en").mentions]


@pytest.mark.parametrize(
    "text", ["", "\x00", "\ud800", "e" + "\u0301" * 1600, "\u202e\u200d", "👨‍👩‍👧", "9" * 5000, "38." * 400, "no " * 800, "((((" * 400]
)
def test_hostile_texts_are_read(text: str) -> None:
    assert read_reply(text, "en").language == "en"


@given(_TEXTS, _ALARMS)
@settings(max_examples=300, deadline=None)
def test_an_added_alarm_never_lowers_the_level(text: str, alarm: str) -> None:
    added = _rank(f"{text}\n{alarm}")
    assert added >= _rank(text)
    assert added == Level.EMERGENCY.rank


@given(
    st.sampled_from(["en", "zh_Hans", "zh_Hant", "es", "ar"]), _QUESTIONS, st.sampled_from(["STOP", "stop", " Stop! ", "退订", "stop\n"])
)
def test_stop_alone_always_wins(language: str, question: QuestionKind | None, text: str) -> None:
    assert read_reply(text, language, question).command is Command.STOP


@pytest.mark.parametrize("text", ["asdkjh qweoiu", "", "...", "2", "🦖", "阿斯顿发嗯嗯饿饿额", "took 20 paracetamol"])
def test_what_is_not_understood_goes_to_a_person(text: str) -> None:
    assert read_reply(text, "en").findings.unread


@pytest.mark.parametrize(
    "text",
    [
        "thanks",
        "all fine",
        "没事",
        "谢谢医生",
        "no fever",
        "👍",
        "sick of waiting",
        "笑死了",
        "ALT 38.5",
        "took 1000mg paracetamol at 9",
        "吃了布洛芬400毫克",
    ],
)
def test_small_talk_is_understood_and_quiet(text: str) -> None:
    findings = read_reply(text, "en").findings
    assert not findings.unread
    assert findings.symptoms == ()
    assert findings.temperatures == ()


def test_a_sentence_written_a_hundred_times_names_no_more_than_a_hundred_complaints_of_each_kind() -> None:
    """Whoever pairs every relative with every trouble reads such a text for seconds, and others wait meanwhile."""
    once, hundred = (_complaints(times * "家里老人不舒服，没精神，") for times in (1, 100))
    assert once
    assert len(hundred) <= 100 * len(once)


def _complaints(text: str) -> list[SymptomMention]:
    return [mention for mention in read_reply(text, "zh_Hans").mentions if mention.code not in set(ReadsLike)]
