"""Mistakes on purpose, one at a time: chaos that does not find them out would prove nothing."""

from collections.abc import Callable, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from followup_service.api import sms_webhooks
from followup_service.config import Config
from followup_service.jobs import ask_provider
from followup_service.messaging.gateways import twilio
from followup_service.messaging.gateways.gateway import SendResult
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.inbox import ReceivedText
from followup_service.messaging.outbound_message import AttemptState

BROKEN_LIKE = "CHAOS_BROKEN_LIKE"


def _lose_texts() -> None:
    """One text in four is answered and not stored, and not found missing either."""
    store, missing = sms_webhooks._store, ask_provider._missing  # noqa: SLF001 - where a mistake would be

    def is_lost(text: ReceivedText) -> bool:
        return text.provider_sid[-1] in "0123"

    def store_most(text: ReceivedText, now: datetime, config: Config) -> InboundMessage | None:
        return None if is_lost(text) else store(text, now, config)

    def miss_most(listed: Sequence[ReceivedText]) -> list[ReceivedText]:
        return [text for text in missing(listed) if not is_lost(text)]

    sms_webhooks._store, ask_provider._missing = store_most, miss_most  # noqa: SLF001


def _send_twice() -> None:
    """A text of which nobody knows whether it left goes again at once, as the provider's own library would do it if one let it."""
    hand_over = twilio.handed_over

    def insist(create: Callable[[], Any]) -> SendResult:
        result = hand_over(create)
        return hand_over(create) if result.outcome is AttemptState.UNKNOWN else result

    twilio.handed_over = insist


def _believe_it_left() -> None:
    """No answer counts as a good one."""
    hand_over = twilio.handed_over

    def believe(create: Callable[[], Any]) -> SendResult:
        result = hand_over(create)
        return result if result.provider_sid else SendResult(AttemptState.ACCEPTED, f"SM{uuid4().hex}", "queued")

    twilio.handed_over = believe


BROKEN = MappingProxyType({"loses-texts": _lose_texts, "sends-twice": _send_twice, "believes-it-left": _believe_it_left})


def break_service(like: str) -> None:
    """Before the service is started. Nothing is broken like an empty word."""
    if like:
        BROKEN[like]()
