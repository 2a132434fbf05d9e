"""The figures of the team, of stories short enough to count by hand."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from followup_service.escalations.escalation import Outcome
from followup_service.messaging.gateways.gateway import SendResult
from followup_service.messaging.outbound_message import AttemptState
from followup_service.protocol.rule_definitions import Level
from followup_service.records.count_escalations import count_escalations
from followup_service.records.escalation_figures import EscalationFigures, LevelFigures, Share, Spread, WeekFigures
from followup_service.staff.site import Site
from tests.hospital import Hospital
from tests.records.conftest import Ward

MONDAY, SUNDAY = date(2026, 1, 5), date(2026, 1, 11)


def figures(hospital: Hospital, since: date = MONDAY, until: date = SUNDAY) -> EscalationFigures:
    with hospital.session() as session:
        return count_escalations(
            session, {site.id: site for site in session.scalars(select(Site))}, since, until, study=hospital.app.extensions["study"]
        )


def of_level(hospital: Hospital, level: Level) -> LevelFigures:
    return next(row for row in figures(hospital).by_level if row.level is level)


def whole(hospital: Hospital) -> WeekFigures:
    return next(row for row in figures(hospital).by_week if row.week is None and row.site == "PKU")


def test_of_nothing_there_are_no_figures_but_rows(hospital: Hospital) -> None:
    found = figures(hospital)
    assert [(row.level, row.waiting, row.taken, row.oldest_at) for row in found.open_now] == [(level, 0, 0, None) for level in Level]
    assert [row.opened for row in found.by_level] == [0, 0, 0]
    assert [(row.site, row.week, row.alarms) for row in found.by_week] == [("PKU", None, 0)]
    assert whole(hospital).to_page == Spread(0, None, None)


def test_times_count_from_the_arrival_of_the_text(hospital: Hospital, ward: Ward) -> None:
    hospital.enrols().texts("39.5")
    hospital.move(minutes=4)
    hospital.nurse.texts("1")
    hospital.move(minutes=20)
    ward.resolves()
    emergency = of_level(hospital, Level.EMERGENCY)
    assert (emergency.opened, emergency.to_page) == (1, Spread(1, 0, 0))
    assert (emergency.to_acknowledge, emergency.to_outcome) == (Spread(1, 240, 240), Spread(1, 1440, 1440))


def test_a_page_counts_when_the_provider_has_it(hospital: Hospital) -> None:
    gateway = hospital.app.extensions["sms_gateway"]
    send = gateway.send
    gateway.send = lambda *_, **__: SendResult(AttemptState.NEVER_LEFT)
    hospital.enrols().texts("39.5")
    assert of_level(hospital, Level.EMERGENCY).to_page == Spread(0, None, None)
    gateway.send = send
    hospital.move(minutes=3)
    paged = of_level(hospital, Level.EMERGENCY).to_page
    assert paged.count == 1
    assert 0 < (paged.median or 0) <= 180


def test_median_and_ninetieth_percentile(hospital: Hospital, ward: Ward) -> None:
    for number in range(1, 11):
        hospital.enrols(f"PKU-{number:03}", f"+86138001380{number:02}").texts("39.5")
        hospital.clock.move(minutes=number)
        ward.resolves(number)
    taken = of_level(hospital, Level.EMERGENCY).to_acknowledge
    assert (taken.count, taken.median, taken.p90) == (10, 330, 540)


def test_what_is_open_is_counted_by_level_whenever_it_was_opened(hospital: Hospital) -> None:
    opened_at = hospital.clock.now()
    hospital.enrols().texts("39.5")
    hospital.enrols("PKU-002", "+8613800138002").texts("38.2")
    hospital.nurse.texts("1 2")
    found = figures(hospital, date(2026, 3, 1), date(2026, 3, 8))
    assert [(row.level, row.waiting, row.taken, row.oldest_at) for row in found.open_now] == [
        (Level.EMERGENCY, 1, 0, opened_at),
        (Level.URGENT, 0, 1, opened_at),
        (Level.REVIEW, 0, 0, None),
    ]
    assert [row.opened for row in found.by_level] == [0, 0, 0]


def test_alarms_that_led_to_action_are_of_those_that_ended(hospital: Hospital, ward: Ward) -> None:
    outcomes = (Outcome.ADVISED, Outcome.SENT_TO_HOSPITAL, Outcome.FALSE_ALARM, Outcome.WATCHING)
    for number, outcome in enumerate((*outcomes, None), start=1):
        hospital.enrols(f"PKU-{number:03}", f"+86138001380{number:02}").texts("39.5")
        if outcome is not None:
            ward.resolves(number, outcome)
    hospital.enrols("PKU-009", "+8613800138009").texts("qwertz")
    found = whole(hospital)
    assert (found.alarms, found.tasks, found.led_to_action) == (5, 1, Share(2, 4))


def test_how_they_ended_is_counted_and_the_teams_own_forms_are_counted_apart(hospital: Hospital, ward: Ward) -> None:
    hospital.enrols().texts("39.5")
    ward.resolves(outcome=Outcome.FALSE_ALARM)
    hospital.enrols("PKU-002", "+8613800138002").texts("qwertz")
    ward.resolves(2, Outcome.READ)
    due_at = ward.drafts().report_due_at
    hospital.clock.move(to=due_at)
    hospital.run_due()
    found = figures(hospital)
    assert [(row.outcome, row.alarms, row.tasks) for row in found.by_outcome] == [(Outcome.FALSE_ALARM, 1, 0), (Outcome.READ, 0, 1)]
    assert [row.waiting for row in found.open_now] == [0, 0, 0]
    assert [row.opened for row in found.by_level] == [1, 0, 1]
    assert (whole(hospital).alarms, whole(hospital).to_acknowledge.count) == (1, 1)
    forms = found.paperwork
    assert (forms.opened, forms.waiting, forms.taken, forms.to_outcome) == (1, 1, 0, Spread(0, None, None))
    ward.resolves(3, Outcome.ADMINISTRATIVE)
    assert [row.outcome for row in figures(hospital).by_outcome] == [Outcome.FALSE_ALARM, Outcome.READ]
    assert figures(hospital).paperwork.to_outcome.count == 1


def test_checkins_that_had_an_alarm(hospital: Hospital) -> None:
    well, ill = hospital.enrols(arm="rfa"), hospital.enrols("PKU-002", "+8613800138002", arm="rfa")
    for code in ("PKU-001", "PKU-002"):
        hospital.treats(code, "rfa", date(2026, 1, 5))
    hospital.move(to=datetime.fromisoformat("2026-01-06T10:01+08:00"))
    well.texts("36.6")
    ill.texts("39.5")
    assert whole(hospital).checkins_with_alarm == Share(1, 2)


def test_weeks_are_those_of_the_site(hospital: Hospital) -> None:
    # Sunday evening in Greenwich is Monday in Beijing.
    hospital.clock.move(to=datetime.fromisoformat("2026-01-11T17:00+00:00"))
    hospital.enrols().texts("39.5")
    assert whole(hospital).alarms == 0
    found = figures(hospital, MONDAY, SUNDAY + timedelta(days=1)).by_week
    assert [(row.site, row.week, row.alarms) for row in found] == [("PKU", date(2026, 1, 12), 1), ("PKU", None, 1)]


def test_several_sites_end_with_all_of_them(hospital: Hospital) -> None:
    hospital.employs_elsewhere("dr-zhou", "+8613900000009")
    hospital.enrols().texts("39.5")
    rows = [(row.site, row.week, row.alarms) for row in figures(hospital).by_week]
    assert rows == [("PKU", MONDAY, 1), ("PKU", None, 1), ("SHX", None, 0), (None, None, 1)]


@pytest.mark.parametrize("reopened", [False, True])
def test_the_first_to_take_it_counts(hospital: Hospital, reopened: bool) -> None:
    phone = hospital.enrols()
    phone.texts("38.2")
    hospital.clock.move(minutes=2)
    hospital.nurse.texts("1")
    if reopened:
        phone.texts("39.5")
        hospital.clock.move(minutes=9)
        hospital.nurse.texts("1")
    level = Level.EMERGENCY if reopened else Level.URGENT
    assert of_level(hospital, level).to_acknowledge == Spread(1, 120, 120)
