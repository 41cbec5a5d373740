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
#: From so many on, months of the year are compared with their like.
SEASON_MONTHS = 24
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
#: Filled with the basis' name, the shuffles' first and last number, and what dates are shuffled within.
_NULL_TABLES = """
create schema intermediate; create schema marts;
create table intermediate.int_keywords__counted as select * from source.intermediate.int_keywords__counted;
create table marts.keywords as select keyword_id, keyword from source.marts.keywords;
create table intermediate.int_papers__texts as select * from source.intermediate.int_papers__texts;
create table numbered as
select paper_number, dated_on, {season} as season,
    row_number() over (partition by season order by paper_number) as place
from source.intermediate.int_papers__dated where date_basis = 'published' and stretch_number is not null;
-- A shuffle gives each paper the date of the one that drew its place.
create table intermediate.int_papers__dated as
select papers.paper_number, 'shuffle ' || shuffle as date_basis, dates.dated_on, 'day' as date_precision,
    0 as stretch_number
from (
    select paper_number, shuffle, season,
        row_number() over (
            partition by shuffle, season order by hash(paper_number::bigint * 1000003 + shuffle), paper_number
        ) as place
    from numbered, range({first}, {last}) as shuffles(shuffle)
) as papers
inner join numbered as dates on papers.place = dates.place and papers.season = dates.season;
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
#: Tests and calls of each scale in each shuffle: a scale's p values at most 0.05, and its verdicts.
_NULL_CALLS = """
select date_basis, 'window of days' as scale, count(p_value) as tests, sum((p_value < 0.05)::int) as nominal,
    sum((scale = 'window')::int) as called
from marts.keyword_trends_by_day group by 1
union all
select date_basis, 'spike of a day', count(spike_p_value), sum((spike_p_value < 0.05)::int),
    sum((scale = 'spike')::int)
from marts.keyword_trends_by_day group by 1
union all
select date_basis, 'window of weeks', count(p_value), sum((p_value < 0.05)::int), sum((scale = 'window')::int)
from marts.keyword_trends_by_week group by 1
union all
select date_basis, 'spike of a week', count(spike_p_value), sum((spike_p_value < 0.05)::int),
    sum((scale = 'spike')::int)
from marts.keyword_trends_by_week group by 1
union all
select date_basis, 'window of months', count(p_value), sum((p_value < 0.05)::int), sum((scale = 'window')::int)
from marts.keyword_trends_by_month group by 1
union all
select date_basis, 'spike of a month', count(spike_p_value), sum((spike_p_value < 0.05)::int),
    sum((scale = 'spike')::int)
from marts.keyword_trends_by_month group by 1
union all
select date_basis, 'year', count(p_value), sum((p_value < 0.05)::int), sum((direction is not null)::int)
from marts.keyword_trends_by_year group by 1
union all
select date_basis, 'drift of months', count(drift_q_value), 
    sum((drift_q_value is not null and mann_kendall_p < 0.05)::int),
    sum((drift in ('drifting_up', 'drifting_down'))::int)
from marts.keyword_lifecycles group by 1
"""
#: Those of all scales.
_NULL_MODELS = (
    "int_periods__counted",
    *(f"keyword_trends_by_{grain}" for grain in ("day", "week", "month", "year")),
    "keyword_lifecycles",
)
#: Papers of all shuffles that the models see at once, so that any corpus fits into memory.
_NULL_PAPERS = 100_000


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


def run_null(warehouse: Path, shuffles: int, say: Callable[[str], None], data: Path = DATA) -> str:
    """Shuffle the publication dates of a built warehouse's papers, and judge each shuffle as if it were a corpus.

    Once fully and once within the months of the year, so that seasons stay. Returns tests, nominal rate and calls of
    each scale, and the share of shuffles in which anything is called at any of them.

    Of a month that dates hold once, the second way changes nothing: in a corpus of less than two years what is called
    is the months' own difference, of which nobody can say whether it is a season. The table names such a corpus.
    """
    rows = []
    for name, season in (("fully", "0"), ("within months of the year", "month(dated_on)")):
        say(f"shuffling the dates {shuffles} times, {name}")
        calls = _count_null_calls(warehouse, shuffles, season, data)
        if season != "0" and _count_months(warehouse) < SEASON_MONTHS:
            name += " (under two years, most months as they are)"
        for (scale,), found in calls.group_by("scale", maintain_order=True):
            rows.append((f"{name}: {scale}", *_describe_null(found)))
        any_scale = calls.group_by("date_basis").agg(pl.col("tests", "nominal", "called").sum())
        rows.append((f"{name}: all scales", *_describe_null(any_scale)))
    return format_table(("shuffled", "tests", "p < 0.05", "calls", "shuffles with any call"), rows)


def _count_months(warehouse: Path) -> int:
    """Months from the first publication date of the series to the last."""
    with duckdb.connect(str(warehouse / "warehouse.duckdb"), read_only=True) as connection:
        return int(
            connection.execute(
                "select date_diff('month', min(dated_on), max(dated_on)) + 1 from intermediate.int_papers__dated "
                "where date_basis = 'published' and stretch_number is not null"
            ).fetchall()[0][0]
        )


def _count_null_calls(warehouse: Path, shuffles: int, season: str, data: Path) -> pl.DataFrame:
    """Calls of every shuffle and scale, some shuffles at a time."""
    found = []
    with duckdb.connect(str(warehouse / "warehouse.duckdb"), read_only=True) as connection:
        papers = connection.execute(
            "select count(*) from intermediate.int_papers__dated where date_basis = 'published'"
        ).fetchall()[0][0]
    at_once = max(1, _NULL_PAPERS // papers)
    for first in range(0, shuffles, at_once):
        folder = _fresh(data / "trends" / "null")
        folder.mkdir(parents=True)
        with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
            connection.execute(f"attach '{warehouse / 'warehouse.duckdb'}' as source (read_only)")
            connection.execute(_NULL_TABLES.format(season=season, first=first, last=min(shuffles, first + at_once)))
        run_models(folder, _NULL_MODELS)
        with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
            found.append(connection.execute(_NULL_CALLS).pl())
    return pl.concat(found)


def _describe_null(calls: pl.DataFrame) -> tuple[str, str, str, str]:
    tests, nominal, called = (int(calls[column].sum()) for column in ("tests", "nominal", "called"))
    wrong = calls.filter(pl.col("called") > 0)["date_basis"].n_unique()
    total = calls["date_basis"].n_unique()
    return f"{tests:,}", f"{nominal / max(1, tests):.4f}", f"{called:,}", f"{wrong} of {total} ({wrong / total:.1%})"


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
