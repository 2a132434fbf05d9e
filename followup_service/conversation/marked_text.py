"""A text cut into tokens with the known words marked and its clauses counted: what all finding of meaning works on."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple, Protocol

from followup_service.conversation.concepts import BITS, SECTIONS, Concepts, bits_of
from followup_service.conversation.normalise import Normalised, fold, shorten, with_marks
from followup_service.conversation.plain_words import PlainWords
from followup_service.conversation.spaces import put_spaces_right
from followup_service.conversation.term_tree import Node
from followup_service.conversation.text_language import DEFAULT, latin_language
from followup_service.conversation.tokens import Token, tokenise
from followup_service.conversation.vocabulary import Lexeme, Vocabulary
from followup_service.protocol.symptom_codes import SYMPTOM_CODES

_HARD_BREAKS = frozenset(".!?;\n")
_SOFT_BREAKS = frozenset(",()-|")
_TEXT = itemgetter(0)
_IS_STRANGE = itemgetter(3)
_BREAKS = _HARD_BREAKS | _SOFT_BREAKS
_RELATIVE = BITS["relative"]
_BUT, _IF, _NO_ANSWER = BITS["but"], BITS["if"], BITS["no_answer"]
_DENIALS = bits_of({"no", "not", "either_or"})
# Of these alone no term says enough to keep an alarm that begins in it from being read.
_SMALL = bits_of({
    "about_now", "about_self", "writer", "filler_noun", "filler_verb", "is_filler", "if_filler", "gone_filler", "has_it", "smalltalk",
    "also", "but", "list_and", "either_or", "no", "not", "no_answer", "none", "yes", "refuse", "accept", "this_time", "since_then", "gone",
    "no_longer", "self_well", "fine", "weather", *(SECTIONS["things"] - {"relative"}),
})  # fmt: skip
_WHOLE = bits_of({"idiom", "counted", "hinders", "relative"})
_FIRST_CHINESE = "\u3005"
_ARABIC_AND = "و"
# "No longer hot" is a denial all the same, whatever else it may say.
_ALARMS = bits_of(SYMPTOM_CODES - {"FEVER", "QUESTION_FOR_TEAM", "IN_HOSPITAL"} | {"dry"})
_TROUBLES = bits_of(SYMPTOM_CODES - {"QUESTION_FOR_TEAM"} | SECTIONS["troubles"] | {"severe", "unbearable", "worse"})
# Vietnamese "lỡ … mà" is one "if": its second word is a "but" elsewhere.
_SUPPOSING = BITS["if_filler"]


Span = tuple[int, int]


class Placed(Protocol):
    """Anything over the tokens from `first` to before `end`."""

    @property
    def first(self) -> int: ...
    @property
    def end(self) -> int: ...


class Place(NamedTuple):
    """Tokens from `first` to before `end` that are no known term."""

    first: int
    end: int


class Mark(NamedTuple):
    """A known term: its concepts, and the tokens it covers, from `first` to before `end`."""

    concepts: Concepts
    first: int
    end: int


# What a NamedTuple calls behind one more function; for those of which every text makes several.
new = tuple.__new__


@dataclass(slots=True)
class MarkedText:
    """`at[i]` is the mark that covers token i, if any; `clauses[i]` and `sentences[i]` number the parts it stands in.

    `spoken_of` holds the bits of all concepts that the text has: an "and" with those of a rule tells whether it has anything to do.
    `numeric` are the tokens at which a number may begin. `language` is the one in which its words of Latin letters are read, and
    `denying` are the words that say no or not in it, `nominatives` those that stand after no "no" that
    denies them, `genitives` those that only a "no" asks for; `returning` bring the
    talk back to the writer or to today. `plain` are the lists of plain words, of all languages.
    """

    language: str
    source: Normalised
    tokens: list[Token]
    words: list[str]
    marks: list[Mark]
    at: list[Mark | None]
    spoken_of: int
    clauses: list[int]
    sentences: list[int]
    denying: Container[str]
    nominatives: frozenset[str]
    genitives: frozenset[str]
    returning: Container[str]
    plain: PlainWords
    numeric: list[int]

    def span(self, first: int, end: int) -> Span:
        """Where the tokens from `first` to before `end` stand in the original text."""
        origins = self.source.origins
        return origins[self.tokens[first].start()], origins[self.tokens[end - 1].end() - 1] + 1

    def written(self, first: int, end: int) -> str:
        start, stop = self.span(first, end)
        return self.source.original[start:stop]

    def spans(self, places: Iterable[Placed]) -> tuple[Span, ...]:
        """Where they stand in the original text, each once, in order."""
        return tuple(sorted({self.span(place.first, place.end) for place in places}))

    def kind(self, position: int) -> str | None:
        """The name of the shape of token `position`: word, cjk, number, date …"""
        return self.tokens[position].lastgroup

    def has(self, position: int, concept: str) -> bool:
        """Whether token `position` exists and belongs to a term of `concept`."""
        if position < 0 or position >= len(self.at):
            return False
        mark = self.at[position]
        return mark is not None and concept in mark.concepts

    def has_any(self, position: int, concepts: int) -> bool:
        """Whether token `position` exists and belongs to a term of one of these concepts, given as bits."""
        mark = self.at[position] if 0 <= position < len(self.at) else None
        return mark is not None and mark.concepts.bits & concepts != 0

    def is_glued(self, position: int) -> bool:
        """Whether nothing stands between token `position` and the one before it."""
        return 0 < position < len(self.tokens) and self.tokens[position - 1].end() == self.tokens[position].start()

    def is_last(self, position: int) -> bool:
        """Whether nothing but a sign follows token `position`."""
        return position + 1 == len(self.tokens) or self.kind(position + 1) == "mark"

    def joins(self, position: int) -> bool:
        """Whether token `position` is an "and", or begins with the one that Arabic writes onto the next word."""
        return self.has(position, "list_and") or self.tokens[position][0].startswith(_ARABIC_AND)

    def marked(self, concept: str) -> list[Mark]:
        """The marks of `concept`, in the order of the text."""
        return [mark for mark in self.marks if concept in mark.concepts] if self.spoken_of & BITS[concept] else []


def mark_text(text: str, on_file: str, vocabulary: Vocabulary) -> MarkedText:
    """Cut `text` and mark every known term: at each place the longest, none over another; `on_file` is the participant's language."""
    source = fold(text)
    tokens = tokenise(source.text)
    language = on_file if on_file in vocabulary.written_in_latin else DEFAULT
    lexemes = [*map(vocabulary.lexemes[language].__getitem__, map(_TEXT, tokens))]
    if any(map(_IS_STRANGE, lexemes)):
        source = shorten(source)
        tokens = tokenise(source.text)
        typed = [*map(_TEXT, tokens)]
        language = latin_language(typed, language, on_file, vocabulary)
        lexemes = [*map(vocabulary.lexemes[language].__getitem__, typed)]
    known = vocabulary.lexemes[language]
    if not known.unknown.keys().isdisjoint(map(_TEXT, tokens)):
        mended = put_spaces_right(source, tokens, known.unknown, known.are_one)
        if mended.text != source.text:
            source, tokens = mended, tokenise(mended.text)
            lexemes = [*map(known.__getitem__, map(_TEXT, tokens))]
    if language in vocabulary.marks_matter and not text.isascii():
        written = [_as_written(source, token) for token in tokens]
        typed = [
            token[0] if word.isascii() or token.lastgroup != "word" else with_marks(word)
            for token, word in zip(tokens, written, strict=True)
        ]
        lexemes = [*map(vocabulary.lexemes[language].__getitem__, typed)]
    words = [*map(_TEXT, lexemes)]
    marks, at, spoken_of, numeric = _mark_terms(lexemes, words, language, vocabulary)
    clauses, sentences = _count_parts(words, at, has_but=spoken_of & _BUT != 0)
    parts = clauses, sentences, vocabulary.denying[language], vocabulary.nominatives, vocabulary.genitives, vocabulary.returning[language]
    return MarkedText(language, source, tokens, words, marks, at, spoken_of, *parts, vocabulary.plain_words, numeric)


