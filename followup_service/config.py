"""Config: every setting, frozen, and the variables that it comes from."""

import hashlib
import ipaddress
import re
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PHONE = re.compile(r"\+[1-9]\d{6,14}")
# As far as it keeps a typing error from going unseen; whether somebody reads it, no pattern knows.
EMAIL = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"


class SmsGateway(StrEnum):
    SIMULATOR = "simulator"
    TWILIO = "twilio"


@dataclass(frozen=True, slots=True)
class SendingCap:
    """More unasked texts than this within so many minutes are taken for a mistake."""

    texts: int
    minutes: int


@dataclass(frozen=True, slots=True)
class WeeklyDrill:
    """On which day of the week (0 is Monday) and at what time of each site's own clock its drill begins."""

    weekday: int
    at: time


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable. Each may be given as NAME_FILE instead: the path of a file that holds the value."""

    name: str
    default: str
    meaning: str


VARIABLES = (
    Variable("DATABASE_URL", "SQLite under instance/", "where the data is: sqlite:///… or postgresql+psycopg://…"),
    Variable("SMS_GATEWAY", "simulator", "simulator (texts stay here) or twilio"),
    Variable("TWILIO_ACCOUNT_SID", "", "your account, AC and 32 hexadecimal digits"),
    Variable("TWILIO_AUTH_TOKEN", "", "the primary token; while it is being rotated, the new and the old one with a comma between"),
    Variable("TWILIO_NUMBER", "", "the number that texts come from, +15005550006; several with commas, the first one sends"),
    Variable("TWILIO_VOICE_NUMBER", "", "the number that calls to staff come from, +15005550006; without it nobody is called"),
    Variable("SMTP_URL", "", "mail server for pages: smtps://user:password@host or smtp://host; without it no e-mail goes out"),
    Variable("EMAIL_FROM", "", "the address that e-mail comes from, needed with SMTP_URL"),
    Variable("TWILIO_API_URL", "", "for tests only: a stand-in for Twilio on this machine, where PUBLIC_BASE_URL must be too"),
    Variable("SENDING_RATE", "what the number may: 1, toll-free 3", "parts of texts a second, over all workers; the simulator: unlimited"),
    Variable("SENDING_CAP", "1000 in 60", "more unasked texts than this within so many minutes wait for a person's word: 1000 in 60"),
    Variable("WEEKLY_DRILL", "tuesday 10:00", "when a marked drill pages whoever is on call, by each site's clock; off"),
    Variable("PUBLIC_BASE_URL", "http://127.0.0.1:8000", "the address that the provider calls, as written in its console"),
    Variable("SPOOL_DIR", "spool/ under instance/", "where texts wait, encrypted, while the database is away: on a disk that lasts"),
    Variable("SECRET_KEY", "", "signs sessions and cursors: at least 32 random characters"),
    Variable(
        "FIELD_ENCRYPTION_KEYS", "", "encrypts names, numbers and texts: base64 of 32 random bytes; new one first, old ones after commas"
    ),
    Variable("PHONE_INDEX_KEY", "", "finds a number without storing it readably: base64 of 32 random bytes"),
    Variable("STUDY", "NCT06609434", "the study that this service runs"),
    Variable("REQUIRE_APPROVED_TEXTS", "", "1 enrols only into languages whose texts an ethics committee approved as they stand"),
    Variable("FOLLOWUP_DEMO", "", "1 makes missing keys and keeps them under instance/: never with real participants"),
)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Config:
    """All settings. `twilio_auth_tokens` sign webhooks (any of them) and our requests (the first).

    `twilio_api_url` is empty but in tests: a stand-in for Twilio on this machine.
    `sending_rate` is in parts of texts a second; None: as many as the provider takes.
    """

    database_url: str
    sms_gateway: SmsGateway
    twilio_account_sid: str
    twilio_auth_tokens: tuple[str, ...]
    twilio_numbers: tuple[str, ...]
    public_base_url: str
    secret_key: str
    field_encryption_keys: tuple[bytes, ...]
    phone_index_key: bytes
    study: str
    demo: bool
    require_approved_texts: bool = False
    twilio_api_url: str = ""
    twilio_voice_number: str = ""
    smtp_url: str = ""
    email_from: str = ""
    sending_rate: float | None = None
    sending_cap: SendingCap = SendingCap(texts=1000, minutes=60)
    spool: Path | None = None
    weekly_drill: WeeklyDrill | None = None
    instance: Path = PROJECT / "instance"

    @property
    def spool_directory(self) -> Path:
        return self.spool or self.instance / "spool"

    @property
    def on_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


def known_database_url(written: str) -> str | None:
    """The address of a database with the driver that we use; None for one of another kind."""
    scheme, _, rest = written.partition("://")
    if scheme in ("postgres", "postgresql"):
        scheme = "postgresql+psycopg"
    return f"{scheme}://{rest}" if scheme == "postgresql+psycopg" or (scheme == "sqlite" and rest.startswith("/")) else None


def simulated_account(secret_key: str) -> tuple[str, str, str]:
    """Account, token and number of the simulator: webhooks are signed there as well, with a token nobody else knows."""
    token = hashlib.sha256(f"simulator {secret_key}".encode()).hexdigest()[:32]
    return "AC" + "0" * 32, token, "+15005550006"


def is_loopback(host: str) -> bool:
    """Whether this is an address of the machine itself; a name is none."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
