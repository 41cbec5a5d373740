"""Macros of textbook statistics against scipy, on any numbers: the SQL is rendered and run as models render it."""

import duckdb
import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from paperhouse.orchestration.dbt_project import DBT_PROJECT

EXACT = 1e-9
MACROS = (
    jinja2.Environment().from_string((DBT_PROJECT / "macros" / "statistics.sql").read_text(encoding="utf-8")).module
)


def evaluate(expression: str, **values: list[float]) -> list[float]:
    """The expression over rows of the named columns, in order."""
    columns = ", ".join(f"unnest($1[{place}]) as {name}" for place, name in enumerate(values, start=1))
    rows = "select * from (select unnest(range(len($1[1]))) as row_number, " + columns + ")"
    # Lists of one parameter have one type: whole numbers are doubles here, as shares of counts are in the models.
    query = f"select {expression} from ({rows}) order by row_number"
    return [
        row[0] for row in duckdb.execute(query, [[list(map(float, column)) for column in values.values()]]).fetchall()
    ]


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_bounds(counts: tuple[int, int]):
    k, n = counts
    found = [evaluate(MACROS.wilson_bound("k", "n", sign), k=[k], n=[n])[0] for sign in "-+"]
    assert found == pytest.approx(list(stats.binomtest(k, n).proportion_ci(0.95, method="wilson")), abs=EXACT)


@given(st.lists(st.floats(-40, 40), min_size=1, max_size=50))
def test_two_sided_p(z: list[float]):
    assert evaluate(MACROS.two_sided_p("z"), z=z) == pytest.approx(
        list(2 * stats.norm.sf([abs(v) for v in z])), abs=EXACT
    )


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_benjamini_hochberg_q(p: list[float]):
    p = sorted(p)
    q = MACROS.benjamini_hochberg_q("p", "p_rank", "test_count", ["family"])
    found = evaluate(q, p=p, p_rank=list(range(1, len(p) + 1)), test_count=[len(p)] * len(p), family=[0] * len(p))
    assert found == pytest.approx(list(stats.false_discovery_control(p, method="bh")), abs=EXACT)
