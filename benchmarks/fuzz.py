"""Fuzz: made-up texts through the webhook and through the reader; none may end in a 500, take long, or be lost.

`python -m benchmarks.fuzz [--inputs 200000] [--webhook 20000] [--seed 7]`. Exits with 1 where one did.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select
from twilio.request_validator import RequestValidator

from benchmarks.serving import PROJECT, environment, free_port, phone_of, seeded_app
from followup_service.config import Config
from followup_service.conversation.read_reply import read_reply
from followup_service.conversation.vocabulary import load_vocabulary
from followup_service.extensions import db
from followup_service.messaging.inbound_message import InboundMessage
from followup_service.protocol.question_kinds import QuestionKind

CORPUS = PROJECT / "tests" / "conversation" / "corpus"
LANGUAGES = ("en", "zh_Hans", "zh_Hant", "es", "fr", "pt", "ru", "ar", "hi", "vi")
PARTICIPANTS = 500
LONGEST = 1600
SECONDS_TO_READ = 1.0
SECONDS_TO_ANSWER = 2.0
ODD = (
    *("\0", "\u202e", "\u200d", "\u200b", "\ufeff", "\u0301", "\u0335", "\U0001f912", "\U0010ffff", "\uffff", "\u00a0", "\u3000"),
    *("\r\n", "\t", "<script>", "{{7*7}}", "%s%n", "${x}", "'; --", "..", "1e309", "٣٨٫٩", "३८.९", "３８．５", "³", "½"),
    *("-", "+", "°", "℃", "℉", ",", ".", ":", "/"),
)


class MadeUp:
    """Texts from a seed: those of the corpus cut, doubled, mixed and spoilt; numbers of all kinds; and letters of no language."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - chance that can be repeated
        lines = [line for file in sorted(CORPUS.glob("*.jsonl")) for line in file.read_text().splitlines()]
        self.corpus = [json.loads(line)["text"] for line in lines]

    def text(self) -> str:
        kind = self.chance.choice((self._spoilt, self._mixed, self._number, self._noise, self._repeated))
        return kind()[:LONGEST]

    def _spoilt(self) -> str:
        letters = list(self.chance.choice(self.corpus))
        for _ in range(self.chance.randint(1, 6)):
            letters.insert(self.chance.randint(0, len(letters)), self.chance.choice((*ODD, self._letter())))
        return "".join(letters)

    def _mixed(self) -> str:
        one, other = self.chance.choice(self.corpus), self.chance.choice(self.corpus)
        return one[: self.chance.randint(0, len(one))] + other[self.chance.randint(0, len(other)) :]

    def _number(self) -> str:
        digits = "".join(self.chance.choice("0123456789.,-/ °CF度") for _ in range(self.chance.randint(1, 30)))
        return self.chance.choice(("", "temp ", "发烧", "STOP ", "39.5 ")) + digits

    def _noise(self) -> str:
        return "".join(self._letter() for _ in range(self.chance.randint(0, 200)))

    def _repeated(self) -> str:
        part = self.chance.choice((*ODD, self._letter(), self.chance.choice(self.corpus)))
        return part * self.chance.randint(1, LONGEST)

    def _letter(self) -> str:
        """Any character but a lone surrogate, which no form can hold."""
        point = self.chance.choice((self.chance.randint(0, 0x7F), self.chance.randint(0, 0xD7FF), self.chance.randint(0xE000, 0x10FFFF)))
        return chr(point)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--inputs", type=int, default=200_000)
    options.add_argument("--webhook", type=int, default=20_000, help="so many of them go through the webhook, the others to the reader")
    options.add_argument("--seed", type=int, default=7)
    given = options.parse_args()
    made_up = MadeUp(given.seed)
    load_vocabulary()
    problems = _read(made_up, given.inputs - given.webhook) + _post(made_up, given.webhook)
    for sentence, count in problems.most_common(20):
        print(f"{count} times: {sentence}")
    sys.exit(1 if problems else 0)


def _read(made_up: MadeUp, count: int) -> Counter[str]:
    problems: Counter[str] = Counter()
    began, slowest = time.perf_counter(), 0.0
    for _ in range(count):
        text, language = made_up.text(), made_up.chance.choice(LANGUAGES)
        kind = made_up.chance.choice((None, *QuestionKind))
        started = time.thread_time()
        try:
            read_reply(text, language, kind)
        except Exception as error:  # noqa: BLE001 - each is a finding
            problems[f"the reader fails with {type(error).__name__} on {text[:60]!r} in {language}"] += 1
        slowest = max(slowest, took := time.thread_time() - started)
        if took > SECONDS_TO_READ:
            problems[f"the reader takes longer than {SECONDS_TO_READ} s for {len(text)} characters like {text[:40]!r} in {language}"] += 1
    print(
        f"reader: {count} texts in {time.perf_counter() - began:.0f} s, the slowest {slowest * 1000:.0f} ms of processor time", flush=True
    )
    return problems


def _post(made_up: MadeUp, count: int) -> Counter[str]:
    problems: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="followup-fuzz-") as directory:
        app = seeded_app(environment(f"sqlite:///{Path(directory, 'followup.sqlite3')}", free_port()), PARTICIPANTS)
        client, began, times = app.test_client(), time.perf_counter(), []
        for turn in range(count):
            form, headers = _signed(app, made_up, turn)
            started = time.perf_counter()
            status = client.post("/sms/inbound", data=urlencode(form), headers=headers).status_code
            times.append(time.perf_counter() - started)
            if status != 200:
                problems[f"the webhook answers {status} to {form['Body'][:60]!r}"] += 1
        problems += _lost(app, count)
    times.sort()
    slow = sum(seconds > SECONDS_TO_ANSWER for seconds in times)
    if slow:
        problems[f"{slow} answers took longer than {SECONDS_TO_ANSWER} s"] += slow
    took, p99 = time.perf_counter() - began, times[int(count * 0.99)]
    print(f"webhook: {count} texts in {took:.0f} s, p99 {p99 * 1000:.0f} ms, slowest {times[-1]:.2f} s")
    return problems


def _signed(app: Flask, made_up: MadeUp, turn: int) -> tuple[dict[str, str], dict[str, str]]:
    config: Config = app.extensions["config"]
    form = {
        "AccountSid": config.twilio_account_sid,
        "MessageSid": f"SM{UUID(int=turn).hex}",
        "From": phone_of(made_up.chance.randrange(PARTICIPANTS)),
        "To": config.twilio_numbers[0],
        "Body": made_up.text(),
        "NumMedia": made_up.chance.choice(("0", "0", "0", "1", "-1", "x")),
    }
    signature = RequestValidator(config.twilio_auth_tokens[0]).compute_signature(f"{config.public_base_url}/sms/inbound", form)
    return form, {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}


def _lost(app: Flask, count: int) -> Counter[str]:
    """What was answered and is neither stored nor in the spool, and what could not be handled."""
    with app.app_context():
        rows = select(func.count()).select_from(InboundMessage)
        stored = db.session.scalar(rows) or 0
        failed = db.session.scalar(rows.where(InboundMessage.failures > 0)) or 0
        db.session.remove()
        db.engine.dispose()
    spool = app.extensions["spool"].state()
    missing = count - stored - spool.waiting
    found = {"texts lost": missing, "texts whose handling failed": failed, "files set aside": spool.quarantined}
    return Counter({what: number for what, number in found.items() if number})


if __name__ == "__main__":
    main()
