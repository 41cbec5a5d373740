"""README.md of a release: the card by which a dataset hub shows and opens it, and the page a person reads first.

What belongs here: the card's YAML (a configuration per table, with its features) and the words below it. The operator's
words are data: YAML is written by its own library, and Markdown around them is escaped. What changed since the release
before is `notes`.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from ..warehouse.connections import name_place
from .descriptions import Contents, locate_license
from .imprint import UNKNOWN, Imprint

#: DuckDB's types in the words of the hubs' library.
_FEATURES = {
    "VARCHAR": "string",
    "INTEGER": "int32",
    "BIGINT": "int64",
    "DOUBLE": "float64",
    "BOOLEAN": "bool",
    "DATE": "date32",
    "TIMESTAMP": "timestamp[us]",
}
#: The table that a hub shows first.
_FIRST = "papers"
#: Hubs know one way to say that a table is not divided: everything is for training.
_SPLIT = "train"
#: Licences that the hubs name, each by SPDX's identifier in small letters, and those they name otherwise.
_HUB_LICENSES = frozenset(
    "apache-2.0 mit unlicense cc0-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 "
    "cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 "
    "cc-by-nc-sa-4.0 cdla-sharing-1.0 cdla-permissive-1.0 cdla-permissive-2.0 etalab-2.0".split()
)
_HUB_NAMES = {"odc-by-1.0": "odc-by", "odbl-1.0": "odbl", "pddl-1.0": "pddl"}
_SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)

#: What would be markup inside a line of Markdown, and what would be at its beginning.
_INLINE = re.compile(r"[\\`*_\[\]<>|#~&$!]")
_LEADING = re.compile(r"(?m)^(\d{1,9})([.)])|^([-+=])")


def write_card(contents: Contents, is_sample: bool) -> str:
    """The page as Markdown, with its YAML.

    Args:
        contents: of the release.
        is_sample: whether its papers are invented ones.
    """
    facts = yaml.safe_dump(_describe(contents), sort_keys=False, allow_unicode=True, width=10_000)
    sections = [
        f"---\n{facts}---",
        f"# {escape(contents.title)}",
        _SAMPLE if is_sample else "",
        escape(contents.description),
        f"Release `{contents.release_id}` of {contents.made_at:%Y-%m-%d}. {_tell_use(contents)}",
        f"## Tables\n\n{_list_tables(contents)}",
        _tell_terms(contents.imprint),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


_SAMPLE = "**This is a generated sample: no paper in it exists.**"
_QUERY = "from search_papers('diffusion video')"
_USE = """Every table is one Parquet file, or a folder of one a month; `DICTIONARY.md` says what every column means,
`RELEASE_NOTES.md` what changed.

```python
datasets.load_dataset("FOLDER_OR_HUB_NAME", "papers", split="train")    # any table; nothing is divided, all is `train`
polars.read_parquet("papers.parquet")
duckdb.connect("paperhouse.duckdb", read_only=True).sql("$query")
```

`verify.sql` proves hashes, rows, keys and references of a copy with DuckDB alone: `duckdb -bail -f verify.sql`."""


def _tell_use(contents: Contents) -> str:
    """How a release is read; views are told where the files are by now, wherever they were when it was made."""
    views = f"set variable {name_place(contents.release_id)} = '.'; " if contents.has_views else ""
    return _USE.replace("$query", views + _QUERY)


def _describe(contents: Contents) -> dict[str, Any]:
    """What a hub reads. A table without a row is no configuration: the hubs' library opens none."""
    with_rows = {file.table for file in contents.files if file.rows}
    tables = sorted(with_rows, key=lambda table: (table != _FIRST, table))
    configs = []
    for table in tables:
        parts = contents.parts_of(table)
        path = parts[0].path if parts[0].path == f"{table}.parquet" else f"{table}/*.parquet"
        config: dict[str, Any] = {"config_name": table, "data_files": [{"split": _SPLIT, "path": path}]}
        configs.append({**config, "default": True} if table == _FIRST else config)
    papers = sum(part.rows for part in contents.parts_of(_FIRST))
    return {
        "pretty_name": contents.title,
        **_describe_license(contents.imprint),
        "size_categories": [_name_size(papers)],
        "tags": ["papers", "keywords", "trends"],
        "configs": configs,
        "dataset_info": [_describe_table(contents, table) for table in tables],
    }


