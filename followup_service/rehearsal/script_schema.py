"""The shape of a rehearsal script: which keys stand where, and what kind of value each has."""

from difflib import get_close_matches
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from followup_service.escalations.escalation import Outcome
from followup_service.participants.treatment import TreatmentState
from followup_service.protocol.load_study import study_codes
from followup_service.protocol.study_fields import LocalTime, OneOf, StudyField, Text, block, listed
from followup_service.rehearsal.script_fields import Answers, Block, Day, Digits, Instant, Language, TimeZone
from followup_service.staff.staff_member import StaffRole

STATE_KEYS = ("withdraw", "deceased", "pause", "resume", "complete", "lost")


class SiteBlock(Block):
    code = Text(required=True)
    timezone = TimeZone(required=True)
    name = Text()
    country = Text()
    clinic_phone = Text()
    emergency_number = Text()
    takes_unknown_senders = OneOf("true", "false")


class StaffBlock(Block):
    name = Text(required=True)
    site = Text(required=True)
    phone = Text(required=True)
    email = Text(load_default="")
    language = Language(load_default="en")
    role = OneOf(*StaffRole, load_default=StaffRole.NURSE.value)
    on_call = Digits(load_default=None)
    fallback = OneOf("true", "false", load_default="false")
    principal_investigator = OneOf("true", "false", load_default="false")


class ParticipantBlock(Block):
    code = Text(required=True)
    site = Text(required=True)
    arm = Text(required=True)
    language = Language(required=True)
    phone = Text(required=True)
    timezone = TimeZone()
    country = Text()
    consented_on = Day()
    consent_version = Text(load_default="1.0")
    tag = Text(load_default=None)
    answers = Answers(load_default=dict)


class RecordBlock(Block):
    participant = Text(required=True)
    treatment = Text()
    on = Day()
    instead_of = Day()
    state = OneOf(TreatmentState.PLANNED, TreatmentState.DONE)
    visit = Text()
    booked_at = Instant()
    attended_on = Day()
    treatment_ended_on = Day()

    @validates_schema
    def say_what_happened(self, data: dict[str, Any], **_: Any) -> None:
        if len({"treatment", "visit", "treatment_ended_on"} & set(data)) != 1:
            raise ValidationError(
                "records nothing or two things; write either treatment and on, or visit and booked_at or attended_on, or treatment_ended_on"
            )
        if "treatment" in data and "on" not in data:
            raise ValidationError(f"on is missing; write {Day.example}")
        if "instead_of" in data and ("treatment" not in data or "state" in data):
            raise ValidationError("instead_of moves a treatment that was recorded before; write it beside treatment and on, without state")
        if "visit" in data and ("booked_at" in data) == ("attended_on" in data):
            raise ValidationError("write either booked_at or attended_on beside visit")


class ContactHoursBlock(Block):
    opens = LocalTime(required=True)
    closes = LocalTime(required=True)


class ChangeBlock(Block):
    participant = Text(required=True)
    language = Language()
    timezone = TimeZone()
    phone = Text()
    tag = Text()
    contact_hours = block(ContactHoursBlock)
    answers = Answers()


class FailureBlock(Block):
    to = Text(required=True)
    fails_with = Digits(required=True)


class Gateway(StudyField):
    example = "down, up, or {to: PKU-001, fails_with: 30003}"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        if value in ("down", "up"):
            return value
        if not isinstance(value, dict):
            raise ValidationError(f"is neither; write {self.example}")
        return FailureBlock().load(value)


class StepBlock(Block):
    at = Instant(required=True)


class RecordStep(StepBlock):
    record = block(RecordBlock, required=True)


class ChangeStep(StepBlock):
    change = block(ChangeBlock, required=True)


class GatewayStep(StepBlock):
    gateway = Gateway(required=True)


class ResolveStep(StepBlock):
    staff = Text(required=True)
    resolves = Text(required=True)
    outcome = OneOf(*Outcome, required=True)
    note = Text(load_default="Resolved in the rehearsal.")


class EnrolStep(StepBlock):
    enrol = Text(required=True)


class WithdrawStep(StepBlock):
    withdraw, deceased, pause, resume, complete, lost = Text(), Text(), Text(), Text(), Text(), Text()
    reason = Text(load_default="The script says so.")


class TextStep(StepBlock):
    texts = fields.String(required=True)
    participant, staff, phone = Text(), Text(), Text()

    @validates_schema
    def say_who_texts(self, data: dict[str, Any], **_: Any) -> None:
        if len({"participant", "staff", "phone"} & set(data)) != 1:
            raise ValidationError("says not who texts; write one of participant, staff, phone")


class PressStep(StepBlock):
    staff = Text(required=True)
    presses = OneOf(*"0123456789*#", required=True)


class UntilStep(Block):
    until = Instant(required=True)


KINDS: dict[str, type[Schema]] = {
    "record": RecordStep,
    "change": ChangeStep,
    "gateway": GatewayStep,
    "resolves": ResolveStep,
    "enrol": EnrolStep,
    **dict.fromkeys(STATE_KEYS, WithdrawStep),
    "texts": TextStep,
    "presses": PressStep,
    "until": UntilStep,
}


class AnyStep(StudyField):
    """One step: the key that says what happens decides which other keys it has."""

    example = "one of " + ", ".join(KINDS)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValidationError("is not a step; write a block such as {until: 2026-04-20T12:00+08:00}")
        kind = next((kind for kind in KINDS if kind in value), None)
        if kind is None:
            near = {key: get_close_matches(key, KINDS, n=1) for key in value}
            typos = {key: [f"is not known here; write {found[0]}"] for key, found in near.items() if found}
            raise ValidationError(typos or f"says not what happens; write {self.example}")
        return {"kind": kind} | KINDS[kind]().load(value)


class ScriptBlock(Block):
    study = OneOf(*study_codes(), required=True)
    clock = Instant(required=True)
    sites = listed(block(SiteBlock), required=True)
    staff = listed(block(StaffBlock), may_be_empty=True, load_default=list)
    participants = listed(block(ParticipantBlock), may_be_empty=True, load_default=list)
    steps = listed(AnyStep(), required=True)
