"""How often reading a text errs, language by language, and what it costs beside the recognisers that others use for temperatures.

Run from the top of the repository: `python -m benchmarks.reading`. The others are in `peers.py`.
"""

import sys
import time
from collections.abc import Callable, Iterable
from itertools import chain, cycle, islice

from benchmarks.peers import PEERS, Asked, Texts, running
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
# Half of the last of the two decimals that the corpus gives.
NEAR = 0.0051


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


def _take_turns(peer: Asked, texts: Texts) -> tuple[float, float]:
    """Seconds a text, ours and the peer's: the fastest turn of each, since what a busy machine adds to the others is neither side's."""
    turns = [(_our_seconds(texts), peer.seconds(texts)) for _ in range(TURNS)]
    ours, theirs = (min(seconds) / len(texts) for seconds in zip(*turns, strict=True))
    return ours, theirs


def _compare_speed() -> bool:
    """Print what a text costs here and there; whether we are so many times as fast as the first peer."""
    print(f"{'µs a text, in':42}{'ours':>8}{'peer':>8}{'times':>8}   (ours: the whole reading and the rules; peers: temperatures alone)")
    enough = True
    for number, peer in enumerate(PEERS):
        sets = {", ".join(peer.languages): _mixed(peer.languages, TEXTS // TURNS)}
        if len(peer.languages) > 1:
            sets |= {language: _mixed((language,), TEXTS // TURNS) for language in peer.languages}
        with running(peer) as asked:
            for name, texts in sets.items():
                ours, theirs = _take_turns(asked, texts)
                print(f"{peer.name + ' ' + name:42.42}{ours * 1e6:>8.0f}{theirs * 1e6:>8.0f}{theirs / ours:>8.1f}", flush=True)
                if number == 0 and name not in peer.languages:
                    enough = theirs / ours >= LEAST_RATIO
    print(f"at least {LEAST_RATIO:.0f} times as fast as {PEERS[0].name} on mixed texts: {'yes' if enough else 'no'}\n")
    return enough


def _compare_temperatures() -> None:
    """Print of how many texts with a temperature each side has it: the peers among all their numbers, we as the one that counts."""
    print(f"{'temperatures of the corpus found, in':42}{'texts':>8}{'ours':>8}{'peer':>8}   (peers: any of their numbers, as °C or as °F)")
    for peer in PEERS:
        with running(peer) as asked:
            for language in peer.languages:
                rows = [row for row in corpus_rows(language) if row["celsius"] is not None]
                found = asked.values([(row["text"], language) for row in rows])
                theirs = sum(_is_among(float(row["celsius"]), values) for row, values in zip(rows, found, strict=True))
                ours = len(rows) - len(count_errors(rows).missed_temperatures)
                print(f"{peer.name + ' ' + language:42}{len(rows):>8}{ours / len(rows):>8.1%}{theirs / len(rows):>8.1%}")
    print()


def _is_among(celsius: float, values: list[float]) -> bool:
    return any(abs(value - celsius) < NEAR or abs((value - 32) / 1.8 - celsius) < NEAR for value in values)


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
        "The reader has learned from this corpus, its words and the weights of what a text reads like: on texts that it never saw it errs\n"
        "more often (docs/figures.md).\n"
        f"{'gold corpus':12}{'texts':>7}{'missed':>13}{'missed':>8}{'false':>8}{'temperatures':>14}{'of those':>10}"
        f"{'codes:':>11}{'':>8}{'commands:':>11}\n"
        f"{'':12}{'':>7}{'emergencies':>13}{'urgent':>8}{'alarms':>8}{'exact of all':>14}{'written':>10}"
        f"{'precision':>11}{'recall':>8}{'missed':>11}{'false':>7}"
    )
    for language in corpus_languages():
        errors = count_errors(corpus_rows(language))
        exact = 1 - len(errors.wrong_temperatures) / errors.texts
        written = 1 - len(errors.missed_temperatures) / errors.with_temperature
        print(
            f"{language:12}{errors.texts:>7}{len(errors.missed_emergencies):>13}{len(errors.missed_urgent) / errors.urgent:>8.1%}"
            f"{len(errors.false_alarms) / errors.quiet:>8.1%}{exact:>14.1%}{written:>10.1%}{errors.precision:>11.0%}{errors.recall:>8.0%}"
            f"{len(errors.missed_commands):>11}{len(errors.false_commands):>7}"
        )


def main() -> int:
    reached = [_read_all_languages(), _cost_of_languages(), _compare_speed()]
    _compare_temperatures()
    _print_errors()
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
