"""When a text will not arrive, somebody hears of it: the next person on call for a page, the study team for a participant's text."""

from datetime import datetime

from sqlalchemy.orm import Session

from followup_service.escalations.escalation import Escalation, EscalationState
from followup_service.escalations.raise_escalation import about, raise_escalation
from followup_service.messaging.delivery import Receipt, Undelivered, take_receipt
from followup_service.messaging.error_classes import ErrorClass
from followup_service.messaging.purposes import Purpose
from followup_service.participants.change_participant import lock_participant, opt_out
from followup_service.participants.participant import OptOutSource
from followup_service.protocol.definitions import Study
from followup_service.protocol.escalation_rules import decide_code
from followup_service.staff.staff_member import on_call


def take_delivery_receipt(session: Session, receipt: Receipt, now: datetime, *, study: Study) -> None:
    """Keep what the provider says of a text, and tell a person where it failed."""
    undelivered = take_receipt(session, receipt, now)
    if undelivered is not None:
        tell_of_delivery(session, undelivered, now, study=study)


def tell_of_delivery(session: Session, undelivered: Undelivered, now: datetime, *, study: Study) -> None:
    message = undelivered.message
    if message.purpose is Purpose.PAGE and message.escalation_id is not None:
        _page_again_now(session, message.escalation_id, now)
    elif message.participant_id is not None:
        participant = lock_participant(session, message.participant_id)
        code = "UNDELIVERABLE"
        if undelivered.why is ErrorClass.OPTED_OUT:
            code = "OPTED_OUT"
            opt_out(participant, OptOutSource.PROVIDER, now, "provider")
        raise_escalation(session, about(participant), decide_code(code, study.rules), now, study=study)


def _page_again_now(session: Session, escalation_id: object, now: datetime) -> None:
    """A page that failed brings the next round forward while that round reaches somebody new: the others are not paged without end."""
    episode = session.get_one(Escalation, escalation_id, with_for_update={"key_share": True}, populate_existing=True)
    reaches_more = episode.pages < len(on_call(session, episode.site_id, now))
    if episode.state is EscalationState.OPEN and episode.next_page_at is not None and reaches_more:
        episode.next_page_at = now
