"""What a rehearsal script says, as frozen values: who takes part, and what happens when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from followup_service.escalations.escalation import Outcome
from followup_service.participants.participant import ParticipantState
from followup_service.participants.treatment import TreatmentState


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLine:
    code: str
    name: str
    timezone: str
    country: str
    clinic_phone: str
    emergency_number: str
    takes_unknown_senders: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffLine:
    """`on_call` 1 is paged first; None is not on call. The `fallback` person stands in where nobody is. No `email`: no page goes there."""

    name: str
    site: str
    phone: str
    email: str
    language: str
    role: str
    on_call: int | None
    fallback: bool
    principal_investigator: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantLine:
    """`answers` is what they usually reply to a question, by its code."""

    code: str
    site: str
    arm: str
    language: str
    phone: str
    timezone: str
    country: str
    consented_on: date
    consent_version: str
    tag: str | None
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Texts:
    """A text from a phone. `sender` is whose it is: a participant's code, a member of staff, or the number itself."""

    sender: str
    phone: str
    body: str


@dataclass(frozen=True, slots=True)
class Presses:
    """A key, in the call that a member of staff is in."""

    staff: str
    key: str


@dataclass(frozen=True, slots=True)
class RecordsTreatment:
    """`state` None: done if the day has come, else planned."""

    participant: str
    treatment: str
    on: date
    state: TreatmentState | None


@dataclass(frozen=True, slots=True)
class MovesTreatment:
    """The one recorded for `was_on` is on another day."""

    participant: str
    treatment: str
    was_on: date
    on: date


@dataclass(frozen=True, slots=True)
class EndsTreatment:
    participant: str
    on: date


@dataclass(frozen=True, slots=True)
class RecordsVisit:
    """One of the two is set."""

    participant: str
    visit: str
    booked_at: datetime | None
    attended_on: date | None


@dataclass(frozen=True, slots=True)
class Resolves:
    """`whose` is a participant's code, or an escalation's number as digits."""

    staff: str
    whose: str
    outcome: Outcome
    note: str


@dataclass(frozen=True, slots=True)
class Changes:
    """None is left as it is."""

    participant: str
    language: str | None
    timezone: str | None
    phone: str | None
    tag: str | None
    contact_hours: tuple[time, time] | None
    answers: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class ChangesState:
    participant: str
    state: ParticipantState
    reason: str


@dataclass(frozen=True, slots=True)
class Enrols:
    """A participant who is enrolled now and not at the start."""

    participant: str


@dataclass(frozen=True, slots=True)
class GatewayFails:
    """The next text to this person's phone gets an error code after the provider took it."""

    to: str
    error_code: str


@dataclass(frozen=True, slots=True)
class GatewayIs:
    down: bool


@dataclass(frozen=True, slots=True)
class Waits:
    """Nothing happens but what falls due until then."""


Action = (
    Texts
    | Presses
    | RecordsTreatment
    | MovesTreatment
    | EndsTreatment
    | RecordsVisit
    | Resolves
    | Changes
    | ChangesState
    | Enrols
    | GatewayFails
    | GatewayIs
    | Waits
)


@dataclass(frozen=True, slots=True)
class Step:
    """`line` is where it stands in the script."""

    at: datetime
    line: int
    action: Action


@dataclass(frozen=True, slots=True)
class Script:
    study: str
    starts_at: datetime
    sites: tuple[SiteLine, ...]
    staff: tuple[StaffLine, ...]
    participants: tuple[ParticipantLine, ...]
    steps: tuple[Step, ...]
