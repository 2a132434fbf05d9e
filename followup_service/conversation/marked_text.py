"""A text cut into tokens with the known words marked and its clauses counted: what all finding of meaning works on."""

from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from followup_service.conversation.normalise import Normalised, normalise, with_marks
from followup_service.conversation.text_language import latin_language
from followup_service.conversation.tokens import Token, tokenise
from followup_service.conversation.vocabulary import Vocabulary

_HARD_BREAKS = frozenset(".!?;\n")
_SOFT_BREAKS = frozenset(",()-|")
_TEXT = itemgetter(0)
_BREAKS = _HARD_BREAKS | _SOFT_BREAKS


class Mark(NamedTuple):
    """A known term: its concepts, and the tokens it covers, from `first` to before `end`."""

    concepts: frozenset[str]
    first: int
    end: int


@dataclass(slots=True)
class MarkedText:
    """`at[i]` is the mark that covers token i, if any; `clauses[i]` and `sentences[i]` number the parts it stands in.

    `language` is the one in which its words of Latin letters are read, `denying` are the words that say no or not in it.
    """

    language: str
    source: Normalised
    tokens: list[Token]
    words: list[str]
    marks: list[Mark]
    at: list[Mark | None]
    by_concept: dict[str, list[Mark]]
    clauses: list[int]
    sentences: list[int]
    denying: frozenset[str]

    def span(self, first: int, end: int) -> tuple[int, int]:
        """Where the tokens from `first` to before `end` stand in the original text."""
        return self.source.original_span(self.tokens[first].start(), self.tokens[end - 1].end())

    def written(self, first: int, end: int) -> str:
        start, stop = self.span(first, end)
        return self.source.original[start:stop]

    def kind(self, position: int) -> str | None:
        """The name of the shape of token `position`: word, cjk, number, date …"""
        return self.tokens[position].lastgroup

    def has(self, position: int, concept: str) -> bool:
        """Whether token `position` exists and belongs to a term of `concept`."""
        if position < 0 or position >= len(self.at):
            return False
        mark = self.at[position]
        return mark is not None and concept in mark.concepts

    def marked(self, concept: str) -> list[Mark]:
        """The marks of `concept`, in the order of the text."""
        return self.by_concept.get(concept, [])

    def any_marked(self, concepts: frozenset[str]) -> bool:
        return not concepts.isdisjoint(self.by_concept)


def mark_text(text: str, on_file: str, vocabulary: Vocabulary) -> MarkedText:
    """Cut `text` and mark every known term: at each place the longest, none over another; `on_file` is the participant's language."""
    source = normalise(text)
    tokens = tokenise(source.text)
    typed = [*map(_TEXT, tokens)]
    language = latin_language(typed, on_file, vocabulary)
    if language in vocabulary.marks_matter and not text.isascii():
        typed = [with_marks(_as_written(source, token)) if token.lastgroup == "word" else token[0] for token in tokens]
    words = [*map(vocabulary.spell[language], typed)]
    marks: list[Mark] = []
    at: list[Mark | None] = [None] * len(words)
    by_concept: dict[str, list[Mark]] = {}
    openings, end = vocabulary.openings, 0
    for position, word in enumerate(words):
        if word not in openings or position < end:
            continue
        term_end, concepts = vocabulary.longest_term(words, position, language)
        if not concepts:
            continue
        end = term_end
        mark = Mark(concepts, position, end)
        marks.append(mark)
        for covered in range(position, end):
            at[covered] = mark
        for concept in concepts:
            by_concept.setdefault(concept, []).append(mark)
    clauses, sentences = _count_parts(words, at, by_concept)
    return MarkedText(language, source, tokens, words, marks, at, by_concept, clauses, sentences, vocabulary.denying[language])


def _as_written(source: Normalised, token: Token) -> str:
    start, stop = source.original_span(token.start(), token.end())
    return source.original[start:stop]


def _count_parts(words: list[str], at: list[Mark | None], by_concept: dict[str, list[Mark]]) -> tuple[list[int], list[int]]:
    if _BREAKS.isdisjoint(words) and "but" not in by_concept:
        return [0] * len(words), [0] * len(words)
    clause = sentence = 0
    clauses, sentences = [], []
    for word, mark in zip(words, at, strict=True):
        if word in _HARD_BREAKS or (mark is not None and "but" in mark.concepts):
            clause, sentence = clause + 1, sentence + 1
        elif word in _SOFT_BREAKS and mark is None:
            clause += 1
        clauses.append(clause)
        sentences.append(sentence)
    return clauses, sentences
