"""Are verdicts and bursts right? Planted changes beside references, and the cost.

Series are invented (`benchmarks.series`); the verdicts come out of the dbt models users run. Real papers under shuffled
dates are `benchmarks.trend_null`.
"""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from benchmarks.corpora import DATA
from benchmarks.peers.trend_references import find_bursts, test_drift
from benchmarks.series import KINDS, RISES, SIZES, Corpus, plant_corpus, run_models, write_series
from benchmarks.tables import format_table

#: Papers a month, and how much shares wobble on top of chance.
SCENARIOS = tuple((papers, wobble) for papers in (500, 2_000, 20_000) for wobble in (0.0, 0.05))
SEEDS = (1, 2)
#: What is compared with what: trend_recent_months and trend_window_months of dbt_project.yml.
RECENT_MONTHS = 3
WINDOW_MONTHS = 9
#: A change counts as found if it is called within a year of its onset.
PATIENCE_MONTHS = 12
#: Planted keywords by the papers a month they had before.
SUPPORTS = ((3, 10), (10, 30), (30, float("inf")))
DISCOVERY_RATE = 0.05

_VERDICTS = """
select date_basis as corpus, substr(keyword_id, 2)::bigint as keyword, verdict,
    if(direction = 'up', 1, -1) as sign, abs(z_score) as strength,
    date_diff('month', date '2022-01-01', period_start_on) as month,
    date_diff('month', date '2022-01-01', since_on) as since
from marts.keyword_trends_by_month where direction is not null
"""
_LIFECYCLES = """
select date_basis as corpus, substr(keyword_id, 2)::bigint as keyword, rise_q, drift from marts.keyword_lifecycles
"""
_YEARS = """
select date_basis as corpus, substr(keyword_id, 2)::bigint as keyword, if(direction = 'up', 1, -1) as sign,
    year(period_start_on) - 2022 as year
from marts.keyword_trends_by_year where direction is not null
"""
_BURSTS = """
select date_basis as corpus, substr(keyword_id, 2)::bigint as keyword, q_value,
    date_diff('month', date '2022-01-01', onset_on) as month
from marts.keyword_bursts
"""


def run_planted(say: Callable[[str], None], data: Path = DATA) -> str:
    """Plant changes in corpora of every scenario and seed; returns the tables of what was found, by whom, and when."""
    folder = fresh(data / "trends" / "planted")
    corpora = [
        plant_corpus(f"{papers}|{wobble}|{seed}", papers, seed, wobble=wobble)
        for papers, wobble in SCENARIOS
        for seed in SEEDS
    ]
    say(f"writing {len(corpora)} corpora of {len(corpora[0].truth):,} keywords and 36 months")
    write_series(folder, corpora)
    say("running the trend models")
    run_models(folder)
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
        verdicts, bursts = connection.execute(_VERDICTS).pl(), connection.execute(_BURSTS).pl()
        lives, years = connection.execute(_LIFECYCLES).pl(), connection.execute(_YEARS).pl()
    say("running the references on the same series")
    truth = pl.concat(corpus.truth.with_columns(corpus=pl.lit(corpus.name)) for corpus in corpora)
    drifts, kleinberg = _run_references(corpora)
    false = _find_false(corpora, verdicts, years, lives)
    return "\n\n".join(
        (
            "Keywords found to rise, and false discoveries: verdicts whose expected share is not above (or below)"
            " that of what they compare with",
            _discovery_table(truth, verdicts, years, lives, bursts, drifts, kleinberg, false),
            "Recall of a change within a year, by what was planted, its size and the papers a month before it",
            _recall_table(truth, verdicts, lives, bursts, drifts, kleinberg),
        )
    )


