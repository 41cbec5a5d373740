"""Which loaded dumps a person's words mean, and what is said of how dumps and papers are named.

A name is a whole file name (all dumps of that name are meant), an id, or eight digits or more of one.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

#: Digits of an id that may stand for it: fewer are a slip, and none an unset variable of the shell.
NAMING_DIGITS = 8
DUMP_NAMES = "whole file names, ids, or eight digits or more of one"
PAPER_NAMES = "paper ids, arXiv ids or DOIs"


class UnknownDumpError(LookupError):
    """A name that means no loaded dump, or two; args are the sentence and the remedy."""


def find_dumps(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> list[str]:
    """The ids of the loaded dumps that names mean, each once; raises UnknownDumpError."""
    ids: list[str] = []
    for name in names:
        found = connection.execute(
            "select dump_id from raw.dumps where list_contains(file_names, $1) or dump_id = lower($1) order by 1",
            [name],
        ).fetchall()
        if not found and len(name) >= NAMING_DIGITS:
            found = connection.execute(
                "select dump_id from raw.dumps where starts_with(dump_id, lower($1)) order by 1", [name]
            ).fetchall()
            if len(found) > 1:
                raise UnknownDumpError(
                    f"{len(found):,} loaded dumps have an id that begins with {name!r}.", "Give more of its digits."
                )
        if not found:
            raise UnknownDumpError(
                f"No loaded dump is named {name!r}; nothing was changed.",
                f'Give {DUMP_NAMES}. `paperhouse sql "from raw.dumps"` lists them.',
            )
        ids += [dump_id for (dump_id,) in found if dump_id not in ids]
    return ids


def list_dumps(connection: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Id and file names of dumps, by id."""
    return connection.execute(
        "select dump_id, file_names from raw.dumps where dump_id in $1 order by 1", [list(ids)]
    ).fetchall()
