"""Enrolling: one participant by a form that keeps what was written, or many from a CSV file that is shown before it counts."""

import csv
import io
from datetime import date
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for

from followup_service import clock
from followup_service.console.blueprint import page
from followup_service.console.page_language import gettext as _
from followup_service.console.say import say
from followup_service.console.scope import sites_seen
from followup_service.console.signed_in import access
from followup_service.console.study_words import arm_name
from followup_service.errors import FollowupError, Refused
from followup_service.extensions import db
from followup_service.messaging.approvals import check_participants_language, may_write_in
from followup_service.participants.enrol_participant import Enrolment, enrol_participant
from followup_service.participants.import_participants import OPTIONAL, REQUIRED, Hospital, import_participants
from followup_service.staff.access import May
from followup_service.staff.site import Site

FIELDS = ("site", "code", "arm", "language", "phone", "timezone", "consented_on", "consent_version", "name", "tag")
LONGEST_FIELD = 200
# What a request may hold (64 KiB), with room for the rest of the form.
LONGEST_FILE = 50_000
ROWS_SHOWN = 200


@page("/enrol", May.ENROL, methods=("GET", "POST"))
def enrol() -> Any:
    sites = _sites()
    if request.method == "GET":
        return _form({"consented_on": clock.now().date().isoformat()})
    written = {name: request.form.get(name, "").strip()[:LONGEST_FIELD] for name in FIELDS}
    try:
        if written["site"] not in sites:
            raise Refused(_("Choose a site of the list."), {"site": [_("choose one of the list")]})
        site = sites[written["site"]]
        enrolment = _enrolment(written, site)
        enrol_participant(
            db.session, access().study.id, site.id, enrolment, clock.now(), access().account.actor, study=access().study.protocol
        )
        db.session.commit()
    except FollowupError as problem:
        # Nothing of it stays; what was written is shown again.
        db.session.expunge_all()
        db.session.rollback()
        return make_response(_form(written, say(problem.detail), problem.errors), 422)
    flash(_("%(code)s is enrolled.", code=enrolment.code), "good")
    return redirect(url_for("console.participant", code=enrolment.code), code=303)


@page("/enrol/file", May.ENROL, methods=("GET", "POST"))
def enrol_from_file() -> Any:
    """Shows what a file would do; sent again with `confirmed` it is done, all of it or nothing."""
    shown: dict[str, Any] = {"required": REQUIRED, "optional": OPTIONAL, "sites": list(_sites())}
    if request.method == "GET":
        return render_template("enrol_file.html", **shown)
    text = _file_text()
    rows, bad = _import(text)
    if "confirmed" in request.form and not bad:
        db.session.commit()
        flash(_("Enrolled: %(count)s", count=rows), "good")
        return redirect(url_for("console.participants"), code=303)
    # A look only: the same function as when it counts, and nothing of it stays.
    db.session.expunge_all()
    db.session.rollback()
    lines = [] if bad else list(csv.DictReader(io.StringIO(text)))
    names = ("code", "site", "arm", "language", "consented_on")
    preview = [[(name, line.get(name) or "") for name in names] for line in lines[:ROWS_SHOWN]]
    answer = render_template("enrol_file.html", text=text, count=rows, bad=bad, preview=preview, **shown)
    return make_response(answer, 422 if bad else 200)


def _sites() -> dict[str, Site]:
    """Where the reader may enrol. Whoever must not know the arm cannot: it is written on the form."""
    return {code: site for code, site in sites_seen(May.ENROL).items() if access().may(May.SEE_ARM, site.id)}


def _form(written: dict[str, str], problem: str = "", errors: Any = None) -> str:
    study = access().study.protocol
    return render_template(
        "enrol.html",
        written=written,
        problem_words=problem,
        errors={name: say(said[0]) for name, said in (errors or {}).items() if said},
        sites=[(code, f"{code} · {site.name}") for code, site in _sites().items()],
        arms=[(code, arm_name(code)) for code in study.arms],
        languages=[(language, language.replace("_", "-")) for language in study.languages if may_write_in(language, study)],
    )


def _enrolment(written: dict[str, str], site: Site) -> Enrolment:
    return Enrolment(
        code=written["code"],
        arm=written["arm"],
        language=check_participants_language(written["language"], written["code"], access().study.protocol),
        phone=written["phone"],
        timezone=written["timezone"] or site.timezone,
        country=site.country,
        consented_on=_day(written["consented_on"]),
        consent_version=written["consent_version"] or None,
        name=written["name"] or None,
        tag=written["tag"] or None,
    )


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise Refused(_("Write the day like 2026-01-31."), {"consented_on": [_("write it like 2026-01-31")]}) from None


def _file_text() -> str:
    """The chosen file, or the text that was shown; a spreadsheet's CSV begins with a byte order mark."""
    upload = request.files.get("file")
    raw = (
        upload.read(LONGEST_FILE + 1) if upload is not None and upload.filename else request.form.get("text", "").encode("utf-8", "replace")
    )
    if not raw.strip():
        raise Refused(_("Choose a file."))
    if len(raw) > LONGEST_FILE:
        raise Refused(_("The file is too large: send it in parts."))
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise Refused(_("This is no text in UTF-8: save the file anew as CSV UTF-8.")) from None


def _import(text: str) -> tuple[int, tuple[Any, ...]]:
    study, sites = access().study, _sites()
    return import_participants(
        db.session,
        study.id,
        io.StringIO(text, newline=""),
        {code: Hospital(site.id, site.timezone, site.country) for code, site in sites.items()},
        clock.now(),
        access().account.actor,
        study=study.protocol,
        check_language=lambda language, code: check_participants_language(language, code, study.protocol),
        default_site=next(iter(sites)) if len(sites) == 1 else None,
    )
