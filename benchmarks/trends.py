"""Are verdicts and bursts right? Planted changes beside references, a null made of real dates, and the cost.

Series are invented (`benchmarks.series`) or, for the null, real; the verdicts come out of the dbt models users run.
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
select date_basis as corpus, substr(keyword_id, 2)::bigint as keyword, verdict, z_score, abs(z_score) as strength,
    date_diff('month', date '2022-01-01', period_start_on) as month,
    date_diff('month', date '2022-01-01', since_on) as since
from marts.keyword_trends_by_month where verdict in ('rising', 'new', 'falling')
"""
_LIFECYCLES = """
select date_basis as corpus, substr(keyword_id, 2)::bigint as keyword from marts.keyword_lifecycles
where rise_q <= 0.05
"""
_BURSTS = """
select date_basis as corpus, substr(keyword_id, 2)::bigint as keyword, q_value,
    date_diff('month', date '2022-01-01', onset_on) as month
from marts.keyword_bursts
"""
_NULL_TABLES = """
create schema intermediate; create schema marts;
create table intermediate.int_keywords__counted as select * from source.intermediate.int_keywords__counted;
create table marts.keywords as select keyword_id, keyword from source.marts.keywords;
create table intermediate.int_papers__texts as select * from source.intermediate.int_papers__texts;
create table numbered as
select paper_number, dated_on, row_number() over (order by paper_number) as place
from source.intermediate.int_papers__dated where date_basis = 'published';
-- A shuffle gives each paper the date of the one that drew its place.
create table intermediate.int_papers__dated as
select papers.paper_number, 'shuffle ' || shuffle as date_basis, dates.dated_on, 'day' as date_precision,
    0 as stretch_number
from (
    select paper_number, shuffle,
        row_number() over (
            partition by shuffle order by hash(paper_number::bigint * 1000003 + shuffle), paper_number
        ) as place
    from numbered, range($shuffles) as shuffles(shuffle)
) as papers
inner join numbered as dates on papers.place = dates.place;
create table intermediate.int_keywords__dated as
select
    terms.term_hash, dated.date_basis, dated.dated_on, dated.date_precision, count(*)::integer as keyword_paper_count,
    min(terms.paper_number) as first_paper_number
from source.intermediate.int_papers_keywords__mentioned as terms
inner join source.intermediate.int_keywords__counted as accepted on terms.term_hash = accepted.term_hash
inner join intermediate.int_papers__dated as dated on terms.paper_number = dated.paper_number
where accepted.paper_count >= 10
group by all;
"""
_NULL_RATES = """
with tested as (
    select *,
        (recent_keyword_paper_count + previous_keyword_paper_count) * recent_paper_count
            / (recent_paper_count + previous_paper_count) as expected
    from marts.keyword_trends_by_month where p_value is not null
)
select
    case when expected < 5 then '2.5-5' when expected < 10 then '5-10' when expected < 30 then '10-30' else '30+' end
        as support,
    min(expected) as least, count(*) as tests, avg((p_value < 0.05)::int) as nominal,
    avg((verdict in ('rising', 'new', 'falling'))::int) as called
from tested group by rollup (support) order by grouping(support), least
"""


def run_planted(say: Callable[[str], None], data: Path = DATA) -> str:
    """Plant changes in corpora of every scenario and seed; returns the tables of what was found, by whom, and when."""
    folder = _fresh(data / "trends" / "planted")
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
        risen = connection.execute(_LIFECYCLES).pl()
    say("running the references on the same series")
    truth = pl.concat(corpus.truth.with_columns(corpus=pl.lit(corpus.name)) for corpus in corpora)
    drifts, kleinberg = _run_references(corpora)
    false = verdicts.join(_expect_changes(corpora), on=["corpus", "keyword", "month"], how="left").select(
        "corpus", is_false=pl.col("change").fill_null(0) != pl.col("z_score").sign()
    )
    return "\n\n".join(
        (
            "Keywords found to rise, and false discoveries: verdicts of months in which the expected share of the"
            " recent months is not above (rising) or below (falling) that of the window",
            _discovery_table(truth, verdicts, risen, bursts, drifts, kleinberg, false),
            "Recall of a change within a year, by what was planted, its size and the papers a month before it",
            _recall_table(truth, verdicts, bursts, drifts, kleinberg),
        )
    )


