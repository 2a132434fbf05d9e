"""The check of catalogues sees what `msgfmt --check` would see, and plural forms that are another language's."""

from pathlib import Path

import pytest

from followup_service.messaging.catalogues import read_catalogue
from tests.architecture.po_files import po_problems

GOOD = """msgid ""
msgstr ""
"Project-Id-Version: test 1\\n"
"PO-Revision-Date: 2026-01-05 09:00+0800\\n"
"Last-Translator: nobody\\n"
"Language: ru\\n"
"Language-Team: none\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

#, python-format
msgid "Call %(clinic_phone)s."
msgstr "Звоните: %(clinic_phone)s."
"""


def problems(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "sms.po"
    path.write_text(text, encoding="utf-8")
    return po_problems(path, read_catalogue(path, "ru"), "ru")


def test_a_good_catalogue_has_none(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("good", "bad", "says"),
    [
        ("Language: ru", "Language: uk", "Language is uk: write ru"),
        ('"Last-Translator: nobody\\n"\n', "", "no Last-Translator"),
        ("charset=utf-8", "charset=iso-8859-5", "Content-Type"),
        ("nplurals=3", "nplurals=2", "nplurals is 2"),
        ("n%10==1 && n%100!=11 ? 0", "n==1 ? 0", "do not tell apart"),
        ("nplurals=3; plural=", "plural=", "is not of the form"),
        ("Звоните: %(clinic_phone)s.", "Звоните: %(clinic_phone)s.\\n", "line break"),
        ("Звоните: %(clinic_phone)s.", "Звоните: %(clinic_phone)d.", "placeholder"),
        ('msgid "Call', 'msgid "Call %(clinic_phone)s."\nmsgstr "a %(clinic_phone)s"\n\nmsgid "Call', "stands 2 times"),
    ],
)
def test_a_breach_is_named(tmp_path: Path, good: str, bad: str, says: str) -> None:
    assert good in GOOD
    found = problems(tmp_path, GOOD.replace(good, bad))
    assert any(says in problem for problem in found), found
