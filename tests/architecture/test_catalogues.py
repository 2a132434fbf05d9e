"""Every text that can be sent exists in every language, renders with the longest values, fits its size and tells a stranger nothing."""

import ast
import os
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

from followup_service.console.page_language import PAGE_LANGUAGES
from followup_service.messaging.catalogues import SOURCE_LANGUAGE, TRANSLATIONS, catalogue, languages, problems_of, read_catalogue
from followup_service.messaging.count_parts import measure
from followup_service.messaging.render_text import render_text
from followup_service.messaging.telltales import TELLTALES, told_by
from followup_service.messaging.text_sizes import most_in_full, most_parts, words_as_sent, words_in_full
from followup_service.messaging.texts import TEXTS
from followup_service.messaging.wording import is_for_staff, longest_values, text_keys, wording
from followup_service.protocol.load_study import load_study, study_codes
from followup_service.protocol.question_kinds import QuestionKind
from tests.architecture.po_files import po_problems
from tests.architecture.source_tree import ROOT, Module, package

TRANSLATED = sorted(set(languages()) - {SOURCE_LANGUAGE})
STUDIES = {code: load_study(code) for code in study_codes()}

PAGES = ("page", "page_again", "page_worse", "page_back", "page_returned", "page_task", "page_task_again", "page_task_returned")

MSGFMT = shutil.which("msgfmt")

UNSEEN = ("Cc", "Cf", "Co", "Zl", "Zp", "Zs")

# Who puts a text in the outbox or prepares one, and which of the arguments is its key.
KEY_ARGUMENT = {
    "_tell": 3,
    "offer_days": 4,
    "queue_text": 3,
    "_say": 3,
    "page_on_call": 3,
    "start_paging": 3,
    "StaffAnswer": 0,
    "Page": 1,
    "render_text": 0,
}
# Tables from which a key is picked.
KEY_TABLES = {"FIRST", "WITHOUT_A_DAY", "SO_NEAR", "OTHERWISE", "CHASERS", "SAID_BY", "_COMMAND_TEXTS", "APPROVED", "_OF_A_TASK"}
# Functions that return a key.
KEY_FUNCTIONS = {"_word_for"}


@cache
def extracted(root: Path, mapping_file: str = "babel.cfg") -> set[str]:
    """The English of every text to be translated, as the mapping file finds it under `root`."""
    with (ROOT / mapping_file).open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)
    return {words for _, _, message, _, _ in extract_from_dir(root, methods, options) for words in _forms(message)}


def in_catalogue(messages: Catalog) -> set[str]:
    return {words for message in messages if message.id for words in _forms(message.id)}


def _forms(message: str | tuple[str, ...]) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else tuple(message)


def queued_keys(modules: tuple[Module, ...]) -> set[str]:
    """The keys that the code queues in so many words: as a literal, or from a constant of the module."""
    return {key for module in modules for key in _queued_in(module)}


