"""The frame of the pages: where one can go, who one is, and the same page in another language."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import current_app, g, request, url_for
from flask_babel import LazyString

from followup_service.console import words as all_words
from followup_service.console.blueprint import RULES, Open, console
from followup_service.console.page_language import lazy_gettext as _
from followup_service.console.signed_in import access
from followup_service.console.study_words import arm_name, in_a_row, reason_name, treatment_name, visit_name
from followup_service.console.words import ACCOUNT_ROLES, LEVELS, SHAPES, in_words
from followup_service.staff.access import Access, May

# Group, and its pages: endpoint and name. Only what the person may see is shown. The first page of all is where they begin.
PAGES: tuple[tuple[LazyString, tuple[tuple[str, LazyString], ...]], ...] = (
    (
        _("Follow-up"),
        (
            ("console.worklist", _("Worklist")),
            ("console.participants", _("Participants")),
            ("console.calendar", _("Calendar")),
            ("console.adverse_events", _("Adverse events")),
            ("console.enrol", _("Enrol")),
        ),
    ),
    (_("Team"), (("console.roster", _("Roster")), ("console.accounts", _("Accounts")))),
    (
        _("Study"),
        (
            ("console.protocol", _("Protocol")),
            ("console.texts", _("Texts")),
            ("console.delivery", _("Delivery")),
            ("console.audit", _("Audit trail")),
        ),
    ),
)
OWN_PAGES = (("console.my_account", _("My account")),)


@dataclass(frozen=True, slots=True)
class Link:
    address: str
    words: LazyString
    here: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """What layout.html shows around a page."""

    study: str
    person: str
    sites: list[str]
    keys: str
    groups: list[tuple[LazyString, list[Link]]]
    own: list[Link]

    @staticmethod
    def address_in(language: str) -> str:
        """This page in another language; where it cannot be asked for again, the page that one begins with."""
        if request.method != "GET" or request.endpoint is None or "problem" in g:
            return url_for("console.home", lang=language)
        return url_for(request.endpoint, **(request.view_args or {}), **(request.args.to_dict() | {"lang": language}))


@console.context_processor
def _add_frame() -> dict[str, Any]:
    # The same three words stand on every line of a list.
    words = {"levels": {level: str(word) for level, word in LEVELS.items()}, "shapes": SHAPES, "role_words": ACCOUNT_ROLES}
    names = {
        "reason_name": reason_name,
        "in_a_row": in_a_row,
        "visit_name": visit_name,
        "arm_name": arm_name,
        "treatment_name": treatment_name,
    }
    return {"frame": _frame(), "access": access, "in_words": in_words, "words": all_words} | words | names


def _frame() -> Frame:
    known: Access | None = g.get("access")
    study = current_app.extensions["study"].code
    if known is None:
        return Frame(study, "", [], "off", [], [])
    groups = [(heading, links) for heading, pages in PAGES if (links := list(_links(known, pages)))]
    sites = sorted({site.code for may in May for site_id in known.sites_where(may) if (site := known.sites[site_id])})
    keys = "on" if known.account.single_keys else "off"
    return Frame(study, known.account.full_name, sites, keys, groups, list(_links(known, OWN_PAGES)))


def first_page(known: Access) -> str:
    """The address at which this person begins."""
    links = [link for _group, pages in PAGES for link in _links(known, pages)]
    return links[0].address if links else url_for("console.my_account")


def _links(known: Access, pages: tuple[tuple[str, LazyString], ...]) -> Iterator[Link]:
    for endpoint, words in pages:
        rule = RULES.get(endpoint)
        if rule is not None and (isinstance(rule.needs, Open) or known.may(rule.needs)):
            address = url_for(endpoint)
            yield Link(address, words, request.path == address.partition("?")[0])
