"""What holds in every module: who commits, who reads the clock, how files are named and how long they get; one sentence for each breach."""

import ast
from collections.abc import Iterator

from tests.architecture.source_tree import Module

# `with session.begin()` commits too, when it ends well.
COMMITTING_CALLS = ("commit", "begin")
COMMITTING_AREAS = ("api", "console", "jobs", "cli", "rehearsal", "demo")
CLOCK_MODULE = ("clock",)
CLOCK_READERS = {
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
}
# The database's clock is a clock too, and no test can move it.
DATABASE_CLOCKS = ("func.now", "func.current_timestamp", "func.localtimestamp")
EMPTY_WORDS = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "base", "service", "services"}
# Who gives a participant a language, and the check that stands before it.
GIVES_A_LANGUAGE = ("enrol_participant.enrol_participant", "import_participants.import_participants", "change_participant.change_contact")
LANGUAGE_CHECK = "followup_service.messaging.approvals"
DOORS = ("api", "console", "cli", "replies")
REFUSALS = {"Refused", "Conflict", "Changed", "IllegalTransition", "MayNotSign"}
REFUSING_AREAS = {
    "checkins",
    "console",
    "escalations",
    "messaging",
    "participants",
    "records",
    "reminders",
    "replies",
    "staff",
    "transitions",
    "visits",
}
# What only commands and programs call, or what the pages check themselves and better before they call it.
NO_PAGE_ASKS = {
    "escalations/begin_drill",
    "escalations/expected_symptom",
    "messaging/check_typed",
    "messaging/hold_sending",
    "participants/contact_hours",
    "staff/access_token",
    "staff/set_up",
    "visits/take_slot",
}
LONGEST_FUNCTION = 60
LONGEST_FILE = 400


def commit_problems(modules: tuple[Module, ...]) -> list[str]:
    """Calls that end a transaction below the doors of the service."""
    return [
        f"{module.at(node.lineno)}: only {', '.join(COMMITTING_AREAS)} commit; return to the caller and let it commit."
        for module in modules
        if module.area not in COMMITTING_AREAS
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in COMMITTING_CALLS
    ]


def clock_problems(modules: tuple[Module, ...]) -> list[str]:
    """Readings of the clock outside clock.py, called or handed on, by whatever name they were imported."""
    return [
        f"{module.at(line)}: `{reader}` reads the clock; take `now` as an argument, or read it through followup_service/clock.py."
        for module in modules
        if module.parts != CLOCK_MODULE
        for line, reader in _clock_readings(module)
    ]


def _clock_readings(module: Module) -> Iterator[tuple[int, str]]:
    stands_for = {found.local_name: found.stands_for for found in module.imports}
    for found in module.imports:
        if found.target in CLOCK_READERS:
            yield found.line, found.target
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute):
            first, _, rest = ast.unparse(node).partition(".")
            reader = f"{stands_for.get(first, '')}.{rest}"
            if reader in CLOCK_READERS or reader.endswith(DATABASE_CLOCKS):
                yield node.lineno, reader


def language_problems(modules: tuple[Module, ...]) -> list[str]:
    """Doors through which a participant gets a language that nobody checked."""
    return [
        f"{module.path}: gives a participant a language; check it first, with check_participants_language or may_write_in."
        for module in modules
        if module.area in DOORS
        and any(found.target.endswith(GIVES_A_LANGUAGE) for found in module.imports)
        and not any(found.target.startswith(LANGUAGE_CHECK) for found in module.imports)
    ]


def refusal_problems(modules: tuple[Module, ...]) -> list[str]:
    """Refusals in English that a page may show: it is in the reader's language only where it says what is to be translated."""
    return [
        f"{module.at(node.lineno)}: a page may show this refusal; write it with said(…), in the pages with gettext."
        for module in modules
        if module.area in REFUSING_AREAS and "/".join(module.parts) not in NO_PAGE_ASKS
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REFUSALS and _is_plain(node)
    ]


def _is_plain(refusal: ast.Call) -> bool:
    """Whether the sentence, or what is said of a field, is written as it stands."""
    said = [*refusal.args[:1], *(one for errors in refusal.args[1:2] if isinstance(errors, ast.Dict) for one in errors.values)]
    return any(isinstance(part, ast.JoinedStr) or _is_words(part) for whole in said for part in _parts(whole))


def _parts(said: ast.expr) -> list[ast.expr]:
    return list(said.elts) if isinstance(said, ast.List) else [said]


def _is_words(part: ast.expr) -> bool:
    return isinstance(part, ast.Constant) and isinstance(part.value, str)


def name_problems(modules: tuple[Module, ...]) -> list[str]:
    """Files and folders whose name does not say what they are or do."""
    return [
        f"{module.path}: `{part}` does not say what is in it; use a verb phrase for what it does or a noun for what it is."
        for module in modules
        for part in module.parts
        if EMPTY_WORDS & set(part.split("_"))
    ]


def docstring_problems(modules: tuple[Module, ...]) -> list[str]:
    """Modules with code and no docstring; an empty __init__ has nothing to say."""
    return [
        f"{module.path}: no docstring; say in one or two sentences what this module decides or does."
        for module in modules
        if module.text.strip() and not ast.get_docstring(module.tree)
    ]


def length_problems(modules: tuple[Module, ...]) -> list[str]:
    """Files and functions too long to read at one sitting."""
    problems = []
    for module in modules:
        if (lines := len(module.text.splitlines())) > LONGEST_FILE:
            problems.append(f"{module.path}: {lines} lines, at most {LONGEST_FILE}; move one of its subjects to a module of its own.")
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    problems.append(
                        f"{module.at(node.lineno)}: `{node.name}` has {lines} lines, at most {LONGEST_FUNCTION}; split it by step."
                    )
    return problems
