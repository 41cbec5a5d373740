"""The macros of the published file, made so that they work in a file that is attached, under whatever name.

What belongs here: reading macros.sql and writing each macro out. DuckDB (as of 1.5) looks up what a macro's body names
where the query is asked, not where the macro lies; only views know their own file. So a macro that is written out calls
no other macro, asks for its tables by `query_table` under the name that its parameter `db` gives, and refuses to answer
from another release's tables where none is given. In macros.sql none of that is seen: there a table is `marts.papers`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ..warehouse.connections import literal

_SOURCE = Path(__file__).with_name("macros.sql")
#: Strings and comments whole, words, `:=`, blanks, and every other character alone.
_TOKENS = re.compile(r"'(?:[^']|'')*+'|--[^\n]*+|\"[^\"]*+\"|\w++|:=|\s++|.", re.DOTALL)
_MACRO = re.compile(
    r"(?P<remark>(?:^-- [^\n]*+\n)++)"
    r"create macro (?P<name>\w++)\((?P<parameters>[^)]*+)\) as(?P<kind> table)?\s(?P<body>.*+)",
    re.MULTILINE | re.DOTALL,
)
_SCHEMAS = frozenset({"marts", "raw", "quality", "search"})
#: What a source says where its tables have to be those of the macro's own release; see `_own`.
_OWN = "own"
_PREFIX = """coalesce('"' || replace(db, '"', '""') || '".', '')"""


@dataclass(frozen=True)
class Macro:
    """A macro as macros.sql has it: parameters by name with their defaults (or None), and tokens of its body."""

    name: str
    remark: str
    parameters: Mapping[str, str | None]
    is_table: bool
    body: tuple[str, ...]


def read_macros(text: str | None = None) -> list[Macro]:
    """The macros of macros.sql, or of a text like it, in order; each may call those before it."""
    found = []
    for part in (text or _SOURCE.read_text()).split(";\n"):
        if macro := _MACRO.search(part):
            pairs = [pair.partition(":=") for pair in macro["parameters"].split(",") if pair.strip()]
            found.append(
                Macro(
                    name=macro["name"],
                    remark=" ".join(line.removeprefix("-- ") for line in macro["remark"].splitlines()),
                    parameters={name.strip(): default.strip() or None for name, _, default in pairs},
                    is_table=bool(macro["kind"]),
                    body=tuple(_TOKENS.findall(macro["body"].strip())),
                )
            )
    return found


def write_out(macros: Sequence[Macro], release_id: str) -> Iterator[tuple[str, str, str, str]]:
    """Comment, name, kind (`table` or nothing) and statement of each macro, for the file of a release."""
    known: dict[str, Macro] = {}
    for macro in macros:
        parameters = dict(macro.parameters)
        body = _inline(macro.body, known)
        known[macro.name] = Macro(macro.name, macro.remark, macro.parameters, macro.is_table, tuple(body))
        remark = macro.remark
        if macro.is_table:
            body = _ask_under_name(body, _own(macro.name, release_id))
            parameters["db"] = "null"
            remark += f" Of an attached file: {macro.name}(..., db := 'the name it is attached under')."
        named = ", ".join(name if default is None else f"{name} := {default}" for name, default in parameters.items())
        kind = "table" if macro.is_table else ""
        yield remark, macro.name, kind, f"create macro {macro.name}({named}) as {kind} {''.join(body)}"


def write_macros(connection: duckdb.DuckDBPyConnection, release_id: str, prefix: str = "") -> None:
    """Create the macros whose names begin so in the database in use, each with its comment."""
    connection.execute("begin")
    for remark, name, kind, statement in write_out(read_macros(), release_id):
        if name.startswith(prefix):
            connection.execute(statement)
            connection.execute(f"comment on macro {kind} {name} is {literal(remark)}")
    connection.execute("commit")


def _own(name: str, release_id: str) -> str:
    """A row, where the tables that are read are a named file's or those of this release; else an error that says so.

    Without it `old.papers_with('...')` would be answered from whatever file is in use.
    """
    problem = (
        f"{name}() of the release {release_id} would read the tables of another release: say whose, "
        f"{name}(..., db := 'name of the attached file'), or first: use that_name"
    )
    return (
        f"(select 1 as own from query_table({_PREFIX} || 'quality.releases') as releases where case "
        f"when not is_this_release then false when db is null and release_id <> {literal(release_id)} "
        f"then error({literal(problem)}) else true end) as own"
    )


def _inline(tokens: Sequence[str], known: Mapping[str, Macro]) -> list[str]:
    """The tokens with each call of a known macro written out."""
    result: list[str] = []
    at = 0
    while at < len(tokens):
        macro = known.get(tokens[at])
        if macro is None or list(tokens[at + 1 : at + 2]) != ["("]:
            result.append(tokens[at])
            at += 1
            continue
        arguments, at = _read_arguments(tokens, at + 2)
        values = _match_arguments(macro, [_inline(argument, known) for argument in arguments])
        result += ["(", *_replace_parameters(macro.body, values), ")"]
    return result


def _read_arguments(tokens: Sequence[str], start: int) -> tuple[list[list[str]], int]:
    """The arguments of a call whose parenthesis is open, and the place behind the one that closes it."""
    arguments: list[list[str]] = [[]]
    depth = 0
    for at in range(start, len(tokens)):
        token = tokens[at]
        if token == ")" and depth == 0:
            return [argument for argument in arguments if "".join(argument).strip()], at + 1
        depth += (token in "([{") - (token in ")]}")
        if token == "," and depth == 0:
            arguments.append([])
        else:
            arguments[-1].append(token)
    raise ValueError(f"A call in {_SOURCE.name} is not closed: {''.join(tokens[start:])[:60]}")


def _match_arguments(macro: Macro, arguments: Sequence[list[str]]) -> dict[str, list[str]]:
    """The value of each parameter: what is given by place or by name, else its default."""
    values = {name: [default] for name, default in macro.parameters.items() if default is not None}
    for name, argument in zip(macro.parameters, arguments, strict=False):
        values[name] = argument
    for argument in arguments:
        words = [token for token in argument if not token.isspace()]
        if words[1:2] == [":="]:
            values = {name: value for name, value in values.items() if value is not argument}
            values[words[0]] = argument[argument.index(":=") + 1 :]
    return values


def _replace_parameters(tokens: Sequence[str], values: Mapping[str, Sequence[str]]) -> list[str]:
    """A body with its parameters replaced: words that stand alone, no column of a table and no argument's name."""
    result: list[str] = []
    for at, token in enumerate(tokens):
        following = next((later for later in tokens[at + 1 :] if not later.isspace()), "")
        is_parameter = token in values and tokens[max(at - 1, 0)] != "." and following not in (":=", ".")
        result += ["(", *values[token], ")"] if is_parameter else [token]
    return result


def _ask_under_name(tokens: Sequence[str], own: str) -> list[str]:
    """The tokens with each table asked for under the name of its file, as what it was called."""
    result: list[str] = []
    at = 0
    while at < len(tokens):
        if _last_word(result) not in ("from", "join"):
            result.append(tokens[at])
            at += 1
        elif tokens[at] in _SCHEMAS and tokens[at + 1] == ".":
            table = f"query_table({_PREFIX} || '{tokens[at]}.{tokens[at + 2]}')"
            following = next((later for later in tokens[at + 3 :] if not later.isspace()), "")
            result.append(table if following == "as" else f"{table} as {tokens[at + 2]}")
            at += 3
        else:
            result.append(own if tokens[at] == _OWN else tokens[at])
            at += 1
    return result


def _last_word(tokens: Sequence[str]) -> str:
    """The last token that is no blank."""
    return next((token for token in reversed(tokens) if not token.isspace()), "")
