"""The study as the service understands it, in tables that a clinician reads beside the protocol; its versions and who approved what."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template
from sqlalchemy import select

from followup_service.audit import AuditEvent
from followup_service.console.blueprint import page
from followup_service.console.page_language import lazy_gettext as _
from followup_service.console.signed_in import access
from followup_service.console.study_in_words import (
    exceptions_of,
    readings_in_words,
    reminders_in_words,
    schedule_in_words,
    wait_in_words,
    when_in_words,
)
from followup_service.console.study_words import text_in_page_language
from followup_service.extensions import db
from followup_service.messaging.approvals import sign_offs, words_hash
from followup_service.protocol.definitions import AskedByRules, Study
from followup_service.protocol.rule_definitions import CodeRule, Level
from followup_service.staff.access import May
from followup_service.staff.site import StudyRecord

SECTIONS = {
    "versions": _("Versions"),
    "words": _("Texts by language"),
    "visits": _("Visits"),
    "reminders": _("Reminders and hours"),
    "checkins": _("Check-ins"),
    "temperature": _("Temperature"),
    "clocks": _("How fast, and who is paged"),
    "rules": _("What is reported, and what it means"),
}


@dataclass(frozen=True, slots=True)
class TakenUp:
    """Since when the service has followed a version of the file."""

    version: str
    at: datetime


@page("/protocol", May.READ_STUDY)
def protocol() -> Any:
    study = access().study.protocol
    rules = list(study.rules.codes.values())
    return render_template(
        "protocol.html",
        study=study,
        taken_up=_taken_up(study),
        signed=[(language, _signed(language, study)) for language in study.languages],
        visits=[(plan, *schedule_in_words(plan, study)) for plan in study.visits.values()],
        reminders=reminders_in_words(study),
        checkins=_checkins(study),
        readings=readings_in_words(study),
        levels_of_rules=[(level, [(rule, exceptions_of(rule)) for rule in _of_level(rules, level)]) for level in (*Level, None)],
        sections=SECTIONS,
        wait=wait_in_words,
        theirs=text_in_page_language,
    )


def _taken_up(study: Study) -> list[TakenUp]:
    """Newest first. The first version came with the study itself."""
    record = db.session.get_one(StudyRecord, access().study.id)
    events = select(AuditEvent).where(AuditEvent.subject_kind == StudyRecord.__audit_kind__, AuditEvent.subject_id == record.id)
    amended = list(db.session.scalars(events.where(AuditEvent.action == "protocol_version_taken_up").order_by(AuditEvent.sequence)))
    first = amended[0].detail["before"] if amended else record.protocol_version
    versions = [TakenUp(first, record.created_at), *(TakenUp(event.detail["version"], event.at) for event in amended)]
    return versions[::-1]


def _signed(language: str, study: Study) -> list[Any]:
    """The review and the approval of a language's texts, each with whether the words are still those."""
    fitting = words_hash(language, study.code)
    return [(one, one.words == fitting) for one in sign_offs(language, study.code)]


def _checkins(study: Study) -> list[Any]:
    """Those of the plan by their importance, then those that rules start."""
    plans = sorted(study.checkins.values(), key=lambda plan: (isinstance(plan.when, AskedByRules), plan.importance))
    return [(plan, when_in_words(plan.when, study), [(asked, study.questions[asked.code]) for asked in plan.questions]) for plan in plans]


def _of_level(rules: list[CodeRule], level: Level | None) -> Iterator[CodeRule]:
    return (rule for rule in rules if rule.level is level)
