"""One keyword over the releases that are kept: what each of them said of it.

What belongs here: the same question to several published databases. Each answer is that release's own.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from ..release.history import list_releases
from ..showing.terminal import out, plain, print_rows
from ..warehouse.folder import DATABASE_NAME, Warehouse
from .arguments import fail, reading
from .keyword_series import find_keywords

#: Label, papers, month, verdict and why, as a release has them.
_Answer = tuple[str, int, str | None, str | None, str | None]
_QUESTION = """
select keywords.paper_count, strftime(trends.period_start_on, '%Y-%m'), trends.verdict, trends.because
from marts.keywords as keywords
left join (select * from latest_trends() where date_basis = $basis) as trends using (keyword_id)
where keywords.keyword_id = $id
"""


def print_over_releases(house: Warehouse, name: str, basis: str) -> None:
    """A row for each release, the newest first: papers that mention the keyword, the month that speaks, its verdict."""
    told = [(kept.release_id, _ask(house, kept.folder / DATABASE_NAME, name, basis)) for kept in list_releases(house)]
    answers = [answer for _, answer in told if answer]
    if not answers:
        fail(f"No keyword of a kept release is called {name!r} or contains it.", "Try fewer words, or another form.")
    out.print(f"[bold]{plain(answers[0][0])}[/], months by when papers were {plain(basis)}")
    print_rows(["release", "papers", "month", "verdict"], [(release, *_show(answer)) for release, answer in told])
    if because := answers[0][-1]:
        out.print(plain(because), soft_wrap=True)


def _show(answer: _Answer | None) -> tuple[object, ...]:
    """Papers, month and verdict as they are shown; words where a release has no such keyword, or no series of it."""
    if answer is None:
        return None, None, "no such keyword"
    _, papers, month, verdict, _ = answer
    return papers, month, verdict or "no series"


def _ask(house: Warehouse, database: Path, name: str, basis: str) -> _Answer | None:
    """What the release with this database says; None where it has no such keyword or table."""
    with reading(house, database=database) as connection:
        try:
            found = find_keywords(connection, name)
            if not found:
                return None
            keyword_id, label = found[0]
            [answer] = connection.execute(_QUESTION, {"id": keyword_id, "basis": basis}).fetchall()
        except duckdb.CatalogException:  # an earlier version's, which had no such table
            return None
    papers, month, verdict, because = answer
    return label, papers, month, verdict, because
