"""What is different in the rows that two releases both have: which columns, with the old and the new value.

What belongs here: questions for a person who looks at two releases; `changes` says which rows they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from ..warehouse.connections import literal

#: Characters of a value that are shown.
_SHOWN = 60
#: Says by which rules a row was made: of no interest where nothing else in the row is different.
_RULES = "rules_version"
#: What names a row to a person, best first.
_LABELS = ("title", "keyword", "form", "name", "label", "short_form")
#: Differences of a table that only one side has.
_NONE = "select null::varchar[] as key, '' as name, '' as was, '' as became"


def count_changed(
    connection: duckdb.DuckDBPyConnection, table: str, old: str, new: str, key: Sequence[str]
) -> list[tuple[str, int]]:
    """How many of the rows that are `changed` differ in each column of a table, the most first, those of none left out.

    Rows that differ in their rules' version alone are counted as that, and first. Args: the connection has the table
    `changes`; old and new are the expressions that read the two sides.
    """
    columns = [column for column in _shared(connection, old, new) if column not in (*key, _RULES)]
    differs = {column: f'o."{column}" is distinct from n."{column}"' for column in columns}
    counts = [f"count(*) filter (where not ({' or '.join(differs.values()) or 'false'}))"]
    counts += [f"count(*) filter (where {test})" for test in differs.values()]
    [row] = connection.execute(f"select {', '.join(counts)} from {_joined(table, old, new, key)}").fetchall()
    alone, *found = zip((f"{_RULES} alone", *columns), row, strict=True)
    found = sorted(found, key=lambda pair: (-pair[1], pair[0]))
    return [(name, count) for name, count in (alone, *found) if count]


def list_changed(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    sides: Sequence[Mapping[str, str]],
    key: Sequence[str],
    limit: int,
) -> list[tuple[str, ...]]:
    """Rows that are not the same, one line for each column that differs: label, change, column, old value, new value.

    Args: sides are the expressions that read each table of the older and of the newer release. A row that only one of
    them has is one line, after those that both have. The label is a title, a keyword or another name, with the days and
    numbers of the key; where there is none, the key.
    """
    old, new = (side.get(table) for side in sides)
    some = new or old
    assert some
    columns = _shared(connection, old or some, new or some)
    values = [column for column in columns if column not in (*key, _RULES)]
    listed = ", ".join(f"{{'column': {literal(c)}, 'was': {_text('o', c)}, 'is': {_text('n', c)}}}" for c in values)
    both = f"""
        select c.key, unnest([{listed or "null"}]) as difference from {_joined(table, old, new, key)}
    """
    pairs = f"""
        select key, difference."column" as name, difference.was as was, difference."is" as became from ({both})
        where difference.was is distinct from difference."is"
    """
    return connection.execute(
        f"""
        with labels as ({_label_query(sides, table, columns, key)})
        select
            coalesce(labels.label, array_to_string(c.key, ' | ')),
            c.change || coalesce(' into ' || c.merged_into, ''),
            coalesce(pairs.name, ''), coalesce(pairs.was, ''), coalesce(pairs.became, '')
        from changes as c
        left join labels on c.key = labels.key
        left join ({pairs if old and new and values else _NONE}) as pairs on c.key = pairs.key
        where c.table_name = {literal(table)} and (c.change <> 'changed' or pairs.name is not null)
        order by list_position(['changed', 'merged', 'removed', 'added'], c.change), 1, c.key, pairs.name
        limit {limit}
        """
    ).fetchall()


def _text(side: str, column: str) -> str:
    """A column's value in few characters."""
    value = f'cast({side}."{column}" as varchar)'
    return f"left({value}, {_SHOWN}) || if(length({value}) > {_SHOWN}, '…', '')"


def _shared(connection: duckdb.DuckDBPyConnection, old: str, new: str) -> list[str]:
    """Columns that both sides have, in the order of the newer."""
    names = [[row[0] for row in connection.execute(f"describe select * from {side}").fetchall()] for side in (new, old)]
    return [name for name in names[0] if name in names[1]]


def _keys(key: Sequence[str], side: str) -> str:
    return "[" + ", ".join(f'cast({side}."{column}" as varchar)' for column in key) + "]"


def _joined(table: str, old: str | None, new: str | None, key: Sequence[str]) -> str:
    """The changed rows of a table on both sides: `o` and `n`, beside `c` of changes."""
    return (
        f"(select key from changes where table_name = {literal(table)} and change = 'changed') as c "
        f"inner join {old} as o on c.key = {_keys(key, 'o')} inner join {new} as n on c.key = {_keys(key, 'n')}"
    )


def _label_query(sides: Sequence[Mapping[str, str]], table: str, columns: Sequence[str], key: Sequence[str]) -> str:
    """Label of each key on either side: its names, those of the paper and keyword it has, and its days and numbers."""
    own = next((column for column in _LABELS if column in columns), None)
    owners = [
        (column, owner, label)
        for column, owner, label in (("paper_id", "papers", "title"), ("keyword_id", "keywords", "keyword"))
        if column in key and table != owner and label != own
    ]
    plain = [column for column in key if not column.endswith("_id") and column != own]
    found = []
    for side in (side for side in sides if table in side):
        known = [(column, owner, label) for column, owner, label in owners if owner in side]
        parts = [f't."{own}"'] if own else []
        parts += [f"{owner}.{label}" for _, owner, label in known] + [f't."{column}"' for column in plain]
        joined = " ".join(
            f"left join {side[owner]} as {owner} on t.{column} = {owner}.{column}" for column, owner, _ in known
        )
        label = "concat_ws(' · ', " + ", ".join(f"cast({part} as varchar)" for part in parts) + ")" if parts else "null"
        found.append(f"select {_keys(key, 't')} as key, {label} as label from {side[table]} as t {joined}")
    return f"select key, max(label) as label from ({' union all '.join(found)}) group by key"
