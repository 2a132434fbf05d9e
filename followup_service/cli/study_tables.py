"""A study as tables in a terminal: what a clinician reads beside the protocol."""

from collections.abc import Iterable, Iterator

from followup_service.cli.table import table
from followup_service.protocol.definitions import (
    AfterAlarm,
    AfterTreatment,
    AskedByRules,
    BeforeTreatment,
    CheckinPlan,
    CheckinTiming,
    DuringTreatment,
    EveryMonths,
    PerTreatment,
    Repeated,
    Study,
    VisitPlan,
)
from followup_service.protocol.rule_definitions import CodeRule, Level, TemperatureStep


def study_tables(study: Study) -> str:
    """The whole study as plain text."""
    sections = (
        ("", _header(study)),
        ("ARMS", _arms(study)),
        ("TREATMENTS", _treatments(study)),
        ("VISITS", _visits(study)),
        ("REMINDERS OF VISITS", _reminders(study)),
        ("CHECK-INS", _checkins(study)),
        ("QUESTIONS", table(("question", "kind", "yes means", "text"), _questions(study))),
        ("TEMPERATURE, degrees Celsius, compared exactly", _temperature(study)),
        ("RULE CODES BY LEVEL", _codes(study)),
        ("COMBINATIONS, in one text or one day", _combinations(study)),
        ("CLOCKS", _clocks(study)),
        ("PAGES, step by step until somebody takes it", _chains(study)),
        ("EPISODES", _episodes(study)),
        ("ADVERSE EVENTS", _reporting(study)),
        ("TEXTS TO PARTICIPANTS", table(("text", "words"), study.texts.items())),
    )
    return "\n\n".join("\n".join([title, *lines] if title else lines) for title, lines in sections)


def _numbers(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))


def _header(study: Study) -> list[str]:
    approvals = [f"version {one.version} by {one.approved_by}, {one.role}, {one.approved_on}" for one in study.approvals]
    hours = study.contact_hours
    return [
        f"{study.code}  {study.title}",
        f"Version {study.version}. {study.status}",
        f"Approved: {'; '.join(approvals) or 'by nobody yet'}",
        f"Texts in: {', '.join(study.languages)}",
        (
            f"Ends on {study.ends_on}. Unasked texts go out from {hours.opens:%H:%M} to {hours.closes:%H:%M}, participant's time, "
            f"{study.unasked_texts_a_day} a day at most."
        ),
    ]


def _arms(study: Study) -> Iterator[str]:
    anchors = study.anchors
    rows = ((arm.code, arm.name, anchors[arm.counts_from].name, anchors[arm.steps_down_from].name) for arm in study.arms.values())
    return table(("arm", "name", "check-ups count from", "thin out from"), rows)


def _treatments(study: Study) -> Iterator[str]:
    rows = []
    for limits in study.treatments.values():
        apart = f"{limits.separation_days} full days before and after {', '.join(limits.separate_from)}" if limits.separate_from else "-"
        rows.append((limits.code, limits.name, str(limits.max_sessions or "-"), apart))
    return table(("treatment", "name", "at most", "kept apart"), rows)


def _visits(study: Study) -> Iterator[str]:
    rows = ((plan.code, ", ".join(plan.arms) or "all", *_visit_dates(plan), _procedures(plan)) for plan in study.visits.values())
    return table(("visit", "arms", "when", "window", "procedures"), rows)


def _visit_dates(plan: VisitPlan) -> tuple[str, str]:
    if isinstance(plan.when, Repeated):
        return f"{_every_months(plan.when.every_months)} from the arm's anchor", f"{plan.when.window_days} days before and after"
    if isinstance(plan.when, PerTreatment):
        offset = _months(plan.when.months) if plan.when.months else f"{abs(plan.when.days)} days"
        side = "before" if plan.when.days < 0 else "after"
        return f"{offset} {side} each {plan.when.treatment}", f"{-plan.when.opens_days} days before, {plan.when.closes_days} after"
    return "set by staff", "-"


def _months(months: int) -> str:
    return f"{months} month{'' if months == 1 else 's'}"


def _every_months(months: int) -> str:
    return "every month" if months == 1 else f"every {months} months"


def _hours(minutes: int) -> str:
    return f"{minutes // 60} h" if minutes >= 120 and minutes % 60 == 0 else f"{minutes} min"


def _procedures(plan: VisitPlan) -> str:
    said = ", ".join(plan.procedures)
    if isinstance(plan.when, Repeated):
        for extra in plan.when.extra:
            said += f"; {extra.procedure} at each to month {extra.until_month}, then every {extra.then_every_months} months"
    if plan.merge_into:
        said += f"; together with {' or '.join(plan.merge_into)} on a day in both windows, or where they share {plan.merge_from_days} days"
    return said


