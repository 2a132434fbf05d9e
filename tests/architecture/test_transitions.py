"""Every status has one table of what may follow what, beside it and complete."""

import importlib
import inspect
import pkgutil
from collections.abc import Mapping
from enum import StrEnum
from types import ModuleType

import pytest

import followup_service
from followup_service.errors import IllegalTransition
from followup_service.messaging.outbound_message import OUTBOUND_TRANSITIONS, OutboundState
from followup_service.transitions import moved

Table = Mapping[StrEnum, frozenset[StrEnum]]


def modules() -> list[ModuleType]:
    names = [module.name for module in pkgutil.walk_packages(followup_service.__path__, "followup_service.")]
    return [importlib.import_module(name) for name in names]


def statuses() -> list[type[StrEnum]]:
    found = {
        member
        for module in modules()
        for name, member in inspect.getmembers(module, inspect.isclass)
        if name.endswith("State") and issubclass(member, StrEnum) and member.__module__ == module.__name__
    }
    return sorted(found, key=lambda status: status.__name__)


def the_table(status: type[StrEnum]) -> Table:
    """The one table, in the module of the status, that has any of its members. Words of two statuses may be equal, so types count."""
    module = importlib.import_module(status.__module__)
    tables = [value for name, value in vars(module).items() if name.endswith("_TRANSITIONS")]
    (table,) = [table for table in tables if any(isinstance(state, status) for state in table)]
    return table


STATUSES = statuses()


def test_the_statuses_that_we_know_of_are_found() -> None:
    assert {"OutboundState", "AttemptState", "EscalationState", "CheckinState", "ParticipantState"} <= {
        status.__name__ for status in STATUSES
    }


@pytest.mark.parametrize("status", STATUSES, ids=lambda status: status.__name__)
def test_a_status_has_one_table_that_covers_all_of_it(status: type[StrEnum]) -> None:
    table = the_table(status)
    assert set(table) == set(status)
    for state, following in table.items():
        assert {type(after) for after in following} <= {status}, state


@pytest.mark.parametrize("status", STATUSES, ids=lambda status: status.__name__)
def test_a_status_moves_along_its_table_and_no_other_way(status: type[StrEnum]) -> None:
    table = the_table(status)
    for state in status:
        for to in status:
            if to in table[state]:
                assert moved(table, state, to) is to
            else:
                with pytest.raises(IllegalTransition, match=state.value):
                    moved(table, state, to)


RANK = {state: rank for rank, states in enumerate((
    ("created",), ("claimed",), ("unknown",), ("accepted",), ("queued",), ("sending",), ("sent",),
    ("delivered", "undelivered", "failed", "canceled"), ("read",),
)) for state in states}  # fmt: skip
# A failure may be corrected; what certainly did not arrive is sent again; who knows nothing sends a page again.
BACK = {("claimed", "created"), ("unknown", "created"), ("undelivered", "created"), ("failed", "created")}
CORRECTED = {(failure, "delivered") for failure in ("undelivered", "failed", "canceled")}


def test_an_outbound_text_goes_back_only_where_it_certainly_or_possibly_did_not_arrive() -> None:
    steps = {(before.value, after.value) for before, following in OUTBOUND_TRANSITIONS.items() for after in following}
    steps = {step for step in steps if OutboundState.NOT_SENT not in step}
    assert {step for step in steps if RANK[step[1]] <= RANK[step[0]]} == BACK | CORRECTED
