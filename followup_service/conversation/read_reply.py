"""Reads one text: which temperatures and symptoms it reports, what it asks for, and how it answers the open question."""

from followup_service.conversation.answers import find_answer
from followup_service.conversation.bounds import find_open_bound
from followup_service.conversation.commands import find_command, find_wanted_language, may_be_a_stop
from followup_service.conversation.concepts import bits_of
from followup_service.conversation.elsewhere import ANOTHERS, LONG_AGO
from followup_service.conversation.find_numbers import find_numbers
from followup_service.conversation.marked_text import MarkedText, mark_text, new
from followup_service.conversation.nosebleeds import is_passing
from followup_service.conversation.numbers import Number
from followup_service.conversation.reading import Command, Reading, SymptomMention, TemperatureCandidate
from followup_service.conversation.resemblance import Guess, load_resemblance
from followup_service.conversation.symptoms import find_symptoms
from followup_service.conversation.temperatures import find_temperatures
from followup_service.conversation.text_language import other_language
from followup_service.conversation.told_tales import HEARSAY, JEST, OF_THE_DEAD, STORY
from followup_service.conversation.understood import is_understood, leaves_a_sentence, only_wonders, says_more
from followup_service.conversation.vocabulary import Vocabulary, load_vocabulary
from followup_service.protocol.findings import Findings, Symptom, Temperature
from followup_service.protocol.question_kinds import QuestionKind

_QUESTION = bits_of({"question"})
_ASKED_BY_COMMAND = {Command.HELP: "HELP_ASKED", Command.CALLBACK: "CALLBACK_ASKED"}
_NORMAL_FROM, _NORMAL_BELOW = 36, 38
_SET_ASIDE = frozenset({ANOTHERS, LONG_AGO, STORY, HEARSAY, JEST, OF_THE_DEAD})


def read_reply(text: str, language: str, open_question: QuestionKind | None = None) -> Reading:
    """What `text` means to a service that writes to this participant in `language`. Never raises on any string."""
    vocabulary = load_vocabulary()
    marked = mark_text(text, language, vocabulary)
    numbers = find_numbers(marked, vocabulary)
    candidates = find_temperatures(marked, numbers, asked=open_question is QuestionKind.TEMPERATURE)
    mentions, symptoms = find_symptoms(marked, numbers)
    bound = find_open_bound(marked, numbers, candidates)
    if bound is not None:
        mentions = [*mentions, SymptomMention("FEVER", bound.written, bound.span, None)]
        symptoms = _with_fever(symptoms)
    command = find_command(marked, vocabulary) or _asks_for_help(symptoms)
    symptoms = _with_requests(symptoms, command)
    answer = find_answer(open_question, marked, numbers, candidates, command, is_well=not symptoms)
    if not symptoms and command is None and answer is None and _asks_the_team(marked) and not _is_alarming(candidates):
        symptoms = [Symptom("QUESTION_FOR_TEAM")]
    if not symptoms and command is None and (mentions or candidates) and _sets_aside(mentions, candidates):
        symptoms = [Symptom("QUESTION_FOR_TEAM")]
    findings = _findings(marked, vocabulary, numbers, open_question, candidates, mentions, symptoms, command, answer)
    guess = _guess(marked, findings, mentions, command, answer)
    if guess is not None:
        findings = findings._replace(reads_like=guess.like)
        mentions = [*mentions, SymptomMention(guess.like, marked.written(guess.first, guess.end), marked.span(guess.first, guess.end))]
    is_open = open_question is QuestionKind.YES_NO or may_be_a_stop(marked)
    if is_open and answer is None and not _says_anything(findings, command):
        # Whoever names neither yes nor no may have meant the yes, and a word that may be STOP must not be lost.
        findings = findings._replace(unread=True)
    other = other_language(text, marked.words, language, marked.language, vocabulary)
    wanted = find_wanted_language(marked, vocabulary) if command is Command.LANGUAGE else None
    return new(Reading, (language, findings, command, answer, tuple(candidates), tuple(mentions), other, wanted))


