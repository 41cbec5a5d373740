"""Models and macros that work on sets, rendered and run on any rows: components, forms of keywords."""

import itertools
import random

import duckdb
import jinja2
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperhouse.orchestration.dbt_project import DBT_PROJECT

MACROS = jinja2.Environment().from_string((DBT_PROJECT / "macros" / "components.sql").read_text(encoding="utf-8"))
FORMS = (DBT_PROJECT / "models" / "intermediate" / "int_forms__counted.sql").read_text(encoding="utf-8")


def find_components(edges: list[tuple[int, int]]) -> dict[int, int]:
    """The macro's answer: record -> smallest record of its component."""
    frame = pl.DataFrame(edges, schema={"first_number": pl.Int64, "second_number": pl.Int64}, orient="row")
    with duckdb.connect() as connection:
        connection.register("pairs", frame.to_arrow())
        ctes = MACROS.module.connected("edges", "found")
        return dict(connection.execute(f"with recursive edges as (from pairs), {ctes} from found").fetchall())


def expected_components(edges: list[tuple[int, int]]) -> dict[int, int]:
    """The same by union-find."""
    parents: dict[int, int] = {}

    def find(record: int) -> int:
        parents.setdefault(record, record)
        while parents[record] != record:
            parents[record] = parents[parents[record]]
            record = parents[record]
        return record

    for first, second in edges:
        low, high = sorted((find(first), find(second)))
        parents[high] = low
    return {record: find(record) for record in parents}


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40)), max_size=60))
def test_components_of_any_graph(edges):
    assert find_components(edges) == expected_components(edges)


@pytest.mark.parametrize("length", [2, 46, 47, 5_000])
@pytest.mark.parametrize("is_shuffled", [False, True])
def test_a_chain_of_any_length_is_one_component(length, is_shuffled):
    records = list(range(1, length + 1))
    if is_shuffled:
        random.Random(7).shuffle(records)
    found = find_components(list(itertools.pairwise(records)))
    assert set(found.values()) == {1}
    assert len(found) == length


def test_a_graph_of_5000_records():
    chosen = random.Random(7)
    edges = [(chosen.randint(1, 5_000), chosen.randint(1, 5_000)) for _ in range(3_000)]
    assert find_components(edges) == expected_components(edges)


def count_forms(rows: list[tuple]) -> list[dict[str, object]]:
    """The model's answer on rows of int_phrases__folded."""
    columns = {
        "paper_number": pl.Int64,
        "field": pl.String,
        "phrase": pl.String,
        "phrase_key": pl.String,
        "term_hash": pl.Int64,
        "rule": pl.String,
        "confidence": pl.Float64,
        "occurrence_count": pl.Int64,
        "alone_count": pl.Int64,
        "folded_into": pl.String,
    }
    frame = pl.DataFrame(rows, schema=columns, orient="row")
    with duckdb.connect() as connection:
        connection.register("folded", frame.to_arrow())
        return connection.execute(jinja2.Template(FORMS).render(ref=lambda name: "folded")).pl().to_dicts()


PHRASES = st.tuples(
    st.integers(1, 6),
    st.sampled_from(["title", "abstract"]),
    st.sampled_from(["GateKeeper", "gate keeper", "GK"]),
    st.sampled_from(["gatekeeper", "gate keeper"]),
    st.integers(1, 2),
    st.sampled_from([None, "abbreviation", "compound", "override"]),
    st.sampled_from([None, 0.5, 1.0]),
    st.integers(1, 3),
    st.integers(0, 1),
    st.sampled_from([None, "gate keeper"]),
)


@given(st.lists(PHRASES, max_size=30))
def test_a_form_of_a_term_is_one_row_however_it_comes_to_it(rows):
    found = count_forms(rows)
    keys = [(row["form"], row["term_hash"]) for row in found]
    assert sorted(keys) == sorted({(row[2], row[4]) for row in rows})
    assert sum(row["field_count"] for row in found) == len(rows)
    assert sum(row["occurrence_count"] for row in found) == sum(row[7] for row in rows)
    for row in found:
        ways = [other[5] for other in rows if (other[2], other[4]) == (row["form"], row["term_hash"])]
        assert row["rule"] in ways
        assert row["is_abbreviation"] == (row["rule"] == "abbreviation")


def test_the_way_of_most_fields_names_the_rule():
    defined = (1, "title", "GateKeeper", "gatekeeper", 1, "abbreviation", 0.5, 1, 1, "gate keeper")
    closed = (2, "title", "GateKeeper", "gatekeeper", 1, None, None, 1, 1, None)
    assert [row["rule"] for row in count_forms([defined, closed])] == [None]
    also_defined = (3, *defined[1:])
    [row] = count_forms([defined, closed, also_defined])
    assert (row["rule"], row["sense_confidence"], row["field_count"]) == ("abbreviation", 0.5, 3)
