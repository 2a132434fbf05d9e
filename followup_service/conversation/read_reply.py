"""Reads one text: which temperatures and symptoms it reports, what it asks for, and how it answers the open question."""

from collections.abc import Sequence

from followup_service.conversation.answers import Answer, find_answer
from followup_service.conversation.bounds import find_open_bound
from followup_service.conversation.commands import Order, find_command, find_wanted_language, may_be_a_stop
from followup_service.conversation.concepts import bits_of
from followup_service.conversation.denied_around import is_itself_denied
from followup_service.conversation.elsewhere import ANOTHERS, LONG_AGO
from followup_service.conversation.find_numbers import find_numbers
from followup_service.conversation.marked_text import MarkedText, Place, Placed, Span, mark_text, new
from followup_service.conversation.nosebleeds import is_passing
from followup_service.conversation.numbers import Number
from followup_service.conversation.only_mentioned import PAPERS, PLANNED
from followup_service.conversation.reading import Command, Meaning, Reading, Said, SymptomMention, TemperatureCandidate
from followup_service.conversation.resemblance import Guess, load_resemblance
from followup_service.conversation.symptoms import find_symptoms
from followup_service.conversation.temperatures import AGE, WEATHER, find_temperatures
from followup_service.conversation.text_language import other_language
from followup_service.conversation.told_tales import HEARSAY, JEST, OF_THE_DEAD, STORY
from followup_service.conversation.understood import find_left_sentence, is_understood, only_wonders, says_more
from followup_service.conversation.vocabulary import Vocabulary, load_vocabulary
from followup_service.protocol.findings import Findings, ReadsLike, Symptom, Temperature
from followup_service.protocol.question_kinds import QuestionKind

_QUESTION = bits_of({"question"})
_ASKED_BY_COMMAND = {Command.HELP: "HELP_ASKED", Command.CALLBACK: "CALLBACK_ASKED"}
_READ_BY_A_PERSON = frozenset({Command.HELP, Command.CALLBACK, Command.RESCHEDULE})
_NORMAL_FROM, _NORMAL_BELOW = 36, 38
_SET_ASIDE = frozenset({ANOTHERS, LONG_AGO, STORY, HEARSAY, JEST, OF_THE_DEAD, PAPERS, PLANNED, AGE, WEATHER})


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
    order = find_command(marked, vocabulary) or _asks_for_help(symptoms, mentions)
    command = order.command if order is not None else None
    requests = _requests(marked, symptoms, order)
    symptoms = _with_requests(symptoms, requests)
    answer = find_answer(open_question, marked, numbers, candidates, order, is_well=not symptoms)
    if not symptoms and command is None:
        requests = _questions(marked, mentions, candidates, is_answered=answer is not None)
        symptoms = _with_requests(symptoms, requests)
    value = answer.value if answer is not None else None
    unread = _find_unread(marked, vocabulary, numbers, candidates, mentions, symptoms, command, value)
    findings = _findings(open_question, candidates, symptoms, value, unread=unread is not None)
    guess = _guess(marked, findings, mentions, command, value)
    if guess is not None:
        findings = findings._replace(reads_like=guess.like)
        requests.append(_mention(marked, guess.like, marked.span(guess.first, guess.end)))
    is_open = open_question is QuestionKind.YES_NO or may_be_a_stop(marked)
    if is_open and answer is None and not _says_anything(findings, command):
        # Whoever names neither yes nor no may have meant the yes, and a word that may be STOP must not be lost.
        findings = findings._replace(unread=True)
        unread = unread or _whole(marked)
    other = other_language(text, marked.words, language, marked.language, vocabulary)
    wanted = find_wanted_language(marked, vocabulary) if command is Command.LANGUAGE else None
    said = _said(marked, order, answer, unread, is_other=other is not None)
    return new(Reading, (language, findings, command, value, tuple(candidates), (*mentions, *requests), other, wanted, said))


def _said(text: MarkedText, order: Order | None, answer: Answer | None, unread: Span | None, *, is_other: bool) -> tuple[Said, ...]:
    """The words of all that is neither a symptom nor a temperature; of a blank text there are none."""
    if order is None and answer is None and unread is None and not is_other:
        return ()
    spans = [(Meaning.COMMAND, span) for span in (order.spans if order is not None else ())]
    spans += [(Meaning.ANSWER, span) for span in (answer.spans if answer is not None else ())]
    spans += [(Meaning.OTHER_LANGUAGE, _whole(text))] if is_other else []
    spans += [(Meaning.UNREAD, unread)] if unread is not None else []
    return tuple(Said(meaning, text.source.original[start:end], (start, end)) for meaning, (start, end) in spans if start < end)


def _whole(text: MarkedText) -> Span:
    """From the first to the last character that is no space."""
    written = text.source.original
    return len(written) - len(written.lstrip()), len(written.rstrip())


