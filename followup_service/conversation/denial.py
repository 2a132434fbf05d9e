"""Decides whether words around a named symptom deny it or say that it is over. Only patterns known to be safe clear; in doubt it stands."""

from followup_service.conversation.clearing import Clearing, Denial, denied
from followup_service.conversation.concepts import bits_of
from followup_service.conversation.denied_around import called_well, denied_by_nought, denied_later
from followup_service.conversation.denied_before import ENDINGS, denied_before
from followup_service.conversation.denied_behind import ZEROS, denied_behind
from followup_service.conversation.marked_text import MarkedText
from followup_service.conversation.mentions import Named
from followup_service.conversation.text_language import DEFAULT

_DENYING = bits_of(ENDINGS | {"no_answer", "gone", "none_of_all", "none"})
_NOW = bits_of({"about_now"})


def find_denial(text: MarkedText, named: Named) -> Denial | None:
    """The words that deny `named`, or None where it simply stands."""
    if _is_denied_in_english(text, named):
        return denied(text, named.first - 1, named.first)
    if not text.spoken_of & _DENYING and ZEROS.isdisjoint(text.words):
        return called_well(text, named)
    denial = _denied_beside(text, named)
    return None if denial is not None and denial.how is Clearing.DENIED and _is_so_today(text, named) else denial


def _is_denied_in_english(text: MarkedText, named: Named) -> bool:
    """ "No fever, sem dor", "toi khoe, no fever", whatever "no" is in the language of the text."""
    if text.language == DEFAULT:
        return False
    return named.first > 0 and text.words[named.first - 1] == "no" and text.words[named.first] in text.plain.in_english


def _is_so_today(text: MarkedText, named: Named) -> bool:
    """ "No fever yesterday, today yes": what was not so then, and behind it a day that is now with a yes."""
    if not text.spoken_of & _NOW or text.plain.yesterday.isdisjoint(text.words):
        return False
    return any(
        mark.first >= named.end and (text.has(mark.end, "yes") or not text.plain.there_is.isdisjoint(text.words[mark.end : mark.end + 1]))
        for mark in text.marked("about_now")
    )


def _denied_beside(text: MarkedText, named: Named) -> Denial | None:
    before = (denied_before(text, named, first) for first in dict.fromkeys((named.core, named.first)))
    beside = next(filter(None, before), None) or denied_behind(text, named) or denied_by_nought(text, named)
    return beside or denied_later(text, named) or called_well(text, named)
