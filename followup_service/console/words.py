"""The states and kinds of things as the web pages call them; a code that has no words yet stands for itself."""

from collections.abc import Mapping

from flask_babel import LazyString

from followup_service.console.page_language import lazy_gettext as _

LEVELS = {"emergency": _("EMERGENCY"), "urgent": _("URGENT"), "review": _("REVIEW")}
SHAPES = {"emergency": "▲", "urgent": "◆", "review": "●"}
EPISODE_STATES = {"open": _("open"), "acknowledged": _("acknowledged"), "resolved": _("resolved")}
PARTICIPANT_STATES = {
    "invited": _("invited"),
    "active": _("active"),
    "paused": _("paused"),
    "completed": _("completed"),
    "withdrawn": _("withdrawn"),
    "lost_to_follow_up": _("lost to follow-up"),
    "deceased": _("deceased"),
}
ROLES = {"nurse": _("nurse"), "coordinator": _("coordinator"), "investigator": _("investigator")}
ACCOUNT_ROLES = {
    "coordinator": _("coordinator"),
    "investigator": _("investigator"),
    "data_manager": _("data manager"),
    "monitor": _("monitor"),
    "operator": _("operator"),
    "administrator": _("administrator"),
}
PLACES = {"armpit": _("armpit"), "mouth": _("mouth"), "ear": _("ear"), "forehead": _("forehead"), "rectum": _("rectum")}
PURPOSES = {
    "page": _("page"),
    "staff_answer": _("staff answer"),
    "alarm_answer": _("alarm answer"),
    "answer": _("answer"),
    "opt_out_confirmation": _("opt out confirmation"),
    "unknown_sender_answer": _("unknown sender answer"),
    "written": _("written by a person"),
    "question": _("question"),
    "follow_up": _("question after an alarm"),
    "reminder": _("reminder"),
    "visit_change": _("visit change"),
    "closing": _("closing"),
}
MESSAGE_STATES = {
    "created": _("waiting"),
    "claimed": _("being sent"),
    "unknown": _("unknown whether sent"),
    **dict.fromkeys(("accepted", "queued", "sending", "sent"), _("sent")),
    "delivered": _("delivered"),
    "read": _("read"),
    "undelivered": _("not delivered"),
    "failed": _("failed"),
    "canceled": _("cancelled"),
    "not_sent": _("not sent"),
}
WHY_NOT_SENT = PARTICIPANT_STATES | {
    "opted_out": _("texts stopped"),
    "no_phone": _("no phone"),
    "too_late": _("too late"),
    "staff_inactive": _("no longer on the staff"),
    "cannot_be_worded": _("has no words"),
    "unknown_whether_sent": _("unknown whether sent"),
    "taken": _("taken by somebody"),
    "channel_not_configured": _("channel not set up"),
    "no_address": _("no address"),
    "taken_back": _("taken back"),
    "in_conversation": _("a person was writing with them"),
}
TYPED_PROBLEMS = {
    "empty": _("Write something."),
    "too_long": _("Too long: say less, or call."),
    "link": _("Write no link: people are warned of links in texts."),
    "name": _("Leave out the name: somebody else may read this phone."),
    "code": _("Leave out the code: somebody else may read this phone."),
    "study": _("Leave out the study: somebody else may read this phone."),
    "telling": _("It tells whoever else reads this phone of an illness or a study: write it otherwise, or tick the box."),
}
# Why a grade of an adverse event was suggested: what the rule looked at, and the step that held or the severity.
GRADE_REASONS = {
    ("highest_celsius", "at least"): _("Highest temperature %(value)s °C: at least %(bound)s."),
    ("highest_celsius", "above"): _("Highest temperature %(value)s °C: above %(bound)s."),
    ("lowest_celsius", "up to"): _("Lowest temperature %(value)s °C: no more than %(bound)s."),
    ("count", "at least"): _("%(value)s times: at least %(bound)s."),
    ("report", "at least"): _("It was reported."),
    ("severity", "mild"): _("Described as mild."),
    ("severity", "moderate"): _("Described as moderate."),
    ("severity", "severe"): _("Described as severe."),
}
# What each approved text says, for whoever does not read the language of the participant.
WRITABLE = {
    "write_please_call": _("Please call us."),
    "write_we_tried": _("We could not reach you: when can we call?"),
    "write_will_call": _("We will call you soon."),
    "write_measured_again": _("Have you taken your temperature again?"),
    "write_how_now": _("How do you feel now?"),
    "write_read": _("We have read your message."),
    "write_by_mistake": _("Our last text was a mistake."),
}
PAGED = {
    "first_on_call": _("first on call"),
    "second_on_call": _("second on call"),
    "everyone_on_call": _("everyone on call"),
    "principal_investigator": _("principal investigator"),
}
CHANNELS = {"text": _("text"), "voice": _("call"), "email": _("e-mail")}


