"""Bytes to entries and rejects: files are found, hashed, decoded, recognised and parsed into the raw tables.

Polars and the standard library only: no Dagster, no DuckDB. Work on the wording of a text belongs in `text/`,
work on sets of papers in dbt.
"""

from .assembly import PARSER_VERSION, Parsed
from .files import Left, Links, MissingInputError, find_files, hash_files, search
from .parser import parse_dumps
from .reasons import REASONS

__all__ = [
    "PARSER_VERSION",
    "REASONS",
    "Left",
    "Links",
    "MissingInputError",
    "Parsed",
    "find_files",
    "hash_files",
    "parse_dumps",
    "search",
]
