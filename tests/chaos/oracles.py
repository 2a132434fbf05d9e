"""What must hold after all the faults: the seven sentences of the acceptance list, looked at from outside the service where one can."""

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from followup_service import clock
from followup_service.audit import verify_chains
from followup_service.escalations.escalation import Escalation, EscalationState
from followup_service.extensions import db
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.messaging.outbound_message import Attempt, AttemptState, OutboundMessage, OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.messaging.spool import WAITING
from followup_service.participants.participant import Participant
from tests.chaos.hospital_in_traffic import CANARY, NAME, STAFF, HospitalInTraffic

# Thirty are usual; a busy machine is no finding.
SECONDS_TO_SETTLE = 300.0
UNDER_WAY = (OutboundState.CLAIMED, OutboundState.UNKNOWN)
ON_ITS_WAY = (OutboundState.ACCEPTED, OutboundState.QUEUED, OutboundState.SENDING, OutboundState.SENT)
AT_PROVIDER = (*ON_ITS_WAY, OutboundState.DELIVERED)


@dataclass
class Findings:
    """Sentences about what was lost, what came twice and what else is wrong."""

    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def wait_until_settled(hospital: HospitalInTraffic, seconds: float) -> list[str]:
    """Wait until nothing is to be done any more. Returns what is still open when the time is over."""
    until = time.monotonic() + seconds
    while open_ := _open(hospital):
        if time.monotonic() > until:
            return open_
        time.sleep(0.3)
    return []


def _open(hospital: HospitalInTraffic) -> list[str]:
    if not hospital.provider.schedule.wait_until_idle(5):
        return ["the provider is still busy"]
    with hospital.app.app_context():
        db.session.connection(execution_options={"read_only": True})
        unhandled = db.session.scalar(select(func.count()).where(InboundMessage.handled_at.is_(None)))
        # A drill's text is stored too, and no phone sent it.
        missing = len(
            {message.sid for message in hospital.provider.received()} - set(db.session.scalars(select(InboundMessage.provider_sid)))
        )
        on_its_way = db.session.scalars(select(OutboundMessage).where(_is_on_its_way())).all()
        spooled = sum(len(list(host.spool.glob(f"*{WAITING}"))) for host in hospital.hosts)
        to_send = [f"{text.purpose} {text.id} to send: {text.state}, due {text.due_at}, {text.attempts} attempts" for text in on_its_way]
        found = {
            "texts not stored": missing,
            "texts not handled": unhandled,
            "files in the spool": spooled,
            "texts that failed at their carrier and are on their way by our books": len(_failed(hospital) & _believed_on_their_way()),
            "attempts to be looked for": db.session.scalar(select(func.count()).where(_is_looked_for())),
        }
        db.session.remove()
    return [f"{count} {what}" for what, count in found.items() if count] + to_send


def _is_on_its_way() -> ColumnElement[bool]:
    """Due, with the provider, or waiting for another try. What the day's limit or the night puts off until tomorrow was not tried."""
    tried = exists().where(Attempt.outbound_id == OutboundMessage.id, Attempt.lease == OutboundMessage.lease)
    waits = (OutboundMessage.state == OutboundState.CREATED) & ((OutboundMessage.due_at <= clock.now()) | tried)
    return OutboundMessage.state.in_(UNDER_WAY) | waits


def _failed(hospital: HospitalInTraffic) -> set[str]:
    return {message.sid for message in hospital.provider.sent() if message.error_code is not None}


def _believed_on_their_way() -> set[str | None]:
    newest = (OutboundMessage.id == Attempt.outbound_id) & (OutboundMessage.lease == Attempt.lease)
    return set(db.session.scalars(select(Attempt.provider_sid).join(OutboundMessage, newest).where(OutboundMessage.state.in_(ON_ITS_WAY))))


def _is_looked_for() -> ColumnElement[bool]:
    return (Attempt.state == AttemptState.UNKNOWN) & Attempt.next_look_at.is_not(None)


def judge(hospital: HospitalInTraffic, seconds_to_settle: float = SECONDS_TO_SETTLE) -> Findings:
    findings = Findings()
    findings.lost += [f"never settled: {what}" for what in wait_until_settled(hospital, seconds_to_settle)]
    hospital.ends()
    with hospital.app.app_context():
        session = db.session
        _every_text_to_us_is_stored_once(session, hospital, findings)
        _every_text_at_the_provider_has_one_attempt(session, hospital, findings)
        _every_text_to_a_participant_arrived_at_most_once(session, hospital, findings)
        _every_fever_has_one_episode_that_somebody_has(session, hospital, findings)
        findings.wrong += [f"audit: {broken.subject_kind} {broken.problem}" for broken in verify_chains(session)]
        db.session.remove()
        db.engine.dispose()
    _nothing_personal_is_in_the_logs(hospital, findings)
    _nobody_outside_saw_an_error(hospital, findings)
    return findings


