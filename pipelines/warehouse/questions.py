"""A statement that somebody types, on a published file: what it may be, how long it may take, what DuckDB's no means.

What belongs here: refusing what does more than ask. The connection refuses by itself what it can (`open_to_read`):
other files, settings, writing. Functions that act can be called in a question, too, and some of them end the process.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import duckdb

#: Statements that ask. CREATE is among them for temporary tables, and because a pivot makes a temporary type; what is
#: not temporary DuckDB refuses on a read-only file.
_ASKING = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN, duckdb.StatementType.CREATE}
#: Functions that change DuckDB itself, that run a text as a statement, or that take addresses of memory.
_ACTING = re.compile(
    r"(enable|disable|truncate|force)_\w+|checkpoint|write_log|query|query_table|json_execute_serialized_sql"
    r"|python_map_function|sleep_ms|(?>\w+?_scan)\w*+"
)


class RefusedQueryError(ValueError):
    """A statement that is refused, or that came to nothing; the message is a sentence."""


@contextmanager
def asking(connection: duckdb.DuckDBPyConnection, seconds: float | None = None) -> Iterator[None]:
    """A block that asks the database; it ends after so many seconds, and DuckDB's errors in it are sentences.

    Raises RefusedQueryError.
    """
    # What no clock can count to (`inf`) is no limit.
    clock = threading.Timer(seconds, connection.interrupt) if seconds and seconds < threading.TIMEOUT_MAX else None
    if clock:
        clock.daemon = True
        clock.start()
    try:
        yield
    except duckdb.InterruptException:
        raise RefusedQueryError(f"The query was stopped after {seconds:g} s; --timeout gives it more.") from None
    except duckdb.OutOfMemoryException:
        raise RefusedQueryError(
            "The query takes more memory than it may have; --memory-limit gives it more, `limit` asks for less."
        ) from None
    except duckdb.PermissionException as error:
        raise RefusedQueryError(
            f"A query may read what is published, and nothing else on this machine. DuckDB: {_say(error)}"
        ) from None
    except duckdb.Error as error:
        raise RefusedQueryError(_say(error)) from None
    finally:
        if clock:
            clock.cancel()


def check_statements(query: str) -> list[duckdb.Statement]:
    """The statements of a text, in order, those that prepare an answer (CREATE) among them.

    Raises RefusedQueryError where it does more than ask, duckdb.ParserException where it is no SQL.
    """
    if any("\ud800" <= character <= "\udfff" for character in query):
        raise RefusedQueryError("The query is not in UTF-8. Type what is not ASCII anew, or leave it out.")
    statements = duckdb.extract_statements(query)
    if not statements:
        raise RefusedQueryError("There is no statement. Try one: from marts.papers limit 5")
    for statement in statements:
        if statement.type not in _ASKING:
            name = _name_type(statement.type)
            why = "Settings cannot be changed here" if name == "SET" else "The published database is read-only"
            raise RefusedQueryError(f"{why}: {name} is refused. Ask with select, from, describe or explain.")
    for name in _called_functions(query):
        if _ACTING.fullmatch(name):
            raise RefusedQueryError(f"The function {name} does more than ask, and is refused here.")
    return statements


def has_answer(statement: duckdb.Statement) -> bool:
    """Whether rows come of it."""
    return statement.type != duckdb.StatementType.CREATE


def _name_type(kind: object) -> str:
    """The first word of a statement's type; DuckDB has kinds that its Python part does not name."""
    name = str(kind).rpartition(".")[2]
    return name if name.isidentifier() else "this statement"


def _called_functions(query: str) -> Iterator[str]:
    """Names that stand before an opening parenthesis, in lower case, without quotes and whatever stands between."""
    starts = [start for start, _ in duckdb.tokenize(query)]
    text = query.encode()
    tokens = [
        re.sub(r"--[^\n]*|/\*.*?\*/", " ", text[start:end].decode(errors="replace"), flags=re.DOTALL).strip()
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True)
    ]
    for token, following in pairwise(tokens):
        if following.startswith("("):
            yield token.strip('"').lower()


def _say(error: duckdb.Error) -> str:
    """DuckDB's words without its insides: a trace of its stack, or a plea to report it."""
    said = re.split(r"\n[^\S\n]{0,20}(?:Stack Trace|This error signals)", str(error))[0].strip()
    return said or type(error).__name__
