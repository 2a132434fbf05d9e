"""The words that the service itself says, by key; the study's own questions and instructions are in its protocol file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counted:
    """A text with a number: English has one form for one and another for more, other languages up to six. `by` names the number."""

    one: str
    other: str
    by: str


def _(text: str) -> str:
    """Mark a text for extraction; it is translated when it is sent."""
    return text


def ngettext(one: str, other: str, by: str) -> Counted:
    """The same for a text with a number; the name is the one by which texts with plural forms are found."""
    return Counted(one, other, by)


TEXTS = {
    "page": _("%(level)s %(code)s: %(reasons)s. No. %(number)s. 1 calling, 2 sent to hospital, 3 watching, 4 not mine."),
    "page_again": _("AGAIN %(level)s %(code)s: %(reasons)s. No. %(number)s. 1 calling, 2 sent to hospital, 3 watching, 4 not mine."),
    "page_worse": _("WORSE %(level)s %(code)s: %(reasons)s. No. %(number)s. 1 calling, 2 sent to hospital, 3 watching, 4 not mine."),
    # A new alarm some days after the end of the last one.
    "page_back": _("BACK %(level)s %(code)s: %(reasons)s. No. %(number)s. 1 calling, 2 sent to hospital, 3 watching, 4 not mine."),
    # Somebody took it, and it has no outcome yet.
    "page_returned": _("NOT DONE %(level)s %(code)s: %(reasons)s. No. %(number)s. 1 calling, 2 sent to hospital, 3 watching, 4 not mine."),
    # What can wait, and is no alarm: silence, a phone that is wrong, somebody unknown, a text that nobody could read.
    "page_task": _("%(level)s %(code)s: %(reasons)s. No. %(number)s. 1 mine, 2 done, 3 later, 4 not mine."),
    "page_task_again": _("AGAIN %(level)s %(code)s: %(reasons)s. No. %(number)s. 1 mine, 2 done, 3 later, 4 not mine."),
    "page_task_returned": _("NOT DONE %(level)s %(code)s: %(reasons)s. No. %(number)s. 1 mine, 2 done, 3 later, 4 not mine."),
    # Spoken in a call; the code sign by sign.
    "page_call": _(
        "This is the follow-up service. %(level)s, participant %(code)s: %(reasons)s. Number %(number)s. "
        "To take it, press 1. To pass it on, press 2."
    ),
    "page_call_not_taken": _(
        "Sorry, your key could not be kept: this alarm is not taken. Please reply 1 to our text; others are called as well."
    ),
    "page_call_wrong_key": _("That key does nothing here."),
    # Subject and body of an e-mail: code, level and number, and nothing of what is the matter.
    "page_email": _("%(level)s %(code)s, No. %(number)s. Please look at the pages on your phone and answer there."),
    "page_taken": _("No. %(number)s (%(code)s) is yours. Please call now, then record the outcome."),
    "page_taken_until": _("No. %(number)s (%(code)s) is yours. Please call now, by %(call_by)s at the latest, then record the outcome."),
    "page_closed": _("No. %(number)s (%(code)s) is closed: sent to hospital. Thank you."),
    "page_task_closed": _("No. %(number)s (%(code)s) is closed: done. Thank you."),
    "page_other_outcome": _("No. %(number)s cannot end as sent to hospital. Reply 1 to take it, then record its outcome."),
    "page_watching": _("No. %(number)s (%(code)s) is yours to watch. It comes back at %(until)s, or earlier if it gets worse."),
    "page_handed_on": _("No. %(number)s (%(code)s) is handed on. Thank you for saying so."),
    "page_nobody_else": _("Nobody else is there to take No. %(number)s. Please call now, then record the outcome."),
    "page_taken_before": _("No. %(number)s was already taken by %(by)s. Nothing more to do."),
    "page_yours_already": _("No. %(number)s is yours already. When it is done, reply 2 sent to hospital, or record the outcome."),
    "page_task_yours_already": _("No. %(number)s is yours already. When it is done, reply 2, or record the outcome."),
    "page_closed_before": _("No. %(number)s was already closed by %(by)s. Nothing more to do."),
    "page_which": _("Several are open: %(numbers)s. Reply %(digit)s and the number, for example %(digit)s %(example)s."),
    "page_none": _("No open alarm fits your reply. Reply with the digit and the number of the alarm, for example 1 42."),
    "page_not_understood": _(
        "Not understood. Reply 1 calling, 2 sent to hospital, 3 watching, 4 not mine; and the number if several are open."
    ),
    "page_phone_code": _("You were added to the on-call team. To get pages on this phone, reply with the code that your team gave you."),
    "page_phone_verified": _("This phone is verified: pages will come here."),
    "page_phone_wrong_code": _("That code does not fit. Please ask your team for a new one."),
    "page_roster_gap": _("Nobody is on call at %(site)s from %(starts)s to %(ends)s. Please fill the roster; else %(stands_in)s is paged."),
    # To whoever keeps the service running.
    "page_hold_configuration": _(
        "TEXTS ON HOLD: the provider refuses our settings (error %(error)s). Pages are still tried. "
        "Mend them, then run: flask outbox release"
    ),
    "page_hold_mass_sending": ngettext(
        "TEXTS ON HOLD: more than %(count)s were about to leave within %(minutes)s minute. Pages and answers still go. "
        "Look: flask outbox show",
        "TEXTS ON HOLD: more than %(count)s were about to leave within %(minutes)s minutes. Pages and answers still go. "
        "Look: flask outbox show",
        by="minutes",
    ),
    # A drill says at once that it is one, in the place where a page says how bad it is.
    "page_drill": _("DRILL at %(code)s, no patient: does an alarm reach you? Please reply 1. No. %(number)s."),
    "page_drill_passed": _("Thank you. The drill has passed: alarms reach you. Nothing more to do."),
    "page_drill_failed": ngettext(
        "DRILL FAILED at %(site)s: nobody answered within %(minutes)s minute. Check the roster and the phones: flask drill show",
        "DRILL FAILED at %(site)s: nobody answered within %(minutes)s minutes. Check the roster and the phones: flask drill show",
        by="minutes",
    ),
    "nurse_will_call": _(
        "A nurse has read your message and will call you by %(call_by)s. If it gets worse, do not wait: call %(emergency_number)s."
    ),
    "nurse_has_read": _("A nurse has read your message and will contact you. If it gets worse, do not wait: call %(emergency_number)s."),
    "opted_out": _("You will get no more texts from us. Clinic phone: %(clinic_phone)s. To get texts again, reply START."),
    "opted_in": _("You will get our texts again. To stop them, reply STOP."),
    # Each language says its own name here.
    "language_changed": _("From now on we write to you in English."),
    # Sent in the language in which the participant writes; each language says its own name here, and the word to send.
    "offer_language": _("You write to us in English. If you would like our texts in English, reply ENGLISH."),
    "help": _(
        "We have told the clinic that you asked for help. Clinic phone: %(clinic_phone)s. In an emergency call %(emergency_number)s."
    ),
    "callback": _("We have asked a nurse to call you. Clinic phone: %(clinic_phone)s."),
    "received": _("Thank you, we have your message."),
    "question_passed_on": _("Thank you. We have passed your question on to the team."),
    "corrected": _("Thank you. We have noted this number beside the one before."),
    "visit_booked": _("A reminder: your hospital visit (%(visit)s) is on %(booked_at)s, %(place)s."),
    "visit_booked_tomorrow": _("A reminder: your hospital visit (%(visit)s) is tomorrow, %(booked_at)s, %(place)s."),
    "visit_booked_today": _("A reminder: your hospital visit (%(visit)s) is today, %(booked_at)s, %(place)s."),
    "visit_due": _(
        "Your next hospital visit (%(visit)s) is due between %(opens_on)s and %(closes_on)s. To book a day, call %(clinic_phone)s."
    ),
    "visit_has_no_day": _(
        "Your hospital visit (%(visit)s) has no day yet. Any day from %(opens_on)s to %(closes_on)s will do. "
        "To book one, call %(clinic_phone)s."
    ),
    "visit_is_near": _(
        "It is nearly time for your hospital visit (%(visit)s), and it has no day yet. Please call %(clinic_phone)s to book one, "
        "%(closes_on)s at the latest."
    ),
    "visit_last_day": _(
        "Please do not forget to book your hospital visit (%(visit)s). The last day for it is %(closes_on)s. Our number: %(clinic_phone)s."
    ),
    "visit_is_now": _(
        "These are the best days for your hospital visit (%(visit)s). Please call %(clinic_phone)s to book one. The last possible day is "
        "%(closes_on)s."
    ),
    "visit_has_a_day": _(
        "A reminder: your hospital visit (%(visit)s) should be between %(opens_on)s and %(closes_on)s. You told us that you have a day. "
        "If that changes, call %(clinic_phone)s."
    ),
    "visit_was_booked": _("Your hospital visit (%(visit)s) was on %(booked_at)s."),
    "visit_was_due": _("Your hospital visit (%(visit)s) was due by %(closes_on)s."),
    "visit_not_heard": _("We have not heard from you yet about your hospital visit (%(visit)s)."),
    "visit_changed": _(
        "A change: your hospital visit (%(visit)s) is now due between %(opens_on)s and %(closes_on)s, no longer between "
        "%(was_opens_on)s and %(was_closes_on)s. To book a day, call %(clinic_phone)s."
    ),
    "visit_not_needed": _(
        "A change: your hospital visit (%(visit)s) between %(was_opens_on)s and %(was_closes_on)s is not needed now. "
        "Questions? Call %(clinic_phone)s."
    ),
    "visit_rebooked": _("A change: your hospital visit (%(visit)s) is now on %(booked_at)s, %(place)s, no longer on %(was_booked_at)s."),
    "visit_confirmed": _("Thank you. We expect you on %(booked_at)s, %(place)s. If anything changes, call %(clinic_phone)s."),
    "visit_day_known": _("Thank you. If anything changes, call %(clinic_phone)s."),
    "visit_offer": _("We can offer: %(offers)s. Reply with the number of the day that suits you, or 0 if none does."),
    "visit_offer_again": _(
        "Sorry, that day was taken just now. We can offer: %(offers)s. Reply with the number of the day that suits you, or 0 if none does."
    ),
    "visit_now_booked": _("Your hospital visit (%(visit)s) is booked for %(booked_at)s, %(place)s."),
    "visit_team_calls": _("Thank you. Somebody from the team will call you about the day. Clinic phone: %(clinic_phone)s."),
    "visit_noted": _("Thank you for telling us. The team will note your visit."),
    "unknown_sender": _(
        "We do not know this phone number, but a member of the team will look at your message. In an emergency call %(emergency_number)s."
    ),
    "whose": _("Several people use this phone. Who is your message about? Please reply with one of: %(tags)s."),
    "wrong_number": _("Thank you for telling us, and sorry. We will not text this number again."),
    # What a person of the team may send without words of their own.
    "write_please_call": _("Please call us when you can: %(clinic_phone)s."),
    "write_we_tried": _("We could not reach you by phone. When can we call you? Please reply with a time."),
    "write_will_call": _("We will call you soon. Please keep your phone near you."),
    "write_measured_again": _("Have you taken your temperature again? Please send us the number."),
    "write_how_now": _("How do you feel now? Please write to us in a few words."),
    "write_read": _("Thank you, we have read your message."),
    "write_by_mistake": _("Our last text was sent by mistake. Please do not go by it. Sorry."),
    "withdrawn": _("You will get no more check-in texts. If you feel unwell you can still write to us or call %(clinic_phone)s."),
}

# What goes out by another channel than text: no count of parts limits it.
NOT_BY_TEXT = frozenset({"page_call", "page_call_not_taken", "page_call_wrong_key", "page_email"})

# Texts that keep the language they were queued in; every other goes out in the recipient's language of that moment.
IN_A_LANGUAGE_OF_THEIR_OWN = frozenset({"offer_language"})

LEVELS = {"emergency": _("EMERGENCY"), "urgent": _("URGENT"), "review": _("TO REVIEW")}

# Before a text to a caregiver's phone.
FOR_WHOM_YOU_CARE = _("For the person you care for: %(text)s")

# Stands in a page where a participant's code would.
UNKNOWN_NUMBER = _("unknown number")

# Where to come, while a site has not said it; how several visits on one journey, and several days to choose from, are named.
AT_THE_CLINIC = _("at the clinic")
TOGETHER = _("%(first)s and %(second)s")
BETWEEN_OFFERS = _("; ")
DAY_AND_TIME = _("%(day)s, %(time)s")
# Until when something is promised: today, tomorrow, on another day. The time stands first, so that all three can follow the same words.
TODAY_AT = _("%(time)s")
TOMORROW_AT = _("%(time)s tomorrow")
LATER_AT = _("%(time)s on %(day)s")

# How a page lists its reasons.
CELSIUS = _("%(celsius)s C")
WARMER = _("%(celsius)s C, was %(was)s C")
BETWEEN_REASONS = _(", ")
MORE_REASONS = ngettext("%(count)s more", "%(count)s more", by="count")
