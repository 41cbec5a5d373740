"""Why papers are one or two, in plain words: what `paperhouse why` prints.

What belongs here: finding papers by what a person calls them (ids, old ids, arXiv ids, titles) and putting the rows of
marts.match_decisions into sentences. Deciding is SQL (`dbt_project/`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from ..showing.terminal import out, plain

#: Rule of match_decisions -> why, as the end of a sentence.
RULES = {
    "same_external_id": "they have one arXiv id",
    "same_doi": "they have one DOI, and nothing in their titles speaks against it",
    "equal_title": "their titles are equal but for case, accents, dashes and spaces, and nothing speaks against it",
    "near_title": "their titles differ only in details, and what else is known agrees",
    "near_abstract": "they have one abstract under two titles: a renamed paper",
    "equal_title_and_authors": "title, authors and year are equal, though the abstracts differ",
    "near_title_and_authors": "their titles are near, and authors and year agree",
    "enough_evidence": "no rule decides, and what title, abstract, authors and year weigh together is enough",
    "other_external_id": "they have different arXiv ids",
    "other_notice": "one is an erratum, a retraction or a translation of the other, or of another paper",
    "other_marks": "their titles differ in a number, a part, a version or a single letter",
    "other_prefix": "one title is the other with something put in front of a word",
    "other_abstract": "their abstracts have too little in common",
    "other_authors": "they have other authors",
    "other_title": "their titles have too little in common",
    "other_authors_and_year": "they have other authors, and were published in different years",
    "other_year": "they were published in different years, and no abstract says they are one",
    "near_abstract_other_title": "the abstracts are alike, and the titles are not",
    "near_abstract_other_authors": "the abstracts are alike, but the authors are others",
    "near_title_alone": "the titles are alike, and nothing else is known that could settle it",
    "common_title": "several works have a title like theirs, and neither authors, year nor abstract make them one",
    "contested": "they are alike, but one does not fit the other records of the other one's paper",
    "override": "a person decided so in overrides/papers.csv",
    "removed": "no loaded dump has it any more",
}


@dataclass(frozen=True)
class Found:
    """A paper a person's words stand for: its id, title, and the redirect that led there, if one did."""

    paper_id: str | None
    title: str
    old_id: str | None = None
    reason: str | None = None
    redirected_on: Any = None


def find_named(connection: duckdb.DuckDBPyConnection, name: str) -> list[Found]:
    """Papers with that id, old id, arXiv id or title, exactly; else those whose title holds the words (at most 20)."""
    name = name.strip()
    arxiv_id = name.removeprefix("arXiv:").removeprefix("arxiv:").split("v")[0]
    rows = connection.execute(
        "select paper_id, title from marts.papers where paper_id = $1 or arxiv_id = $2 or lower(title) = lower($1) "
        "order by paper_id",
        [name, arxiv_id],
    ).fetchall()
    if rows:
        return [Found(*row) for row in rows]
    moved = connection.execute(
        """
        select redirects.paper_id, papers.title, redirects.old_paper_id, redirects.reason, redirects.redirected_on
        from marts.paper_redirects as redirects
        left join marts.papers as papers on redirects.paper_id = papers.paper_id
        where redirects.old_paper_id = $1
        """,
        [name],
    ).fetchall()
    if moved:
        return [Found(row[0], row[1] or "", *row[2:]) for row in moved]
    rows = connection.execute(
        """
        select paper_id, min(title) from (
            select first_paper_id as paper_id, first_title as title from marts.match_decisions
            union all
            select second_paper_id, second_title from marts.match_decisions
            union all
            select paper_id, title from marts.papers
        )
        where contains(strip_accents(lower(title)), strip_accents(lower($1)))
        group by paper_id order by paper_id limit 20
        """,
        [name],
    ).fetchall()
    return [Found(*row) for row in rows]


def print_one(connection: duckdb.DuckDBPyConnection, found: Found) -> None:
    """Why one paper is one: where it was seen, what was joined into it, and what was kept out."""
    _print_redirect(found)
    if found.paper_id is None:
        return
    out.print(f"[bold]{plain(found.title)}[/] ({plain(found.paper_id)})")
    entries, dumps = connection.execute(
        "select entry_count, dump_count from marts.papers where paper_id = ?", [found.paper_id]
    ).fetchall()[0]
    seen = f"{entries:,} {'entry' if entries == 1 else 'entries'} in {dumps:,} {'dump' if dumps == 1 else 'dumps'}"
    out.print(f"One paper, from {seen}.")
    _print_sources(connection, found.paper_id)
    rows = _decisions(connection, "first_paper_id = $1 or second_paper_id = $1", [found.paper_id])
    inside = [row for row in rows if row["first_paper_id"] == row["second_paper_id"]]
    outside = [row for row in rows if row["first_paper_id"] != row["second_paper_id"]]
    if not inside:
        out.print("Its entries have one arXiv id, or equal titles and abstracts that agree; nothing else was joined.")
    for row in inside:
        _print_decision(row)
    for (old_id,) in connection.execute(
        "select old_paper_id from marts.paper_redirects where paper_id = ? order by 1", [found.paper_id]
    ).fetchall():
        out.print(f"The id {plain(old_id)} leads here.")
    if outside:
        out.print("[bold]Weighed and kept apart[/] (nearest first)")
        for row in outside[:5]:
            _print_decision(row)


