"""The made-up study of the demo: two hospitals with people on call, nine participants of five languages, treatments around today."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.encryption import DecryptionFailed
from followup_service.errors import Conflict
from followup_service.participants.enrol_participant import Enrolment, enrol_participant
from followup_service.participants.participant import Participant
from followup_service.participants.record_treatment import record_treatment
from followup_service.participants.treatment import TreatmentState
from followup_service.protocol.definitions import Study
from followup_service.staff.change_roster import add_shift, lead_the_site
from followup_service.staff.set_up import add_site, add_staff_member, open_study
from followup_service.staff.site import Site, StudyRecord
from followup_service.staff.staff_member import StaffMember

ACTOR = "demo"
SITES = (
    ("PKU", "Example hospital, Beijing", "Asia/Shanghai", "CN", "010 1234 5678", "120"),
    ("LDN", "Example hospital, London", "Europe/London", "GB", "020 7946 0018", "999"),
)
STAFF = (
    ("nurse-li", "PKU", "nurse", "zh_Hans", "+8613900000001", 1),
    ("dr-wang", "PKU", "investigator", "en", "+8613900000002", 2),
    ("nurse-jones", "LDN", "nurse", "en", "+447700900001", 1),
    ("dr-shah", "LDN", "investigator", "en", "+447700900002", 2),
)
# Code, site, arm, language, phone, and treatments: kind and days from today.
PARTICIPANTS = (
    ("PKU-001", "PKU", "rfa", "zh_Hans", "+8613800138001", (("systemic", -30), ("rfa", -2))),
    ("PKU-002", "PKU", "rfa", "zh_Hans", "+8613800138002", (("rfa", -9), ("systemic", 1))),
    ("PKU-003", "PKU", "control", "zh_Hans", "+8613800138003", (("systemic", -8),)),
    ("LDN-001", "LDN", "rfa", "en", "+447700900101", (("systemic", -21), ("rfa", 1))),
    ("LDN-002", "LDN", "control", "en", "+447700900102", (("systemic", -7),)),
    ("LDN-004", "LDN", "control", "es", "+447700900104", (("systemic", -10),)),
    ("LDN-005", "LDN", "rfa", "fr", "+447700900105", (("systemic", -40), ("rfa", -12))),
    ("LDN-006", "LDN", "control", "ar", "+447700900106", (("systemic", -5),)),
    ("LDN-003", "LDN", "control", "en", "+447700900103", (("systemic", -64), ("systemic", -36))),
)


def seed_study(session: Session, now: datetime, *, study: Study) -> bool:
    """Fill an empty database; False where the demo filled it before. Raises Conflict for a database that is not the demo's."""
    if session.scalar(select(StudyRecord.id)):
        _refuse_what_is_not_ours(session)
        return False
    record = open_study(session, study, now, ACTOR)
    session.flush()
    sites = {line[0]: _add_site(session, record, line, now) for line in SITES}
    for handle, site, role, language, phone, position in STAFF:
        values = {"phone": phone, "email": f"{handle}@hospital.example", "language": language, "role": role}
        person = add_staff_member(session, sites[site], now, ACTOR, handle=handle, verified=True, **values)
        add_shift(session, person, position, now, None, now, ACTOR)
        if role == "investigator":
            lead_the_site(session, person, now, ACTOR)
    for code, site, arm, language, phone, treatments in PARTICIPANTS:
        participant = _enrol(session, record, sites[site], (code, arm, language, phone), now, study)
        today = now.astimezone(ZoneInfo(participant.timezone)).date()
        for kind, days in treatments:
            state = TreatmentState.PLANNED if days > 0 else TreatmentState.DONE
            record_treatment(session, participant, kind, today + timedelta(days=days), state, now, ACTOR, study=study)
    return True


def _add_site(session: Session, record: StudyRecord, line: tuple[str, str, str, str, str, str], now: datetime) -> Site:
    code, name, timezone, country, clinic_phone, emergency_number = line
    return add_site(
        session,
        record.id,
        now,
        ACTOR,
        code=code,
        name=name,
        timezone=timezone,
        country=country,
        clinic_phone=clinic_phone,
        emergency_number=emergency_number,
        takes_unknown_senders=code == SITES[0][0],
    )


def _enrol(session: Session, record: StudyRecord, site: Site, line: tuple[str, str, str, str], now: datetime, study: Study) -> Participant:
    code, arm, language, phone = line
    started_on = (now - timedelta(days=70)).date()
    enrolment = Enrolment(
        code=code,
        arm=arm,
        language=language,
        phone=phone,
        timezone=site.timezone,
        country=site.country,
        consented_on=started_on,
        consent_version="1.0",
        enrolled_on=started_on,
    )
    participant = enrol_participant(session, record.id, site.id, enrolment, now, ACTOR, study=study)
    session.flush()
    return participant


def _refuse_what_is_not_ours(session: Session) -> None:
    wrong = "the database under instance/ was not made by the demo: move it away first, the demo would show it to everybody on this machine"
    people = list(session.scalars(select(StaffMember)))
    if {person.handle for person in people} != {line[0] for line in STAFF}:
        raise Conflict(wrong)
    try:
        known = {person.phone for person in people}
    except DecryptionFailed:
        raise Conflict(f"{wrong} (its keys are not those under instance/)") from None
    if known != {line[4] for line in STAFF}:
        raise Conflict(wrong)
