"""PersonWriting: who has begun words that are not sent yet, so that two do not write or call at once. Kept for minutes, without words."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, String, UniqueConstraint, bindparam, cast, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, load_only, mapped_column

from followup_service.columns import UtcDateTime, new_id, refers_to
from followup_service.extensions import db, insert_unless_there
from followup_service.staff.account import Account

# Whoever has typed nothing for so long is no longer writing.
STILL_WRITING = timedelta(minutes=3)
NOTED_EVERY = timedelta(seconds=20)


class PersonWriting(db.Model):  # type: ignore[name-defined,misc]
    """`about_id` is the participant whom it is to or about, or an episode of nobody known. `typed_at`: the last letter."""

    __tablename__ = "people_writing"
    __table_args__ = (UniqueConstraint("account_id", "about_id"),)

    account_id: Mapped[UUID] = mapped_column(refers_to("accounts.id"))
    about_id: Mapped[UUID] = mapped_column(index=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    typed_at: Mapped[datetime] = mapped_column(UtcDateTime)


def note_writing(session: Session, account_id: UUID, about_id: UUID, now: datetime) -> None:
    """Every letter may tell it; it is kept every few seconds. What the account left unsent before goes with it."""
    session.execute(delete(PersonWriting).where(PersonWriting.account_id == account_id, PersonWriting.typed_at < now - STILL_WRITING))
    own = (PersonWriting.account_id == account_id, PersonWriting.about_id == about_id)
    typed_at = session.scalar(select(PersonWriting.typed_at).where(*own))
    if typed_at is None:
        row = {"id": new_id(), "account_id": account_id, "about_id": about_id, "began_at": now, "typed_at": now}
        insert_unless_there(session.connection(), PersonWriting.__table__, [row], "account_id", "about_id")
    elif typed_at < now - NOTED_EVERY:
        session.execute(update(PersonWriting).where(*own).values(typed_at=now))


def stop_writing(session: Session, account_id: UUID, about_id: UUID) -> None:
    """It is sent, or deleted again."""
    session.execute(delete(PersonWriting).where(PersonWriting.account_id == account_id, PersonWriting.about_id == about_id))


# Every poll of an open page asks it: put together once.
_OTHERS = (
    select(Account, PersonWriting.began_at)
    .join(PersonWriting, Account.id == PersonWriting.account_id)
    .where(PersonWriting.about_id == bindparam("about_id"), PersonWriting.account_id != bindparam("account_id"))
    .where(PersonWriting.typed_at >= bindparam("since"))
    .order_by(PersonWriting.began_at)
    .options(load_only(Account.full_name_encrypted))
)


def writers_about(about_id: ColumnElement[UUID], account_id: ColumnElement[UUID]) -> ScalarSelect[str]:
    """Who else is writing, in a word that changes with them; part of another question, which has `typed_since`."""
    began = func.aggregate_strings(cast(PersonWriting.began_at, String), " ")
    others = select(began).where(PersonWriting.about_id == about_id, PersonWriting.account_id != account_id)
    return others.where(PersonWriting.typed_at >= bindparam("typed_since")).scalar_subquery()


def others_writing(session: Session, account_id: UUID, about_id: UUID, now: datetime) -> list[tuple[str, datetime]]:
    """Everybody else who is writing about it: their names, and since when; who began first comes first."""
    asked = {"about_id": about_id, "account_id": account_id, "since": now - STILL_WRITING}
    return [(account.full_name, began_at) for account, began_at in session.execute(_OTHERS, asked)]
