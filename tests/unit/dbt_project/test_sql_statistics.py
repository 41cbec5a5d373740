"""Macros of textbook statistics against scipy, on any numbers: the SQL is rendered and run as models render it."""

import duckdb
import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from paperhouse.orchestration.dbt_project import DBT_PROJECT

EXACT = 1e-9
_TEXTS = [(DBT_PROJECT / "macros" / name).read_text(encoding="utf-8") for name in ("engine.sql", "statistics.sql")]
MACROS = jinja2.Environment(extensions=["jinja2.ext.do"]).from_string("".join(_TEXTS)).module


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


@pytest.mark.parametrize(("df", "error"), [(1, 0.036), (3, 0.0075), (10, 0.001), (100, 1e-5)])
def test_chi_square_median(df: int, error: float):
    assert evaluate(MACROS.chi_square_median("df"), df=[df])[0] == pytest.approx(stats.chi2.median(df), rel=error)


@given(st.floats(-7, 7), st.floats(20, 1000))
def test_normal_deviate_has_the_tail_of_students_t(t: float, df: float):
    found = evaluate(MACROS.normal_deviate("t", "df"), t=[t], df=[df])[0]
    assert abs(found) == pytest.approx(stats.norm.isf(stats.t.sf(abs(t), df)), abs=1e-4)
    assert found * t >= 0


@given(st.integers(1, 500), st.integers(0, 500), st.integers(0, 500), st.integers(1, 500))
def test_signed_root_deviance_is_that_of_g2_with_half_a_paper_moved(a: int, c: int, without: int, others: int):
    n, m = a + without, c + others
    expected = (a + c) * n / (n + m)
    found = evaluate(
        MACROS.signed_root_deviance("a", "n", "c", "m", "expected"), a=[a], n=[n], c=[c], m=[m], expected=[expected]
    )[0]
    if abs(a - expected) <= 0.5:
        assert found == 0
        return
    moved = a - 0.5 * (1 if a > expected else -1)
    table = [[moved, a + c - moved], [n - moved, m - a - c + moved]]
    g2 = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood").statistic
    assert found**2 == pytest.approx(g2, abs=1e-8)
    assert (found > 0) == (a > expected)


@given(st.integers(0, 300), st.integers(0, 300), st.floats(0.01, 0.99))
def test_signed_root_binomial_is_that_of_g2_with_half_a_paper_moved(count: int, others: int, share: float):
    total = count + others
    expected = total * share
    found = evaluate(
        MACROS.signed_root_binomial("count", "total", "expected"), count=[count], total=[total], expected=[expected]
    )[0]
    if abs(count - expected) <= 0.5:
        assert found == 0
        return
    moved = count - 0.5 * (1 if count > expected else -1)
    g2 = stats.power_divergence([moved, total - moved], [expected, total - expected], lambda_="log-likelihood")
    assert found**2 == pytest.approx(g2.statistic, abs=1e-8)
    assert (found > 0) == (count > expected)


@given(st.integers(0, 50), st.integers(50, 500), st.integers(0, 50), st.integers(50, 500))
def test_two_proportion_z(a: int, n: int, c: int, m: int):
    found = evaluate(MACROS.two_proportion_z("a", "n", "c", "m"), a=[a], n=[n], c=[c], m=[m])[0]
    if a + c == 0:
        assert found == 0
    elif a + c < n + m:
        table = [[a, c], [n - a, m - c]]
        assert found**2 == pytest.approx(stats.chi2_contingency(table, correction=False).statistic, abs=1e-8)
