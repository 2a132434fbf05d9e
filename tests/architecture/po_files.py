"""What `msgfmt --check` checks in a catalogue, and the plural forms of CLDR; each check returns one sentence for each breach."""

import gettext
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from babel.core import Locale
from babel.messages.catalog import Catalog

HEADER_FIELDS = (
    "Project-Id-Version",
    "PO-Revision-Date",
    "Last-Translator",
    "Language",
    "Language-Team",
    "Plural-Forms",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
)
# CLDR has a form of its own for millions in some languages; nothing here is counted in millions.
COUNTED = range(1000)


def po_problems(path: Path, messages: Catalog, language: str) -> list[str]:
    """`messages` is the catalogue in the file."""
    text = path.read_text(encoding="utf-8")
    return [*_header_problems(text, language), *_plural_problems(text, language), *_message_problems(text, messages)]


def _header_problems(text: str, language: str) -> Iterator[str]:
    header = _header(text)
    for field in HEADER_FIELDS:
        if not header.get(field):
            yield f"the header has no {field}"
    if header.get("Language") != language:
        yield f"the header's Language is {header.get('Language')}: write {language}"
    if header.get("Content-Type", "").lower() != "text/plain; charset=utf-8":
        yield "the header's Content-Type is not text/plain; charset=utf-8"
    if "fuzzy" in text.split('msgstr ""', 1)[0]:
        yield "the header is fuzzy: remove the mark"


def _plural_problems(text: str, language: str) -> Iterator[str]:
    found = re.fullmatch(r"nplurals=(\d+); *plural=(.+?);?", _header(text).get("Plural-Forms", ""))
    if found is None:
        yield "the header's Plural-Forms is not of the form nplurals=2; plural=(n != 1);"
        return
    form, category = gettext.c2py(found[2]), Locale.parse(language).plural_form
    pairs = {(form(number), category(number)) for number in COUNTED}
    categories = {name for _, name in pairs}
    if len(pairs) != len(categories) or len({number for number, _ in pairs}) != len(categories):
        yield f"the header's Plural-Forms do not tell apart what CLDR does ({', '.join(sorted(categories))})"
    if int(found[1]) < len(categories) or max(number for number, _ in pairs) >= int(found[1]):
        yield f"the header's nplurals is {found[1]}; CLDR has {len(categories)} forms"


def _message_problems(text: str, messages: Catalog) -> Iterator[str]:
    for message, errors in messages.check():
        yield from (f"{message.id!r}: {error}" for error in errors)
    for message in messages:
        for one, other in ((message.id, message.string),) if isinstance(message.id, str) and message.id else ():
            if one.startswith("\n") != other.startswith("\n") or one.endswith("\n") != other.endswith("\n"):
                yield f"{one!r}: begins or ends with a line break, and its translation does not, or the other way round"
    written = Counter(re.findall(r'^msgid ((?:".*"\n?)+)', text, re.MULTILINE))
    yield from (f"msgid {msgid.strip()} stands {count} times" for msgid, count in written.items() if count > 1)


def _header(text: str) -> dict[str, str]:
    lines = re.search(r'msgid ""\nmsgstr ""\n((?:".*"\n)+)', text)
    fields = re.findall(r'^"([\w-]+): *(.*)\\n"$', lines[1] if lines else "", re.MULTILINE)
    return dict(fields)
