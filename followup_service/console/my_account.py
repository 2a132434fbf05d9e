"""My account: how the pages look to me, my password, my second factor, and where else I am signed in."""

from typing import Any
from uuid import UUID

from flask import flash, jsonify, make_response, redirect, render_template, request, url_for

from followup_service import clock
from followup_service.console.blueprint import Open, page
from followup_service.console.page_language import PAGE_LANGUAGES
from followup_service.console.page_language import gettext as _
from followup_service.console.say import say
from followup_service.console.sign_in import base_url, passkeys_offered
from followup_service.console.signed_in import access, account_session
from followup_service.console.signed_in import sign_in as begin_session
from followup_service.errors import NotFound, Refused
from followup_service.extensions import db
from followup_service.staff.account import Account, lock_account
from followup_service.staff.account_session import SessionEnd, end_sessions, living_sessions
from followup_service.staff.manage_account import hash_checked_password, set_password
from followup_service.staff.passkey import Passkey, offer_registration, passkeys_of, register_passkey, remove_passkey
from followup_service.staff.second_factor import new_recovery_codes


@page("/account", Open.TO_ACCOUNTS, methods=("GET", "POST"))
def my_account() -> Any:
    if request.method == "POST":
        _keep_looks(lock_account(db.session, access().account.id))
        db.session.commit()
        flash(_("Kept."), "good")
        return redirect(url_for("console.my_account", lang=None), code=303)
    account = access().account
    return render_template(
        "my_account.html",
        account=account,
        roles=access().roles,
        sites=access().sites,
        sessions=living_sessions(db.session, account.id, clock.now()),
        this_session=account_session().id,
        passkeys=passkeys_of(db.session, account.id) if passkeys_offered() else None,
        timezones=[(zone, zone) for zone in sorted(clock.timezones()) if "/" in zone or zone == "UTC"],
    )


@page("/account/password", Open.TO_ACCOUNTS, methods=("GET", "POST"), fresh=True)
def change_password() -> Any:
    account = access().account
    if request.method == "GET":
        return render_template("change_password.html")
    written = request.form.get("password", "")
    try:
        if request.form.get("again", "") != written:
            raise Refused(_("The two passwords differ."))
        hashed = hash_checked_password(account, written)
    except Refused as refused:
        return make_response(render_template("change_password.html", problem=say(refused.detail)), 422)
    account = lock_account(db.session, account.id)
    set_password(db.session, account, hashed, clock.now())
    begin_session(account)
    db.session.commit()
    flash(_("Your password is changed. Everywhere else you are signed out."), "good")
    return redirect(url_for("console.my_account"), code=303)


@page("/account/recovery-codes", Open.TO_ACCOUNTS, methods=("POST",), fresh=True)
def make_recovery_codes() -> Any:
    codes = new_recovery_codes(lock_account(db.session, access().account.id), clock.now())
    db.session.commit()
    return render_template("recovery_codes.html", codes=codes, next=url_for("console.my_account"))


@page("/account/sessions/end", Open.TO_ACCOUNTS, methods=("POST",))
def end_other_sessions() -> Any:
    account = lock_account(db.session, access().account.id)
    end_sessions(db.session, account.id, SessionEnd.ENDED_ELSEWHERE, clock.now(), but=account_session().id)
    db.session.commit()
    flash(_("Everywhere else you are signed out."), "good")
    return redirect(url_for("console.my_account"), code=303)


@page("/account/passkeys", Open.TO_ACCOUNTS, methods=("GET", "POST"), fresh=True)
def add_passkey() -> Any:
    if not passkeys_offered():
        raise NotFound("no passkeys here")
    if request.method == "GET":
        return render_template("add_passkey.html")
    account = lock_account(db.session, access().account.id)
    name = request.form.get("name", "").strip() or _("Passkey")
    try:
        register_passkey(db.session, account, request.form.get("passkey", ""), name, base_url(), clock.now())
    except Refused as refused:
        db.session.commit()
        return make_response(render_template("add_passkey.html", problem=say(refused.detail)), 422)
    db.session.commit()
    flash(_("The passkey is added."), "good")
    return redirect(url_for("console.my_account"), code=303)


@page("/account/passkeys/offer", Open.TO_ACCOUNTS, methods=("POST",), fresh=True)
def offer_passkey() -> Any:
    offer = offer_registration(db.session, lock_account(db.session, access().account.id), base_url())
    db.session.commit()
    return jsonify(offer)


@page("/account/passkeys/<uuid:passkey_id>/remove", Open.TO_ACCOUNTS, methods=("POST",), fresh=True)
def remove_my_passkey(passkey_id: UUID) -> Any:
    account = lock_account(db.session, access().account.id)
    passkey = db.session.get(Passkey, passkey_id)
    if passkey is None or passkey.account_id != account.id:
        raise NotFound("no such passkey")
    remove_passkey(db.session, account, passkey, clock.now())
    db.session.commit()
    flash(_("The passkey is removed."), "good")
    return redirect(url_for("console.my_account"), code=303)


def _keep_looks(account: Account) -> None:
    language, timezone = request.form.get("language", ""), request.form.get("timezone", "")
    account.language = language if language in PAGE_LANGUAGES else None
    if timezone not in clock.timezones():
        raise Refused(_("Choose a time zone of the list."))
    account.timezone = timezone
    account.single_keys = "single_keys" in request.form
