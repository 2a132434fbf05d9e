"""Signing in: the password, then the second factor, then a session. A wrong try makes the next one wait: staff/sign_in_delay.py."""

from datetime import datetime, timedelta
from math import ceil
from typing import Any
from uuid import UUID

import structlog
from flask import Response, current_app, flash, jsonify, make_response, redirect, render_template, request, session, url_for

from followup_service import clock
from followup_service.config import Config
from followup_service.console.blueprint import Open, page
from followup_service.console.check_access import safe_next
from followup_service.console.known_device import device_of, remember_device
from followup_service.console.navigation import first_page
from followup_service.console.page_language import gettext as _
from followup_service.console.page_language import ngettext
from followup_service.console.signed_in import access, account_session, look_who_it_is
from followup_service.console.signed_in import sign_in as begin_session
from followup_service.console.signed_in import sign_out as forget_session
from followup_service.extensions import db
from followup_service.staff.account import Account, lock_account
from followup_service.staff.account_session import AccountSession, SessionEnd
from followup_service.staff.passkey import offer_sign_in, passkeys_of, passkeys_work_at, take_passkey
from followup_service.staff.second_factor import take_code
from followup_service.staff.sign_in import account_named, note_failure, note_sign_in, password_is_right
from followup_service.staff.sign_in_delay import Count, counts_for, forget_failures, forget_old_failures, start_try

log = structlog.get_logger()
PASSWORD, SECOND_FACTOR = "password", "second_factor"  # noqa: S105 - the names of the steps
PENDING = "pending"
PENDING_FOR = timedelta(minutes=10)


@page("/", Open.TO_ACCOUNTS)
def home() -> Any:
    return redirect(first_page(access()), code=303)


@page("/sign-in", Open.TO_ALL, methods=("GET", "POST"))
def sign_in() -> Any:
    onward = safe_next(request.values.get("next"))
    if look_who_it_is() is not None:
        return redirect(onward, code=303)
    if request.method == "GET":
        return render_template("sign_in.html", next=onward)
    written, password = request.form.get("name", ""), request.form.get("password", "")
    account = account_named(db.session, written)
    counts = counts_for(written.strip().lower()[:200], str(request.remote_addr), device_of(account), step=PASSWORD)
    if (until := _try(counts)) is not None:
        return _asked_to_wait("sign_in.html", until, next=onward, name=written)
    if not password_is_right(account, password):
        _note_failure(account, PASSWORD)
        wrong = _("Sign-in name or password is wrong.")
        return make_response(render_template("sign_in.html", next=onward, name=written, problem=wrong), 422)
    assert account is not None  # noqa: S101 - nobody's password is right for no account
    forget_failures(db.session, counts)
    forget_old_failures(db.session, clock.now())
    db.session.commit()
    keep_pending(account, onward)
    step = "console.second_step" if account.totp_secret else "console.second_factor"
    return redirect(url_for(step), code=303)


@page("/sign-in/second-step", Open.TO_ALL, methods=("GET", "POST"))
def second_step() -> Any:
    account = pending_account()
    if account is None or account.totp_secret is None:
        return redirect(url_for("console.sign_in"), code=303)
    keys = passkeys_offered() and bool(passkeys_of(db.session, account.id))
    if request.method == "GET":
        return render_template("second_step.html", passkeys=keys)
    counts = counts_for(account.name, str(request.remote_addr), device_of(account), step=SECOND_FACTOR)
    if (until := _try(counts)) is not None:
        return _asked_to_wait("second_step.html", until, passkeys=keys)
    account = lock_account(db.session, account.id)
    factor = _take_second_factor(account)
    if factor is None or not account.active:
        _note_failure(account, SECOND_FACTOR)
        wrong = _("This code is wrong or was used before. Wait for the next one.")
        return make_response(render_template("second_step.html", passkeys=keys, problem=wrong), 422)
    forget_failures(db.session, counts)
    return finish_sign_in(account, factor)


@page("/sign-in/passkey", Open.TO_ALL, methods=("POST",))
def passkey_offer() -> Any:
    """What the browser needs to use a passkey: asked for by the script of the second step."""
    account = pending_account()
    if account is None:
        return jsonify({}), 401
    offer = offer_sign_in(db.session, lock_account(db.session, account.id), base_url())
    db.session.commit()
    return jsonify(offer)


