"""Is anything called where nothing moves? Real papers under shuffled dates, judged by the queries of the trend models.

What belongs here: shuffles, and calls by scale. The queries are the models' own up to their verdicts, compiled by dbt
once; what is told of each is left out, so that hundreds of shuffles take minutes.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import polars as pl

from benchmarks.corpora import DATA
from benchmarks.series import compile_models, compile_query
from benchmarks.tables import format_table
from benchmarks.trends import fresh

#: From so many on, months of the year are compared with their like.
SEASON_MONTHS = 24
#: Papers of all shuffles that the models see at once, so that any corpus fits into memory.
_PAPERS_AT_ONCE = 100_000
#: In the order in which scales hand on their part of the error rate.
_GRAINS = ("year", "month", "week", "day")
_MODELS = ("int_periods__counted", "keyword_lifecycles")
#: What is read of the warehouse, once; season says what dates are shuffled within.
_SOURCES = """
create schema intermediate; create schema marts;
create table intermediate.int_keywords__counted as
select keyword_id, term_hash, paper_count from source.intermediate.int_keywords__counted;
create table marts.keywords as select keyword_id, keyword from source.marts.keywords;
create table intermediate.int_papers__texts as
select paper_id, paper_number from source.intermediate.int_papers__texts;
create table numbered as
select paper_number, dated_on, {season} as season,
    row_number() over (partition by season order by paper_number) as place
from source.intermediate.int_papers__dated where date_basis = 'published' and stretch_number is not null;
create table mentions as
select terms.term_hash, terms.paper_number
from source.intermediate.int_papers_keywords__mentioned as terms
inner join source.intermediate.int_keywords__counted as accepted on terms.term_hash = accepted.term_hash
inner join numbered on terms.paper_number = numbered.paper_number
where accepted.paper_count >= 10;
"""
#: Shuffles from first to last; each gives a paper the date of the one that drew its place.
_SHUFFLE = """
create or replace table intermediate.int_papers__dated as
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
create or replace table intermediate.int_keywords__dated as
select
    terms.term_hash, dated.date_basis, dated.dated_on, 'day' as date_precision,
    count(*)::integer as keyword_paper_count, min(terms.paper_number) as first_paper_number
from mentions as terms
inner join intermediate.int_papers__dated as dated on terms.paper_number = dated.paper_number
group by all;
"""
#: What is kept of a grain's verdicts, before a word is told of them: tests, and who calls.
_CALLERS = """
{{ verdict_series('GRAIN') }}
callers as (
    select date_basis, p_value, spike_p_value,
        case when verdict = 'spike' then 'spike' when verdict <> 'steady' then 'window' end as scale,
        case when verdict = 'falling' then 'down' when verdict <> 'steady' then 'up' end as direction
    from verdicts
)
select * from callers
"""
#: Of months the shares as well, of which drifts are made.
_MONTHS = """
{{ verdict_series('month') }}
callers as (
    select judged.keyword_id, '' as keyword, periods.date_basis,
        {{ period_start('periods.period_number', 'month') }} as period_start_on,
        judged.keyword_paper_count,
        {{ share('judged.keyword_paper_count', 'periods.period_paper_count') }} as keyword_share,
        verdicts.z_score, verdicts.p_value, verdicts.spike_p_value,
        case when verdict = 'spike' then 'spike' when verdict <> 'steady' then 'window' end as scale,
        case when verdict = 'falling' then 'down' when verdict <> 'steady' then 'up' end as direction
    from judged
    inner join periods on judged.calendar_number = periods.calendar_number
    left join verdicts
        on judged.series_number = verdicts.series_number and periods.period_number = verdicts.period_number
)
select * from callers
"""
#: Tests and calls of each scale in each shuffle: a scale's p values at most 0.05, and its verdicts.
_CALLS = """
select date_basis, '{scale} of {grain}s' as scale, count({p}) as tests, count(*) filter (where {p} < 0.05) as nominal,
    count(*) filter (where scale = '{scale}') as called
from marts.keyword_trends_by_{grain} group by 1
"""
#: A drift is called of keywords of five papers a month; the others need no pairs of months.
_MONTHS_OF_DRIFTS = """
delete from marts.keyword_trends_by_month where (date_basis, keyword_id) not in (
    select (date_basis, keyword_id)
    from (
        select date_basis, keyword_id, min(period_start_on) as first_on, sum(keyword_paper_count) as papers,
            count(direction) as calls
        from marts.keyword_trends_by_month group by all
    ) as series
    where calls > 0 or papers >= 5 * (
        select count(*) from intermediate.int_periods__counted as months
        where months.grain = 'month' and months.is_complete and months.period_paper_count >= 20
            and months.date_basis = series.date_basis
            and months.period_number >= date_diff('month', date '1970-01-01', series.first_on)
    )
)
"""
_DRIFTS = """
select date_basis, 'drift of months' as scale, count(drift_q_value) as tests,
    count(*) filter (where drift_q_value is not null and mann_kendall_p < 0.05) as nominal,
    count(*) filter (where drift in ('drifting_up', 'drifting_down')) as called
