"""Monthly series of keywords whose truth is known, put through the trend models that users run.

What belongs here: inventing series, writing them as the tables the trend models read, running or compiling those models
with dbt.
What is concluded from the outcome is `benchmarks.trends`.
"""

import os
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from benchmarks.measure import CommandFailed
from paperhouse.orchestration.dbt_project import prepare_project
from paperhouse.orchestration.dbt_run import run_dbt
from paperhouse.warehouse.folder import Warehouse
from paperhouse.warehouse.settings import MEMORY_VARIABLE

#: The models a benchmark of trends runs; everything they read is written by `write_series`.
MODELS = (
    "int_periods__counted",
    "keyword_trends_by_month",
    "keyword_trends_by_year",
    "keyword_bursts",
    "keyword_lifecycles",
)
#: Month 0 of every series.
FIRST_MONTH = "2022-01-01"
KINDS = ("step", "ramp", "burst", "spike", "fall", "seasonal", "drift")
RISES = ("step", "ramp", "burst", "drift")
SIZES = (1.5, 2.0, 3.0)
#: Months a ramp takes to its full height, and a burst lasts.
RAMP_MONTHS = 8
BURST_MONTHS = 4


@dataclass(frozen=True)
class Corpus:
    """Counts of keywords by month, and what is true of each keyword.

    counts: keywords x months; papers: per month; truth: one row per keyword (keyword, kind, size, onset, expected: its
    papers a month before any change); effects: keywords x months, the factor of its usual share. Months are numbered
    from 0.
    """

    name: str
    counts: np.ndarray
    papers: np.ndarray
    truth: pl.DataFrame
    effects: np.ndarray


