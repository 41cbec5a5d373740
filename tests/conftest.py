"""How the suite is dealt out: tests of one module stay with one worker, what takes longest starts first, and what takes
minutes is `deep`.

More than half of the time goes into few tests: builds that are killed, corrected, upgraded and repeated,
every command in every surrounding, every pattern on text that could slow it down. `make test` leaves these out and is
for every change; `make test-deep` runs them. CI has twenty minutes and runs a quarter of them by turns (`--turn`), with
all others. `pytest` by hand runs whatever it is given.
"""

from __future__ import annotations

import os
import sys
from functools import cache

import pytest
import typer.main

from paperhouse.commands.door import collect_seldom

# Where PYTHONDONTWRITEBYTECODE is set, as in many containers, each worker would rewrite the assertions of all tests
# anew, and each command that a test starts would compile the package.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

collect_seldom()  # as every command does
# A process puts its commands together once; a worker of the suite runs thousands of them.
typer.main.get_command = cache(typer.main.get_command)

#: Groups in the order they start; the others follow in the order of their files. One of each pair at the beginning
#: needs no warehouse: the other worker builds the one that the rest of the integration tests copy.
FIRST = (
    "grown",
    "test_linear_time",
    "test_parsing_properties",
    "interrupted",
    "test_faults",
    "test_guarded_reading",
    "test_sql_sets",
    "corrections",
    "test_gates",
    "verify",
    "walks",
    "test_statistics",
)

#: Groups that are deep as a whole. Single tests of others are marked where they stand.
DEEP = frozenset({"grown", "interrupted", "corrections", "upgrade", "verify", "test_linear_time", "test_growth"})


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option of who has not the time for all deep tests."""
    parser.addoption("--turn", default="1/1", metavar="K/N", help="of deep tests the K-th of N parts")


def share_out(groups: set[str], turn: str) -> set[str]:
    """The deep groups whose turn it is: every N-th in the order they start, so that all turns take about as long."""
    part, parts = map(int, turn.split("/"))
    ordered = sorted(groups, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name))
    return set(ordered[part - 1 :: parts])


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put each test into the group of its module, unless it names one, mark deep ones, long groups to the front."""
    places: dict[str, int] = {}
    groups: dict[str, str] = {}
    for item in items:
        marker = item.get_closest_marker("xdist_group")
        name = marker.args[0] if marker else item.path.stem
        if not marker:
            item.add_marker(pytest.mark.xdist_group(name))
        if name in DEEP:
            item.add_marker(pytest.mark.deep)
        if item.get_closest_marker("deep"):
            groups[item.nodeid] = name
        places[item.nodeid] = FIRST.index(name) if name in FIRST else len(FIRST)
    chosen = share_out(set(groups.values()), config.getoption("--turn"))
    left_out = [item for item in items if item.nodeid in groups and groups[item.nodeid] not in chosen]
    items[:] = [item for item in items if groups.get(item.nodeid) in {None, *chosen}]
    items.sort(key=lambda item: places[item.nodeid])
    config.hook.pytest_deselected(items=left_out)
