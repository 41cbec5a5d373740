"""Statistics of the trend models against reference libraries, on random series put through the models themselves."""

from math import log, sqrt
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pymannkendall
import pytest
from scipy import stats

from benchmarks.series import Corpus, run_models, write_series

#: Tables are rounded to ten decimals.
EXACT = 1e-9
#: trend_prior_papers of dbt_project.yml.
PRIOR_PAPERS = 20


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random months of random keywords, few papers (and so ties) and many, drifting and not; the models' tables."""
    random = np.random.default_rng(6)
    corpora = []
    for number in range(4):
        months = int(random.integers(14, 40))
        papers = random.integers(*random.choice([[20, 60], [100, 900], [2_000, 9_000]]), size=months)
        shares = random.beta(0.5, 4, size=(80, 1)) * np.exp(random.normal(0, 0.03, size=(80, 1)) * np.arange(months))
        counts = random.binomial(papers, np.minimum(shares, 0.95))
        corpora.append(Corpus(f"basis {number}", counts, papers, pl.DataFrame(), np.ones(counts.shape)))
    folder = tmp_path_factory.mktemp("series") / "warehouse"
    write_series(folder, corpora)
    run_models(folder)
    return folder / "warehouse.duckdb"


def read(series: Path, query: str) -> pl.DataFrame:
    with duckdb.connect(str(series), read_only=True) as connection:
        return connection.execute(query).pl()


def test_shares_have_the_wilson_interval(series: Path):
    rows = read(series, "select distinct keyword_paper_count k, period_paper_count n, share_low, share_high "
                        "from marts.keyword_trends_by_month where period_paper_count > 0").to_dicts()  # fmt: skip
    assert len(rows) > 1_000
    for row in rows:
        low, high = stats.binomtest(row["k"], row["n"]).proportion_ci(0.95, method="wilson")
        assert (row["share_low"], row["share_high"]) == pytest.approx((low, high), abs=EXACT)


def test_change_is_the_log_odds_with_a_dirichlet_prior(series: Path):
    # Monroe, Colaresi and Quinn (2008), equations 15, 18 and 22 for one word against all others.
    totals = read(
        series,
        "select date_basis, 'k' || term_hash as keyword_id, sum(keyword_paper_count) as total, basis_paper_count "
        "from intermediate.int_keywords__dated inner join (select distinct date_basis, basis_paper_count "
        "from intermediate.int_periods__counted where grain = 'month') using (date_basis) group by all",
    )
    rows = read(series, "select * from marts.keyword_trends_by_month where z_score is not null")
    rows = rows.join(totals, on=["date_basis", "keyword_id"])
    assert rows.height > 1_000
    for row in rows.iter_rows(named=True):
        prior = PRIOR_PAPERS * (float(row["total"]) + 0.5) / (float(row["basis_paper_count"]) + 1)
        sides = []
        for side in ("recent", "previous"):
            count, papers = row[f"{side}_keyword_paper_count"], row[f"{side}_paper_count"]
            sides.append((count + prior, papers - count + PRIOR_PAPERS - prior))
        (now, not_now), (before, not_before) = sides
        difference = log(now / not_now) - log(before / not_before)
        variance = 1 / now + 1 / not_now + 1 / before + 1 / not_before
        assert row["log_odds_difference"] == pytest.approx(difference, abs=EXACT)
        assert row["z_score"] == pytest.approx(difference / sqrt(variance + row["excess_variance"]), abs=EXACT)


def test_p_is_two_sided_and_q_is_benjamini_and_hochbergs(series: Path):
    rows = read(series, "select * from marts.keyword_trends_by_month where z_score is not null")
    assert np.abs(rows["p_value"] - 2 * stats.norm.sf(rows["z_score"].abs())).max() < EXACT
    families = rows.partition_by("date_basis", "period_start_on")
    assert len(families) > 40
    for family in families:
        # q is made of unrounded p: the last decimal of a printed one is multiplied by the tests of the family.
        expected = stats.false_discovery_control(family["p_value"], method="bh")
        assert np.abs(family["q_value"] - expected).max() < 1e-7


def test_drift_is_mann_kendalls_and_sens(series: Path):
    shares = read(
        series,
        "select date_basis, keyword_id, list(keyword_share order by period_start_on) as shares "
        "from marts.keyword_trends_by_month where is_complete and period_paper_count >= 20 group by all",
    )
    rows = read(series, "select * from marts.keyword_lifecycles where mann_kendall_p is not null")
    rows = rows.join(shares, on=["date_basis", "keyword_id"])
    assert rows.height > 200
    assert any(len(set(shares)) < len(shares) for shares in rows["shares"].to_list())
    for row in rows.iter_rows(named=True):
        found = pymannkendall.original_test(row["shares"])
        assert row["mann_kendall_s"] == found.s
        assert row["mann_kendall_z"] == pytest.approx(found.z, abs=EXACT)
        assert row["mann_kendall_p"] == pytest.approx(found.p, abs=EXACT)
        assert row["sen_slope"] == pytest.approx(found.slope, abs=EXACT)
        assert row["sen_slope"] == pytest.approx(stats.theilslopes(row["shares"]).slope, abs=EXACT)
    q = rows.select("date_basis", "mann_kendall_p", "mann_kendall_q").partition_by("date_basis")
    for family in q:
        expected = stats.false_discovery_control(family["mann_kendall_p"], method="bh")
        assert np.abs(family["mann_kendall_q"] - expected).max() < 1e-7


def test_ever_risen_is_simes_and_benjamini_and_hochbergs(series: Path):
    months = read(series, "select * from marts.keyword_trends_by_month where p_value is not null")
    rows = read(series, "select * from marts.keyword_lifecycles where rise_p is not null")
    assert rows.height > 100
    families = rows.partition_by("date_basis", as_dict=True)
    sides = dict(iter(months.group_by("date_basis", "keyword_id")))
    for family in families.values():
        for direction, sign in (("rise", 1), ("fall", -1)):
            expected = []
            for row in family.iter_rows(named=True):
                z = sides[row["date_basis"], row["keyword_id"]]["z_score"] * sign
                # The smallest of p values that are corrected as if each were one of a family is Simes' p.
                expected.append(stats.false_discovery_control(stats.norm.sf(z), method="bh").min())
            assert np.abs(family[f"{direction}_p"] - np.array(expected)).max() < 1e-8
            assert np.abs(family[f"{direction}_q"] - stats.false_discovery_control(expected, method="bh")).max() < 1e-7
