"""Voice calls through Twilio: a page is spoken in the language of whoever is called, who presses 1 to take it or 2 to pass it on."""

from uuid import UUID

from twilio.twiml.voice_response import Gather, VoiceResponse

from followup_service.config import Config
from followup_service.messaging.gateways.gateway import SendResult
from followup_service.messaging.gateways.twilio import handed_over, make_client

# Most voicemail answers after that.
SECONDS_TO_RING = 25
SECONDS_TO_PRESS = 10
LONGEST_CALL_SECONDS = 180
TIMES_SAID = 3
# Voice and language as Twilio names them (its text-to-speech page): the voices that it has by default do not speak half of ours.
VOICES = {
    "en": ("Polly.Joanna", "en-US"),
    "zh_Hans": ("Polly.Zhiyu", "cmn-CN"),
    "zh_Hant": ("Google.cmn-TW-Standard-A", "cmn-TW"),
    "es": ("Polly.Mia", "es-MX"),
    "fr": ("Polly.Celine", "fr-FR"),
    "pt": ("Polly.Camila", "pt-BR"),
    "ru": ("Polly.Tatyana", "ru-RU"),
    "ar": ("Polly.Zeina", "arb"),
    "hi": ("Polly.Aditi", "hi-IN"),
    "vi": ("Google.vi-VN-Standard-A", "vi-VN"),
}


class TwilioCalls:
    name = "twilio_voice"

    def __init__(self, config: Config) -> None:
        self._client, self._number, self._address = make_client(config), config.twilio_voice_number, config.public_base_url

    def page(self, *, to: str, words: str, language: str, attempt_id: UUID) -> SendResult:
        # What is said travels with the request: the alarm is heard also where our own web server cannot be reached.
        return handed_over(
            lambda: self._client.calls.create(
                to=to,
                from_=self._number,
                twiml=say_page(words, language, f"{self._address}/voice/answer?attempt={attempt_id.hex}"),
                status_callback=f"{self._address}/voice/status?attempt={attempt_id.hex}",
                status_callback_event=["ringing", "answered", "completed"],
                timeout=SECONDS_TO_RING,
                time_limit=LONGEST_CALL_SECONDS,
            )
        )


def say_page(words: str, language: str, answer_url: str) -> str:
    """TwiML that says the page until a key is pressed."""
    response, gather = VoiceResponse(), Gather(input="dtmf", num_digits=1, timeout=SECONDS_TO_PRESS, action=answer_url, method="POST")
    voice, spoken = VOICES[language]
    gather.say(words, voice=voice, language=spoken, loop=TIMES_SAID)
    response.append(gather)
    return str(response)


def say_answer(words: str, language: str) -> str:
    """TwiML that says one sentence and ends the call."""
    response = VoiceResponse()
    voice, spoken = VOICES[language]
    response.say(words, voice=voice, language=spoken)
    return str(response)
