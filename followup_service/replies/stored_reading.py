"""Reads back what `keep_reading` stored with a text, so that other rules can judge the same findings."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from followup_service.protocol.findings import Findings, MeasurementSite, ReadsLike, Severity, Symptom, Temperature, TemperatureUnit


@dataclass(frozen=True, slots=True)
class StoredReading:
    """What was found in a text, and its answer to the question that was open."""

    findings: Findings
    answer: str | None


def stored_reading(written: str) -> StoredReading:
    """The findings and the answer in the JSON of a stored reading."""
    values = json.loads(written)
    found = values["findings"]
    return StoredReading(
        Findings(
            temperatures=tuple(map(_temperature, found["temperatures"])),
            implausible_temperatures=tuple(map(_temperature, found["implausible_temperatures"])),
            symptoms=tuple(map(_symptom, found["symptoms"])),
            severity_digit=found["severity_digit"],
            unread=found["unread"],
            reads_like=ReadsLike(like) if (like := found.get("reads_like")) else None,
        ),
        values["answer"],
    )


def _temperature(values: Mapping[str, Any]) -> Temperature:
    site = MeasurementSite(values["site"]) if values["site"] else None
    return Temperature(values["written"], Decimal(values["value"]), TemperatureUnit(values["unit"]), Decimal(values["celsius"]), site)


def _symptom(values: Mapping[str, Any]) -> Symptom:
    severity = Severity(values["severity"]) if values["severity"] else None
    return Symptom(values["code"], severity, values["worse"], values["count"])
