"""Reading the configuration: once, from the environment; what is missing or unsafe stops the start with a sentence."""

import re
import secrets
from collections.abc import Callable
from datetime import time
from pathlib import Path
from urllib.parse import urlsplit

from environs import FileAwareEnv

from followup_service.config import (
    EMAIL,
    PHONE,
    PROJECT,
    Config,
    SendingCap,
    SmsGateway,
    WeeklyDrill,
    is_loopback,
    known_database_url,
    simulated_account,
)
from followup_service.encryption import make_key, read_key
from followup_service.errors import ConfigError

MAKE_KEY = "python -c 'import base64, os; print(base64.b64encode(os.urandom(32)).decode())'"
SHORTEST_SECRET = 32
# Parts of texts a second, by the kind of number: https://help.twilio.com/articles/223183648
LONG_CODE_RATE, TOLL_FREE_RATE = 1.0, 3.0
_TOLL_FREE = re.compile(r"\+18(00|33|44|55|66|77|88)\d{7}")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CAP = re.compile(r"(\d+)\s+in\s+(\d+)")


def read_config(instance: Path = PROJECT / "instance") -> Config:
    """Read the environment. Raises ConfigError with every problem at once."""
    env = FileAwareEnv(strip_whitespace=True)
    try:
        demo = env.str("FOLLOWUP_DEMO", "") == "1"
        return _Reader(env, instance, demo).read()
    except ValueError as error:
        # environs raises it for a NAME_FILE that cannot be read.
        raise ConfigError([str(error)]) from error