def _mark_terms(
    lexemes: list[Lexeme], words: list[str], language: str, vocabulary: Vocabulary
) -> tuple[list[Mark], list[Mark | None], int, list[int]]:
    marks: list[Mark] = []
    numeric: list[int] = []
    at: list[Mark | None] = [None] * len(words)
    spoken_of = end = 0
    ahead = [*words, ""]
    for first, (_, concepts, following, _, is_numeric) in enumerate(lexemes):
        if is_numeric:
            numeric.append(first)
        if first < end:
            continue
        last = position = first + 1
        # The longest term that may go on here.
        while following is not None and (node := following.get(ahead[position])) is not None:
            following, position = node.following, position + 1
            if further := node.concepts[language]:
                last, concepts = position, further
        if following is not None and ahead[position] == ".":
            last, concepts = _over_dots(ahead, language, following, position, last, concepts)
        if last - first > 1:
            last, concepts = _without_its_no(lexemes, ahead, language, first, last, concepts, vocabulary)
        if not concepts:
            continue
        end = last
        mark = new(Mark, (concepts, first, end))
        marks.append(mark)
        spoken_of |= concepts.bits
        at[first] = mark
        if end > first + 1:
            at[first:end] = [mark] * (end - first)
    return marks, at, spoken_of, numeric


