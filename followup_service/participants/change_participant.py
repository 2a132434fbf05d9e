"""Changing what we know of a participant: phone, language, time zone, opting out of texts and in again, and the state in the trial."""

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.audit import record_event
from followup_service.encryption import keyring
from followup_service.errors import Conflict, NotFound, Refused
from followup_service.participants.check_phone import check_phone_is_free, check_tag, numbers_of
from followup_service.participants.contact_hours import check_hours
from followup_service.participants.enrol_participant import check_timezone
from followup_service.participants.participant import PARTICIPANT_TRANSITIONS, OptOutSource, Participant, ParticipantState
from followup_service.participants.phone_numbers import read_phone
from followup_service.participants.plan_ahead import look_at_visits, plan_ahead
from followup_service.participants.plan_anew import plan_anew, targets_of
from followup_service.protocol.definitions import Study
from followup_service.protocol.sentences import said
from followup_service.transitions import moved


def lock_participant(session: Session, participant_id: UUID) -> Participant:
    """The participant's row as it is now, locked until the transaction ends: everything that changes it goes through here.

    Every row lock leaves the key alone (FOR NO KEY UPDATE): rows that refer to it neither wait for it nor deadlock.
    """
    participant = session.scalar(
        select(Participant)
        .where(Participant.id == participant_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if participant is None:
        raise NotFound("no such participant")
    return participant


def change_contact(
    session: Session,
    participant: Participant,
    now: datetime,
    actor: str,
    *,
    study: Study,
    country: str = "",
    phone: str | None = None,
    language: str | None = None,
    timezone: str | None = None,
    tag: str | None = None,
) -> None:
    """Change what is given. The audit says what changed, and the number's change without the number.

    `country` is the one of which a phone number without a country code is read; an empty `tag` takes it away.
    """
    changed: dict[str, str] = {}
    if tag is not None and (tag or None) != participant.tag:
        participant.tag = check_tag(tag) if tag else None
        _check_numbers_told_apart(session, participant, instead_of_first=phone is not None)
        changed["tag"] = "changed"
    if phone is not None:
        number = read_phone(phone, country)
        if number != participant.phone or participant.phone_wrong_since is not None:
            check_phone_is_free(session, participant.study_id, number, participant.tag, participant.id)
            participant.phone, participant.phone_index, participant.phone_wrong_since = number, keyring().index(number), None
            changed["phone"] = "changed"
    if language is not None and language != participant.language:
        changed["language"] = f"{participant.language} -> {language}"
        participant.language = language
    if timezone is not None and timezone != participant.timezone:
        changed["timezone"] = f"{participant.timezone} -> {check_timezone(timezone, participant.code)}"
        participant.timezone = timezone
    if changed:
        participant.version += 1
        record_event(participant, "contact_changed", now, actor, **changed)
        plan_ahead(session, participant, study, now, also_earlier_today=True)
        look_at_visits(participant, now)


def _check_numbers_told_apart(session: Session, participant: Participant, *, instead_of_first: bool) -> None:
    """A tag that changes must still tell apart those who share a phone."""
    for number in numbers_of(session, participant)[1 if instead_of_first else 0 :]:
        check_phone_is_free(session, participant.study_id, number, participant.tag, participant.id)


def set_contact_hours(
    session: Session, participant: Participant, opens: time | None, closes: time | None, now: datetime, actor: str, *, study: Study
) -> None:
    """Agree other contact hours with this participant; None and None: the study's again."""
    if opens is None or closes is None:
        opens = closes = None
    else:
        check_hours(opens, closes)
    if (opens, closes) == (participant.contact_opens, participant.contact_closes):
        return
    participant.contact_opens, participant.contact_closes = opens, closes
    participant.version += 1
    agreed = "the study's" if opens is None or closes is None else f"{opens:%H:%M}-{closes:%H:%M}"
    record_event(participant, "contact_hours_changed", now, actor, hours=agreed)
    plan_ahead(session, participant, study, now, also_earlier_today=True)
    look_at_visits(participant, now)


def change_arm(session: Session, participant: Participant, arm: str, now: datetime, actor: str, reason: str, *, study: Study) -> None:
    """Move to another arm: the schedules count from its anchors from now on, and the audit keeps who was where, and why."""
    if arm not in study.arms:
        what = said("write one of %(known)s", known=tuple(study.arms))
        raise Refused(
            said("unknown arm '%(arm)s' for %(participant)s: %(what)s", arm=arm, participant=participant.code, what=what), {"arm": [what]}
        )
    if arm == participant.arm:
        raise Conflict(said("%(participant)s is in arm %(arm)s already", participant=participant.code, arm=arm))
    targets = targets_of(session, participant, study)
    before, participant.arm = participant.arm, arm
    participant.version += 1
    record_event(participant, "arm_changed", now, actor, before=before, arm=arm, reason=reason)
    plan_anew(session, participant, targets, now, actor, study=study)


def opt_out(participant: Participant, source: OptOutSource, now: datetime, actor: str, reason: str = "") -> bool:
    """Stop unasked-for texts. False where they were stopped already. Leaving the trial is another act, by staff."""
    if participant.opted_out_at is not None:
        return False
    participant.opted_out_at, participant.opted_out_by, participant.next_checkin_at = now, source, None
    participant.version += 1
    record_event(participant, "opted_out", now, actor, source=source.value, **({"reason": reason} if reason else {}))
    return True


def opt_in(session: Session, participant: Participant, now: datetime, actor: str, reason: str, *, study: Study) -> bool:
    """Start texts again, because the participant asked for it or staff give a reason. False where they were never stopped."""
    if participant.opted_out_at is None:
        return False
    participant.opted_out_at = participant.opted_out_by = None
    participant.version += 1
    record_event(participant, "opted_in", now, actor, reason=reason)
    plan_ahead(session, participant, study, now)
    look_at_visits(participant, now)
    return True


def change_state(
    session: Session, participant: Participant, to: ParticipantState, now: datetime, actor: str, reason: str, *, study: Study
) -> None:
    """Move the participant to another state of the trial; what may still be sent follows from it."""
    if participant.state is to:
        raise Conflict(said("%(participant)s is %(state)s already", participant=participant.code, state=to))
    before = participant.state
    participant.state = moved(PARTICIPANT_TRANSITIONS, before, to)
    participant.version += 1
    record_event(participant, f"state_{to}", now, actor, before=before.value, reason=reason)
    plan_ahead(session, participant, study, now)
    look_at_visits(participant, now)
