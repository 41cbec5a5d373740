"""Models and macros that work on sets, rendered and run on any rows: components, forms of keywords."""

import functools
import itertools
import random
from datetime import date, timedelta

import duckdb
import jinja2
import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from paperhouse.orchestration.dbt_project import DBT_PROJECT

#: As many rounds as the materialization makes at most.
MOST_ROUNDS = 100
#: One for all: what a template imports is compiled once, and takes longer than most of these queries run.
TEMPLATES = jinja2.Environment(loader=jinja2.FileSystemLoader(DBT_PROJECT), extensions=["jinja2.ext.do"])
FORMS = TEMPLATES.from_string(
    "{% from 'macros/engine.sql' import nearest_whole %}{% include 'models/intermediate/int_forms__counted.sql' %}"
).render(ref=lambda name: "folded")


def run_rounds(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    """Make the table of a model as the materialization `rounds` does; returns in how many rounds it settled."""
    settings: dict[str, str] = {}
    query = render("models/intermediate", name, settings)
    connection.execute(f"create table {name} as {settings['start']}")
    found = None
    for number in range(1, MOST_ROUNDS + 1):
        connection.execute(f"create table {name}__next as {query}")
        connection.execute(f"drop table {name}")
        connection.execute(f"alter table {name}__next rename to {name}")
        before = found
        found = connection.execute(f"select count(*), sum({settings['settled_by']}) from {name}").fetchall()
        if found == before:
            return number
    raise AssertionError(f"{name} has not settled")


def render(folder: str, name: str, settings: dict[str, str] | None = None) -> str:
    """A model or a test of the project, on tables of the names it refers to; its settings go into the dictionary."""
    text, found = _render(folder, name)
    if settings is not None:
        settings.update(found)
    return text


@functools.cache
def _render(folder: str, name: str) -> tuple[str, dict[str, str]]:
    found: dict[str, str] = {}

    def config(**given: str) -> str:
        found.update(given)
        return ""

    macros = "".join(f"{{% from 'macros/{file}' import {macro} %}}" for file, macro in MACROS_OF_MODELS)
    text = (DBT_PROJECT / folder / f"{name}.sql").read_text(encoding="utf-8")
    return TEMPLATES.from_string(macros + text).render(ref=lambda table: table, this=name, config=config), found


MACROS_OF_MODELS = [
    ("components.sql", "connected_round"),
    ("components.sql", "centred_round"),
    ("engine.sql", "content_id"),
]


@settings(max_examples=30)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=60))
def test_every_keyword_climbs_to_the_centre_it_hangs_on(parents):
    """Keyword n hangs on one of those before it, or on none."""
    hung = [(f"k{n}", f"k{parent % n}" if n and parent % (n + 1) else None) for n, parent in enumerate(parents)]
    frame = pl.DataFrame(hung, schema=["keyword_id", "parent_keyword_id"], orient="row").cast(pl.String)
    with duckdb.connect() as connection:
        connection.register("int_keywords__hung", frame.to_arrow())
        run_rounds(connection, "int_keywords__climbed")
        found = connection.execute("select keyword_id, centre_keyword_id, steps_to_centre from int_keywords__climbed")
        climbed = {keyword: (centre, steps) for keyword, centre, steps in found.fetchall()}
    expected = {}
    for keyword, parent in hung:
        centre, steps = expected[parent] if parent else (keyword, -1)
        expected[keyword] = (centre, steps + 1)
    assert climbed == expected


def find_components(edges: list[tuple[int, int]]) -> dict[int, int]:
    """The answer of int_records__joined: record -> smallest record of its component."""
    frame = pl.DataFrame(edges, schema={"first_number": pl.Int64, "second_number": pl.Int64}, orient="row")
    frame = frame.with_columns(verdict=pl.lit("same"), rule=pl.lit("same_external_id"))
    with duckdb.connect() as connection:
        connection.register("int_record_pairs__weighed", frame.to_arrow())
        run_rounds(connection, "int_records__joined")
        return dict(connection.execute("select record_number, group_number from int_records__joined").fetchall())


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


