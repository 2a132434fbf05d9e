"""A catalogue that would send the wrong words, or none, stops the start with a sentence that names the text."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from followup_service.errors import ConfigError, Refused
from followup_service.messaging import catalogues
from followup_service.messaging.catalogues import catalogue, check_language, languages, load_catalogues
from followup_service.messaging.texts import TEXTS

HELP = TEXTS["help"]
HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"'
NUMBERS = "%(clinic_phone)s %(emergency_number)s"
WritesCatalogue = Callable[..., None]


@pytest.fixture
def writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WritesCatalogue]:
    """Writes a catalogue of a language that is then all there is."""

    def write(*entries: str, language: str = "fr", to_translate: tuple[str, ...] = ()) -> None:
        path = tmp_path / language / "LC_MESSAGES" / "sms.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n\n".join((HEADER, *entries)) + "\n", encoding="utf-8")
        template = "\n\n".join((HEADER, *(entry(text, "") for text in to_translate)))
        (tmp_path / "sms.pot").write_text(template + "\n", encoding="utf-8")

    monkeypatch.setattr(catalogues, "TRANSLATIONS", tmp_path)
    catalogue.cache_clear()
    yield write
    catalogue.cache_clear()


def entry(text: str, translation: str, mark: str = "") -> str:
    return f'{mark}msgid "{text}"\nmsgstr "{translation}"'


def test_a_good_catalogue_is_used(writes: WritesCatalogue) -> None:
    writes(entry(HELP, f"Aide : {NUMBERS}, à 100 %%"), entry(TEXTS["received"], "Merci."))
    load_catalogues()
    assert languages() == ("en", "fr")
    assert catalogue("fr").gettext(TEXTS["received"]) == "Merci."
    assert catalogue("fr").gettext(HELP) % {"clinic_phone": "1", "emergency_number": "2"} == "Aide : 1 2, à 100 %"


@pytest.mark.parametrize(
    ("translation", "mark", "says"),
    [
        ("", "", "not translated"),
        (f"Aide {NUMBERS}", "#, fuzzy\n", "fuzzy"),
        ("Aide %(clinic_phone)s", "", "write %(clinic_phone)s, %(emergency_number)s"),
        ("Aide", "", "write %(clinic_phone)s, %(emergency_number)s"),
        (f"Aide {NUMBERS} %(name)s", "", "other placeholders"),
        ("Aide %(clinic_phone)s %(emergency_numbre)s", "", "other placeholders"),
        ("Aide %(clinic_phone)s %(emergency_number)", "", "other placeholders"),
        (f"Aide à 100 % {NUMBERS}", "", "%%"),
        (f"Aide {NUMBERS} 100%", "", "%%"),
        (f"Aide {NUMBERS} %s", "", "%%"),
        ("Aide %%(clinic_phone)s %(emergency_number)s", "", "other placeholders"),
    ],
)
def test_a_bad_translation_is_refused_and_named(writes: WritesCatalogue, translation: str, mark: str, says: str) -> None:
    writes(entry(HELP, translation, mark))
    with pytest.raises(ConfigError) as refused:
        load_catalogues()
    (problem,) = refused.value.problems
    assert HELP[:20] in problem
    assert "fr" in problem
    assert says in problem


@pytest.mark.parametrize("translation", ["Merci %s", "Merci %", "Merci à 100 %.", "Merci %(", "Merci %d"])
def test_a_stray_percent_sign_is_refused_where_a_text_has_no_placeholder_too(writes: WritesCatalogue, translation: str) -> None:
    writes(entry(TEXTS["received"], translation))
    with pytest.raises(ConfigError, match="%%"):
        load_catalogues()


PLURAL = 'msgid "%(n)s day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "{}"\nmsgstr[1] "{}"'


def test_a_text_with_a_number_has_the_forms_of_its_language(writes: WritesCatalogue) -> None:
    writes(PLURAL.format("%(n)s jour", "%(n)s jours"))
    load_catalogues()
    assert [catalogue("fr").ngettext("%(n)s day", "%(n)s days", number) for number in (0, 1, 2)] == [
        "%(n)s jour",
        "%(n)s jour",
        "%(n)s jours",
    ]


@pytest.mark.parametrize(
    ("one", "other", "says"),
    [("%(n)s jour", "", "plural form"), ("%(n)s jour", "jours", "other placeholders"), ("%(n)s jour %", "%(n)s jours", "%%")],
)
def test_a_bad_plural_form_is_refused_and_named(writes: WritesCatalogue, one: str, other: str, says: str) -> None:
    writes(PLURAL.format(one, other))
    with pytest.raises(ConfigError, match=says):
        load_catalogues()


def test_every_bad_text_is_named_at_once(writes: WritesCatalogue) -> None:
    writes(entry(HELP, ""), entry(TEXTS["received"], "Merci %(x)s"))
    with pytest.raises(ConfigError) as refused:
        load_catalogues()
    assert len(refused.value.problems) == 2


def test_a_text_that_the_catalogue_lacks_is_named(writes: WritesCatalogue) -> None:
    writes(entry(TEXTS["received"], "Merci."), to_translate=(TEXTS["received"], HELP))
    with pytest.raises(ConfigError) as refused:
        load_catalogues()
    (problem,) = refused.value.problems
    assert HELP[:20] in problem
    assert "missing" in problem


@pytest.mark.parametrize(
    "broken",
    [
        'msgid "a"\nmsgstr "b',
        'msgstr "b"\nmsgid',
        "this is no catalogue",
        'msgid "a"\nmsgid "b"\nmsgstr "c"',
        'msgid "a"\nmsgstr "Merci.\n\nmsgid "b"\nmsgstr "c"',
        'msgid "a"\nmsgstr Merci."',
        'msgid "a"\nmsgstr ""\n"Mer\n"ci."',
        'msgid "a"\nmsgstr "Mer"ci."',
        'msgid "a"\nmsgstr "Merci.\\"',
        'msgid "a"\nmsgstr "Mer\\ci."',
    ],
)
def test_a_file_that_is_no_catalogue_is_refused_and_named(writes: WritesCatalogue, broken: str) -> None:
    writes(broken)
    with pytest.raises(ConfigError, match=r"fr.LC_MESSAGES.sms\.po"):
        load_catalogues()


def test_bytes_that_are_no_text_are_refused(writes: WritesCatalogue, tmp_path: Path) -> None:
    writes()
    (tmp_path / "fr" / "LC_MESSAGES" / "sms.po").write_bytes(b'msgid "a"\nmsgstr "\xff"\n')
    with pytest.raises(ConfigError, match=r"sms\.po"):
        load_catalogues()


def test_a_language_that_the_study_needs_and_nobody_wrote_stops_the_start(writes: WritesCatalogue) -> None:
    writes(entry(TEXTS["received"], "Merci."))
    load_catalogues(("en", "fr"))
    with pytest.raises(ConfigError, match=r"texts in ru, but there is no .*ru.LC_MESSAGES.sms\.po: write it"):
        load_catalogues(("en", "fr", "ru"))


def test_a_language_that_nobody_wrote_is_refused_with_the_one_that_was_meant(writes: WritesCatalogue) -> None:
    writes(language="zh_Hans")
    assert check_language("zh_Hans", "PKU-001") == "zh_Hans"
    for written in ("zh", "zh-CN", "zh_hans", "zh-Hans", "Chinese"):
        with pytest.raises(Refused, match="PKU-001: write zh_Hans"):
            check_language(written, "PKU-001")
    with pytest.raises(Refused, match="write one of en, zh_Hans"):
        check_language("klingon", "PKU-001")
