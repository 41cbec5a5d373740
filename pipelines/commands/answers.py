"""Answers in the terminal: which keywords rise and fall, and one paper.

What belongs here: questions to the published database and the words around their answers. Set work is in the marts.
"""

from __future__ import annotations

from typing import Any

import duckdb
from rich.table import Table

from ..showing.terminal import out, plain, print_query, print_rows
from .dating import print_dating_hint

_MONTHS = """
with trends as (select * from latest_trends() where date_basis = $basis)
select
    keyword, strftime(period_start_on, '%Y-%m'), because,
    (
        select string_agg(others.keyword, ', ' order by abs(others.z_score) desc, others.keyword_id)
        from trends as others
        where others.story_keyword_id = trends.keyword_id and others.keyword_id <> trends.keyword_id
    )
from trends
where {calls} and story_keyword_id = keyword_id
    and keyword_id not in (select keyword_id from marts.keywords where is_in_passing)
order by period_start_on desc, {q}, abs({z}) desc, keyword_id
limit $top
"""
#: What is shown, and the query for it: each story once, by its strongest keyword, in the month that speaks for it (as
#: in the report).
_MOVES = {
    "Rising": _MONTHS.format(calls="verdict in ('rising', 'new')", q="q_value", z="z_score"),
    "Falling": _MONTHS.format(calls="verdict = 'falling'", q="q_value", z="z_score"),
    "Spikes of one month": _MONTHS.format(calls="verdict = 'spike'", q="spike_q_value", z="spike_z_score"),
    "From one year to the next": """
        with trends as (
            select * from marts.keyword_trends_by_year
            inner join (select * exclude (direction) from marts.keyword_stories where grain = 'year')
                using (date_basis, period_start_on, keyword_id)
            where date_basis = $basis and is_latest
        )
        select
            keyword, strftime(period_start_on, '%Y'), verdict || ': ' || because,
            (
                select string_agg(others.keyword, ', ' order by abs(others.z_score) desc, others.keyword_id)
                from trends as others
                where others.story_keyword_id = trends.keyword_id and others.keyword_id <> trends.keyword_id
            )
        from trends
        where story_keyword_id = keyword_id
            and keyword_id not in (select keyword_id from marts.keywords where is_in_passing)
        order by q_value, abs(z_score) desc, keyword_id
        limit $top
    """,
    "Drifting": """
        select
            keyword, strftime(first_seen_on, '%Y-%m') || ' to ' || strftime(last_seen_on, '%Y-%m'),
            replace(drift, '_', ' ') || ': ' || printf('%+.2f', 100 * sen_slope_per_year) || ' % a year (Theil-Sen)'
            || ' over ' || month_count || ' months, z ' || round(mann_kendall_z, 2) || ' (Mann-Kendall)', null
        from marts.keyword_lifecycles
        where date_basis = $basis and starts_with(drift, 'drifting')
            and keyword_id not in (select keyword_id from marts.keywords where is_in_passing)
        order by drift_q_value, abs(mann_kendall_z) desc, keyword_id
        limit $top
    """,
    "Words in passing that move, by month, year or drift: papers use them, and hardly one is about them": """
        with moves as (
            select
                keyword_id, keyword, strftime(period_start_on, '%Y-%m') as period, because,
                least(q_value, spike_q_value) as q
            from latest_trends() where date_basis = $basis and direction is not null
            union all
            select keyword_id, keyword, strftime(period_start_on, '%Y'), verdict || ': ' || because, q_value
            from marts.keyword_trends_by_year where date_basis = $basis and is_latest and direction is not null
            union all
            select
                keyword_id, keyword, month_count || ' months',
                replace(drift, '_', ' ') || ': z ' || round(mann_kendall_z, 2) || ' (Mann-Kendall)', drift_q_value
            from marts.keyword_lifecycles where date_basis = $basis and starts_with(drift, 'drifting')
        )
        select keyword, period, because, null
        from moves semi join (select keyword_id from marts.keywords where is_in_passing) using (keyword_id)
        order by q, keyword_id, period
        limit $top
    """,
}


