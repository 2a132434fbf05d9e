"""`flask study replay`: what changed rules would have done with the texts that came: evidence for an amendment."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from followup_service.cli.table import table
from followup_service.cli.when_configured import when_configured
from followup_service.errors import FollowupError
from followup_service.extensions import db
from followup_service.protocol.amend_rules import with_fever_above
from followup_service.protocol.definitions import Study
from followup_service.protocol.escalation_rules import EscalationDecision
from followup_service.protocol.load_study import StudyFileError, read_study_file
from followup_service.protocol.rule_definitions import Level
from followup_service.records.replay_rules import Change, ChangedText, Replay, highest, replay_rules
from followup_service.staff.running_study import running_study

TITLES = {
    Change.MISSED: "MISSED: alarms of today that would be none; a person found something, or has not ended them yet",
    Change.LOWERED: "LOWERED: still alarms, and less urgent",
    Change.ESCALATED: "ESCALATED: no alarm today, and one under the changed rules",
    Change.RAISED: "RAISED: alarms today, and more urgent under the changed rules",
    Change.SPARED: "SPARED: alarms of today that would be none; a person found them to be nothing",
}
NOTES = """\
Texts are judged as they were read when they came. Not replayed: what the service raises by itself (silence, texts that do not arrive),
commands such as STOP, texts after a withdrawal and those of unknown numbers. A question that only the changed rules would have asked has
no answer here. Treatments and the usual place of measuring are those known now. No figure here says what a patient would have suffered."""


class Celsius(click.ParamType[Decimal]):
    name = "celsius"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        try:
            celsius = Decimal(str(value))
        except InvalidOperation:
            celsius = Decimal("NaN")
        if not celsius.is_finite():
            self.fail(f"'{value}' is no temperature; write degrees Celsius like 38.0", param, ctx)
        return celsius


DAY = click.DateTime(["%Y-%m-%d"])


@click.command("replay")
@click.option("--temperature-above", "above", type=Celsius(), help="Fever begins strictly above this, in degrees Celsius.")
@click.option("--study", "file", type=click.Path(path_type=Path, dir_okay=False), help="The rules of this study file.")
@click.option("--since", type=DAY, help="Texts from this day on.")
@click.option("--until", type=DAY, help="Texts to this day.")
@when_configured
def study_replay_command(above: Decimal | None, file: Path | None, since: datetime | None, until: datetime | None) -> None:
    """Run the texts that came through changed rules; print what would have been escalated, missed or spared.

    With both options the temperature is changed in the file's rules. Nothing is written to the database.
    """
    if above is None and file is None:
        raise click.UsageError("write what changes: --temperature-above 38.0, or --study FILE")
    try:
        running = running_study(db.session)
        changed = _changed(running.protocol, above, file)
    except FollowupError as error:
        raise click.ClickException(error.detail) from error
    db.session.rollback()
    db.session.connection(execution_options={"read_only": True})
    days = [day.date() if day else None for day in (since, until)]
    replay = replay_rules(db.session, running.id, running.protocol, changed, *days)
    click.echo("\n".join(_lines(replay, running.protocol, changed)))


def _changed(study: Study, above: Decimal | None, file: Path | None) -> Study:
    try:
        changed = read_study_file(file) if file is not None else study
        if changed.code != study.code:
            raise click.ClickException(f"{file} is of {changed.code}: give a file of {study.code}, the study that runs here")
        return with_fever_above(changed, above) if above is not None else changed
    except StudyFileError as error:
        raise click.ClickException("\n".join(error.problems)) from error
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def _lines(replay: Replay, today: Study, changed: Study) -> Iterator[str]:
    yield f"Today:   {_rules(today)}"
    yield f"Changed: {_rules(changed)}"
    yield f"{replay.texts} texts of {replay.participants} participants."
    if replay.comparable:
        yield f"Today's rules give {replay.as_decided} of {replay.comparable} the level that they were given when they came."
    yield ""
    yield from table(("texts", "today", "changed"), _counts(replay))
    for change, title in TITLES.items():
        found = replay.of(change)
        yield ""
        yield f"{title}: {len(found)}"
        if found:
            titles = ("participant", "when", "celsius", "reported", "today", "changed", "what came of it")
            yield from table(titles, (_row(text, changed) for text in found))
    yield ""
    yield NOTES


def _rules(study: Study) -> str:
    return f"{study.code} version {study.version}, fever strictly above {study.rules.temperature.steps[-1].lowest} °C"


def _counts(replay: Replay) -> Iterator[tuple[str, str, str]]:
    for level, name in (*((level, level.value) for level in Level), (None, "nothing to tell")):
        yield name, str(replay.today[level]), str(replay.changed[level])


def _row(found: ChangedText, study: Study) -> tuple[str, ...]:
    at = found.text.at.astimezone(ZoneInfo(found.timezone))
    celsius = highest(found.text)
    symptoms = ", ".join(dict.fromkeys(_name(symptom.code, study) for symptom in found.text.findings.symptoms))
    return (
        found.participant,
        f"{at:%Y-%m-%d %H:%M}",
        f"{celsius:.2f}".removesuffix("0") if celsius is not None else "-",
        symptoms or "-",
        _decision(found.today),
        _decision(found.changed),
        _what_came_of_it(found),
    )


def _name(code: str, study: Study) -> str:
    return study.rules.codes[code].name if code in study.rules.codes else code.lower()


def _decision(decision: EscalationDecision | None) -> str:
    return decision.level.value if decision is not None else "-"


def _what_came_of_it(found: ChangedText) -> str:
    episode = found.text.episode
    if episode is None:
        return "-"
    said = f"No. {episode.number}: {episode.outcome.value.replace('_', ' ') if episode.outcome else 'not ended'}"
    if found.alarm_by is None:
        return said
    hours = (found.alarm_by - found.text.at).total_seconds() / 3600
    return f"{said}; another text alarms {abs(hours):.1f} h {'later' if hours > 0 else 'before'}"