def run_cost(papers: Iterable[int], say: Callable[[str], None], data: Path = DATA) -> str:
    """Time the models on 120 months and a vocabulary that grows with the root of the papers, as vocabularies do."""
    rows = []
    for count in papers:
        folder = fresh(data / "trends" / "cost")
        keywords = int(20 * count**0.5)
        write_series(folder, [plant_corpus("published", count // 120, 1, months=120, keywords=keywords)])
        say(f"running the trend models on {count:,} papers and {keywords:,} keywords")
        seconds = run_models(folder)
        rows.append((f"{count:,}", f"{keywords:,}", f"{seconds:.1f} s", f"{1e6 * seconds / count:.0f} µs"))
    return format_table(("papers", "keywords", "trend models", "per paper"), rows)


def fresh(folder: Path) -> Path:
    """The folder's path, and nothing there."""
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def _run_references(corpora: list[Corpus]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Mann-Kendall's p, corrected over each corpus, and Kleinberg's bursts, of every keyword of a series of its own."""
    drifts, bursts = [], []
    for corpus in corpora:
        found = []
        for keyword in np.flatnonzero(corpus.counts.sum(axis=1) >= 10):
            counts = corpus.counts[keyword]
            _, z, p, _ = test_drift((counts / corpus.papers).tolist())
            found.append((corpus.name, int(keyword), z, p))
            for burst in find_bursts(counts.tolist(), corpus.papers.tolist()):
                bursts.append((corpus.name, int(keyword), burst.start))
        frame = pl.DataFrame(found, schema=["corpus", "keyword", "z", "p"], orient="row").sort("p")
        rank = pl.int_range(1, pl.len() + 1)
        q = (pl.col("p") * pl.len() / rank).reverse().cum_min().reverse()
        drifts.append(frame.with_columns(q=q))
    return pl.concat(drifts), pl.DataFrame(bursts, schema=["corpus", "keyword", "month"], orient="row")


def _find_false(
    corpora: list[Corpus], verdicts: pl.DataFrame, years: pl.DataFrame, lives: pl.DataFrame
) -> pl.DataFrame:
    """Calls of each scale, and whether what was planted says otherwise: corpus, scale, is_false."""
    keys = ["corpus", "keyword"]
    changes = _expect_changes(corpora)
    is_wrong = pl.col("change").fill_null(0) != pl.col("sign")
    return pl.concat(
        [
            *(
                verdicts.filter((pl.col("verdict") == "spike") == (scale == "spike"))
                .join(changes.filter(scale=scale), on=[*keys, "month"], how="left")
                .select("corpus", scale=pl.lit(scale), is_false=is_wrong)
                for scale in ("window", "spike")
            ),
            years.with_columns(month=pl.col("year") * 12)
            .join(changes.filter(scale="year"), on=[*keys, "month"], how="left")
            .select("corpus", scale=pl.lit("year"), is_false=is_wrong),
            lives.filter(pl.col("drift").str.starts_with("drifting"))
            .join(changes.select(keys).unique().with_columns(is_planted=True), on=keys, how="left")
            .select("corpus", scale=pl.lit("drift"), is_false=pl.col("is_planted").is_null()),
        ]
    )


def _expect_changes(corpora: list[Corpus]) -> pl.DataFrame:
    """Sign of the change that was planted between the sides of each scale, where there is one.

    One row per corpus, keyword, scale (window, spike, year) and month, of years the first.
    """
    found = []
    for corpus in corpora:
        changing = np.flatnonzero(corpus.effects.min(axis=1) != corpus.effects.max(axis=1))
        effects = corpus.effects[changing]
        months = effects.shape[1]
        sides = [
            ("window", month, month - RECENT_MONTHS + 1, WINDOW_MONTHS, 1) for month in range(RECENT_MONTHS, months)
        ]
        sides += [("spike", month, month, WINDOW_MONTHS, 1) for month in range(1, months)]
        sides += [("year", month, month, 12, 12) for month in range(12, months, 12)]
        for scale, month, first, window, length in sides:
            recent = effects[:, first : month + length].mean(axis=1)
            before = effects[:, max(0, first - window) : first].mean(axis=1)
            change = np.where(np.isclose(recent, before, rtol=1e-9), 0, np.sign(recent - before))
            found.append(
                pl.DataFrame(
                    {"corpus": corpus.name, "scale": scale, "keyword": changing, "month": month, "change": change}
                ).cast({"keyword": pl.Int64, "month": pl.Int64, "change": pl.Float64})
            )
    return pl.concat(found)


def _discovery_table(
    truth: pl.DataFrame,
    verdicts: pl.DataFrame,
    years: pl.DataFrame,
    lives: pl.DataFrame,
    bursts: pl.DataFrame,
    drifts: pl.DataFrame,
    kleinberg: pl.DataFrame,
    false: pl.DataFrame,
) -> str:
    # A seasonal keyword rises every year; it is right to find it, and no part of the goal. One month is the spike's.
    rises = truth.with_columns(rose=pl.col("kind").is_in([*RISES, "spike", "seasonal"]))
    scales = {"verdict, up": "window", "verdict spike": "spike", "year": "year", "drifting_up": "drift"}
    finders = {
        "verdict, up": verdicts.filter(pl.col("sign") > 0),
        "verdict spike": verdicts.filter(pl.col("verdict") == "spike"),
        "year": years.filter(pl.col("sign") > 0),
        "drifting_up": lives.filter(pl.col("drift") == "drifting_up"),
        "lifecycle, rise_q <= 0.05": lives.filter(pl.col("rise_q") <= DISCOVERY_RATE),
        "burst with q": bursts.filter(pl.col("q_value").is_not_null()),
        "Kleinberg's automaton": kleinberg,
        "Mann-Kendall, q <= 0.05": drifts.filter((pl.col("q") <= DISCOVERY_RATE) & (pl.col("z") > 0)),
    }
    rows = []
    for papers, wobble in SCENARIOS:
        mine = pl.col("corpus").str.starts_with(f"{papers}|{wobble}|")
        calls = false.filter(mine)
        keywords = rises.filter(mine)
        goal = keywords.filter(pl.col("kind").is_in(RISES) & (pl.col("expected") >= 30) & (pl.col("size") >= 2))
        for finder, found in finders.items():
            mine_false = calls.filter(scale=scales.get(finder, ""))
            hits = keywords.join(found.select("corpus", "keyword").unique(), on=["corpus", "keyword"], how="semi")
            rows.append(
                (
                    f"{papers:,} papers a month, wobble {wobble:.0%}: {finder}",
                    f"{len(hits):,}",
                    f"{_mean(hits['rose']):.3f}",
                    f"{_share(goal, hits):.2f} of {len(goal)}",
                    f"{_mean(mine_false['is_false']):.3f} of {len(mine_false):,}" if finder in scales else "",
                )
            )
    return format_table(
        ("", "keywords found", "precision", "recall, doubled at 30+", "false verdicts of the scale"), rows
    )


def _mean(values: pl.Series) -> float:
    """The mean as a number; 0 without values."""
    return float(values.cast(pl.Float64).mean() or 0.0)  # type: ignore[arg-type]


def _share(wanted: pl.DataFrame, found: pl.DataFrame) -> float:
    if wanted.is_empty():
        return float("nan")
    return len(wanted.join(found, on=["corpus", "keyword"], how="semi")) / len(wanted)


def _recall_table(
    truth: pl.DataFrame,
    verdicts: pl.DataFrame,
    lives: pl.DataFrame,
    bursts: pl.DataFrame,
    drifts: pl.DataFrame,
    kleinberg: pl.DataFrame,
) -> str:
    rows = []
    for kind in KINDS:
        for size in SIZES:
            for low, high in SUPPORTS:
                planted = truth.filter(
                    (pl.col("kind") == kind)
                    & (pl.col("size") == size)
                    & pl.col("expected").is_between(low, high, "left")
                )
                if planted.is_empty():
                    continue
                sign = -1 if kind == "fall" else 1
                ours = _first_after(planted, verdicts.filter(sign=sign))
                called = lives.filter(drift="drifting_down" if kind == "fall" else "drifting_up")
                drift = drifts.filter(
                    (pl.col("q") <= DISCOVERY_RATE) & ((pl.col("z") < 0) if kind == "fall" else (pl.col("z") > 0))
                )
                onsets = _nearest(planted, bursts.filter(pl.col("q_value").is_not_null()))
                theirs = _nearest(planted, kleinberg)
                rows.append(
                    (
                        f"{kind} x {size:g}, {low} {'or more' if high == float('inf') else f'to {high:g}'}",
                        f"{len(planted)}",
                        f"{len(ours) / len(planted):.2f}",
                        f"{_mean(ours['delay']):.1f}" if len(ours) else "",
                        f"{_mean(ours['error'] <= 1):.2f}" if len(ours) else "",
                        f"{_share(planted, called):.2f}",
                        f"{_share(planted, drift):.2f}",
                        f"{len(onsets) / len(planted):.2f}",
                        f"{_mean(onsets['error'] <= 1):.2f}" if len(onsets) else "",
                        f"{len(theirs) / len(planted):.2f}",
                        f"{_mean(theirs['error'] <= 1):.2f}" if len(theirs) else "",
                    )
                )
    return format_table(
        (
            "planted",
            "keywords",
            "verdict",
            "delay, months",
            "since within 1",
            "drift",
            "Mann-Kendall",
            "burst with q",
            "onset within 1",
            "Kleinberg",
            "onset within 1",
        ),
        rows,
    )


def _first_after(planted: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """Delay of each planted keyword's first call within a year of its onset; how far off the strongest one dates it."""
    delay, error = pl.col("month") - pl.col("onset"), (pl.col("since") - pl.col("onset")).abs()
    found = planted.join(calls, on=["corpus", "keyword"]).with_columns(delay=delay, error=error)
    return (
        found.filter(pl.col("delay").is_between(0, PATIENCE_MONTHS))
        .group_by("corpus", "keyword")
        .agg(pl.min("delay"), pl.col("error").sort_by("strength", "month").last())
    )


def _nearest(planted: pl.DataFrame, bursts: pl.DataFrame) -> pl.DataFrame:
    """How far, in months, the nearest burst of each planted keyword starts from its onset; a year at most."""
    error = (pl.col("month") - pl.col("onset")).abs().alias("error")
    found = planted.join(bursts, on=["corpus", "keyword"]).with_columns(error)
    return found.filter(pl.col("error") <= PATIENCE_MONTHS).group_by("corpus", "keyword").agg(pl.min("error"))
