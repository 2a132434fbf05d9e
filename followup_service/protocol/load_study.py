"""Loads a study file: read, checked as a whole, made into a frozen `Study`; every problem is told at once."""

from functools import cache
from pathlib import Path

from followup_service.protocol.build_study import build_study
from followup_service.protocol.check_study import check_study
from followup_service.protocol.data_file import DataFileError, check_shape, read_yaml
from followup_service.protocol.definitions import Study
from followup_service.protocol.study_schema import StudyBlock

STUDIES = Path(__file__).parent / "studies"


class StudyFileError(DataFileError):
    """A study file that is wrong."""


def study_codes() -> tuple[str, ...]:
    """The studies whose files come with the service."""
    return tuple(sorted(path.stem for path in STUDIES.glob("*.yaml")))


@cache
def load_study(code: str) -> Study:
    """The study with this code. Raises StudyFileError where there is none or its file is wrong."""
    if code not in study_codes():
        raise StudyFileError((f"there is no study {code}; write one of {', '.join(study_codes())}",))
    return read_study_file(STUDIES / f"{code}.yaml")


def read_study_file(path: Path) -> Study:
    """The study in any file. Raises StudyFileError with all of its problems."""
    try:
        values = read_yaml(path)
    except DataFileError as error:
        raise StudyFileError(error.problems) from error
    return study_from_values(values)


def study_from_values(values: object) -> Study:
    """The study that the values of a study file say. Raises StudyFileError with all of their problems."""
    if not isinstance(values, dict):
        raise StudyFileError(("the file is not a block of `key: value` lines; write for example `code: NCT06609434`",))
    data, problems = check_shape(StudyBlock(), values)
    problems += check_study(data)
    if problems:
        raise StudyFileError(tuple(problems))
    return build_study(data)