EPISODE_STEPS = {
    "opened": _("opened"),
    "repeated": _("reported again"),
    "worsened": _("got worse"),
    "paged": _("paged"),
    "acknowledged": _("acknowledged"),
    "called": _("called"),
    "snoozed": _("put off"),
    "handed_on": _("handed on"),
    "returned": _("returned without outcome"),
    "resolved": _("resolved"),
    "undone": _("undone"),
}
DELIVERY = {
    "undelivered": _("Not delivered"),
    "unknown": _("Nobody knows"),
    "waiting": _("Waiting"),
    "not_sent": _("Not sent"),
}
TEXT_KINDS = {"question": _("Questions"), "answer": _("Answers and reminders"), "staff": _("To the team")}
SIGN_OFFS = {"reviewed": _("reviewed"), "approved": _("approved")}
# Of the worklist; the first is where a person begins.
TABS = {
    "now": _("Needs me now"),
    "mine": _("Mine"),
    "open": _("Unassigned"),
    "all": _("All"),
    "snoozed": _("Put off for later"),
    "closed": _("Closed"),
}
OUTCOMES = {
    "advised_by_phone": _("advised by phone"),
    "sent_to_hospital": _("sent to hospital"),
    "seen_in_clinic": _("seen in the clinic"),
    "watching": _("watching"),
    "not_reached": _("not reached"),
    "false_alarm": _("false alarm"),
    "administrative": _("administrative"),
    "handled_by_phone": _("handled by phone"),
    "contact_restored": _("contact restored"),
    "number_corrected": _("number corrected"),
    "no_texts_wanted": _("wants no more texts"),
    "withdrew": _("withdrawn from the study"),
    "sender_identified": _("sender identified"),
    "no_participant": _("not a participant"),
    "read_by_a_person": _("read by a person"),
    "nothing_to_do": _("nothing to do"),
}
EVENT_STATES = {"draft": _("draft"), "signed": _("signed"), "dismissed": _("dismissed")}
# Of the 24 hours of a serious adverse event.
REPORT_CLOCKS = {
    "running": _("time running"),
    "overdue": _("overdue"),
    "met": _("signed in time"),
    "late": _("signed late"),
    "not_needed": _("no deadline"),
}
SERIOUSNESS = {
    "death": _("death"),
    "life_threatening": _("life-threatening"),
    "hospitalisation": _("stay in hospital"),
    "disability": _("lasting disability"),
    "congenital_anomaly": _("congenital anomaly"),
    "medically_important": _("medically important"),
}
RELATIONS = {
    "unrelated": _("unrelated"),
    "unlikely": _("unlikely"),
    "possible": _("possible"),
    "probable": _("probable"),
    "definite": _("definite"),
}
MEANINGS = {
    "review": _("I have reviewed it"),
    "approval": _("I approve it"),
    "responsibility": _("I take responsibility for it"),
    "authorship": _("I wrote it"),
}
EVENT_FIELDS = {
    "term": _("term"),
    "specified": _("own words"),
    "grade": _("grade"),
    "onset_on": _("first day"),
    "study_day": _("day of the study"),
    "days_since_rfa": _("days since the ablation"),
    "seriousness": _("seriousness"),
    "relations": _("relation"),
    "narrative": _("what happened"),
}
# What is written to change the roster.
ROSTER_FIELDS = {
    "position": _("Position"),
    "starts_at": _("From"),
    "ends_at": _("Until"),
    "turn_days": _("Days of a turn"),
    "hands_over_at": _("Handed over at"),
    "starts_on": _("First day"),
}
# For how many minutes an episode can be put off.
SNOOZES = {
    15: _("15 minutes"),
    30: _("30 minutes"),
    60: _("1 hour"),
    120: _("2 hours"),
    240: _("4 hours"),
    720: _("12 hours"),
    1440: _("1 day"),
    4320: _("3 days"),
    10080: _("7 days"),
}
VISIT_STATES = {
    "planned": _("planned"),
    "announced": _("announced"),
    "booked": _("booked"),
    "confirmed": _("confirmed"),
    "attended": _("attended"),
    "missed": _("missed"),
    "cancelled": _("called off"),
}
# What staff record of a visit, and of a treatment.
VISIT_FACTS = {"attended": _("they came"), "missed": _("they did not come"), "booked": _("they have a day")}
TREATMENT_STEPS = {
    "done": _("took place"),
    "planned": _("is planned"),
    "move": _("is on another day"),
    "cancelled": _("does not take place, or never did"),
}
TREATMENT_STATES = {"planned": _("planned"), "done": _("done"), "cancelled": _("cancelled")}
# What has a state, where a refusal says that it cannot go from one to another.
STATUSES = {
    "ParticipantState": _("The follow-up"),
    "VisitState": _("The visit"),
    "TreatmentState": _("The treatment"),
    "EscalationState": _("The escalation"),
    "AdverseEventState": _("The adverse event"),
    "OutboundState": _("The text"),
}
# What a text asks for; how its words are explained.
COMMANDS = {
    "stop": _("asks for no more texts"),
    "start": _("asks for texts again"),
    "help": _("asks for help"),
    "callback": _("asks for a call"),
    "language": _("asks for another language"),
    "reschedule": _("asks for another day"),
    "confirm": _("says that they will come"),
}
PHONE_KINDS = {"second": _("second phone"), "caregiver": _("caregiver's phone")}
TIMELINE = {"texts": _("Texts"), "escalations": _("Escalations"), "changes": _("Changes")}
# What staff record of a participant's follow-up.
STEPS = {
    "stop_texts": _("stop texts: asked for by other ways than STOP"),
    "start_texts": _("start texts again: asked for"),
    "active": _("go on with the follow-up"),
    "paused": _("pause, during a stay in hospital for example"),
    "completed": _("follow-up complete"),
    "withdrawn": _("withdrawn from the study"),
    "lost_to_follow_up": _("lost to follow-up"),
    "deceased": _("deceased: nothing more is ever sent"),
}
CHANGES = {
    "enrolled": _("enrolled"),
    "consent_given": _("consent recorded"),
    "contact_changed": _("contact data changed"),
    "text_taken_back": _("text taken back"),
    "conversation_ended": _("conversation ended: questions and reminders go out again"),
    "contact_hours_changed": _("contact hours changed"),
    "opted_out": _("texts stopped"),
    "opted_in": _("texts started again"),
    "arm_changed": _("arm changed"),
    "answer_corrected": _("answer corrected"),
    "phone_added": _("further phone added"),
    "phone_removed": _("further phone removed"),
    "phone_is_somebody_elses": _("somebody else said that the number is theirs"),
    "symptom_expected": _("symptom marked as expected"),
    "symptom_expected_no_more": _("symptom no longer expected"),
    "checkin_started": _("check-in started"),
    "checkin_completed": _("check-in completed"),
    "checkin_closed": _("check-in closed"),
    "visits_planned": _("visits planned"),
    "visit_announced": _("visit announced"),
    "visit_booked": _("visit booked"),
    "visit_confirmed": _("visit confirmed"),
    "visit_attended": _("visit attended"),
    "visit_missed": _("visit missed"),
    "visit_cancelled": _("visit cancelled"),
    "visit_moved": _("visit moved"),
    "visit_move_asked": _("another day asked for"),
    "treatment_planned": _("treatment planned"),
    "treatment_done": _("treatment done"),
    "treatment_moved": _("treatment moved"),
    "treatment_cancelled": _("treatment cancelled"),
    "treatment_ended": _("end of treatment recorded"),
    "treatment_end_taken_back": _("end of treatment taken back"),
    **{f"state_{state}": words for state, words in PARTICIPANT_STATES.items()},
}
# What a change says of itself, and how.
DETAILS = {
    "arm": _("arm"),
    "because": _("because"),
    "before": _("before"),
    "booked_at": _("appointment"),
    "by": _("by"),
    "code": _("code"),
    "hours": _("contact hours"),
    "item": _("visit"),
    "kind": _("kind"),
    "language": _("language"),
    "level": _("level"),
    "now": _("now"),
    "number": _("number"),
    "occurrence": _("which one"),
    "on": _("day"),
    "plan": _("check-in"),
    "question": _("question"),
    "reason": _("reason"),
    "source": _("by whom"),
    "state": _("state"),
    "target_on": _("planned for"),
    "timezone": _("time zone"),
    "visits": _("visits"),
    "warnings": _("warnings"),
    "was": _("before"),
    "was_on": _("day before"),
    "wording": _("version of the consent"),
}
WHY_CLOSED = WHY_NOT_SENT | {
    "escalated": _("an alarm came between"),
    "not_answered": _("not answered"),
    "partly_answered": _("answered in part"),
    "not_started_in_time": _("not begun in time"),
    "wrong_number": _("somebody else's number"),
    "by_staff": _("removed by the team"),
}
# What stands in a text for what is known only when it is sent.
PLACEHOLDERS = {"clinic_phone": _("clinic phone"), "emergency_number": _("emergency number")}
ASKED_BY = {"participant": _("the participant"), "provider": _("the provider"), "staff": _("the team")}


def in_words(words: Mapping[str, LazyString], code: str) -> str:
    return str(words.get(code, code.replace("_", " ")))
