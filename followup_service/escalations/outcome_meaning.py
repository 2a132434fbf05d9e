"""What an outcome says of the alarm that it ended."""

from followup_service.escalations.escalation import Outcome

# Somebody did something for the participant because of the alarm.
LED_TO_ACTION = frozenset({Outcome.ADVISED, Outcome.SENT_TO_HOSPITAL, Outcome.SEEN_IN_CLINIC})
# Nothing was the matter. Who was watched or not reached may well have been ill.
NOTHING_WAS_WRONG = frozenset({Outcome.FALSE_ALARM, Outcome.ADMINISTRATIVE})
