"""Decides whether a text in which nothing was found is plain talk all the same, or goes to a person unread."""

from followup_service.conversation.concepts import SECTIONS, bits_of
from followup_service.conversation.marked_text import MarkedText, Span
from followup_service.conversation.numbers import Number
from followup_service.conversation.reading import SymptomMention
from followup_service.conversation.says_well import says_well
from followup_service.conversation.vocabulary import Vocabulary

_UNDERSTOOD = bits_of({"fine", "idiom", "none", "other_label", "currency", "weather", "birthday"})
_NO, _CHAT, _MEDICINE = bits_of({"no_answer"}), bits_of({"smalltalk", "yes"}), bits_of({"medicine"})
_SAYING = frozenset({"smalltalk", "yes", "no_answer", "fine", "no", "not"})
# So many tablets are no usual dose, and so little is no number of milligrams: a person looks.
_MANY_TABLETS, _FEWEST_MILLIGRAMS = 5, 100
# In words, or in Chinese characters.
_MORE_THAN_AN_ANSWER = 6
# Parts and doings of the body of which nobody speaks in passing.
_BODY = bits_of(
    SECTIONS["things"]
    - {"relative", "visit", "forehead_or_body", "drinking", "every_drink", "drink", "toilet", "sight", "mind", "side", "waking", "rising"}
)
_WELL, _SELF_WELL = bits_of({"fine", "idiom", "none", "self_well"}), bits_of({"self_well"})
_ILL_OR_BODY = bits_of(SECTIONS["things"] - {"rising"} | SECTIONS["troubles"] | SECTIONS["symptoms"])
_SWOLLEN, _DENYING = bits_of({"swollen"}), bits_of({"no", "not"})
# "No pain in the chest" is good news, "no urine" is none.
_NONE, _PARTS_THAT_HURT = (
    bits_of({"none"}),
    bits_of({"belly", "chest", "shoulder", "head", "leg", "calf", "throat", "side", "limb", "legs"}),
)
_SOMETHING = _UNDERSTOOD | _NO | _CHAT | _MEDICINE | bits_of({"none_of_all", "self_well"})
_UNSURE, _WONDERING = bits_of({"unsure"}), bits_of({"unsure", "smalltalk", "please", "writer", "title"})
_SPOKEN = frozenset({"word", "cjk"})
_SHORTEST_SENTENCE, _MOST_STRANGE = 6, 5
# Beside "I am fine", before what was not read may matter.
_FEW_STRANGE = 1


def find_left_sentence(text: MarkedText, vocabulary: Vocabulary, mentions: list[SymptomMention]) -> Span | None:
    """A sentence of which nothing was understood and that names a part of the body, or is of many words and one in five of them strange.

    "36.5. The new pill made my tongue fat" is read in its number, and all that it has to tell is in the rest.
    """
    if not text.spoken_of & _BODY and len(text.words) < _SHORTEST_SENTENCE:
        return None
    sentences: dict[int, list[int]] = {}
    for place in _spoken(text):
        sentences.setdefault(text.sentences[place], []).append(place)
    told = [mention.span for mention in mentions]
    left = (
        text.span(places[0], places[-1] + 1)
        for places in sentences.values()
        if not _says_something(text, places)
        and not _is_told(text, places, told)
        and (_names_the_body(text, places) or _is_strange(text, vocabulary, places))
    )
    return next(left, None)


def _says_something(text: MarkedText, places: list[int]) -> bool:
    return any((mark := text.at[place]) is not None and mark.concepts.bits & _SOMETHING for place in places)


def _is_told(text: MarkedText, places: list[int], told: list[tuple[int, int]]) -> bool:
    """Whether a symptom was found in the sentence."""
    start, end = text.span(places[0], places[-1] + 1)
    return any(first < end and start < last for first, last in told)


def _names_the_body(text: MarkedText, places: list[int]) -> bool:
    return any((mark := text.at[place]) is not None and mark.concepts.bits & _BODY for place in places)


def _is_strange(text: MarkedText, vocabulary: Vocabulary, places: list[int]) -> bool:
    return len(places) >= _SHORTEST_SENTENCE and len(_strange(text, vocabulary, places)) * _MOST_STRANGE >= len(places)


