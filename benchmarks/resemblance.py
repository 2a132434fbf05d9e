"""Learns from the corpus and the practice texts what alarms read like, and tells how well that goes on texts that were left out.

`python -m benchmarks.resemblance` learns five times from four fifths of the texts and judges the last fifth, by the resemblance alone,
without a word of the lexicons; `--write` learns from all of them and puts the weights where the reader finds them. The
linear support vector machine is that of scikit-learn, installed into an environment of its own under `.bench/`.
"""

import argparse
import json
import subprocess
import sys
import venv
from base64 import b85encode
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from followup_service.conversation.marked_text import MarkedText, mark_text
from followup_service.conversation.resemblance import BUCKETS, WEIGHTS_FILE, Resemblance, Weights, buckets, sentences
from followup_service.conversation.understood import says_more
from followup_service.conversation.vocabulary import load_vocabulary
from followup_service.protocol.findings import ReadsLike
from tests.conversation.gold_corpus import corpus_hash, corpus_languages, corpus_rows, practice_rows

FOLDS = 5
ALARMS = {"urgent", "emergency"}
FEVER = 38
STEPS = 127
ENVIRONMENT, PACKAGE = Path(".bench/scikit-learn"), "scikit-learn==1.9.1"
# A row of the matrix is a text, its entries how often each bucket occurs in it, over the root of how many pieces it has; the rarer a bucket
# is, the more it counts.
PROGRAM = """
import json, sys
import numpy, scipy.sparse
from sklearn.svm import LinearSVC
given = json.load(sys.stdin)
rows = [numpy.unique(row, return_counts=True) for row in given["texts"]]
sizes = [max(1, len(row)) ** 0.5 for row in given["texts"]]
matrix = scipy.sparse.csr_matrix(
    (
        numpy.concatenate([counts / size for (_, counts), size in zip(rows, sizes)]),
        numpy.concatenate([buckets for buckets, _ in rows]),
        numpy.cumsum([0] + [len(buckets) for buckets, _ in rows]),
    ),
    shape=(len(rows), given["buckets"]),
)
rarity = numpy.log((len(rows) + 1) / (matrix.getnnz(axis=0) + 1)) / 5
matrix = matrix @ scipy.sparse.diags(rarity)
learned = [LinearSVC(C=given["trust"], random_state=1).fit(matrix, answers) for answers in given["answers"]]
json.dump([{"bias": model.intercept_[0], "weights": (model.coef_[0] * rarity).round(5).tolist()} for model in learned], sys.stdout)
"""
# How far the machine may trust single texts; of 0.2 to 1, and of a logistic regression with 3 to 300, this did best on texts left out.
TRUST = 0.3
Row = dict[str, Any]


def learning_rows() -> list[Row]:
    """The texts that words must decide: no number that is a fever by itself, no short answer that says nothing without its question."""
    rows = [row for language in corpus_languages() for row in chain(corpus_rows(language), practice_rows(language))]
    return [row for row in rows if Decimal(row["celsius"] or 0) < FEVER and (not row["open_question"] or says_more(_marked(row)))]


def learn(rows: list[Row]) -> tuple[Row, Row]:
    """The weights of "alarm" and of "emergency", as the reader keeps them.

    Of an alarm nobody knows which sentence it is: learned once with all of them, and once more with the one that then reads most like it,
    so that the small talk around alarms is not taken for one.
    """
    texts = [(list(sentences(_marked(row))), row["level"]) for row in rows]
    first = _fit([lesson for parts, level in texts for lesson in _lessons(parts, level, None)])
    known = Resemblance(*map(Weights.from_kept, first))
    return _fit([lesson for parts, level in texts for lesson in _lessons(parts, level, known)])


def _fit(lessons: list[tuple[list[int], str]]) -> tuple[Row, Row]:
    asked = {
        "buckets": BUCKETS,
        "trust": TRUST,
        "texts": [words for words, _ in lessons],
        "answers": [[level in ALARMS for _, level in lessons], [level == "emergency" for _, level in lessons]],
    }
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        print("installing scikit-learn into", ENVIRONMENT)
        venv.create(ENVIRONMENT, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", PACKAGE], check=True)  # noqa: S603 - our own arguments
    answered = subprocess.run([python, "-c", PROGRAM], input=json.dumps(asked), capture_output=True, text=True, check=True)  # noqa: S603
    alarm, emergency = json.loads(answered.stdout)
    return _kept(alarm), _kept(emergency)


def _lessons(parts: list[list[str]], level: str, known: Resemblance | None) -> Iterator[tuple[list[int], str]]:
    """The buckets of each sentence of a quiet text; of an alarm those of the sentence most like it, or of all while nothing is known."""
    if level not in ALARMS:
        yield from ((buckets(sentence), level) for sentence in parts)
    elif known is None or len(parts) < 2:
        yield list(chain.from_iterable(map(buckets, parts))), level
    else:
        which = int(level == "emergency")
        yield buckets(max(parts, key=lambda sentence: known.margins(sentence)[which])), level


def _marked(row: Row) -> MarkedText:
    return mark_text(row["text"], row["language"], load_vocabulary())


def _kept(learned: Row) -> Row:
    scale = max(map(abs, learned["weights"])) / STEPS
    steps = bytes(round(weight / scale) % 256 for weight in learned["weights"])
    return {"bias": round(learned["bias"], 4), "scale": scale, "steps": b85encode(steps).decode()}


def judge(rows: list[Row], alarm: Row, emergency: Row) -> list[ReadsLike | None]:
    """What the reader makes of texts with these weights, by resemblance alone."""
    learned = Resemblance(Weights.from_kept(alarm), Weights.from_kept(emergency))
    return [guess.like if (guess := learned.find(_marked(row), unread=True)) else None for row in rows]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--write", action="store_true", help="learn from all texts and keep the weights")
    rows = learning_rows()
    if options.parse_args().write:
        alarm, emergency = learn(rows)
        kept = {"learned_from": corpus_hash(), "alarm": alarm, "emergency": emergency}
        WEIGHTS_FILE.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
        print(f"learned from {len(rows)} texts: {WEIGHTS_FILE}")
        return 0
    judged: list[tuple[Row, ReadsLike | None]] = []
    for fold in range(FOLDS):
        left_out = rows[fold::FOLDS]
        judged += zip(left_out, judge(left_out, *learn([row for place, row in enumerate(rows) if place % FOLDS != fold])), strict=True)
    _print(judged)
    return 0


def _print(judged: list[tuple[Row, ReadsLike | None]]) -> None:
    print(f"{'left out':<12}{'texts':>7}{'reads like an emergency':>25}{'like an alarm':>15}{'a little like one':>19}{'like neither':>14}")
    for level in ("emergency", "urgent", "review", "none"):
        found = [like for row, like in judged if row["level"] == level]
        shares = [found.count(like) / len(found) for like in (ReadsLike.EMERGENCY, ReadsLike.ALARM, ReadsLike.TROUBLE, None)]
        print(f"{level:<12}{len(found):>7}{shares[0]:>25.1%}{shares[1]:>15.1%}{shares[2]:>19.1%}{shares[3]:>14.1%}")


if __name__ == "__main__":
    sys.exit(main())
