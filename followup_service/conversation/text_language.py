"""Recognises the language that a text is written in, by its script and by the words of the lexicons."""

import re
from collections import Counter
from collections.abc import Container

from followup_service.conversation.normalise import is_simplified, is_traditional
from followup_service.conversation.vocabulary import Vocabulary

DEFAULT = "en"
# The language on file is believed until the words speak clearly for another one.
_ON_FILE, _BY_DEFAULT = 0.6, 0.1
# Another language in Latin letters is clear by two words that the one on file does not have: a quarter of the text or more, three for each
# word that only the one on file has, and ahead of every third language.
_FEWEST_WORDS, _LEAST_SHARE, _TO_ONE, _LEAD = 2, 0.25, 3, 0.5
# Where two words are all, no other language may have them: "tengo calentura", but not "merci beaucoup".
_SHORT, _CLEAR_SCORE = 2, 1.9
# A letter of a script of its own tells more than a Latin one: 胸口疼 is a whole sentence.
_FEWEST_LETTERS, _FEWEST_OF_ITS_OWN, _CLEAR_SHARE = 6, 3, 0.75
_FEWEST_OF_ONE_WRITING = 2
_LATIN = (("A", "z"), ("\u00c0", "\u024f"), ("\u1e00", "\u1eff"))
_SCRIPTS = (("\u0400", "\u052f", "ru"), ("\u0600", "\u06ff", "ar"), ("\u0900", "\u097f", "hi"))
# Letters that no text in the language has, for languages not written in Latin letters: most texts need no second look.
_OTHER_THAN_LATIN = re.compile(r"[\u0400-\u052f\u0600-\u06ff\u0900-\u097f\u4e00-\u9fff]")
_OTHER_THAN_CHINESE = re.compile(r"[A-Za-z\u0400-\u052f\u0600-\u06ff\u0900-\u097f]")
_CHINESE = frozenset({"zh_Hans", "zh_Hant"})
_FOREIGN_LETTERS = {
    "zh_Hans": _OTHER_THAN_CHINESE,
    "zh_Hant": _OTHER_THAN_CHINESE,
    "ru": re.compile(r"[A-Za-z\u0600-\u06ff\u0900-\u097f\u4e00-\u9fff]"),
    "ar": re.compile(r"[A-Za-z\u0400-\u052f\u0900-\u097f\u4e00-\u9fff]"),
    "hi": re.compile(r"[A-Za-z\u0400-\u052f\u0600-\u06ff\u4e00-\u9fff]"),
}


def latin_language(words: list[str], default: str, on_file: str, vocabulary: Vocabulary) -> str:
    """The language in which words of Latin letters are read: the one most of them belong to, in doubt `default`, the one on file.

    Chinese in toneless pinyin is read by default: its "hei" (black) is not the "hai" (is) of a Hindi text.
    """
    if on_file not in vocabulary.written_in_latin and _are_mostly_of(words, on_file, vocabulary):
        return default
    scores = _scores(words, vocabulary)
    scores[default] = scores.get(default, 0) + _ON_FILE
    scores[DEFAULT] = scores.get(DEFAULT, 0) + _BY_DEFAULT
    return max(scores, key=scores.__getitem__)


def _are_mostly_of(words: list[str], language: str, vocabulary: Vocabulary) -> bool:
    own = _own_words(language, vocabulary)
    return 2 * sum(word in own for word in words) > len(words)


def _own_words(language: str, vocabulary: Vocabulary) -> Container[str]:
    """Those of Latin letters; of Chinese its pinyin, which stands in one of its lexicons."""
    language = "zh_Hans" if language in _CHINESE else language
    return vocabulary.known[language].own if language in vocabulary.known else ()


def other_language(text: str, words: list[str], on_file: str, latin: str, vocabulary: Vocabulary) -> str | None:
    """The language of a text that is clearly written in another one than the participant's; None if it is not, or not clearly."""
    if latin == on_file and text.isascii():
        return None
    foreign = _FOREIGN_LETTERS.get(on_file, _OTHER_THAN_LATIN)
    if on_file in _CHINESE and (other := _other_writing(text, on_file)) is not None:
        return other
    if (latin == on_file or on_file in _FOREIGN_LETTERS) and foreign.search(text) is None:
        return None
    scripts = Counter(language for char in text if (language := _script_language(char)))
    letters = sum(scripts.values())
    if letters < _FEWEST_OF_ITS_OWN:
        return None
    main, count = scripts.most_common(1)[0]
    if main == "latin" and letters < _FEWEST_LETTERS:
        return None
    if count / letters < _CLEAR_SHARE:
        return None
    if main == "zh":
        written = "zh_Hant" if any(map(is_traditional, text)) else "zh_Hans"
        return None if on_file.startswith("zh") else written
    if main != "latin":
        return None if main == on_file else main
    # "Marie Claire Fontaine" is a name in every language.
    return None if latin == on_file or text.istitle() else _clear_latin(words, on_file, latin, vocabulary)


def _other_writing(text: str, on_file: str) -> str | None:
    """The other way to write Chinese, where some characters are only of that one and none of the one on file."""
    traditional, simplified = ({char for char in text if is_of(char)} for is_of in (is_traditional, is_simplified))
    own, others = (simplified, traditional) if on_file == "zh_Hans" else (traditional, simplified)
    if own or len(others) < _FEWEST_OF_ONE_WRITING:
        return None
    return "zh_Hant" if on_file == "zh_Hans" else "zh_Hans"


def _clear_latin(words: list[str], on_file: str, latin: str, vocabulary: Vocabulary) -> str | None:
    if latin == "vi" and on_file in _CHINESE and all(map(str.isascii, words)):
        return None  # Vietnamese without its marks, or Cantonese or Mandarin as it sounds
    spoken = [word for word in words if word.isalpha()]
    theirs, own = _own_words(latin, vocabulary), _own_words(on_file, vocabulary)
    its_own = sum(word in theirs and word not in own for word in spoken)
    of_file = sum(word in own and word not in theirs for word in spoken)
    if its_own < max(_FEWEST_WORDS, _LEAST_SHARE * len(spoken), _TO_ONE * of_file):
        return None
    scores = _scores(words, vocabulary)
    score = scores.pop(latin)
    scores.pop(on_file, None)
    is_clear = len(spoken) > _SHORT or score >= _CLEAR_SCORE
    return latin if is_clear and score >= _LEAD + max(scores.values(), default=0) else None


def _scores(words: list[str], vocabulary: Vocabulary) -> dict[str, float]:
    """One point a word, shared by the languages that have it."""
    scores: dict[str, float] = {}
    evidence = vocabulary.evidence
    for word in words:
        languages = evidence.get(word)
        if languages is not None:
            share = 1 / len(languages)
            for language in languages:
                scores[language] = scores.get(language, 0) + share
    return scores


def _script_language(char: str) -> str | None:
    if char.isalpha() and any(first <= char <= last for first, last in _LATIN):
        return "latin"
    if "\u4e00" <= char <= "\u9fff":
        return "zh"
    return next((language for first, last, language in _SCRIPTS if first <= char <= last and char.isalpha()), None)
