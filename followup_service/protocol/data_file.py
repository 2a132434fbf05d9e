"""Reads a data file (YAML) and checks its shape; every problem names the place in the file and says what to write there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from marshmallow import Schema, ValidationError


class DataFileError(ValueError):
    """A data file that is wrong; each problem names the place in the file and says what to write there."""

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


def read_yaml(path: Path) -> object:
    """The values of a file. Raises DataFileError where it cannot be read."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _UniqueKeyLoader)  # noqa: S506 - a SafeLoader
    except OSError as error:
        raise DataFileError((f"{path}: {error.strerror}; write the path of a study file",)) from error
    except UnicodeDecodeError as error:
        raise DataFileError((f"{path}: byte {error.start + 1} is not UTF-8; save the file as UTF-8",)) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "the file"
        raise DataFileError((f"{place}: {error.problem}",)) from error


def check_shape(schema: Schema, values: object) -> tuple[dict[str, Any], list[str]]:
    """What of the values has the shape of the schema, and a sentence for everything that has not."""
    try:
        return schema.load(values), []  # type: ignore[arg-type]
    except ValidationError as error:
        valid = error.valid_data if isinstance(error.valid_data, dict) else {}
        return valid, list(_problems(error.messages_dict))


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
