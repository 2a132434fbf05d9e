"""Only the provider, with our account and one of our tokens, over exactly this address and form, gets past the door."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Request
from twilio.request_validator import RequestValidator
from werkzeug.test import EnvironBuilder

from followup_service.api.webhook_signature import FORM, is_signed
from tests.conftest import make_config
from tests.twilio_signature import sign

CONFIG = make_config("sqlite://", Path("instance"))
TOKEN = CONFIG.twilio_auth_tokens[0]
ADDRESS = f"{CONFIG.public_base_url}/sms/inbound"
FIELDS = [("AccountSid", CONFIG.twilio_account_sid), ("Body", "38度5 打寒战"), ("From", "+8613800138000"), ("MessageSid", "SM1")]

# From the provider's documentation and the tests of its libraries; the token is 12345.
CALL = [("CallSid", "CA1234567890ABCDE"), ("Caller", "+14158675309"), ("Digits", "1234"), ("From", "+14158675309"), ("To", "+18005551212")]
OTHER_CALL = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+12349013030"),
    ("Digits", "1234"),
    ("From", "+12349013030"),
    ("To", "+18005551212"),
]
VECTORS = [
    ("https://mycompany.com/myapp.php?foo=1&bar=2", CALL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
    ("https://mycompany.com:443/myapp.php?foo=1&bar=2", CALL, "kvajT1Ptam85bY51eRf/AJRuM3w="),
    ("http://mycompany.com:80/myapp.php?foo=1&bar=2", CALL, "0ZXoZLH/DfblKGATFgpif+LLRf4="),
    ("https://mycompany.com/myapp.php?foo=1&bar=2", OTHER_CALL, "0/KCTR6DLpKmkAf8muzZqo1nDgQ="),
]


@pytest.mark.parametrize(("url", "fields", "signature"), VECTORS)
def test_the_published_vectors_hold_for_the_library_and_for_the_recipe_of_these_tests(
    url: str, fields: list[tuple[str, str]], signature: str
) -> None:
    assert sign(url, fields, "12345") == signature
    assert RequestValidator("12345").validate(url, dict(fields), signature)
    assert not RequestValidator("12345").validate(url, {**dict(fields), "Digits": "1235"}, signature)


def test_a_text_signed_by_the_provider_passes() -> None:
    assert is_signed(request(), CONFIG)


@pytest.mark.parametrize("signature", [None, "", " ", "x", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "é" * 9, "=" * 10_000, "a,b"])
def test_without_a_good_signature_nothing_passes(signature: str | None) -> None:
    assert not is_signed(request(signature=signature), CONFIG)


@pytest.mark.parametrize(
    ("name", "value"), [("Body", "36.5"), ("From", "+8613800138001"), ("MessageSid", "SM2"), ("Extra", "1"), ("AccountSid", "AC1")]
)
def test_a_form_that_was_changed_after_signing_does_not_pass(name: str, value: str) -> None:
    changed = list((dict(FIELDS) | {name: value}).items())
    assert not is_signed(request(fields=changed, signature=sign(ADDRESS, FIELDS, TOKEN)), CONFIG)


def test_another_account_does_not_pass_with_its_own_token_or_with_ours() -> None:
    others = [("AccountSid", "AC" + "9" * 32), *FIELDS[1:]]
    assert not is_signed(request(fields=others), CONFIG)
    assert not is_signed(request(fields=others, signature=sign(ADDRESS, others, "9" * 32)), CONFIG)


def test_a_form_without_an_account_does_not_pass() -> None:
    assert not is_signed(request(fields=FIELDS[1:]), CONFIG)


def test_while_the_token_is_rotated_the_new_and_the_old_one_sign_and_afterwards_only_the_new() -> None:
    rotating, done = replace(CONFIG, twilio_auth_tokens=("n" * 32, TOKEN)), replace(CONFIG, twilio_auth_tokens=("n" * 32,))
    by_new = sign(ADDRESS, FIELDS, "n" * 32)
    assert is_signed(request(), rotating)
    assert is_signed(request(signature=by_new), rotating)
    assert not is_signed(request(), done)
    assert is_signed(request(signature=by_new), done)


@pytest.mark.parametrize(
    ("base", "signed_as"),
    [
        ("https://followup.example.org", "https://followup.example.org:443"),
        ("https://followup.example.org:443", "https://followup.example.org"),
        ("https://followup.example.org:8443", "https://followup.example.org:8443"),
        ("https://followup.example.org:8443", "https://followup.example.org"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("https://Followup.Example.org", "https://Followup.Example.org"),
        ("https://example.org/behind/a/proxy", "https://example.org/behind/a/proxy"),
    ],
)
def test_the_configured_address_counts_with_and_without_its_port(base: str, signed_as: str) -> None:
    signature = sign(f"{signed_as}/sms/inbound", FIELDS, TOKEN)
    assert is_signed(request(signature=signature), replace(CONFIG, public_base_url=base))


@pytest.mark.parametrize("base", ["https://followup.example.org:port", "https://[::1", "https://followup.example.org:99999999"])
def test_an_address_that_the_library_cannot_read_refuses_and_does_not_break(base: str) -> None:
    assert not is_signed(request(), replace(CONFIG, public_base_url=base))


def test_a_request_line_with_half_of_a_character_refuses_and_does_not_break() -> None:
    odd = request()
    odd.environ["RAW_URI"] = "/sms/inbound?x=\ud800"
    assert not is_signed(odd, CONFIG)


@pytest.mark.parametrize(
    "uri",
    [
        "/sms/inbound?",
        "/sms/inbound?a=%2Fb%7E&c=%E5%8F%91",
        "/sms%2Finbound",
        "/sms/inbound?x=1&x=2&x=1",
        "/sms/inbound?a=b?c",
        "/sms/inbound;v=1?a",
        "/SMS/Inbound",
    ],
)
def test_what_counts_is_the_address_as_it_was_sent(uri: str) -> None:
    signature = sign(CONFIG.public_base_url + uri, FIELDS, TOKEN)
    assert is_signed(request(uri, signature=signature), CONFIG)
    assert not is_signed(request(signature=signature), CONFIG)


def test_a_request_line_with_the_whole_address_counts_by_its_path() -> None:
    assert is_signed(request("http://anything.example/sms/inbound", signature=sign(ADDRESS, FIELDS, TOKEN)), CONFIG)


def test_the_fragment_of_the_configured_webhook_is_not_signed() -> None:
    assert not is_signed(request(signature=sign(f"{ADDRESS}#rc=3", FIELDS, TOKEN)), CONFIG)


SPOOFED = {
    "Host": "evil.example",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Port": "81",
    "X-Original-URL": "/other",
    "Forwarded": "host=evil.example",
}


def test_headers_that_name_another_host_change_nothing() -> None:
    assert is_signed(request(headers=SPOOFED), CONFIG)
    assert not is_signed(request(headers=SPOOFED, signature=sign("http://evil.example/sms/inbound", FIELDS, TOKEN)), CONFIG)


def test_repeated_names_are_signed_with_each_value_once() -> None:
    repeated = [*FIELDS, ("MediaUrl", "b"), ("MediaUrl", "a"), ("MediaUrl", "b")]
    assert is_signed(request(fields=repeated), CONFIG)
    without_one = sign(ADDRESS, [*FIELDS, ("MediaUrl", "b")], TOKEN)
    assert not is_signed(request(fields=repeated, signature=without_one), CONFIG)


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x", "", "application/xml"])
def test_a_body_that_is_no_form_does_not_pass_however_it_is_signed(content_type: str) -> None:
    body = b'{"AccountSid": "AC1", "Body": "39.5"}'
    for signed in ([], FIELDS):
        assert not is_signed(request(body=body, content_type=content_type, signature=sign(ADDRESS, signed, TOKEN)), CONFIG)


def test_a_form_with_its_character_set_named_passes() -> None:
    assert is_signed(request(content_type=f"{FORM}; charset=UTF-8"), CONFIG)


SIGN_IT = object()


def request(
    uri: str = "/sms/inbound",
    *,
    fields: list[tuple[str, str]] = FIELDS,
    body: bytes | None = None,
    content_type: str = FORM,
    headers: dict[str, str] | None = None,
    signature: object = SIGN_IT,
) -> Request:
    """A request as a web server hands it over; signed for the plain address unless told otherwise."""
    if signature is SIGN_IT:
        signature = sign(ADDRESS, fields, TOKEN)
    data = urlencode(fields).encode() if body is None else body
    environ = EnvironBuilder("/sms/inbound", method="POST", headers=headers, data=data, content_type=content_type).get_environ()
    environ["RAW_URI"] = uri
    if signature is not None:
        environ["HTTP_X_TWILIO_SIGNATURE"] = str(signature)
    return Request(environ)
