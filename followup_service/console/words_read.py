"""Which words of a text were read as what, for a page to mark and to say: what was set aside is not among them."""

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from followup_service.console.blueprint import console
from followup_service.console.page_language import gettext as _
from followup_service.console.study_words import reason_name
from followup_service.console.words import COMMANDS, in_words
from followup_service.conversation.reading import Meaning
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.protocol.findings import ReadsLike

_GUESSES = frozenset(ReadsLike)
# A word that was understood counts more than the guess around it, and both more than that the rest was not.
_KINDS = ("unread", "guess", "read")


@console.app_template_filter("as_read")
def as_read(text: InboundMessage) -> list[tuple[str, str | None]]:
    """The body in pieces, each with "read", "guess" or "unread" where it was."""
    body = text.body
    kinds: list[str | None] = [None] * len(body)
    for kind, (start, end), written in sorted(_marked(_kept(text)), key=lambda marked: _KINDS.index(marked[0])):
        if body[start:end] == written:
            kinds[start:end] = [kind] * len(written)
    return [("".join(body[place] for place in places), kind) for kind, places in groupby(range(len(body)), kinds.__getitem__)]


@console.app_template_filter("read_as")
def read_as(text: InboundMessage) -> list[tuple[str, str]]:
    """The words that were understood in the order of the text, each with what it was read as; temperatures say so themselves."""
    reading = _kept(text)
    said = [(mention["span"], mention["written"], reason_name(mention["code"]) or mention["code"]) for mention in _standing(reading)]
    said += [(said["span"], said["written"], _means(said["meaning"], reading)) for said in _other(reading, Meaning.COMMAND, Meaning.ANSWER)]
    return list(dict.fromkeys((written, meaning) for _, written, meaning in sorted(said)))


def _kept(text: InboundMessage) -> dict[str, Any]:
    reading: dict[str, Any] = json.loads(text.reading or "{}")
    return reading


def _marked(reading: dict[str, Any]) -> Iterator[tuple[str, list[int], str]]:
    """What stands. Of a text with a tag before it the places do not fit, and nothing is marked."""
    for mention in _standing(reading):
        yield "guess" if mention["code"] in _GUESSES else "read", mention["span"], mention["written"]
    for candidate in reading.get("candidates", ()):
        if candidate["dropped"] is None:
            yield "read", candidate["span"], candidate["written"]
    for said in _other(reading, Meaning.COMMAND, Meaning.ANSWER):
        yield "read", said["span"], said["written"]
    for said in _other(reading, Meaning.UNREAD):
        yield "unread", said["span"], said["written"]


def _standing(reading: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (mention for mention in reading.get("mentions", ()) if mention["negated_by"] is None)


def _other(reading: dict[str, Any], *meanings: Meaning) -> Iterator[dict[str, Any]]:
    """Texts that were read before these were kept have none."""
    return (said for said in reading.get("said", ()) if said["meaning"] in meanings)


def _means(meaning: str, reading: dict[str, Any]) -> str:
    return in_words(COMMANDS, reading["command"]) if meaning == Meaning.COMMAND else _("answers the question")
