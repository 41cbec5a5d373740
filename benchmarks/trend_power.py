"""How much of what moves is called: verdicts of a built warehouse beside literal counts and known histories.

What belongs here: two-proportion z of papers counted from `marts.keyword_mentions`, as anyone would count them, and
whether a verdict says the same. Error rates are `benchmarks.trends`.
"""

import json
from pathlib import Path

import duckdb

from benchmarks.tables import format_table

#: Literal changes at least this strong should be called; those at least WEAK are shown beside them.
STRONG = 5.0
WEAK = 3.0
#: A comparison is seasonal where the same periods of a year before do not differ from the recent ones as well.
SEASON_Z = 1.6449

_COUNTS = """
create temp table papers as
select papers.paper_id, date_diff('{grain}', date '1970-01-01', dated.dated_on) as period
from intermediate.int_papers__dated as dated
inner join intermediate.int_papers__texts as papers on dated.paper_number = papers.paper_number
where dated.date_basis = '{basis}' and dated.stretch_number is not null
    and ('{grain}' = 'year' or dated.date_precision in ('day', 'month'));
create temp table found as
select mentions.keyword_id, papers.period, count(distinct mentions.paper_id)::double as keyword_papers
from marts.keyword_mentions as mentions inner join papers on mentions.paper_id = papers.paper_id
group by all
having keyword_id in (select keyword_id from marts.keywords where paper_count >= 5);
create temp table calendar as
select period, count(paper_id)::double as papers
from range((select min(period) from papers), (select max(period) + 1 from papers)) as periods(period)
left join papers using (period) group by period;
"""
#: Sides as the verdicts compare them, and the recent periods one and two years before.
_SERIES = """
create temp table compared as
with series as (
    select keyword_id, period, papers, coalesce(keyword_papers, 0) as keyword_papers
    from (select distinct keyword_id from found) cross join calendar left join found using (keyword_id, period)
)
select
    keyword_id, period,
    {sides}
from series
window keyword as (partition by keyword_id order by period)
"""
_Z = (
    "({a} / {n} - {b} / {m})"
    " / nullif(sqrt(({a} + {b}) / ({n} + {m}) * (1 - ({a} + {b}) / ({n} + {m})) * (1 / {n} + 1 / {m})), 0)"
)


def run_power(warehouse: Path, basis: str = "published") -> str:
    """Share of strong literal changes of a built warehouse that a verdict calls, by grain and support.

    A change is called where its own period has a verdict of its direction, or the year it is in, or the drift of the
    keyword. Counted apart are seasonal changes, which the same months of a year before show as well, and strong ones of
    which the table makes no comparison (a window of one month, a keyword without a series). Of those that are called at
    no scale: how many its dispersion explains (q above the rate without any season), and how many a season does.
    """
    rows = []
    with duckdb.connect(str(warehouse / "warehouse.duckdb"), read_only=True) as connection:
        _collect_calls(connection, basis)
        for grain, recent, window, year in (("month", 3, 9, 12), ("year", 1, 1, 0)):
            _compare(connection, grain, basis, recent, window, year)
            rows += connection.execute(_RATES.format(grain=grain, basis=basis, strong=STRONG, weak=WEAK)).fetchall()
    return format_table(
        (
            "literal changes",
            "papers expected",
            "changes",
            "called at their grain",
            "called at any scale",
            "reversed",
            "missed: dispersion",
            "missed: season",
        ),
        [
            (
                f"{grain}, {what}",
                support,
                f"{count:,}",
                f"{own:.3f}",
                f"{any_scale:.3f}",
                *(f"{number:,}" for number in (reversed_, dispersed, seasonal)),
            )
            for grain, what, support, count, own, any_scale, reversed_, dispersed, seasonal, *_ in rows
        ],
    )


def run_histories(warehouse: Path, gold: Path) -> str:
    """Directions of a file of known histories beside those of marts.keyword_trends_by_year.

    gold: {"terms": {name: {"directions": {year: "up" or "down"}}}}; a term is the keyword with that label or form.
    """
    terms = json.loads(gold.read_text())["terms"]
    rows, found, reversed_, total = [], 0, 0, 0
    with duckdb.connect(str(warehouse / "warehouse.duckdb"), read_only=True) as connection:
        for name, term in terms.items():
            calls = dict(connection.execute(_YEARS, [name]).fetchall()) if _has(connection, "year") else {}
            wanted = {int(year): 1 if word == "up" else -1 for year, word in term["directions"].items()}
            hits = sorted(year for year, sign in wanted.items() if calls.get(year) == sign)
            wrong = sorted(year for year, sign in wanted.items() if calls.get(year) == -sign)
            total, found, reversed_ = total + len(wanted), found + len(hits), reversed_ + len(wrong)
            missed = sorted(set(wanted) - set(hits))
            rows.append((name, f"{len(wanted)}", f"{len(hits)}", f"{len(wrong)}", ", ".join(map(str, missed))))
    rows.append(("all", f"{total}", f"{found} ({found / max(1, total):.0%})", f"{reversed_}", ""))
    return format_table(("known history", "directions", "found", "reversed", "missed"), rows)


def _has(connection: duckdb.DuckDBPyConnection, grain: str) -> bool:
    """Whether the warehouse has series of a grain."""
    return bool(
        connection.execute(
            "select count(*) from information_schema.tables where table_name = ?", [f"keyword_trends_by_{grain}"]
        ).fetchall()[0][0]
    )


