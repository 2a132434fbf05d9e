"""What the API says and takes of adverse events."""

from marshmallow import Schema, fields, validate

from followup_service.api.fields import Day, Instant, PlainText, StrictSchema, code_field, one_of
from followup_service.api.pages import PageArguments
from followup_service.records.adverse_event import AdverseEventState, Meaning, Relation, Seriousness
from followup_service.records.report_clock import ReportClock

LONGEST_TERM = 120


class SignatureSchema(Schema):
    signed_by = fields.String(required=True)
    full_name = fields.String(required=True, allow_none=True, metadata={"description": "As the signer's account had it at the time"})
    signed_at = Instant(required=True)
    meaning = one_of(Meaning, required=True)
    hash = fields.String(required=True, metadata={"description": "SHA-256 of the record as signed, with who, when and what it meant"})
    holds = fields.Boolean(required=True, metadata={"description": "Nobody voided it, and the event is still what was signed"})
    changed = fields.List(fields.String(), required=True, metadata={"description": "In what the event differs from what was signed"})
    voided_at = Instant(required=True, allow_none=True)
    voided_by = fields.String(required=True, allow_none=True)
    voided_because = fields.String(required=True, allow_none=True)


class AdverseEventSchema(Schema):
    number = fields.Integer(required=True)
    site = fields.String(required=True)
    participant = fields.String(required=True)
    escalation = fields.Integer(required=True)
    state = one_of(AdverseEventState, required=True)
    is_adverse_event = fields.Boolean(required=True, metadata={"description": "Signed, and the signature holds. Before that it is a draft"})
    dictionary = fields.String(required=True, metadata={"examples": ["CTCAE 5.0"]})
    suggestions_version = fields.String(required=True)
    suggested_terms = fields.List(fields.String(), required=True)
    suggested_grade = fields.Integer(required=True, allow_none=True)
    suggested_by = fields.String(required=True, allow_none=True, metadata={"description": "The rule that suggested the grade, and why"})
    suggested_seriousness = fields.List(one_of(Seriousness), required=True)
    term = fields.String(required=True)
    specified = fields.String(required=True, allow_none=True)
    grade = fields.Integer(required=True, allow_none=True)
    onset_on = Day(required=True)
    study_day = fields.Integer(required=True, metadata={"description": "Of the onset; enrolment is day 1, and there is no day 0"})
    days_since_rfa = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Of the onset, from the latest session before it, which is day 0"}
    )
    seriousness = fields.List(
        one_of(Seriousness), required=True, allow_none=True, metadata={"description": "Null: nobody has said yet. Empty: not serious"}
    )
    relations = fields.Dict(keys=fields.String(), values=one_of(Relation), required=True, metadata={"description": "By kind of treatment"})
    narrative = fields.String(required=True, allow_none=True)
    aware_at = Instant(required=True, metadata={"description": "When a person of the team first took the escalation"})
    report_due_at = Instant(required=True, metadata={"description": "24 hours later: until then a serious event must be reported"})
    report_clock = one_of(ReportClock, required=True)
    drafted_at = Instant(required=True)
    drafted_by = fields.String(required=True)
    dismissed_at = Instant(required=True, allow_none=True)
    dismissed_by = fields.String(required=True, allow_none=True)
    dismissed_because = fields.String(required=True, allow_none=True)
    protocol_version = fields.String(required=True)
    signatures = fields.List(fields.Nested(SignatureSchema), required=True, metadata={"description": "Newest first, the voided ones too"})


class EventTermSchema(Schema):
    name = fields.String(required=True)
    system = fields.String(required=True, metadata={"description": "System organ class"})
    lowest_grade = fields.Integer(required=True, attribute="lowest")
    highest_grade = fields.Integer(required=True, attribute="highest")
    checked = fields.Boolean(
        required=True, metadata={"description": "Compared with the NCI's table: another grade is refused. Else it needs `confirm_grade`"}
    )
    must_be_specified = fields.Boolean(required=True)


class EventTermListSchema(Schema):
    dictionary = fields.String(required=True)
    items = fields.List(fields.Nested(EventTermSchema), required=True)


class AdverseEventListArguments(PageArguments):
    state = one_of(AdverseEventState)
    site = code_field()


class DraftSchema(StrictSchema):
    by = PlainText(longest=48, required=True, metadata={"description": "The handle of a member of staff", "examples": ["nurse-li"]})
    term = PlainText(longest=LONGEST_TERM, metadata={"description": "Left out: the term that comes to mind first"})


class CompletionSchema(StrictSchema):
    by = PlainText(longest=48, required=True, metadata={"examples": ["nurse-li"]})
    because = PlainText(longest=200, metadata={"description": "Why a signed event is changed: its signature is voided"})
    term = PlainText(longest=LONGEST_TERM)
    specified = PlainText(longest=200, allow_none=True)
    grade = fields.Integer(strict=True, allow_none=True, validate=validate.Range(1, 5, error="write 1 to 5"))
    confirm_grade = fields.Boolean(
        load_default=False,
        metadata={"description": "The grade was compared with the NCI's table, though our dictionary does not describe it for the term"},
    )
    onset_on = Day()
    seriousness = fields.List(one_of(Seriousness), allow_none=True, validate=validate.Length(max=len(Seriousness)))
    relations = fields.Dict(
        keys=fields.String(), values=one_of(Relation), metadata={"description": "All of them: what is left out is open"}
    )
    narrative = PlainText(longest=4000, allow_none=True)


class SigningSchema(StrictSchema):
    meaning = one_of(Meaning, required=True)
    password = fields.String(
        required=True,
        load_only=True,
        validate=validate.Length(1, 1000),
        metadata={"description": "Of the signer's own account, entered anew for this signature", "format": "password"},
    )


class DismissalSchema(StrictSchema):
    because = PlainText(longest=2000, required=True, metadata={"description": "Why it is no adverse event"})
