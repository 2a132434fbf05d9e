"""Who looks at the page. Flask-Security keeps the account in the cookie; whether it still counts, the sessions on the server say."""

from flask import Flask, g, request, session
from flask_login import current_user
from flask_security import Security, SQLAlchemyUserDatastore, login_user, logout_user

from followup_service import clock
from followup_service.database import only_reading
from followup_service.extensions import db
from followup_service.staff.access import Access
from followup_service.staff.account import Account, AccountRole
from followup_service.staff.account_session import AccountSession, find_session, open_session
from followup_service.staff.running_study import running_study

SECRET = "session"  # noqa: S105 - its name in the cookie


def register(app: Flask) -> None:
    app.config.update(
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of the method
        # With its second hash every password would be lost with SECRET_KEY.
        SECURITY_PASSWORD_SINGLE_HASH=True,
        SECURITY_ANONYMOUS_USER_DISABLED=True,
        SECURITY_CLI_USERS_NAME=None,
        SECURITY_CLI_ROLES_NAME=None,
    )
    security = Security(app, SQLAlchemyUserDatastore(db, Account, AccountRole), register_blueprint=False)
    security.login_manager.user_loader(_account_behind)
    # A phone changes its network on the way; and nobody signs in by a token in an address or a body.
    security.login_manager.session_protection = None
    security.login_manager.request_loader(lambda _request: None)


def access() -> Access:
    """What the person who looks at this page may. Only on pages that are not open to all."""
    known: Access = g.access
    return known


def account_session() -> AccountSession:
    known: AccountSession = g.account_session
    return known


def look_who_it_is() -> Access | None:
    """The access of whoever is signed in; None for a stranger."""
    g.access = g.access_behind if current_user else None
    return access() if g.access is not None else None


def sign_in(account: Account) -> None:
    """Begin a session; the caller commits. Nothing of what was in the cookie before stays: it may be somebody else's."""
    session.clear()
    login_user(account)
    session[SECRET] = open_session(db.session, account, request.user_agent.string, clock.now())


def sign_out() -> None:
    """Forget who it is; the session on the server is ended by the caller."""
    logout_user()
    session.clear()


def ask_no_more_who_it_is() -> None:
    """While the database is away the page that says so is shown to whoever it is: its language would ask for the account once more."""
    if "_login_user" not in g:
        g._login_user = None  # where Flask-Login keeps who it found


def only_read() -> None:
    """Begin a transaction that never waits for writers, unless one is open."""
    if not db.session().in_transaction():
        db.session.connection(execution_options=only_reading(db.engine))


def _account_behind(uniquifier: str) -> Account | None:
    only_read()
    found = find_session(db.session, session.get(SECRET, ""), uniquifier, running_study(db.session), clock.now())
    if found is None:
        return None
    g.account_session, g.access_behind = found
    return found[1].account