def _reminders(study: Study) -> Iterator[str]:
    days = study.reminders
    rows = [
        ("before the visit", f"{_numbers(days.days_before)} days before, at {days.at:%H:%M}, on the day itself as contact hours open"),
        ("once confirmed", f"{_numbers(days.days_before_once_confirmed)} days before"),
        ("within days of a text that named it", f"{days.rest_days}: only on the day before and on the day itself"),
        ("booked, not recorded as attended", f"{_numbers(days.days_after_booked)} days after"),
        ("never booked", f"{_numbers(days.days_after_window)} days after the window"),
        ("no answer to the last question", f"{days.days_until_task} days later a task for staff"),
    ]
    earlier = f"reminders {days.days_earlier_in_holidays} days earlier"
    rows += [(f"{day.name} ({day.country})", f"{day.first_on} to {day.last_on}: {earlier}") for day in study.holidays]
    return table(("reminder", "when"), rows)


def _checkins(study: Study) -> Iterator[str]:
    plans = sorted(study.checkins.values(), key=lambda plan: (isinstance(plan.when, AskedByRules), plan.importance))
    rows = (
        (
            plan.code,
            f"{plan.at:%H:%M}" if plan.at else "-",
            f"{_hours(plan.remind_after_minutes) if plan.remind_after_minutes else '-'} / {_hours(plan.closes_after_minutes)}",
            plan.silence or "-",
            f"{_when(plan.when)}: {_asked(plan)}",
        )
        for plan in plans
    )
    return table(("check-in", "at", "remind / close after", "silence", "when: questions"), rows)


def _when(when: CheckinTiming) -> str:
    if isinstance(when, AfterTreatment):
        return f"days {_numbers(when.days)} after each {when.treatment}"
    if isinstance(when, BeforeTreatment):
        day = "the day of" if when.days_before == 0 else "the day before" if when.days_before == 1 else f"{when.days_before} days before"
        return f"{day} each planned {' or '.join(when.treatments)}"
    if isinstance(when, DuringTreatment):
        return f"every {when.every_days} days on {when.treatment}, until {when.until_days_after_last} days after the last"
    if isinstance(when, EveryMonths):
        return f"{_every_months(when.every_months)} from enrolment, unless asked within {when.unless_asked_within_days} days"
    if isinstance(when, AfterAlarm):
        return f"on the morning after an alarm that is {when.level.value}"
    return f"{when.after_minutes} minutes after a rule asks" if when.after_minutes else "at once when a rule asks"


def _asked(plan: CheckinPlan) -> str:
    return ", ".join(asked.code + (f" (days {_numbers(asked.only_on_days)})" if asked.only_on_days else "") for asked in plan.questions)


def _questions(study: Study) -> Iterator[tuple[str, str, str, str]]:
    for question in study.questions.values():
        yield question.code, question.kind.value, question.yes_means or "-", question.text


def _temperature(study: Study) -> Iterator[str]:
    rules = study.rules.temperature
    lowest, highest = rules.steps[0].lowest, rules.steps[-1].highest
    rows = [(_span(step), *_meaning(study, step.code)) for step in rules.steps]
    if rules.armpit:
        rows.append((f"in the armpit, {rules.armpit.from_celsius} or more", *_meaning(study, rules.armpit.code)))
    gate = study.rules.before_treatment
    rows.append((f"{gate.code} before a treatment", gate.page, _level(study.rules.codes[gate.page].level), f"tell {gate.tell}"))
    span = f"{_hours(rules.sustained.after_minutes)} to {_hours(rules.sustained.within_minutes)}"
    again = f"{rules.sustained.from_celsius} or more again, {span} later"
    rows.append((again, *_meaning(study, rules.sustained.code)))
    rows.append((f"{rules.late.from_celsius} or more later than day {rules.late.after_day} after rfa", *_meaning(study, rules.late.code)))
    rows.append((f"below {lowest} or above {highest}", *_meaning(study, rules.implausible_code)))
    rows.append((f"fever in words, no number of {rules.in_words.explained_from} or more", *_meaning(study, rules.in_words.code)))
    return table(("reading", "code", "level", "then"), rows)


def _span(step: TemperatureStep) -> str:
    start = f"{step.lowest}" if step.includes_lowest else f"above {step.lowest}"
    return f"{start} {'to' if step.includes_highest else 'to below'} {step.highest}"


def _meaning(study: Study, code: str | None) -> tuple[str, str, str]:
    if code is None:
        return "-", "none", "kept; the trend is shown"
    rule = study.rules.codes[code]
    then = [f"tell {rule.tell}"] if rule.tell else []
    return code, _level(rule.level), ", ".join([*then, *([f"ask {rule.ask}"] if rule.ask else [])]) or "-"


def _level(level: Level | None) -> str:
    return level.value if level else "note"


