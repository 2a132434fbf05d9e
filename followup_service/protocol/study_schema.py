"""The shape of a study file: which keys stand where, which must be there, and what kind of value each holds."""

from typing import Any

from marshmallow import ValidationError

from followup_service.protocol.paging_clock import Channel, Paged
from followup_service.protocol.question_kinds import QuestionKind
from followup_service.protocol.rule_definitions import Level
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
    Threshold,
    WholeNumber,
    block,
    listed,
    named,
)

ANY_OTHER_SYMPTOM = "any_other_symptom"
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


StepBlock = Block.from_dict(
    {"from": Threshold(), "above": Threshold(), "below": Threshold(), "up_to": Threshold(), "code": Name(load_default=None)},
    name="StepBlock",
)
ArmpitBlock = Block.from_dict({"from": Threshold(required=True), "code": Name(required=True)}, name="ArmpitBlock")
SustainedBlock = Block.from_dict(
    {
        "from": Threshold(required=True),
        "after_minutes": WholeNumber(required=True),
        "within_minutes": WholeNumber(required=True),
        "twice_in_one_text": Switch(required=True),
        "code": Name(required=True),
    },
    name="SustainedBlock",
)
LateBlock = Block.from_dict(
    {"from": Threshold(required=True), "after_day": WholeNumber(required=True), "code": Name(required=True)}, name="LateBlock"
)


class FeverInWordsBlock(Block):
    symptom = Name(required=True)
    code = Name(required=True)
    explained_from = Threshold(required=True)


class TemperatureBlock(Block):
    ladder = listed(block(StepBlock), required=True)
    outside_the_ladder = Name(required=True)
    fever_in_words = block(FeverInWordsBlock, required=True)
    armpit = block(ArmpitBlock, required=True, allow_none=True)
    sustained = block(SustainedBlock, required=True)
    late = block(LateBlock, required=True)
    emergencies_replace = Name(required=True)


class CodeBlock(Block):
    name = Text(required=True)
    level = LevelOrNote(required=True)
    when_mild = LevelOrNote()
    when_severe = LevelOrNote()
    when_worse = LevelOrNote()
    severe_is = Name(load_default=None)
    counts = named(LevelOrNote(), key=WholeNumber(), required=False)
    is_symptom = Switch(load_default=True)
    same_as = listed(Name(), may_be_empty=True, load_default=[])
    ask = Name(load_default=None)
    tell = Name(allow_none=True)
    paperwork = Switch(load_default=False)


class CodesOrAny(StudyField):
    """A list of codes, or `any_other_symptom`."""

    example = f"a list of codes, or {ANY_OTHER_SYMPTOM}"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> list[str] | str:
        if value == ANY_OTHER_SYMPTOM:
            return ANY_OTHER_SYMPTOM
        if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
            raise ValidationError(f"is not a list of codes; write {self.example}")
        return value


CombinationBlock = Block.from_dict(
    {"code": Name(required=True), "with": CodesOrAny(required=True), "level": LevelOrNote(note=False, required=True)},
    name="CombinationBlock",
)
HighScoreBlock = Block.from_dict({"code": Name(required=True), "from": WholeNumber(required=True)}, name="HighScoreBlock")
RisenScoreBlock = Block.from_dict({"code": Name(required=True), "by": WholeNumber(required=True)}, name="RisenScoreBlock")


class PainScoreBlock(Block):
    high = block(HighScoreBlock, required=True)
    severe_from = WholeNumber(required=True)
    risen = block(RisenScoreBlock, required=True)


class BeforeTreatmentBlock(Block):
    code = Name(required=True)
    page = Name(required=True)
    tell = Name(required=True)


class PagingStepBlock(Block):
    page = listed(OneOf(*(whom.value for whom in Paged)), required=True)
    by = OneOf(*(channel.value for channel in Channel), required=True)
    wait_minutes = WholeNumber(required=True)
    when_late = Switch(load_default=False)


class PagingBlock(Block):
    acknowledge_within_minutes = WholeNumber(load_default=None)
    call_within_minutes = WholeNumber(load_default=None)
    after_a_night_by = LocalTime(load_default=None)
    by_next_working_day_at = LocalTime(load_default=None)
    outcome_within_minutes = WholeNumber(required=True)
    snooze_at_most_minutes = WholeNumber(required=True)
    chain = listed(block(PagingStepBlock), required=True)
    round_again = listed(block(PagingStepBlock), required=True)
    slower_after_minutes = WholeNumber(load_default=None)
    slower_every_minutes = WholeNumber(load_default=None)


class EpisodesBlock(Block):
    worse_by_celsius = Threshold(required=True)
    back_within_days = WholeNumber(required=True)
    expected_at_most_days = WholeNumber(required=True)


class AdverseEventsBlock(Block):
    report_within_minutes = WholeNumber(required=True)
    warn_before_minutes = WholeNumber(required=True)
    again_every_minutes = WholeNumber(required=True)


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
