"""The recognisers that others use for temperatures: how each is installed into an environment of its own and asked, line by line."""

import json
import subprocess
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Texts = list[tuple[str, str]]

# A line asks for the processor seconds of `parse`, or for the values that `values` finds; so both sides take turns on the same machine.
_SERVE = """
import json, sys, time
for line in sys.stdin:
    task, texts = json.loads(line)
    if task == "values":
        print(json.dumps([values(text, language) for text, language in texts]), flush=True)
        continue
    started = time.process_time()
    for text, language in texts:
        parse(text, language)
    print(time.process_time() - started, flush=True)
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """A library that finds temperatures in texts, in which languages, and its program: `parse` is timed, `values` are all numbers."""

    name: str
    folder: Path
    packages: tuple[str, ...]
    languages: tuple[str, ...]
    program: str


PEERS = (
    Peer(
        "recognizers-text-suite",
        Path(".bench/recognizers"),
        ("recognizers-text-suite", "emoji==1.7.0"),
        ("en", "zh_Hans", "es", "fr", "pt"),
        """
from recognizers_number import NumberRecognizer
from recognizers_number_with_unit import NumberWithUnitRecognizer
CULTURES = {"en": "en-us", "zh_Hans": "zh-cn", "es": "es-es", "fr": "fr-fr", "pt": "pt-br"}
models = {language: NumberWithUnitRecognizer(culture).get_temperature_model() for language, culture in CULTURES.items()}
plain = {language: NumberRecognizer(culture).get_number_model() for language, culture in CULTURES.items()}
def parse(text, language):
    return models[language].parse(text)
def values(text, language):
    found = [*models[language].parse(text), *plain[language].parse(text)]
    # It writes the decimals of its cultures with a comma.
    return [float(entity.resolution["value"].replace(",", ".")) for entity in found if entity.resolution.get("value")]
for language in models:
    values("38.5 C", language)
""",
    ),
    Peer(
        "quantulum3",
        Path(".bench/quantulum"),
        ("quantulum3",),
        ("en",),
        """
from quantulum3 import parser
def parse(text, language):
    return parser.parse(text)
def values(text, language):
    return [float(quantity.value) for quantity in parser.parse(text)]
parse("38.5 C", "en")
""",
    ),
)


class Asked:
    """A peer that runs and answers."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def seconds(self, texts: Texts) -> float:
        return float(self._ask("parse", texts))

    def values(self, texts: Texts) -> list[list[float]]:
        """Every number that it finds in each text, with a unit or without."""
        return list(self._ask("values", texts))

    def _ask(self, task: str, texts: Texts) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([task, texts]) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@contextmanager
def running(peer: Peer) -> Iterator[Asked]:
    python = peer.folder / "bin" / "python"
    if not python.exists():
        print("installing", peer.name, "into", peer.folder)
        venv.create(peer.folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--pre", *peer.packages], check=True)  # noqa: S603 - our own arguments
    with subprocess.Popen(  # noqa: S603 - our own program
        [python, "-W", "ignore", "-c", peer.program + _SERVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Asked(process)
        assert process.stdin is not None
        process.stdin.close()
