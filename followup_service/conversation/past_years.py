"""Where a text names a time that is over: a year before the study, a number of years ago, last year, or words such as "as a child"."""

from followup_service.conversation.concepts import bits_of
from followup_service.conversation.marked_text import Mark, MarkedText
from followup_service.conversation.vocabulary import load_vocabulary

_YEARS = frozenset(map(str, range(1900, 2000)))
# Years since then but before the study; a number such as 2000 may also count something.
_RECENT_YEARS = frozenset(map(str, range(2000, 2024)))
# Two digits: '45 and later; from 94 on they may be a temperature in Fahrenheit, where the text speaks of one.
_FIRST_SHORT_YEAR, _LAST_BEFORE_FAHRENHEIT, _LAST_SHORT_YEAR = "45", "93", "99"
# More than these are somebody's age: "y'a 80 ans".
_MOST_YEARS = 65
_SINCE_REACH = 2
_WELL = ("fine", "none", "gone")
_YOUNGEST = 17
_AT_AGE = bits_of({"at_age", "when_aged"})
_HAD = bits_of({"writer", "has_it"})
_LONG_AGO, _A_WHILE_AGO = bits_of({"long_ago"}), bits_of({"a_while_ago"})
_LEADING = _AT_AGE | bits_of({"filler_noun", "is_filler", "filler_verb", "about_self", "writer"})
_TREATED = bits_of({"treated"})
_MEASURING = bits_of({"temperature_label", "temperature_claim", "FEVER", "celsius", "fahrenheit", "degree_sign"})
_MUDDLED, _COUNTED = bits_of({"CONFUSION"}), bits_of({"counted", "currency"})


def names_a_year(text: MarkedText) -> bool:
    """Whether a number of the text may be a year before the study."""
    return text.numeric != [] and any(text.words[place] in _RECENT_YEARS or _is_of_the_past(text, place) for place in text.numeric)


def long_agos(text: MarkedText, first: int) -> list[tuple[int, int]]:
    """Where words stand that by themselves say that something was long ago; "39.2 as in 2019" compares with a recent year."""
    marks = [(mark.first, mark.end) for mark in text.marks if _says_long_ago(text, mark) or _counts_years(text, mark)]
    past = marks + [
        (place, place + 1)
        for place in text.numeric
        if (_is_of_the_past(text, place) and (place < first or text.words[place] not in _RECENT_YEARS or not _compares(text, place, first)))
        or _is_a_young_age(text, place)
    ]
    return [time for time in past if not _lasts(text, *time) and not _was_well(text, *time) and not _is_likened_to(text, time[0], first)]


def _is_likened_to(text: MarkedText, place: int, first: int) -> bool:
    """ "Black stool as in 1998", "as when I was six": what is now, likened to a time that stands behind it."""
    leading = place - 1
    while leading > first and text.words[leading] not in text.plain.looking_like and text.has_any(leading, _LEADING):
        leading -= 1
    return leading > first and text.kind(first) != "number" and text.words[leading] in text.plain.looking_like


def _lasts(text: MarkedText, begins: int, ends: int) -> bool:
    """ "Since 2023", "с прошлого года", "2023 से", 从2023年: what began then and is there now, or is as it was: "बचपन में जैसा"."""
    behind = ends if text.plain.year_since.isdisjoint(text.words[ends : ends + 1]) else ends + 1
    reach = _SINCE_REACH + 2 if begins and text.words[begins - 1] in text.plain.in_a_year else _SINCE_REACH  # "с химии в 2023"
    leading, following = text.words[max(0, begins - reach) : begins], text.words[behind : behind + 2]
    if not text.plain.since.isdisjoint(leading) or (text.language == "vi" and "tu" in leading):
        return True
    in_hindi = text.language == "hi" and (following[:1] == ["se"] or not text.plain.likened.isdisjoint(following))
    return in_hindi or following[:1] == ["से"] or "".join(following).startswith(tuple(text.plain.since_behind))


def _was_well(text: MarkedText, begins: int, ends: int) -> bool:
    """ "39.2, was fine years ago", 以前没事现在喘: the time in which somebody was well, and not that of the illness."""
    if text.has(begins - 1, "fine") and text.clauses[begins - 1] == text.clauses[begins]:
        return True
    return ends < len(text.words) and text.kind(ends) == text.kind(ends - 1) == "cjk" and any(text.has(ends, well) for well in _WELL)


def _says_long_ago(text: MarkedText, mark: Mark) -> bool:
    if text.words[mark.first] in text.plain.days and mark.first - 1 in text.numeric:
        return False  # Vietnamese "2 ngày trước" is two days ago, "ngày trước" alone long ago
    return mark.concepts.bits & _LONG_AGO != 0 and text.plain.likened.isdisjoint(text.words[max(0, mark.first - 2) : mark.first])


def _compares(text: MarkedText, place: int, first: int) -> bool:
    """Whether a number, or a fever with an "as" behind it, is likened to what was in that year."""
    return text.kind(first) == "number" or not text.plain.likened.isdisjoint(text.words[first:place])


