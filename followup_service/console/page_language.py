"""The language of the web pages: `?lang=`, else the account's, else the browser's, else English; words from translations/…/console.po."""

from functools import cache

from babel.support import Translations
from flask import Flask, g, request
from flask_babel import Babel, Domain, get_locale
from flask_login import current_user

from followup_service.messaging.catalogues import SOURCE_LANGUAGE, compiled

DOMAIN = "console"
# Each says its own name.
PAGE_LANGUAGES = {"en": "English", "zh_Hans": "简体中文", "es": "Español", "fr": "Français", "ar": "العربية"}
# A browser names regions and scripts that we do not tell apart.
_WRITTEN_AS = {"zh": "zh_Hans"}


class _InMemory(Domain):
    """Flask-Babel reads compiled files while it answers; ours are checked and compiled at the start, so that a broken one stops it."""

    def __init__(self) -> None:
        super().__init__(domain=DOMAIN)
        page_words()

    def get_translations(self) -> Translations:
        return page_words()[shown_language()]


@cache
def page_words() -> dict[str, Translations]:
    """The words of the pages by language. Raises ConfigError for a catalogue that is missing or broken."""
    translated = (language for language in PAGE_LANGUAGES if language != SOURCE_LANGUAGE)
    return {SOURCE_LANGUAGE: Translations()} | {language: Translations(compiled(language, DOMAIN), DOMAIN) for language in translated}


def register(app: Flask) -> None:
    babel = Babel()
    babel.init_app(app, default_locale=SOURCE_LANGUAGE, default_domain=DOMAIN, locale_selector=page_language)
    babel.domain_instance = words = _InMemory()
    # The templates go there directly: Flask-Babel asks for domain, context and language of every word.
    app.jinja_env.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.context_processor(lambda: {"page_languages": PAGE_LANGUAGES, "page_locale": get_locale()})


def page_language() -> str:
    return chosen_language() or _accounts_language() or next(filter(None, map(_known, request.accept_languages.values())), SOURCE_LANGUAGE)


def shown_language() -> str:
    """The language of this page. Worked out once a request: a page asks for its words by the hundred."""
    if "shown_language" not in g:
        g.shown_language = str(get_locale())
    shown: str = g.shown_language
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
