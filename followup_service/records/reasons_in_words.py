"""Every reason for which a text was not sent, in words for the people who ask."""

from collections.abc import Mapping

from followup_service.protocol.sentences import sayable, sentence_of

WORDS = {
    # The participant.
    "not_enrolled": sayable("Not enrolled yet on this day."),
    "study_over": sayable("The study ended on %(on)s: nothing is planned after it."),
    "invited": sayable("Invited, and has not consented: nothing is sent of our own accord."),
    "paused": sayable("Paused, in hospital for example: who writes is answered, nothing else is sent."),
    "completed": sayable("Follow-up complete: one closing text, then only answers."),
    "withdrawn": sayable("Withdrawn: one closing text, then only answers."),
    "lost_to_follow_up": sayable("Lost to follow-up: who writes is answered, nothing else is sent."),
    "deceased": sayable("Deceased: nothing at all is sent."),
    "opted_out": sayable("Asked for no more texts (STOP). Only START, or staff with a reason, brings them back."),
    "wrong_number": sayable("Somebody else said that this number is theirs: a person has to find the right one."),
    "no_phone": sayable("No phone number is on file."),
    # A text.
    "in_conversation": sayable("A person of the team was writing with the participant, and afterwards it was of no use."),
    "taken_back": sayable("Whoever wrote it took it back."),
    "too_late": sayable("It could not leave while it was of use."),
    "outside_contact_hours": sayable("It fell outside contact hours, and would be of no use at the next opening."),
    "daily_limit": sayable("As many unasked texts as a day allows had gone out, and it would be of no use the next morning."),
    "replaced": sayable("Another question was asked in its place before it could leave."),
    "checkin_closed": sayable("Its check-in closed before it could leave."),
    "phone_removed": sayable("The further phone that it was for was taken off."),
    "staff_inactive": sayable("The member of staff is no longer active."),
    "cannot_be_worded": sayable("It could not be put into words: staff were told."),
    "discarded": sayable("A person said that a mistake had made it, and threw it away."),
    "left_before_restore": sayable("It had left before the database was restored from its backup: it is not sent twice."),
    "on_hold": sayable("Sending is on hold: a person has to release it (flask outbox)."),
    "undeliverable": sayable("The provider could not deliver it."),
    "unknown_whether_sent": sayable("The provider did not say whether it took it: it is not sent again blindly."),
    "waits": sayable("It waits to be sent at %(at)s."),
    "being_sent": sayable("It is due and waits for the worker or the provider."),
    # A check-in.
    "not_yet_due": sayable("Not yet due: %(at)s by the participant's clock."),
    "not_started": sayable("Planned for this day and not started: texts were stopped, or it was planned only later."),
    "not_started_in_time": sayable(
        "The service did not run, or contact hours were over, when it was due; a question is not asked a day late."
    ),
    "waits_for_another": sayable("A more important questionnaire is being answered first."),
    "not_answered": sayable("Asked, asked again, and closed without an answer."),
    "partly_answered": sayable("Closed after some of the answers."),
    "escalated": sayable("An emergency ended the questions: a person calls."),
    # A visit.
    "already_confirmed": sayable("The participant has confirmed: this reminder is left out."),
    "told_just_before": sayable("A text had named the visit in the days just before: this reminder is left out."),
    "visit_attended": sayable("The visit took place."),
    "visit_missed": sayable("The visit is recorded as missed."),
    "visit_cancelled": sayable("The visit is cancelled."),
    "visit_booked": sayable("The visit was booked for a time: what was to be said before is no longer so."),
    "visit_confirmed": sayable("The participant confirmed before it could leave."),
    "another_day_asked": sayable("The participant asked for another day before it could leave."),
    "superseded": sayable("The plan changed before it could leave."),
    "no_reminder": sayable(
        "A reminder was planned for %(at)s and not queued: the visit was not in the plan then, or another question was open."
    ),
    "nothing_planned": sayable("Nothing was planned for this day. The next check-in: %(next)s."),
}


def in_words(code: str, values: Mapping[str, str]) -> str:
    """A reason that has no words yet stands for itself."""
    return sentence_of(WORDS[code], values) if code in WORDS else code.replace("_", " ")
