"""The places at which a temperature is measured, by the concept that names each, and which of them a number was measured at."""

from followup_service.conversation.body_values import is_alarming, is_normal
from followup_service.conversation.marked_text import MarkedText
from followup_service.conversation.numbers import Number
from followup_service.protocol.findings import MeasurementSite

SITES = {
    "armpit": MeasurementSite.ARMPIT,
    "oral": MeasurementSite.MOUTH,
    "ear": MeasurementSite.EAR,
    "forehead": MeasurementSite.FOREHEAD,
    "rectum": MeasurementSite.RECTUM,
}
_FARTHER_IN_ANOTHER_CLAUSE = 10


def find_site(text: MarkedText, number: Number) -> MeasurementSite | None:
    """The nearest place of measurement named in the same sentence, one before the number rather than one after; in a text that has no other
    number that a body may have it may stand in another sentence: "under the arm, 5 minutes. It beeped! 38.1".
    """
    nearest: tuple[int, MeasurementSite] | None = None
    is_only_one = not any(_may_be_a_body(text, place) for place in text.numeric if not number.first <= place < number.end)
    for mark, site in ((mark, site) for concept, site in SITES.items() for mark in text.marked(concept)):
        if text.sentences[mark.first] != text.sentences[number.first] and not is_only_one:
            continue
        distance = number.first - mark.end if mark.first < number.first else 2 + mark.first - number.end
        if text.clauses[mark.first] != text.clauses[number.first]:
            distance += _FARTHER_IN_ANOTHER_CLAUSE
        if nearest is None or distance < nearest[0]:
            nearest = distance, site
    return nearest[1] if nearest else None


def _may_be_a_body(text: MarkedText, place: int) -> bool:
    return text.kind(place) == "number" and (is_normal(text, place) or is_alarming(text, place))
