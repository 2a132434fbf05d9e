"""What Twilio publishes of a request that creates a message: names, formats and lengths; what breaks it gets the code that Twilio gives."""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

# The fields of CreateMessage in Twilio's OpenAPI description (twilio_api_v2010), as its Python library sends them.
FIELDS = frozenset(
    re.findall(
        r"\w+",
        "To StatusCallback ApplicationSid MaxPrice ProvideFeedback Attempt ValidityPeriod ForceDelivery ContentRetention AddressRetention "
        "SmartEncoded PersistentAction TrafficType ShortenUrls ScheduleType SendAt SendAsMms ContentVariables MessageIntent RiskCheck From "
        "FallbackFrom MessagingServiceSid Body MediaUrl ContentSid",
    )
)
LIST_FIELDS = frozenset({"To", "From", "DateSent", "DateSent<", "DateSent>", "PageSize", "Page", "PageToken"})
PHONE = re.compile(r"\+[1-9]\d{6,14}")
LONGEST_BODY = 1600
VALIDITY_SECONDS = range(1, 36001)
LARGEST_PAGE = 1000
UNKNOWN_PARAMETER = "20001"

Problem = tuple[str, str]


def problem_of_create(form: Mapping[str, Sequence[str]], our_numbers: Sequence[str]) -> Problem | None:
    """Code and words of the first thing that is wrong; None where Twilio would take it."""
    for name, values in form.items():
        if name not in FIELDS:
            return UNKNOWN_PARAMETER, f"{name} is no field of a message"
        if len(values) > 1:
            return UNKNOWN_PARAMETER, f"{name} is given {len(values)} times"
    given = {name: values[0] for name, values in form.items()}
    return (
        _number(given.get("To"), "21604", "21211", "To")
        or _number(given.get("From"), "21603", "21212", "From")
        or (None if given["From"] in our_numbers else ("21606", "From is not a number of this account"))
        or _body(given.get("Body"))
        or _callback(given.get("StatusCallback"))
        or _validity(given.get("ValidityPeriod"))
    )


def problem_of_list(query: Mapping[str, Sequence[str]]) -> Problem | None:
    for name, values in query.items():
        if name not in LIST_FIELDS or len(values) > 1:
            return UNKNOWN_PARAMETER, f"{name} is no filter of messages, or is given twice"
    size = query.get("PageSize", ["50"])[0]
    if not size.isdigit() or not 1 <= int(size) <= LARGEST_PAGE:
        return UNKNOWN_PARAMETER, f"PageSize is {size}"
    for name in ("DateSent", "DateSent<", "DateSent>"):
        written = query.get(name, ["2026-01-01"])[0]
        if not re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?", written):
            return UNKNOWN_PARAMETER, f"{name} is {written}"
    return None


def _number(written: str | None, missing: str, wrong: str, name: str) -> Problem | None:
    if not written:
        return missing, f"{name} is required"
    return None if PHONE.fullmatch(written) else (wrong, f"{name} is not in E.164")


def _body(body: str | None) -> Problem | None:
    if not body:
        return "21602", "Body is required"
    return None if len(body) <= LONGEST_BODY else ("21617", f"Body has {len(body)} characters")


def _callback(url: str | None) -> Problem | None:
    if url is None:
        return None
    parts = urlsplit(url)
    is_address = parts.scheme in ("http", "https") and parts.hostname and "_" not in parts.hostname
    return None if is_address else ("21609", "StatusCallback is not an address")


def _validity(written: str | None) -> Problem | None:
    if written is None or (written.isdigit() and int(written) in VALIDITY_SECONDS):
        return None
    return UNKNOWN_PARAMETER, f"ValidityPeriod is {written}"
