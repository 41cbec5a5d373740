"""One keyword's story in the terminal: its series with intervals, when it moved, its bursts, topic and neighbours.

What belongs here: finding a keyword by what people call it, and drawing its rows. The numbers are made in dbt.
"""

from __future__ import annotations

from typing import Any

import duckdb
from rich.text import Text

from ..showing.terminal import out, plain, print_rows

_WIDTH = 40
_STYLES = {"rising": "green", "new": "green", "spike": "green", "falling": "red"}


def find_near(connection: duckdb.DuckDBPyConnection, name: str, count: int = 5) -> list[str]:
    """Keywords whose names or forms are nearly a name (Jaro-Winkler similarity), the nearest first."""
    return [
        keyword
        for keyword, _ in connection.execute(
            """
            select k.keyword, max(jaro_winkler_similarity(lower(f.form), $name)) as nearness
            from marts.keyword_forms as f
            inner join marts.keywords as k on f.keyword_id = k.keyword_id
            group by k.keyword_id, k.keyword, k.paper_count
            having nearness >= 0.8
            order by nearness desc, k.paper_count desc, k.keyword_id
            limit $count
            """,
            {"name": " ".join(name.lower().split()), "count": count},
        ).fetchall()
    ]


def find_keywords(connection: duckdb.DuckDBPyConnection, name: str) -> list[tuple[str, str]]:
    """Keywords (keyword_id, label) with that id, label, abbreviation or form, those of most papers first.

    Where none has it, those whose label contains the words.
    """
    columns = "select keyword_id, keyword from marts.keywords where "
    order = " order by paper_count desc, keyword_id limit 20"
    exact = connection.execute(
        columns + "keyword_id = $1 or lower(keyword) = lower($1) or lower(abbreviation) = lower($1)" + order, [name]
    ).fetchall()
    by_form = connection.execute(
        columns + "keyword_id in (select keyword_id from marts.keyword_forms where lower(form) = lower($1))" + order,
        [name],
    ).fetchall()
    return (
        exact
        or by_form
        or connection.execute(columns + "contains(lower(keyword), lower($1))" + order, [name]).fetchall()
    )


def print_series(connection: duckdb.DuckDBPyConnection, keyword_id: str, basis: str, grain: str, last: int) -> None:
    """Draw the last periods of a keyword's series, then say what is known of it."""
    label, papers = connection.execute(
        "select keyword, paper_count from marts.keywords where keyword_id = ?", [keyword_id]
    ).fetchall()[0]
    out.print(f"[bold]{plain(label)}[/]: {papers:,} papers")
    # Months that nothing can be said of are drawn, too; days and weeks would be most of all there are.
    series = "keyword_trend($id)" if grain == "month" else f"marts.keyword_trends_by_{grain} where keyword_id = $id"
    rows = connection.execute(
        f"""
        select * from (
            select
                period_start_on, keyword_paper_count, period_paper_count, keyword_share, share_low, share_high, verdict,
                is_complete, since_on, because, is_latest
            from (from {series})
            where date_basis = $basis
            order by period_start_on desc
            limit $last
        ) order by period_start_on
        """,
        {"id": keyword_id, "basis": basis, "last": last},
    ).fetchall()
    if not rows:
        out.print(
            f"Not enough data for a series by {grain} of {basis} dates: too few of its papers have such a date for any "
            f"verdict, or papers come too seldom to be counted by {grain}."
        )
    else:
        _draw(rows, grain)
        # The period that the report and the list of trends are told by; days and weeks without a row say nothing.
        latest = next((row for row in rows if row[10]), rows[-1])
        out.print(f"{grain.capitalize()} of {latest[0]}: [bold]{latest[6]}[/]. {plain(latest[9])}")
        if latest[8]:
            out.print(f"The share is what it is now since the {grain} of {latest[8]}.")
    if grain == "month":
        _print_past(connection, keyword_id, basis)
    _print_life(connection, keyword_id, basis)


