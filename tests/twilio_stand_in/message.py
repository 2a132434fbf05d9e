"""Message: one text in or out, as the provider keeps it and as its resource shows it."""

from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

INBOUND = "inbound"
OUTBOUND = "outbound-api"


def new_sid() -> str:
    return f"SM{uuid4().hex}"


@dataclass
class Message:
    """`callback_url` and `validity_seconds` are not shown by the resource; `on_handset` says that the phone has it."""

    account_sid: str
    direction: str
    from_: str
    to: str
    body: str
    status: str
    created_at: datetime
    sent_at: datetime | None = None
    error_code: str | None = None
    media_count: int = 0
    callback_url: str = ""
    validity_seconds: int = 36000
    on_handset: bool = False
    redacted: bool = False
    sid: str = field(default_factory=new_sid)

    @property
    def attempt(self) -> str:
        """The attempt that our callback address names; empty where it names none."""
        return parse_qs(urlsplit(self.callback_url).query).get("attempt", [""])[0]

    @property
    def uri(self) -> str:
        return f"/2010-04-01/Accounts/{self.account_sid}/Messages/{self.sid}.json"

    def as_json(self) -> dict[str, Any]:
        return {
            "account_sid": self.account_sid,
            "api_version": "2010-04-01",
            "body": "" if self.redacted else self.body,
            "date_created": format_datetime(self.created_at),
            "date_sent": self.sent_at and format_datetime(self.sent_at),
            "date_updated": format_datetime(self.sent_at or self.created_at),
            "direction": self.direction,
            "error_code": self.error_code and int(self.error_code),
            "error_message": None,
            "from": self.from_,
            "messaging_service_sid": None,
            "num_media": str(self.media_count),
            "num_segments": "1",
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": self.uri.replace(".json", "/Media.json")},
            "to": self.to,
            "uri": self.uri,
        }
