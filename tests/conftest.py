"""How the suite is dealt out to workers: tests of one module stay together, and what takes longest starts first."""

from __future__ import annotations

import pytest

from paperhouse.commands.door import collect_seldom

collect_seldom()  # as every command does

#: Groups in the order they start; the others follow in the order of their files. The first one builds the warehouse
#: that the rest of the integration tests copy, so the other worker begins with tests that need none.
FIRST = (
    "grown",
    "test_linear_time",
    "test_parsing_properties",
    "interrupted",
    "test_faults",
    "corrections",
    "test_gates",
    "verify",
    "test_statistics",
    "test_guarded_reading",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put each test into the group of its module, unless it names one, and the long groups to the front."""
    places: dict[str, int] = {}
    for item in items:
        marker = item.get_closest_marker("xdist_group")
        name = marker.args[0] if marker else item.path.stem
        if not marker:
            item.add_marker(pytest.mark.xdist_group(name))
        places[item.nodeid] = FIRST.index(name) if name in FIRST else len(FIRST)
    items.sort(key=lambda item: places[item.nodeid])