@page("/sign-out", Open.TO_ACCOUNTS, methods=("POST",))
def sign_out() -> Any:
    row = db.session.get_one(AccountSession, account_session().id)
    row.ended_at, row.ended_because = clock.now(), SessionEnd.SIGNED_OUT
    db.session.commit()
    forget_session()
    flash(_("You are signed out."), "good")
    return redirect(url_for("console.sign_in"), code=303)


@page("/confirm", Open.TO_ACCOUNTS, methods=("GET", "POST"))
def confirm() -> Any:
    """The password once more, before what changes the security of an account."""
    onward = safe_next(request.values.get("next"))
    if request.method == "GET":
        return render_template("confirm.html", next=onward)
    wrong = confirm_password(access().account, request.form.get("password", ""))
    if wrong is not None:
        return make_response(render_template("confirm.html", next=onward, problem=wrong), 422)
    db.session.get_one(AccountSession, account_session().id).confirmed_at = clock.now()
    db.session.commit()
    return redirect(onward, code=303)


def confirm_password(account: Account, password: str) -> str | None:
    """Ask whoever is signed in for the password again, for a signature for example: None where it is right, else what to tell them.

    It commits the count of tries, so it comes before anything else is written.
    """
    counts = counts_for(account.name, str(request.remote_addr), f"session {account_session().id.hex}", step=PASSWORD)
    if (until := _try(counts)) is not None:
        return _wait(until)
    if not password_is_right(account, password):
        _note_failure(account, PASSWORD)
        return str(_("The password is wrong."))
    forget_failures(db.session, counts)
    db.session.commit()
    return None


def keep_pending(account: Account, onward: str) -> None:
    """Remember that the password was right, for some minutes; a changed password or a disabled account ends that too."""
    session.clear()
    until = (clock.now() + PENDING_FOR).isoformat()
    session[PENDING] = {"account": account.id.hex, "uniquifier": account.fs_uniquifier, "until": until, "next": onward}


def pending_account() -> Account | None:
    """Whose password was right a moment ago."""
    kept = session.get(PENDING)
    if kept is None or datetime.fromisoformat(kept["until"]) <= clock.now():
        return None
    account: Account | None = db.session.get(Account, UUID(kept["account"]))
    return account if account is not None and account.active and account.fs_uniquifier == kept["uniquifier"] else None


def finish_sign_in(account: Account, factor: str) -> Response:
    """Both factors were right: begin the session, commit, and go on. The account's row is locked by the caller."""
    onward = session[PENDING]["next"]
    begin_session(account)
    note_sign_in(account, factor, clock.now())
    db.session.commit()
    if factor == "recovery":
        flash(_("Recovery codes left: %(count)s", count=len(account.recovery_codes)), "warning")
    response = redirect(onward, code=303)
    assert isinstance(response, Response)  # noqa: S101 - werkzeug names a wider type
    remember_device(response, account)
    return response


def passkeys_offered() -> bool:
    return passkeys_work_at(base_url())


def base_url() -> str:
    config: Config = current_app.extensions["config"]
    return config.public_base_url


def _take_second_factor(account: Account) -> str | None:
    answer = request.form.get("passkey", "")
    if answer and passkeys_offered():
        return "passkey" if take_passkey(db.session, account, answer, base_url(), clock.now()) else None
    return take_code(account, request.form.get("code", ""), clock.now())


def _try(counts: tuple[Count, ...]) -> datetime | None:
    """Count the try and commit; the password is then looked at outside any transaction, because that takes long."""
    until = start_try(db.session, counts, clock.now())
    db.session.commit()
    return until


def _note_failure(account: Account | None, step: str) -> None:
    log.warning("sign_in_failed", where=step)
    if account is not None:
        note_failure(lock_account(db.session, account.id), step, clock.now())
        db.session.commit()


def _asked_to_wait(template: str, until: datetime, **values: Any) -> Response:
    response = make_response(render_template(template, problem=_wait(until), **values), 429)
    response.headers["Retry-After"] = str(_seconds_until(until))
    return response


def _wait(until: datetime) -> str:
    seconds = _seconds_until(until)
    return ngettext("Too many tries. Wait %(seconds)s second.", "Too many tries. Wait %(seconds)s seconds.", seconds, seconds=seconds)


def _seconds_until(until: datetime) -> int:
    return max(1, ceil((until - clock.now()).total_seconds()))
