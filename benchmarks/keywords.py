"""Keywords of records with gold keywords, as the build that users run finds them; scoring them is somebody else's work.

Records go in as one dump of JSON lines, and a record is known again by its line: ids are free text, titles may repeat,
and a line may be rejected.
"""

import json
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.corpora import DATA
from benchmarks.measure import Usage, measure
from benchmarks.tables import format_seconds

#: Read from the pipeline's own file: published tables name papers and dumps, but not the lines papers stand on.
_RANKED = """
select entries.first_line, keywords.keyword
from raw.entries as entries
inner join intermediate.int_entries__identified as identified on entries.entry_id = identified.entry_id
inner join marts.paper_keywords as ranked on identified.paper_id = ranked.paper_id
inner join marts.keywords as keywords on ranked.keyword_id = keywords.keyword_id
order by entries.first_line, ranked.keyword_rank
"""


class BadRecordError(ValueError):
    """A line of the input is no record with id, title and abstract; the message names the line."""


def run_keywords(
    source: Path, target: Path, say: Callable[[str], None], data: Path = DATA, setting: str = "balanced"
) -> Usage:
    """Build a warehouse from records and write the ranked keywords of each.

    Args:
        source: JSON lines of id, title, abstract; anything else in them, gold keywords above all, is left out.
        target: gets JSON lines of id and keywords, best first, one per record and in the same order.
        say: called with what is being done.
        data: where the dump and the warehouse are kept for a look.
        setting: which keywords come first; see `paperhouse build --help`.

    Returns:
        what the build used.

    Raises:
        BadRecordError: a line is no such record.
        CommandFailed: the build failed.
    """
    records = read_records(source)
    folder = data / "keywords"
    used = _build(records, folder, say, setting)
    with duckdb.connect(str(folder / "warehouse" / "warehouse.duckdb"), read_only=True) as connection:
        ranked = connection.execute(_RANKED).fetchall()
    predictions = assign_keywords([record["id"] for record in records], ranked)
    lines = (json.dumps(prediction, ensure_ascii=False) for prediction in predictions)
    target.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    without = sum(not prediction["keywords"] for prediction in predictions)
    say(
        f"{len(predictions):,} records, {without:,} of them without keywords, {format_seconds(used.wall_seconds)} "
        f"for the build: {target}"
    )
    return used


def build_records(source: Path, folder: Path, say: Callable[[str], None]) -> Path:
    """Build a warehouse from records and their keywords; returns its folder, `warehouse` below the given one."""
    _build(read_records(source, ("id", "title", "abstract", "keywords")), folder, say, "balanced")
    return folder / "warehouse"


def _build(records: Sequence[dict[str, Any]], folder: Path, say: Callable[[str], None], setting: str) -> Usage:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    dump = folder / "records.jsonl"
    dump.write_text(format_dump(records), encoding="utf-8")
    say(f"building a warehouse of {len(records):,} records in {folder / 'warehouse'}")
    paperhouse = Path(sys.executable).with_name("paperhouse")
    warehouse = str(folder / "warehouse")
    return measure([str(paperhouse), "build", "--warehouse", warehouse, "--keywords", setting, str(dump)])


def read_records(source: Path, fields: Sequence[str] = ("id", "title", "abstract")) -> list[dict[str, Any]]:
    """Read the fields of each line and nothing else; blank lines are passed over."""
    records = []
    for number, line in enumerate(source.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            records.append({name: record[name] for name in fields})
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise BadRecordError(f"{source}, line {number}: no record with {', '.join(fields)} ({error!r})") from error
    return records


def format_dump(records: Sequence[dict[str, Any]]) -> str:
    """Print what was read of each record, on a line of its own, but its id, which might be taken for an arXiv id."""
    rows = ({name: value for name, value in record.items() if name != "id"} for record in records)
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


def assign_keywords(ids: Sequence[Any], ranked: Sequence[tuple[int, str]]) -> list[dict[str, Any]]:
    """Give each record its keywords.

    Args:
        ids: of the records, in the order of the dump.
        ranked: 1-based line of the dump and keyword, best first within a line.

    Returns:
        id and keywords per record, in order; no keywords for a record of which none were found.
    """
    found: list[list[str]] = [[] for _ in ids]
    for line, keyword in ranked:
        found[line - 1].append(keyword)
    return [{"id": record_id, "keywords": keywords} for record_id, keywords in zip(ids, found, strict=True)]
