"""A rehearsal as a person likes to read it: day by day in local time, who wrote to whom, and what became of it."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import click

from followup_service.messaging.purposes import Purpose
from followup_service.protocol.paging_clock import Channel
from followup_service.protocol.rule_definitions import Level
from followup_service.rehearsal.collect_events import Event
from followup_service.rehearsal.script import (
    Action,
    Changes,
    ChangesState,
    EndsTreatment,
    GatewayFails,
    GatewayIs,
    MovesTreatment,
    Presses,
    RecordsTreatment,
    RecordsVisit,
    Script,
    Step,
)
from followup_service.rehearsal.wrap_text import columns, wrap_text

WIDTH = 110
US = "clinic"
SHAPES = {Level.EMERGENCY: "▲", Level.URGENT: "◆", Level.REVIEW: "●"}
COLOURS = {Level.EMERGENCY: "red", Level.URGENT: "yellow", Level.REVIEW: "blue"}
# Before what is spoken in a call, and before an e-mail.
SIGNS = {Channel.VOICE: "☎ ", Channel.EMAIL: "✉ "}
SAME_PAGES_SHOWN = 2


class Line(NamedTuple):
    who: str
    text: str
    style: dict[str, Any]


class Transcript:
    """Tells one event or step after another; `end` tells what is still held back."""

    def __init__(self, script: Script) -> None:
        site_zones = {site.code: site.timezone for site in script.sites}
        self._zones = {person.name: site_zones[person.site] for person in script.staff}
        self._zones |= {participant.code: participant.timezone for participant in script.participants}
        self._home = script.sites[0].timezone
        self._who_columns = max(columns(f"{US} → {name}") for name in (*self._zones, "unknown"))
        self._heading: tuple[date, str] | None = None
        self._pages: dict[tuple[str, str], int] = {}
        self._held_back = 0

    def __call__(self, item: Event | Step) -> Iterator[str]:
        if isinstance(item, Step):
            whose, line = _of_step(item.action)
        else:
            whose = item.participant or _staff(item.details)
            line = _of_event(item, ZoneInfo(self._zones.get(whose or "", self._home)))
        if isinstance(item, Step) and isinstance(item.action, Changes) and item.action.timezone:
            self._zones[item.action.participant] = item.action.timezone
        if line is None or self._is_the_same_page_again(item):
            return
        yield from self.end()
        yield from self._told(item.at, self._zones.get(whose or "", self._home), line)

    def end(self) -> Iterator[str]:
        if self._held_back:
            again = "page" if self._held_back == 1 else "pages"
            yield click.style(f"{'':9}… and {self._held_back} {again} more like these, because nobody took it", dim=True)
        self._held_back = 0

    def _told(self, at: datetime, zone: str, line: Line) -> Iterator[str]:
        local = at.astimezone(ZoneInfo(zone))
        if self._heading != (local.date(), zone):
            self._heading = (local.date(), zone)
            yield ""
            yield click.style(f"{local:%A} {local.day} {local:%B %Y} · {zone}", bold=True)
        gap = " " * (self._who_columns - columns(line.who))
        first, *rest = wrap_text(line.text, WIDTH - 11 - self._who_columns)
        yield f"  {local:%H:%M}  {click.style(line.who, **line.style)}{gap}  {click.style(first, **line.style)}"
        for more in rest:
            yield f"{'':11}{'':{self._who_columns}}{click.style(more, **line.style)}"

    def _is_the_same_page_again(self, item: Event | Step) -> bool:
        if isinstance(item, Step) or item.details.get("purpose") != Purpose.PAGE:
            return False
        page = (item.details["to"], item.details.get("body", ""))
        self._pages[page] = self._pages.get(page, 0) + 1
        again = self._pages[page] > SAME_PAGES_SHOWN
        self._held_back += again
        return again


def _staff(details: dict[str, Any]) -> str | None:
    return details.get("to") or details.get("from")


def _of_event(event: Event, zone: ZoneInfo) -> Line | None:
    about = event.details
    match event.name:
        case "text_received":
            return Line(f"{about['from']} → {US}", about["body"], {"bold": True})
        case "text_sent" | "page_sent" if "body" in about:
            style = {"fg": "magenta"} if about["purpose"] == Purpose.PAGE else {"fg": "cyan"}
            return Line(f"{US} → {about['to']}", f"{_sign(about)}{about['body']}", style)
        case "text_not_sent":
            return Line(f"{US} ↛ {about['to']}", f"{_sign(about)}{about['purpose']} not sent: {about['reason']}", {"fg": "red"})
        case "report_saved":
            return Line("", f"read: {_report(about)}", {"dim": True})
        case "escalation_opened" | "escalation_worsened":
            level = Level(about["level"])
            verb = "worse" if event.name == "escalation_worsened" else "opened"
            text = f"{SHAPES[level]} {level.upper()} No. {about['number']} {verb}: {', '.join(about['reasons'])}"
            return Line(event.participant or "unknown number", text, {"fg": COLOURS[level], "bold": True})
        case "escalation_acknowledged" | "escalation_resolved" | "escalation_returned":
            outcome = f" — {about['outcome']}" if about["outcome"] else ""
            text = f"✓ No. {about['number']} {event.name.removeprefix('escalation_')} by {about['by']}{outcome}"
            return Line(event.participant or "unknown number", text, {"fg": "green"})
        case "checkin_started" | "checkin_completed" | "checkin_closed":
            why = f" ({about['reason']})" if "reason" in about else ""
            return Line(event.participant or "", f"check-in {about['checkin']} {event.name.removeprefix('checkin_')}{why}", {"dim": True})
        case "visit_planned" | "visit_confirmed" | "visit_move_asked" | "visit_missed":
            when = f"on {_minutes(about['booked_at'], zone)}" if "booked_at" in about else f"about {about['target_on']}"
            verb = event.name.removeprefix("visit_").replace("_", " ")
            return Line(event.participant or "", f"visit {about['visit']} {about['occurrence']} {verb}, {when}", {"dim": True})
        case "opted_out" | "opted_in" | "consent_given" | "withdrawn":
            return Line(event.participant or "", f"{event.name.replace('_', ' ')} ({about['source']})", {"fg": "yellow"})
    return None


def _sign(about: dict[str, Any]) -> str:
    return SIGNS.get(about.get("channel", Channel.TEXT), "")


def _minutes(instant: str, zone: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(instant).astimezone(zone):%Y-%m-%d at %H:%M}"


def _report(about: dict[str, Any]) -> str:
    if "celsius" in about:
        return f"{about['celsius']} °C"
    if "code" in about:
        return f"{about['code']} = {about['value']}" if "value" in about else str(about["code"])
    return str(about["kind"]).replace("_", " ")


def _of_step(action: Action) -> tuple[str | None, Line | None]:
    """A line for a step that leaves no event."""
    match action:
        case Presses():
            return action.staff, Line(f"{action.staff} → {US}", f"{SIGNS[Channel.VOICE]}presses {action.key}", {"bold": True})
        case RecordsTreatment():
            return action.participant, Line(action.participant, f"recorded: {action.treatment} on {action.on}", {"dim": True})
        case MovesTreatment():
            told = f"recorded: {action.treatment} of {action.was_on} is on {action.on} instead"
            return action.participant, Line(action.participant, told, {"dim": True})
        case EndsTreatment():
            return action.participant, Line(action.participant, f"recorded: treatment ended on {action.on}", {"dim": True})
        case RecordsVisit():
            when = f"attended on {action.attended_on}" if action.attended_on else f"booked for {action.booked_at:%Y-%m-%d %H:%M}"
            return action.participant, Line(action.participant, f"recorded: {action.visit} {when}", {"dim": True})
        case Changes():
            hours = f"{action.contact_hours[0]:%H:%M} to {action.contact_hours[1]:%H:%M}" if action.contact_hours else None
            values = (
                ("language", action.language),
                ("time zone", action.timezone),
                ("phone", action.phone),
                ("tag", action.tag),
                ("contact hours", hours),
                ("usual answers", None if action.answers is None else ", ".join(action.answers) or "none"),
            )
            changed = ", ".join(f"{name} {value}" for name, value in values if value)
            return action.participant, Line(action.participant, f"changed: {changed}", {"dim": True})
        case ChangesState():
            return action.participant, Line(action.participant, f"now {action.state.value.replace('_', ' ')}", {"dim": True})
        case GatewayIs():
            return None, Line("provider", "is down" if action.down else "is up again", {"fg": "yellow"})
        case GatewayFails():
            return None, Line("provider", f"will fail the next text to {action.to} with {action.error_code}", {"fg": "yellow"})
    return None, None