from ({lifecycles}) group by 1
"""


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
        calls = _count_calls(warehouse, shuffles, season, data, say)
        if season != "0" and _count_months(warehouse) < SEASON_MONTHS:
            name += " (under two years, most months as they are)"
        for (scale,), found in calls.group_by("scale", maintain_order=True):
            rows.append((f"{name}: {scale}", *_describe(found)))
        any_scale = calls.group_by("date_basis").agg(pl.col("tests", "nominal", "called").sum())
        rows.append((f"{name}: all scales", *_describe(any_scale)))
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


def _count_calls(warehouse: Path, shuffles: int, season: str, data: Path, say: Callable[[str], None]) -> pl.DataFrame:
    """Calls of every shuffle and scale, some shuffles at a time."""
    folder = fresh(data / "trends" / "null")
    folder.mkdir(parents=True)
    found, called = [], set[str]()
    with open_sources(warehouse, season) as connection:
        queries = compile_null(folder)
        papers = connection.execute("select count(*) from numbered").fetchall()[0][0]
        at_once = max(1, _PAPERS_AT_ONCE // papers)
        for first in range(0, shuffles, at_once):
            last = min(shuffles, first + at_once)
            connection.execute(_SHUFFLE.format(first=first, last=last))
            found.append(_judge(connection, queries))
            called |= set(found[-1].filter(pl.col("called") > 0)["date_basis"])
            if last // 20 > first // 20 or last == shuffles:
                say(f"{last} shuffles: {len(called)} with any call")
    return pl.concat(found)


def compile_null(folder: Path) -> dict[str, str]:
    """The queries that judge a shuffle, by the model they stand for; the folder is dbt's own."""
    queries = compile_models(folder, _MODELS)
    for grain in _GRAINS:
        source = _MONTHS if grain == "month" else _CALLERS.replace("GRAIN", grain)
        queries[f"keyword_trends_by_{grain}"] = compile_query(folder, source)
    return queries


def open_sources(warehouse: Path, season: str) -> duckdb.DuckDBPyConnection:
    """What the models read of a built warehouse, in memory: what each shuffle writes over is never packed for a disk.

    season: SQL over dated_on that says what dates are shuffled within.
    """
    connection = duckdb.connect()
    # The compiled queries name the file that they are for.
    connection.execute("attach ':memory:' as warehouse; use warehouse; set preserve_insertion_order = false")
    # Several threads take twice the processor's time for tables of this size.
    connection.execute("set threads = 1")
    connection.execute(f"attach '{warehouse / 'warehouse.duckdb'}' as source (read_only)")
    connection.execute(_SOURCES.format(season=season))
    connection.execute("detach source")
    return connection


def _judge(connection: duckdb.DuckDBPyConnection, queries: Mapping[str, str]) -> pl.DataFrame:
    """Tests and calls of every scale of the shuffles that lie in the file."""
    connection.execute(
        f"create or replace table intermediate.int_periods__counted as {queries['int_periods__counted']}"
    )
    found = []
    for grain in _GRAINS:
        name = f"keyword_trends_by_{grain}"
        connection.execute(f"create or replace table marts.{name} as {queries[name]}")
        for scale, p in (("window", "p_value"), ("spike", "spike_p_value")):
            if (grain, scale) != ("year", "spike"):
                found.append(connection.execute(_CALLS.format(grain=grain, scale=scale, p=p)).pl())
    connection.execute(_MONTHS_OF_DRIFTS)
    found.append(connection.execute(_DRIFTS.format(lifecycles=queries["keyword_lifecycles"])).pl())
    return pl.concat(found)


def _describe(calls: pl.DataFrame) -> tuple[str, str, str, str]:
    tests, nominal, called = (int(calls[column].sum()) for column in ("tests", "nominal", "called"))
    wrong = calls.filter(pl.col("called") > 0)["date_basis"].n_unique()
    total = calls["date_basis"].n_unique()
    return f"{tests:,}", f"{nominal / max(1, tests):.4f}", f"{called:,}", f"{wrong} of {total} ({wrong / total:.1%})"
