"""What an open page asks every few seconds: has anything changed? Most looks find nothing, and one question answers them, which also
asks whether whoever looks still may. Only where there is news the page is put together, by the way that every page goes.
"""

from datetime import datetime
from typing import Any

from flask import Flask, Response, request, session
from sqlalchemy import Connection, Row, Select

from followup_service import clock
from followup_service.console.acting import undo_is_over
from followup_service.console.blueprint import RULES
from followup_service.console.signed_in import SECRET
from followup_service.database import autocommitting
from followup_service.extensions import db
from followup_service.staff.account_session import asked_for
from followup_service.staff.running_study import running_study

# An open page that refreshes itself says so.
LIVE = "X-Live"


def register(app: Flask) -> None:
    """Before whoever else wants to know who looks: that takes longer than all the rest."""
    app.before_request(answer_without_news)


def is_live() -> bool:
    return LIVE in request.headers


def answer_without_news() -> Response | None:
    rule, now = RULES.get(str(request.endpoint)), clock.now()
    if rule is None or rule.state is None or not is_live() or request.method != "GET" or undo_is_over(now):
        return None
    with autocommitting(db.engine, read_only=True) as connection:
        state = rule.state(connection, now, **(request.view_args or {}))
    return Response(status=204) if state is not None and state == request.args.get("seen") else None


def asked_by_reader(connection: Connection, question: Select[Any], now: datetime, **values: Any) -> Row[Any] | None:
    """The answer to a question that keeps itself `in_readers_reach`: None where nothing is there, or whoever asks is not signed in."""
    reader = asked_for(session.get(SECRET, ""), session.get("_user_id", ""), now)
    return connection.execute(question, reader | {"reach_study": running_study(db.session).id} | values).first()
