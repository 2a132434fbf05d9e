"""Makes the frozen `Study` out of the checked values of a study file."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from followup_service.protocol.build_rules import build_rules
from followup_service.protocol.definitions import (
    AfterAlarm,
    AfterTreatment,
    Anchor,
    Approval,
    Arm,
    AskedByRules,
    AskedQuestion,
    BeforeTreatment,
    ByStaff,
    CheckinPlan,
    CheckinTiming,
    ContactHours,
    DuringTreatment,
    Episodes,
    EveryMonths,
    ExtraProcedure,
    Holiday,
    PerTreatment,
    Question,
    Reminders,
    Repeated,
    Reporting,
    Study,
    TreatmentLimits,
    VisitPlan,
)
from followup_service.protocol.paging_clock import Channel, Paged, PagingClock, PagingStep
from followup_service.protocol.question_kinds import QuestionKind
from followup_service.protocol.rule_definitions import Level

Value = TypeVar("Value")


def build_study(data: dict[str, Any]) -> Study:
    """`data` has the shape of `StudyBlock` and has passed `check_study`."""
    return Study(
        code=data["code"],
        title=data["title"],
        version=data["version"],
        status=data["status"],
        approvals=tuple(Approval(**approval) for approval in data["approvals"]),
        ends_on=data["ends_on"],
        languages=tuple(data["languages"]),
        contact_hours=ContactHours(**data["contact_hours"]),
        unasked_texts_a_day=data["unasked_texts_a_day"],
        texts_per_checkin=data["texts_per_checkin"],
        arms=_frozen({code: Arm(code=code, **arm) for code, arm in data["arms"].items()}),
        anchors=_frozen({code: _anchor(code, anchor) for code, anchor in data["anchors"].items()}),
        treatments=_frozen({code: _limits(code, limits) for code, limits in data["treatments"].items()}),
        visits=_frozen({code: _visit(code, visit) for code, visit in data["visits"].items()}),
        reminders=Reminders(**_tuples(data["reminders"])),
        holidays=tuple(Holiday(**holiday) for holiday in data["holidays"]),
        checkins=_frozen({code: _checkin(code, plan) for code, plan in data["checkins"].items()}),
        questions=_frozen({code: _question(code, question) for code, question in data["questions"].items()}),
        rules=build_rules(data),
        paging=_frozen({Level(level): _clock(clock) for level, clock in data["paging"].items()}),
        episodes=Episodes(**data["episodes"]),
        reporting=Reporting(**data["adverse_events"]),
        texts=_frozen(data["texts"]),
    )


def _frozen(values: dict[Any, Value]) -> Mapping[Any, Value]:
    return MappingProxyType(values)


def _tuples(values: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}


def _anchor(code: str, anchor: dict[str, Any]) -> Anchor:
    pick = "first" if "first" in anchor else "last"
    return Anchor(code, anchor["name"], pick, tuple(anchor[pick]), anchor["or_end_of_treatment"])


def _limits(code: str, limits: dict[str, Any]) -> TreatmentLimits:
    return TreatmentLimits(code=code, **_tuples(limits))


def _visit(code: str, visit: dict[str, Any]) -> VisitPlan:
    when: PerTreatment | Repeated | ByStaff = ByStaff()
    if "each" in visit:
        when = PerTreatment(visit["each"], visit["months"], visit["days"], visit["opens_days"], visit["closes_days"])
    elif "every_months" in visit:
        extra = tuple(ExtraProcedure(**procedure) for procedure in visit["extra"])
        when = Repeated(visit["every_months"], visit["window_days"], extra)
    return VisitPlan(
        code=code,
        name=visit["name"],
        arms=tuple(visit["arms"]),
        procedures=tuple(visit["procedures"]),
        when=when,
        merge_into=tuple(visit["merge_into"]),
        merge_from_days=visit["merge_from_days"],
        bring=visit["bring"],
    )


def _clock(clock: dict[str, Any]) -> PagingClock:
    return PagingClock(**clock | {part: tuple(_step(step) for step in clock[part]) for part in ("chain", "round_again")})


def _step(step: dict[str, Any]) -> PagingStep:
    return PagingStep(tuple(Paged(whom) for whom in step["page"]), Channel(step["by"]), step["wait_minutes"], step["when_late"])


def _question(code: str, question: dict[str, Any]) -> Question:
    return Question(code, QuestionKind(question["kind"]), question["text"], question["yes_means"], tuple(question["choices"]))


def _checkin(code: str, plan: dict[str, Any]) -> CheckinPlan:
    return CheckinPlan(
        code=code,
        name=plan["name"],
        when=_timing(plan),
        at=plan.get("at"),
        questions=tuple(AskedQuestion(**_tuples(asked)) for asked in plan["questions"]),
        importance=plan["importance"],
        closes_after_minutes=plan["closes_after_minutes"],
        remind_after_minutes=plan["remind_after_minutes"],
        silence=plan["silence"],
        once_per=plan.get("once_per"),
    )


def _timing(plan: dict[str, Any]) -> CheckinTiming:
    if "after" in plan:
        return AfterTreatment(plan["after"], tuple(plan["days"]))
    if "before" in plan:
        return BeforeTreatment(tuple(plan["before"]), plan["days_before"])
    if "during" in plan:
        return DuringTreatment(plan["during"], plan["every_days"], plan["until_days_after_last"])
    if "every_months" in plan:
        return EveryMonths(plan["every_months"], plan["unless_asked_within_days"])
    if "after_alarm" in plan:
        return AfterAlarm(Level(plan["after_alarm"]))
    return AskedByRules(plan.get("ask_after_minutes", 0))
