"""Enrolling a participant: the number can be texted, the language can be written, and with consent the first check-in is planned."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service import clock
from followup_service.audit import record_event
from followup_service.encryption import keyring
from followup_service.errors import Conflict, Refused
from followup_service.participants.check_phone import check_phone_is_free, check_tag
from followup_service.participants.participant import PARTICIPANT_TRANSITIONS, Participant, ParticipantState
from followup_service.participants.phone_numbers import read_phone
from followup_service.participants.plan_ahead import look_at_visits, plan_ahead
from followup_service.protocol.definitions import Study
from followup_service.protocol.sentences import said
from followup_service.transitions import moved

LONGEST_CODE = 32
PARTICIPANT_CODE = rf"[A-Za-z0-9][A-Za-z0-9_.-]{{0,{LONGEST_CODE - 1}}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What enrolment needs. `language` is checked by the caller's catalogue check; `country` reads a number without country code.

    Without consent (both None) a participant is invited: nothing is sent until it is recorded. Who shares a phone needs a `tag`.
    """

    code: str
    arm: str
    language: str
    phone: str
    timezone: str
    country: str
    consented_on: date | None
    consent_version: str | None
    enrolled_on: date | None = None
    name: str | None = None
    tag: str | None = None


def enrol_participant(
    session: Session, study_id: UUID, site_id: UUID, enrolment: Enrolment, now: datetime, actor: str, *, study: Study
) -> Participant:
    """Add a participant. Raises Refused for what the study or the form does not allow, Conflict for a code or number in use."""
    _check(enrolment, now, study)
    phone = read_phone(enrolment.phone, enrolment.country)
    tag = check_tag(enrolment.tag) if enrolment.tag is not None else None
    _check_free(session, study_id, enrolment.code, phone, tag)
    participant = Participant(
        study_id=study_id,
        site_id=site_id,
        code=enrolment.code,
        arm=enrolment.arm,
        state=ParticipantState.INVITED if enrolment.consented_on is None else ParticipantState.ACTIVE,
        language=enrolment.language,
        timezone=enrolment.timezone,
        phone=phone,
        phone_index=keyring().index(phone),
        name=enrolment.name,
        tag=tag,
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
    if enrolment.consented_on is not None:
        consent = {"on": enrolment.consented_on.isoformat(), "wording": enrolment.consent_version}
        record_event(participant, "consent_given", now, actor, **consent)
    plan_ahead(session, participant, study, now)
    look_at_visits(participant, now)
    return participant


def record_consent(session: Session, participant: Participant, on: date, version: str, now: datetime, actor: str, *, study: Study) -> None:
    """Somebody who was invited takes part: from now on they are asked and reminded. The caller has locked the participant."""
    _check_consent(participant.code, on, version, now.astimezone(ZoneInfo(participant.timezone)).date())
    participant.state = moved(PARTICIPANT_TRANSITIONS, participant.state, ParticipantState.ACTIVE)
    participant.consented_on, participant.consent_version = on, version
    participant.version += 1
    record_event(participant, "consent_given", now, actor, on=on.isoformat(), wording=version)
    plan_ahead(session, participant, study, now)
    look_at_visits(participant, now)


def check_timezone(written: str, code: str) -> str:
    if written not in clock.timezones():
        raise Refused(
            said("unknown time zone '%(timezone)s' for %(participant)s: write it like Asia/Shanghai", timezone=written, participant=code),
            {"timezone": [said("write it like Asia/Shanghai")]},
        )
    return written


def _check(enrolment: Enrolment, now: datetime, study: Study) -> None:
    code = enrolment.code
    if not re.fullmatch(PARTICIPANT_CODE, code):
        raise Refused(
            said("the participant code must be 1 to 32 letters, digits or . _ - such as PKU-017"), {"code": [said("write it like PKU-017")]}
        )
    if enrolment.arm not in study.arms:
        what = said("write one of %(known)s", known=tuple(study.arms))
        raise Refused(
            said("unknown arm '%(arm)s' for %(participant)s: %(what)s", arm=enrolment.arm, participant=code, what=what), {"arm": [what]}
        )
    zone = ZoneInfo(check_timezone(enrolment.timezone, code))
    today = now.astimezone(zone).date()
    if enrolment.enrolled_on is not None and enrolment.enrolled_on > today:
        problem = said("enrolment of %(participant)s is dated in the future (%(on)s)", participant=code, on=enrolment.enrolled_on)
        raise Refused(problem, {"enrolled_on": [said("write a day that has come")]})
    if (enrolment.consented_on is None) != (enrolment.consent_version is None):
        raise Refused(
            said(
                "consent of %(participant)s needs its day and its wording: write both, or neither for somebody who is only invited",
                participant=code,
            )
        )
    if enrolment.consented_on is not None and enrolment.consent_version is not None:
        _check_consent(code, enrolment.consented_on, enrolment.consent_version, today)


def _check_consent(code: str, on: date, version: str, today: date) -> None:
    if on > today:
        raise Refused(
            said("consent of %(participant)s is dated in the future (%(on)s)", participant=code, on=on),
            {"consented_on": [said("write a day that has come")]},
        )
    if not version.strip():
        problem = said("say which consent wording %(participant)s agreed to", participant=code)
        raise Refused(problem, {"consent_version": [said("write its version, for example 1.0")]})


def _check_free(session: Session, study_id: UUID, code: str, phone: str, tag: str | None) -> None:
    if session.scalar(select(Participant.id).where(Participant.study_id == study_id, Participant.code == code)):
        raise Conflict(
            said("%(participant)s is enrolled already: use another code, or change the participant", participant=code),
            {"code": [said("in use")]},
        )
    check_phone_is_free(session, study_id, phone, tag)