def _collect_calls(connection: duckdb.DuckDBPyConnection, basis: str) -> None:
    """One row per keyword, grain, period and sign that a verdict says."""
    parts = [
        f"""
        select keyword_id, '{grain}' as grain, date_diff('{grain}', date '1970-01-01', period_start_on) as period,
            if(verdict = 'falling', -1, 1) as sign
        from marts.keyword_trends_by_{grain}
        where date_basis = $basis and verdict in ('rising', 'new', 'spike', 'falling')
        """
        for grain in ("month", "year")
        if _has(connection, grain)
    ]
    parts.append(
        """
        select keyword_id, 'drift', null, sign(mann_kendall_z)::integer
        from marts.keyword_lifecycles where date_basis = $basis and mann_kendall_q <= 0.05
        """
    )
    connection.execute("create temp table calls as " + " union all ".join(parts), {"basis": basis})


def _compare(
    connection: duckdb.DuckDBPyConnection, grain: str, basis: str, recent: int, window: int, year: int
) -> None:
    """Literal counts of both sides of each keyword and period, and z; year: periods of one, 0 without seasons."""
    for table in ("papers", "found", "calendar", "compared", "changes"):
        connection.execute(f"drop table if exists {table}")
    connection.execute(_COUNTS.format(grain=grain, basis=basis))
    spans = {"recent": (0, recent - 1), "previous": (recent, recent + window - 1)}
    if year:
        spans |= {"last_year": (year, year + recent - 1), "year_before": (2 * year, 2 * year + recent - 1)}
    frame = "over (keyword rows between {} preceding and {} preceding)"
    sides = ",\n".join(
        f"sum(keyword_papers) {frame.format(last, first)} as {name}_with, "
        f"sum(papers) {frame.format(last, first)} as {name}_papers"
        for name, (first, last) in spans.items()
    )
    connection.execute(_SERIES.format(sides=sides))

    def z(side: str) -> str:
        return _Z.format(a="recent_with", n="recent_papers", b=f"{side}_with", m=f"{side}_papers")

    seasonal = (
        " or ".join(
            f"({side}_papers >= 20 and coalesce(sign(z) * {z(side)}, 0) < {SEASON_Z})"
            for side in ("last_year", "year_before")
        )
        if year
        else "false"
    )
    connection.execute(
        f"""
        create temp table changes as
        with measured as (
            select *, {z("previous")} as z,
                (recent_with + previous_with) * recent_papers / (recent_papers + previous_papers) as expected
            from compared where recent_papers >= 20 and previous_papers >= 20
        )
        select keyword_id, period, z, expected, coalesce({seasonal}, false) as is_seasonal,
            {"period // 12" if grain == "month" else "period"} as year
        from measured where abs(z) >= {WEAK}
        """
    )


_RATES = """
with judged as (
    select
        keyword_id, date_diff('{grain}', date '1970-01-01', period_start_on) as period,
        least(q_value, if(spike_z_score > 0, spike_q_value, 1)) <= 0.05 as is_shown
    from marts.keyword_trends_by_{grain}
    where date_basis = '{basis}' and verdict not in ('insufficient_dates', 'insufficient_support')
),
told as (
    select
        changes.*, judged.is_shown,
        exists (
            from calls where calls.grain = '{grain}' and calls.keyword_id = changes.keyword_id
                and calls.period = changes.period and calls.sign = sign(z)
        ) as is_own,
        exists (
            from calls where calls.keyword_id = changes.keyword_id and calls.sign = sign(z) and (
                (calls.grain = '{grain}' and calls.period = changes.period)
                or (calls.grain = 'year' and calls.period = changes.year) or calls.grain = 'drift'
            )
        ) as is_called,
        exists (
            from calls where calls.grain = '{grain}' and calls.keyword_id = changes.keyword_id
                and calls.period = changes.period and calls.sign = -sign(z)
        ) as is_reversed,
        case
            when is_seasonal then 'seasonal, |z| >= {strong}'
            when abs(z) < {strong} then '{weak} <= |z| < {strong}'
            when judged.is_shown is null then 'not compared, |z| >= {strong}'
            when z > 0 then 'up, |z| >= {strong}'
            else 'down, |z| >= {strong}'
        end as what,
        case when expected < 2.5 then 'below 2.5' when expected < 5 then '2.5-5' when expected < 10 then '5-10'
            when expected < 30 then '10-30' else '30+' end as support
    from changes
    left join judged using (keyword_id, period)
    where not (is_seasonal and abs(z) < {strong})
)
select
    '{grain}', what, coalesce(support, if(grouping(what) = 1, 'all', 'all of 2.5 and more')), count(*),
    avg(is_own::int), avg(is_called::int), sum(is_reversed::int),
    count(*) filter (where not is_called and not is_shown), count(*) filter (where not is_called and is_shown),
    min(expected) as least
from told
where expected >= 2.5 or expected is null
group by what, rollup (support)
union all
select '{grain}', what, 'below 2.5', count(*), avg(is_own::int), avg(is_called::int), sum(is_reversed::int),
    count(*) filter (where not is_called and not is_shown), count(*) filter (where not is_called and is_shown), 0
from told where expected < 2.5 group by what
order by 2, 10
"""
_YEARS = """
with named as (
    select keyword_id from marts.keywords
    where lower(keyword) = lower($1)
        or keyword_id in (select keyword_id from marts.keyword_forms where lower(form) = lower($1))
    order by lower(keyword) = lower($1) desc, paper_count desc, keyword_id
    limit 1
)
select year(period_start_on), if(verdict = 'falling', -1, 1) from marts.keyword_trends_by_year
where keyword_id in (from named) and date_basis = 'published' and verdict in ('rising', 'new', 'falling')
"""
