"""STEPS: what the clock does, in order. Each finds what is due by an index and works through it, one transaction for each."""

from collections.abc import Callable, Sequence
from functools import partial

import structlog
from sqlalchemy import bindparam, select

from followup_service import clock
from followup_service.audit import seal_chains
from followup_service.extensions import db
from followup_service.jobs.alarm_steps import begin_drills, end_drills, follow_up_alarms, look_over_rosters, page_again, return_unfinished
from followup_service.jobs.alone import alone
from followup_service.jobs.ask_provider import ask_what_became, look_for_unknown, take_in_missed
from followup_service.jobs.care_steps import (
    chase_visits,
    look_at_plans,
    remind_of_visits,
    start_checkins,
    step_checkins,
    watch_report_clocks,
)
from followup_service.jobs.find_due import find_due
from followup_service.jobs.take_back_calls import take_back_calls
from followup_service.jobs.text_steps import ask_whose, empty_spool, retry_replies, take_back_leases
from followup_service.logs import where_it_broke
from followup_service.operations.worker_heartbeat import beat, this_worker
from followup_service.staff.running_study import running_study
from followup_service.staff.site import StudyRecord
from followup_service.staff.take_up_version import take_up_version

log = structlog.get_logger()
_OF_ANOTHER_VERSION = select(StudyRecord.id).where(
    StudyRecord.id == bindparam("study_id"), StudyRecord.protocol_version != bindparam("version")
)


def give_sign_of_life() -> None:
    """This worker is alive, and comes as far as its work."""
    beat(db.session, this_worker(), clock.now())
    db.session.commit()


def take_up_amendment() -> None:
    """A new version of the protocol file: every plan is looked at once under it. What was made under the old one keeps its version."""
    study = running_study(db.session)
    db.session.rollback()
    if find_due(_OF_ANOTHER_VERSION, study_id=study.id, version=study.protocol.version):
        alone("take_up_amendment", partial(take_up_version, db.session, study.id, clock.now(), study=study.protocol))


def seal_audit() -> None:
    """Yesterday's audit chains, sealed once a day."""
    seal = seal_chains(db.session, clock.now().date(), clock.now())
    db.session.commit()
    if seal is not None:
        log.info("audit_sealed", seal=seal.hash.hex(), count=seal.number)


STEPS: tuple[Callable[[], None], ...] = (
    give_sign_of_life,
    empty_spool,
    retry_replies,
    ask_whose,
    end_drills,
    page_again,
    return_unfinished,
    follow_up_alarms,
    watch_report_clocks,
    take_back_leases,
    take_up_amendment,
    step_checkins,
    start_checkins,
    look_at_plans,
    remind_of_visits,
    chase_visits,
    look_over_rosters,
    begin_drills,
    seal_audit,
)
# These wait for the provider: the others must not wait with them.
PROVIDER_STEPS: tuple[Callable[[], None], ...] = (take_back_calls, take_in_missed, look_for_unknown, ask_what_became)


def run_steps(steps: Sequence[Callable[[], None]] = (*PROVIDER_STEPS, *STEPS)) -> None:
    """Run every step once, in order. A step that fails does not keep the next from its work; it is tried again at the next tick."""
    for step in steps:
        try:
            step()
        except Exception as error:  # noqa: BLE001 - what is due stays due: the next tick tries again, and health turns red with its age
            log.error("step_failed", step=step.__name__, error=type(error).__name__, where=where_it_broke(error))
        finally:
            db.session.rollback()