def _says_anything(findings: Findings, command: Command | None) -> bool:
    return bool(command or findings.symptoms or findings.temperatures or findings.implausible_temperatures)


def _with_fever(symptoms: list[Symptom]) -> list[Symptom]:
    return symptoms if any(symptom.code == "FEVER" for symptom in symptoms) else [*symptoms, Symptom("FEVER")]


def _asks_for_help(symptoms: list[Symptom]) -> Command | None:
    """HELP in people's own words, with nothing else that is wrong: "help me please, I don't know what to do"."""
    return Command.HELP if {symptom.code for symptom in symptoms} == {"HELP_ASKED"} else None


def _with_requests(symptoms: list[Symptom], command: Command | None) -> list[Symptom]:
    """A command that a person must answer is a request to be told."""
    code = _ASKED_BY_COMMAND.get(command) if command is not None else None
    if code is None or any(symptom.code == code for symptom in symptoms):
        return symptoms
    return [*symptoms, Symptom(code)]


def _sets_aside(mentions: list[SymptomMention], candidates: list[TemperatureCandidate]) -> bool:
    """Whether something was taken for another's illness, an old one, a tale or a jest: no alarm, but a person reads it."""
    return any(mention.negated_by in _SET_ASIDE for mention in mentions) or any(candidate.dropped in _SET_ASIDE for candidate in candidates)


def _asks_the_team(text: MarkedText) -> bool:
    """A question mark or question word, but not "fever? no" nor small talk such as "how are you?"."""
    if text.spoken_of & _QUESTION:
        return True
    if "?" not in text.words:
        return False
    asked = [position for position, word in enumerate(text.words) if word == "?"]
    return any(position + 1 == len(text.words) and position > 0 and not text.has(position - 1, "smalltalk") for position in asked)


def _is_alarming(candidates: list[TemperatureCandidate]) -> bool:
    return any(
        candidate.dropped is None and not candidate.implausible and not _NORMAL_FROM <= candidate.celsius < _NORMAL_BELOW
        for candidate in candidates
    )


def _findings(
    text: MarkedText,
    vocabulary: Vocabulary,
    numbers: list[Number],
    question: QuestionKind | None,
    candidates: list[TemperatureCandidate],
    mentions: list[SymptomMention],
    symptoms: list[Symptom],
    command: Command | None,
    answer: str | None,
) -> Findings:
    temperatures: list[Temperature] = []
    implausible: list[Temperature] = []
    for candidate in candidates:
        if candidate.dropped is None:
            (implausible if candidate.implausible else temperatures).append(_temperature(candidate))
    nothing = not (temperatures or implausible or symptoms or mentions or command)
    severity = int(answer) if question is QuestionKind.SEVERITY_0_4 and answer is not None else None
    unread = not (symptoms or command) and (
        (nothing and (answer is None or says_more(text)) and not is_understood(text, vocabulary, numbers))
        or leaves_a_sentence(text, vocabulary, mentions)
    )
    return new(Findings, (tuple(temperatures), tuple(implausible), tuple(symptoms), severity, unread, None))


def _guess(
    text: MarkedText, findings: Findings, mentions: list[SymptomMention], command: Command | None, answer: str | None
) -> Guess | None:
    """Not of a sentence that denies or sets aside something, or tells of what is over or was once; nor of a command, an answer or a "don't
    know" that is the whole text: those are known.
    """
    if only_wonders(text) or ((command is not None or answer is not None) and not says_more(text)):
        return None
    passing = [symptom.code for symptom in findings.symptoms if is_passing(text, symptom)]
    denied = [mention.span for mention in mentions if mention.negated_by or mention.code in passing]
    if passing:
        denied += [text.span(mark.first, mark.end) for mark in text.marked("gone")]
    named = [mention.span for mention in mentions if not mention.negated_by]
    return load_resemblance().find(text, unread=findings.unread, denied=denied, named=named)


def _temperature(candidate: TemperatureCandidate) -> Temperature:
    return Temperature(candidate.written, candidate.value, candidate.unit, candidate.celsius, candidate.site)
