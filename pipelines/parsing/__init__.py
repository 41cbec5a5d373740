"""Bytes to entries and rejects: files are found, hashed, decoded, recognised and parsed into the raw tables.

Grammars are those of kept libraries (lxml, pyromark, rispy, bibtexparser), finding papers is ours; no Dagster, no
DuckDB. Work on the wording of a text belongs in `text/`,
work on sets of papers in dbt.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .assembly import PARSER_VERSION, Parsed, name_version
    from .files import hash_files
    from .folders import Left, Links, MissingInputError, find_files, search
    from .guarded import ReaderError, read_dumps
    from .mapping import NO_MAPPING, ColumnMapping
    from .parser import parse_dumps
    from .reasons import REASONS

__all__ = [
    "NO_MAPPING",
    "PARSER_VERSION",
    "REASONS",
    "ColumnMapping",
    "Left",
    "Links",
    "MissingInputError",
    "Parsed",
    "ReaderError",
    "find_files",
    "hash_files",
    "name_version",
    "parse_dumps",
    "read_dumps",
    "search",
]

#: Where those names are, what loads in no time first.
_HOMES = ("reasons", "mapping", "files", "folders", "assembly", "guarded", "parser")


def __getattr__(name: str) -> object:
    """A name of `__all__`, found when it is first asked for: a question to a warehouse needs reasons, and no reader."""
    if name in __all__:
        for home in _HOMES:
            module = importlib.import_module(f".{home}", __name__)
            if hasattr(module, name):
                return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
