"""The shape of a study file: which keys stand where, which must be there, and what kind of value each holds."""

from typing import Any

from marshmallow import ValidationError

from followup_service.protocol.question_kinds import QuestionKind
from followup_service.protocol.rule_definitions import Level
from followup_service.protocol.rules_schema import (
    AdverseEventsBlock,
    BeforeTreatmentBlock,
    CodeBlock,
    CombinationBlock,
    EpisodesBlock,
    PagingBlock,
    PainScoreBlock,
    TemperatureBlock,
)
from followup_service.protocol.study_fields import (
    Block,
    Day,
    LevelOrNote,
    LocalTime,
    Name,
    OneOf,
    StudyField,
    Switch,
    Text,
    WholeNumber,
    block,
    listed,
    named,
)

ONCE_PER = ("report", "day", "participant")


class ApprovalBlock(Block):
    version = Text(required=True)
    approved_by = Text(required=True)
    role = Text(required=True)
    approved_on = Day(required=True)


class ContactHoursBlock(Block):
    opens = LocalTime(required=True)
    closes = LocalTime(required=True)


class AnchorBlock(Block):
    name = Text(required=True)
    first = listed(Name())
    last = listed(Name())
    or_end_of_treatment = Switch(load_default=False)


class ArmBlock(Block):
    name = Text(required=True)
    counts_from = Name(required=True)
    steps_down_from = Name(required=True)


class TreatmentBlock(Block):
    name = Text(required=True)
    max_sessions = WholeNumber(load_default=None)
    separate_from = listed(Name(), may_be_empty=True, load_default=[])
    separation_days = WholeNumber(load_default=0)


class ExtraProcedureBlock(Block):
    procedure = Name(required=True)
    until_month = WholeNumber(required=True)
    then_every_months = WholeNumber(required=True)


class VisitBlock(Block):
    name = Text(required=True)
    bring = Text(load_default=None)
    arms = listed(Name(), may_be_empty=True, load_default=[])
    procedures = listed(Name(), required=True)
    merge_into = listed(Name(), may_be_empty=True, load_default=[])
    merge_from_days = WholeNumber(load_default=1)
    by_staff = Switch()
    each = Name()
    months = WholeNumber(load_default=0)
    days = WholeNumber(load_default=0)
    opens_days = WholeNumber()
    closes_days = WholeNumber()
    every_months = WholeNumber()
    window_days = WholeNumber()
    extra = listed(block(ExtraProcedureBlock), may_be_empty=True, load_default=[])


class RemindersBlock(Block):
    at = LocalTime(required=True)
    days_before = listed(WholeNumber(), may_be_empty=True, required=True)
    days_before_once_confirmed = listed(WholeNumber(), may_be_empty=True, required=True)
    days_after_booked = listed(WholeNumber(), may_be_empty=True, required=True)
    days_after_window = listed(WholeNumber(), may_be_empty=True, required=True)
    days_until_task = WholeNumber(required=True)
    days_earlier_in_holidays = WholeNumber(required=True)
    rest_days = WholeNumber(required=True)


class HolidayBlock(Block):
    name = Text(required=True)
    country = Name(required=True)
    first_on = Day(required=True)
    last_on = Day(required=True)


class AskedQuestionBlock(Block):
    code = Name(required=True)
    only_on_days = listed(WholeNumber(), load_default=None)


class QuestionReference(StudyField):
    """The name of a question, or a block that limits it to some days."""

    example = "the name of a question, or a block with code and only_on_days"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> dict[str, Any]:
        if isinstance(value, dict):
            return dict(AskedQuestionBlock().load(value))
        if not isinstance(value, str):
            raise ValidationError(f"is not a question; write {self.example}")
        return {"code": value, "only_on_days": None}


class CheckinBlock(Block):
    name = Text(required=True)
    after = Name()
    days = listed(WholeNumber())
    before = listed(Name())
    days_before = WholeNumber()
    during = Name()
    every_days = WholeNumber()
    until_days_after_last = WholeNumber()
    every_months = WholeNumber()
    unless_asked_within_days = WholeNumber()
    after_alarm = OneOf(Level.EMERGENCY.value, Level.URGENT.value)
    asked_by_rules = Switch()
    ask_after_minutes = WholeNumber()
    once_per = OneOf(*ONCE_PER)
    at = LocalTime()
    questions = listed(QuestionReference(), required=True)
    importance = WholeNumber(required=True)
    closes_after_minutes = WholeNumber(required=True)
    remind_after_minutes = WholeNumber(required=True, allow_none=True)
    silence = Name(required=True, allow_none=True)


class QuestionBlock(Block):
    kind = OneOf(*(kind.value for kind in QuestionKind), required=True)
    text = Text(required=True)
    yes_means = Name(load_default=None)
    choices = listed(Name(), may_be_empty=True, load_default=[])


class StudyBlock(Block):
    """The whole file, in the order in which it is best read."""

    code = Name(required=True)
    title = Text(required=True)
    version = Text(required=True)
    status = Text(required=True)
    approvals = listed(block(ApprovalBlock), may_be_empty=True, required=True)
    ends_on = Day(required=True)
    languages = listed(Name(), required=True)
    contact_hours = block(ContactHoursBlock, required=True)
    unasked_texts_a_day = WholeNumber(required=True)
    anchors = named(block(AnchorBlock))
    arms = named(block(ArmBlock))
    treatments = named(block(TreatmentBlock))
    visits = named(block(VisitBlock))
    reminders = block(RemindersBlock, required=True)
    holidays = listed(block(HolidayBlock), may_be_empty=True, required=True)
    texts_per_checkin = WholeNumber(required=True)
    checkins = named(block(CheckinBlock))
    questions = named(block(QuestionBlock))
    temperature = block(TemperatureBlock, required=True)
    temperature_codes = named(block(CodeBlock))
    symptoms = named(block(CodeBlock))
    combinations = listed(block(CombinationBlock), may_be_empty=True, required=True)
    two_different_urgent_make = LevelOrNote(note=False, required=True)
    pain_score = block(PainScoreBlock, required=True)
    before_treatment = block(BeforeTreatmentBlock, required=True)
    service_codes = named(block(CodeBlock))
    paging = named(block(PagingBlock), key=OneOf(*(level.value for level in Level)))
    episodes = block(EpisodesBlock, required=True)
    adverse_events = block(AdverseEventsBlock, required=True)
    tell_by_level = named(Name(allow_none=True), key=OneOf(*(level.value for level in Level)))
    texts = named(Text())
