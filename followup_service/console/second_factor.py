"""Setting the second factor up: a picture for the app, a code to show that it works, then recovery codes, shown once."""

import base64
import binascii
from typing import Any

from flask import Response, make_response, redirect, render_template, request, session, url_for

from followup_service import clock
from followup_service.console.blueprint import Open, page
from followup_service.console.check_access import safe_next
from followup_service.console.known_device import remember_device
from followup_service.console.page_language import gettext as _
from followup_service.console.say import say
from followup_service.console.sign_in import PENDING, finish_sign_in, keep_pending, pending_account
from followup_service.console.signed_in import account_session, look_who_it_is
from followup_service.encryption import DecryptionFailed, keyring
from followup_service.errors import NotFound, Refused
from followup_service.extensions import db
from followup_service.staff.account import Account, lock_account
from followup_service.staff.manage_account import find_by_set_up_link, hash_checked_password, set_password
from followup_service.staff.second_factor import qr_picture, set_second_factor, totp

KEPT = "second factor"


@page("/set-up/<secret>", Open.TO_ALL, methods=("GET", "POST"))
def set_up(secret: str) -> Any:
    """The link that a new person gets: choose a password, then the second factor."""
    account = find_by_set_up_link(db.session, secret, clock.now())
    if account is None:
        raise NotFound("no such link")
    if request.method == "GET":
        return render_template("set_up.html", name=account.name)
    written = request.form.get("password", "")
    try:
        _check_repeated(written)
        hashed = hash_checked_password(account, written)
    except Refused as refused:
        return make_response(render_template("set_up.html", name=account.name, problem=say(refused.detail)), 422)
    account = lock_account(db.session, account.id)
    if find_by_set_up_link(db.session, secret, clock.now()) is None:
        raise NotFound("no such link")
    set_password(db.session, account, hashed, clock.now())
    db.session.commit()
    keep_pending(account, url_for("console.home"))
    return redirect(url_for("console.second_step" if account.totp_secret else "console.second_factor"), code=303)


@page("/second-factor", Open.TO_ALL, methods=("GET", "POST"))
def second_factor() -> Any:
    """For whoever has none yet, right after the password; or anew, for whoever is signed in and has just confirmed the password."""
    account = _who_sets_it_up()
    if isinstance(account, Response):
        return account
    if request.method == "GET":
        return render_template("second_factor.html", secret=_grouped(_kept_secret(account)))
    secret = _kept_secret(account)
    account = lock_account(db.session, account.id)
    codes = set_second_factor(account, secret, request.form.get("code", ""), clock.now())
    if codes is None:
        wrong = _("This code does not fit. Compare the time on your phone, and write the code that it shows now.")
        return make_response(render_template("second_factor.html", secret=_grouped(secret), problem=wrong), 422)
    if PENDING in session:
        onward = finish_sign_in(account, "app")
        response = make_response(render_template("recovery_codes.html", codes=codes, next=onward.location))
        remember_device(response, account)
    else:
        db.session.commit()
        session.pop(KEPT)
        response = make_response(render_template("recovery_codes.html", codes=codes, next=url_for("console.my_account")))
    return response


@page("/second-factor/picture.svg", Open.TO_ALL)
def second_factor_picture() -> Any:
    account = _who_sets_it_up()
    if isinstance(account, Response):
        raise NotFound("no such picture")
    response = Response(qr_picture(totp.uri(_kept_secret(account), account)), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "no-store"
    return response


def _who_sets_it_up() -> Account | Response:
    pending = pending_account()
    if pending is not None and pending.totp_secret is None:
        return pending
    known = look_who_it_is()
    if known is None:
        return _to(url_for("console.sign_in"))
    if not account_session().is_fresh(clock.now()):
        return _to(url_for("console.confirm", next=safe_next(url_for("console.second_factor"))))
    return known.account


def _kept_secret(account: Account) -> str:
    """The secret between showing it and the first code; encrypted, because the cookie is only signed."""
    place = f"cookie.second_factor.{account.id.hex}"
    try:
        return keyring().decrypt(base64.b64decode(session.get(KEPT, "")), place).decode()
    except (DecryptionFailed, binascii.Error):
        secret = totp.generate_totp_secret()
        session[KEPT] = base64.b64encode(keyring().encrypt(secret.encode(), place)).decode()
        return secret


def _grouped(secret: str) -> str:
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def _check_repeated(password: str) -> None:
    if request.form.get("again", "") != password:
        raise Refused(_("The two passwords differ."))


def _to(address: str) -> Response:
    answer = redirect(address, code=303)
    assert isinstance(answer, Response)  # noqa: S101 - werkzeug names a wider type
    return answer