def _print_past(connection: duckdb.DuckDBPyConnection, keyword_id: str, basis: str) -> None:
    """What the list of trends and the report say of the keyword, where the latest month says nothing."""
    for start, verdict, because in connection.execute(
        "select period_start_on, verdict, because from latest_trends() "
        "where keyword_id = ? and date_basis = ? and is_past",
        [keyword_id, basis],
    ).fetchall():
        out.print(f"Before that, last in the month of {start}: [bold]{verdict}[/]. {plain(because)}")


def _draw(rows: list[tuple[Any, ...]], grain: str) -> None:
    """A line per period: counts, share, and where the interval lies on a scale that all periods share."""
    top = max((row[5] for row in rows if row[5] is not None), default=0) or 1
    out.print(f"by {grain}, share of papers with its 95 % interval; the line ends at {top:.1%}", style="dim")
    for start, count, total, share, low, high, verdict, is_complete, *_ in rows:
        line = Text(f"{start}  {count:>5,} of {total:<6,} ")
        if share is None:
            line.append("no papers", style="dim")
        else:
            left, at, right = (round(value / top * (_WIDTH - 1)) for value in (low, share, high))
            bar = [" "] * _WIDTH
            bar[left : right + 1] = "─" * (right + 1 - left)
            bar[at] = "●"
            line.append(f"{share:>6.1%} ")
            line.append("".join(bar), style=_STYLES.get(verdict, ""))
            line.append(f" {verdict}", style=_STYLES.get(verdict, "dim"))
        if not is_complete:
            line.append(" (not complete)", style="dim")
        out.print(line, soft_wrap=True)


def _print_life(connection: duckdb.DuckDBPyConnection, keyword_id: str, basis: str) -> None:
    life = connection.execute(
        """
        select
            first_seen_on, last_seen_on, papers.paper_id, title, peak_month_on, peak_share, half_life_months, sen_slope,
            mann_kendall_q
        from marts.keyword_lifecycles inner join marts.papers on first_paper_id = papers.paper_id
        where keyword_id = ? and date_basis = ?
        """,
        [keyword_id, basis],
    ).fetchall()
    for first, last, paper_id, title, peak, peak_share, half_life, slope, drift_q in life:
        out.print(f"First seen {first} in {plain(title)} ({paper_id}), last seen {last}.")
        fall = f"; fell to half {half_life} months later" if half_life is not None else ""
        out.print(f"Largest share {peak_share:.1%}, in the months up to {peak:%Y-%m}{fall}.")
        if drift_q is not None:
            out.print(f"Drift {slope:+.2%} a month (Theil-Sen), q {drift_q:.4f} (Mann-Kendall).")
    bursts = connection.execute(
        "select onset_on, if(is_ongoing, null, last_month_on), burst_weight from marts.keyword_bursts "
        "where keyword_id = ? and date_basis = ? order by 1",
        [keyword_id, basis],
    ).fetchall()
    for onset, last_month, weight in bursts:
        end = f"to {last_month:%Y-%m}" if last_month else "on"
        out.print(f"Burst from {onset:%Y-%m} {end}, weight {weight:.1f} (Kleinberg).")
    topics = connection.execute(
        "select topic from marts.topic_keywords inner join marts.topics using (topic_id) where keyword_id = ?",
        [keyword_id],
    ).fetchall()
    for (topic,) in topics:
        out.print(f"Topic: {plain(topic)}.")
    neighbours = connection.execute(
        """
        select
            if(first_keyword_id = $id, second_keyword, first_keyword) as keyword,
            paper_count,
            round(npmi, 2),
            round(expected_count, 1)
        from marts.keyword_pairs
        where $id in (first_keyword_id, second_keyword_id) and npmi > 0 and q_value <= 0.05
        order by g2 desc, keyword
        limit 8
        """,
        {"id": keyword_id},
    ).fetchall()
    if neighbours:
        out.print("[bold]Keywords it comes with[/]")
        print_rows(["keyword", "papers", "npmi", "expected"], neighbours)