def print_trends(connection: duckdb.DuckDBPyConnection, basis: str, top: int) -> None:
    """The keywords of a date basis that move, by what shows it, or why there are none and how dumps are dated."""
    verdicts = connection.execute(
        "select verdict, count(*) from marts.keyword_trends_by_month where date_basis = ? group by 1", [basis]
    ).fetchall()
    if not verdicts:
        column = {"published": "published_on", "listed": "first_listed_on", "captured": "first_captured_on"}[basis]
        dated = connection.execute(f"select count({column}) from marts.papers").fetchall()[0][0]
        if dated:
            out.print(f"{dated:,} papers have a {basis} date; no keyword has enough of them for a series.")
        else:
            out.print(f"No paper has a {basis} date, so nothing can be said about change on that basis.")
            _print_dating(connection, basis)
        return
    for heading, query in _MOVES.items():
        rows = connection.execute(query, {"basis": basis, "top": top}).fetchall()
        out.print(f"[bold]{heading}[/] ({plain(basis)}; latest and strongest first)")
        if rows:
            together = any(row[3] for row in rows)
            names = ["keyword", "period", "because", "and with it"]
            print_rows(names[: 3 + together], [row[: 3 + together] for row in rows])
        elif heading in ("Rising", "Falling"):
            reasons = ", ".join(f"{count:,} {name}" for name, count in sorted(verdicts))
            out.print(f"  none. Verdicts on all keyword months: {plain(reasons)}")
        else:
            out.print("  none.")
    told, known = connection.execute(
        "select count(distinct keyword_id), (select count(*) from marts.keywords) from marts.keyword_trends_by_month "
        "where date_basis = ? and not starts_with(verdict, 'insufficient')",
        [basis],
    ).fetchall()[0]
    out.print(
        f"{told:,} of {known:,} keywords are in enough papers and months to be judged; of the others nothing can be "
        "said yet. One keyword's series: paperhouse trends --keyword NAME",
        soft_wrap=True,
    )


def _print_dating(connection: duckdb.DuckDBPyConnection, basis: str) -> None:
    """Which dates there are instead, and how dumps get theirs."""
    dated = connection.execute(
        "select count(published_on), count(first_listed_on), count(first_captured_on) from marts.papers"
    ).fetchall()[0]
    others = [
        f"{count:,} have a {name} date (--basis {name})"
        for name, count in zip(("published", "listed", "captured"), dated, strict=True)
        if count and name != basis
    ]
    out.print(f"Of these papers {' and '.join(others)}." if others else "No dump says when it was captured.")
    print_dating_hint(connection)


def find_papers(connection: duckdb.DuckDBPyConnection, title_or_id: str) -> list[tuple[str, str]]:
    """Papers with that paper id (also an old one), arXiv id or title; else those whose title contains the words."""
    exact = connection.execute(
        "select paper_id, title from marts.papers where $1 in (paper_id, arxiv_id) or lower(title) = lower($1) "
        "or paper_id in (select paper_id from marts.paper_redirects where old_paper_id = $1)",
        [title_or_id],
    ).fetchall()
    return (
        exact
        or connection.execute(
            "select paper_id, title from marts.papers where contains(lower(title), lower($1)) order by title limit 100",
            [title_or_id],
        ).fetchall()
    )


def print_paper(connection: duckdb.DuckDBPyConnection, paper_id: str) -> None:
    """One paper: its facts, abstract, keywords, links, and where it was seen."""
    row = connection.execute("select * from marts.papers where paper_id = ?", [paper_id])
    names = [column[0] for column in row.description or []]
    facts: dict[str, Any] = dict(zip(names, row.fetchall()[0], strict=True))
    out.print(f"[bold]{plain(facts.pop('title'))}[/]")
    abstract = facts.pop("abstract")
    grid = Table.grid(padding=(0, 2))
    for name, value in facts.items():
        if value not in (None, []):
            grid.add_row(name, plain(", ".join(value) if isinstance(value, list) else value))
    out.print(grid)
    out.print(plain(abstract or "(no abstract)"))
    for title, query in {
        "Keywords": """
            select k.keyword, p.keyword_rank, p.keyword_score
            from marts.paper_keywords as p inner join marts.keywords as k on p.keyword_id = k.keyword_id
            where p.paper_id = ? order by p.keyword_rank
        """,
        "Links": "select kind, url from marts.links where paper_id = ? order by kind, url",
        "Seen in": """
            select d.file_names, d.layout, a.position, a.listed_on, a.captured_on, a.upvotes
            from marts.appearances as a inner join marts.dumps as d on a.dump_id = d.dump_id
            where a.paper_id = ? order by a.listed_on, a.captured_on, a.dump_id
        """,
    }.items():
        out.print(f"[bold]{title}[/]")
        print_query(connection, query, [paper_id])
