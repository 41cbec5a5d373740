"""Models and macros in SQL that DuckDB and Spark read alike: what one of them does not know or read so is refused.

What differs is in macros/engine.sql and engine_spark.sql; how a table is made, in materializations.sql and lake.sql.
"""

import re

import pytest

from paperhouse.orchestration.dbt_project import DBT_PROJECT

#: Where an engine may be named.
OF_ENGINES = {"engine.sql", "engine_spark.sql", "materializations.sql", "lake.sql"}
FILES = [
    path
    for folder in ("models", "macros")
    for path in sorted((DBT_PROJECT / folder).rglob("*.sql"))
    if path.name not in OF_ENGINES
]
#: What is refused, and what is to be said instead.
REFUSED = {
    r"\bqualify\b": "qualify: number the rows in one table expression, choose in the next",
    r"\bgroup\s+by\s+all\b": "group by all: name the columns",
    r"\bwith\s+recursive\b": "recursion: rounds (materialization rounds)",
    r"\s//\s": "//: floor(a / b)",
    r"\bunnest\s*\(": "unnest: macro unnested or unnested_together",
    r"\blambda\b|->": "a lambda: a macro of engine.sql",
    r"\b(list|array)_\w+\s*\(|\b(len|struct_pack)\s*\(": "a function of lists: a macro of engine.sql",
    r"\b(string_split|starts_with|ends_with|strlen|strip_accents|levenshtein)\s*\(": "DuckDB's name: a macro",
    r"\bregexp_(?!replace)\w+\s*\(": "a function of patterns: macro matches or first_group",
    r"\bhash\s*\(": "hash: macro text_number",
    r"\b(date_diff|date_trunc|to_(day|week|month|year)s)\s*\(": "dates: macro period_number or period_start",
    r"::": "::, which Spark does not read: cast(... as ...)",
    r"\bas\s+varchar\b": "varchar, which Spark wants a length of: string",
    r"\brtrim\s*\([^()]*,": "rtrim of two arguments, which Spark has the other way round: a macro of engine.sql",
    r"(?<![\w.])\d+\.\d+(?![\d.]|e[-+]?\d)": "a decimal, which divides in few digits on Spark: 0.5e0",
    r"\bfilter\s*\([^()]*(\([^()]*\)[^()]*)*\)\s+over\b": "filter in a window: count(case when ... then 1 end) over",
    r'"\w+"': "a quoted name, which Spark reads as a text: behind its table's name no word needs quotes",
}
#: What is refused in the texts of SQL, too.
REFUSED_IN_TEXTS = {
    r"\bregexp_replace\s*\([^;]*?'[^']*\\[^']*'": "regexp_replace with a backslash: [.] or a macro of engine.sql",
    r"\\\\?[wdsb](?![a-z])": "a class that ends with ASCII on one engine alone: name the characters",
}
CAST = re.compile(r"\bcast\s*\(")
INTEGER = re.compile(r"\bas\s+(bigint|integer|smallint)\s*$")
FRACTION = re.compile(r"/|\bln\(|\d(\.\d+)?e-?\d")
WHOLE = re.compile(r"^(round|floor|ceil|rint|sum|count|coalesce\(sum)\b")
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.S)
STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.S)


def faults(text: str) -> list[str]:
    """What of REFUSED, and of the rules for casts and orders, is in a template: in its SQL and in texts handed on."""
    text = re.sub(r"\{#.*?#\}", "", text, flags=re.S)
    text = re.sub(r"--[^\n]*", "", text)
    handed = [said[1:-1] for block in JINJA.findall(text) for said in STRING.findall(block)]
    plain = JINJA.sub(" x ", text)
    found = [name for name in (_orders_without_nulls(plain), _casts_of_fractions(plain)) if name]
    for piece in (plain, *handed):
        found += _rounds_to_digits(piece)
        found += [said for pattern, said in REFUSED_IN_TEXTS.items() if re.search(pattern, piece, re.I)]
        without_texts = re.sub(r"'[^']*'", "''", piece)
        found += [said for pattern, said in REFUSED.items() if re.search(pattern, without_texts, re.I)]
    return found