def _strange(text: MarkedText, vocabulary: Vocabulary, places: list[int]) -> list[int]:
    """The words that no lexicon of the text's language knows."""
    known = vocabulary.known[text.language]
    return [place for place in places if text.at[place] is None and text.words[place] not in known]


def is_plain(text: MarkedText, first: int, end: int) -> bool:
    """Whether every word from token `first` to before `end` is known, one says that all is well, and none names an ill, nor a body of
    which it is not said that nothing hurts, "sin dolor en el pecho", or swells, "hôm nay không sưng".
    """
    marks = [text.at[place] for place in range(first, end) if text.kind(place) in _SPOKEN]
    known = [mark.concepts.bits for mark in marks if mark is not None]
    troubling = _ILL_OR_BODY & ~_PARTS_THAT_HURT if any(bits & _NONE for bits in known) else _ILL_OR_BODY
    calm = [bits & ~_SWOLLEN if place and known[place - 1] & _DENYING else bits for place, bits in enumerate(known)]
    is_well = calm != known or any(bits & _WELL for bits in known)
    return len(known) == len(marks) and is_well and not any(bits & troubling for bits in calm)


def only_wonders(text: MarkedText) -> bool:
    """ "Don't know", "not sure, doctor" and no more: what it may be read like is not what somebody wrote."""
    spoken = [text.at[place] for place in _spoken(text)]
    return text.spoken_of & _UNSURE != 0 and all(mark is not None and mark.concepts.bits & _WONDERING for mark in spoken)


def says_more(text: MarkedText) -> bool:
    """An answer does not read what else was written: "2, went down on the stairs like a sack"."""
    return len(_spoken(text)) >= _MORE_THAN_AN_ANSWER


def is_understood(text: MarkedText, vocabulary: Vocabulary, numbers: list[Number]) -> bool:
    """Whether a text that reports and asks nothing is plain talk all the same."""
    said = text.spoken_of
    return bool(
        said & _UNDERSTOOD
        or (said & _SELF_WELL and says_well(text, in_set_words=True) and len(_strange(text, vocabulary, _spoken(text))) <= _FEW_STRANGE)
        or (said & _NO and _only_says_no(text))
        or (said & _CHAT and _chats(text, vocabulary))
        or (said & _MEDICINE and _is_usual_dose(text, numbers))
    )


def _only_says_no(text: MarkedText) -> bool:
    """A no among other words that nobody understood says nothing."""
    spoken = _spoken(text)
    return bool(spoken) and all(text.has(position, "no_answer") for position in spoken)


def _is_usual_dose(text: MarkedText, numbers: list[Number]) -> bool:
    """Of a medicine, at a time of day: "took 1000mg paracetamol at 9"."""
    return not any(
        number.shape == "number" and _MANY_TABLETS <= number.value < _FEWEST_MILLIGRAMS and not _is_at(text, number) for number in numbers
    )


def _is_at(text: MarkedText, number: Number) -> bool:
    return number.first > 0 and text.words[number.first - 1] == "at"


def _chats(text: MarkedText, vocabulary: Vocabulary) -> bool:
    """Small talk or a yes; but not in the midst of unknown words: "alguien xyzzy por favor" goes to a person."""
    spoken = _spoken(text)
    if len(_strange(text, vocabulary, spoken)) * 2 > len(spoken):
        return False
    chats = text.marked("smalltalk") + text.marked("yes")
    return any(not (_is_unknown(text, mark.first - 1) and _is_unknown(text, mark.end)) for mark in chats)


def _spoken(text: MarkedText) -> list[int]:
    return [position for position, token in enumerate(text.tokens) if token.lastgroup in _SPOKEN]


def _is_unknown(text: MarkedText, position: int) -> bool:
    """A Chinese character that is no known word, or by itself only a small one."""
    if not 0 <= position < len(text.words) or text.kind(position) != "cjk":
        return False
    mark = text.at[position]
    return mark is None or (mark.end - mark.first == 1 and mark.concepts.isdisjoint(_SAYING))
