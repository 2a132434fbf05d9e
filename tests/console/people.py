"""People who sign in to the pages: each with a browser of their own that follows links, fills forms and has an authenticator app."""

import re
from collections.abc import Callable
from contextvars import Context
from html import unescape
from typing import Any
from uuid import UUID

from sqlalchemy import select
from werkzeug.test import TestResponse

from followup_service.staff.account import Account, Role, lock_account
from followup_service.staff.manage_account import Grant, create_account, hash_checked_password
from followup_service.staff.second_factor import totp
from followup_service.staff.staff_member import StaffMember
from tests.hospital import Hospital

PASSWORD = "seven quiet herons at dusk"
BASE = "https://followup.example.org"
FORM_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Person:
    """Somebody with an account. `last` is the page they look at; addresses are below /console."""

    def __init__(self, hospital: Hospital, name: str, secret: str = "", address: str = "192.0.2.1") -> None:
        self.hospital, self.name, self.secret, self.address = hospital, name, secret, address
        self.browser = hospital.app.test_client()
        self._token: str | None = None

    def opens(self, path: str, **headers: str) -> TestResponse:
        return self._ask("GET", path, None, headers)

    def sends(self, path: str, values: dict[str, Any] | None = None, token: str | None = None, **headers: str) -> TestResponse:
        """A form with this browser's token, as the page would send it."""
        form = {"csrf_token": self.token() if token is None else token} | (values or {})
        return self._ask("POST", path, form, headers)

    def token(self) -> str:
        """Of the last page with a form that this browser was shown."""
        for page in ("/confirm", "/sign-in"):
            if self._token is None:
                self.opens(page)
        assert self._token is not None, "no form on the page"
        return self._token

    def signs_in(self, password: str = PASSWORD, code: str | None = None, onward: str = "") -> TestResponse:
        """Both steps; the last answer. The app's clock goes half a minute on where this code was used."""
        first = self.sends("/sign-in", {"name": self.name, "password": password, "next": onward})
        if first.status_code != 303:
            return first
        return self.sends("/sign-in/second-step", {"code": self.code() if code is None else code})

    def code(self) -> str:
        return totp.code_at(self.secret, self.hospital.clock.now())

    def is_signed_in(self) -> bool:
        return self.opens("/account").status_code == 200

    def signs_out(self) -> TestResponse:
        return self.sends("/sign-out")

    def shown(self, path: str) -> str:
        answer = self.opens(path)
        assert answer.status_code == 200, f"{path} answered {answer.status_code} {answer.location}"
        return unescape(answer.text)

    def _ask(self, method: str, path: str, form: dict[str, Any] | None, headers: dict[str, str]) -> TestResponse:
        path = path if path.startswith("/console") else f"/console{path}"
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if method == "POST":
            sent.setdefault("Referer", f"{BASE}{path}")
        # In a context of its own, as in a server: the request shares no database session with the test.
        answer: TestResponse = Context().run(
            self.browser.open,
            path,
            method=method,
            data=form,
            headers=sent,
            base_url=BASE,
            environ_overrides={"REMOTE_ADDR": self.address},
        )
        if form := FORM_TOKEN.search(answer.text):
            self._token = form[1]
        elif "sign" in path or "sign-in" in (answer.location or ""):
            # Another session: what was shown in the one before opens nothing.
            self._token = None
        return answer


def hires(
    hospital: Hospital,
    name: str = "li.na",
    role: Role | str = Role.COORDINATOR,
    *,
    site_id: UUID | None = None,
    everywhere: bool = False,
    blinded: bool = False,
    staff: str | None = None,
) -> Person:
    """An account that is set up: it has the password of these tests and an app with a secret that the person knows."""
    with hospital.session() as session:
        now = hospital.clock.now()
        place = None if everywhere else site_id or hospital.site_id
        person = session.scalars(select(StaffMember).where(StaffMember.handle == staff)).one() if staff else None
        account, _ = create_account(
            session,
            hospital.study_id,
            name=name,
            full_name=f"Full Name of {name}",
            grants=[Grant(Role(role), place, blinded)],
            timezone="Asia/Shanghai",
            now=now,
            actor="tests",
            staff=person,
        )
        account.password = known_hash(account)
        account.set_up_hash = account.set_up_until = None
        secret = totp.generate_totp_secret()
        account.totp_secret = secret
        session.commit()
    return Person(hospital, name, secret)


def account_of(hospital: Hospital, name: str) -> Account:
    with hospital.session() as session:
        return session.scalars(select(Account).where(Account.name == name)).one()


def changes(hospital: Hospital, name: str, change: Callable[[Any, Account], Any]) -> Any:
    """Do something to an account, as a command would."""
    account_id = account_of(hospital, name).id
    with hospital.session() as session:
        done = change(session, lock_account(session, account_id))
        session.commit()
    return done


_hashes: list[str] = []


def known_hash(account: Account) -> str:
    """The hash of the tests' password, made once: it takes a tenth of a second."""
    if not _hashes:
        _hashes.append(hash_checked_password(account, PASSWORD))
    return _hashes[0]
