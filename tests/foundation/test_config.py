"""Settings: what is missing or unsafe stops the start with a sentence that says what to write; nothing shows a value."""

import base64
import os
import stat
from pathlib import Path

import pytest

from followup_service import create_app
from followup_service.config import VARIABLES, Config, SmsGateway
from followup_service.errors import ConfigError
from followup_service.read_config import MAKE_KEY, read_config


def key(first: int) -> str:
    return base64.b64encode(bytes(range(first, first + 32))).decode()


GOOD = {"SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz", "FIELD_ENCRYPTION_KEYS": key(0), "PHONE_INDEX_KEY": key(100)}
TWILIO = GOOD | {
    "SMS_GATEWAY": "twilio",
    "TWILIO_ACCOUNT_SID": "AC" + "0a" * 16,
    "TWILIO_AUTH_TOKEN": "f" * 32,
    "TWILIO_NUMBER": "+15005550006",
    "PUBLIC_BASE_URL": "https://followup.example.org/",
}


def configure(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for variable in VARIABLES:
        monkeypatch.delenv(variable.name, raising=False)
        monkeypatch.delenv(f"{variable.name}_FILE", raising=False)
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def read(monkeypatch: pytest.MonkeyPatch, instance: Path, **values: str) -> Config:
    configure(monkeypatch, values)
    return read_config(instance)


def test_with_three_secrets_it_runs_on_sqlite_with_the_simulator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = read(monkeypatch, tmp_path, **GOOD)
    assert config.database_url == f"sqlite:///{tmp_path}/followup.sqlite3"
    assert config.sms_gateway is SmsGateway.SIMULATOR
    assert config.field_encryption_keys == (bytes(range(32)),)
    assert not config.demo


def test_with_twilio_every_value_is_the_accounts_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    values = TWILIO | {"TWILIO_AUTH_TOKEN": "e" * 32 + " , " + "f" * 32, "DATABASE_URL": "postgres://u:p@db/followup"}
    config = read(monkeypatch, tmp_path, **values)
    assert config.twilio_auth_tokens == ("e" * 32, "f" * 32)
    assert config.public_base_url == "https://followup.example.org"
    assert config.database_url == "postgresql+psycopg://u:p@db/followup"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SECRET_KEY", "", f"SECRET_KEY is missing: make one of 32 characters or more with: {MAKE_KEY}"),
        ("SECRET_KEY", "too short", "SECRET_KEY is too weak: make one of 32 characters or more"),
        ("SECRET_KEY", "abc" * 20, "SECRET_KEY is too weak"),
        ("FIELD_ENCRYPTION_KEYS", "", f"FIELD_ENCRYPTION_KEYS is missing: make one with: {MAKE_KEY}"),
        ("FIELD_ENCRYPTION_KEYS", "password", "FIELD_ENCRYPTION_KEYS is not base64 of 32 random bytes: make one with:"),
        ("FIELD_ENCRYPTION_KEYS", base64.b64encode(bytes(32)).decode(), "FIELD_ENCRYPTION_KEYS is not base64 of 32 random bytes"),
        ("FIELD_ENCRYPTION_KEYS", f"{key(0)},oops", "FIELD_ENCRYPTION_KEYS is not base64 of 32 random bytes"),
        ("PHONE_INDEX_KEY", "", f"PHONE_INDEX_KEY is missing: make one with: {MAKE_KEY}"),
        ("PHONE_INDEX_KEY", key(0), "PHONE_INDEX_KEY must differ from FIELD_ENCRYPTION_KEYS: make another with:"),
        ("SMS_GATEWAY", "nexmo", "SMS_GATEWAY is 'nexmo': write simulator or twilio"),
        ("DATABASE_URL", "mysql://x", "write sqlite:////path/to/file or postgresql+psycopg://"),
        ("PUBLIC_BASE_URL", "followup.example.org", "write it like https://followup.example.org"),
        ("PUBLIC_BASE_URL", "http://followup.example.org", "must begin with https:// when SMS_GATEWAY is twilio"),
        ("REQUIRE_APPROVED_TEXTS", "yes", "REQUIRE_APPROVED_TEXTS is 'yes': write 1, or leave it out"),
        ("TWILIO_ACCOUNT_SID", "AC12", "TWILIO_ACCOUNT_SID is missing or wrong: copy it from the Twilio console"),
        ("TWILIO_AUTH_TOKEN", "", "TWILIO_AUTH_TOKEN is missing or wrong: copy it from the Twilio console"),
        ("TWILIO_NUMBER", "0800 FEVER", "TWILIO_NUMBER is missing or wrong: write your Twilio number like +15005550006"),
    ],
)
def test_one_wrong_setting_is_one_sentence_that_says_what_to_write(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str, sentence: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        read(monkeypatch, tmp_path, **TWILIO | {name: value})
    (problem,) = refused.value.problems
    assert sentence in problem


@pytest.mark.parametrize(("written", "required"), [("", False), ("0", False), ("1", True)])
def test_approval_of_texts_is_required_where_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, written: str, required: bool
) -> None:
    assert read(monkeypatch, tmp_path, **GOOD, REQUIRE_APPROVED_TEXTS=written).require_approved_texts is required


