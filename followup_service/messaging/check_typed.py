"""What a person types to a participant, before it may leave: its size, and what a phone in other hands must not tell."""

import re
import unicodedata

from followup_service.errors import Refused
from followup_service.messaging.count_parts import measure
from followup_service.messaging.telltales import told_by
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study

MOST_PARTS = 4
_LINK = re.compile(r"https?:|\bwww\.|\b[\w-]+\.(com|net|org|info|cn|ru|io|ly|me)\b", re.IGNORECASE)
PROBLEMS = {
    "empty": "write something",
    "too_long": f"too long, {MOST_PARTS} parts at most: say less, or call",
    "link": "write no link: people are warned of links in texts",
    "name": "leave out the name: somebody else may read this phone",
    "code": "leave out the code: somebody else may read this phone",
    "study": "leave out the study: somebody else may read this phone",
}
# Signs that a keyboard makes of plain ones, and that double what a text costs.
PLAIN = {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ", "\u202f": " ", "•": "-"}


def check_typed(typed: str, participant: Participant, study: Study, *, although_telling: bool = False) -> str:
    """The words as they may leave. Raises Refused with what to write instead.

    A word that tells of an illness, a treatment or a study is let pass where whoever writes has been shown it.
    """
    words = tidied(typed)
    if (problem := what_is_wrong(words, participant, study)) is not None:
        raise Refused(PROBLEMS[problem], {"typed": [PROBLEMS[problem]]})
    if not although_telling and (telling := telling_word(words, participant.language)) is not None:
        problem = f"'{telling}' tells whoever else reads this phone of an illness or a study: write it otherwise"
        raise Refused(problem, {"although_telling": [problem]})
    return words


def tidied(typed: str) -> str:
    """Composed, with plain line ends, and without what no phone shows."""
    words = unicodedata.normalize("NFC", typed.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(sign for sign in words if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cs", "Co", "Cn")).strip()


def telling_word(words: str, language: str) -> str | None:
    """The first word that gives an illness, a treatment or a study away."""
    return told_by(words, language) or (told_by(words, "en") if language != "en" else None)


def plainer(words: str) -> str:
    """The same with the plain signs of every phone."""
    return words.translate(str.maketrans(PLAIN))


def what_is_wrong(words: str, participant: Participant, study: Study) -> str | None:
    """Why these words may not leave at all, as a key of PROBLEMS."""
    if not words:
        return "empty"
    if measure(words).parts > MOST_PARTS:
        return "too_long"
    if _LINK.search(words) is not None:
        return "link"
    named = (("name", participant.name), ("code", participant.code), ("study", study.code))
    return next((what for what, value in named if value and _stands_in(words, value)), None)


def _stands_in(words: str, value: str) -> bool:
    """As a word of its own; where words are not set apart, anywhere."""
    edges = (r"(?<!\w)", r"(?!\w)") if value.isascii() else ("", "")
    return re.search(f"{edges[0]}{re.escape(value)}{edges[1]}", words, re.IGNORECASE) is not None
