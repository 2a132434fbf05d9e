"""What a study file can say, as frozen values: arms, visits, check-ins, questions, clocks, texts; rules are in `rule_definitions`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from followup_service.protocol.paging_clock import PagingClock
from followup_service.protocol.question_kinds import QuestionKind
from followup_service.protocol.rule_definitions import EscalationRules, Level


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved which version of the file, and when."""

    version: str
    approved_by: str
    role: str
    approved_on: date


@dataclass(frozen=True, slots=True)
class Anchor:
    """A dated event that a schedule counts from: the first or last of some treatments, or the end of treatment where that is later."""

    code: str
    name: str
    pick: str
    treatments: tuple[str, ...]
    or_end_of_treatment: bool


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm of the trial: its repeated visits start from one anchor and thin out from another."""

    code: str
    name: str
    counts_from: str
    steps_down_from: str


@dataclass(frozen=True, slots=True)
class TreatmentLimits:
    """How often a treatment may be given, and how many days must lie between it and others, before and after."""

    code: str
    name: str
    max_sessions: int | None
    separate_from: tuple[str, ...]
    separation_days: int


@dataclass(frozen=True, slots=True)
class PerTreatment:
    """One visit for each session of a treatment; days count from its date, months are calendar months."""

    treatment: str
    months: int
    days: int
    opens_days: int
    closes_days: int


@dataclass(frozen=True, slots=True)
class ExtraProcedure:
    """A procedure done at every visit of a series until a month after the step-down anchor, and at longer steps from then on."""

    procedure: str
    until_month: int
    then_every_months: int


@dataclass(frozen=True, slots=True)
class Repeated:
    """A visit repeated for ever at calendar months from the arm's anchor."""

    every_months: int
    window_days: int
    extra: tuple[ExtraProcedure, ...]


@dataclass(frozen=True, slots=True)
class ByStaff:
    """A visit whose date the record leaves to the clinic: staff enter it."""


@dataclass(frozen=True, slots=True)
class VisitPlan:
    """One item of the follow-up plan. `name` and `bring` are what a participant reads; `arms` empty: the treatment alone decides.

    It is done on the journey of a visit of `merge_into`, the first named before the others, where their windows share so many days.
    """

    code: str
    name: str
    arms: tuple[str, ...]
    procedures: tuple[str, ...]
    when: PerTreatment | Repeated | ByStaff
    merge_into: tuple[str, ...]
    merge_from_days: int
    bring: str | None


@dataclass(frozen=True, slots=True)
class Question:
    """One question text. `yes_means` is the rule code that a yes reports; `choices` are the values of the digits 1, 2, 3 ..."""

    code: str
    kind: QuestionKind
    text: str
    yes_means: str | None
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question of a check-in; `only_on_days` limits it to some of the plan's days."""

    code: str
    only_on_days: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class AfterTreatment:
    """On some days after each session of a treatment; the day of treatment is day 0."""

    treatment: str
    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BeforeTreatment:
    """So many days before each planned session of some treatments: a gate, asked beside any other check-in."""

    treatments: tuple[str, ...]
    days_before: int


@dataclass(frozen=True, slots=True)
class DuringTreatment:
    """Every so many days from the first session until so many days after the last one known, or the end of treatment."""

    treatment: str
    every_days: int
    until_days_after_last: int


@dataclass(frozen=True, slots=True)
class EveryMonths:
    """Every so many calendar months from enrolment, unless another check-in falls within so many days."""

    every_months: int
    unless_asked_within_days: int


@dataclass(frozen=True, slots=True)
class AskedByRules:
    """Not planned by date: an escalation rule starts it, so many minutes after the text that gave the reason."""

    after_minutes: int


@dataclass(frozen=True, slots=True)
class AfterAlarm:
    """On the morning after an alarm of this level was taken or ended."""

    level: Level


CheckinTiming = AfterTreatment | BeforeTreatment | DuringTreatment | EveryMonths | AskedByRules | AfterAlarm


@dataclass(frozen=True, slots=True)
class CheckinPlan:
    """A planned contact that asks questions.

    `importance` 1 goes first. Minutes count from the time it is due. `silence` is the rule code raised where nobody answers.
    `once_per` is how often rules may start it: for each report, once a day, once per participant.
    """

    code: str
    name: str
    when: CheckinTiming
    at: time | None
    questions: tuple[AskedQuestion, ...]
    importance: int
    closes_after_minutes: int
    remind_after_minutes: int | None
    silence: str | None
    once_per: str | None


@dataclass(frozen=True, slots=True)
class Episodes:
    """What makes one episode of many texts: so much warmer is worse, so soon after its end it is the same illness come back, and for
    so long at most staff may mark a symptom as expected."""

    worse_by_celsius: Decimal
    back_within_days: int
    expected_at_most_days: int


@dataclass(frozen=True, slots=True)
class Reporting:
    """How soon a serious adverse event must be signed, how long before that the team is paged, and how often once it is late."""

    report_within_minutes: int
    warn_before_minutes: int
    again_every_minutes: int


@dataclass(frozen=True, slots=True)
class ContactHours:
    """Local hours in which unasked-for texts may go out."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Holiday:
    """Days on which a country's clinics are closed; reminders of visits in them go out earlier."""

    name: str
    country: str
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class Reminders:
    """On which days a visit is reminded: before it, before it once confirmed, after a booked one and after an unbooked window.

    They go out at this local time, but on the day itself when contact hours open. `days_until_task` after the last question, which
    nobody answered, staff are told. A text that named the visit spares the reminders of the `rest_days` after it, but for those of the
    day before and of the day itself.
    """

    at: time
    days_before: tuple[int, ...]
    days_before_once_confirmed: tuple[int, ...]
    days_after_booked: tuple[int, ...]
    days_after_window: tuple[int, ...]
    days_until_task: int
    days_earlier_in_holidays: int
    rest_days: int


@dataclass(frozen=True, slots=True)
class Study:
    """One trial as its study file says it."""

    code: str
    title: str
    version: str
    status: str
    approvals: tuple[Approval, ...]
    ends_on: date
    languages: tuple[str, ...]
    contact_hours: ContactHours
    unasked_texts_a_day: int
    texts_per_checkin: int
    arms: Mapping[str, Arm]
    anchors: Mapping[str, Anchor]
    treatments: Mapping[str, TreatmentLimits]
    visits: Mapping[str, VisitPlan]
    reminders: Reminders
    holidays: tuple[Holiday, ...]
    checkins: Mapping[str, CheckinPlan]
    questions: Mapping[str, Question]
    rules: EscalationRules
    paging: Mapping[Level, PagingClock]
    episodes: Episodes
    reporting: Reporting
    texts: Mapping[str, str]

    def follow_up(self, level: Level) -> CheckinPlan | None:
        """The check-in on the morning after an alarm of this level."""
        return next((plan for plan in self.checkins.values() if plan.when == AfterAlarm(level)), None)