def _over_dots(
    words: list[str], language: str, following: Mapping[str, Node] | None, position: int, last: int, concepts: Concepts
) -> tuple[int, Concepts]:
    """ "Passed... out": whoever gasps for words writes dots, and an alarm goes on over them."""
    if words[position + 1] != ".":
        return last, concepts
    while words[position] == ".":
        position += 1
    while following is not None and (node := following.get(words[position])) is not None:
        following, position = node.following, position + 1
        if (further := node.concepts[language]).bits & _ALARMS:
            last, concepts = position, further
    return last, concepts


def _without_its_no(
    lexemes: list[Lexeme], words: list[str], language: str, first: int, last: int, concepts: Concepts, vocabulary: Vocabulary
) -> tuple[int, Concepts]:
    """ "Ahora no" says not now, but the no of "ahora no puedo respirar" begins a symptom: the words before it are left to themselves.

    An alarm that its own no closes, पहचान नहीं, stays one before सकता.
    """
    denying, before_alarm = vocabulary.denying[language], vocabulary.plain_words.before_alarm
    is_small = not concepts.bits & ~_SMALL or (concepts.bits & _DENIALS != 0 and words[first] > _FIRST_CHINESE)
    for start in range(first + 1, last):
        before = lexemes[start - 1]
        if before[0] in denying and not before[1].bits & _NO_ANSWER:
            break  # "n'ai pas" is one denial of two words
        end, symptom = _longest_from(lexemes, words, language, start)
        if end > last and (
            (
                symptom.bits & _ALARMS
                and (is_small or (start == first + 1 and words[first] in before_alarm and not concepts.bits & _RELATIVE))
            )
            or (
                symptom.bits & _TROUBLES
                and not concepts.bits & _WHOLE
                and not (concepts.bits & _ALARMS and start == last - 1 and words[start] in denying)
                and _says_no(words[start:end], denying)
            )
        ):
            return _longest_from(lexemes[:start], [*words[:start], ""], language, first)
    return last, concepts


def _says_no(words: list[str], denying: Container[str]) -> bool:
    return any(map(denying.__contains__, words)) or "plus" in words  # "je peux plus lever le bras"


def _longest_from(lexemes: list[Lexeme], words: list[str], language: str, first: int) -> tuple[int, Concepts]:
    _, concepts, following, _, _ = lexemes[first]
    last = position = first + 1
    while following is not None and (node := following.get(words[position])) is not None:
        following, position = node.following, position + 1
        if further := node.concepts[language]:
            last, concepts = position, further
    return last, concepts


def _as_written(source: Normalised, token: Token) -> str:
    start, stop = source.original_span(token.start(), token.end())
    return source.original[start:stop]


def _turns(concepts: Concepts, *, supposes: bool) -> bool:
    """Whether a new sentence begins with a "but"; after an "if" a word that may also go on with it does not."""
    return concepts.bits & _BUT != 0 and not (supposes and concepts.bits & _SUPPOSING)


def _count_parts(words: list[str], at: list[Mark | None], *, has_but: bool) -> tuple[list[int], list[int]]:
    if not has_but and _BREAKS.isdisjoint(words):
        one = [0] * len(words)
        return one, one
    clause = sentence = 0
    clauses, sentences = [], []
    supposes = False
    for word, mark in zip(words, at, strict=True):
        if word in _BREAKS or has_but:
            if (word in _HARD_BREAKS and mark is None) or (mark is not None and _turns(mark.concepts, supposes=supposes)):
                clause, sentence = clause + 1, sentence + 1
                supposes = False
            elif word in _SOFT_BREAKS and mark is None:
                clause += 1
            supposes = supposes or (mark is not None and mark.concepts.bits & _IF != 0)
        clauses.append(clause)
        sentences.append(sentence)
    return clauses, sentences
