"""Column types and the row id shared by all tables: instants in UTC, exact decimals, enums with a named check."""

import itertools
import os
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Dialect, Enum, ForeignKey, Integer
from sqlalchemy.types import TypeDecorator

from followup_service import clock

_counter = itertools.count(int.from_bytes(os.urandom(3)))


def new_id() -> UUID:
    """A version 7 UUID (RFC 9562): made here and not by the database, so that a value can be encrypted for its row before the row is.

    Time first, then a counter, then chance: ids of one process sort in the order in which they were made. That keeps indexes compact
    and lets a rehearsal tell its story in order; the service decides nothing by it.
    """
    milliseconds = int(clock.now().timestamp() * 1000)
    counter = next(_counter) & 0x3FFFFFFF
    chance = int.from_bytes(os.urandom(6)) & 0xFFFFFFFFFFF
    return UUID(int=milliseconds << 80 | 7 << 76 | (counter >> 18) << 64 | 2 << 62 | (counter & 0x3FFFF) << 44 | chance)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database. A naive datetime is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no offset")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class TenThousandths(TypeDecorator[Decimal]):
    """A decimal kept to four places as a whole number, because SQLite would make a float of it."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int((value * 10_000).to_integral_value())

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value) / 10_000


def refers_to(column: str) -> ForeignKey:
    """A foreign key that is checked at the commit: rows of one transaction may be written in any order."""
    return ForeignKey(column, deferrable=True, initially="DEFERRED")


def enum_of(members: type[StrEnum], name: str) -> Enum:
    """A text column that holds the values of a StrEnum, with a named CHECK constraint."""
    return Enum(members, name=name, native_enum=False, create_constraint=True, length=32, values_callable=_values)


def _values(members: Any) -> list[str]:
    return [member.value for member in members]
