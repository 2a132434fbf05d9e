"""The web pages: check the caller, call one function, commit."""

from flask import Flask, redirect
from werkzeug.wrappers import Response

from followup_service.console import (
    accounts,
    adverse_event,
    audit_search,
    care,
    check_access,
    csrf,
    delivery,
    enrol,
    escalation,
    live,
    local_times,
    my_account,
    navigation,
    page_language,
    participant,
    participants,
    problem_page,
    protocol_page,
    roster_page,
    say,
    second_factor,
    security_headers,
    sign_in,
    signed_in,
    simulator,
    texts_page,
    told,
    visit_calendar,
    words_read,
    worklist,
    write,
)
from followup_service.console.blueprint import console

# Each module puts its pages on the blueprint.
PARTS = (
    check_access,
    local_times,
    problem_page,
    say,
    told,
    words_read,
    navigation,
    sign_in,
    second_factor,
    my_account,
    accounts,
    worklist,
    escalation,
    adverse_event,
    participants,
    participant,
    care,
    write,
    visit_calendar,
    enrol,
    roster_page,
    protocol_page,
    texts_page,
    delivery,
    audit_search,
)


def register(app: Flask) -> None:
    security_headers.register(app)
    page_language.register(app)
    csrf.register(app)
    live.register(app)
    signed_in.register(app)
    app.register_blueprint(console)
    app.add_url_rule("/", "root", _to_the_console)
    simulator.register(app)


def _to_the_console() -> Response:
    return redirect("/console/", code=303)
