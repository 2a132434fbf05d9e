"""Loads a study file: read, checked as a whole, made into a frozen `Study`; every problem is told at once."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from marshmallow import ValidationError

from followup_service.protocol.build_study import build_study
from followup_service.protocol.check_study import check_study
from followup_service.protocol.definitions import Study
from followup_service.protocol.study_schema import StudyBlock

STUDIES = Path(__file__).parent / "studies"


class StudyFileError(ValueError):
    """A study file that is wrong; each problem names the place in the file and says what to write there."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class _UniqueKeyLoader(yaml.SafeLoader):
    """YAML would let a second `FEVER:` silently replace the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for place, key in enumerate(keys):
            if key in keys[:place]:
                mark = node.value[place][0].start_mark
                raise yaml.constructor.ConstructorError(None, None, f"{key} stands here a second time; write it once", mark)
        return super().construct_mapping(node, deep)


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
    return study_from_values(_read_yaml(path))


def study_from_values(values: object) -> Study:
    """The study that the values of a study file say. Raises StudyFileError with all of their problems."""
    if not isinstance(values, dict):
        raise StudyFileError(("the file is not a block of `key: value` lines; write for example `code: NCT06609434`",))
    try:
        data, problems = StudyBlock().load(values), []
    except ValidationError as error:
        data, problems = _valid(error), list(_problems(error.messages_dict))
    problems += check_study(data)
    if problems:
        raise StudyFileError(tuple(problems))
    return build_study(data)


def _read_yaml(path: Path) -> object:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _UniqueKeyLoader)  # noqa: S506 - a SafeLoader
    except OSError as error:
        raise StudyFileError((f"{path}: {error.strerror}; write the path of a study file",)) from error
    except UnicodeDecodeError as error:
        raise StudyFileError((f"{path}: byte {error.start + 1} is not UTF-8; save the file as UTF-8",)) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "the file"
        raise StudyFileError((f"{place}: {error.problem}",)) from error


def _valid(error: ValidationError) -> dict[str, Any]:
    return error.valid_data if isinstance(error.valid_data, dict) else {}


def _problems(messages: Any, path: str = "") -> Iterator[str]:
    """marshmallow's tree of messages as lines that start with the path in the file."""
    if not isinstance(messages, dict):
        yield from (f"{path}: {message}" for message in messages)
        return
    for key, below in messages.items():
        if key in ("value", "key", "_schema"):  # marshmallow's own levels: of a named value, its name, the block itself
            yield from _problems(below, path)
        else:
            yield from _problems(below, f"{path}[{key}]" if isinstance(key, int) else f"{path}.{key}" if path else str(key))
