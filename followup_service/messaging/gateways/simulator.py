"""The gateway of the demo and of rehearsals: every text stays in the database, where the simulated phones show it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from followup_service.messaging.gateways.gateway import SendResult, SentText
from followup_service.messaging.inbox import ReceivedText
from followup_service.messaging.outbound_message import AttemptState


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

    def received(self, since: datetime) -> Iterator[ReceivedText]:
        """Nothing: the simulated phones see themselves where the webhook fails."""
        return iter(())
