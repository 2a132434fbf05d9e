"""Our count of SMS parts beside that of the npm package `sms-segments-calculator`, on ten thousand made-up texts; exit 1 on any difference.

Run from the top of the repository: `python -m benchmarks.parts`. The peer is installed under `.bench/`; it needs npm. It counts twice. By
single characters, as the standard does, it must agree with us. As it is, it also keeps what is drawn as one sign (an emoji of several, a
letter with its vowel sign) in one part, and so now and then counts one part more: how often is told, also of the texts that we send.
"""

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from followup_service.messaging.catalogues import languages
from followup_service.messaging.count_parts import measure
from followup_service.messaging.text_sizes import sized_texts
from followup_service.protocol.load_study import load_study

TEXTS = 10_000
SEED = 20260105
LONGEST = 700
PEER = Path(".bench/parts")
PEER_PACKAGE = "sms-segments-calculator@1.3.0"
PEER_PROGRAM = """
const whole = require("sms-segments-calculator/dist/libs/textUtils.js");
const { SegmentedMessage } = require("sms-segments-calculator");
const texts = JSON.parse(require("fs").readFileSync(0, "utf8"));
const count = () => texts.map((text) => {
  const message = new SegmentedMessage(text);
  return [message.encodingName, message.segmentsCount];
});
const started = process.hrtime.bigint();
const signs = count();
const seconds = Number(process.hrtime.bigint() - started) / 1e9;
whole.splitGraphemes = (text) => [...text];
console.log(JSON.stringify({ signs, characters: count(), seconds }));
"""
GSM = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCXYZÄÖÑÜ§¿abcxyzäöñüà"
EXTENSION = "^{}\\[~]|€\f"
BEYOND = "烧度疼腹åíçáãœ’“”\u00a0\u202f\u200e\tЖшжؤحمىभुखाrđằợ"
SURROGATES = "🤒🩸😀𝟙𠮷"
SEQUENCES = ("👨‍👩‍👧‍👦", "👍🏽", "🇨🇳", "❤️", "e\u0301", "कि", "क्षि", "1️⃣")
Counted = list[tuple[str, int]]


def _letters(alphabet: str) -> Callable[[random.Random], str]:
    return lambda dice: dice.choice(alphabet)


# What a text is mixed from, the plain letters most often.
KINDS: dict[str, Callable[[random.Random], str]] = {
    "GSM-7": _letters(GSM),
    "extension table": _letters(EXTENSION),
    "CR LF": lambda dice: "\r\n",
    "UCS-2": _letters(BEYOND),
    "surrogate pairs": _letters(SURROGATES),
    "emoji sequences": lambda dice: dice.choice(SEQUENCES),
}


def made_up_texts(count: int) -> list[str]:
    """Texts of every mixture, many of them of a length at which a part ends."""
    dice = random.Random(SEED)  # noqa: S311 - made-up texts, no secret
    return [_made_up(dice) for _ in range(count)]


def _made_up(dice: random.Random) -> str:
    kinds = dice.sample(list(KINDS), dice.randint(1, len(KINDS)))
    weights = [dice.choice((1, 3, 30)) for _ in kinds]
    boundary = dice.choice((70, 134, 201, 160, 306, 459, dice.randint(0, LONGEST)))
    length = max(0, boundary + dice.randint(-3, 3))
    pieces: list[str] = []
    while (left := length - sum(map(len, pieces))) > 0:
        pieces += [KINDS[kind](dice) for kind in dice.choices(kinds, weights, k=max(1, left // 4))]
    return "".join(pieces)


def _ours(texts: list[str]) -> Counted:
    sizes = [measure(text) for text in texts]
    return [(size.encoding, size.parts) for size in sizes]


def _peer(texts: list[str]) -> tuple[Counted, Counted, float]:
    if not (PEER / "node_modules" / "sms-segments-calculator").exists():
        print("installing the peer into", PEER)
        PEER.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", PEER, PEER_PACKAGE], check=True)  # noqa: S603, S607
    program = subprocess.run(  # noqa: S603
        ["node", "-e", PEER_PROGRAM],  # noqa: S607
        cwd=PEER,
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    said = json.loads(program.stdout)
    return [tuple(one) for one in said["signs"]], [tuple(one) for one in said["characters"]], said["seconds"]


def main() -> int:
    study = load_study("NCT06609434")
    sent = [one.words for one in sized_texts(study, languages())]
    texts = made_up_texts(TEXTS) + sent
    started = time.perf_counter()
    ours = _ours(texts)
    seconds = time.perf_counter() - started
    signs, characters, peer_seconds = _peer(texts)
    print(f"{TEXTS} made-up texts, seed {SEED}, and {len(sent)} that we send; ours {seconds:.2f} s, peer {peer_seconds:.2f} s")
    print(f"{'encoding':<10}{'parts':>6}{'ours':>8}{'peer':>8}")
    counted, counted_by_peer = Counter(ours), Counter(characters)
    for encoding, parts in sorted(counted | counted_by_peer):
        print(f"{encoding:<10}{parts:>6}{counted[encoding, parts]:>8}{counted_by_peer[encoding, parts]:>8}")
    different = [place for place, (mine, theirs) in enumerate(zip(ours, characters, strict=True)) if mine != theirs]
    for place in different[:10]:
        print(f"differs: ours {ours[place]}, peer {characters[place]}: {texts[place]!r}")
    print(f"the same encoding and parts: {len(texts) - len(different)} of {len(texts)}")
    wider = [place for place, (mine, theirs) in enumerate(zip(ours, signs, strict=True)) if mine != theirs]
    print(f"the peer as it is counts otherwise: {len(wider)}, of them texts that we send: {sum(place >= TEXTS for place in wider)}")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
