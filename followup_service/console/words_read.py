"""Which words of a text were read as a complaint, a temperature or a guess, for a page to mark: what was set aside is not."""

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from followup_service.console.blueprint import console
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.protocol.findings import ReadsLike

_GUESSES = frozenset(ReadsLike)


@console.app_template_filter("as_read")
def as_read(text: InboundMessage) -> list[tuple[str, str | None]]:
    """The body in pieces, each with "read" or "guess" where it was; a word that was understood counts more than the guess around it."""
    body = text.body
    kinds: list[str | None] = [None] * len(body)
    for kind, start, end, written in sorted(_read(json.loads(text.reading or "{}"))):
        if body[start:end] == written:
            kinds[start:end] = [kind] * len(written)
    return [("".join(body[place] for place in places), kind) for kind, places in groupby(range(len(body)), kinds.__getitem__)]


def _read(reading: dict[str, Any]) -> Iterator[tuple[str, int, int, str]]:
    """What stands, guesses first. Of a text with a tag before it the places do not fit, and nothing is marked."""
    for mention in reading.get("mentions", ()):
        if mention["negated_by"] is None:
            yield "guess" if mention["code"] in _GUESSES else "read", *mention["span"], mention["written"]
    for candidate in reading.get("candidates", ()):
        if candidate["dropped"] is None:
            yield "read", *candidate["span"], candidate["written"]
