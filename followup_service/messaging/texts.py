"""The words that the service itself says, by key; the study's own questions and instructions are in its protocol file."""


def _(text: str) -> str:
    """Mark a text for extraction; it is translated when it is sent."""
    return text


TEXTS = {
    "page": _("%(level)s %(code)s: %(reasons)s. No. %(number)s. Reply 1 to take it."),
    "page_again": _("AGAIN %(level)s %(code)s: %(reasons)s. No. %(number)s is waiting. Reply 1 to take it."),
    "page_worse": _("WORSE %(level)s %(code)s: %(reasons)s. No. %(number)s. Reply 1 to take it."),
    "page_taken": _("No. %(number)s (%(code)s) is yours. Please call now, then record the outcome."),
    "page_taken_before": _("No. %(number)s was already taken by %(by)s. Nothing more to do."),
    "page_which": _("Several are open: %(numbers)s. Reply 1 and the number, for example 1 %(example)s."),
    "page_none": _("No open alarm fits your reply. To take one, reply 1, or 1 and its number."),
    "page_not_understood": _("Not understood. Reply 1 to take the open alarm, or 1 and its number."),
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
    "unknown_sender": _(
        "We do not know this phone number, but a member of the team will look at your message. In an emergency call %(emergency_number)s."
    ),
    "withdrawn": _("You will get no more check-in texts. If you feel unwell you can still write to us or call %(clinic_phone)s."),
}

# Texts that keep the language they were queued in; every other goes out in the recipient's language of that moment.
IN_A_LANGUAGE_OF_THEIR_OWN = frozenset({"offer_language"})

LEVELS = {"emergency": _("EMERGENCY"), "urgent": _("URGENT"), "review": _("TO REVIEW")}

# Stands in a page where a participant's code would.
UNKNOWN_NUMBER = _("unknown number")

# How a page lists its reasons.
CELSIUS = _("%(celsius)s C")
BETWEEN_REASONS = _(", ")
MORE_REASONS = _("%(count)s more")
