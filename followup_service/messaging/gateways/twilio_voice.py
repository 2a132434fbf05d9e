"""Voice calls through Twilio: what is said travels with the request, so that an alarm is heard also while our web server is away."""

from uuid import UUID

from followup_service.config import Config
from followup_service.messaging.gateways.gateway import SendResult
from followup_service.messaging.gateways.spoken import answer_url, say_and_listen
from followup_service.messaging.gateways.twilio import handed_over, make_client

# Most voicemail answers after that.
SECONDS_TO_RING = 25
LONGEST_CALL_SECONDS = 180
CANCELED = "canceled"


class TwilioCalls:
    name = "twilio_voice"

    def __init__(self, config: Config) -> None:
        self._client, self._config = make_client(config), config

    def page(self, *, to: str, words: str, language: str, attempt_id: UUID) -> SendResult:
        config = self._config
        return handed_over(
            lambda: self._client.calls.create(
                to=to,
                from_=config.twilio_voice_number,
                twiml=say_and_listen(words, language, answer_url(config, attempt_id, language)),
                status_callback=f"{config.public_base_url}/voice/status?attempt={attempt_id.hex}",
                status_callback_event=["ringing", "answered", "completed"],
                timeout=SECONDS_TO_RING,
                time_limit=LONGEST_CALL_SECONDS,
            )
        )

    def take_back(self, provider_sid: str) -> bool:
        """It rings no more. Who has picked up hears it to its end: Twilio cancels only what is queued or rings
        (https://www.twilio.com/docs/voice/api/call-resource#update-a-call-resource)."""
        return handed_over(lambda: self._client.calls(provider_sid).update(status=CANCELED)).status == CANCELED