def _orders_without_nulls(sql: str) -> str:
    for match in re.finditer(r"\border\s+by\b", sql):
        for item in order_items(sql, match.end()):
            if not re.search(r"\bnulls\s+(first|last)\s*$", item):
                return "an order that does not say where nulls go: nulls first or nulls last"
    return ""


def order_items(sql: str, start: int) -> list[str]:
    """The items of an `order by`, from behind it to the end of its clause."""
    items, depth, item = [], 0, ""
    for place in range(start, len(sql)):
        if depth == 0 and (sql[place] == ")" or re.match(r"\s(rows|range|limit)\b", sql[place : place + 7])):
            break
        depth += (sql[place] == "(") - (sql[place] == ")")
        if depth == 0 and sql[place] == ",":
            items.append(item)
            item = ""
        else:
            item += sql[place]
    return [*items, item]


def _casts_of_fractions(sql: str) -> str:
    for match in CAST.finditer(sql):
        depth, end = 1, match.end()
        while depth and end < len(sql):
            depth += (sql[end] == "(") - (sql[end] == ")")
            end += 1
        said = sql[match.end() : end - 1].strip()
        if INTEGER.search(said) and FRACTION.search(said) and not WHOLE.search(said):
            return "a fraction cast to an integer, which one engine rounds: round(), floor() or macro nearest_whole"
    return ""


def _rounds_to_digits(sql: str) -> list[str]:
    return [
        "round to so many digits, where engines break ties otherwise: macro rounded"
        for match in re.finditer(r"\bround\s*\(", sql)
        if len(order_items(sql, match.end())) > 1
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_model_says_what_both_engines_read(path):
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("select * from a qualify n = 1", "number the rows"),
        ("select a, count(*) from b group by all", "name the columns"),
        ("with recursive a as (select 1)", "rounds"),
        ("select a // 2", "floor"),
        ("select unnest(a) as b", "unnested"),
        ("select {{ stable('unnest(a)') }}", "unnested"),
        ("select list_sort(a)", "lists"),
        ("select len(a)", "lists"),
        ("select {{ listed('x', 'y') }}, array_agg(z)", "lists"),
        ("select filter(a, b -> b > 1)", "lambda"),
        ("select starts_with(a, b)", "DuckDB's name"),
        ("select regexp_matches(a, 'b')", "patterns"),
        (r"select regexp_replace(a, '(b)', '\1')", "backslash"),
        ("select hash(a)", "text_number"),
        ("select date_diff('day', a, b)", "dates"),
        ("select a::date", "cast("),
        ("select cast(a as varchar)", "string"),
        ("select rtrim(a, '.')", "two arguments"),
        ("select 0.5 * a", "decimal"),
        ("select {{ stable('a / 2.5') }}", "decimal"),
        (r"select {{ matches('a', '^\\w+$') }}", "ASCII"),
        ("select count(*) filter (where a > 1) over (partition by b)", "filter in a window"),
        ("select max(a) filter (where greatest(a, 1) > 1) over basis", "filter in a window"),
        ('select "end" from a', "quoted"),
        ("select row_number() over (order by a) as n", "nulls"),
        ("select row_number() over (partition by b order by a nulls last, greatest(c, d) desc) as n", "nulls"),
        ("select sum(a) over (order by b rows unbounded preceding)", "nulls"),
        ("select cast(1e6 * a as bigint)", "fraction"),
        ("select cast(a / b as integer)", "fraction"),
        ("select round(greatest(a, b) / c, 4) as d", "rounded"),
        ("select {{ stable('round(a / b, 6)') }}", "rounded"),
    ],
)
def test_what_one_engine_does_not_read_is_refused(said, instead):
    assert [fault for fault in faults(said) if instead in fault], faults(said)


@pytest.mark.parametrize(
    "said",
    [
        "select {{ unnested('a') }} as b, {{ ends_with('c', 'd') }} as e",
        "select sum(a) over (order by b nulls last rows unbounded preceding) as s",
        "select row_number() over (order by greatest(a, b) desc nulls last, c asc nulls first) as n",
        "select cast(round(1e6 * greatest(a, b)) as bigint), cast(a as integer), 0.5e0 * b, 'https://a.b/0.5' as url",
        "select count(*) filter (where a > 1) as n -- qualify, 0.5 and :: in a comment",
    ],
)
def test_what_both_read_is_not(said):
    assert faults(said) == []