def _is_a_young_age(text: MarkedText, place: int) -> bool:
    """ "When I was six", "à six ans", 5 tuổi: an age that no participant has, who are grown up."""
    before = [mark for mark in text.at[max(0, place - 2) : place] if mark is not None and mark.concepts.bits & _AT_AGE]
    if not before or not _is_young(text, place):
        return False
    if not text.plain.likened.isdisjoint(text.words[max(0, before[0].first - 1) : before[0].first]):
        return False  # "39 như lúc 10 tuổi" is one of today
    return text.has(place + 1, "years") or ("when_aged" in before[-1].concepts and not text.has(place + 1, "counted"))


def _is_young(text: MarkedText, place: int) -> bool:
    """Of a number in digits or in one word; in Chinese several characters may say one, and a sign says none."""
    word, kind = text.words[place], text.kind(place)
    if kind == "word":
        value = load_vocabulary().numbers[text.language].words.get(word)
        return value is not None and value <= _YOUNGEST
    return kind == "cjk" or (word.isdecimal() and int(word) <= _YOUNGEST)


def _is_of_the_past(text: MarkedText, place: int) -> bool:
    """A year of the last century, or one before the study that stands as a year; "he thinks it is 1998" tells of today."""
    word = text.words[place]
    if not word.isdecimal() or not text.plain.born.isdisjoint(text.words[max(0, place - 2) : place + 4]):
        return False
    said_before = text.at[place - 1] if place else None
    if said_before is not None and said_before.concepts.bits & _MUDDLED:
        return False
    before = text.words[place - 1] if place else ""
    after = text.words[place + 1] if place + 1 < len(text.words) else ""
    if word in _YEARS:
        return after in text.plain.year_behind or before in text.plain.in_a_year or before in text.plain.of_a_year
    if word in _RECENT_YEARS:
        return after in text.plain.year_behind or before in text.plain.in_a_year
    return len(word) == 2 and _is_short_year(text, place, after)


def _is_short_year(text: MarkedText, place: int, after: str) -> bool:
    """09年, "in 62," and "en el 95": of the last century where no unit may follow."""
    word = text.words[place]
    if after == "年":
        return word.startswith("0") or (word >= _FIRST_SHORT_YEAR and _begins_a_part(text, place))
    if text.words[max(0, place - 2) : place] == ["en", "el"]:
        return word >= _FIRST_SHORT_YEAR
    if place and text.words[place - 1] in text.plain.year_before and _FIRST_SHORT_YEAR <= word <= _LAST_SHORT_YEAR:
        return not text.has(place + 1, "counted") and not text.has(place + 1, "years")
    following = text.at[place + 1] if after else None
    is_last = not after or text.kind(place + 1) == "mark" or (following is not None and following.concepts.bits & _HAD != 0)
    latest = _LAST_SHORT_YEAR if not text.spoken_of & _MEASURING else _LAST_BEFORE_FAHRENHEIT
    return is_last and place > 0 and text.words[place - 1] in text.plain.in_a_year and _FIRST_SHORT_YEAR <= word <= latest


def _begins_a_part(text: MarkedText, place: int) -> bool:
    """87年 begins what is told, where 结婚50年 counts years."""
    is_first = not text.is_glued(place) or text.kind(place - 1) == "mark" or text.words[place - 1] in text.plain.me
    return is_first and text.words[place + 2 : place + 3] != ["了"]


def a_while_agos(text: MarkedText) -> list[tuple[int, int]]:
    """Where words stand for a time before this: last year, the year before the study, two years ago."""
    marks = [(mark.first, mark.end) for mark in text.marks if mark.concepts.bits & _A_WHILE_AGO or _counts_years(text, mark)]
    past = marks + [(place, place + 1) for place in text.numeric if text.words[place] in _RECENT_YEARS and _is_year(text, place)]
    return [time for time in past if not _lasts(text, *time) and not _was_well(text, *time)]


def _is_year(text: MarkedText, place: int) -> bool:
    """Whether nothing is counted by such a number: "2000 ml"."""
    if place + 1 < len(text.words) and text.words[place + 1] in text.plain.year_behind:
        return True
    following = text.at[place + 1] if place + 1 < len(text.at) else None
    return following is None or not following.concepts.bits & _COUNTED


def _counts_years(text: MarkedText, mark: Mark) -> bool:
    """ "Ten years ago", 三十年前, "hace 30 años": years that are over, with how many before them or behind an "ago".

    "As three years ago" likens what is now.
    """
    if mark.first and text.words[mark.first - 1] in text.plain.looking_like:
        return False
    if "years_ago" in mark.concepts:
        said = [place for place in range(mark.first - 3, mark.first) if place in text.numeric]
    elif "ago" in mark.concepts:
        said = [place for place in range(mark.end, mark.end + 3) if place in text.numeric and text.has(place + 1, "years")][:1]
    else:
        return False
    return bool(said) and _is_span(text, said[-1])


def _is_span(text: MarkedText, place: int) -> bool:
    word = text.words[place]
    return text.kind(place) != "number" or (word.isdecimal() and 1 <= int(word) <= _MOST_YEARS)


def is_of_a_treatment(text: MarkedText, first: int) -> bool:
    """ "Operated two years ago fever 39": the time may be that of the treatment; "when they took it out in 98 I went yellow" is one."""
    if not text.spoken_of & _TREATED:
        return False
    clause = text.clauses[first]
    treated = next((mark for mark in text.marked("treated") if mark.end <= first and text.clauses[mark.first] == clause), None)
    return treated is not None and text.plain.when.isdisjoint(text.words[: treated.first])
