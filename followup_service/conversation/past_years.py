"""Where a text names a time that is over: a year before the study, a number of years ago, last year, or words such as "as a child"."""

from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import Mark, MarkedText

_YEARS = frozenset(map(str, range(1900, 2000)))
# Years since then but before the study; a number such as 2000 may also count something.
_RECENT_YEARS = frozenset(map(str, range(2000, 2024)))
# Two digits: '45 and later; from 94 on they may be a temperature in Fahrenheit.
_FIRST_SHORT_YEAR, _FIRST_FAHRENHEIT = "45", "94"
_YEAR_WORDS = frozenset({"年", "года", "году", "г", "में", "me", "mein", "साल"})
# "In 2009" is a year; "at 2009" may be nine minutes past eight.
_IN_A_YEAR = frozenset({"in", "en", "em", "в", "في", "سنه", "عام", "năm", "nam", "sal", "f", "fi"})
_FEWEST_YEARS, _MOST_YEARS = 5, 90
_SMALL_COUNTS = frozenset("一二两兩三四")
_LONG_AGO, _A_WHILE_AGO = bits_of({"long_ago"}), bits_of({"a_while_ago"})
_MUDDLED, _COUNTED = bits_of({"CONFUSION"}), bits_of({"counted", "currency"})


def names_a_year(text: MarkedText) -> bool:
    """Whether a number of the text may be a year before the study."""
    return text.numeric != [] and any(text.words[place] in _RECENT_YEARS or _is_of_the_past(text, place) for place in text.numeric)


def long_agos(text: MarkedText, first: int) -> list[tuple[int, int]]:
    """Where words stand that by themselves say that something was long ago; "39.2 as in 2019" compares with a recent year."""
    marks = [(mark.first, mark.end) for mark in text.marks if mark.concepts.bits & _LONG_AGO or _counts_years(text, mark, _FEWEST_YEARS)]
    return marks + [
        (place, place + 1)
        for place in text.numeric
        if _is_of_the_past(text, place) and (place < first or text.words[place] not in _RECENT_YEARS)
    ]


def _is_of_the_past(text: MarkedText, place: int) -> bool:
    """A year of the last century, or one before the study that stands as a year; "he thinks it is 1998" tells of today."""
    word = text.words[place]
    if not word.isdecimal():
        return False
    before = text.at[place - 1] if place else None
    if before is not None and before.concepts.bits & _MUDDLED:
        return False
    if word in _YEARS:
        return True
    after = text.words[place + 1] if place + 1 < len(text.words) else ""
    if word in _RECENT_YEARS:
        return after in _YEAR_WORDS or (place > 0 and text.words[place - 1] in _IN_A_YEAR)
    return len(word) == 2 and _is_short_year(text, place, after)


def _is_short_year(text: MarkedText, place: int, after: str) -> bool:
    """09年, "in 62," and "en el 95": of the last century where no unit may follow."""
    word = text.words[place]
    if after == "年":
        return word.startswith("0")
    if text.words[max(0, place - 2) : place] == ["en", "el"]:
        return word >= _FIRST_SHORT_YEAR
    is_last = not after or text.kind(place + 1) == "mark"
    return is_last and place > 0 and text.words[place - 1] in _IN_A_YEAR and _FIRST_SHORT_YEAR <= word < _FIRST_FAHRENHEIT


def a_while_agos(text: MarkedText) -> list[tuple[int, int]]:
    """Where words stand for a time before this: last year, the year before the study, two years ago."""
    marks = [(mark.first, mark.end) for mark in text.marks if mark.concepts.bits & _A_WHILE_AGO or _counts_years(text, mark, 1)]
    return marks + [(place, place + 1) for place in text.numeric if text.words[place] in _RECENT_YEARS and _is_year(text, place)]


def _is_year(text: MarkedText, place: int) -> bool:
    """Whether nothing is counted by such a number: "2000 ml"."""
    if place + 1 < len(text.words) and text.words[place + 1] in _YEAR_WORDS:
        return True
    following = text.at[place + 1] if place + 1 < len(text.at) else None
    return following is None or not following.concepts.bits & _COUNTED


def _counts_years(text: MarkedText, mark: Mark, fewest: int) -> bool:
    """ "Ten years ago", 三十年前, "hace 30 años": years that are over, with how many before them or behind an "ago"."""
    if "years_ago" in mark.concepts:
        said = [place for place in range(mark.first - 3, mark.first) if place in text.numeric]
    elif "ago" in mark.concepts:
        said = [place for place in range(mark.end, mark.end + 3) if place in text.numeric and text.has(place + 1, "years")][:1]
    else:
        return False
    return bool(said) and _is_span(text, said[-1], fewest)


def _is_span(text: MarkedText, place: int, fewest: int) -> bool:
    """Whether there are so many years: more than `_FEWEST_YEARS` are longer than any treatment in the study."""
    word = text.words[place]
    if text.kind(place) != "number":
        return fewest < _FEWEST_YEARS or word not in _SMALL_COUNTS
    return word.isdecimal() and fewest <= int(word) <= _MOST_YEARS
