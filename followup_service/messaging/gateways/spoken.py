"""What is said in a call, as TwiML: words in a language, and whether a key is waited for."""

from uuid import UUID

from twilio.twiml.voice_response import Gather, VoiceResponse

from followup_service.config import Config

SECONDS_TO_PRESS = 10
# Whoever is woken by it does not understand the first time.
TIMES_SAID = 3
# Voice and language as Twilio names them: https://www.twilio.com/docs/voice/twiml/say/text-speech. Those it has by default do not speak
# half of our languages, and a voice that is given a language which is not its own says nothing at all.
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


def answer_url(config: Config, attempt_id: UUID, language: str) -> str:
    """Where the key goes that is pressed in this call. It names the language, for an answer that must do without the database."""
    return f"{config.public_base_url}/voice/answer?attempt={attempt_id.hex}&language={language}"


def say_and_listen(words: str, language: str, url: str) -> str:
    """Say it until a key is pressed, which goes to this address; without one, hang up."""
    response = VoiceResponse()
    # Without a key that ends the input, # and * are keys like the others.
    gather = Gather(input="dtmf", num_digits=1, finish_on_key="", timeout=SECONDS_TO_PRESS, action=url, method="POST")
    voice, spoken = VOICES[language]
    gather.say(words, voice=voice, language=spoken, loop=TIMES_SAID)
    response.append(gather)
    return str(response)


def say_and_hang_up(words: str, language: str) -> str:
    response = VoiceResponse()
    voice, spoken = VOICES[language]
    response.say(words, voice=voice, language=spoken)
    return str(response)