def _mention(text: MarkedText, code: str, span: Span) -> SymptomMention:
    return SymptomMention(code, text.source.original[slice(*span)], span)


def _says_anything(findings: Findings, command: Command | None) -> bool:
    return bool(command or findings.symptoms or findings.temperatures or findings.implausible_temperatures)


def _with_fever(symptoms: list[Symptom]) -> list[Symptom]:
    return symptoms if any(symptom.code == "FEVER" for symptom in symptoms) else [*symptoms, Symptom("FEVER")]


def _asks_for_help(symptoms: list[Symptom], mentions: list[SymptomMention]) -> Order | None:
    """HELP in people's own words, with nothing else that is wrong: "help me please, I don't know what to do"."""
    if {symptom.code for symptom in symptoms} != {"HELP_ASKED"}:
        return None
    return Order(Command.HELP, tuple(mention.span for mention in mentions if mention.code == "HELP_ASKED" and mention.negated_by is None))


def _requests(text: MarkedText, symptoms: list[Symptom], order: Order | None) -> list[SymptomMention]:
    """A command that a person must answer is a request to be told."""
    code = _ASKED_BY_COMMAND.get(order.command) if order is not None else None
    if order is None or code is None or any(symptom.code == code for symptom in symptoms):
        return []
    return [_mention(text, code, span) for span in order.spans]


def _with_requests(symptoms: list[Symptom], requests: list[SymptomMention]) -> list[Symptom]:
    return [*symptoms, Symptom(requests[0].code)] if requests else symptoms


def _questions(
    text: MarkedText, mentions: list[SymptomMention], candidates: list[TemperatureCandidate], *, is_answered: bool
) -> list[SymptomMention]:
    """What pages nobody and a person must read: a question, or what was taken for another's illness, for an old one, a tale, an age …"""
    asking = [] if is_answered or _is_alarming(candidates) else _asking(text)
    spans = text.spans(asking) or [
        *(mention.span for mention in mentions if mention.negated_by in _SET_ASIDE),
        *(candidate.span for candidate in candidates if candidate.dropped in _SET_ASIDE),
    ]
    return [_mention(text, "QUESTION_FOR_TEAM", span) for span in spans]


def _asking(text: MarkedText) -> Sequence[Placed]:
    """A question mark or question word, but not "fever? no" nor small talk such as "how are you?"."""
    if text.spoken_of & _QUESTION:
        return text.marked("question")
    last = len(text.words) - 1
    return [Place(last, last + 1)] if last > 0 and text.words[last] == "?" and not text.has(last - 1, "smalltalk") else []


def _is_alarming(candidates: list[TemperatureCandidate]) -> bool:
    return any(
        candidate.dropped is None and not candidate.implausible and not _NORMAL_FROM <= candidate.celsius < _NORMAL_BELOW
        for candidate in candidates
    )


def _find_unread(
    text: MarkedText,
    vocabulary: Vocabulary,
    numbers: list[Number],
    candidates: list[TemperatureCandidate],
    mentions: list[SymptomMention],
    symptoms: list[Symptom],
    command: Command | None,
    answer: str | None,
) -> Span | None:
    """Where the text stands of which nothing was understood, or the sentence; None where all was."""
    if symptoms or command:
        return None
    nothing = not (mentions or any(candidate.dropped is None for candidate in candidates))
    if nothing and (answer is None or says_more(text)) and not is_understood(text, vocabulary, numbers):
        return _whole(text)
    return find_left_sentence(text, vocabulary, mentions)


def _findings(
    question: QuestionKind | None, candidates: list[TemperatureCandidate], symptoms: list[Symptom], answer: str | None, *, unread: bool
) -> Findings:
    temperatures: list[Temperature] = []
    implausible: list[Temperature] = []
    for candidate in candidates:
        if candidate.dropped is None:
            (implausible if candidate.implausible else temperatures).append(_temperature(candidate))
    severity = int(answer) if question is QuestionKind.SEVERITY_0_4 and answer is not None else None
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
    denied += [text.span(mark.first, mark.end) for mark in text.marked("none") if is_itself_denied(text, mark)]
    if passing:
        denied += [text.span(mark.first, mark.end) for mark in text.marked("gone")]
    named = [mention.span for mention in mentions if not mention.negated_by]
    guess = load_resemblance().find(text, unread=findings.unread, denied=denied, named=named)
    is_read_anyway = command in _READ_BY_A_PERSON and guess is not None and guess.like is ReadsLike.TROUBLE
    return None if is_read_anyway else guess


def _temperature(candidate: TemperatureCandidate) -> Temperature:
    return Temperature(candidate.written, candidate.value, candidate.unit, candidate.celsius, candidate.site)