def _queued_in(module: Module) -> Iterator[str]:
    constants = {
        target.id: node.value
        for node in module.tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call in ast.walk(module.tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in KEY_ARGUMENT:
            yield from _literals(call.args[KEY_ARGUMENT[call.func.id]], constants)
    for function in ast.walk(module.tree):
        if isinstance(function, ast.FunctionDef) and function.name in KEY_FUNCTIONS:
            for node in ast.walk(function):
                if isinstance(node, ast.Return) and node.value is not None:
                    yield from _literals(node.value, constants)
    for name in KEY_TABLES & constants.keys():
        yield from _literals(constants[name], constants)


def _literals(node: ast.expr, constants: Mapping[str, ast.expr]) -> list[str]:
    if isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        node = constants.get(node.id, node)
    if isinstance(node, ast.Tuple):
        return [one for element in node.elts for one in _literals(element, constants)]
    values = node.values if isinstance(node, ast.Dict) else [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]
    return [value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)]


LONGEST = {(code, language): longest_values(language, study) for code, study in STUDIES.items() for language in languages()}


def test_simplified_chinese_is_written() -> None:
    assert "zh_Hans" in languages()


def test_the_template_holds_every_text_and_no_other() -> None:
    listed = in_catalogue(read_catalogue(TRANSLATIONS / "sms.pot"))
    assert not (new := sorted(extracted(ROOT) - listed)), f"run `make messages`, then translate: {new}"
    assert not (stale := sorted(listed - extracted(ROOT))), f"run `make messages`: nothing sends {stale}"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_language_has_every_text_and_no_stale_one(language: str) -> None:
    messages = read_catalogue(TRANSLATIONS / language / "LC_MESSAGES" / "sms.po")
    assert problems_of(messages, read_catalogue(TRANSLATIONS / "sms.pot")) == []
    assert not (stale := sorted(in_catalogue(messages) - extracted(ROOT))), f"run `make messages`: nothing sends {stale}"
    assert not messages.obsolete, f"remove the entries that begin with #~: {list(messages.obsolete)}"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_passes_the_checks_of_msgfmt_and_has_the_plural_forms_of_cldr(language: str) -> None:
    path = TRANSLATIONS / language / "LC_MESSAGES" / "sms.po"
    assert po_problems(path, read_catalogue(path, language), language) == []


@pytest.mark.skipif(MSGFMT is None and "CI" not in os.environ, reason="msgfmt is missing: apt-get install gettext")
@pytest.mark.parametrize("path", sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po")), ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_gettext_itself_takes_each_catalogue(path: Path, tmp_path: Path) -> None:
    assert MSGFMT is not None
    command = [MSGFMT, "--check", f"--output-file={tmp_path / 'checked.mo'}", path]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own files
    assert (checked.returncode, checked.stderr) == (0, "")


def test_the_words_that_are_approved_are_all_that_can_be_sent() -> None:
    approved = {words for study in STUDIES for words in wording(SOURCE_LANGUAGE, study).values()}
    assert approved == extracted(ROOT)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_text_holds_no_letter_that_cannot_be_seen_and_no_digit_but_0_to_9(language: str) -> None:
    joiners = {"\u200c", "\u200d"} if language == "hi" else set()
    for words in {words for study in STUDIES for words in wording(language, study).values()}:
        unseen = {
            letter for letter in words if letter != " " and unicodedata.category(letter) in ("Cc", "Cf", "Co", "Zl", "Zp", "Zs")
        } - joiners
        assert not unseen, f"{unseen!a} in: {words}"
        assert not {letter for letter in words if unicodedata.category(letter) == "Nd"} - set("0123456789"), words
        assert unicodedata.is_normalized("NFC", words), f"write it in composed letters (NFC): {words}"


@pytest.mark.parametrize("language", languages())
def test_a_question_offers_its_answers_as_digits(language: str) -> None:
    offered = {QuestionKind.YES_NO: "12", QuestionKind.VISIT_CONFIRM: "12", QuestionKind.SEVERITY_0_4: "01234"}
    for study in STUDIES.values():
        for question in study.questions.values():
            digits = offered.get(question.kind) or "".join(str(number) for number in range(1, len(question.choices) + 1))
            text = catalogue(language).gettext(question.text)
            assert all(digit in text for digit in digits), text


def test_the_template_of_the_web_pages_holds_every_text_and_no_other() -> None:
    listed = in_catalogue(read_catalogue(TRANSLATIONS / "console.pot"))
    assert listed == extracted(ROOT, "babel-console.cfg"), "run `make messages`, then translate"


@pytest.mark.parametrize("language", sorted(set(PAGE_LANGUAGES) - {SOURCE_LANGUAGE}))
def test_the_web_pages_are_whole_in_each_of_their_languages(language: str) -> None:
    path = TRANSLATIONS / language / "LC_MESSAGES" / "console.po"
    messages = read_catalogue(path, language)
    assert problems_of(messages, read_catalogue(TRANSLATIONS / "console.pot")) == []
    assert po_problems(path, messages, language) == []
    assert in_catalogue(messages) == extracted(ROOT, "babel-console.cfg"), "run `make messages`"
    assert not messages.obsolete, f"remove the entries that begin with #~: {list(messages.obsolete)}"


def unused_words() -> dict[str, list[str]]:
    """By language, the words that docs/terms.md keeps out of what staff read."""
    _, listed = (ROOT / "docs" / "terms.md").read_text(encoding="utf-8").split("## Words that are not used")
    return {language: words.split(", ") for language, words in re.findall(r"^\| (\w+) \| (.+) \|$", listed, re.MULTILINE)}


@pytest.mark.parametrize("domain", ["console", "sms"])
@pytest.mark.parametrize("language", sorted(set(PAGE_LANGUAGES) - {SOURCE_LANGUAGE}))
def test_staff_read_one_word_for_one_thing(language: str, domain: str) -> None:
    messages = read_catalogue(TRANSLATIONS / language / "LC_MESSAGES" / f"{domain}.po", language)
    read = [
        words for message in messages if message.id for words in ([message.string] if isinstance(message.string, str) else message.string)
    ]
    for unused in unused_words()[language]:
        assert not (found := [words for words in read if unused in words]), f"docs/terms.md has another word: {found}"


def test_a_new_text_is_found_in_code_and_in_a_study_file(tmp_path: Path) -> None:
    code = tmp_path / "followup_service" / "messaging" / "texts.py"
    study = tmp_path / "followup_service" / "protocol" / "studies" / "NEW.yaml"
    for file in (code, study):
        file.parent.mkdir(parents=True)
    code.write_text('TEXTS = {"new": _("A new text")}\n')
    study.write_text(
        "title: Not sent\n"
        "visits: {scan: {name: A new visit}}\n"
        "questions: {pain: {kind: severity_0_4, text: A new question}}\n"
        "temperature_codes: {FEVER: {name: A new fever}}\n"
        "symptoms: {RIGOR: {name: A new symptom}}\n"
        "service_codes: {SILENT: {name: A new silence}}\n"
        "texts: {closing: A new goodbye}\n"
    )
    kinds = ("text", "visit", "question", "fever", "symptom", "silence", "goodbye")
    assert extracted(tmp_path) == {f"A new {kind}" for kind in kinds}


def test_every_key_that_the_code_queues_has_a_text_and_no_text_is_left_over() -> None:
    queued = queued_keys(package())
    for study in STUDIES.values():
        assert not (unknown := sorted(queued - set(study.texts) - set(TEXTS))), f"nobody wrote a text for {unknown}"
    assert not (left := sorted(set(TEXTS) - queued)), f"nothing queues {left}; or its sender is not in KEY_ARGUMENT"


def test_no_study_gives_a_key_of_the_service_another_text() -> None:
    for code, study in STUDIES.items():
        assert not set(study.texts) & set(TEXTS), f"{code}: one of these would hide the other"


@pytest.mark.parametrize("language", languages())
def test_a_text_renders_with_the_longest_values_and_fits(language: str) -> None:
    assert [problem for code, study in STUDIES.items() for key in text_keys(study) for problem in size_problems(code, key, language)] == []


def size_problems(code: str, key: str, language: str) -> Iterator[str]:
    """What is wrong with a text that holds the longest values, as it is sent and in full."""
    text, in_full = (words(key, LONGEST[code, language], language, STUDIES[code]) for words in (words_as_sent, words_in_full))
    size, size_in_full = measure(text), measure(in_full)
    if "%" in text:
        yield f"{code} {key}: a value is not filled in: {text}"
    if language == SOURCE_LANGUAGE and size.encoding != "GSM-7":
        yield f"{code} {key}: {size.forced_by!r} makes the whole text UCS-2: {text}"
    if size.parts > most_parts(key, language, size.encoding):
        yield f"{code} {key}: {size.parts} parts: {text}"
    if size_in_full.parts > most_in_full(key, language, size_in_full.encoding):
        yield f"{code} {key}: {size_in_full.parts} parts in full: {in_full}"


@pytest.mark.parametrize("language", languages())
def test_a_text_to_a_participant_names_no_diagnosis_drug_or_study(language: str) -> None:
    assert language in TELLTALES, f"write the words that a text in {language} must not hold"
    texts = {
        f"{code} {key}": words_as_sent(key, LONGEST[code, language], language, study)
        for code, study in STUDIES.items()
        for key in text_keys(study)
        if not is_for_staff(key)
    }
    assert {which: (told, text) for which, text in texts.items() if (told := told_by(text, language))} == {}


@pytest.mark.parametrize("language", languages())
def test_the_name_of_a_visit_tells_a_stranger_nothing(language: str) -> None:
    names = [catalogue(language).gettext(visit.name) for study in STUDIES.values() for visit in study.visits.values()]
    assert not [name for name in names if told_by(name, language)]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("key", PAGES)
def test_a_page_names_its_first_reason_and_fits(key: str, language: str) -> None:
    for name, study in STUDIES.items():
        codes = list(study.rules.codes)
        for first, rule in enumerate(study.rules.codes.values()):
            page = render_text(key, {**LONGEST[name, language], "reasons": codes[first : first + 4]}, language, study)
            assert catalogue(language).gettext(rule.name) in page
            size = measure(page)
            assert size.parts <= most_parts(key, language, size.encoding), page


def test_a_page_with_many_reasons_says_how_many_more_there_are() -> None:
    study = next(iter(STUDIES.values()))
    reasons = [
        "VOMITING_BLOOD",
        "BLOOD_IN_STOOL",
        "SWOLLEN_ABDOMEN",
        "SEVERE_ABDOMINAL_PAIN",
        "FEVER",
        "RIGOR",
        "COLLAPSE",
        "NO_URINE",
        "SEIZURE",
    ]
    values = {"level": "emergency", "code": "PKU-001", "number": 12345, "celsius": "39.1", "reasons": reasons}
    english, chinese = (render_text("page_again", values, language, study) for language in ("en", "zh_Hans"))
    assert "39.1 C, vomiting blood, black or bloody stool, 7 more. No." in english
    assert "：39.1℃、呕血、黑便或血便、腹部发硬或膨胀、还有6项。" in chinese


def test_a_page_says_who_how_high_and_why() -> None:
    study = next(iter(STUDIES.values()))
    values = {"level": "emergency", "code": "PKU-001", "celsius": "38.5", "reasons": ["FEVER", "RIGOR"], "number": 7}
    english, chinese = (render_text("page", values, language, study) for language in ("en", "zh_Hans"))
    digits = "1 calling, 2 sent to hospital, 3 watching, 4 not mine."
    assert english == f"EMERGENCY PKU-001: 38.5 C, fever, shaking chills. No. 7. {digits}"
    assert chinese == "危急 PKU-001：38.5℃、发热、寒战。编号7。回复1打电话 2已送医 3观察 4不归我"


def test_a_page_whose_reason_left_the_study_file_still_goes_out() -> None:
    study = next(iter(STUDIES.values()))
    assert "OLD_CODE" in render_text("page", {**longest_values("zh_Hans", study), "reasons": ["OLD_CODE"]}, "zh_Hans", study)
