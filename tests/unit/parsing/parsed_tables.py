"""What parsing gives, as tests look at it: every parse here is held against what is true of all of them."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from paperhouse.parsing import find_files, hash_files, parse_dumps, schema

#: The raw tables that parsing fills, without a row.
EMPTY = {
    name: pl.DataFrame(schema=getattr(schema, name.upper())) for name in ("dumps", "entries", "rejects", "line_spans")
}


@dataclass
class Tables:
    """The raw tables of everything parsed in one go."""

    dumps: pl.DataFrame
    entries: pl.DataFrame
    rejects: pl.DataFrame
    line_spans: pl.DataFrame

    @property
    def dump(self) -> dict:
        """The only dump there is."""
        return self.dumps.row(0, named=True) if self.dumps.height == 1 else pytest.fail("more than one dump")

    @property
    def pairs(self) -> list[tuple[str, str | None]]:
        """Titles and abstracts in order."""
        return list(self.entries.select("title", "abstract").iter_rows())

    @property
    def reasons(self) -> list[str]:
        """Reject reasons in order."""
        return self.rejects["reason"].to_list()


def parse_paths(*paths: Path) -> Tables:
    """Find, hash and parse; and hold the result against what is true of every parse."""
    files = hash_files(find_files(paths))
    dumps = files.group_by("dump_id", maintain_order=True).agg(
        pl.first("path", "folder_name", "byte_count", "member"), file_names=pl.col("file_name").unique().sort()
    )
    batches = list(parse_dumps(dumps))
    frames = {name: pl.concat([none, *(getattr(batch, name) for batch in batches)]) for name, none in EMPTY.items()}
    tables = Tables(**frames)
    assert tables.dumps["dump_id"].to_list() == dumps["dump_id"].to_list()
    check_accounting(tables, {row["dump_id"]: Path(row["path"]) for row in dumps.iter_rows(named=True)})
    return tables


def parse_each(folder: Path, contents: Iterable[str]) -> dict[str, Tables]:
    """Parse contents in one go, each a page.txt of its own: most of a parse is what goes before its first page."""
    ids = {content: hashlib.sha256(content.encode()).hexdigest() for content in contents}
    for number, content in enumerate(ids):
        path = folder / f"page {number}" / "page.txt"
        path.parent.mkdir()
        path.write_bytes(content.encode())
    tables = parse_paths(folder)
    parts = {name: getattr(tables, name).partition_by("dump_id", as_dict=True) for name in Tables.__dataclass_fields__}
    return {
        content: Tables(**{name: found.get((dump_id,), getattr(tables, name).clear()) for name, found in parts.items()})
        for content, dump_id in ids.items()
    }


def check_accounting(tables: Tables, paths: dict[str, Path]) -> None:
    """Classes add up to the lines, and the ranges of entries, rejects and spans give the same counts again."""
    classes = ("blank", "boilerplate", "date", "entry", "rejected")
    for dump in tables.dumps.iter_rows(named=True):
        counts = {name: dump[f"{name}_line_count"] for name in classes}
        assert sum(counts.values()) == dump["line_count"], dump
        mine = {
            name: getattr(tables, name).filter(pl.col("dump_id") == dump["dump_id"])
            for name in ("entries", "rejects", "line_spans")
        }
        assert dump["entry_count"] == mine["entries"].height
        assert dump["reject_count"] == mine["rejects"].height
        assert mine["entries"]["position"].to_list() == list(range(1, dump["entry_count"] + 1))
        taken: dict[str, set[int]] = {
            "entry": lines_of(mine["entries"]),
            "rejected": lines_of(mine["rejects"].drop_nulls("first_line")),
            **{kind: lines_of(mine["line_spans"].filter(pl.col("kind") == kind)) for kind in ("boilerplate", "date")},
        }
        assert not taken["boilerplate"] & taken["date"]
        covered = set().union(*taken.values())
        assert covered <= set(range(1, dump["line_count"] + 1))
        # What no range covers is blank; ranges may have blank lines inside, so they count at least as many.
        assert dump["line_count"] - len(covered) <= counts["blank"]
        for name, line_numbers in taken.items():
            assert len(line_numbers) >= counts[name], (name, dump)


def lines_of(frame: pl.DataFrame) -> set[int]:
    """Every line number in the ranges of a frame."""
    return {
        line for first, last in frame.select("first_line", "last_line").iter_rows() for line in range(first, last + 1)
    }
