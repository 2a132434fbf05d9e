"""What the API says and takes of participants."""

from marshmallow import Schema, fields

from followup_service.api.fields import Day, Instant, LocalTime, PlainText, StrictSchema, code_field, one_of
from followup_service.api.pages import PageArguments
from followup_service.participants.participant import ParticipantState

TAG = "The neutral word that tells apart those who share a phone: agreed with each, such as A or blue"


class ConsentSchema(StrictSchema):
    on = Day(required=True)
    version = PlainText(longest=64, required=True, metadata={"description": "Which wording the participant agreed to"})


class AgreedHoursSchema(StrictSchema):
    opens = LocalTime(required=True)
    closes = LocalTime(required=True)


class EnrolmentSchema(StrictSchema):
    code = code_field(required=True)
    site = code_field(required=True)
    arm = PlainText(longest=32, required=True)
    language = PlainText(longest=16, required=True, metadata={"examples": ["zh_Hans"]})
    phone = PlainText(
        longest=64, required=True, load_only=True, metadata={"description": "As people of the site's country write it, or +86…"}
    )
    name = PlainText(longest=200, load_default=None, allow_none=True, load_only=True)
    timezone = PlainText(longest=64, load_default=None, allow_none=True, metadata={"description": "IANA name; the site's own if left out"})
    enrolled_on = Day(load_default=None, allow_none=True, metadata={"description": "Today if left out"})
    tag = PlainText(longest=16, load_default=None, allow_none=True, metadata={"description": TAG})
    consent = fields.Nested(ConsentSchema, load_default=None, allow_none=True, metadata={"description": "Left out: only invited"})


class ContactSchema(StrictSchema):
    """What is left out stays as it is. `contact_hours` and `tag` null: the study's hours, no tag."""

    contact_hours = fields.Nested(AgreedHoursSchema, allow_none=True)
    tag = PlainText(longest=16, allow_none=True, metadata={"description": TAG})

    phone = PlainText(longest=64, load_only=True)
    language = PlainText(longest=16)
    timezone = PlainText(longest=64)


class ReasonSchema(StrictSchema):
    reason = PlainText(longest=500, required=True, metadata={"description": "Kept in the audit trail: no name, no number"})


class ArmSchema(ReasonSchema):
    arm = PlainText(longest=32, required=True)


class ParticipantSchema(Schema):
    code = fields.String(required=True)
    site = fields.String(required=True)
    arm = fields.String(required=True)
    state = one_of(ParticipantState, required=True)
    language = fields.String(required=True)
    timezone = fields.String(required=True)
    phone_on_file = fields.Boolean(required=True)
    name_on_file = fields.Boolean(required=True)
    phone_wrong_since = Instant(required=True, allow_none=True, metadata={"description": "Somebody else said that the number is theirs"})
    tag = fields.String(required=True, allow_none=True)
    contact_hours = fields.Nested(AgreedHoursSchema, required=True, allow_none=True, metadata={"description": "Null: the study's"})
    enrolled_on = Day(required=True)
    treatment_ended_on = Day(required=True, allow_none=True)
    consent = fields.Nested(ConsentSchema, required=True, allow_none=True)
    opted_out_at = Instant(required=True, allow_none=True)
    opted_out_by = fields.String(required=True, allow_none=True)
    next_checkin_at = Instant(required=True, allow_none=True)
    protocol_version = fields.String(required=True)
    created_at = Instant(required=True)


class ParticipantListArguments(PageArguments):
    site = code_field()
    state = one_of(ParticipantState)
