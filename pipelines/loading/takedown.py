"""Papers that are taken down: out of everything that was read, and out of what is read from now on.

What belongs here: finding a paper's entries, making rejects without text of them, and remembering by what they are
known again. Remembered are digests, not what was taken down. Whole dumps are `forgotten`; releases are
`release.history`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from .forgotten import make_final
from .naming import PAPER_NAMES
from .quarantine import make_rejects
from .texts import forget_texts

#: Code of the rejects that entries become; their text is not kept.
REASON = "taken_down"

#: What an entry is known by again, each as SQL over raw.entries; where it says nothing, null. A title tells only what
#: carries no id, but for a paper that has none itself: that one is known by its title wherever it comes.
_KEYS = {
    "arxiv": r"'arxiv ' || regexp_replace(lower(trim(arxiv_id)), 'v\d+$', '')",
    "doi": "'doi ' || lower(trim(doi))",
    "text": "'text ' || text_id",
    "title": "'title ' || nullif(regexp_replace(lower(strip_accents(title)), '[^\\p{L}\\p{N}]+', '', 'g'), '')",
}


class UnknownPaperError(LookupError):
    """A name that means no paper; args are the sentence and the remedy."""


@dataclass(frozen=True)
class Found:
    """A paper that a name means: its id, those it had before, its title, how many entries are of it in which files."""

    paper_id: str
    earlier_ids: tuple[str, ...]
    title: str
    entry_count: int
    file_names: tuple[str, ...]

    @property
    def ids(self) -> list[str]:
        """All ids that releases may know it by."""
        return [self.paper_id, *self.earlier_ids]


def find_papers(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> list[Found]:
    """The papers that names mean, as the last build told them apart; raises UnknownPaperError."""
    found: dict[str, Found] = {}
    for name in names:
        said = name.strip().removeprefix("arXiv:").removeprefix("https://doi.org/")
        try:
            rows = connection.execute(
                "select paper_id, title from marts.papers where paper_id = $1 or lower(doi) = lower($1) "
                r"or arxiv_id = regexp_replace($1, 'v\d+$', '')",
                [said],
            ).fetchall()
        except duckdb.CatalogException:
            raise UnknownPaperError(
                "No build has told papers apart yet; nothing was changed.", "Build first: paperhouse build"
            ) from None
        if not rows:
            raise UnknownPaperError(
                f"No paper is named {name!r}; nothing was changed.",
                f"Give {PAPER_NAMES}, whole. `paperhouse paper WORDS` finds them.",
            )
        found |= {paper_id: _describe(connection, paper_id, title) for paper_id, title in rows}
    return list(found.values())


def _describe(connection: duckdb.DuckDBPyConnection, paper_id: str, title: str) -> Found:
    earlier = connection.execute(
        "select old_paper_id from marts.paper_redirects where paper_id = ? order by 1", [paper_id]
    ).fetchall()
    count, names = connection.execute(
        "select count(*), list_sort(list(distinct dumps.file_names[1])) from marts.entries "
        "inner join raw.dumps on entries.dump_id = dumps.dump_id where entries.paper_id = ?",
        [paper_id],
    ).fetchall()[0]
    return Found(paper_id, tuple(old for (old,) in earlier), title, count, tuple(names or ()))


def take_down(connection: duckdb.DuckDBPyConnection, papers: Sequence[Found]) -> int:
    """Make rejects of all entries of papers, remember by what they are known, and let go of what was found in them.

    What was forgotten and might have come back is let go of, too. Returns the number of entries.
    """
    make_final(connection)
    now = datetime.now(UTC).replace(tzinfo=None)
    for paper in papers:
        connection.execute(
            "create or replace temp table known as select entries.* from raw.entries "
            "inner join marts.entries as told on entries.dump_id = told.dump_id and entries.position = told.position "
            "where told.paper_id = ?",
            [paper.paper_id],
        )
        keys = " union ".join(f"select {key} as key from known" for key in _KEYS.values())
        connection.execute(
            f"""
            insert into quality.taken_down
            select ids.paper_id, sha256(keys.key), ?
            from (select unnest(?::varchar[]) as paper_id) as ids
            cross join (
                {keys}
                union
                select 'any ' || ({_KEYS["title"]}) from known
                where not exists (select 1 from known as other where coalesce(other.arxiv_id, other.doi) is not null)
            ) as keys
            where keys.key is not null
            """,
            [now, paper.ids],
        )
    connection.execute("drop table if exists known")
    return keep_out(connection)


def keep_out(connection: duckdb.DuckDBPyConnection) -> int:
    """Make rejects of entries that are of papers taken down, however they came; returns how many there were."""
    if not connection.execute("select 1 from quality.taken_down limit 1").fetchall():
        return 0
    named = f"case when arxiv_id is null and doi is null then {_KEYS['title']} end"
    tried = [_KEYS["arxiv"], _KEYS["doi"], _KEYS["text"], named, f"'any ' || ({_KEYS['title']})"]
    test = " or ".join(f"sha256({key}) in (select key_sha256 from quality.taken_down)" for key in tried)
    connection.execute(
        f"""
        create or replace temp table quarantined as
        select
            entry_id, dump_id, position, {REASON!r} as reason, 'Its paper was taken down.' as detail, first_line,
            last_line, '' as reject_text
        from raw.entries
        where {test}
        """
    )
    count = int(connection.execute("select count(*) from quarantined").fetchall()[0][0])
    if count:
        make_rejects(connection)
        forget_texts(connection)
    connection.execute("drop table quarantined")
    return count
