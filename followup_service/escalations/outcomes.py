"""Which outcomes an episode may end with, by its reasons; and what an outcome says of the alarm that it ended."""

from collections.abc import Iterable, Mapping

from followup_service.errors import Refused
from followup_service.escalations.escalation import Escalation, Outcome
from followup_service.protocol.sentences import said

# Of how somebody is.
CLINICAL = (
    Outcome.ADVISED,
    Outcome.SENT_TO_HOSPITAL,
    Outcome.SEEN_IN_CLINIC,
    Outcome.WATCHING,
    Outcome.NOT_REACHED,
    Outcome.FALSE_ALARM,
    Outcome.ADMINISTRATIVE,
)
# Who was called about something else may turn out to be ill; and what fits nothing else.
_OR_ELSE = (Outcome.SENT_TO_HOSPITAL, Outcome.SEEN_IN_CLINIC, Outcome.WATCHING, Outcome.ADMINISTRATIVE)
_SILENCE = (
    Outcome.HANDLED_BY_PHONE,
    Outcome.CONTACT_RESTORED,
    Outcome.NUMBER_CORRECTED,
    Outcome.NOT_REACHED,
    Outcome.WITHDREW,
    *_OR_ELSE,
)
_PHONE = (Outcome.HANDLED_BY_PHONE, Outcome.NUMBER_CORRECTED, Outcome.CONTACT_RESTORED, Outcome.NOT_REACHED, Outcome.WITHDREW, *_OR_ELSE)
_SENDER = (
    Outcome.HANDLED_BY_PHONE,
    Outcome.SENDER_IDENTIFIED,
    Outcome.NO_PARTICIPANT,
    Outcome.NUMBER_CORRECTED,
    Outcome.NOT_REACHED,
    Outcome.NOTHING_TO_DO,
    *_OR_ELSE,
)
_VISIT = (Outcome.HANDLED_BY_PHONE, Outcome.NOT_REACHED, Outcome.WITHDREW, Outcome.NOTHING_TO_DO, *_OR_ELSE)
_PAPERWORK = (Outcome.ADMINISTRATIVE, Outcome.NOTHING_TO_DO)

# Reasons with outcomes of their own, the usual one first; every other reason has the clinical ones.
OF_ITS_OWN: Mapping[str, tuple[Outcome, ...]] = {
    "SILENT": _SILENCE,
    "BROKEN_OFF": _SILENCE,
    "NO_ANSWER_AFTER_ALARM": _SILENCE,
    "UNDELIVERABLE": _PHONE,
    "WRONG_NUMBER": _PHONE,
    "OPTED_OUT": (
        Outcome.HANDLED_BY_PHONE,
        Outcome.NO_TEXTS_WANTED,
        Outcome.CONTACT_RESTORED,
        Outcome.WITHDREW,
        Outcome.NOT_REACHED,
        *_OR_ELSE,
    ),
    "UNKNOWN_SENDER": _SENDER,
    "UNCLEAR_SENDER": _SENDER,
    "UNREADABLE": (Outcome.HANDLED_BY_PHONE, Outcome.READ, Outcome.NOT_REACHED, Outcome.NOTHING_TO_DO, *_OR_ELSE),
    "OTHER_LANGUAGE": (Outcome.HANDLED_BY_PHONE, Outcome.NOT_REACHED, Outcome.NOTHING_TO_DO, *_OR_ELSE),
    "VISIT_MOVE_ASKED": _VISIT,
    "VISIT_MISSED": _VISIT,
    "VISIT_SAID_ATTENDED": _VISIT,
    "VISIT_OUTSIDE_WINDOW": _VISIT,
    "VISIT_REPLANNED": _VISIT,
    "REPORT_DUE": _PAPERWORK,
    "REPORT_OVERDUE": _PAPERWORK,
}
# Somebody did something for the participant because of the alarm.
LED_TO_ACTION = frozenset(
    {Outcome.ADVISED, Outcome.SENT_TO_HOSPITAL, Outcome.SEEN_IN_CLINIC, Outcome.HANDLED_BY_PHONE, Outcome.CONTACT_RESTORED}
)
# Nothing was the matter. Who was watched or not reached may well have been ill.
NOTHING_WAS_WRONG = frozenset({Outcome.FALSE_ALARM, Outcome.ADMINISTRATIVE, Outcome.NOTHING_TO_DO})


def outcomes_of(reasons: Iterable[str]) -> tuple[Outcome, ...]:
    """What may be chosen, the usual one first. Where anything clinical is among the reasons it decides: no alarm ends as paperwork."""
    of_reasons = [OF_ITS_OWN.get(reason, CLINICAL) for reason in reasons]
    if not of_reasons or CLINICAL in of_reasons:
        return CLINICAL
    return tuple(dict.fromkeys(outcome for outcomes in of_reasons for outcome in outcomes))


def outcome_of_done(episode: Escalation) -> Outcome:
    """What "2" ends it with by text: an alarm as the page says, sent to hospital; a task as what is usual for it."""
    return Outcome.SENT_TO_HOSPITAL if episode.is_alarm else outcomes_of(episode.reasons)[0]


def check_outcome(episode: Escalation, outcome: Outcome) -> None:
    """Raises Refused for one that does not fit the reasons of the episode."""
    allowed = outcomes_of(episode.reasons)
    if outcome not in allowed:
        choose = said("write one of %(known)s", known=tuple(allowed))
        problem = said(
            "No. %(number)s (%(reasons)s) cannot end as %(outcome)s: %(what)s",
            number=episode.number,
            reasons=tuple(episode.reasons),
            outcome=outcome,
            what=choose,
        )
        raise Refused(problem, {"outcome": [choose]})
