"""The languages that the service writes, from translations/<language>/LC_MESSAGES/sms.po; a broken catalogue stops the start."""

import difflib
import gettext
import io
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from babel.core import UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from followup_service.errors import ConfigError, Refused
from followup_service.protocol.sentences import said

TRANSLATIONS = Path(__file__).resolve().parents[2] / "translations"
SOURCE_LANGUAGE = "en"

# A percent sign that stands for itself, or the name of a value.
_PLACEHOLDER = re.compile(r"%(?:%|\((\w+)\)s)")
# Babel takes a text that is never closed, or closed twice, and loses its last letter without a word.
_CLOSED = re.compile(r'(?:msg\w+(?:\[\d+\])?[ \t]+)?"(?:[^"\\]|\\["\\nrt])*"')


def languages() -> tuple[str, ...]:
    """English, in which the texts are written, and every language that has a catalogue."""
    return (SOURCE_LANGUAGE, *sorted(path.parts[-3] for path in TRANSLATIONS.glob("*/LC_MESSAGES/sms.po")))


def check_language(written: str, code: str) -> str:
    """The language as written where we know it; else Refused with the one that was probably meant."""
    if written in languages():
        return written
    wanted = written.replace("-", "_").casefold()
    aliases = {"zh": "zh_Hans", "zh_cn": "zh_Hans", "chinese": "zh_Hans", "en_gb": "en", "en_us": "en", "english": "en"}
    close = difflib.get_close_matches(wanted, [language.casefold() for language in languages()], n=1)
    meant = aliases.get(wanted) or next((known for known in languages() if close and known.casefold() == close[0]), None)
    advice = said("write %(known)s", known=meant) if meant else said("write one of %(known)s", known=languages())
    problem = said("unknown language '%(language)s' for %(participant)s: %(what)s", language=written, participant=code, what=advice)
    raise Refused(problem, {"language": [advice]})


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    return gettext.NullTranslations() if language == SOURCE_LANGUAGE else gettext.GNUTranslations(compiled(language))


def compiled(language: str, domain: str = "sms") -> io.BytesIO:
    """A checked catalogue in gettext's binary form. Raises ConfigError for one that is not fit to be used."""
    path = _path(language, domain)
    messages = read_catalogue(path, language)
    problems = [f"{path}: {problem}" for problem in problems_of(messages, read_catalogue(TRANSLATIONS / f"{domain}.pot"))]
    if problems:
        raise ConfigError(problems)
    binary = io.BytesIO()
    write_mo(binary, messages)
    binary.seek(0)
    return binary


def load_catalogues(needed: Iterable[str] = ()) -> None:
    """Read every catalogue now, so that a broken one, or one that the study needs and nobody wrote, is found at the start."""
    missing = [language for language in needed if language not in languages()]
    if missing:
        raise ConfigError([f"the study has texts in {language}, but there is no {_path(language)}: write it" for language in missing])
    for language in languages():
        catalogue(language)


def read_catalogue(path: Path, language: str | None = None) -> Catalog:
    """The messages of a catalogue, or of the template that lists all texts. Raises ConfigError where the file cannot be read."""
    try:
        lines = path.read_bytes().splitlines()
        _refuse_open_quotes(lines)
        return read_po(lines, locale=language, abort_invalid=True)
    except (OSError, PoFileError, UnknownLocaleError, ValueError) as error:
        raise ConfigError([f"{path} cannot be read ({error}): mend it, or remove the language"]) from error


def _refuse_open_quotes(lines: Iterable[bytes]) -> None:
    for number, written in enumerate(lines, start=1):
        line = written.decode().strip()
        if line and not line.startswith("#") and not _CLOSED.fullmatch(line):
            raise ValueError(f'line {number} is no text between two ": {line[:40]}')


def problems_of(messages: Catalog, template: Catalog) -> list[str]:
    """What makes a catalogue unfit to send from: a text is missing, fuzzy, or has other placeholders than the English one."""
    missing = [
        f"'{_name(text)}' is missing: run `make messages`, then translate it" for text in template if text.id and text.id not in messages
    ]
    return missing + [f"'{_name(message)}' {problem}" for message in messages if message.id and (problem := _problem(message))]


def _path(language: str, domain: str = "sms") -> Path:
    return TRANSLATIONS / language / "LC_MESSAGES" / f"{domain}.po"


def _name(message: Message) -> str:
    return (message.id[0] if message.pluralizable else message.id)[:40]


def _problem(message: Message) -> str | None:
    """Stricter than Babel's own check, to which a placeholder that was lost, or a stray %, is no error."""
    if message.fuzzy:
        return "is fuzzy: check it and remove the mark"
    source, forms = (message.id[-1], message.string) if message.pluralizable else (message.id, (message.string,))
    if not all(forms):
        return "has a plural form that is not translated" if message.pluralizable else "is not translated"
    wanted = _placeholders(source)
    if any(wanted != _placeholders(form) for form in forms):
        return f"has other placeholders than the text: write {', '.join(f'%({name})s' for name in sorted(wanted)) or 'none'}"
    if any("%" in _PLACEHOLDER.sub("", form) for form in forms):
        return "has a % that is no placeholder: write %% for a percent sign"
    return None


def _placeholders(text: str) -> set[str]:
    return {name for name in _PLACEHOLDER.findall(text) if name}