def _every_text_to_us_is_stored_once(session: Session, hospital: HospitalInTraffic, findings: Findings) -> None:
    stored = Counter(session.scalars(select(InboundMessage.provider_sid)))
    for message in hospital.provider.received():
        if stored[message.sid] == 0:
            findings.lost.append(f"text to us {message.sid} is not stored")
        elif stored[message.sid] > 1:
            findings.twice.append(f"text to us {message.sid} is stored {stored[message.sid]} times")


def _every_text_at_the_provider_has_one_attempt(session: Session, hospital: HospitalInTraffic, findings: Findings) -> None:
    attempts = {
        sid: id_.hex for id_, sid in session.execute(select(Attempt.id, Attempt.provider_sid).where(Attempt.provider_sid.is_not(None)))
    }
    for message in hospital.provider.sent():
        if message.sid not in attempts:
            findings.wrong.append(f"{message.sid} at the provider belongs to no attempt; it was made by {message.attempt}")
    by_attempt = Counter(message.attempt for message in hospital.provider.sent())
    findings.twice += [f"attempt {attempt} made {count} texts" for attempt, count in by_attempt.items() if count > 1]
    # What we believe to be there must be there.
    there = {message.sid for message in hospital.provider.sent()}
    findings.lost += [
        f"attempt {attempt} believes in {sid}, which the provider never had" for sid, attempt in attempts.items() if sid not in there
    ]


def _every_text_to_a_participant_arrived_at_most_once(session: Session, hospital: HospitalInTraffic, findings: Findings) -> None:
    """Texts with the same words to the same phone count together: nobody who reads them, and no list of the provider, tells them apart."""
    copies = Counter((message.to, message.body) for message in hospital.provider.sent() if message.on_handset)
    alike: dict[tuple[str, str], list[OutboundMessage]] = defaultdict(list)
    for row in session.scalars(select(OutboundMessage)):
        number = session.scalars(select(Attempt).where(Attempt.outbound_id == row.id).limit(1)).first()
        if number is not None:
            alike[number.to_phone, row.body].append(row)
    for which, rows in alike.items():
        said = f"{len(rows)} texts ({rows[0].message}) like {rows[0].id}"
        if rows[0].participant_id is not None and copies[which] > len(rows):
            findings.twice.append(f"{said} arrived {copies[which]} times")
        believed = sum(row.state in AT_PROVIDER for row in rows)
        if copies[which] < believed:
            findings.lost.append(f"{said}: {believed} are at the provider by our books, {copies[which]} arrived")
        not_sent = [row.not_sent_reason for row in rows if row.state is OutboundState.NOT_SENT]
        if rows[0].participant_id is not None and not_sent and copies[which] > len(rows) - len(not_sent):
            findings.wrong.append(f"{said}: {copies[which]} arrived, and {len(not_sent)} are not_sent here ({not_sent})")


def _every_fever_has_one_episode_that_somebody_has(session: Session, hospital: HospitalInTraffic, findings: Findings) -> None:
    ring = hospital.app.extensions["keyring"]
    paged = {message.to for message in hospital.provider.sent() if message.to in STAFF and message.on_handset}
    for number in sorted(hospital.feverish):
        whose = select(Participant.id).where(Participant.phone_index == ring.index(number)).scalar_subquery()
        open_ = session.scalars(
            select(Escalation).where(Escalation.participant_id == whose, Escalation.state != EscalationState.RESOLVED, Escalation.is_alarm)
        ).all()
        if len(open_) != 1 or "FEVER" not in open_[0].reasons:
            findings.lost.append(f"the fever of a participant has {len(open_)} open alarms, {[one.reasons for one in open_]}")
            continue
        pages = select(func.count()).where(OutboundMessage.escalation_id == open_[0].id, OutboundMessage.purpose == Purpose.PAGE)
        if not session.scalar(pages) or not (open_[0].acknowledged_by or open_[0].next_page_at) or not paged:
            findings.lost.append(f"nobody has alarm {open_[0].number}, and no page is under way")


def _nothing_personal_is_in_the_logs(hospital: HospitalInTraffic, findings: Findings) -> None:
    said = hospital.said()
    for canary in (CANARY, NAME, *(number[1:] for number in (*hospital.phones, *STAFF))):
        if canary in said:
            findings.wrong.append(f"the logs hold {canary}")
    if "Traceback" in said:
        findings.wrong.append("the logs hold a traceback: " + said[said.index("Traceback") :][:2000])


def _nobody_outside_saw_an_error(hospital: HospitalInTraffic, findings: Findings) -> None:
    statuses = Counter(tried.status for tried in hospital.provider.webhooks.tried)
    findings.wrong += [f"{count} webhooks answered with {status}" for status, count in statuses.items() if status not in (200, None)]
    findings.wrong += [f"{tried.url} shows {CANARY}" for tried in hospital.provider.webhooks.tried if CANARY in tried.url + tried.body]
    findings.wrong += [f"Twilio would refuse our request: {problem}" for problem in hospital.provider.problems]
    findings.wrong += [f"the stand-in failed: {error!r}" for error in hospital.provider.schedule.errors]
