"""Reads a rehearsal script; a wrong one is refused with the line and what to write instead."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from marshmallow import ValidationError

from followup_service.protocol.load_study import load_study
from followup_service.rehearsal.build_script import BuildScript
from followup_service.rehearsal.build_script import Path as Place
from followup_service.rehearsal.script import Script
from followup_service.rehearsal.script_schema import ScriptBlock


class ScriptError(Exception):
    """A script that is wrong, or asks for what the service refuses; each problem begins with its line."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read_script(path: Path) -> Script:
    """The script in a file. Raises ScriptError with all of its problems."""
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, yaml.SafeLoader)
    except OSError as error:
        raise ScriptError(f"{path}: {error.strerror}; write the path of a rehearsal script") from error
    except UnicodeDecodeError as error:
        raise ScriptError(f"{path}: byte {error.start + 1} is not UTF-8; save the file as UTF-8") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise ScriptError(f"line {mark.line + 1 if mark else 1}: {error.problem}; mend it as YAML wants it") from error
    lines = _Lines()
    written = lines.value_of(root, ()) if root else None
    problems = lines.problems
    try:
        data = ScriptBlock().load(written)
    except ValidationError as error:
        problems += _problems(error.messages_dict, ())
    if problems:
        raise lines.error(problems)
    build = BuildScript(data, load_study(data["study"]), lines.line_of)
    script = build()
    if build.problems:
        raise lines.error(build.problems)
    return script


class _Lines:
    """The values of a YAML file, all of them as they are written (a phone number is no number, `no` no truth), and where each stands."""

    def __init__(self) -> None:
        self._lines: dict[Place, int] = {(): 1}
        self.problems: list[tuple[Place, str]] = []

    def value_of(self, node: yaml.Node, place: Place) -> Any:
        self._lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.SequenceNode):
            return [self.value_of(item, (*place, number)) for number, item in enumerate(node.value)]
        if not isinstance(node, yaml.MappingNode):
            return node.value
        values: dict[str, Any] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in values:
                self.problems.append(((*place, name), f"stands twice, again in line {key.start_mark.line + 1}; write it once"))
            self._lines.setdefault((*place, name), key.start_mark.line + 1)
            values[name] = self.value_of(value, (*place, name))
        return values

    def line_of(self, place: Place) -> int:
        """The line of a place, or of what it should have stood in."""
        while place not in self._lines:
            place = place[:-1]
        return self._lines[place]

    def error(self, problems: list[tuple[Place, str]]) -> ScriptError:
        told = sorted((self.line_of(place), f"{_name(place)}{problem}") for place, problem in problems)
        return ScriptError(*(f"line {line}: {problem}" for line, problem in told))


def _name(place: Place) -> str:
    names = [part for part in place if isinstance(part, str)]
    return f"{names[-1]}: " if names else ""


def _problems(messages: Any, place: Place) -> list[tuple[Place, str]]:
    return list(_walk(messages, place))


def _walk(messages: Any, place: Place) -> Iterator[tuple[Place, str]]:
    """marshmallow's tree of messages, each with the place in the file."""
    if not isinstance(messages, dict):
        yield from ((place, message) for message in messages)
        return
    for key, below in messages.items():
        yield from _walk(below, place if key == "_schema" else (*place, key))
