"""Enrolling a participant: consent is there, the number can be texted, the language can be written; then the first check-in is planned."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.audit import record_event
from followup_service.encryption import keyring
from followup_service.errors import Conflict, Refused
from followup_service.participants.participant import Participant, ParticipantState
from followup_service.participants.phone_numbers import read_phone
from followup_service.participants.plan_ahead import look_at_visits, plan_ahead
from followup_service.protocol.definitions import Study

PARTICIPANT_CODE = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What enrolment needs. `language` is checked by the caller's catalogue check; `country` reads a number without country code."""

    code: str
    arm: str
    language: str
    phone: str
    timezone: str
    country: str
    consented_on: date
    consent_version: str
    enrolled_on: date | None = None
    name: str | None = None


def enrol_participant(
    session: Session, study_id: UUID, site_id: UUID, enrolment: Enrolment, now: datetime, actor: str, *, study: Study
) -> Participant:
    """Add a participant. Raises Refused for what the study or the form does not allow, Conflict for a code or number in use."""
    _check(enrolment, now, study)
    phone = read_phone(enrolment.phone, enrolment.country)
    _check_free(session, study_id, enrolment.code, phone)
    participant = Participant(
        study_id=study_id,
        site_id=site_id,
        code=enrolment.code,
        arm=enrolment.arm,
        state=ParticipantState.ACTIVE,
        language=enrolment.language,
        timezone=enrolment.timezone,
        phone=phone,
        phone_index=keyring().index(phone),
        name=enrolment.name,
        enrolled_on=enrolment.enrolled_on or now.astimezone(ZoneInfo(enrolment.timezone)).date(),
        consented_on=enrolment.consented_on,
        consent_version=enrolment.consent_version,
        protocol_version=study.version,
        created_at=now,
        version=1,
    )
    session.add(participant)
    details = {"arm": participant.arm, "language": participant.language, "timezone": participant.timezone}
    record_event(participant, "enrolled", now, actor, code=participant.code, **details)
    consent = {"on": participant.consented_on.isoformat(), "wording": participant.consent_version}
    record_event(participant, "consent_given", now, actor, **consent)
    plan_ahead(session, participant, study, now)
    look_at_visits(participant, now)
    return participant


def check_timezone(written: str, code: str) -> str:
    if written not in available_timezones():
        raise Refused(
            f"unknown time zone '{written}' for {code}: write it like Asia/Shanghai", {"timezone": ["write it like Asia/Shanghai"]}
        )
    return written


def check_phone_is_free(session: Session, study_id: UUID, phone: str) -> None:
    """One number belongs to one participant: else a text could reach the wrong person."""
    taken = session.scalar(
        select(Participant.code).where(
            Participant.phone_index == keyring().index(phone),
            Participant.study_id == study_id,
            Participant.state.in_((ParticipantState.ACTIVE, ParticipantState.PAUSED)),
        )
    )
    if taken:
        raise Conflict("this phone number belongs to another participant of the study: give another number", {"phone": ["in use"]})


def _check(enrolment: Enrolment, now: datetime, study: Study) -> None:
    code = enrolment.code
    if not re.fullmatch(PARTICIPANT_CODE, code):
        raise Refused("the participant code must be 1 to 32 letters, digits or . _ - such as PKU-017", {"code": ["write it like PKU-017"]})
    if enrolment.arm not in study.arms:
        known = ", ".join(study.arms)
        raise Refused(f"unknown arm '{enrolment.arm}' for {code}: write one of {known}", {"arm": [f"write one of {known}"]})
    zone = ZoneInfo(check_timezone(enrolment.timezone, code))
    today = now.astimezone(zone).date()
    if enrolment.enrolled_on is not None and enrolment.enrolled_on > today:
        raise Refused(
            f"enrolment of {code} is dated in the future ({enrolment.enrolled_on})", {"enrolled_on": ["write the day of enrolment"]}
        )
    if enrolment.consented_on > today:
        raise Refused(
            f"consent of {code} is dated in the future ({enrolment.consented_on})", {"consented_on": ["write the day of consent"]}
        )
    if not enrolment.consent_version.strip():
        raise Refused(f"say which consent wording {code} agreed to", {"consent_version": ["write its version, for example 1.0"]})


def _check_free(session: Session, study_id: UUID, code: str, phone: str) -> None:
    if session.scalar(select(Participant.id).where(Participant.study_id == study_id, Participant.code == code)):
        raise Conflict(f"{code} is enrolled already: use another code, or change the participant", {"code": ["in use"]})
    check_phone_is_free(session, study_id, phone)
