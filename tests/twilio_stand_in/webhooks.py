"""The provider's calls to us: signed forms, tried again as the fragment of our address says, then once at the fallback address."""

from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.twilio_signature import sign

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Tried:
    """One call and the status that it was answered with; None where no answer came."""

    url: str
    status: int | None
    body: str = ""


@dataclass(frozen=True)
class Retries:
    """What the fragment of an address asks for (`#ct=2000&rt=4000&rc=3&rp=ct,rt,5xx`). By default once more where nobody could connect."""

    count: int = 1
    policy: frozenset[str] = frozenset({"ct"})
    seconds_to_connect: float = 5.0
    seconds_to_answer: float = 15.0

    @classmethod
    def of(cls, fragment: str) -> "Retries":
        given = {name: values[0] for name, values in parse_qs(fragment).items()}
        default = cls()
        return cls(
            int(given.get("rc", default.count)),
            frozenset(given["rp"].split(",")) if "rp" in given else default.policy,
            float(given.get("ct", default.seconds_to_connect * 1000)) / 1000,
            float(given.get("rt", default.seconds_to_answer * 1000)) / 1000,
        )


class Webhooks:
    """Calls our service. `tried` keeps every call in order."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.tried: list[Tried] = []

    def post(self, url: str, form: Mapping[str, str], fallback: str = "") -> int | None:
        """The status of the last call; None where none was answered."""
        address, _, fragment = url.partition("#")
        retries, status = Retries.of(fragment), None
        for _ in range(1 + retries.count):
            status, why = self._call(address, form, retries)
            if why not in retries.policy:
                break
        if (status is None or status >= 400) and fallback:
            status, _ = self._call(fallback, form, retries)
        return status

    def _call(self, url: str, form: Mapping[str, str], retries: Retries) -> tuple[int | None, str]:
        """The status, and the word of the retry policy for what went wrong."""
        parts = urlsplit(url)
        headers = {"Content-Type": FORM, "X-Twilio-Signature": sign(url, form.items(), self.token), "User-Agent": "TwilioProxy/1.1"}
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=retries.seconds_to_connect)
        try:
            connection.connect()
        except OSError:
            self.tried.append(Tried(url, None))
            return None, "ct"
        try:
            if connection.sock is not None:
                connection.sock.settimeout(retries.seconds_to_answer)
            path = f"{parts.path}?{parts.query}" if parts.query else parts.path
            connection.request("POST", path, urlencode(form), headers)
            answer = connection.getresponse()
            self.tried.append(Tried(url, answer.status, answer.read().decode("utf-8", "replace")))
            return answer.status, "5xx" if answer.status >= 500 else ""
        except TimeoutError:
            self.tried.append(Tried(url, None))
            return None, "rt"
        except (OSError, HTTPException):
            self.tried.append(Tried(url, None))
            return None, "reset"
        finally:
            connection.close()
