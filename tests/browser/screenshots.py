"""`make screenshots`: the main pages of the console as pictures, from the demo's study on a quiet Tuesday morning."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import select

from followup_service import clock
from followup_service.clock import MovableClock
from followup_service.demo.seed_study import seed_study
from followup_service.jobs.send_outbox import send_all_due
from followup_service.staff.account import Role
from followup_service.staff.running_study import running_study
from followup_service.staff.site import Site
from tests.browser.chromium import chromium
from tests.browser.served import PHONE, Desk, Served, local_app, serve
from tests.conftest import migrate
from tests.console.people import Person, changes, hires
from tests.databases import sqlite_url
from tests.hospital import Hospital, Phone

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
MOST_BYTES = 150_000
WIDE = {"width": 1120, "height": 700}
FIRST_DAY = datetime(2026, 1, 6, 1, 0, tzinfo=UTC)  # nine in the morning in Beijing
CHINESE, ARABIC, DARK, NARROW = {"locale": "zh-CN"}, {"locale": "ar"}, {"color_scheme": "dark"}, {"viewport": PHONE}
# Of each picture: the page, and how it is looked at.
SHOTS: dict[str, tuple[str, dict[str, object]]] = {
    "worklist": ("/worklist", {}),
    "worklist-phone": ("/worklist", NARROW),
    "worklist-arabic": ("/worklist", ARABIC),
    "escalation": ("/escalations/{alarm}", {}),
    "escalation-phone": ("/escalations/{alarm}", NARROW),
    "participant": ("/participants/PKU-001", {}),
    "participant-phone": ("/participants/PKU-001", NARROW),
    "participant-dark": ("/participants/PKU-001", DARK),
    "care": ("/participants/PKU-001/care", {}),
    "care-phone": ("/participants/PKU-001/care", NARROW),
    "care-arabic": ("/participants/LDN-001/care", ARABIC),
    "adverse-event": ("/adverse-events/1", {}),
    "adverse-event-phone": ("/adverse-events/1", CHINESE | NARROW),
    "adverse-events": ("/adverse-events", {}),
    "simulator": ("/../simulator", {}),
    "simulator-arabic-phone": ("/../simulator", ARABIC | NARROW),
    "write": ("/participants/LDN-002/write", {}),
    "write-phone": ("/participants/PKU-001/write", NARROW),
    "write-arabic-phone": ("/participants/PKU-001/write", ARABIC | NARROW),
    "calendar": ("/calendar?site=PKU", {}),
    "calendar-phone": ("/calendar?site=PKU", NARROW),
    "texts-chinese": ("/texts?language=zh_Hans", CHINESE),
    "texts-phone": ("/texts?language=es", NARROW),
    "protocol": ("/protocol", {}),
    "protocol-phone": ("/protocol", NARROW),
}


class DemoHospital(Hospital):
    """The demo's study, with people who write."""

    def __init__(self, app: Flask, moving: MovableClock) -> None:
        self.app, self.clock, self.client = app, moving, app.test_client()
        with self.session() as session:
            seed_study(session, moving.now(), study=app.extensions["study"])
            session.commit()
            self.study_id = running_study(session).id
            self.site_id = session.scalars(select(Site.id).where(Site.code == "PKU")).one()

    def lives_through_a_week(self) -> tuple[Person, int]:
        """What the pages show. Returns the coordinator who looks at them, and the number of the alarm that is hers."""
        wang, liu, zhao = (Phone(self, f"+861380013800{number}") for number in (1, 2, 3))
        evans, okoye, shaw = (Phone(self, f"+44770090010{number}") for number in (1, 2, 3))
        evans.texts("39.4 and shivering since last night")
        for celsius in ("36.6", "36.8", "37.1", "36.9", "37.4"):
            wang.texts(celsius)
            self.clock.move(days=1)
        zhao.texts("37.2，有点恶心")
        okoye.texts("37.9 and four loose stools since this morning")
        shaw.texts("Could you tell me where to park on Thursday?")
        liu.texts("肩膀疼，晚上睡不着")
        self.clock.move(minutes=12)
        wang.texts("38度6，打寒战")
        self.clock.move(minutes=2)
        send_all_due(self.app)
        li = hires(self, "li.na", Role.COORDINATOR, everywhere=True, staff="nurse-li")
        changes(self, "li.na", lambda _session, account: setattr(account, "full_name", "Li Na"))
        li.signs_in()
        self._drafts_an_event(li)
        return li, self._takes_the_alarm(li)

    def _drafts_an_event(self, li: Person) -> None:
        """Of the fever in London, which is dealt with."""
        number = next(one.number for one in self.escalations() if one.is_alarm and one.participant_id == self.participant("LDN-001").id)
        li.sends(f"/escalations/{number}/resolve", {"outcome": "sent_to_hospital", "note": "Admitted for a day, blood cultures taken"})
        li.sends(f"/escalations/{number}/adverse-events")

    def _takes_the_alarm(self, li: Person) -> int:
        wang = self.participant().id
        number = next(one.number for one in self.escalations() if one.participant_id == wang and one.is_alarm)
        li.sends(f"/escalations/{number}/acknowledge")
        li.sends(f"/participants/PKU-001/write?no={number}", {"message": "write_measured_again", "step": "send"})
        self.clock.move(seconds=11)
        send_all_due(self.app)
        return number


def main() -> None:
    moving = MovableClock(FIRST_DAY)
    with tempfile.TemporaryDirectory() as empty, tempfile.TemporaryDirectory() as directory, clock.use(moving):
        migrate(Path(empty), sqlite_url(Path(empty)))
        template = Path(empty) / "followup.sqlite3"
        with serve(lambda address: local_app(Path(directory), template, address)) as served, chromium() as browser:
            hospital = DemoHospital(served.app, moving)
            served.hospital = hospital
            li, alarm = hospital.lives_through_a_week()
            take(browser, served, li, alarm)


def take(browser: Browser, served: Served, li: Person, alarm: int) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, (path, look) in SHOTS.items():
        with Desk(browser, served, li, **({"viewport": WIDE} | look)) as desk:
            desk.enters()
            desk.goes_to(path.format(alarm=alarm))
            picture = PICTURES / f"{name}.png"
            desk.page.screenshot(path=picture)
            size = picture.stat().st_size
            assert size < MOST_BYTES, f"{picture.name} has {size} bytes: {MOST_BYTES} at most"
            click.echo(f"{picture.relative_to(PICTURES.parents[1])}  {size // 1000} kB")


if __name__ == "__main__":
    main()
