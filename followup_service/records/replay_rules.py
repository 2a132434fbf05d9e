"""What if: the texts that were kept, judged by the rules of today and by changed ones, and every text in which the two differ."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from followup_service.escalations.outcomes import NOTHING_WAS_WRONG
from followup_service.participants.participant import Participant
from followup_service.protocol.definitions import Study
from followup_service.protocol.escalation_rules import EscalationDecision, KnownSoFar, decide
from followup_service.protocol.expected_symptoms import all_expected
from followup_service.protocol.findings import Findings, MeasurementSite, Symptom
from followup_service.protocol.rule_definitions import Level
from followup_service.records.kept_texts import KeptText, kept_texts

LAST_DAY = timedelta(hours=24)
Decisions = list[EscalationDecision | None]


class Change(StrEnum):
    """What changed rules do to a text. An alarm is what pages: an emergency, or what is urgent.

    `escalated` was none and would be; `raised` and `lowered` are alarms of another level. Of alarms that would be none, `spared` are those
    that a person found to be nothing; all others, also those not ended yet, are `missed`.
    """

    ESCALATED = "escalated"
    RAISED = "raised"
    LOWERED = "lowered"
    MISSED = "missed"
    SPARED = "spared"


@dataclass(frozen=True, slots=True)
class ChangedText:
    """A text of which the two rules say different things; `alarm_by` is when another text of its episode is an alarm all the same."""

    participant: str
    timezone: str
    text: KeptText
    today: EscalationDecision | None
    changed: EscalationDecision | None
    change: Change
    alarm_by: datetime | None


@dataclass(frozen=True, slots=True)
class Replay:
    """`today` and `changed` count the texts of each level (None: no escalation).

    `as_decided` of `comparable` texts are given the same level by today's rules as when they came.
    """

    participants: int
    texts: int
    as_decided: int
    comparable: int
    today: Counter[Level | None]
    changed: Counter[Level | None]
    differing: tuple[ChangedText, ...]

    def of(self, change: Change) -> tuple[ChangedText, ...]:
        return tuple(text for text in self.differing if text.change is change)


def replay_rules(
    session: Session, study_id: UUID, today: Study, changed: Study, since: date | None = None, until: date | None = None
) -> Replay:
    """Judge every kept text by the rules of both studies, each with what its participant had reported before.

    Left out are what the service raises by itself (silence, texts that do not arrive) and commands such as STOP: no rule about what is
    reported changes them. What a question that only the changed rules ask would have been answered, nobody knows.
    """
    texts: list[KeptText] = []
    pairs: list[tuple[EscalationDecision | None, EscalationDecision | None]] = []
    differing: list[ChangedText] = []
    participants = list(session.scalars(select(Participant).where(Participant.study_id == study_id).order_by(Participant.code)))
    for participant in participants:
        kept = kept_texts(session, participant, today)
        usual = MeasurementSite(participant.usual_site) if participant.usual_site else None
        judged = list(zip(kept, judge(kept, usual, today), judge(kept, usual, changed), strict=True))
        within = [row for row in judged if _is_within(row[0].at, participant, since, until)]
        texts += [row[0] for row in within]
        pairs += [row[1:] for row in within]
        differing += _differing(participant, within, judged)
    comparable = [(text, pair[0]) for text, pair in zip(texts, pairs, strict=True) if text.decided is not None]
    return Replay(
        participants=len(participants),
        texts=len(texts),
        as_decided=sum(text.decided == _word(decision) for text, decision in comparable),
        comparable=len(comparable),
        today=Counter(_level(before) for before, _ in pairs),
        changed=Counter(_level(after) for _, after in pairs),
        differing=tuple(differing),
    )


def judge(texts: Sequence[KeptText], usual_site: MeasurementSite | None, study: Study) -> Decisions:
    """What these rules say of each text of one participant, oldest first."""
    decisions: Decisions = []
    digit: int | None = None
    for place, text in enumerate(texts):
        findings = _with_answer(text, study)
        known = _known(text, texts[:place], digit, usual_site)
        decision = decide(findings, known, study.rules)
        if decision is not None and findings.symptoms and text.expected:
            decision = None if all_expected(decision, findings, text.expected, study.rules) else decision
        decisions.append(decision)
        digit = findings.severity_digit if findings.severity_digit is not None else digit
    return decisions


def _known(text: KeptText, earlier: Sequence[KeptText], digit: int | None, usual_site: MeasurementSite | None) -> KnownSoFar:
    last_day = [before for before in earlier if text.at - LAST_DAY < before.at]
    return KnownSoFar(
        now=text.at,
        days_since_rfa=text.days_since_rfa,
        earlier_temperatures=tuple((before.at, reading.celsius) for before in last_day for reading in before.findings.temperatures),
        codes_today=frozenset(symptom.code for before in last_day for symptom in before.findings.symptoms),
        last_severity_digit=digit,
        site=usual_site,
    )


def _with_answer(text: KeptText, study: Study) -> Findings:
    """What was read, and what a yes to its question reports under these rules."""
    findings = text.findings._replace(unread=False) if text.answers_in_words else text.findings
    question = study.questions.get(text.question) if text.question is not None else None
    if question is None or question.yes_means is None or text.answer != "yes":
        return findings
    return findings._replace(symptoms=(*findings.symptoms, Symptom(question.yes_means)))


def _is_within(at: datetime, participant: Participant, since: date | None, until: date | None) -> bool:
    on = at.astimezone(ZoneInfo(participant.timezone)).date()
    return (since is None or since <= on) and (until is None or on <= until)


Judged = tuple[KeptText, EscalationDecision | None, EscalationDecision | None]


def _differing(participant: Participant, rows: Iterable[Judged], all_rows: Sequence[Judged]) -> Iterable[ChangedText]:
    for text, before, after in rows:
        change = _change(text, before, after)
        if change is not None:
            alarm_by = _alarm_by(text, all_rows) if change in (Change.MISSED, Change.SPARED) else None
            yield ChangedText(participant.code, participant.timezone, text, before, after, change, alarm_by)


def _change(text: KeptText, before: EscalationDecision | None, after: EscalationDecision | None) -> Change | None:
    if _is_alarm(before) and _is_alarm(after):
        ranks = _rank(before), _rank(after)
        return None if ranks[0] == ranks[1] else Change.RAISED if ranks[1] > ranks[0] else Change.LOWERED
    if _is_alarm(after):
        return Change.ESCALATED
    if _is_alarm(before):
        was_nothing = text.episode is not None and text.episode.outcome in NOTHING_WAS_WRONG
        return Change.SPARED if was_nothing else Change.MISSED
    return None


def _alarm_by(text: KeptText, rows: Iterable[Judged]) -> datetime | None:
    """When the first text of the same episode is an alarm under the changed rules, before this one or after it."""
    if text.episode is None:
        return None
    same = (other.at for other, _, after in rows if other.episode is not None and other.episode.id == text.episode.id and _is_alarm(after))
    return min(same, default=None)


def _level(decision: EscalationDecision | None) -> Level | None:
    return decision.level if decision is not None else None


def _word(decision: EscalationDecision | None) -> str:
    return decision.level.value if decision is not None else "none"


def _rank(decision: EscalationDecision | None) -> int:
    return decision.level.rank if decision is not None else 0


def _is_alarm(decision: EscalationDecision | None) -> bool:
    return decision is not None and decision.level is not Level.REVIEW


def highest(text: KeptText) -> Decimal | None:
    """The temperature that decides."""
    reading = text.findings.highest
    return reading.celsius if reading is not None else None
