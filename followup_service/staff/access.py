"""Access: who may see and do what. One table, role by permission; what an account may at a site is the sum of its roles there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from followup_service.staff.account import Account, AccountRole, Role
from followup_service.staff.running_study import RunningStudy
from followup_service.staff.site import Site


class May(StrEnum):
    READ_PARTICIPANTS = "read participants"  # by code: texts, readings, visits, escalations
    READ_CONTACT = "read contact data"  # names and phone numbers
    SEE_ARM = "see the arm"  # which treatment a participant was allotted; a blinded role loses it
    TRIAGE = "triage"  # acknowledge, hand over, put off, resolve
    WRITE_TEXTS = "write texts"  # approved texts to a participant
    WRITE_FREELY = "write freely"  # texts in own words
    ENROL = "enrol"  # also consent, contact data, states
    RECORD = "record"  # visits, treatments, corrections, drafts of adverse events
    SIGN = "sign"  # adverse events; the person must be an investigator of the site as well
    READ_ROSTER = "read the roster"
    CHANGE_ROSTER = "change the roster"
    READ_STUDY = "read the study"  # protocol and texts: nobody's data
    READ_AUDIT = "read the audit trail"
    EXPORT = "export"
    OPERATE = "operate"  # counts and states of the service, no participant
    MANAGE_ACCOUNTS = "manage accounts"


_READING = frozenset({May.READ_PARTICIPANTS, May.SEE_ARM, May.READ_STUDY, May.READ_ROSTER})
_CARING = _READING | {May.READ_CONTACT, May.TRIAGE, May.WRITE_TEXTS, May.WRITE_FREELY, May.ENROL, May.RECORD, May.CHANGE_ROSTER}
PERMISSIONS: Mapping[Role, frozenset[May]] = {
    Role.COORDINATOR: _CARING,
    Role.INVESTIGATOR: _CARING | {May.SIGN, May.READ_AUDIT},
    Role.DATA_MANAGER: _READING | {May.RECORD, May.READ_AUDIT, May.EXPORT},
    Role.MONITOR: _READING | {May.READ_AUDIT},
    Role.OPERATOR: frozenset({May.READ_STUDY, May.READ_ROSTER, May.OPERATE}),
    Role.ADMINISTRATOR: frozenset({May.READ_STUDY, May.READ_ROSTER, May.MANAGE_ACCOUNTS}),
}


@dataclass(frozen=True, slots=True)
class Access:
    """What an account may now, in the running study. `sites` are the study's, by id; `roles` those of the account that count here."""

    account: Account
    study: RunningStudy
    sites: Mapping[UUID, Site]
    roles: tuple[AccountRole, ...]

    def sites_where(self, may: May) -> frozenset[UUID]:
        """The sites at which the account may do this: none, some or all."""
        allowed = {
            site_id
            for role in self.roles
            if may in PERMISSIONS[role.role]
            for site_id in self.sites
            if role.site_id is None or role.site_id == site_id
        }
        return frozenset(allowed - self._blinded_at() if may is May.SEE_ARM else allowed)

    def may(self, may: May, site_id: UUID | None = None) -> bool:
        """Whether they may at this site; without a site, whether they may anywhere."""
        allowed = self.sites_where(may)
        return bool(allowed) if site_id is None else site_id in allowed

    def may_everywhere(self, may: May) -> bool:
        """By a role for the whole study, which also covers what belongs to no site."""
        return any(role.site_id is None and may in PERMISSIONS[role.role] for role in self.roles)

    def site_codes(self, may: May) -> list[str]:
        return sorted(self.sites[site_id].code for site_id in self.sites_where(may))

    def _blinded_at(self) -> set[UUID]:
        """Blinded in one role is blinded: what one has seen as somebody else, one has seen."""
        return {site_id for role in self.roles if role.blinded for site_id in self.sites if role.site_id is None or role.site_id == site_id}


_ROLES_AND_SITES = (
    select(AccountRole, Site)
    .outerjoin(Site, Site.study_id == AccountRole.study_id)
    .where(AccountRole.account_id == bindparam("account_id"), AccountRole.study_id == bindparam("study_id"))
    .order_by(Site.code, AccountRole.id)
)


def access_of(session: Session, account: Account, study: RunningStudy) -> Access:
    rows = session.execute(_ROLES_AND_SITES, {"account_id": account.id, "study_id": study.id})
    return access_by(account, study, [(role, site) for role, site in rows])


def access_by(account: Account, study: RunningStudy, found: Sequence[tuple[AccountRole | None, Site | None]]) -> Access:
    """`found`: each role of the account in the study with each site of the study, in the order of the sites; None where there is none."""
    roles = dict.fromkeys(role for role, _site in found if role is not None)
    return Access(account, study, {site.id: site for _role, site in found if site is not None}, tuple(roles))


def sites_reached(account_id: ColumnElement[UUID], study_id: ColumnElement[UUID], may: May) -> Select[tuple[UUID]]:
    """`Access.sites_where` as the database works it out, for a question that also asks whether the reader may have its answer."""
    assert may is not May.SEE_ARM, "a blinded role loses it, which is not asked here"  # noqa: S101 - a slip in the code
    holds = or_(*(AccountRole.role == role for role in roles_with(may)))
    sites = select(Site.id).join(AccountRole, and_(AccountRole.study_id == Site.study_id, AccountRole.account_id == account_id, holds))
    return sites.where(Site.study_id == study_id, or_(AccountRole.site_id.is_(None), AccountRole.site_id == Site.id))


def is_blinded(session: Session, staff_id: UUID, study_id: UUID) -> bool:
    """Whether the account of a member of staff is blinded anywhere in the study: what one has seen, one has seen."""
    blinded = select(AccountRole.id).join(Account, Account.id == AccountRole.account_id)
    blinded = blinded.where(Account.staff_id == staff_id, AccountRole.study_id == study_id, AccountRole.blinded)
    return session.scalar(blinded.limit(1)) is not None


def roles_with(may: May) -> Iterable[Role]:
    return (role for role in Role if may in PERMISSIONS[role])
