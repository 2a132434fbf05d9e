"""How often reading a text errs, language by language, and what it costs beside the recognisers that others use for temperatures.

Run from the top of the repository: `python -m benchmarks.reading`. Each peer is installed into an environment of its own under `.bench/`.
"""

import json
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain, cycle, islice
from pathlib import Path

from followup_service.conversation import read_reply as reader
from followup_service.conversation.lexicon import load_lexicons
from followup_service.conversation.read_reply import read_reply
from followup_service.conversation.vocabulary import Vocabulary
from followup_service.protocol.escalation_rules import KnownSoFar, decide
from followup_service.protocol.load_study import load_study
from tests.conversation.gold_corpus import corpus_languages, corpus_rows, count_errors

TEXTS = 10_000
TURNS = 25
LIMIT_SECONDS = 3.0
LEAST_RATIO = 4.0
MOST_FOR_LANGUAGES = 2.0
FIRST_LANGUAGES = ("en", "zh_Hans")
Texts = list[tuple[str, str]]

# Each program reads a line of texts at a time, so that both sides take turns on the same machine, and answers with processor seconds.
_SERVE = """
import json, sys, time
for line in sys.stdin:
    texts = json.loads(line)
    started = time.process_time()
    for text, language in texts:
        parse(text, language)
    print(time.process_time() - started, flush=True)
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """A library that finds temperatures in texts, in which languages, and how it is asked."""

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
from recognizers_number_with_unit import NumberWithUnitRecognizer
CULTURES = {"en": "en-us", "zh_Hans": "zh-cn", "es": "es-es", "fr": "fr-fr", "pt": "pt-br"}
models = {language: NumberWithUnitRecognizer(culture).get_temperature_model() for language, culture in CULTURES.items()}
def parse(text, language):
    return models[language].parse(text)
for language in models:
    parse("38.5 C", language)
"""
        + _SERVE,
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
parse("38.5 C", "en")
"""
        + _SERVE,
    ),
)


def _mixed(languages: Iterable[str], count: int) -> Texts:
    """The texts of the gold corpus, the languages in turn, repeated up to `count`."""
    turns = zip(*(cycle(list(corpus_rows(language))) for language in languages), strict=False)
    return [(row["text"], row["language"]) for row in islice(chain.from_iterable(turns), count)]


def _our_seconds(texts: Texts) -> float:
    rules = load_study("NCT06609434").rules
    started = time.process_time()
    for text, language in texts:
        decide(read_reply(text, language).findings, KnownSoFar(), rules)
    return time.process_time() - started


def _start(peer: Peer) -> subprocess.Popen[str]:
    python = peer.folder / "bin" / "python"
    if not python.exists():
        print("installing", peer.name, "into", peer.folder)
        venv.create(peer.folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--pre", *peer.packages], check=True)  # noqa: S603 - our own arguments
    return subprocess.Popen([python, "-c", peer.program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603


def _take_turns(peer: Peer, texts: Texts) -> tuple[float, float]:
    """Seconds a text, ours and the peer's: the fastest turn of each, since what a busy machine adds to the others is neither side's."""
    ours, peers = [], []
    asked = json.dumps(texts) + "\n"
    with _start(peer) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(TURNS):
            ours.append(_our_seconds(texts))
            process.stdin.write(asked)
            process.stdin.flush()
            peers.append(float(process.stdout.readline()))
        process.stdin.close()
    return min(ours) / len(texts), min(peers) / len(texts)


def _compare_with_peers() -> bool:
    """Print what a text costs here and there; whether we are so many times as fast as the first peer."""
    print(f"{'µs a text, in':42}{'ours':>8}{'peer':>8}{'times':>8}   (ours: the whole reading and the rules; peers: temperatures alone)")
    enough = True
    for number, peer in enumerate(PEERS):
        sets = {", ".join(peer.languages): _mixed(peer.languages, TEXTS // TURNS)}
        if len(peer.languages) > 1:
            sets |= {language: _mixed((language,), TEXTS // TURNS) for language in peer.languages}
        for name, texts in sets.items():
            ours, theirs = _take_turns(peer, texts)
            print(f"{peer.name + ' ' + name:42.42}{ours * 1e6:>8.0f}{theirs * 1e6:>8.0f}{theirs / ours:>8.1f}", flush=True)
            if number == 0 and name not in peer.languages:
                enough = theirs / ours >= LEAST_RATIO
    print(f"at least {LEAST_RATIO:.0f} times as fast as {PEERS[0].name} on mixed texts: {'yes' if enough else 'no'}\n")
    return enough


def _read_all_languages() -> bool:
    texts = _mixed(corpus_languages(), TEXTS)
    _our_seconds(texts[:1000])
    seconds = _our_seconds(texts)
    print(f"{len(texts)} texts in {len(corpus_languages())} languages: {seconds:.2f} s (limit {LIMIT_SECONDS} s)")
    return seconds < LIMIT_SECONDS


def _cost_of_languages() -> bool:
    """The same English and Chinese texts with the words of two languages and with those of all."""
    texts = _mixed(FIRST_LANGUAGES, TEXTS // TURNS)
    two = Vocabulary(lexicon for lexicon in load_lexicons() if lexicon.language in FIRST_LANGUAGES)
    every = Vocabulary(load_lexicons())

    def fastest(vocabulary: Vocabulary) -> float:
        return min(_with_vocabulary(vocabulary, lambda: _our_seconds(texts)) for _ in range(TURNS)) / len(texts)

    few, many, known = fastest(two), fastest(every), len(every.languages)
    print(f"with the words of 2 languages {few * 1e6:.0f} µs a text, of {known} {many * 1e6:.0f} µs: {many / few:.2f} times\n")
    return many <= MOST_FOR_LANGUAGES * few


def _with_vocabulary(vocabulary: Vocabulary, measure: Callable[[], float]) -> float:
    usual = reader.load_vocabulary
    reader.load_vocabulary = lambda: vocabulary  # type: ignore[assignment]
    try:
        return measure()
    finally:
        reader.load_vocabulary = usual


def _print_errors() -> None:
    print(
        f"{'gold corpus':12}{'texts':>7}{'missed':>11}{'missed':>9}{'false':>9}{'temperatures':>14}{'codes:':>11}{'':>9}{'commands':>10}\n"
        f"{'':12}{'':>7}{'emergencies':>11}{'urgent':>9}{'alarms':>9}{'exact':>14}{'precision':>11}{'recall':>9}{'wrong':>10}"
    )
    for language in corpus_languages():
        errors = count_errors(corpus_rows(language))
        exact = 1 - len(errors.wrong_temperatures) / errors.texts
        print(
            f"{language:12}{errors.texts:>7}{len(errors.missed_emergencies):>11}{len(errors.missed_urgent) / errors.urgent:>9.1%}"
            f"{len(errors.false_alarms) / errors.quiet:>9.1%}{exact:>14.1%}{errors.precision:>11.0%}{errors.recall:>9.0%}"
            f"{len(errors.wrong_commands):>10}"
        )


def main() -> int:
    reached = [_read_all_languages(), _cost_of_languages(), _compare_with_peers()]
    _print_errors()
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
