"""Gateway: what every provider must offer; SendResult: what became of one call, told honestly."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from followup_service.messaging.outbound_message import AttemptState


@dataclass(frozen=True, slots=True)
class SendResult:
    """`outcome` is never STARTED. UNKNOWN means that the text may or may not have left: nobody sends it again blindly.

    NEVER_LEFT means that the provider certainly did not take it. `status` is the provider's first word on an accepted text.
    """

    outcome: AttemptState
    provider_sid: str | None = None
    status: str | None = None
    error_code: str | None = None


class Gateway(Protocol):
    name: str

    def send(self, *, to: str, body: str, callback_url: str, useful_for: timedelta) -> SendResult:
        """Hand one text to the provider. Never raises for what a provider or a network does."""
        ...