def plant_corpus(
    name: str, papers_per_month: int, seed: int, months: int = 36, keywords: int = 3_000, wobble: float = 0.0
) -> Corpus:
    """Invent a corpus: a Zipf vocabulary of which at most a tenth does anything but stay what it is.

    wobble is the standard deviation of a keyword's share from month to month, as a part of it, on top of chance. Of the
    keywords expected in three papers a month or more every third, 270 at most, gets one of KINDS with one of SIZES; its
    onset lies between a third and two thirds of the way.
    """
    random = np.random.default_rng(seed)
    shares = np.minimum(0.12, 0.5 / np.arange(1, keywords + 1) ** 0.9)
    planted = np.flatnonzero(shares * papers_per_month >= 3)
    planted = np.sort(random.choice(planted, size=min(len(planted) // 3, 270), replace=False))
    random.shuffle(planted)
    effects = np.ones((keywords, months))
    kinds, sizes, onsets = np.full(keywords, "null", dtype=object), np.ones(keywords), np.full(keywords, -1)
    for number, keyword in enumerate(planted):
        kind, size = KINDS[number % len(KINDS)], SIZES[number // len(KINDS) % len(SIZES)]
        onset = int(random.integers(months // 3, 2 * months // 3))
        effects[keyword] = _shape(kind, size, onset, months)
        kinds[keyword], sizes[keyword], onsets[keyword] = kind, size, onset
    drifting = shares[:, None] * effects
    if wobble:
        drifting = drifting * random.gamma(wobble**-2, wobble**2, size=drifting.shape)
    counts = random.binomial(papers_per_month, np.minimum(drifting, 0.9))
    truth = pl.DataFrame(
        {
            "keyword": range(keywords),
            "kind": kinds.tolist(),
            "size": sizes,
            "onset": onsets,
            "expected": shares * papers_per_month,
        }
    )
    return Corpus(name, counts, np.full(months, papers_per_month), truth, effects)


def _shape(kind: str, size: float, onset: int, months: int) -> np.ndarray:
    """The factor by which a keyword's share differs from its usual one, by month."""
    after = np.arange(months) - onset
    match kind:
        case "step":
            return np.where(after >= 0, size, 1.0)
        case "fall":
            return np.where(after >= 0, 1 / size, 1.0)
        case "ramp":
            return 1 + (size - 1) * np.clip((after + 1) / RAMP_MONTHS, 0, 1)
        case "burst":
            return np.where((after >= 0) & (after < BURST_MONTHS), size, 1.0)
        case "spike":
            return np.where(after == 0, size, 1.0)
        case "drift":
            return size ** (np.arange(months) / (months - 1))
        case _:
            return 1 + (size - 1) / 2 * np.sin(2 * np.pi * after / 12)


def write_series(folder: Path, corpora: Sequence[Corpus]) -> None:
    """Write corpora as the tables the trend models read, each as a date basis of its own, into a new warehouse file."""
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute("create schema intermediate; create schema marts")
        papers = pl.concat(
            pl.DataFrame({"date_basis": corpus.name, "month": range(len(corpus.papers)), "paper_count": corpus.papers})
            for corpus in corpora
        )
        counts = pl.concat(
            pl.DataFrame(
                {
                    "date_basis": corpus.name,
                    "keyword": np.repeat(np.arange(corpus.counts.shape[0]), corpus.counts.shape[1]),
                    "month": np.tile(np.arange(corpus.counts.shape[1]), corpus.counts.shape[0]),
                    "paper_count": corpus.counts.ravel(),
                }
            ).filter(pl.col("paper_count") > 0)
            for corpus in corpora
        )
        connection.register("papers", papers.to_arrow())
        connection.register("counts", counts.to_arrow())
        connection.execute(_TABLES)


#: Papers are dated through all days of each month, so that every month is complete; counts are dated to its first day.
_TABLES = f"""
create macro first_day(month) as (date '{FIRST_MONTH}' + to_months(month::integer))::date;

create table intermediate.int_papers__dated as
select
    date_basis,
    (first_day(month) + ((number - 1) % day(last_day(first_day(month))))::integer)::date as dated_on,
    'day' as date_precision, 0 as stretch_number
from papers, unnest(range(1, paper_count + 1)) as numbers(number);

create table intermediate.int_keywords__dated as
select
    keyword::bigint as term_hash, date_basis, first_day(month) as dated_on, 'day' as date_precision,
    paper_count::integer as keyword_paper_count, 1 as first_paper_number
from counts;

create table intermediate.int_keywords__counted as
select distinct keyword::bigint as term_hash, 'k' || keyword as keyword_id, 1000 as paper_count from counts;

create table marts.keywords as
select keyword_id, keyword_id as keyword from intermediate.int_keywords__counted;

create table intermediate.int_papers__texts as select 'p1' as paper_id, 1 as paper_number;
"""


def run_models(folder: Path, models: Sequence[str] = MODELS) -> float:
    """Run trend models on the warehouse in a folder; returns the seconds dbt took inside its models.

    Raises CommandFailed with dbt's words where a model fails.
    """
    prepare_project()
    # As the file of so many papers, whose texts are not in this one, would grant them.
    os.environ.setdefault(MEMORY_VARIABLE, "3GB")
    done = run_dbt(Warehouse(folder), ["run", "--select", *models])
    if done.problem:
        raise CommandFailed(done.problem)
    return sum(result.seconds for result in done.results)


def compile_query(folder: Path, source: str) -> str:
    """A query that calls the project's macros, as dbt compiles it for the warehouse in a folder; nothing is run.

    Raises CommandFailed with dbt's words where it does not compile.
    """
    prepare_project()
    with redirect_stdout(StringIO()):
        done = run_dbt(Warehouse(folder), ["--quiet", "compile", "--inline", source])
    if done.problem:
        raise CommandFailed(done.problem)
    [compiled] = [result.sql for result in done.results if result.sql]
    return str(compiled)


def compile_models(folder: Path, models: Sequence[str]) -> dict[str, str]:
    """The queries of models as dbt compiles them for the warehouse in a folder, by name; nothing is run.

    Raises CommandFailed with dbt's words where one does not compile.
    """
    prepare_project()
    with redirect_stdout(StringIO()):  # dbt prints what it compiles, however quiet it is asked to be
        done = run_dbt(Warehouse(folder), ["--quiet", "compile", "--select", *models])
    if done.problem:
        raise CommandFailed(done.problem)
    return {result.name: result.sql for result in done.results if result.sql}
