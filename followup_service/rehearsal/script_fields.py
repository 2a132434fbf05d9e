"""The kinds of value a rehearsal script holds; each refuses a wrong one with a sentence that says what to write instead."""

from datetime import date, datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, validates_schema

from followup_service import clock
from followup_service.errors import Refused
from followup_service.messaging.catalogues import check_language
from followup_service.protocol.study_fields import StudyField, Text, closest, shown


class Instant(StudyField):
    example = 'an instant with its offset, such as "2026-01-07T09:30+08:00"'

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> datetime:
        try:
            at = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            raise ValidationError(f"{shown(value)} is not an instant; write {self.example}") from None
        if at.tzinfo is None:
            raise ValidationError(f'{shown(value)} has no offset; write "{at.isoformat(timespec="minutes")}+08:00" for Beijing')
        return at


class Day(StudyField):
    example = 'a date such as "2026-01-05"'

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> date:
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            raise ValidationError(f"{shown(value)} is not a date; write {self.example}") from None


class Answers(StudyField):
    example = 'questions and what is replied to each, such as {temperature: "36.6", worst_pain: "0"}'

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> dict[str, str]:
        if not isinstance(value, dict) or not all(isinstance(reply, str) and reply for reply in value.values()):
            raise ValidationError(f"{shown(value)} does not say what is replied; write {self.example}")
        return value


class Digits(StudyField):
    example = "a whole number such as 1"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:
        if not isinstance(value, str) or not (value.isascii() and value.isdigit()):
            raise ValidationError(f"{shown(value)} is not a whole number; write {self.example}")
        return int(value)


class TimeZone(Text):
    example = "a time zone such as Asia/Shanghai"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        written: str = super()._deserialize(value, attr, data, **options)
        if written not in clock.timezones():
            raise ValidationError(f"{shown(written)} is not a time zone; write {closest(written, _zones_like(written))}")
        return written


class Language(Text):
    example = "a language such as en or zh_Hans"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        written: str = super()._deserialize(value, attr, data, **options)
        try:
            return check_language(written, "this line")
        except Refused as refused:
            raise ValidationError(f"{shown(written)} is not a language of the service; {refused.errors['language'][0]}") from None


class Block(Schema):
    """Some `key: value` lines; a key that is not known is refused with the one that was probably meant."""

    class Meta:
        unknown = EXCLUDE

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.error_messages = {"type": "is not a block; write `key: value` lines"}

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def refuse_unknown_keys(self, _data: dict[str, Any], original: Any, **_: Any) -> None:
        known = list(self.load_fields)
        unknown = [key for key in original if key not in known] if isinstance(original, dict) else []
        if unknown:
            raise ValidationError({key: [f"is not known here; write {closest(key, known)}"] for key in unknown})


def _zones_like(written: str) -> list[str]:
    """Zones to suggest: those of the same region, else a few well-known ones."""
    region = written.partition("/")[0]
    return sorted(zone for zone in clock.timezones() if zone.startswith(f"{region}/")) or ["Asia/Shanghai", "Europe/London"]
