"""The temperatures of some weeks as a chart: lines that break where nobody wrote, the study's threshold, treatments as marks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from followup_service.checkins.report import Report
from followup_service.participants.treatment import TreatmentRecord, TreatmentState
from followup_service.protocol.definitions import Study

WIDTH, HEIGHT = 720, 240
# Degrees stand on both sides: on a phone only the newest days are in sight.
LEFT, RIGHT, TOP, BOTTOM = 44, 36, 14, 30
# A day without a word is a gap: no line is drawn over it.
LONGEST_LINE = timedelta(hours=36)
LOWEST, HIGHEST = Decimal("35.5"), Decimal("40.5")
MOST_DAY_LABELS = 8


@dataclass(frozen=True, slots=True)
class Point:
    """A reading at its place in the picture. `is_high`: above the threshold, whatever the rules then made of it."""

    x: float
    y: float
    at: datetime
    report: Report
    is_high: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A line across at a temperature, or down at a day."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """In units of a picture of WIDTH by HEIGHT. `lines` are the points of polylines; `treatments` and `days` mark the x axis."""

    points: tuple[Point, ...]
    lines: tuple[str, ...]
    threshold: Mark
    degrees: tuple[Mark, ...]
    days: tuple[tuple[float, date], ...]
    treatments: tuple[Mark, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def temperature_chart(
    reports: Iterable[Report], treatments: Iterable[TreatmentRecord], since: date, until: date, zone: ZoneInfo, *, study: Study
) -> Chart:
    """Readings from the first day to the end of the last one, by the participant's own calendar."""
    threshold = fever_threshold(study)
    readings = sorted((report for report in reports if report.celsius is not None), key=lambda report: report.reported_at)
    values = [report.celsius for report in readings if report.celsius is not None]
    low = min([LOWEST, *(value - Decimal("0.3") for value in values)])
    high = max([HIGHEST, *(value + Decimal("0.3") for value in values)])
    days = (until - since).days + 1

    def x_of(at: datetime) -> float:
        local = at.astimezone(zone)
        fraction = (local.date() - since).days + (local.hour * 60 + local.minute) / 1440
        return round(LEFT + (WIDTH - LEFT - RIGHT) * fraction / days, 1)

    def y_of(celsius: Decimal) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * float((high - celsius) / (high - low)), 1)

    points = tuple(
        Point(x_of(report.reported_at), y_of(report.celsius), report.reported_at.astimezone(zone), report, report.celsius > threshold)
        for report in readings
        if report.celsius is not None and since <= report.reported_at.astimezone(zone).date() <= until
    )
    step = max(1, -(-days // MOST_DAY_LABELS))
    return Chart(
        points=points,
        lines=tuple(_lines(points)),
        threshold=Mark(y_of(threshold), str(threshold)),
        degrees=tuple(Mark(y_of(Decimal(degree)), str(degree)) for degree in range(int(low) + 1, int(high) + 1)),
        days=tuple((_day_x(since, day, days), since + timedelta(days=day)) for day in range(0, days, step)),
        treatments=tuple(
            Mark(_day_x(since, (treatment.treated_on - since).days, days), treatment.kind)
            for treatment in treatments
            if treatment.state is TreatmentState.DONE and since <= treatment.treated_on <= until
        ),
    )


def fever_threshold(study: Study) -> Decimal:
    """Above this, a temperature is on the highest step of the ladder: the study's fever."""
    return max(step.lowest for step in study.rules.temperature.steps)


def _lines(points: Sequence[Point]) -> Iterable[str]:
    line: list[Point] = []
    for point in points:
        if line and point.at - line[-1].at > LONGEST_LINE:
            yield _path(line)
            line = []
        line.append(point)
    if line:
        yield _path(line)


def _path(points: Iterable[Point]) -> str:
    return " ".join(f"{point.x},{point.y}" for point in points)


def _day_x(since: date, day: int, days: int) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * (day + 0.5) / days, 1)
