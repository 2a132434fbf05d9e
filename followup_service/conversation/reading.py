"""Reading: what one text means, before anything is stored."""

from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from followup_service.protocol.findings import Findings, MeasurementSite, TemperatureUnit


class Command(StrEnum):
    """What a text asks the service to do; in order of precedence."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    CALLBACK = "callback"
    LANGUAGE = "language"
    RESCHEDULE = "reschedule"
    CONFIRM = "confirm"


class TemperatureCandidate(NamedTuple):
    """A number that was considered as a temperature. `dropped` says in words why it is none; None means it counts."""

    written: str
    span: tuple[int, int]
    value: Decimal
    unit: TemperatureUnit
    celsius: Decimal
    site: MeasurementSite | None = None
    implausible: bool = False
    dropped: str | None = None


class SymptomMention(NamedTuple):
    """Words that name a symptom. `negated_by` holds the words that clear it, or why; None means that it stands."""

    code: str
    written: str
    span: tuple[int, int]
    negated_by: str | None = None


class Meaning(StrEnum):
    """What words say that name no symptom and no temperature."""

    COMMAND = "command"
    ANSWER = "answer"
    OTHER_LANGUAGE = "other_language"
    UNREAD = "unread"


class Said(NamedTuple):
    """Words that made the command or the answer, or that are in another language, or that nobody understood."""

    meaning: Meaning
    written: str
    span: tuple[int, int]


class Reading(NamedTuple):
    """What one text means. Spans count characters of the text as written.

    Every symptom has its words among `mentions`, every temperature among `candidates`, all else in `said`.

    `answer` is the value for the open question: a canonical string ("38.50", "3", "yes", "no", "confirm", "move") or None.
    `findings.unread` is set where nothing at all was understood. `wanted_language` is the code asked for with Command.LANGUAGE;
    `other_language` is the one in which the text is clearly written, if that is not the participant's.
    """

    language: str
    findings: Findings
    command: Command | None
    answer: str | None
    candidates: tuple[TemperatureCandidate, ...]
    mentions: tuple[SymptomMention, ...]
    other_language: str | None = None
    wanted_language: str | None = None
    said: tuple[Said, ...] = ()

    def without_command(self) -> "Reading":
        return self._replace(command=None, said=tuple(said for said in self.said if said.meaning is not Meaning.COMMAND))

    def answering(self, answer: str, text: str) -> "Reading":
        """The reading with the whole text as its answer."""
        return self._replace(
            answer=answer, said=(Said(Meaning.ANSWER, text, (0, len(text))),), findings=self.findings._replace(unread=False)
        )
