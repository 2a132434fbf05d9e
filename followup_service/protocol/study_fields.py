"""The kinds of value a study file holds; each refuses a wrong one with a sentence that says what to write instead."""

import re
from collections.abc import Sized
from datetime import date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from marshmallow import Schema, ValidationError, fields

from followup_service.protocol.rule_definitions import Level

Messages = dict[str, str | list[Any] | dict[Any, Any]]
NUMBER_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
NOTE = "note"
LARGEST = 100_000


def shown(value: object) -> str:
    """A value as it stands in the file, short enough for one line."""
    text = f'"{value}"' if isinstance(value, str) else "nothing" if value is None else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def closest(word: object, choices: list[str]) -> str:
    """The choice that was probably meant first, else all of them."""
    near = get_close_matches(str(word), choices, n=1)
    return near[0] if near else f"one of {', '.join(choices)}"


class StudyField(fields.Field[Any]):
    """A value with an example of what to write."""

    example = "a value"

    def __init__(self, **options: Any) -> None:
        messages: Messages = {"required": f"is missing; write {self.example}", "null": f"is empty; write {self.example}"}
        super().__init__(error_messages=messages, **options)


class WholeNumber(StudyField):
    example = "a whole number such as 3"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:
        if isinstance(value, int) and not isinstance(value, bool):
            if abs(value) > LARGEST:
                raise ValidationError(f"{value} is too large; write {LARGEST} at most")
            return value
        word = str(value).strip().lower()
        meant = str(NUMBER_WORDS.index(word)) if word in NUMBER_WORDS else word if word.isdecimal() else self.example
        raise ValidationError(f"{shown(value)} is not a whole number; write {meant}")


class Text(StudyField):
    example = 'words, in quotes: "..."'

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError(f'{shown(value)} is not text; write it in quotes: "{value}"')
        if not value.strip():
            raise ValidationError(f"is empty; write {self.example}")
        return value


class Name(Text):
    """A name used as a reference to another part of the file, such as a check-in or a rule code."""

    example = "a name without spaces, such as after_rfa"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        name: str = super()._deserialize(value, attr, data, **options)
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
            raise ValidationError(f"{shown(value)} is not a name; write {self.example}")
        return name


class Threshold(StudyField):
    example = 'degrees Celsius in quotes, such as "38.3"'

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Decimal:
        if isinstance(value, int | float) and not isinstance(value, bool):
            raise ValidationError(f'{value} is not in quotes; write "{value}", so that it is compared exactly')
        if not isinstance(value, str) or not re.fullmatch(r"\d{1,3}(\.\d{1,3})?", value):
            raise ValidationError(f"{shown(value)} is not a temperature; write {self.example}")
        return Decimal(value)


class LocalTime(StudyField):
    example = 'a time of day in quotes, such as "08:30"'

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> time:
        # YAML reads an unquoted 08:30 as a number of base 60.
        if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
            raise ValidationError(f"{shown(value)} is not a time of day; write {self.example}")
        return time.fromisoformat(value)


class Day(StudyField):
    example = "a date such as 2026-12-31"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> date:
        if not isinstance(value, date) or isinstance(value, datetime):
            raise ValidationError(f"{shown(value)} is not a date; write {self.example}, without quotes")
        return value


class Switch(StudyField):
    example = "true or false"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError(f"{shown(value)} is neither on nor off; write {self.example}")
        return value


class OneOf(StudyField):
    """One of some words."""

    def __init__(self, *words: str, **options: Any) -> None:
        self.words = list(words)
        self.example = f"one of {', '.join(words)}"
        super().__init__(**options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:
        if value not in self.words:
            raise ValidationError(f"{shown(value)} is not known; write {closest(value, self.words)}")
        return str(value)


class LevelOrNote(OneOf):
    """A level, or `note` (None) for what has a place only in the notes of the next visit."""

    def __init__(self, *, note: bool = True, **options: Any) -> None:
        super().__init__(*(level.value for level in Level), *([NOTE] if note else []), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        word = super()._deserialize(value, attr, data, **options)
        return None if word == NOTE else Level(word)


class Block(Schema):
    """Some `key: value` lines; a key that is not known is refused."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        known = ", ".join(self.load_fields)
        self.error_messages = {"type": "is not a block; write `key: value` lines", "unknown": f"is not known here; write one of {known}"}


def _missing(what: str) -> Messages:
    return {"required": f"is missing; write {what}", "null": f"is empty; write {what}", "invalid": f"is not right; write {what}"}


def block(schema: type[Schema], **options: Any) -> fields.Nested:
    """One block of a schema."""
    return fields.Nested(schema, error_messages=_missing("a block of `key: value` lines"), **options)


def named(value: fields.Field[Any], key: fields.Field[Any] | None = None, *, required: bool = True) -> fields.Dict:
    """Any number of values but none, each under its own name."""
    missing = _missing("a block of `name: ...` lines")
    return fields.Dict(keys=key or Name(), values=value, required=required, validate=_not_empty, error_messages=missing)


def listed(item: fields.Field[Any], *, may_be_empty: bool = False, **options: Any) -> fields.List[Any]:
    """A list of values."""
    validate = None if may_be_empty else _not_empty
    return fields.List(item, validate=validate, error_messages=_missing("a list such as [1, 2]"), **options)


def _not_empty(values: Sized) -> None:
    if not values:
        raise ValidationError("is empty; write what belongs here")