def _codes(study: Study) -> Iterator[str]:
    rules = sorted(study.rules.codes.values(), key=lambda rule: (-(rule.level.rank if rule.level else 0), rule.order))
    return table(("level", "code", "means", "but"), ((_level(rule.level), rule.code, rule.name, _exceptions(rule)) for rule in rules))


def _exceptions(rule: CodeRule) -> str:
    said = [f"fewer than {rule.counts[-1].at_least}: note"] if rule.counts else []
    said += [f"{count.at_least} or more: {_level(count.level)}" for count in reversed(rule.counts)]
    variants = (("mild", rule.when_mild), ("severe", rule.when_severe), ("worse than before", rule.when_worse))
    said += [f"{word}: {_level(level)}" for word, level in variants if level is not rule.level]
    said += [f"severe: {rule.severe_is}"] if rule.severe_is else []
    same = ", ".join(sorted(rule.same_as - {rule.code}))
    said += [] if rule.is_symptom else ["makes no pair"]
    said += [f"no pair with {same}"] if same and rule.level is Level.URGENT else []
    return "; ".join(said)


def _combinations(study: Study) -> Iterator[str]:
    symptoms = {code for code, rule in study.rules.codes.items() if rule.is_symptom}
    rows = []
    for combination in study.rules.combinations:
        any_other = combination.with_codes == symptoms - study.rules.codes[combination.code].same_as
        others = "any other symptom" if any_other else ", ".join(sorted(combination.with_codes))
        rows.append((combination.code, combination.level.value, others))
    rows.append(("two urgent codes", study.rules.two_different.value, "of different complaints"))
    score = study.rules.pain_score
    rows.append((score.high_code, _level(study.rules.codes[score.high_code].level), f"a digit of {score.high_from} or more"))
    severe = [(rule.severe_is, code) for code, rule in study.rules.codes.items() if rule.severe_is]
    rows.extend((worse, _level(study.rules.codes[worse].level), f"{code} and a digit of {score.severe_from}") for worse, code in severe)
    rows.append((score.risen_code, _level(study.rules.codes[score.risen_code].level), f"{score.risen_by} points above the last digit"))
    return table(("code", "level", "together with"), rows)


def _clocks(study: Study) -> Iterator[str]:
    rows = []
    for level, clock in study.paging.items():
        if clock.by_next_working_day_at:
            within, night = f"{clock.by_next_working_day_at:%H:%M} of the next working day", "-"
        else:
            within = f"within {_hours(clock.acknowledge_within_minutes or 0)}"
            night = f"by {clock.after_a_night_by:%H:%M}" if clock.after_a_night_by else "the same"
        outcome, snoozed = _hours(clock.outcome_within_minutes), _hours(clock.snooze_at_most_minutes)
        told = study.rules.tell_by_level[level] or "-"
        called = f"within {_hours(clock.call_within_minutes)}" if clock.call_within_minutes else "-"
        rows.append((level.value, within, night, called, outcome, snoozed, told))
    return table(("level", "acknowledged", "after a night", "called", "outcome within", "snoozed at most", "tells"), rows)


def _chains(study: Study) -> Iterator[str]:
    rows = []
    for level, clock in study.paging.items():
        numbered = [(str(number), step) for number, step in enumerate(clock.chain, 1)] + [("again", step) for step in clock.round_again]
        for number, step in numbered:
            whom = ", ".join(whom.value.replace("_", " ") for whom in step.page) + (", once it is late" if step.when_late else "")
            rows.append((level.value, number, step.by.value, _hours(step.wait_minutes), whom))
        if clock.slower_after_minutes and clock.slower_every_minutes:
            slower = f"nobody took it for {_hours(clock.slower_after_minutes)}"
            rows.append((level.value, "slower", "-", _hours(clock.slower_every_minutes), slower))
    return table(("level", "step", "by", "then wait", "who is paged"), rows)


def _episodes(study: Study) -> Iterator[str]:
    rules = study.episodes
    rows = [
        ("worse", "a higher level, a new reason that pages, or so much warmer", f"{rules.worse_by_celsius} °C"),
        ("back", "a new alarm so soon after the end of one is linked to it", f"{rules.back_within_days} days"),
        ("expected", "staff may mark a symptom, never fever or an emergency, for at most", f"{rules.expected_at_most_days} days"),
    ]
    return table(("episode", "when", "how much"), rows)


def _reporting(study: Study) -> Iterator[str]:
    rules = study.reporting
    rows = [
        ("signed", "a serious one, after the team knew of it", f"within {_hours(rules.report_within_minutes)}"),
        ("paged", "a draft that nobody signed or dismissed, before that", _hours(rules.warn_before_minutes)),
        ("paged again", "once it is late, as often as this", _hours(rules.again_every_minutes)),
    ]
    return table(("adverse event", "when", "how soon"), rows)
