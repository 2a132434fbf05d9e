"""Rules as they would be after an amendment: the question "what if fever began at another temperature"."""

from dataclasses import replace
from decimal import Decimal

from followup_service.protocol.definitions import Study
from followup_service.protocol.rule_definitions import TemperatureStep


def with_fever_above(study: Study, above: Decimal) -> Study:
    """The study in which the highest step of the temperature ladder begins strictly above another temperature in degrees Celsius.

    The steps below end there; one that would begin above it is gone. The armpit, the second measurement and the fever after day 7 keep
    their numbers: they are rules of their own. Raises ValueError for a temperature that is on no step.
    """
    ladder = study.rules.temperature
    fever = ladder.steps[-1]
    if not ladder.steps[0].lowest <= above < fever.highest:
        raise ValueError(f"{above} is not on the ladder; write a temperature from {ladder.steps[0].lowest} to below {fever.highest}")
    below = tuple(_cut(step, above, step is ladder.steps[-2]) for step in ladder.steps[:-1] if _begins_by(step, above))
    steps = (*below, replace(fever, lowest=above, includes_lowest=False))
    return replace(study, rules=replace(study.rules, temperature=replace(ladder, steps=steps)))


def _begins_by(step: TemperatureStep, above: Decimal) -> bool:
    return step.lowest < above or (step.lowest == above and step.includes_lowest)


def _cut(step: TemperatureStep, above: Decimal, last: bool) -> TemperatureStep:
    """The step up to the new bound: the last one reaches it from either side, the others only where they would go beyond it."""
    if last or step.highest > above:
        return replace(step, highest=above, includes_highest=True)
    return step