@settings(max_examples=30)
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
        "title_count": pl.Int64,
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
        return connection.execute(FORMS).pl().to_dicts()


PHRASES = st.tuples(
    st.integers(1, 6),
    st.integers(0, 1),
    st.sampled_from(["GateKeeper", "gate keeper", "GK"]),
    st.sampled_from(["gatekeeper", "gate keeper"]),
    st.integers(1, 2),
    st.sampled_from([None, "abbreviation", "compound", "override"]),
    st.sampled_from([None, 0.5, 1.0]),
    st.integers(1, 3),
    st.integers(0, 1),
    st.sampled_from([None, "gate keeper"]),
)


@settings(max_examples=30)
@given(st.lists(PHRASES, max_size=30))
def test_a_form_of_a_term_is_one_row_however_it_comes_to_it(rows):
    found = count_forms(rows)
    keys = [(row["form"], row["term_hash"]) for row in found]
    assert sorted(keys) == sorted({(row[2], row[4]) for row in rows})
    assert sum(row["paper_count"] for row in found) == len(rows)
    assert sum(row["occurrence_count"] for row in found) == sum(row[7] for row in rows)
    for row in found:
        ways = [other[5] for other in rows if (other[2], other[4]) == (row["form"], row["term_hash"])]
        assert row["rule"] in ways
        assert row["is_abbreviation"] == (row["rule"] == "abbreviation")


def test_the_way_of_most_papers_names_the_rule():
    defined = (1, 1, "GateKeeper", "gatekeeper", 1, "abbreviation", 0.5, 1, 1, "gate keeper")
    closed = (2, 1, "GateKeeper", "gatekeeper", 1, None, None, 1, 1, None)
    assert [row["rule"] for row in count_forms([defined, closed])] == [None]
    also_defined = (3, *defined[1:])
    [row] = count_forms([defined, closed, also_defined])
    assert (row["rule"], row["sense_confidence"], row["paper_count"]) == ("abbreviation", 0.5, 3)


def chain(size: int) -> list[tuple[int, int]]:
    return list(itertools.pairwise(range(size)))


def star(size: int) -> list[tuple[int, int]]:
    return [(0, end) for end in range(1, size)]


def cycle(size: int) -> list[tuple[int, int]]:
    return [*chain(size), (size - 1, 0)]


def clique(size: int) -> list[tuple[int, int]]:
    # So many records that the pairs are as many as of the other shapes.
    return list(itertools.combinations(range(int((2 * size) ** 0.5) + 1), 2))


