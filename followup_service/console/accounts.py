"""Accounts: who may sign in and as what. An administrator changes those whose roles all lie at the own sites, and never the own one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from sqlalchemy import select

from followup_service import clock
from followup_service.console.blueprint import page
from followup_service.console.page_language import gettext as _
from followup_service.console.say import say
from followup_service.console.sign_in import base_url
from followup_service.console.signed_in import access
from followup_service.console.words import ACCOUNT_ROLES, in_words
from followup_service.errors import FollowupError, NotFound, Refused
from followup_service.extensions import db
from followup_service.staff.access import May
from followup_service.staff.account import Account, AccountRole, Role, lock_account
from followup_service.staff.manage_account import Grant, change_roles, create_account, disable_account, enable_account, reset_account
from followup_service.staff.staff_member import StaffMember

EVERYWHERE = "*"


@page("/accounts", May.MANAGE_ACCOUNTS)
def accounts() -> Any:
    roles = _roles_by_account()
    rows = [account for account in db.session.scalars(select(Account).order_by(Account.name)) if _is_mine(roles.get(account.id, ()))]
    return render_template("accounts.html", accounts=rows, roles=roles, sites=access().sites)


@page("/new-account", May.MANAGE_ACCOUNTS, methods=("GET", "POST"), fresh=True)
def new_account() -> Any:
    if request.method == "GET":
        return render_template("account_new.html", form={}, **_choices())
    form = request.form
    try:
        account, secret = create_account(
            db.session,
            access().study.id,
            name=form.get("name", ""),
            full_name=form.get("full_name", ""),
            grants=[_written_grant(form.get("role", ""), form.get("site", ""), "blinded" in form)],
            timezone=access().account.timezone,
            now=clock.now(),
            actor=access().account.actor,
            staff=_written_staff(form.get("staff", "")),
        )
    except FollowupError as refused:
        db.session.rollback()
        answer = render_template("account_new.html", form=form, problem=say(refused.detail), **_choices())
        return make_response(answer, refused.status)
    db.session.commit()
    return render_template("account_link.html", account=account, link=_set_up_address(secret))


@page("/accounts/<name>", May.MANAGE_ACCOUNTS, methods=("GET", "POST"))
def account(name: str) -> Any:
    found = _account_of(name)
    if request.method == "POST":
        _refuse_own(found)
        change_roles(
            db.session, lock_account(db.session, found.id), access().study.id, _written_grants(), clock.now(), access().account.actor
        )
        db.session.commit()
        flash(_("The roles are changed. They count from now on."), "good")
        return redirect(url_for("console.account", name=found.name), code=303)
    return render_template("account.html", account=found, roles=_roles_by_account().get(found.id, []), sites=access().sites, **_choices())


@page("/accounts/<name>/disable", May.MANAGE_ACCOUNTS, methods=("POST",), fresh=True)
def disable(name: str) -> Any:
    found = _account_of(name)
    _refuse_own(found)
    disable_account(db.session, lock_account(db.session, found.id), clock.now(), access().account.actor)
    db.session.commit()
    flash(_("%(name)s is disabled and signed out everywhere.", name=found.name), "good")
    return redirect(url_for("console.account", name=found.name), code=303)


@page("/accounts/<name>/enable", May.MANAGE_ACCOUNTS, methods=("POST",), fresh=True)
def enable(name: str) -> Any:
    found = _account_of(name)
    enable_account(lock_account(db.session, found.id), clock.now(), access().account.actor)
    db.session.commit()
    flash(_("%(name)s can sign in again.", name=found.name), "good")
    return redirect(url_for("console.account", name=found.name), code=303)


@page("/accounts/<name>/reset", May.MANAGE_ACCOUNTS, methods=("POST",), fresh=True)
def reset(name: str) -> Any:
    found = _account_of(name)
    _refuse_own(found)
    secret = reset_account(db.session, lock_account(db.session, found.id), clock.now(), access().account.actor)
    db.session.commit()
    return render_template("account_link.html", account=found, link=_set_up_address(secret))


def _account_of(name: str) -> Account:
    found = db.session.scalar(select(Account).where(Account.name == name))
    roles = select(AccountRole).where(AccountRole.account_id == found.id) if found is not None else None
    if found is None or roles is None or not _is_mine(list(db.session.scalars(roles))):
        raise NotFound("no such account")
    return found


def _roles_by_account() -> dict[UUID, list[AccountRole]]:
    found: dict[UUID, list[AccountRole]] = {}
    for role in db.session.scalars(select(AccountRole).order_by(AccountRole.role)):
        found.setdefault(role.account_id, []).append(role)
    return found


def _is_mine(roles: Sequence[AccountRole]) -> bool:
    if access().may_everywhere(May.MANAGE_ACCOUNTS):
        return True
    mine = access().sites_where(May.MANAGE_ACCOUNTS)
    return bool(roles) and all(role.study_id == access().study.id and role.site_id in mine for role in roles)


def _refuse_own(found: Account) -> None:
    """Nobody gives themselves a role, and nobody locks themselves out."""
    if found.id == access().account.id:
        raise Refused(_("This is your own account: somebody else changes it."))


def _choices() -> dict[str, Any]:
    mine = access().sites_where(May.MANAGE_ACCOUNTS)
    places = sorted((access().sites[site_id].code, access().sites[site_id].name) for site_id in mine)
    if access().may_everywhere(May.MANAGE_ACCOUNTS):
        places.insert(0, (EVERYWHERE, _("every site of the study")))
    taken = select(Account.staff_id).where(Account.staff_id.is_not(None))
    people = select(StaffMember).where(StaffMember.site_id.in_(mine), StaffMember.active, StaffMember.id.not_in(taken))
    staff = [(person.id.hex, f"{person.handle} ({access().sites[person.site_id].code})") for person in db.session.scalars(people)]
    return {
        "places": places,
        "all_roles": [(role, in_words(ACCOUNT_ROLES, role)) for role in Role],
        "staff": sorted(staff, key=lambda one: one[1]),
    }


def _written_grants() -> list[Grant]:
    """One line of the form for each role; an emptied line takes it away."""
    form = request.form
    lines = zip(form.getlist("role"), form.getlist("site"), strict=False)
    blinded = set(form.getlist("blinded"))
    return [_written_grant(role, site, str(number) in blinded) for number, (role, site) in enumerate(lines) if role]


def _written_grant(role: str, place: str, blinded: bool) -> Grant:
    by_code = {site.code: site.id for site_id, site in access().sites.items() if site_id in access().sites_where(May.MANAGE_ACCOUNTS)}
    if role not in set(Role):
        raise Refused(_("Choose a role of the list."))
    if place == EVERYWHERE and access().may_everywhere(May.MANAGE_ACCOUNTS):
        return Grant(Role(role), None, blinded)
    if place not in by_code:
        raise Refused(_("Choose a site of the list."))
    return Grant(Role(role), by_code[place], blinded)


def _written_staff(written: str) -> StaffMember | None:
    if not written:
        return None
    people = select(StaffMember).where(StaffMember.site_id.in_(access().sites_where(May.MANAGE_ACCOUNTS)), StaffMember.active)
    found = next((person for person in db.session.scalars(people) if person.id.hex == written), None)
    if found is None:
        raise Refused(_("Choose a member of staff of the list."))
    return found


def _set_up_address(secret: str) -> str:
    return base_url() + url_for("console.set_up", secret=secret, lang=None)
