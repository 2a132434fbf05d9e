"""Gateway: what every provider must offer; SendResult: what became of one call, told honestly."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from followup_service.errors import FollowupError
from followup_service.messaging.inbox import ReceivedText
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


@dataclass(frozen=True, slots=True)
class SentText:
    """A text that the provider took from us, as it shows it itself. `created_at` is in whole seconds."""

    sid: str
    body: str
    created_at: datetime
    status: str
    error_code: str | None


class ProviderSilent(FollowupError):
    """The provider's list could not be read: nothing follows from that."""

    status = 502
    title = "Provider silent"


class Gateway(Protocol):
    """`keeps_texts` says that it has a list of the texts to us, with which ours can be compared."""

    name: str
    keeps_texts: bool

    def send(self, *, to: str, body: str, callback_url: str, useful_for: timedelta) -> SendResult:
        """Hand one text to the provider. Never raises for what a provider or a network does."""
        ...

    def sent_to(self, to: str) -> Sequence[SentText]:
        """Every text from our sender to this number. Raises ProviderSilent."""
        ...

    def look_up(self, provider_sid: str) -> SentText | None:
        """One text that it took from us, as it is now; None where it does not have it any more. Raises ProviderSilent."""
        ...

    def received(self, since: datetime) -> Iterator[ReceivedText]:
        """Every text to our numbers that the provider got from `since` on, in no order. Raises ProviderSilent."""
        ...


class PageGateway(Protocol):
    """Another way than a text to page a member of staff: a call, an e-mail."""

    name: str

    def page(self, *, to: str, words: str, language: str, attempt_id: UUID) -> SendResult:
        """Hand one page over. Never raises for what a provider, a server or a network does."""
        ...

    def take_back(self, provider_sid: str) -> bool:
        """Take one back that nobody has seen or heard yet. Whether that came about; never raises either."""
        ...
