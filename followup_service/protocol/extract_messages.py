"""Lets Babel find the words of a study file that are sent (questions, texts, names of visits and rule codes), and sentences for staff."""

import ast
from collections.abc import Iterator
from typing import IO, Any

import yaml

from followup_service.protocol.build_rules import CODE_SECTIONS

# Below these keys stand words to send: under `texts` each value is one, under the others each block has one at this key.
TEXTS = "texts"
INSIDE = {"questions": ("text",), "visits": ("name", "bring"), **dict.fromkeys(CODE_SECTIONS, ("name",))}

Message = tuple[int, str, str, list[str]]


def extract_study(fileobj: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Message]:
    """Babel's extraction interface: line number, function name, message, comments (here the path in the file)."""
    root = yaml.compose(fileobj.read().decode("utf-8"), yaml.SafeLoader)
    for section, block in _pairs(root):
        for name, value in _pairs(block):
            if section == TEXTS:
                yield _message(value, f"{section}.{name}")
            elif section in INSIDE:
                for key, text in _pairs(value):
                    if key in INSIDE[section]:
                        yield _message(text, f"{section}.{name}.{key}")


def extract_names(fileobj: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Message]:
    """Names of arms and treatments of a study file: pages say them, texts never do."""
    for section, block in _pairs(yaml.compose(fileobj.read().decode("utf-8"), yaml.SafeLoader)):
        for name, value in _pairs(block) if section in ("arms", "treatments") else ():
            yield from (_message(text, f"{section}.{name}.name") for key, text in _pairs(value) if key == "name")


def extract_sentences(fileobj: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Message]:
    """The templates of `said(…)` and `sayable(…)` in Python code, for the catalogues of the pages."""
    for node in ast.walk(ast.parse(fileobj.read())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("said", "sayable"):
            template = ast.literal_eval(node.args[0])
            yield node.lineno, "_", template, []


def _pairs(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key.value, value


def _message(node: yaml.Node, path: str) -> Message:
    return node.start_mark.line + 1, "_", node.value, [path]
