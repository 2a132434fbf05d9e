"""The states and kinds of things as the web pages call them; a code that has no words yet stands for itself."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

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
    "question": _("question"),
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
}
CHANNELS = {"voice": _("call"), "email": _("e-mail")}


def in_words(words: Mapping[str, LazyString], code: str) -> str:
    return str(words.get(code, code.replace("_", " ")))
