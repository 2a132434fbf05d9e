"""How much processor time reading a text costs, beside the temperature model alone of recognizers-text-suite, and how often we err.

Run from the top of the repository: `python -m benchmarks.reading`. The peer is installed into an environment of its own under `.bench/`.
"""

import json
import subprocess
import sys
import time
import venv
from itertools import cycle, islice
from pathlib import Path
from typing import IO

from followup_service.conversation.read_reply import read_reply
from followup_service.protocol.escalation_rules import KnownSoFar, decide
from followup_service.protocol.load_study import load_study
from tests.conversation.gold_corpus import corpus_languages, corpus_rows, count_errors

TEXTS = 10_000
TURNS = 25
LIMIT_SECONDS = 2.0
LEAST_RATIO = 4.0
PEER = Path(".bench/recognizers")
PEER_PACKAGES = ("recognizers-text-suite", "emoji==1.7.0")
# Reads a line of texts at a time, so that both sides take turns on the same machine.
PEER_PROGRAM = """
import json, sys, time
from recognizers_number_with_unit import NumberWithUnitRecognizer
models = {culture: NumberWithUnitRecognizer(culture).get_temperature_model() for culture in ("en-us", "zh-cn")}
for model in models.values():
    model.parse("38.5 C")
for line in sys.stdin:
    started = time.process_time()
    for text, culture in json.loads(line):
        models[culture].parse(text)
    print(time.process_time() - started, flush=True)
"""
Texts = list[tuple[str, str]]


def _texts(count: int) -> Texts:
    """The texts of the gold corpus with their languages, English and Chinese in turn, repeated up to `count`."""
    rows = (row for pair in zip(*(cycle(list(corpus_rows(language))) for language in corpus_languages()), strict=False) for row in pair)
    return [(row["text"], row["language"]) for row in islice(rows, count)]


def _our_seconds(texts: Texts) -> float:
    rules = load_study("NCT06609434").rules
    started = time.process_time()
    for text, language in texts:
        decide(read_reply(text, language).findings, KnownSoFar(), rules)
    return time.process_time() - started


def _start_peer() -> subprocess.Popen[str]:
    python = PEER / "bin" / "python"
    if not python.exists():
        print("installing the peer into", PEER)
        venv.create(PEER, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--pre", *PEER_PACKAGES], check=True)  # noqa: S603 - our own arguments
    return subprocess.Popen([python, "-c", PEER_PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603


def _peer_seconds(texts: Texts, asked: IO[str], answered: IO[str]) -> float:
    asked.write(json.dumps([(text, "zh-cn" if language.startswith("zh") else "en-us") for text, language in texts]) + "\n")
    asked.flush()
    return float(answered.readline())


def _take_turns(texts: Texts) -> tuple[list[float], list[float]]:
    """The seconds of each turn, ours and the peer's, on the same texts."""
    ours, peers = [], []
    with _start_peer() as peer:
        assert peer.stdin is not None
        assert peer.stdout is not None
        for _ in range(TURNS):
            ours.append(_our_seconds(texts))
            peers.append(_peer_seconds(texts, peer.stdin, peer.stdout))
        peer.stdin.close()
    return ours, peers


def _print_errors() -> None:
    print(f"\n{'gold corpus':12}{'texts':>8}{'missed emergencies':>20}{'missed urgent':>15}{'false alarms':>14}{'temperatures exact':>20}")
    for language in corpus_languages():
        errors = count_errors(language)
        exact = 1 - len(errors.wrong_temperatures) / errors.texts
        print(
            f"{language:12}{errors.texts:>8}{len(errors.missed_emergencies):>20}"
            f"{len(errors.missed_urgent) / errors.urgent:>15.1%}{len(errors.false_alarms) / errors.quiet:>14.1%}{exact:>20.1%}"
        )


def main() -> int:
    texts = _texts(TEXTS // TURNS)
    _our_seconds(texts)
    our_turns, peer_turns = _take_turns(texts)
    # The fastest turn of each: what a busy machine adds to the others is neither side's.
    ours, peer = min(our_turns) / len(texts), min(peer_turns) / len(texts)
    print(f"{'':32}{'texts/s':>10}{'µs a text':>12}")
    print(f"{'ours, whole reading and rules':32}{1 / ours:>10.0f}{ours * 1e6:>12.0f}")
    print(f"{'recognizers, temperature alone':32}{1 / peer:>10.0f}{peer * 1e6:>12.0f}")
    seconds, ratio = sum(our_turns), peer / ours
    print(f"{TEXTS} texts in {seconds:.2f} s (limit {LIMIT_SECONDS} s); {ratio:.1f} times as fast as the peer (at least {LEAST_RATIO:.0f})")
    _print_errors()
    return 0 if seconds < LIMIT_SECONDS and ratio >= LEAST_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
