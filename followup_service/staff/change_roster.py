"""Changing the roster of a site: shifts, overrides, swaps and rotations; and who stands in where nobody is on call."""

from collections.abc import Sequence
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.audit import record_event
from followup_service.errors import Refused
from followup_service.protocol.sentences import said
from followup_service.staff.roster import OnCallRotation, OnCallShift, load_roster
from followup_service.staff.site import Site
from followup_service.staff.staff_member import StaffMember

Span = tuple[datetime, datetime]


def add_shift(
    session: Session,
    person: StaffMember,
    position: int,
    starts_at: datetime,
    ends_at: datetime | None,
    now: datetime,
    actor: str,
    *,
    overrides: bool = False,
    reason: str | None = None,
) -> OnCallShift:
    """Put a person on call; as an override in place of whoever else has this position in that time."""
    if ends_at is not None and ends_at <= starts_at:
        raise Refused(said("the shift ends before it starts: give a later end"), {"until": [said("write a later time")]})
    if overrides and ends_at is None:
        raise Refused(said("an override has an end: give it"), {"until": [said("write when the override ends")]})
    shift = OnCallShift(
        site_id=person.site_id,
        staff_id=person.id,
        position=position,
        starts_at=starts_at,
        ends_at=ends_at,
        overrides=overrides,
        reason=reason,
        created_at=now,
    )
    session.add(shift)
    ends = ends_at.isoformat() if ends_at else None
    action = "override_added" if overrides else "shift_added"
    record_event(person, action, now, actor, position=position, starts=starts_at.isoformat(), ends=ends)
    _look_over_again(session, person.site_id)
    return shift


def swap_turns(
    session: Session, one: StaffMember, ones: Span, other: StaffMember, others: Span, now: datetime, actor: str
) -> tuple[OnCallShift, OnCallShift]:
    """`other` covers the time `ones` of `one`, who covers the time `others` of `other`. Raises Refused where one has no turn to give."""
    if one.id == other.id or one.site_id != other.site_id:
        raise Refused(said("a swap is between two people of one site"), {"with": [said("write somebody else of this site")]})
    roster = load_roster(session, session.get_one(Site, one.site_id), min(ones[0], others[0]))
    places = []
    for person, span in ((one, ones), (other, others)):
        position = roster.position_of(person, span[0])
        if position is None:
            when = span[0].isoformat()
            raise Refused(said("%(name)s is not on call at %(at)s: give the times of their turn", name=person.handle, at=when))
        places.append(position)
    covers_one = add_shift(session, other, places[0], *ones, now, actor, overrides=True, reason=f"swap with {one.handle}")
    covers_other = add_shift(session, one, places[1], *others, now, actor, overrides=True, reason=f"swap with {other.handle}")
    return covers_one, covers_other


def add_rotation(
    session: Session,
    site: Site,
    position: int,
    members: Sequence[StaffMember],
    turn_days: int,
    hands_over_at: time,
    starts_on: date,
    ends_on: date | None,
    now: datetime,
    actor: str,
) -> OnCallRotation:
    """Let these people take turns in a position. A rotation in the same position ends where this one begins."""
    if not members or turn_days < 1:
        what = said("write the handles in the order of their turns")
        raise Refused(said("a rotation needs people, and turns of a day or more"), {"members": [what]})
    if ends_on is not None and ends_on <= starts_on:
        raise Refused(said("the rotation ends before it starts: give a later end"), {"ends_on": [said("write a later day")]})
    for before in session.scalars(select(OnCallRotation).where(OnCallRotation.site_id == site.id, OnCallRotation.position == position)):
        if before.ends_on is None or before.ends_on > starts_on:
            before.ends_on = max(before.starts_on, starts_on)
    rotation = OnCallRotation(
        site_id=site.id,
        position=position,
        members=[member.id.hex for member in members],
        turn_days=turn_days,
        hands_over_at=hands_over_at,
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=now,
    )
    session.add(rotation)
    for member in members:
        record_event(member, "rotation_joined", now, actor, position=position, turn_days=turn_days, starts=starts_on.isoformat())
    _look_over_again(session, site.id)
    return rotation


def stand_in(session: Session, person: StaffMember, now: datetime, actor: str) -> None:
    """Make this person the one who is paged where nobody of the site is on call, in place of whoever was it."""
    _only_one(session, person, "is_fallback")
    record_event(person, "made_fallback", now, actor)


def lead_the_site(session: Session, person: StaffMember, now: datetime, actor: str) -> None:
    """Make this person the principal investigator of the site, in place of whoever was it."""
    _only_one(session, person, "is_principal_investigator")
    record_event(person, "made_principal_investigator", now, actor)


def keep_running(person: StaffMember, now: datetime, actor: str) -> None:
    """Make this person an operator: one of those who hear when the service itself needs somebody."""
    person.is_operator = True
    record_event(person, "made_operator", now, actor)


def _only_one(session: Session, person: StaffMember, mark: str) -> None:
    for other in session.scalars(select(StaffMember).where(StaffMember.site_id == person.site_id, getattr(StaffMember, mark))):
        setattr(other, mark, False)
    # The database allows one: the mark leaves the one before it comes to the other.
    session.flush()
    setattr(person, mark, True)


def _look_over_again(session: Session, site_id: UUID) -> None:
    """A change may close a gap or tear one: the clock looks at the roster at its next tick."""
    session.get_one(Site, site_id).next_roster_check_at = None
