"""Cuts a folded text into tokens: words, single Chinese characters, numbers in their written shapes, punctuation."""

import re

_LETTERS = r"a-z\u00df-\u024f\u0370-\u052f\u0531-\u06ef\u0900-\u0963\u0970-\u0d7f\u1e00-\u1fff\uac00-\ud7a3"
# Arabic one, four, five, seven, nine and forty in Latin letters, where 3, 5 and 7 are letters: wa7ed, arba3a, 5amsa, sab3a, tes3a, rb3in.
_ARABIC_NUMBER = r"(?<![a-z\d.,])w?(?:(?:[ae]?rb[ae]?|r[ae]b|s[ae]?b|t[aei]?s)3[a-z]*+(?!\d)|(?:5[ae]ms[ae]h?|wa7[ei]?d)(?![a-z\d]))"
# Spaces are passed over at once, and what only a digit, a point or a plus can begin is tried only there.
_SHAPES = rf"""
    (?![ ]) (?:
    (?P<word> {_ARABIC_NUMBER} | [{_LETTERS}]+ )
  | (?P<cjk> [\u3005-\u3007\u3400-\u9fff\uf900-\ufaff] )
  | (?=[\d.+]) (?:
      (?P<phone> \+?\d{{7,}} | \+\d{{1,3}}(?:[ -]\d{{2,5}}){{2,}} | 0\d{{2,4}}[ -]\d{{3,4}}[ -]?\d{{3,4}}
                | 1\d\d[ -]\d{{4}}[ -]\d{{4}} | \d{{3}}-\d{{3,4}}-?\d{{4}} | 0\d(?:[ .-]\d\d){{4}} | [67]\d\d(?:[ .-]\d\d){{3}}
                | 9\d\d[ .-]\d{{3}}[ .-]\d{{3}} | 8[ (-]+9\d\d[ )-]+\d{{3}}[ -]\d\d[ -]\d\d )
    | (?P<date> (?:\d{{4}}|0?[1-9]|[12]\d|3[01])(?P<sign>[/.-])(?:0?[1-9]|[12]\d|3[01])(?P=sign)(?:\d{{4}}|\d\d?)(?![\d.]) )
    | (?P<time> (?:[01]?\d|2[0-3])(?:\ ?:(?:[0-5]\d(?!\d)|\ [0-5]\d(?!\d|[.,]\d))|\.[0-5]\d(?=\ ?[ap]\.?m\b)) )
    | (?P<ratio> (?<![\d.,])\d{{1,3}}\ ?/\ ?\d{{1,3}}(?![\d/]|[.,]\d) )
    | (?P<number> (?<!\d)[34]\ \d\ ?[.,]\ ?\d(?!\d) | (?<!\d)(?<!\d\ )3\ [5-9]\ \d(?!\ ?[\d.,/:]) | (?<!\d)(?:3[4-9]|4[0-3])\ [.,]\ \d(?!\d)
                | \d{{1,6}}(?:\ ?(?:\.{{1,3}}(?!\d\d[.,]\d(?!\d))|[.,:;]{{1,3}}(?!\d+\.\d))\d{{1,3}}(?!\d))?
                | (?<!\S)\.\d(?![\d.,]) )
    )
  | (?P<mark> \n | \S )
    )
"""
_TOKEN = re.compile(_SHAPES, re.VERBOSE)
_TERM_WORD = re.compile(rf"[{_LETTERS}]++\* | {_SHAPES}", re.VERBOSE)
# The same where nothing is a number: three times as fast.
_PLAIN_TERM_WORD = re.compile(rf"[{_LETTERS}]++\*?|[^ ]")
_MAY_BEGIN_A_NUMBER = re.compile(r"[\d.+]")
# A token is the match of its shape in the folded text: its text, where it stands, and as `lastgroup` the name of the shape.
Token = re.Match[str]


def tokenise(text: str) -> list[Token]:
    """The tokens of a folded text, in order; spaces are not tokens."""
    return list(_TOKEN.finditer(text))


def cut_terms(written: str) -> list[str]:
    """The words of folded terms of a lexicon; a star goes with the word that it ends."""
    if _MAY_BEGIN_A_NUMBER.search(written):
        return [token[0] for token in _TERM_WORD.finditer(written)]
    return _PLAIN_TERM_WORD.findall(written)
