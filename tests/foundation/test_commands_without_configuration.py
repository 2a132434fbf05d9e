"""What the `flask` command can do before anything is configured, and what it says of the rest."""

import json

import pytest
from click.testing import CliRunner, Result
from flask.cli import FlaskGroup

from followup_service import create_app
from followup_service.config import VARIABLES
from tests.foundation.test_config import TWILIO, configure


def run(*arguments: str, text: str | None = None) -> Result:
    commands = FlaskGroup(create_app=create_app, load_dotenv=False)
    return CliRunner().invoke(commands, arguments, input=text, catch_exceptions=True)


@pytest.fixture(autouse=True)
def _nothing_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    configure(monkeypatch, {})


def test_a_text_can_be_read() -> None:
    line = json.dumps({"id": 1, "language": "zh_Hans", "open_question": None, "text": "38度5 打寒战"})
    result = run("read-reply", "--jsonl", text=line + "\n")
    assert result.exit_code == 0, result.output
    answer = json.loads(result.output)
    assert (answer["celsius"], answer["level"], sorted(answer["codes"])) == ("38.50", "emergency", ["FEVER", "RIGOR"])


def test_the_study_can_be_shown() -> None:
    result = run("study", "show")
    assert result.exit_code == 0
    assert "NCT06609434" in result.output


@pytest.mark.parametrize(
    "command", [("worker",), ("audit", "verify"), ("keys", "rotate"), ("staff", "add", "x"), ("study", "open"), ("study", "replay")]
)
def test_everything_else_says_what_is_missing(command: tuple[str, ...]) -> None:
    result = run(*command)
    assert result.exit_code == 1
    assert "SECRET_KEY is missing: make one of 32 characters or more with: python -c" in result.output


def test_config_check_names_every_setting_and_every_problem() -> None:
    result = run("config", "check")
    assert result.exit_code == 2
    for variable in VARIABLES:
        assert variable.name in result.output
    assert "PHONE_INDEX_KEY is missing: make one with:" in result.output


def test_config_check_shows_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    values = TWILIO | {"DATABASE_URL": "postgresql://owner:hunter2hunter2@db.example/followup"}
    configure(monkeypatch, values)
    result = run("config", "check")
    assert result.exit_code == 0, result.output
    assert "All settings are usable." in result.output
    secrets = [values[name] for name in values if name not in ("SMS_GATEWAY", "TWILIO_NUMBER")]
    assert [secret for secret in [*secrets, "hunter2"] if secret in result.output] == []


def test_config_check_shows_no_value_of_a_wrong_setting_either(monkeypatch: pytest.MonkeyPatch) -> None:
    configure(monkeypatch, TWILIO | {"FIELD_ENCRYPTION_KEYS": "canary-one", "SECRET_KEY": "canary-two", "DATABASE_URL": "canary-three://x"})
    result = run("config", "check")
    assert result.exit_code == 2
    assert "canary" not in result.output
