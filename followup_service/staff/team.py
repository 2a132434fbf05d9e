"""Team: whom a page can reach at a site now; with nobody on call the fallback person, then the principal investigator, then everybody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.protocol.paging_clock import Paged
from followup_service.staff.drill_study import hospital_of
from followup_service.staff.roster import on_call
from followup_service.staff.staff_member import StaffMember

People = tuple[StaffMember, ...]


@dataclass(frozen=True, slots=True)
class Team:
    """`first` and `second` are who is on call, or who stands in for them. `others` are all others, in the order in which to ask them."""

    first: People
    second: People
    everyone_on_call: People
    principal_investigators: People
    others: tuple[People, ...]

    @property
    def stands_in(self) -> People:
        """Who is paged where nobody is on call."""
        return next((people for people in self.others if people), ())

    def people(self, whom: Iterable[Paged]) -> People:
        """The people that a step of the chain names, each once."""
        named = {
            Paged.FIRST_ON_CALL: self.first,
            Paged.SECOND_ON_CALL: self.second,
            Paged.EVERYONE_ON_CALL: self.everyone_on_call,
            Paged.PRINCIPAL_INVESTIGATOR: self.principal_investigators,
        }
        return tuple(dict.fromkeys(person for one in whom for person in named[one]))


def team_of(session: Session, site_id: UUID, now: datetime) -> Team:
    """Only people whose phone counts. A site without any falls back on the whole study: a page must reach somebody of the team.

    Of a drill's site they are those of the hospital that it stands for.
    """
    site_id = hospital_of(session, site_id)
    counting = select(StaffMember).where(StaffMember.active, StaffMember.phone_verified_at.is_not(None)).order_by(StaffMember.created_at)
    everybody = list(session.scalars(counting))
    at_site = tuple(person for person in everybody if person.site_id == site_id) or tuple(everybody)
    fallback = tuple(person for person in at_site if person.is_fallback)
    investigators = tuple(person for person in at_site if person.is_principal_investigator) or tuple(
        person for person in everybody if person.is_principal_investigator
    )
    roster = tuple(on_call(session, site_id, now))
    others = (fallback, investigators, at_site)
    # Of those who stand in nobody knows who would be second: they are asked together.
    first = roster[:1] or next((people for people in others if people), ())
    return Team(first, roster[1:2], roster or first, investigators, others)