def tree(size: int) -> list[tuple[int, int]]:
    return [((end - 1) // 2, end) for end in range(1, size)]


def comb(size: int) -> list[tuple[int, int]]:
    """A chain with a record hanging on each."""
    half = size // 2
    return [*chain(half), *((place, half + place) for place in range(half))]


def stretch(size: int) -> list[tuple[int, int]]:
    """What the comparison of neighbours in a large block gives: each with the four after it."""
    return [(first, first + step) for first in range(size) for step in range(1, 5) if first + step < size]


SHAPES = [chain, star, cycle, clique, tree, comb, stretch]


@st.composite
def graphs(draw, largest: int = 5_000) -> list[tuple[int, int]]:
    """Pairs of up to so many records in several shapes, linked or not, numbered in any order."""
    pairs: list[tuple[int, int]] = []
    used = 0
    for shape in draw(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=4)):
        size = draw(st.integers(2, max(2, (largest - used) // 4)))
        pairs += [(used + first, used + second) for first, second in shape(size)]
        if used and draw(st.booleans()):
            pairs.append((used - 1, used))
        used += size + 1
    numbers = list(range(1, used + 1))
    random.Random(draw(st.integers(0, 2**32))).shuffle(numbers)
    found = {tuple(sorted((numbers[first], numbers[second]))) for first, second in pairs}
    return sorted(pair for pair in found if pair[0] != pair[1])


@settings(max_examples=25)
@given(graphs())
def test_components_of_groups_of_any_shape(edges):
    assert find_components(edges) == expected_components(edges)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_components_of_5000_records_of_one_shape(shape):
    edges = [(first + 1, second + 1) for first, second in shape(5_000)]
    assert set(find_components(edges).values()) == {1}


TESTS = ["assert_papers_support_themselves", "assert_no_paper_has_two_arxiv_ids"]
#: The models from judged pairs to papers, in order, and which of them are made in rounds.
ROUNDS = ["int_records__joined", "int_groups__clustered"]
MODELS = [
    "int_record_pairs__weighed", "int_records__joined", "int_groups__described", "int_groups__paired",
    "int_groups__clustered", "int_records__centred", "int_record_pairs__decided", "int_records__clustered",
]  # fmt: skip
RULES = ["same_external_id", "equal_title", "near_title", "near_abstract"]


def settle(pairs: list[tuple[int, int]], ids: dict[int, str | None], seed: int) -> tuple[list, dict[int, str]]:
    """What the models make of judged pairs and records: what the tests of the project complain of, and papers."""
    chosen = random.Random(seed)
    records = sorted({record for pair in pairs for record in pair} | ids.keys())
    described = [
        {
            "record_number": record,
            "record_id": f"r{record:05}",
            "name_id": f"p{record % 7}",
            "title_key": f"title {record % 7}",
            "arxiv_id": ids.get(record),
            "first_seen_on": None,
        }
        for record in records
    ]
    judged = [judge(first, second, ids, chosen) for first, second in pairs]
    facts = ["title_relation", "title_similarity", "abstract_similarity", "author_similarity", "year_gap"]
    facts += ["title_weight", "abstract_weight", "author_weight", "year_weight", "weight", "enough_weight"]
    columns = {"first_number": pl.Int64, "second_number": pl.Int64, "rule": pl.String, "verdict": pl.String}
    frame = pl.DataFrame(judged, schema={**columns, "score": pl.Float64}, orient="row").with_columns(
        pl.lit(None).alias(name) for name in [*facts, "first_only_words", "second_only_words"]
    )
    schema = {"arxiv_id": pl.String, "first_seen_on": pl.Date}
    with duckdb.connect() as connection:
        connection.register("int_records__described", pl.DataFrame(described, schema_overrides=schema).to_arrow())
        connection.register("int_record_pairs__judged", frame.to_arrow())
        connection.execute(
            "create table int_record_pairs__overridden "
            "(first_number bigint, second_number bigint, verdict varchar, reason varchar)"
        )
        make_papers(connection)
        complaints = [row for test in TESTS for row in connection.execute(render("tests/singular", test)).fetchall()]
        papers = connection.execute("select record_number, paper_id from int_records__clustered").fetchall()
    assert len(papers) == len(records)
    return complaints, dict(papers)


def make_papers(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of MODELS from those they start from."""
    for model in MODELS:
        if model in ROUNDS:
            run_rounds(connection, model)
        else:
            connection.execute(f"create table {model} as {render('models/intermediate', model)}")


def judge(first: int, second: int, ids: dict[int, str | None], chosen: random.Random) -> tuple:
    """A pair as the rules judge one: by its ids where both have one, else by chance, mostly the same."""
    one, other = ids.get(first), ids.get(second)
    if one is not None and other is not None:
        rule = "same_external_id" if one == other else "other_external_id"
    else:
        rule = chosen.choice([*RULES[1:], *RULES[1:], "other_abstract"])
    return first, second, rule, "same" if rule in RULES else "different", round(chosen.random(), 2)


@settings(max_examples=15)
@given(graphs(), st.integers(1, 400), st.integers(0, 2**32))
def test_no_group_stops_a_build(pairs, id_count, seed):
    chosen = random.Random(seed)
    records = sorted({record for pair in pairs for record in pair})
    # Records of an id are compared with the first of them, as int_records__paired has it.
    ids = {record: chosen.choice([None, None, f"2601.{chosen.randint(1, id_count):05}"]) for record in records}
    firsts: dict[str, int] = {}
    for record in records:
        if (arxiv_id := ids[record]) is not None and firsts.setdefault(arxiv_id, record) != record:
            pairs = [*pairs, (firsts[arxiv_id], record)]
    complaints, papers = settle(sorted(set(pairs)), ids, seed)
    assert complaints == []
    assert len({papers[first] for first in firsts.values()}) == len(firsts)


def test_many_records_of_one_id_are_one_paper():
    ids = dict.fromkeys(range(1, 3_001), "2601.01234")
    complaints, papers = settle([(1, record) for record in range(2, 3_001)], ids, 1)
    assert (complaints, len(set(papers.values()))) == ([], 1)


def join(pairs: list[tuple], ids: dict[int, str] | None = None) -> dict[int, int]:
    """Group -> centre of its paper, of pairs of first and second group, rule, verdict and score."""
    records = sorted({record for pair in pairs for record in pair[:2]})
    schema = {"first_number": pl.Int64, "second_number": pl.Int64, "rule": pl.String, "verdict": pl.String}
    with duckdb.connect() as connection:
        described = [{"record_number": record, "arxiv_id": (ids or {}).get(record)} for record in records]
        frame = pl.DataFrame(described, schema={"record_number": pl.Int64, "arxiv_id": pl.String})
        connection.register("int_records__described", frame.to_arrow())
        frame = pl.DataFrame(pairs, schema={**schema, "score": pl.Float64}, orient="row")
        connection.register("int_record_pairs__weighed", frame.to_arrow())
        for model in MODELS[1:5]:
            if model in ROUNDS:
                run_rounds(connection, model)
            else:
                connection.execute(f"create table {model} as {render('models/intermediate', model)}")
        return dict(connection.execute("select group_number, centre_number from int_groups__clustered").fetchall())


def same(first: int, second: int, score: float = 2.0) -> tuple:
    return first, second, "equal_title", "same", score


def apart(first: int, second: int, rule: str = "other_abstract", verdict: str = "different") -> tuple:
    return first, second, rule, verdict, 1.0


def test_a_chain_is_no_paper():
    centres = join([same(number, number + 1) for number in range(1, 47)])
    sizes = [list(centres.values()).count(centre) for centre in set(centres.values())]
    assert max(sizes) == 3
    assert sum(sizes) == 47


def test_a_record_that_the_centre_alone_is_like_does_not_fit():
    pairs = [same(1, 2), same(1, 3), same(2, 3), same(1, 4, 1.5)]
    assert set(join(pairs).values()) == {1}
    # Two of the three that it was compared with speak against it.
    centres = join([*pairs, apart(2, 4), apart(3, 4, "near_title_alone", "unsure")])
    assert centres == {1: 1, 2: 1, 3: 1}


def test_what_is_barred_from_a_closer_one_stays_out():
    pairs = [same(1, 2, 2.5), same(1, 3, 2.0), apart(2, 3, "other_marks")]
    assert join(pairs)[2] == 1
    assert join(pairs).get(3) != 1


def test_a_centre_joins_one_arxiv_id():
    centres = join([same(1, 2, 2.0), same(1, 3, 2.5)], {2: "2601.00002", 3: "2601.00003"})
    assert centres[3] == 1
    assert centres.get(2) != 1


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_papers_settle_whatever_the_shape(shape):
    # Numbers follow record ids, which are hashes: no shape is numbered along its length.
    numbers = list(range(1, 2_002))
    random.Random(7).shuffle(numbers)
    edges = {tuple(sorted((numbers[a], numbers[b]))) for a, b in shape(2_000)}
    centres = join([same(*edge) for edge in sorted(edges)])
    assert all(centres[centre] == centre for centre in centres.values())


def test_a_paper_that_falls_apart_is_told():
    with duckdb.connect() as connection:
        connection.execute(
            "create table int_groups__paired as select 1 as first_number, 2 as second_number, "
            "true as is_same, false as is_barred union all select 3, 4, false, true"
        )
        connection.execute(
            "create table int_groups__clustered as select 3 as group_number, 3 as centre_number union all select 4, 3"
        )
        connection.execute(
            "create table int_records__clustered as select n as record_number, 'p' || n as paper_id, '1' as arxiv_id "
            "from range(5, 7) as numbers(n)"
        )
        connection.execute("create table int_record_pairs__weighed as select 'x' as rule, 'same' as verdict")
        told = connection.execute(render("tests/singular", "assert_papers_support_themselves")).fetchall()
    # Not settled; barred from its centre; not the same as its centre; an id of two papers.
    assert sorted(told) == [(1,), (4,), (4,), (5,)]


VARIABLES = yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
STRETCHES = TEMPLATES.from_string(
    "".join((DBT_PROJECT / "macros" / f"{name}.sql").read_text(encoding="utf-8") for name in ("engine", "stretches"))
    + "\nwith {{ stretches('dated', 'dated_on', 'placed') }} select dated_on, stretch_number from placed"
).render(var=VARIABLES.get)


def find_stretches(days: dict[date, int]) -> dict[date, int | None]:
    """The macro's answer on days with so many papers each: day -> the stretch it is in, None in one of no series."""
    dated = pl.DataFrame({"dated_on": [day for day, count in days.items() for _ in range(count)]}).with_columns(
        date_basis=pl.lit("published")
    )
    with duckdb.connect() as connection:
        connection.register("dated", dated.to_arrow())
        return dict(connection.execute(STRETCHES).fetchall())


FIRST = date(2023, 5, 1)
CORPUS = {FIRST + timedelta(days=number): 3 for number in range(200)}


@pytest.mark.parametrize("far", [date(1500, 1, 1), date(1950, 1, 1), date(2099, 12, 31), date(2100, 12, 31)])
@pytest.mark.parametrize("count", [1, 5, 19])
def test_no_series_runs_to_a_slip_of_a_year(far, count):
    found = find_stretches({**CORPUS, far: count})
    assert found.pop(far) is None
    assert len(set(found.values())) == 1
    assert None not in found.values()


def test_papers_of_two_times_are_two_stretches():
    found = find_stretches({**CORPUS, date(1998, 3, 1): 20, date(1998, 5, 1): 20, date(1971, 1, 1): 4})
    assert [found[day] for day in (date(1971, 1, 1), date(1998, 3, 1), date(1998, 5, 1), FIRST)] == [None, 1, 1, 2]


def test_a_few_papers_alone_are_a_corpus():
    assert find_stretches({date(1950, 1, 1): 1}) == {date(1950, 1, 1): 0}


@settings(max_examples=15)
@given(st.dictionaries(st.dates(date(1500, 1, 1), date(2100, 12, 31)), st.integers(1, 30), min_size=1, max_size=40))
def test_a_calendar_grows_with_its_papers(days):
    found = find_stretches(days)
    assert found.keys() == days.keys()
    kept: dict[int, list[date]] = {}
    for day, number in found.items():
        if number is not None:
            kept.setdefault(number, []).append(day)
    # Something is always kept, what is most among it, and no stretch is longer than its days allow.
    assert kept
    largest = max(sum(days[day] for day in stretch) for stretch in kept.values())
    assert largest >= max(days.values())
    for stretch in kept.values():
        assert (max(stretch) - min(stretch)).days <= VARIABLES["trend_max_gap_days"] * (len(stretch) - 1)


def test_names_of_families_have_the_two_letters_that_keywords_are_looked_up_by():
    """int_keywords__kinded compares first letters before it compares names."""
    kinds = pl.read_csv(DBT_PROJECT / "seeds" / "keyword_kinds.csv")
    assert kinds.filter("is_family")["name"].str.len_chars().min() >= 2
