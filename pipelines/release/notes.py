"""RELEASE_NOTES.md: what a data user wants to know of a release, written from its data.

What belongs here: asking the readers' database and the changes, and putting the answers into sentences. File names of
dumps are data: they are shown as code, with everything that would end it taken out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from .contract import find_differences, read_contract

#: Dumps named one by one; the rest is a number.
_NAMED_DUMPS = 20


def write_notes(
    connection: duckdb.DuckDBPyConnection,
    manifest: Mapping[str, Any],
    counts: Mapping[str, int],
    previous: Mapping[str, Any] | None,
    cause: str,
) -> str:
    """The notes as Markdown.

    Args:
        connection: with the readers' database as `target` and the temporary table `changes`.
        manifest: what is known of the release so far.
        counts: rows of each table.
        previous: manifest of the release before, if there is one.
        cause: what changed since, as changes.find_cause says it.
    """
    sections = [
        f"# Paperhouse release {manifest['release_id']}",
        _headline(connection),
        _since(connection, manifest, previous, cause),
        _contract(manifest, previous),
        _quality(connection),
        "## Tables\n\n| table | rows |\n| --- | ---: |\n"
        + "\n".join(f"| {table} | {count:,} |" for table, count in sorted(counts.items())),
        _USE,
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


_USE = """## Use

- `paperhouse.duckdb` holds every table, the comments, and the macros `search_papers`, `keyword_trend`, `papers_with`,
  `similar_papers` and `line_of`: `duckdb -readonly paperhouse.duckdb "from search_papers('diffusion video')"`. Of a
  file that is attached they are told the name: `papers_with('RAG', db := 'old')`; `quality.releases` lists those kept.
- Every table is Parquet, too; `load.sql` makes a database of it: `duckdb my.duckdb -f load.sql`.
- `verify.sql` checks hashes, columns, rows, keys and references offline: `duckdb -bail -f verify.sql`.
- `DICTIONARY.md` and `dictionary.parquet` say what every column means; `datapackage.json` (Frictionless) and
  `croissant.json` (Croissant) say it to tools. `changes.parquet` lists every row that is new, changed or gone."""


def _headline(connection: duckdb.DuckDBPyConnection) -> str:
    papers, identified, coded, first, last = connection.execute(
        "select count(*), count(arxiv_id), count(*) filter (where has_code), min(published_on), max(published_on) "
        "from target.marts.papers"
    ).fetchall()[0]
    dumps, entries, captured = connection.execute(
        "select count(*), sum(entry_count), max(coalesce(listed_on, captured_on)) from target.marts.dumps"
    ).fetchall()[0]
    (keywords,) = connection.execute("select count(*) from target.marts.keywords").fetchall()[0]
    published = f", published from {first} to {last}" if first else ""
    looked = f" The latest dated dump is of {captured}." if captured else " No dump says when it was captured."
    return (
        f"{papers:,} papers ({identified:,} with an arXiv id, {coded:,} with code{published}) and {keywords:,} "
        f"keywords, from {entries or 0:,} entries in {dumps:,} dumps.{looked}"
    )


def _since(
    connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any], previous: Mapping[str, Any] | None, cause: str
) -> str:
    if previous is None:
        return "## Since the release before\n\nNo earlier release is kept, so nothing is compared."
    words = {
        "data": "Inputs changed; the rules are the same.",
        "method": "The rules changed; the inputs are the same.",
        "data or method": "Both the inputs and the rules changed. Rows of papers in new dumps are marked `data`.",
        "nothing": "Neither inputs nor rules changed.",
    }
    before = {dump["sha256"] for dump in previous["inputs"]}
    now = {dump["sha256"] for dump in manifest["inputs"]}
    arrived = [dump for dump in manifest["inputs"] if dump["sha256"] not in before]
    lines = [f"## Since {previous['release_id']}", "", words[cause]]
    if arrived:
        named = ", ".join(_code((dump["file_names"] or [dump["sha256"][:16]])[0]) for dump in arrived[:_NAMED_DUMPS])
        more = f" and {len(arrived) - _NAMED_DUMPS:,} more" if len(arrived) > _NAMED_DUMPS else ""
        lines += ["", f"{len(arrived):,} new dumps: {named}{more}."]
    if before - now:
        lines += ["", f"{len(before - now):,} dumps are gone."]
    rows = connection.execute(
        "select table_name, "
        "count(*) filter (where change = 'added'), count(*) filter (where change = 'changed'), "
        "count(*) filter (where change = 'merged'), count(*) filter (where change in ('removed', 'taken_down')) "
        "from changes group by 1 order by 1"
    ).fetchall()
    if not rows:
        return "\n".join([*lines, "", "No row of any table is different."])
    gone = connection.execute(
        "select key[1] from changes where table_name = 'papers' and change = 'taken_down' order by 1"
    ).fetchall()
    if gone:
        named = ", ".join(_code(paper_id) for (paper_id,) in gone)
        lines += ["", f"Taken down: {named}. Whoever keeps a copy of an earlier release is asked to do so, too."]
    lines += ["", "| table | added | changed | merged | removed |", "| --- | ---: | ---: | ---: | ---: |"]
    lines += [f"| {table} | {a:,} | {c:,} | {m:,} | {r:,} |" for table, a, c, m, r in rows]
    return "\n".join(lines)


def _contract(manifest: Mapping[str, Any], previous: Mapping[str, Any] | None) -> str:
    """Tables and columns that are not what they were; nothing where they are, or where nobody can tell."""
    old, new = read_contract(previous or {}), read_contract(manifest)
    found = find_differences(old, new) if old is not None and new is not None else []
    if not found:
        return ""
    before = (previous or {}).get("schema_version", "unknown")
    lines = [
        "## Tables and columns",
        "",
        f"Schema {manifest['schema_version']} (before: {before}); CHANGELOG.md of the code says what to do.",
        "",
    ]
    lines += [f"- {'Break: ' if one.is_break else ''}`{one.name}` {one.what}." for one in found]
    return "\n".join(lines)


def _quality(connection: duckdb.DuckDBPyConnection) -> str:
    lines, rejected, held = connection.execute(
        "select sum(line_count), sum(rejected_line_count), count(*) filter (where status = 'held') "
        "from target.marts.dumps"
    ).fetchall()[0]
    warned = connection.execute(
        "select table_name, rule, observed from target.quality.check_results "
        "where status = 'warn' and run_id = (select max_by(run_id, checked_at) from target.quality.check_results) "
        "order by all"
    ).fetchall()
    text = [
        "## Quality",
        "",
        f"Of {lines or 0:,} lines {rejected or 0:,} could not be read; `raw.rejects` has them with the reason.",
    ]
    if held:
        text.append(f"{held:,} dumps are held back; `marts.dumps.held_reason` says why.")
    text += [f"- Warning: {_code(f'{table} {rule}'.strip())} ({_code(observed)})" for table, rule, observed in warned]
    return "\n".join(text)


def _code(text: str) -> str:
    """Text from a dump as code, on one line."""
    return "`" + " ".join(str(text).replace("`", "'").split()) + "`"
