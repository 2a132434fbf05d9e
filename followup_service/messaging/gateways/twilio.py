"""Twilio: creating a message is not idempotent and has no idempotency key, so a lost answer is told as unknown."""

from datetime import timedelta

import requests.exceptions
import urllib3.exceptions
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from followup_service.config import Config
from followup_service.messaging.gateways.gateway import SendResult
from followup_service.messaging.outbound_message import AttemptState

SECONDS_TO_ANSWER = 10.0
LONGEST_VALIDITY = timedelta(hours=10)
SHORTEST_VALIDITY = timedelta(minutes=1)
_NEVER_PROCESSED = 429
_FIRST_SERVER_ERROR = 500


class TwilioGateway:
    name = "twilio"

    def __init__(self, config: Config) -> None:
        # The SDK has no time-out of its own, and its retries would send twice.
        http = TwilioHttpClient(timeout=SECONDS_TO_ANSWER)
        self._client = Client(config.twilio_account_sid, config.twilio_auth_tokens[0], http_client=http)
        self._from = config.twilio_numbers[0]

    def send(self, *, to: str, body: str, callback_url: str, useful_for: timedelta) -> SendResult:
        validity = int(max(SHORTEST_VALIDITY, min(LONGEST_VALIDITY, useful_for)).total_seconds())
        try:
            message = self._client.messages.create(
                to=to, from_=self._from, body=body, status_callback=callback_url, validity_period=validity
            )
        except TwilioRestException as error:
            return _refusal(error)
        except requests.exceptions.ConnectionError as error:
            return SendResult(AttemptState.NEVER_LEFT if _never_connected(error) else AttemptState.UNKNOWN, error_code=type(error).__name__)
        except (TwilioException, requests.exceptions.RequestException, ValueError, LookupError, AttributeError, TypeError) as error:
            # A time-out, a reset, an answer of no shape we know: the text may have left. The error's own text holds the number.
            return SendResult(AttemptState.UNKNOWN, error_code=type(error).__name__)
        if not message.sid:
            return SendResult(AttemptState.UNKNOWN, error_code="no_sid")
        return SendResult(AttemptState.ACCEPTED, message.sid, message.status and str(message.status))


def _refusal(error: TwilioRestException) -> SendResult:
    code = str(error.code or error.status)
    if error.status == _NEVER_PROCESSED:
        return SendResult(AttemptState.NEVER_LEFT, error_code=code)
    if error.status >= _FIRST_SERVER_ERROR:
        return SendResult(AttemptState.UNKNOWN, error_code=code)
    return SendResult(AttemptState.REFUSED, error_code=code)


def _never_connected(error: requests.exceptions.ConnectionError) -> bool:
    """Whether no connection came about (refused, no such host): then nothing was sent."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(reason, urllib3.exceptions.NewConnectionError | urllib3.exceptions.NameResolutionError)
