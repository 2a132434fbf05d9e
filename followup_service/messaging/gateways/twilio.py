"""Twilio: creating a message is not idempotent and has no idempotency key, so a lost answer is told as unknown."""

import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import requests.exceptions
import urllib3.exceptions
from requests.adapters import HTTPAdapter
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from followup_service.config import Config
from followup_service.messaging.gateways.gateway import ProviderSilent, SendResult, SentText
from followup_service.messaging.inbox import ReceivedText, is_provider_stop
from followup_service.messaging.outbound_message import AttemptState

TWILIO = "https://api.twilio.com"
SECONDS_TO_ANSWER = 10.0
CONNECTIONS = 32
LARGEST_PAGE = 1000
LONGEST_VALIDITY = timedelta(hours=10)
SHORTEST_VALIDITY = timedelta(minutes=1)
_NOT_FOUND = 404
_NEVER_PROCESSED = 429
_FIRST_SERVER_ERROR = 500
_ODD_ANSWER = (TwilioException, requests.exceptions.RequestException, ValueError, LookupError, AttributeError, TypeError)


class TwilioGateway:
    name = "twilio"
    keeps_texts = True

    def __init__(self, config: Config) -> None:
        self._client = make_client(config)
        self._account, self._numbers = config.twilio_account_sid, config.twilio_numbers

    def send(self, *, to: str, body: str, callback_url: str, useful_for: timedelta) -> SendResult:
        validity = int(max(SHORTEST_VALIDITY, min(LONGEST_VALIDITY, useful_for)).total_seconds())
        return handed_over(
            lambda: self._client.messages.create(
                to=to, from_=self._numbers[0], body=body, status_callback=callback_url, validity_period=validity
            )
        )

    def sent_to(self, to: str) -> Sequence[SentText]:
        # Without the filter by date: a text that the provider has accepted and not sent yet has no date, and would not be found.
        with _told_as_silent():
            found = self._client.messages.list(to=to, from_=self._numbers[0], page_size=LARGEST_PAGE)
            return [_sent(one) for one in found]

    def look_up(self, provider_sid: str) -> SentText | None:
        with _told_as_silent():
            try:
                return _sent(self._client.messages(provider_sid).fetch())
            except TwilioRestException as error:
                if error.status == _NOT_FOUND:
                    return None
                raise

    def received(self, since: datetime) -> Iterator[ReceivedText]:
        for number in self._numbers:
            with _told_as_silent():
                for message in self._client.messages.stream(to=number, date_sent_after=since, page_size=LARGEST_PAGE):
                    if message.direction == "inbound" and (message.date_sent or message.date_created) >= since:
                        yield _received(message)


def make_client(config: Config) -> Client:
    # The SDK has no time-out of its own, and its retries would send twice.
    http = _StandInClient(config.twilio_api_url) if config.twilio_api_url else TwilioHttpClient(timeout=SECONDS_TO_ANSWER)
    for scheme in ("https://", "http://"):
        http.session.mount(scheme, HTTPAdapter(pool_maxsize=CONNECTIONS))
    return Client(config.twilio_account_sid, config.twilio_auth_tokens[0], http_client=http)


def handed_over(create: Callable[[], Any]) -> SendResult:
    """What became of one request to create a message or a call."""
    try:
        created = create()
    except TwilioRestException as error:
        return _refusal(error)
    except requests.exceptions.ConnectionError as error:
        return SendResult(AttemptState.NEVER_LEFT if _never_connected(error) else AttemptState.UNKNOWN, error_code=type(error).__name__)
    except _ODD_ANSWER as error:
        # A time-out, a reset, an answer of no shape we know: it may have left. The error's own text holds the number.
        return SendResult(AttemptState.UNKNOWN, error_code=type(error).__name__)
    if not created.sid:
        return SendResult(AttemptState.UNKNOWN, error_code="no_sid")
    return SendResult(AttemptState.ACCEPTED, created.sid, created.status and str(created.status))


class _StandInClient(TwilioHttpClient):  # type: ignore[misc]
    """The library's own client, with Twilio's address exchanged for that of a stand-in on this machine."""

    def __init__(self, address: str) -> None:
        super().__init__(timeout=SECONDS_TO_ANSWER)
        self._address = address

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        return super().request(method, url.replace(TWILIO, self._address, 1), *args, **kwargs)


@contextmanager
def _told_as_silent() -> Iterator[None]:
    try:
        yield
    except _ODD_ANSWER as error:
        raise ProviderSilent(type(error).__name__) from None


def _sent(message: Any) -> SentText:
    code = None if message.error_code is None else str(message.error_code)
    return SentText(message.sid, message.body, message.date_created, str(message.status), code)


def _received(message: Any) -> ReceivedText:
    media = str(message.num_media or "0")
    return ReceivedText(
        account_sid=message.account_sid,
        provider_sid=message.sid,
        from_phone=message.from_ or "",
        body=message.body or "",
        raw=message.body or "",
        media_count=int(media) if media.isdigit() else 0,
        opted_out=is_provider_stop(message.body or ""),
        texted_at=message.date_sent or message.date_created,
    )


def _refusal(error: TwilioRestException) -> SendResult:
    code = str(error.code or error.status)
    if error.status == _NEVER_PROCESSED:
        return SendResult(AttemptState.NEVER_LEFT, error_code=code)
    if error.status >= _FIRST_SERVER_ERROR:
        return SendResult(AttemptState.UNKNOWN, error_code=code)
    return SendResult(AttemptState.REFUSED, error_code=code)


def _never_connected(error: requests.exceptions.ConnectionError) -> bool:
    """Whether no connection came about (refused, no such host, a certificate that is not theirs): then nothing was sent."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    if isinstance(reason, urllib3.exceptions.SSLError):
        return bool(reason.args) and isinstance(reason.args[0], ssl.SSLCertVerificationError)
    return isinstance(reason, urllib3.exceptions.NewConnectionError | urllib3.exceptions.NameResolutionError)