def print_two(connection: duckdb.DuckDBPyConnection, first: Found, second: Found) -> None:
    """Why two names are one paper or two."""
    for found in (first, second):
        _print_redirect(found)
    if first.paper_id is None or second.paper_id is None:
        return
    if first.paper_id == second.paper_id:
        out.print(f"Both are the paper {plain(first.paper_id)}, [bold]{plain(first.title)}[/].")
        print_one(connection, Found(first.paper_id, first.title))
        return
    out.print(f"Two papers: {plain(first.paper_id)}, [bold]{plain(first.title)}[/];")
    out.print(f"            {plain(second.paper_id)}, [bold]{plain(second.title)}[/].")
    rows = _decisions(
        connection,
        "(first_paper_id = $1 and second_paper_id = $2) or (first_paper_id = $2 and second_paper_id = $1)",
        [first.paper_id, second.paper_id],
    )
    if not rows:
        out.print("They were never weighed against each other: no arXiv id, no run of title words and no stretch of "
                  "abstract that two copies of a paper share.")  # fmt: skip
    for row in rows:
        _print_decision(row)
    out.print("Where the rules are wrong, a line in overrides/papers.csv of the warehouse has the last word: "
              "verdict,first,second,reason")  # fmt: skip


def _decisions(connection: duckdb.DuckDBPyConnection, where: str, values: list[str]) -> list[dict[str, Any]]:
    result = connection.execute(
        f"select * from marts.match_decisions where {where} order by score desc, first_record_id, second_record_id",
        values,
    )
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _print_sources(connection: duckdb.DuckDBPyConnection, paper_id: str) -> None:
    """Which dump each value of a paper was taken from, a line per dump, if it was more than one."""
    rows = connection.execute(
        """
        select min(list_min(dumps.file_names)), string_agg(taken.field, ', ' order by taken.field)
        from (
            select dump_id, replace(field, '_dump_id', '') as field from (
                unpivot (select * exclude (paper_id) from marts.paper_provenance where paper_id = $1)
                on * into name field value dump_id
            )
        ) as taken
        left join raw.dumps as dumps on taken.dump_id = dumps.dump_id
        group by taken.dump_id order by 1
        """,
        [paper_id],
    ).fetchall()
    for file_name, fields in rows if len(rows) > 1 else []:
        out.print(f"    From {plain(file_name or 'a dump without a name')}: {fields}", soft_wrap=True)


def _print_redirect(found: Found) -> None:
    if found.old_id is None:
        return
    when = f" since {found.redirected_on}" if found.redirected_on else ""
    why = RULES.get(found.reason or "", found.reason or "")
    if found.paper_id is None:
        out.print(f"{plain(found.old_id)} was removed: {plain(why)} (last published {found.redirected_on}).")
    else:
        out.print(f"{plain(found.old_id)} leads to {plain(found.paper_id)}{when}: {plain(why)}.")


def _print_decision(row: dict[str, Any]) -> None:
    """One decision: verdict and reason, both titles, and the numbers behind it."""
    style = {"same": "green", "different": "red"}.get(row["verdict"], "yellow")
    out.print(f"[{style}]{plain(row['verdict'])}[/] ({plain(row['rule'])}): {plain(RULES.get(row['rule'], ''))}.")
    for side in ("first", "second"):
        known = f" (arXiv {plain(row[f'{side}_arxiv_id'])})" if row[f"{side}_arxiv_id"] else ""
        out.print(f"    {plain(row[f'{side}_title'])}{known}", soft_wrap=True)
    parts = []
    if row["first_only_words"] or row["second_only_words"]:
        ours, theirs = row["first_only_words"] or "nothing", row["second_only_words"] or "nothing"
        parts.append(f"differing words: {ours} / {theirs}")
    for column, name in (("title", "title"), ("abstract", "abstract"), ("author", "author")):
        if row[f"{column}_similarity"] is not None:
            parts.append(f"{name} similarity {row[f'{column}_similarity']:.2f}")
    if row["year_gap"]:
        parts.append(f"{row['year_gap']} {'year' if row['year_gap'] == 1 else 'years'} apart")
    if row["override_reason"]:
        parts.append(f"reason given: {row['override_reason']}")
    for line in ("; ".join(parts), _weigh(row)):
        if line:
            out.print(f"    {plain(line)}", soft_wrap=True)


def _weigh(row: dict[str, Any]) -> str:
    """What each piece of evidence weighs, in bits: one more, and one paper is twice as likely.

    Empty where nothing is known, and for a release that was published before weights were.
    """
    known = [
        f"{name} {row[f'{column}_weight']:+.1f}"
        for column, name in (("title", "title"), ("abstract", "abstract"), ("author", "authors"), ("year", "year"))
        if row.get(f"{column}_weight") is not None
    ]
    if not known:
        return ""
    enough = row["enough_weight"]
    needed = "" if enough is None else f" (enough where no rule decides: {enough:+.1f})"
    return f"weights in bits, for one paper if positive: {', '.join(known)}; together {row['weight']:+.1f}{needed}"
