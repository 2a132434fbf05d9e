"""The gateways of the demo and of rehearsals: texts, calls and e-mails stay in the database, where the simulated phones show them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from followup_service.messaging.gateways.gateway import SendResult, SentText
from followup_service.messaging.inbox import ReceivedText
from followup_service.messaging.outbound_message import AttemptState
from followup_service.protocol.paging_clock import Channel


class SimulatorGateway:
    """Accepts and delivers at once. `down` refuses every connection; `fails_next` gives a number's next text an error code."""

    name = "simulator"
    keeps_texts = False

    def __init__(self) -> None:
        self.down = False
        self.fails_next: dict[str, str] = {}

    def send(self, *, to: str, body: str, callback_url: str, useful_for: timedelta) -> SendResult:
        if self.down:
            return SendResult(AttemptState.NEVER_LEFT, error_code="connection_refused")
        sid = f"SM{uuid4().hex}"
        error_code = self.fails_next.pop(to, None)
        if error_code is not None:
            return SendResult(AttemptState.ACCEPTED, sid, "undelivered", error_code)
        return SendResult(AttemptState.ACCEPTED, sid, "delivered")

    def sent_to(self, to: str) -> Sequence[SentText]:
        """Nothing: what it took, it has answered, and an answer that nobody kept reached no phone."""
        return ()

    def look_up(self, provider_sid: str) -> SentText | None:
        """Nothing: what became of a text, it says when it takes it."""
        return None

    def received(self, since: datetime) -> Iterator[ReceivedText]:
        """Nothing: the simulated phones see themselves where the webhook fails."""
        return iter(())


class SimulatedPages:
    """Calls that are picked up and e-mails that are taken at once; `fails_next` gives the next one to an address another status, such as
    busy. `down` refuses every connection."""

    def __init__(self, channel: Channel, status: str) -> None:
        self.name, self._status = f"simulated_{channel}", status
        self.down = False
        self.fails_next: dict[str, str] = {}

    def page(self, *, to: str, words: str, language: str, attempt_id: UUID) -> SendResult:
        if self.down:
            return SendResult(AttemptState.NEVER_LEFT, error_code="connection_refused")
        failed = self.fails_next.pop(to, None)
        return SendResult(AttemptState.ACCEPTED, f"{self.name}-{attempt_id.hex}", failed or self._status, failed)

    def take_back(self, provider_sid: str) -> bool:
        return False
