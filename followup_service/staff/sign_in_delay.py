"""How long to wait before the next try to sign in. Who guesses waits longer and longer, and cannot make somebody else wait.

Failures are counted for a name together with where they come from: the device, if it has signed in to this account before, else the
address. So whoever tries a colleague's name from elsewhere delays themselves only. Two more counts bound a guesser who changes names or
addresses; neither holds up a known device.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import LargeBinary, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from followup_service.columns import UtcDateTime, new_id
from followup_service.encryption import keyring
from followup_service.extensions import db

LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=24)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class SignInFailures(db.Model):  # type: ignore[name-defined,misc]
    """Failures of one count since the last success; `key` is a keyed hash, so the table names neither people nor addresses."""

    __tablename__ = "sign_in_failures"

    key: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    failures: Mapped[int]
    last_failed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


@dataclass(frozen=True, slots=True)
class Count:
    """What is counted together, how many failures cost nothing, and the longest wait after those."""

    about: str
    free: int
    longest: timedelta = LONGEST_WAIT


def counts_for(name: str, address: str, device: str | None, *, step: str) -> tuple[Count, ...]:
    """`step` is password or second_factor. Who comes to the second knows the password: there, few wrong codes from anywhere are enough."""
    if device is not None:
        return (Count(f"{step} of {name} on device {device}", 5),)
    if step == "second_factor":
        return (Count(f"{step} of {name}", 5),)
    return (
        Count(f"{step} of {name} from {address}", 5),
        Count(f"{step} from {address}", 40, timedelta(minutes=1)),
        Count(f"{step} of {name}", 100, timedelta(seconds=30)),
    )


def start_try(session: Session, counts: tuple[Count, ...], now: datetime) -> datetime | None:
    """Count a try as failed before it is made, so that twenty at once are twenty; None, or when the next may be made where it is too early.

    The caller commits before it looks at the password, and calls `forget_failures` where it was right.
    """
    rows = _locked_rows(session, counts)
    waits = [until for row, count in zip(rows, counts, strict=True) if (until := _until(row, count)) is not None and until > now]
    if waits:
        return max(waits)
    for row in rows:
        forgotten = row.last_failed_at + FORGOTTEN_AFTER <= now
        row.failures, row.last_failed_at = (1 if forgotten else row.failures + 1), now
    return None


def forget_failures(session: Session, counts: tuple[Count, ...]) -> None:
    """A success clears what was counted for this name from here; of the wider counts it takes back its own try."""
    for number, row in enumerate(_locked_rows(session, counts)):
        row.failures = 0 if number == 0 else max(0, row.failures - 1)


def forget_old_failures(session: Session, now: datetime) -> None:
    session.execute(delete(SignInFailures).where(SignInFailures.last_failed_at < now - FORGOTTEN_AFTER))


def _until(row: SignInFailures, count: Count) -> datetime | None:
    over = row.failures - count.free
    if over < 0:
        return None
    return row.last_failed_at + min(timedelta(seconds=2 ** min(over + 1, 12)), count.longest)


def _locked_rows(session: Session, counts: tuple[Count, ...]) -> list[SignInFailures]:
    """One row for each count, made where there is none yet, and locked."""
    keys = [keyring().index(f"sign-in failures: {count.about}") for count in counts]
    new = [{"id": new_id(), "key": key, "failures": 0, "last_failed_at": _LONG_AGO} for key in keys]
    insert = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[session.get_bind().dialect.name]
    session.execute(insert(SignInFailures).values(new).on_conflict_do_nothing(index_elements=["key"]))
    query = select(SignInFailures).where(SignInFailures.key.in_(keys)).order_by(SignInFailures.key).with_for_update()
    rows = {row.key: row for row in session.scalars(query.execution_options(populate_existing=True))}
    return [rows[key] for key in keys]
