"""The on-call roster of a site: shifts, rotations and overrides; who is on call at an instant, in which order, and when nobody is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Index, String, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from followup_service.columns import UtcDateTime, refers_to
from followup_service.extensions import db
from followup_service.staff.site import Site
from followup_service.staff.staff_member import StaffMember


class OnCallShift(db.Model):  # type: ignore[name-defined,misc]
    """One person's turn on call. `position` 1 is paged first. A shift without an end lasts until it is given one.

    An override takes the place of whatever else the roster says of its position: of two, the later made one counts.
    """

    __tablename__ = "on_call_shifts"
    __table_args__ = (Index("ix_on_call_shifts_site_id_starts_at", "site_id", "starts_at"),)

    site_id: Mapped[UUID] = mapped_column(refers_to("sites.id"))
    staff_id: Mapped[UUID] = mapped_column(refers_to("staff.id"))
    position: Mapped[int]
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    overrides: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def covers(self, at: datetime) -> bool:
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)


class OnCallRotation(db.Model):  # type: ignore[name-defined,misc]
    """People who take turns in one position: each so many days, handed over at a local time of the site. Turns are computed, never stored.

    `members` are staff ids in hexadecimal, in the order of their turns; the first turn begins on `starts_on`, the last ends on `ends_on`.
    """

    __tablename__ = "on_call_rotations"

    site_id: Mapped[UUID] = mapped_column(refers_to("sites.id"), index=True)
    position: Mapped[int]
    members: Mapped[list[str]]
    turn_days: Mapped[int]
    hands_over_at: Mapped[time]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def member_at(self, at: datetime, zone: ZoneInfo) -> UUID | None:
        """Whose turn it is; None before the first and after the last one."""
        local = at.astimezone(zone)
        day = local.date() if local.time() >= self.hands_over_at else local.date() - timedelta(days=1)
        if day < self.starts_on or (self.ends_on is not None and day >= self.ends_on):
            return None
        return UUID(self.members[(day - self.starts_on).days // self.turn_days % len(self.members)])

    def handovers(self, since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        """The instants between these two at which a turn begins or the last one ends."""
        turns = max(0, (since.astimezone(zone).date() - self.starts_on).days // self.turn_days)
        day = self.starts_on + timedelta(days=turns * self.turn_days)
        while (at := datetime.combine(day, self.hands_over_at, zone)) < until:
            if self.ends_on is not None and day >= self.ends_on:
                break
            yield at
            day += timedelta(days=self.turn_days)
        if self.ends_on is not None:
            yield datetime.combine(self.ends_on, self.hands_over_at, zone)


@dataclass(frozen=True, slots=True)
class OnCallTurn:
    """Who is on call from one change of the roster to the next, first to be paged first."""

    starts_at: datetime
    ends_at: datetime
    people: tuple[StaffMember, ...]


@dataclass(frozen=True, slots=True)
class Roster:
    """What the roster of one site says. `people` are those whose phone counts, by id: nobody else is ever on call."""

    zone: ZoneInfo
    shifts: Sequence[OnCallShift]
    rotations: Sequence[OnCallRotation]
    people: Mapping[UUID, StaffMember]

    def on_call(self, at: datetime) -> tuple[StaffMember, ...]:
        """Who is on call at an instant, first to be paged first, each once."""
        return tuple(dict.fromkeys(person for _, person in self._positions(at)))

    def position_of(self, person: StaffMember, at: datetime) -> int | None:
        return next((position for position, other in self._positions(at) if other is person), None)

    def turns(self, since: datetime, until: datetime) -> list[OnCallTurn]:
        """The roster between two instants, a line for every change."""
        turns: list[OnCallTurn] = []
        instants = self._changes(since, until)
        for starts_at, ends_at in zip(instants, instants[1:], strict=False):
            people = self.on_call(starts_at)
            if turns and turns[-1].people == people:
                turns[-1] = OnCallTurn(turns[-1].starts_at, ends_at, people)
            else:
                turns.append(OnCallTurn(starts_at, ends_at, people))
        return turns

    def gaps(self, since: datetime, until: datetime) -> list[OnCallTurn]:
        """The times in which nobody is on call."""
        return [turn for turn in self.turns(since, until) if not turn.people]

    def _positions(self, at: datetime) -> list[tuple[int, StaffMember]]:
        shifts = [shift for shift in self.shifts if shift.covers(at) and shift.staff_id in self.people]
        turns = [(rotation.position, member) for rotation in self.rotations if (member := rotation.member_at(at, self.zone)) in self.people]
        overridden = {shift.position: shift.staff_id for shift in sorted(shifts, key=lambda shift: shift.created_at) if shift.overrides}
        regular = [(shift.position, shift.staff_id) for shift in shifts if not shift.overrides] + turns
        kept = [(position, member) for position, member in regular if position not in overridden]
        return [(position, self.people[member]) for position, member in sorted([*overridden.items(), *kept], key=lambda one: one[0])]

    def _changes(self, since: datetime, until: datetime) -> list[datetime]:
        ends = [shift.starts_at for shift in self.shifts] + [shift.ends_at for shift in self.shifts if shift.ends_at is not None]
        ends += [at for rotation in self.rotations for at in rotation.handovers(since, until, self.zone)]
        return sorted({since, until, *(at for at in ends if since < at < until)})


def load_roster(session: Session, site: Site, since: datetime) -> Roster:
    """The roster of a site from an instant on."""
    shifts = (
        select(OnCallShift)
        .where(OnCallShift.site_id == site.id, or_(OnCallShift.ends_at.is_(None), OnCallShift.ends_at > since))
        .order_by(OnCallShift.starts_at)
    )
    rotations = select(OnCallRotation).where(OnCallRotation.site_id == site.id).order_by(OnCallRotation.created_at)
    people = select(StaffMember).where(StaffMember.site_id == site.id, StaffMember.active, StaffMember.phone_verified_at.is_not(None))
    return Roster(
        zone=ZoneInfo(site.timezone),
        shifts=list(session.scalars(shifts)),
        rotations=list(session.scalars(rotations)),
        people={person.id: person for person in session.scalars(people)},
    )


def on_call(session: Session, site_id: UUID, now: datetime) -> list[StaffMember]:
    """Who is on the roster of a site, first to be paged first."""
    return list(load_roster(session, session.get_one(Site, site_id), now).on_call(now))
