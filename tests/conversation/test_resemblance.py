"""What nobody found the words for is weighed by what it reads like: it raises, a denial quiets it, and nothing that is added hides it."""

import json
from base64 import b85encode
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from followup_service.conversation import read_reply as module
from followup_service.conversation.marked_text import mark_text
from followup_service.conversation.read_reply import read_reply
from followup_service.conversation.resemblance import BUCKETS, WEIGHTS_FILE, Guess, Resemblance, Weights, buckets, load_resemblance
from followup_service.conversation.vocabulary import load_vocabulary
from followup_service.protocol.findings import ReadsLike
from tests.conversation.gold_corpus import corpus_hash, corpus_languages, corpus_rows


def resemblance_of(alarms: Iterable[str] = (), emergencies: Iterable[str] = (), troubles: Iterable[str] = ()) -> Resemblance:
    """One to which only these words say anything."""
    return Resemblance(_weights([*alarms, *emergencies], troubles), _weights(emergencies))


def _weights(words: Iterable[str], weaker: Iterable[str] = ()) -> Weights:
    steps = bytearray(BUCKETS)
    for word in weaker:
        steps[buckets([word])[-1]] = 26
    for word in words:
        steps[buckets([word])[-1]] = 127
    return Weights.from_kept({"bias": -3.0, "scale": 1.0, "steps": b85encode(bytes(steps)).decode()})


def like(text: str, language: str = "en") -> ReadsLike | None:
    return read_reply(text, language).findings.reads_like


def _rank(guess: Guess | None) -> int:
    return [None, ReadsLike.TROUBLE, ReadsLike.ALARM, ReadsLike.EMERGENCY].index(guess.like if guess is not None else None)


@pytest.fixture
def taught(monkeypatch: pytest.MonkeyPatch) -> None:
    made = resemblance_of(alarms=["wobbleroo"], emergencies=["brzzkle"], troubles=["mumpish"])
    monkeypatch.setattr(module, "load_resemblance", lambda: made)


@pytest.mark.usefixtures("taught")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("he is wobbleroo", ReadsLike.ALARM),
        ("he is brzzkle", ReadsLike.EMERGENCY),
        ("wobbleroo. and brzzkle", ReadsLike.EMERGENCY),
        ("she is ever so mumpish today", ReadsLike.TROUBLE),
        ("she is ever so mumpish today. and wobbleroo", ReadsLike.ALARM),
        ("she is dizzy so mumpish now", None),
        ("he is xyzzyx", None),
        ("no fever no wobbleroo", None),
        ("no fever. he is wobbleroo", ReadsLike.ALARM),
        ("he is brzzkle\nneighbour had a stroke, I am fine", ReadsLike.EMERGENCY),
        ("stop", None),
        ("", None),
    ],
)
def test_a_text_reads_like_what_its_words_weigh(text: str, expected: ReadsLike | None) -> None:
    assert like(text) is expected


@pytest.mark.usefixtures("taught")
def test_it_says_which_sentence_it_is() -> None:
    (mention,) = read_reply("We were out. He is wobbleroo today, so", "en").mentions
    assert (mention.code, mention.written, mention.span) == ("READS_LIKE_ALARM", "He is wobbleroo today, so", (13, 38))


_TEXTS = st.sampled_from([row["text"] for language in corpus_languages() for row in list(corpus_rows(language))[::40]])


@given(_TEXTS, st.one_of(_TEXTS, st.text(max_size=60)), st.sampled_from(["en", "zh_Hans", "ar", "hi"]))
@settings(max_examples=150, deadline=None)
def test_what_is_added_never_hides_it(text: str, more: str, language: str) -> None:
    alone, both = (mark_text(words, language, load_vocabulary()) for words in (text, f"{text}\n{more}"))
    if alone.language == both.language:
        known = load_resemblance()
        assert _rank(known.find(both, unread=False)) >= _rank(known.find(alone, unread=False))


def test_the_weights_are_learned_from_the_corpus_as_it_stands() -> None:
    kept = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))
    assert kept["learned_from"] == corpus_hash(), 'texts changed since: run make bench ARGS="resemblance --write" and commit the weights'


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "Don't know"), ("en", "not sure, maybe"), ("fr", "je sais pas"), ("ru", "не знаю"), ("ar", "ما اعرف"), ("zh_Hant", "唔知")],
)
def test_a_dont_know_by_itself_reads_like_nothing(language: str, text: str) -> None:
    assert read_reply(text, language).findings.reads_like is None