def test_all_problems_are_told_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        read(monkeypatch, tmp_path)
    assert [problem.split()[0] for problem in refused.value.problems] == ["FIELD_ENCRYPTION_KEYS", "PHONE_INDEX_KEY", "SECRET_KEY"]


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_secret_may_be_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    file = tmp_path / "secret"
    file.write_text(GOOD[name] + "\n")
    values = {other: value for other, value in GOOD.items() if other != name} | {f"{name}_FILE": str(file)}
    config = read(monkeypatch, tmp_path, **values)
    assert config == read(monkeypatch, tmp_path, **GOOD)


def test_a_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    values = {name: value for name, value in GOOD.items() if name != "SECRET_KEY"}
    with pytest.raises(ConfigError, match="SECRET_KEY_FILE"):
        read(monkeypatch, tmp_path, **values, SECRET_KEY_FILE=str(tmp_path / "absent"))


def test_the_demo_makes_its_keys_once_and_keeps_them_private(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first = read(monkeypatch, tmp_path / "instance", FOLLOWUP_DEMO="1")
    assert read(monkeypatch, tmp_path / "instance", FOLLOWUP_DEMO="1") == first
    kept = sorted((tmp_path / "instance").iterdir())
    assert [path.name for path in kept] == ["field_encryption_keys", "phone_index_key", "secret_key"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
    other = read(monkeypatch, tmp_path / "other", FOLLOWUP_DEMO="1")
    assert other.field_encryption_keys != first.field_encryption_keys


def test_outside_the_demo_no_key_is_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        read(monkeypatch, tmp_path)
    assert os.listdir(tmp_path) == []


def test_a_config_does_not_show_its_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = read(monkeypatch, tmp_path, **GOOD)
    assert GOOD["SECRET_KEY"] not in f"{config!r} {config}"
    with pytest.raises(AttributeError):
        config.secret_key = "other"  # type: ignore[misc]


def test_a_web_server_does_not_start_without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    configure(monkeypatch, {})
    with pytest.raises(ConfigError, match="SECRET_KEY is missing"):
        create_app()


def test_a_stand_in_for_twilio_is_only_for_tests_on_one_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    here = {"TWILIO_API_URL": "http://127.0.0.1:9000/", "PUBLIC_BASE_URL": "http://127.0.0.1:8000"}
    assert read(monkeypatch, tmp_path, **TWILIO | here).twilio_api_url == "http://127.0.0.1:9000"
    for elsewhere in ({"PUBLIC_BASE_URL": TWILIO["PUBLIC_BASE_URL"]}, {"TWILIO_API_URL": "https://evil.example"}):
        with pytest.raises(ConfigError, match="TWILIO_API_URL"):
            read(monkeypatch, tmp_path, **TWILIO | here | elsewhere)


def test_calls_and_e_mail_are_there_where_they_are_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert read(monkeypatch, tmp_path, **TWILIO).twilio_voice_number == ""
    mail = {"SMTP_URL": "smtps://alarms:p%40ss@mail.example.org", "EMAIL_FROM": "alarms@example.org"}
    config = read(monkeypatch, tmp_path, **TWILIO, **mail, TWILIO_VOICE_NUMBER="+15005550007")
    assert (config.twilio_voice_number, config.smtp_url, config.email_from) == ("+15005550007", mail["SMTP_URL"], mail["EMAIL_FROM"])
    assert "p%40ss" not in repr(config)


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"TWILIO_VOICE_NUMBER": "15005550007"}, "TWILIO_VOICE_NUMBER is wrong"),
        ({"SMTP_URL": "mail.example.org:secret", "EMAIL_FROM": "alarms@example.org"}, "SMTP_URL is wrong"),
        ({"SMTP_URL": "smtp://mail.example.org:secret", "EMAIL_FROM": "alarms@example.org"}, "SMTP_URL is wrong"),
        ({"SMTP_URL": "smtps://mail.example.org"}, "EMAIL_FROM is missing"),
        ({"SMTP_URL": "smtps://mail.example.org", "EMAIL_FROM": "alarms"}, "EMAIL_FROM is missing or wrong"),
    ],
)
def test_calls_and_e_mail_that_are_set_wrongly_stop_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wrong: dict[str, str], problem: str
) -> None:
    with pytest.raises(ConfigError, match=problem) as refused:
        read(monkeypatch, tmp_path, **TWILIO, **wrong)
    assert "secret" not in str(refused.value)