def _is_on_this_machine(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" and is_loopback(parts.hostname or "")


class _Reader:
    def __init__(self, env: FileAwareEnv, instance: Path, demo: bool) -> None:
        self._env, self._instance, self._demo = env, instance, demo
        self._problems: list[str] = []

    def read(self) -> Config:
        gateway = self._gateway()
        secret_key = self._secret("SECRET_KEY", lambda: secrets.token_urlsafe(48))
        field_keys = self._keys("FIELD_ENCRYPTION_KEYS")
        index_key = self._keys("PHONE_INDEX_KEY")
        if len(secret_key) < SHORTEST_SECRET or len(set(secret_key)) < SHORTEST_SECRET // 4:
            self._missing_or_weak("SECRET_KEY", secret_key, f"make one of {SHORTEST_SECRET} characters or more with: {MAKE_KEY}")
        if index_key and index_key[0] in field_keys:
            self._problems.append(f"PHONE_INDEX_KEY must differ from FIELD_ENCRYPTION_KEYS: make another with: {MAKE_KEY}")
        account, tokens, numbers = self._twilio(gateway, secret_key)
        stand_in = self._stand_in()
        config = Config(
            database_url=self._database_url(),
            sms_gateway=gateway,
            twilio_account_sid=account,
            twilio_auth_tokens=tokens,
            twilio_numbers=numbers,
            public_base_url=self._public_base_url(gateway, stand_in),
            secret_key=secret_key,
            field_encryption_keys=field_keys,
            phone_index_key=index_key[0] if index_key else b"",
            study=self._env.str("STUDY", "NCT06609434"),
            demo=self._demo,
            require_approved_texts=self._require_approved_texts(),
            twilio_api_url=stand_in,
            twilio_voice_number=self._voice_number(),
            smtp_url=self._smtp_url(),
            email_from=self._email_from(),
            sending_rate=self._sending_rate(gateway, numbers),
            sending_cap=self._sending_cap(),
            spool=self._spool(),
            weekly_drill=self._weekly_drill(),
            instance=self._instance,
        )
        if self._problems:
            raise ConfigError(self._problems)
        return config

    def _gateway(self) -> SmsGateway:
        written = self._env.str("SMS_GATEWAY", "simulator")
        try:
            return SmsGateway(written)
        except ValueError:
            self._problems.append(f"SMS_GATEWAY is '{written}': write simulator or twilio")
            return SmsGateway.SIMULATOR

    def _require_approved_texts(self) -> bool:
        written = self._env.str("REQUIRE_APPROVED_TEXTS", "")
        if written not in ("", "0", "1"):
            self._problems.append(f"REQUIRE_APPROVED_TEXTS is '{written}': write 1, or leave it out")
        return bool(written == "1")

    def _sending_rate(self, gateway: SmsGateway, numbers: tuple[str, ...]) -> float | None:
        written = self._env.str("SENDING_RATE", "")
        if not written:
            if gateway is SmsGateway.SIMULATOR:
                return None
            return TOLL_FREE_RATE if numbers and _TOLL_FREE.fullmatch(numbers[0]) else LONG_CODE_RATE
        if not re.fullmatch(r"\d{1,4}(\.\d{1,3})?", written) or float(written) == 0:
            self._problems.append(f"SENDING_RATE is '{written}': write how many parts of texts may leave in a second, for example 1 or 0.5")
            return LONG_CODE_RATE
        return float(written)

    def _sending_cap(self) -> SendingCap:
        written = self._env.str("SENDING_CAP", "1000 in 60")
        match = _CAP.fullmatch(written)
        if match is None or int(match[1]) == 0 or int(match[2]) == 0:
            self._problems.append(f"SENDING_CAP is '{written}': write how many texts in how many minutes, for example 1000 in 60")
            return SendingCap(1000, 60)
        return SendingCap(int(match[1]), int(match[2]))

    def _weekly_drill(self) -> WeeklyDrill | None:
        written = self._env.str("WEEKLY_DRILL", "tuesday 10:00").lower()
        day, _, at = written.partition(" ")
        if written == "off":
            return None
        if day not in _WEEKDAYS or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", at):
            self._problems.append(f"WEEKLY_DRILL is '{written}': write a day and a time within working hours, like tuesday 10:00, or off")
            return None
        return WeeklyDrill(_WEEKDAYS.index(day), time.fromisoformat(at))

    def _database_url(self) -> str:
        url = known_database_url(self._env.str("DATABASE_URL", "") or f"sqlite:///{self._instance / 'followup.sqlite3'}")
        if url is None:
            self._problems.append("DATABASE_URL names a database we do not know: write sqlite:////path/to/file or postgresql+psycopg://…")
        return url or ""

    def _spool(self) -> Path | None:
        written = str(self._env.str("SPOOL_DIR", ""))
        return Path(written) if written else None

    def _stand_in(self) -> str:
        url = str(self._env.str("TWILIO_API_URL", "")).rstrip("/")
        if url and not _is_on_this_machine(url):
            self._problems.append(f"TWILIO_API_URL is '{url}': leave it out; in tests write http://127.0.0.1 and a port")
        return url

    def _voice_number(self) -> str:
        written = str(self._env.str("TWILIO_VOICE_NUMBER", ""))
        if written and not PHONE.fullmatch(written):
            self._problems.append("TWILIO_VOICE_NUMBER is wrong: write your Twilio number that can call like +15005550006, or leave it out")
        return written

    def _smtp_url(self) -> str:
        """The password in it is never shown, not even where it is wrong."""
        written = str(self._env.str("SMTP_URL", ""))
        try:
            parts = urlsplit(written)
            usable = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0 and parts.path in ("", "/")
        except ValueError:
            usable = False
        if written and not usable:
            self._problems.append("SMTP_URL is wrong: write it like smtps://user:password@mail.example.org, odd signs in it as %XX")
        return written if usable else ""

    def _email_from(self) -> str:
        written, wanted = str(self._env.str("EMAIL_FROM", "")), bool(self._env.str("SMTP_URL", ""))
        if (written or wanted) and not re.fullmatch(EMAIL, written):
            self._problems.append("EMAIL_FROM is missing or wrong: with SMTP_URL, write the sender's address like alarms@example.org")
        return written

    def _public_base_url(self, gateway: SmsGateway, stand_in: str) -> str:
        url = self._env.str("PUBLIC_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
            self._problems.append(f"PUBLIC_BASE_URL is '{url}': write it like https://followup.example.org")
        elif stand_in and not _is_on_this_machine(url):
            # A real service has an address that the provider can call: there no text ever goes to a stand-in.
            self._problems.append("TWILIO_API_URL is for tests whose PUBLIC_BASE_URL is http://127.0.0.1 and a port: leave it out")
        elif gateway is SmsGateway.TWILIO and not stand_in and parts.scheme != "https":
            self._problems.append("PUBLIC_BASE_URL must begin with https:// when SMS_GATEWAY is twilio: texts would travel readable")
        return url

    def _twilio(self, gateway: SmsGateway, secret_key: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        if gateway is SmsGateway.SIMULATOR:
            account, token, number = simulated_account(secret_key)
            return account, (token,), (number,)
        account = self._env.str("TWILIO_ACCOUNT_SID", "")
        tokens = tuple(self._listed("TWILIO_AUTH_TOKEN"))
        numbers = tuple(self._listed("TWILIO_NUMBER"))
        if not re.fullmatch(r"AC[0-9a-f]{32}", account):
            self._problems.append("TWILIO_ACCOUNT_SID is missing or wrong: copy it from the Twilio console (AC and 32 hexadecimal digits)")
        if not tokens or any(len(token) != 32 for token in tokens):
            self._problems.append("TWILIO_AUTH_TOKEN is missing or wrong: copy it from the Twilio console (32 characters)")
        if not numbers or any(not PHONE.fullmatch(number) for number in numbers):
            self._problems.append("TWILIO_NUMBER is missing or wrong: write your Twilio number like +15005550006")
        return account, tokens, numbers

    def _keys(self, name: str) -> tuple[bytes, ...]:
        written = self._secret(name, make_key)
        keys = []
        for part in filter(None, (part.strip() for part in written.split(","))):
            try:
                keys.append(read_key(part))
            except ValueError as error:
                self._problems.append(f"{name} {error}: make one with: {MAKE_KEY}")
        if not written:
            self._missing_or_weak(name, written, f"make one with: {MAKE_KEY}")
        return tuple(keys)

    def _secret(self, name: str, make: Callable[[], str]) -> str:
        """The configured secret; in demo mode one that is made once and kept under instance/."""
        written = str(self._env.str(name, ""))
        if written or not self._demo:
            return written
        kept = self._instance / name.lower()
        if not kept.exists():
            self._instance.mkdir(parents=True, exist_ok=True)
            kept.touch(mode=0o600)
            kept.write_text(make())
        return kept.read_text().strip()

    def _missing_or_weak(self, name: str, written: str, advice: str) -> None:
        self._problems.append(f"{name} is {'too weak' if written else 'missing'}: {advice}")

    def _listed(self, name: str) -> list[str]:
        return [part.strip() for part in self._env.str(name, "").split(",") if part.strip()]
