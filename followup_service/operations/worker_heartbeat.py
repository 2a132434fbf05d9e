"""WorkerHeartbeat: the sign of life of each worker; without a fresh one the service is not well."""

import os
import socket
from datetime import datetime, timedelta

from sqlalchemy import Engine, String, bindparam, delete, func, inspect, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from followup_service.columns import UtcDateTime, new_id
from followup_service.errors import Conflict
from followup_service.extensions import db, insert_unless_there

# A worker beats every few seconds; a tick with very much to do may take longer.
SILENT_AFTER = timedelta(minutes=2)
FORGOTTEN_AFTER = timedelta(days=1)


class WorkerHeartbeat(db.Model):  # type: ignore[name-defined,misc]
    """One worker process. `name` is its host and process id, `beaten_at` when it last began a round of its work."""

    __tablename__ = "worker_heartbeats"

    name: Mapped[str] = mapped_column(String(120), unique=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    beaten_at: Mapped[datetime] = mapped_column(UtcDateTime)


# Built once: it runs at every tick.
_BEAT = (
    update(WorkerHeartbeat)
    .where(WorkerHeartbeat.name == bindparam("worker"))
    .values(beaten_at=bindparam("now"))
    .execution_options(synchronize_session=False)
)


def this_worker() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"[:120]


def beat(session: Session, name: str, now: datetime) -> None:
    """Say that this worker is alive. Those of yesterday are forgotten."""
    if session.execute(_BEAT, {"worker": name, "now": now}).rowcount == 0:
        first = {"id": new_id(), "name": name, "started_at": now, "beaten_at": now}
        insert_unless_there(session.connection(), WorkerHeartbeat.__table__, [first], "name")
        session.execute(delete(WorkerHeartbeat).where(WorkerHeartbeat.beaten_at < now - FORGOTTEN_AFTER))


def stop_beating(session: Session, name: str) -> None:
    """A worker that ends as it was told to is not missed."""
    session.execute(delete(WorkerHeartbeat).where(WorkerHeartbeat.name == name))


def last_beat(session: Session) -> datetime | None:
    """When any worker last gave a sign of life."""
    return session.scalar(select(func.max(WorkerHeartbeat.beaten_at)))


def refuse_while_workers_run(engine: Engine, now: datetime) -> None:
    """Raises Conflict where a worker gave a sign of life a moment ago: what it does meanwhile would be lost."""
    if not inspect(engine).has_table(WorkerHeartbeat.__tablename__):
        return
    with Session(engine) as session:
        alive = workers_alive(session, now)
    if alive:
        raise Conflict(f"stop the workers and the web server first: {', '.join(alive)} was alive within the last two minutes")


def workers_alive(session: Session, now: datetime) -> list[str]:
    """The names of the workers that are not silent."""
    alive = select(WorkerHeartbeat.name).where(WorkerHeartbeat.beaten_at > now - SILENT_AFTER)
    return list(session.scalars(alive.order_by(WorkerHeartbeat.name)))
