"""Whether a webhook comes from the provider: its signature over the configured address and the form."""

from collections.abc import Mapping

from flask import Request
from twilio.request_validator import RequestValidator, compare

from followup_service.config import Config

FORM = "application/x-www-form-urlencoded"


def is_signed(request: Request, config: Config) -> bool:
    """True where any of our tokens signed exactly this address and form, and account and number are ours.

    The address is the configured one plus the raw request URI: what Flask offers is decoded, lower-cased or taken from a proxy's header.
    """
    # Read before the form is: its parser keeps nothing of the bytes. Too large a body is refused here.
    request.get_data()
    if request.mimetype != FORM:
        return False
    signature = request.headers.get("X-Twilio-Signature", "")
    url = config.public_base_url + _raw_uri(request.environ)
    if not signature or not any(_matches(token, url, request, signature) for token in config.twilio_auth_tokens):
        return False
    return request.form.get("AccountSid") == config.twilio_account_sid


def _matches(token: str, url: str, request: Request, signature: str) -> bool:
    validator = RequestValidator(token)
    try:
        # The validator tries the address with and without its port; it writes it anew for that, and loses a bare `?` at the end.
        return validator.validate(url, request.form, signature) or compare(validator.compute_signature(url, request.form), signature)
    except ValueError:
        # An odd port, a broken bracket, half of a character: what the validator cannot read is not signed.
        return False


def _raw_uri(environ: Mapping[str, str]) -> str:
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI") or environ.get("PATH_INFO", "/")
    return raw if raw.startswith("/") else "/" + raw.split("://", 1)[-1].partition("/")[2]
