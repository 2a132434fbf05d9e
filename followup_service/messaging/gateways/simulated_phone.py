"""The sending half of a simulated phone: the webhook calls of the provider for its texts and keys, signed like the provider's."""

import re
from dataclasses import dataclass
from html import unescape
from uuid import UUID, uuid4

from flask import Flask
from twilio.request_validator import RequestValidator

from followup_service.config import Config
from followup_service.errors import FollowupError

INBOUND = "/sms/inbound"
KEY_PRESSED = "/voice/answer"


_TAGS = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class WebhookCall:
    path: str
    form: dict[str, str]
    headers: dict[str, str]


class TextNotTaken(FollowupError):
    """Our own webhook did not take a simulated text."""

    status = 500
    title = "Text not taken"


def webhook_call(config: Config, from_phone: str, body: str) -> WebhookCall:
    form = {
        "AccountSid": config.twilio_account_sid,
        "MessageSid": f"SM{uuid4().hex}",
        "From": from_phone,
        "To": config.twilio_numbers[0],
        "Body": body,
        "NumMedia": "0",
    }
    return _signed(config, INBOUND, form)


def key_call(config: Config, attempt_id: UUID, call_sid: str, key: str) -> WebhookCall:
    form = {"AccountSid": config.twilio_account_sid, "CallSid": call_sid, "CallStatus": "in-progress", "Digits": key}
    return _signed(config, f"{KEY_PRESSED}?attempt={attempt_id.hex}", form)


def _signed(config: Config, path: str, form: dict[str, str]) -> WebhookCall:
    signature = RequestValidator(config.twilio_auth_tokens[0]).compute_signature(config.public_base_url + path, form)
    return WebhookCall(path, form, {"X-Twilio-Signature": signature})


def text_from(app: Flask, from_phone: str, body: str) -> None:
    """Text as a phone: through the same door as the provider. The caller has no transaction open: the webhook begins its own."""
    _post(app, webhook_call(app.extensions["config"], from_phone, body))


def press_key(app: Flask, attempt_id: UUID, call_sid: str, key: str) -> str:
    """Press a key in a call, and return what is heard then. The caller has no transaction open."""
    return " ".join(unescape(_TAGS.sub(" ", _post(app, key_call(app.extensions["config"], attempt_id, call_sid, key)))).split())


def _post(app: Flask, call: WebhookCall) -> str:
    response = app.test_client().post(call.path, data=call.form, headers=call.headers)
    if response.status_code != 200:
        raise TextNotTaken(f"the webhook answered {response.status_code}")
    return response.text
