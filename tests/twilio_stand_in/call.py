"""Call: one call that the provider makes for us; what a request for one must look like, and what a person hears in it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4
from xml.etree import ElementTree

from tests.twilio_stand_in.request_shapes import PHONE, UNKNOWN_PARAMETER, Problem

# The fields of CreateCall in Twilio's OpenAPI description (twilio_api_v2010), as far as a call with its TwiML in the request may have them.
FIELDS = frozenset({"To", "From", "Twiml", "StatusCallback", "StatusCallbackEvent", "StatusCallbackMethod", "Timeout", "TimeLimit"})
EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})
LONGEST_TWIML = 4000
SECONDS_TO_RING = range(1, 601)
SECONDS_OF_CALL = range(1, 86401)
VOICE = re.compile(r"(Polly\.[A-Z][a-z]+|Google\.(?P<language>[a-z]{2,3}-[A-Z]{2})-(Standard|Wavenet)-[A-Z])")


@dataclass
class Call:
    """`said` is what is heard; `answer_url` is where a key goes that is pressed."""

    account_sid: str
    from_: str
    to: str
    created_at: datetime
    said: str
    answer_url: str
    callback_url: str
    status: str = "queued"
    sid: str = field(default_factory=lambda: f"CA{uuid4().hex}")

    @property
    def uri(self) -> str:
        return f"/2010-04-01/Accounts/{self.account_sid}/Calls/{self.sid}.json"

    def as_json(self) -> dict[str, Any]:
        return {
            "account_sid": self.account_sid,
            "answered_by": None,
            "api_version": "2010-04-01",
            "date_created": format_datetime(self.created_at),
            "date_updated": format_datetime(self.created_at),
            "direction": "outbound-api",
            "duration": None,
            "end_time": None,
            "from": self.from_,
            "sid": self.sid,
            "start_time": None,
            "status": self.status,
            "to": self.to,
            "uri": self.uri,
        }

    def form(self, **more: str) -> dict[str, str]:
        """What every webhook about this call says."""
        common = {"CallSid": self.sid, "AccountSid": self.account_sid, "From": self.from_, "To": self.to, "Direction": "outbound-api"}
        return common | {"ApiVersion": "2010-04-01", "CallStatus": self.status} | more


def problem_of_call(form: Mapping[str, Sequence[str]], our_numbers: Sequence[str]) -> Problem | None:
    """Code and words of the first thing that is wrong; None where Twilio would make the call."""
    for name, values in form.items():
        if name not in FIELDS or (len(values) > 1 and name != "StatusCallbackEvent"):
            return UNKNOWN_PARAMETER, f"{name} is no field of a call, or is given {len(values)} times"
    given = {name: values[0] for name, values in form.items()}
    if not PHONE.fullmatch(given.get("To", "")):
        return "21211", "To is not in E.164"
    if given.get("From") not in our_numbers:
        return "21210", "From is not a number of this account"
    if not set(form.get("StatusCallbackEvent", ())) <= EVENTS:
        return "21626", "StatusCallbackEvent has an event that does not exist"
    if urlsplit(given.get("StatusCallback", "")).scheme not in ("http", "https"):
        return "21609", "StatusCallback is not an address"
    if int(given.get("Timeout", "60")) not in SECONDS_TO_RING or int(given.get("TimeLimit", "14400")) not in SECONDS_OF_CALL:
        return UNKNOWN_PARAMETER, "Timeout or TimeLimit is out of range"
    return problem_of_twiml(given.get("Twiml", ""))


def problem_of_twiml(twiml: str) -> Problem | None:
    """What Twilio could not say: no XML, a verb or a voice that does not exist, no address for the key."""
    if len(twiml) > LONGEST_TWIML:
        return "21245", f"Twiml has {len(twiml)} characters"
    try:
        response = ElementTree.fromstring(twiml)  # noqa: S314 - our own service wrote it
    except ElementTree.ParseError as error:
        return "12100", str(error)
    if response.tag != "Response" or not {verb.tag for verb in response} <= {"Gather", "Say"}:
        return "12200", "a verb that does not exist"
    for gather in response.iter("Gather"):
        if (
            gather.get("numDigits") != "1"
            or gather.get("input") != "dtmf"
            or urlsplit(gather.get("action", "")).scheme not in ("http", "https")
        ):
            return "13326", "Gather waits for no key, or has no address for it"
    for say in response.iter("Say"):
        voice = VOICE.fullmatch(say.get("voice", ""))
        if voice is None or voice["language"] not in (None, say.get("language")) or not say.text:
            return "13512", f"{say.get('voice')} does not speak {say.get('language')}"
    return None


def said_in(twiml: str) -> tuple[str, str]:
    """The words, and where a key goes; an empty address where none is waited for."""
    response = ElementTree.fromstring(twiml)  # noqa: S314 - our own service wrote it
    gather = response.find("Gather")
    return " ".join(say.text or "" for say in response.iter("Say")), "" if gather is None else gather.get("action", "")
