"""Says whether a treatment fits the protocol: at most so many sessions (record: 3), and so many days apart from others (record: 1 week)."""

from collections.abc import Iterator
from dataclasses import dataclass

from followup_service.protocol.definitions import Study
from followup_service.protocol.sentences import said
from followup_service.protocol.visit_schedule import Treatment


@dataclass(frozen=True, slots=True)
class TreatmentCheck:
    """`refused` says why a treatment must not be entered; `warnings` what the team should look at. Both in words for staff."""

    refused: str | None
    warnings: tuple[str, ...]


def check_treatment(study: Study, earlier: tuple[Treatment, ...], new: Treatment) -> TreatmentCheck:
    """Judge one treatment beside all others of the participant, planned or done. Raises ValueError for an unknown kind."""
    if new.kind not in study.treatments:
        raise ValueError(f"there is no treatment {new.kind} in {study.code}; write one of {', '.join(study.treatments)}")
    limits = study.treatments[new.kind]
    sessions = sum(treatment.kind == new.kind for treatment in earlier)
    if limits.max_sessions is not None and sessions >= limits.max_sessions:
        return TreatmentCheck(
            said(
                "%(treatment)s on %(on)s would be session %(session)s; the protocol allows %(most)s in all. "
                "Correct or cancel one of those entered before",
                treatment=limits.name,
                on=new.on,
                session=sessions + 1,
                most=limits.max_sessions,
            ),
            (),
        )
    return TreatmentCheck(None, tuple(_too_close(study, earlier, new)))


def _too_close(study: Study, earlier: tuple[Treatment, ...], new: Treatment) -> Iterator[str]:
    for other in earlier:
        asked_for = _separation_days(study, new.kind, other.kind)
        apart = abs((new.on - other.on).days)
        if apart < asked_for:
            first, second = sorted((new, other), key=lambda treatment: treatment.on)
            names = study.treatments[first.kind].name, study.treatments[second.kind].name
            yield said(
                "only %(apart)s days between %(first)s on %(first_on)s and %(second)s on %(second_on)s; "
                "the protocol asks for %(asked_for)s full days",
                apart=apart,
                first=names[0],
                first_on=first.on,
                second=names[1],
                second_on=second.on,
                asked_for=asked_for,
            )


def _separation_days(study: Study, kind: str, other: str) -> int:
    """The days between two kinds of treatment, whichever of them says so: the rule holds before and after."""
    return max(
        (study.treatments[a].separation_days for a, b in ((kind, other), (other, kind)) if b in study.treatments[a].separate_from),
        default=0,
    )
