"""The console's pages: each is declared with what it takes to see it, and one that is not declared does not start."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request, url_for

from followup_service.console.page_language import chosen_language
from followup_service.staff.access import May

console = Blueprint(
    "console", __name__, url_prefix="/console", template_folder="templates", static_folder="static", static_url_path="/static"
)
STATIC = "console.static"
A_YEAR = 31_536_000
_SOME_NUMBER = 2_147_483_647
READING = frozenset({"GET", "HEAD", "OPTIONS"})

View = Callable[..., Any]
# Of a connection, the time, and the values in the address.
State = Callable[..., str | None]


class Open(Enum):
    """Pages that need no permission."""

    TO_ALL = "to everybody, signed in or not"
    TO_ACCOUNTS = "to whoever is signed in"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a page asks for. `fresh`: the password must have been entered within the last minutes.

    `state` is a short name of all that an open page keeps fresh, as far as whoever asks may see it; else None.
    """

    needs: Open | May
    fresh: bool = False
    state: State | None = None


RULES: dict[str, Rule] = {}


def page(
    address: str, needs: Open | May, *, methods: tuple[str, ...] = ("GET",), fresh: bool = False, state: State | None = None
) -> Callable[[View], View]:
    """Puts a view at an address below /console. Its endpoint is `console.` and the name of the function, so names are unique."""

    def add(view: View) -> View:
        endpoint = f"{console.name}.{view.__name__}"
        assert endpoint not in RULES, f"two pages are called {view.__name__}"  # noqa: S101 - a slip in the code, found at the start
        RULES[endpoint] = Rule(needs, fresh, state)
        console.add_url_rule(address, view.__name__, view, methods=methods)
        return view

    return add


def addresses_of(endpoint: str) -> Callable[[int], str]:
    """The addresses of the rows of a list, of which only the number differs: to put each together anew takes as long as to show its row."""
    before, _, after = url_for(endpoint, number=_SOME_NUMBER).partition(str(_SOME_NUMBER))
    return lambda number: f"{before}{number}{after}"


@console.app_url_defaults
def _keep_the_language(endpoint: str, values: dict[str, Any]) -> None:
    """Who chose a language keeps it from page to page."""
    if endpoint == STATIC:
        values.setdefault("v", _version(str(values.get("filename"))))
    elif endpoint.startswith(f"{console.name}.") and (language := chosen_language()):
        values.setdefault("lang", language)


@console.after_request
def _keep_static_files(response: Response) -> Response:
    """A file whose address names its content may be kept."""
    if request.endpoint == STATIC and "v" in request.args and response.status_code < 400:
        response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response


@cache
def _version(filename: str) -> str:
    file = Path(console.static_folder or "") / filename
    return sha256(file.read_bytes()).hexdigest()[:10] if file.is_file() else "none"
