"""Names of the study file in the language of the page, where they are written in it: reasons, visits, arms."""

import re
from collections.abc import Iterable

from flask import current_app
from markupsafe import Markup, escape

from followup_service.console.page_language import gettext, shown_language
from followup_service.console.words import PLACEHOLDERS, in_words
from followup_service.messaging.catalogues import catalogue
from followup_service.protocol.definitions import Study


def in_page_language(words: str) -> str:
    """Words of the study file, translated as for pages to staff."""
    return catalogue(shown_language()).gettext(words)


def text_in_page_language(words: str) -> Markup:
    """A text of the study file before it is sent: what is filled in then is named, each name in a direction of its own."""
    pieces = re.split(r"%\((\w+)\)s", in_page_language(words))
    named = [Markup("<bdi>[%s]</bdi>") % in_words(PLACEHOLDERS, piece) if odd % 2 else escape(piece) for odd, piece in enumerate(pieces)]
    return Markup("").join(named)


def reason_name(code: str) -> str:
    """What a rule code is called; nothing for one that left the study file."""
    study: Study = current_app.extensions["study"]
    return in_page_language(study.rules.codes[code].name) if code in study.rules.codes else ""


def in_a_row(codes: Iterable[str]) -> str:
    """What the reasons of an episode are called, one after the other."""
    return gettext(", ").join(reason_name(code) or code for code in codes)


def visit_name(item: str) -> str:
    study: Study = current_app.extensions["study"]
    return in_page_language(study.visits[item].name) if item in study.visits else item


def arm_name(code: str) -> str:
    study: Study = current_app.extensions["study"]
    return gettext(study.arms[code].name) if code in study.arms else code


def treatment_name(kind: str) -> str:
    study: Study = current_app.extensions["study"]
    return gettext(study.treatments[kind].name) if kind in study.treatments else kind
