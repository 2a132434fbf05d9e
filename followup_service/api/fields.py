"""The fields that API bodies are made of: text that every database and log can hold, bounded dates, enums; unknown ones are refused."""

import unicodedata
from datetime import date
from enum import StrEnum
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from followup_service.participants.enrol_participant import PARTICIPANT_CODE

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
DECIMAL_PATTERN = r"^-?\d+(\.\d+)?$"


class StrictSchema(Schema):
    """A body or query in which an unknown field is a mistake, and the answer says which ones are known."""

    class Meta:
        unknown = RAISE

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.error_messages["unknown"] = f"unknown field: write only {', '.join(self.load_fields) or 'an empty object'}"


class PlainText(fields.String):
    """One line of text without control characters or half surrogates, not empty, and not longer than its column."""

    def __init__(self, *, longest: int, **options: Any) -> None:
        super().__init__(validate=validate.Length(1, longest, error=f"write 1 to {longest} characters"), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **options).strip()
        if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
            raise ValidationError("write plain text, without control characters")
        return text


class Day(fields.Date):
    """A date as YYYY-MM-DD, of this century."""

    def __init__(self, **options: Any) -> None:
        within = validate.Range(FIRST_DAY, LAST_DAY, error=f"write a day from {FIRST_DAY} to {LAST_DAY}")
        super().__init__(format="%Y-%m-%d", validate=within, **options)
        self.error_messages["invalid"] = "write the day like 2026-01-31"


class LocalTime(fields.Time):
    """A time of day as HH:MM."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%H:%M", **options)
        self.error_messages["invalid"] = self.error_messages["format"] = "write the time like 08:30"


class Instant(fields.AwareDateTime):
    """An instant with its offset from UTC."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="iso", **options)
        for name in ("invalid", "invalid_awareness", "format"):
            self.error_messages[name] = "write the time with its offset, like 2026-01-31T10:00:00+08:00"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        instant = super()._deserialize(value, attr, data, **options)
        if not FIRST_DAY <= instant.date() <= LAST_DAY:
            raise ValidationError(f"write a time from {FIRST_DAY} to {LAST_DAY}")
        return instant


def code_field(**options: Any) -> fields.String:
    """A code such as PKU-017."""
    pattern = validate.Regexp(f"^{PARTICIPANT_CODE}$", error="write 1 to 32 letters, digits or . _ - such as PKU-017")
    return fields.String(validate=pattern, **options)


def one_of(members: type[StrEnum], **options: Any) -> fields.Enum:
    field = fields.Enum(members, by_value=True, **options)
    field.error_messages["unknown"] = f"write one of {', '.join(members)}"
    return field


def decimal_text(**options: Any) -> fields.Decimal:
    """An exact decimal, written as a string: a JSON number would become a binary fraction."""
    return fields.Decimal(as_string=True, metadata={"format": "decimal", "pattern": DECIMAL_PATTERN, "examples": ["38.5"]}, **options)
