"""The sending half of a simulated phone: the webhook call that the provider would make for its text, signed like the provider's."""

from dataclasses import dataclass
from uuid import uuid4

from flask import Flask
from twilio.request_validator import RequestValidator

from followup_service.config import Config
from followup_service.errors import FollowupError

INBOUND = "/sms/inbound"


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
    signature = RequestValidator(config.twilio_auth_tokens[0]).compute_signature(config.public_base_url + INBOUND, form)
    return WebhookCall(INBOUND, form, {"X-Twilio-Signature": signature})


def text_from(app: Flask, from_phone: str, body: str) -> None:
    """Text as a phone: through the same door as the provider. The caller has no transaction open: the webhook begins its own."""
    call = webhook_call(app.extensions["config"], from_phone, body)
    response = app.test_client().post(call.path, data=call.form, headers=call.headers)
    if response.status_code != 200:
        raise TextNotTaken(f"the webhook answered {response.status_code}")
