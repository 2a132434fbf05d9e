"""The language of the web pages: `?lang=`, else the account's, else the browser's, else English; words from translations/…/console.po."""

from collections.abc import Callable
from functools import cache
from typing import Any

from babel.support import Translations
from flask import Flask, g, request
from flask_babel import Babel, LazyString, get_locale
from flask_login import current_user
from markupsafe import Markup

from followup_service.messaging.catalogues import SOURCE_LANGUAGE, compiled

DOMAIN = "console"
# Each says its own name.
PAGE_LANGUAGES = {"en": "English", "zh_Hans": "简体中文", "es": "Español", "fr": "Français", "ar": "العربية"}
# A browser names regions and scripts that we do not tell apart.
_WRITTEN_AS = {"zh": "zh_Hans"}


@cache
def page_words() -> dict[str, Translations]:
    """The words of the pages by language. Raises ConfigError for a catalogue that is missing or broken."""
    translated = (language for language in PAGE_LANGUAGES if language != SOURCE_LANGUAGE)
    return {SOURCE_LANGUAGE: Translations()} | {language: Translations(compiled(language, DOMAIN), DOMAIN) for language in translated}


def register(app: Flask) -> None:
    Babel().init_app(app, default_locale=SOURCE_LANGUAGE, default_domain=DOMAIN, locale_selector=page_language)
    # Compiled and checked at the start, so that a broken catalogue stops it.
    page_words()
    app.context_processor(lambda: {"page_languages": PAGE_LANGUAGES, "page_locale": get_locale(), "_": _for_a_page(), "ngettext": ngettext})


def gettext(words: str, /, **values: Any) -> str:
    """The words in the language of the page, with the values in their places."""
    said = page_words()[shown_language()].gettext(words)
    return said % values if values else said


def ngettext(one: str, other: str, number: int, /, **values: Any) -> str:
    """The same for words with a number: the form that the language has for this one."""
    return page_words()[shown_language()].ngettext(one, other, number) % values


def lazy_gettext(words: str, /) -> LazyString:
    """Words written down before there is a page: each page says them in its own language."""
    return LazyString(gettext, words)


def _for_a_page() -> Callable[..., Markup]:
    """What the templates call `_`. Flask-Babel and Jinja ask for domain, context and language of every word, and a page has hundreds."""
    translated = page_words()[shown_language()].gettext

    def in_page_language(words: str, /, **values: Any) -> Markup:
        """The words are ours and may be marked up; values are escaped."""
        said = Markup(translated(words))  # noqa: S704 - from the catalogues
        return said % values if values else said

    return in_page_language


def page_language() -> str:
    return chosen_language() or _accounts_language() or next(filter(None, map(_known, request.accept_languages.values())), SOURCE_LANGUAGE)


def shown_language() -> str:
    """The language of this page. Worked out once a request: a page asks for its words by the hundred."""
    shown: str | None = g.get("shown_language")
    if shown is None:
        shown = g.shown_language = str(get_locale())
    return shown


def chosen_language() -> str | None:
    """The language that the address asks for, if it is one of ours. Every link of a page keeps it."""
    return _known(request.args["lang"]) if "lang" in request.args else None


def _accounts_language() -> str | None:
    return current_user.language if current_user else None


def _known(tag: str) -> str | None:
    written = tag.replace("-", "_")
    primary = written.partition("_")[0].lower()
    known = written if written in PAGE_LANGUAGES else _WRITTEN_AS.get(primary, primary)
    return known if known in PAGE_LANGUAGES else None
