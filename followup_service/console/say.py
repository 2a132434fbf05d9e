"""What lower parts say for staff, in the language of the page, with dates, states and names as pages write them."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import LazyString

from followup_service.console.blueprint import console
from followup_service.console.local_times import day
from followup_service.console.page_language import gettext
from followup_service.console.study_words import arm_name, reason_name, treatment_name, visit_name
from followup_service.console.words import (
    EPISODE_STATES,
    EPISODE_STEPS,
    EVENT_FIELDS,
    EVENT_STATES,
    MESSAGE_STATES,
    OUTCOMES,
    PARTICIPANT_STATES,
    STATUSES,
    TREATMENT_STATES,
    VISIT_STATES,
    WHY_NOT_SENT,
    in_words,
)
from followup_service.escalations.escalation import EscalationState, EventKind, Outcome
from followup_service.messaging.outbound_message import OutboundState
from followup_service.participants.participant import ParticipantState
from followup_service.participants.treatment import TreatmentState
from followup_service.protocol.sentences import Sentence
from followup_service.records.adverse_event import AdverseEventState
from followup_service.visits.visit import VisitState

# What a value is, or else what it is called, decides how it is said.
OF_A_KIND: Mapping[type, Mapping[str, LazyString]] = {
    AdverseEventState: EVENT_STATES,
    EscalationState: EPISODE_STATES,
    EventKind: EPISODE_STEPS,
    Outcome: OUTCOMES,
    OutboundState: MESSAGE_STATES,
    ParticipantState: PARTICIPANT_STATES,
    TreatmentState: TREATMENT_STATES,
    VisitState: VISIT_STATES,
}
NAMED: Mapping[str, Callable[[Any], str]] = {
    "treatment": treatment_name,
    "treatments": treatment_name,
    "visit": visit_name,
    "other_visit": visit_name,
    "arm": arm_name,
    "reasons": lambda code: reason_name(code) or code,
    "event_fields": lambda name: in_words(EVENT_FIELDS, name),
    "why_not_sent": lambda reason: in_words(WHY_NOT_SENT, reason),
    "status": lambda name: in_words(STATUSES, name),
}


@console.app_template_filter("say")
def say(sentence: Any) -> str:
    """Words that are no Sentence, or have no translation, stay as they are."""
    if not isinstance(sentence, Sentence):
        return str(sentence)
    return str(gettext(sentence.template)) % {name: _value(name, value) for name, value in sentence.values.items()}


def _value(name: str, value: Any) -> Any:
    if isinstance(value, Sentence):
        return say(value)
    if isinstance(value, tuple):
        return gettext(", ").join(str(_value(name, one)) for one in value)
    if type(value) in OF_A_KIND:
        return in_words(OF_A_KIND[type(value)], value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return day(value)
    return NAMED[name](value) if name in NAMED else value
