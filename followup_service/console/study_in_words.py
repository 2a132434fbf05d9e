"""What a study file says, in sentences of the page's language: when a visit falls, when a check-in is asked, what a reading means."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from flask_babel import format_decimal

from followup_service.console.page_language import gettext as _
from followup_service.console.page_language import ngettext
from followup_service.console.study_words import reason_name, treatment_name, visit_name
from followup_service.console.words import LEVELS
from followup_service.protocol.definitions import (
    AfterAlarm,
    AfterTreatment,
    BeforeTreatment,
    ByStaff,
    CheckinTiming,
    DuringTreatment,
    EveryMonths,
    PerTreatment,
    Study,
    VisitPlan,
)
from followup_service.protocol.rule_definitions import CodeRule, Level


def wait_in_words(minutes: int) -> str:
    """Days from two on, hours where they come out even, else minutes."""
    if minutes >= 2880 and minutes % 1440 == 0:
        return ngettext("%(days)s day", "%(days)s days", minutes // 1440, days=minutes // 1440)
    if minutes >= 120 and minutes % 60 == 0:
        return _("%(hours)s h", hours=minutes // 60)
    return _("%(minutes)s min", minutes=minutes)


def schedule_in_words(plan: VisitPlan, study: Study) -> tuple[str, str, list[str]]:
    """When a visit falls, its window, and what else is to be known of it."""
    when = plan.when
    if isinstance(when, ByStaff):
        return _("on the day that the clinic sets"), "", _together(plan)
    if isinstance(when, PerTreatment):
        return _per_treatment(when), _window(-when.opens_days, when.closes_days), _together(plan)
    more = [
        _(
            "%(procedure)s at each visit to month %(until)s, then every %(months)s months",
            procedure=extra.procedure.replace("_", " "),
            until=extra.until_month,
            months=extra.then_every_months,
        )
        for extra in when.extra
    ]
    return _("every %(months)s months", months=when.every_months), _window(when.window_days, when.window_days), more + _together(plan)


def when_in_words(when: CheckinTiming, study: Study) -> str:
    if isinstance(when, AfterTreatment):
        return _("on days %(days)s after each session: %(treatment)s", days=_numbers(when.days), treatment=treatment_name(when.treatment))
    if isinstance(when, BeforeTreatment):
        names = _(", ").join(treatment_name(one) for one in when.treatments)
        if when.days_before == 0:
            return _("on the day of each planned session: %(treatment)s", treatment=names)
        return ngettext(
            "%(days)s day before each planned session: %(treatment)s",
            "%(days)s days before each planned session: %(treatment)s",
            when.days_before,
            days=when.days_before,
            treatment=names,
        )
    if isinstance(when, DuringTreatment):
        how = {"days": when.every_days, "treatment": treatment_name(when.treatment), "until": when.until_days_after_last}
        return _("every %(days)s days until %(until)s days after the last session: %(treatment)s", **how)
    if isinstance(when, EveryMonths):
        within = when.unless_asked_within_days
        return ngettext(
            "every month, unless asked within %(days)s day", "every month, unless asked within %(days)s days", within, days=within
        )
    if isinstance(when, AfterAlarm):
        return _("on the morning after an alarm: %(level)s", level=LEVELS[when.level.value])
    return _("%(wait)s after a rule asks", wait=wait_in_words(when.after_minutes)) if when.after_minutes else _("at once when a rule asks")


def readings_in_words(study: Study) -> Iterator[tuple[str, CodeRule | None]]:
    """Each kind of reading with the rule that it calls; None: it is kept, and nothing else."""
    rules, codes = study.rules.temperature, study.rules.codes
    for step in rules.steps:
        start = _c(step.lowest) if step.includes_lowest else _("above %(celsius)s", celsius=_c(step.lowest))
        end = _c(step.highest) if step.includes_highest else _("below %(celsius)s", celsius=_c(step.highest))
        yield _("%(start)s to %(end)s", start=start, end=end), codes[step.code] if step.code else None
    if rules.armpit is not None:
        yield _("%(celsius)s or more in the armpit", celsius=_c(rules.armpit.from_celsius)), codes[rules.armpit.code]
    sustained = rules.sustained
    span = {"after": wait_in_words(sustained.after_minutes), "within": wait_in_words(sustained.within_minutes)}
    yield _("%(celsius)s or more again, %(after)s to %(within)s later", celsius=_c(sustained.from_celsius), **span), codes[sustained.code]
    late = {"celsius": _c(rules.late.from_celsius), "day": rules.late.after_day, "treatment": treatment_name("rfa")}
    yield _("%(celsius)s or more later than day %(day)s: %(treatment)s", **late), codes[rules.late.code]
    gate = study.rules.before_treatment
    yield _("before a treatment: %(reason)s", reason=reason_name(gate.code)), codes[gate.page]
    yield _("fever in words, without a number"), codes[rules.in_words.code]
    yield _("a number that no body has"), codes[rules.implausible_code]


def reminders_in_words(study: Study) -> list[tuple[str, str]]:
    days = study.reminders
    return [
        (_("before the visit"), _("days before: %(days)s", days=_numbers(days.days_before))),
        (_("once confirmed"), _("days before: %(days)s", days=_numbers(days.days_before_once_confirmed))),
        (_("booked, not recorded as attended"), _("days after: %(days)s", days=_numbers(days.days_after_booked))),
        (_("never booked"), _("days after the window: %(days)s", days=_numbers(days.days_after_window))),
        (_("no answer to the last question"), _told_later(days.days_until_task)),
    ]


def exceptions_of(rule: CodeRule) -> list[str]:
    """Where the level of a rule is another one."""
    said = [_("%(count)s or more: %(level)s", count=step.at_least, level=_level(step.level)) for step in reversed(rule.counts)]
    variants = ((_("mild"), rule.when_mild), (_("severe"), rule.when_severe), (_("worse than before"), rule.when_worse))
    said += [f"{word}: {_level(level)}" for word, level in variants if level is not rule.level]
    return [*said, f"{_('severe')}: {reason_name(rule.severe_is)}"] if rule.severe_is else said


def _per_treatment(when: PerTreatment) -> str:
    days = abs(when.days)
    how = {"treatment": treatment_name(when.treatment), "months": when.months, "days": days}
    if when.months:
        return _("%(months)s month after each session: %(treatment)s", **how)
    if when.days < 0:
        return ngettext("%(days)s day before each session: %(treatment)s", "%(days)s days before each session: %(treatment)s", days, **how)
    return ngettext("%(days)s day after each session: %(treatment)s", "%(days)s days after each session: %(treatment)s", days, **how)


def _told_later(days: int) -> str:
    return ngettext("%(days)s day later somebody of the team is told", "%(days)s days later somebody of the team is told", days, days=days)


def _window(before: int, after: int) -> str:
    return _("%(before)s days before to %(after)s days after", before=before, after=after)


def _together(plan: VisitPlan) -> list[str]:
    if not plan.merge_into:
        return []
    others = _(", ").join(visit_name(other) for other in plan.merge_into)
    return [_("on one journey with %(visit)s where the windows allow", visit=others)]


def _level(level: Level | None) -> str:
    return str(LEVELS[level.value]) if level is not None else _("noted")


def _numbers(numbers: Iterable[int]) -> str:
    return _(", ").join(map(str, numbers))


def _c(celsius: Decimal) -> str:
    return str(format_decimal(celsius, "0.0#"))