def run_null(warehouse: Path, shuffles: int, say: Callable[[str], None], data: Path = DATA) -> str:
    """Shuffle the publication dates of a built warehouse's papers; returns how many tests and verdicts that leaves."""
    folder = _fresh(data / "trends" / "null")
    folder.mkdir(parents=True)
    say(f"shuffling the dates {shuffles} times")
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute(f"attach '{warehouse / 'warehouse.duckdb'}' as source (read_only)")
        for statement in _NULL_TABLES.split(";\n"):
            connection.execute(statement, {"shuffles": shuffles} if "$shuffles" in statement else None)
    say("running the trend models")
    run_models(folder)
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
        rows = connection.execute(_NULL_RATES).fetchall()
    return format_table(
        ("papers expected", "tests", "p < 0.05", "called rising, new or falling"),
        [
            (support or "all", f"{tests:,}", f"{nominal:.4f}", f"{called:.6f}")
            for support, _, tests, nominal, called in rows
        ],
    )


def run_cost(papers: Iterable[int], say: Callable[[str], None], data: Path = DATA) -> str:
    """Time the models on 120 months and a vocabulary that grows with the root of the papers, as vocabularies do."""
    rows = []
    for count in papers:
        folder = _fresh(data / "trends" / "cost")
        keywords = int(20 * count**0.5)
        write_series(folder, [plant_corpus("published", count // 120, 1, months=120, keywords=keywords)])
        say(f"running the trend models on {count:,} papers and {keywords:,} keywords")
        seconds = run_models(folder)
        rows.append((f"{count:,}", f"{keywords:,}", f"{seconds:.1f} s", f"{1e6 * seconds / count:.0f} µs"))
    return format_table(("papers", "keywords", "trend models", "per paper"), rows)


def _fresh(folder: Path) -> Path:
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


def _expect_changes(corpora: list[Corpus]) -> pl.DataFrame:
    """Sign of the change from the window to the recent months that was planted, where there is one; a row each."""
    found = []
    for corpus in corpora:
        changing = np.flatnonzero(corpus.effects.min(axis=1) != corpus.effects.max(axis=1))
        effects = corpus.effects[changing]
        for month in range(RECENT_MONTHS, effects.shape[1]):
            first = month - RECENT_MONTHS + 1
            recent = effects[:, first : month + 1].mean(axis=1)
            window = effects[:, max(0, first - WINDOW_MONTHS) : first].mean(axis=1)
            change = np.where(np.isclose(recent, window, rtol=1e-9), 0, np.sign(recent - window))
            found.append(
                pl.DataFrame({"corpus": corpus.name, "keyword": changing, "month": month, "change": change}).cast(
                    {"keyword": pl.Int64, "month": pl.Int64, "change": pl.Float64}
                )
            )
    return pl.concat(found)


def _discovery_table(
    truth: pl.DataFrame,
    verdicts: pl.DataFrame,
    risen: pl.DataFrame,
    bursts: pl.DataFrame,
    drifts: pl.DataFrame,
    kleinberg: pl.DataFrame,
    false: pl.DataFrame,
) -> str:
    # A seasonal keyword rises every year; it is right to find it, and no part of the goal.
    rises = truth.with_columns(rose=pl.col("kind").is_in([*RISES, "seasonal"]))
    finders = {
        "verdict rising or new": verdicts.filter(pl.col("verdict") != "falling"),
        "lifecycle, rise_q <= 0.05": risen,
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
            hits = keywords.join(found.select("corpus", "keyword").unique(), on=["corpus", "keyword"], how="semi")
            rows.append(
                (
                    f"{papers:,} papers a month, wobble {wobble:.0%}: {finder}",
                    f"{len(hits):,}",
                    f"{_mean(hits['rose']):.3f}",
                    f"{_share(goal, hits):.2f} of {len(goal)}",
                    f"{_mean(calls['is_false']):.3f} of {len(calls):,}" if finder.startswith("verdict") else "",
                )
            )
    return format_table(("", "keywords found", "precision", "recall, doubled at 30+", "false monthly verdicts"), rows)


def _mean(values: pl.Series) -> float:
    """The mean as a number; 0 without values."""
    return float(values.cast(pl.Float64).mean() or 0.0)  # type: ignore[arg-type]


def _share(wanted: pl.DataFrame, found: pl.DataFrame) -> float:
    if wanted.is_empty():
        return float("nan")
    return len(wanted.join(found, on=["corpus", "keyword"], how="semi")) / len(wanted)


def _recall_table(
    truth: pl.DataFrame, verdicts: pl.DataFrame, bursts: pl.DataFrame, drifts: pl.DataFrame, kleinberg: pl.DataFrame
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
                right = ["falling"] if kind == "fall" else ["rising", "new"]
                ours = _first_after(planted, verdicts.filter(pl.col("verdict").is_in(right)))
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