def _describe_table(contents: Contents, table: str) -> dict[str, Any]:
    parts = contents.parts_of(table)
    size, rows = sum(part.bytes for part in parts), sum(part.rows for part in parts)
    return {
        "config_name": table,
        "features": [_describe_feature(name, dtype) for name, dtype in contents.tables[table].items()],
        "splits": [{"name": _SPLIT, "num_bytes": size, "num_examples": rows}],
        "download_size": size,
        "dataset_size": size,
    }


def _describe_feature(name: str, dtype: str) -> dict[str, Any]:
    """A column; a list of structs has a feature for each part."""
    if not dtype.endswith("[]"):
        return {"name": name, "dtype": _FEATURES[dtype]}
    inner = dtype.removesuffix("[]")
    if not inner.startswith("STRUCT("):
        return {"name": name, "list": _FEATURES[inner]}
    parts = [part.rsplit(" ", 1) for part in inner.removeprefix("STRUCT(").removesuffix(")").split(", ")]
    return {"name": name, "list": [{"name": part.strip('"'), "dtype": _FEATURES[kind]} for part, kind in parts]}


def _describe_license(imprint: Imprint) -> dict[str, str]:
    """The hubs' own name where they have one; else the operator's, and where it stands."""
    if not imprint.license:
        return {"license": UNKNOWN}
    name = imprint.license.lower()
    if name in _HUB_NAMES or name in _HUB_LICENSES:
        return {"license": _HUB_NAMES.get(name, name)}
    said = {"license": "other", "license_name": name, "license_link": locate_license(imprint)}
    return said if said["license_link"].startswith("https://") else {**said, "license_link": "README.md"}


def _name_size(rows: int) -> str:
    """The hubs' word for a number of rows."""
    words = ["1K", "10K", "100K", "1M", "10M"]
    place = sum(rows >= size for size in _SIZES)
    if place == 0:
        return "n<1K"
    return f"{words[place - 1]}<n<{words[place]}" if place < len(words) else "n>10M"


def _list_tables(contents: Contents) -> str:
    lines = ["| table | rows | one row per |", "| --- | ---: | --- |"]
    for table in contents.tables:
        rows = sum(part.rows for part in contents.parts_of(table))
        grain = contents.marts[table].description.removeprefix("One row per ").split(". ")[0].split(": ")[0].rstrip(".")
        lines.append(f"| `{table}` | {rows:,} | {grain} |")
    return "\n".join([*lines, "", "A table without rows is no configuration: `datasets` opens none."])


def _tell_terms(imprint: Imprint) -> str:
    """Licence, citation, and whom to ask; what nobody has said is said to be unknown."""
    terms = f"`{imprint.license}`" if imprint.license else UNKNOWN
    where = locate_license(imprint)
    lines = ["## Licence and citation", "", f"Licence: {terms}" + (f" (<{where}>)" if "://" in where else "") + "."]
    if imprint.creators:
        lines += ["", f"Made by {', '.join(map(escape, imprint.creators))}."]
    if imprint.contact:
        lines += ["", f"Contact: {escape(imprint.contact)}."]
    if imprint.url:
        lines += ["", f"From <{imprint.url}>."]
    if not imprint.citation:
        return "\n".join([*lines, "", f"How to cite it: {UNKNOWN}."])
    longest = max((len(run) for run in re.findall("`+", imprint.citation)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([*lines, "", "How to cite it:", "", fence, imprint.citation, fence])


def escape(text: str) -> str:
    """A person's words as Markdown that says just them: no markup, no HTML; blank lines still divide paragraphs."""
    stripped = "\n".join(line.strip() for line in text.split("\n"))
    inline = _INLINE.sub(lambda found: "\\" + found[0], stripped)
    return _LEADING.sub(lambda found: f"{found[1]}\\{found[2]}" if found[1] else "\\" + found[3], inline)
