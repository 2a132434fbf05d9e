"""Sentences for staff: English text that still knows its template and values, so that the pages can say it in other languages."""

from collections.abc import Mapping
from typing import Any


class Sentence(str):
    """Text like any other. `template` has placeholders such as %(on)s, `values` what stands in them."""

    template: str
    values: Mapping[str, Any]


def said(template: str, /, **values: Any) -> Sentence:
    """A sentence for staff. The template is written out at the call: Babel collects it from there for the catalogues of the pages.

    A value of several is said one after the other.
    """
    return sentence_of(template, values)


def sayable(template: str) -> str:
    """Marks the template of a sentence that is made later, with `sentence_of`: Babel collects it like that of `said`."""
    return template


def sentence_of(template: str, values: Mapping[str, Any]) -> Sentence:
    sentence = Sentence(
        template % {name: ", ".join(map(str, value)) if isinstance(value, tuple) else value for name, value in values.items()}
    )
    sentence.template, sentence.values = template, values
    return sentence
