"""What Twilio publishes of our requests about messages: names, formats and lengths; what breaks them gets the code that Twilio gives.

The shapes are those of twilio_api_v2010 in Twilio's OpenAPI description (github.com/twilio/twilio-oai), for what a text can have.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

FORM = "application/x-www-form-urlencoded"
PHONE = re.compile(r"\+[1-9]\d{6,14}")
TEXT = re.compile(r"[\s\S]{1,1600}")
WORDS = re.compile(r"[\s\S]+")
BOOLEAN = re.compile(r"true|false", re.IGNORECASE)
NUMBER = re.compile(r"\d+(\.\d+)?")
INSTANT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?")
# A host name with a dot or a port, without underscores.
ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?(/\S*)?")
VALIDITY_SECONDS = range(1, 36001)
LARGEST_PAGE = 1000
UNKNOWN_PARAMETER = "20001"


def _sid(kind: str) -> re.Pattern[str]:
    return re.compile(f"{kind}[0-9a-fA-F]{{32}}")


class Shape(NamedTuple):
    """What a field must look like; the code for one that does not, and for one that is missing or empty though it must be there."""

    pattern: re.Pattern[str]
    wrong: str = UNKNOWN_PARAMETER
    missing: str = ""


ACCOUNT_SID, MESSAGE_SID, CALL_SID = _sid("AC"), _sid("(SM|MM)"), _sid("CA")
CREATE: Mapping[str, Shape] = {
    "To": Shape(PHONE, "21211", "21604"),
    "From": Shape(PHONE, "21212", "21603"),
    "Body": Shape(TEXT, "21617", "21602"),
    "StatusCallback": Shape(ADDRESS, "21609"),
    "ApplicationSid": Shape(_sid("AP")),
    "MaxPrice": Shape(NUMBER),
    "ProvideFeedback": Shape(BOOLEAN),
    "Attempt": Shape(re.compile(r"\d+")),
    "ValidityPeriod": Shape(re.compile(r"\d+")),
    "ForceDelivery": Shape(BOOLEAN),
    "ContentRetention": Shape(re.compile("retain|discard")),
    "AddressRetention": Shape(re.compile("retain|obfuscate")),
    "SmartEncoded": Shape(BOOLEAN),
    "PersistentAction": Shape(WORDS),
    "TrafficType": Shape(re.compile("free")),
    "ShortenUrls": Shape(BOOLEAN),
    "ScheduleType": Shape(re.compile("fixed")),
    "SendAt": Shape(INSTANT),
    "SendAsMms": Shape(BOOLEAN),
    "ContentVariables": Shape(WORDS),
    "MessageIntent": Shape(WORDS),
    "RiskCheck": Shape(re.compile("enable|disable")),
    "FallbackFrom": Shape(PHONE),
    "MessagingServiceSid": Shape(_sid("MG")),
    "MediaUrl": Shape(ADDRESS),
    "ContentSid": Shape(_sid("HX")),
}
LIST: Mapping[str, Shape] = {
    "To": Shape(PHONE),
    "From": Shape(PHONE),
    "DateSent": Shape(INSTANT),
    "DateSent<": Shape(INSTANT),
    "DateSent>": Shape(INSTANT),
    "PageSize": Shape(re.compile(r"\d{1,4}")),
    "Page": Shape(re.compile(r"\d+")),
    "PageToken": Shape(re.compile(r"P[A-Z0-9a-f]+")),
}

Problem = tuple[str, str]


def problem_of_create(form: Mapping[str, Sequence[str]], our_numbers: Sequence[str]) -> Problem | None:
    """Code and words of the first thing that is wrong; None where Twilio would take it."""
    problem = _problem_of_shape(form, CREATE)
    if problem is not None:
        return problem
    if form["From"][0] not in our_numbers:
        return "21606", "From is not a number of this account"
    if int(form.get("ValidityPeriod", ["1"])[0]) not in VALIDITY_SECONDS:
        return UNKNOWN_PARAMETER, "ValidityPeriod is no time between a second and ten hours"
    return None


def problem_of_list(query: Mapping[str, Sequence[str]]) -> Problem | None:
    problem = _problem_of_shape(query, LIST)
    if problem is None and not 1 <= int(query.get("PageSize", ["50"])[0]) <= LARGEST_PAGE:
        return UNKNOWN_PARAMETER, "PageSize is not between 1 and 1,000"
    return problem


def problem_of_path(path: str, account_sid: str) -> Problem | None:
    """An account, and the list of its messages or calls, or one of them."""
    start, _, rest = path.partition(f"/2010-04-01/Accounts/{account_sid}/")
    kind, _, sid = rest.removesuffix(".json").partition("/")
    sids = {"Messages": MESSAGE_SID, "Calls": CALL_SID}
    if start or kind not in sids or not path.endswith(".json") or (sid and not sids[kind].fullmatch(sid)):
        return "20404", f"{urlsplit(path).path} was not found"
    return None


def _problem_of_shape(given: Mapping[str, Sequence[str]], shapes: Mapping[str, Shape]) -> Problem | None:
    for name, shape in shapes.items():
        if shape.missing and not any(given.get(name, ())):
            return shape.missing, f"{name} is required"
    for name, values in given.items():
        if name not in shapes or len(values) > 1:
            return UNKNOWN_PARAMETER, f"{name} is no parameter here, or is given {len(values)} times"
        if not shapes[name].pattern.fullmatch(values[0]):
            return shapes[name].wrong, f"{name} does not look like one"
    return None
