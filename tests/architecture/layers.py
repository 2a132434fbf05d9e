"""Which part of the package may import which, and which parts are pure; each check returns one sentence for each breach."""

import sys

from tests.architecture.source_tree import PACKAGE, Import, Module

# Lowest first. An area imports itself and the rows before its own; areas in one row do not import each other.
ROWS = (
    ("protocol",),
    ("conversation",),
    ("transitions",),
    ("visits",),
    ("participants",),
    ("staff",),
    ("messaging",),
    ("escalations",),
    ("checkins", "reminders"),
    ("replies",),
    ("records",),
    ("operations",),
    ("api", "console", "jobs", "cli"),
)
FOUNDATION = (
    "config",
    "read_config",
    "at_commit",
    "extensions",
    "clock",
    "columns",
    "database",
    "failpoints",
    "encryption",
    "errors",
    "audit",
    "logs",
)
TOP = ("", "rehearsal", "demo")
BESIDE = {"cli": {"jobs", "rehearsal"}}

PURE = ("protocol", "conversation")
PURE_THIRD_PARTY = {"yaml", "marshmallow"}
IMPURE_STANDARD_LIBRARY = {"sqlite3", "dbm", "time", "socket", "subprocess", "threading"}

TWILIO_MODULES = {
    ("messaging", "gateways", "twilio"),
    ("messaging", "gateways", "spoken"),
    ("messaging", "gateways", "simulated_phone"),
    ("api", "webhook_signature"),
}

ROW_OF = {area: number for number, row in enumerate(ROWS) for area in row}


PLACED = {*ROW_OF, *FOUNDATION, *TOP}


def import_order_problems(modules: tuple[Module, ...]) -> list[str]:
    """Imports that run upward or sideways, and areas that have no place in the order yet."""
    unplaced = {module.area for module in modules} - PLACED
    problems = [
        f"{PACKAGE}/{area} has no place in the import order; give it one in tests/architecture/layers.py." for area in sorted(unplaced)
    ]
    for module in modules:
        open_areas = unplaced | (PLACED if module.area in unplaced else _open_to(module.area))
        problems += [problem for found in module.imports if (problem := _import_problem(module, found, open_areas))]
    return problems


def _import_problem(module: Module, found: Import, open_areas: set[str]) -> str | None:
    if found.relative:
        return f"{module.at(found.line)}: relative import; write the full name, `from {PACKAGE}.…`."
    package, _, rest = found.target.partition(".")
    imported = rest.partition(".")[0]
    if imported not in PLACED | open_areas:
        imported = ""  # a name of the package's own __init__, such as create_app
    if package != PACKAGE or imported in open_areas:
        return None
    return (
        f"{module.at(found.line)}: `{module.area}` must not import `{imported or PACKAGE}`; imports run downward only: "
        f"move the shared part down, or call this from above."
    )


def _open_to(area: str) -> set[str]:
    if area in TOP:
        return {*ROW_OF, *FOUNDATION, *TOP}
    if area in FOUNDATION:
        return set(FOUNDATION)
    lower = {other for other, row in ROW_OF.items() if row < ROW_OF[area]}
    foundation = set() if area in PURE else set(FOUNDATION)
    return {area} | lower | foundation | BESIDE.get(area, set())


def purity_problems(modules: tuple[Module, ...]) -> list[str]:
    """Imports of the pure areas beyond the harmless standard library and the parsers that load their data files."""
    allowed = (sys.stdlib_module_names - IMPURE_STANDARD_LIBRARY) | PURE_THIRD_PARTY | {PACKAGE}
    return [
        f"{module.at(found.line)}: `{module.area}` is pure and must not import `{found.target}`; take the value as an argument "
        f"and leave the import to the caller."
        for module in modules
        if module.area in PURE
        for found in module.imports
        if found.target.partition(".")[0] not in allowed
    ]


def twilio_problems(modules: tuple[Module, ...]) -> list[str]:
    """Imports of the provider's library outside its gateway and the check of its signature."""
    allowed = ", ".join("/".join(parts) for parts in sorted(TWILIO_MODULES))
    return [
        f"{module.at(found.line)}: only {allowed} import twilio; use the gateway interface."
        for module in modules
        if module.parts not in TWILIO_MODULES
        for found in module.imports
        if found.target.partition(".")[0] == "twilio"
    ]
