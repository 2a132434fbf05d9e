"""The shape of the rules in a study file: what the temperature ladder, each code, combinations, paging and episodes must say."""

from typing import Any

from marshmallow import ValidationError

from followup_service.protocol.paging_clock import Channel, Paged
from followup_service.protocol.study_fields import (
    Block,
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
