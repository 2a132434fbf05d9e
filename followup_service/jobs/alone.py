"""Doing one thing in a transaction of its own."""

from collections.abc import Callable

import structlog
from sqlalchemy.orm.exc import StaleDataError

from followup_service.extensions import db
from followup_service.logs import where_it_broke
from followup_service.messaging.spool import DATABASE_AWAY

log = structlog.get_logger()


def alone(step: str, work: Callable[[], object], *, may_wait: bool = True) -> bool:
    """Do one thing and commit: where it fails (False), nothing else waits for it, and it stays due.

    That the database is away, or that somebody else did it meanwhile, is no failure of the thing as long as it may wait: it stays due, and
    health turns red with its age.
    """
    try:
        work()
        db.session.commit()
    except (*DATABASE_AWAY, StaleDataError) as error:
        db.session.rollback()
        log.warning("step_waits", step=step, error=type(error).__name__, where=where_it_broke(error))
        return may_wait
    except Exception as error:  # noqa: BLE001 - the callers bring it to a person; what stays due turns health red with its age
        db.session.rollback()
        log.error("step_failed", step=step, error=type(error).__name__, where=where_it_broke(error))
        return False
    return True
