"""Lists of papers in YAML and TOML, as group pages and site generators keep them.

The grammars are PyYAML's (the safe loader, in C) and the standard library's; where the records are is found as in JSON.
"""

import re
import tomllib
from collections.abc import Sequence
from typing import Any

import numpy as np
import yaml

from .. import columns, lines, publication
from ..files import Source
from ..findings import Findings
from ..reader import SourceReader
from . import api_json, json_shapes

NAME = "yaml_or_toml"

_YAML_TITLE = re.compile(rb"^[ \t]*(?:- )?[\"']?(?:paper_)?title[\"']?:[ \t]+\S", re.MULTILINE | re.IGNORECASE)
#: One of them is in every text with a title.
_TITLE_MARKS = (b"title:", b'title":', b"title':")
_YAML_ITEM = re.compile(rb"^[ \t]*- [\"']?\w+[\"']?:(?:[ \t]|$)", re.MULTILINE)
_TOML_TABLE = re.compile(rb"^\[\[[\w.\"-]+\]\][ \t]*$", re.MULTILINE)
_TOML_TITLE = re.compile(rb"^[ \t]*\"?title\"?[ \t]*=[ \t]*[\"']", re.MULTILINE | re.IGNORECASE)
#: The line that every file of the Citation File Format has.
_CITATION = re.compile(rb"\A(?:[^\n]{0,2000}+\n){0,40}?[\"']?cff-version[\"']?: ")
#: What stands for something named elsewhere in the file: a few lines of it can stand for millions.
_ALIAS = re.compile(rb"(?:^|[\s\[{,:])\*[\w-]+[ \t]*(?:$|[,\]}])", re.MULTILINE)
#: Beginning of a source looked at, and the largest file that is read: both loaders hold all of it.
_HEAD, _LARGEST = 1 << 16, 64 << 20
#: Lists in lists, or names in names, of a file that is read.
_DEEPEST = 100
_OPENERS, _CLOSERS = np.frombuffer(b"[{", dtype=np.uint8), np.frombuffer(b"]}", dtype=np.uint8)
#: Where a record keeps the lines it stands on; no key of a file has a zero byte.
_LINES = "\0lines"


def recognise(source: Source) -> tuple[float, str]:
    """Score a source by titles among the items of a list in YAML, or among the tables of an array in TOML."""
    head = source.head(_HEAD)
    if not source.is_binary and _CITATION.search(head) and len(source.data) <= _LARGEST:
        return 0.9, "a citation file (CITATION.cff)"
    if source.is_binary or len(source.data) > _LARGEST or head.lstrip()[:1] in (b"{", b"<"):
        return 0.0, "neither YAML nor TOML"
    if b"[[" in head and _TOML_TABLE.search(head) and _TOML_TITLE.search(head):
        return 0.7, "TOML, tables with titles"
    folded = head.lower()
    # Most text has no such key: looking for one is many times faster than for items.
    if not any(mark in folded for mark in _TITLE_MARKS):
        return 0.0, "neither YAML nor TOML"
    if _YAML_ITEM.search(head) and _YAML_TITLE.search(head) and not _ALIAS.search(source.data):
        if _is_deep(source.data):
            return 0.7, "YAML, lists in lists without end"
        return (0.7, "YAML, items with titles") if _read_yaml(source.data) is not None else (0.0, "no YAML")
    return 0.0, "neither YAML nor TOML"


def parse(sources: Sequence[tuple[int, Source, str]]) -> Findings:
    """Read each source; (number in the batch, source, why it was recognised). Never raises for content."""
    return _DataFile.read_all(sources)


class _DataFile(SourceReader):
    """One file on its way through."""

    NAME = NAME
    takes_wording = True

    def read(self) -> str | None:
        if _CITATION.search(self.source.head(_HEAD)):
            return self._read_citation()
        value = _read_toml(self.text) if _TOML_TABLE.search(self.source.data) else _read_yaml(self.source.data)
        found = list(json_shapes.find_records(value)) if value is not None else []
        if not found:
            return self.refuse_whole("no list of records", len(self.recorder.entries), len(self.recorder.rejects))
        starts = [self._start_of(record.record) for record in found]
        for record, first, after in zip(found, starts, [*starts[1:], len(self.ledger.classes) + 1], strict=True):
            lines_of = record.record.pop(_LINES, None)
            last = lines_of[1] if lines_of else max(first, after - 1)
            entry = api_json.read_entry(record.record)
            if entry["title"] is not None:
                self.ignore(columns.list_ignored(record.record))
                self.add_entry(entry, first, last)
        if self.entry_count and isinstance(value, dict):
            self.ignore(str(name) for name, item in value.items() if not isinstance(item, list | dict | tuple))
        if self.entry_count:
            # Comments, and what was told of above.
            self.ledger.mark_open(lines.BOILERPLATE)
        return f"records at {found[0].path or 'the top'}"

    def _read_citation(self) -> str | None:
        """The paper that users of a program are asked to cite: the program is none, and no work it builds on is."""
        value = None if _is_deep(self.source.data) or _ALIAS.search(self.source.data) else _read_yaml(self.source.data)
        record = value.get("preferred-citation") if isinstance(value, dict) else None
        if not isinstance(record, dict) or not isinstance(record.get("title"), str):
            why = f"{self.reason} that prefers no paper"
            return self.refuse_whole(why, len(self.recorder.entries), len(self.recorder.rejects))
        first, last = record.pop(_LINES, (1, len(self.ledger.classes)))
        entry = api_json.read_entry(record)
        year, month = record.get("year"), record.pop("month", None)
        if entry.get("published_on") is None and isinstance(year, int) and isinstance(month, int):
            entry |= publication.read_publication(f"{year}-{month:02}")
        self.ignore(columns.list_ignored(record))
        self.add_entry(entry, first, last)
        self.ledger.mark_open(lines.BOILERPLATE)
        return "its preferred citation"

    def _start_of(self, record: dict[str, Any]) -> int:
        """The line a record begins on; in TOML, whose loader does not say, the header above its title."""
        if _LINES in record:
            return record[_LINES][0]
        title = str(next((item for key, item in record.items() if columns.fold_name(key) in columns.TITLE_NAMES), ""))
        at = max(self.text.find(title.split("\n", 1)[0][:60], self._counted_at), 0)
        header = self.text.rfind("\n[[", 0, at) + 1
        return self.line_at(max(header, self._counted_at))


class _Loader(yaml.CSafeLoader):
    """PyYAML's safe loader; each mapping says which lines it stands on."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping = super().construct_mapping(node, deep=deep)
        end = node.end_mark.line + (node.end_mark.column > 0)
        mapping[_LINES] = (node.start_mark.line + 1, max(end, node.start_mark.line + 1))
        return mapping


def _is_deep(data: bytes) -> bool:
    """Whether lists stand in lists without end: the loader goes down into each, and its stack is not."""
    octets = np.frombuffer(data, dtype=np.uint8)
    steps = np.isin(octets, _OPENERS).astype(np.int64) - np.isin(octets, _CLOSERS)
    return bool(len(octets)) and (int(steps.cumsum().max()) > _DEEPEST or b"- " * _DEEPEST in data)


def _read_yaml(data: bytes) -> Any:
    if _is_deep(data):
        return None
    try:
        value = yaml.load(data.decode(errors="replace"), Loader=_Loader)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError, AttributeError):
        return None
    return value if isinstance(value, list | dict) else None


def _read_toml(text: str) -> Any:
    if any(row.partition("=")[0].count(".") > _DEEPEST for row in text.split("\n")):
        return None
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError):
        return None
