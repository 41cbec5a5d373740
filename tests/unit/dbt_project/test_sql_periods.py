"""Days, ISO weeks, months and years as the macros number them, against Python's calendar."""

from datetime import date, timedelta

import duckdb
import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperhouse.orchestration.dbt_project import DBT_PROJECT

MACROS = jinja2.Environment().from_string((DBT_PROJECT / "macros" / "engine.sql").read_text(encoding="utf-8")).module
STARTS = {
    "day": lambda day: day,
    "week": lambda day: day - timedelta(days=day.weekday()),
    "month": lambda day: day.replace(day=1),
    "year": lambda day: day.replace(month=1, day=1),
}


@pytest.mark.parametrize("grain", STARTS)
@given(days=st.lists(st.dates(date(1600, 1, 1), date(2400, 1, 1)), min_size=1, max_size=50))
def test_a_day_lies_in_its_period_and_the_next_period_begins_after_it(grain: str, days: list[date]):
    number = MACROS.period_number("day", grain)
    start, following = MACROS.period_start("number", grain), MACROS.period_start("number + 1", grain)
    rows = duckdb.execute(
        f"select day, {start}, {following}, {MACROS.period_start_of('day', grain)} "
        f"from (select day, {number} as number from (select unnest($1::date[]) as day))",
        [days],
    ).fetchall()
    assert [(day, first, alike) for day, first, _, alike in rows] == [
        (day, STARTS[grain](day), STARTS[grain](day)) for day in days
    ]
    assert all(first <= day < next_first == STARTS[grain](next_first) for day, first, next_first, _ in rows)
