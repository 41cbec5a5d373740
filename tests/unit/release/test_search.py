"""The macro search_papers passes over papers that its bounds rule out: its answers must be those of scoring all."""

import duckdb
import numpy as np
import pytest

from paperhouse.release.macros import read_macros, write_out

_PAPERS = 3_000
_WORDS = 40

#: BM25 of every paper that has any of the words, as the index has it.
_ALL_SCORED = """
select paper_id
from (
    select paper_number, sum(impact * cast(round(1000 * idf) as bigint)) as points
    from search.postings join search.terms using (term_id)
    where term_id in (select search_term_id(w) from unnest(?::varchar[]) as t(w))
    group by paper_number
)
join marts.papers on papers.rowid = paper_number - 1
order by points desc, paper_number
limit ?
"""


@pytest.fixture(scope="module")
def index():
    """Papers with words from one in two of them to one in a hundred; many papers score alike."""
    numbers = np.random.default_rng(3)
    with duckdb.connect(":memory:") as connection:
        connection.execute("create schema search; create schema marts")
        for _, name, kind, statement in write_out(read_macros(), "R1"):
            if name.startswith("search") and not kind:
                connection.execute(statement)
        connection.execute(
            "create table marts.papers as select 'p' || lpad(i::varchar, 5, '0') as paper_id, 'title' as title, "
            "null::varchar as arxiv_id, null::date as published_on, null::varchar as code_url "
            f"from range({_PAPERS}) as t(i)"
        )
        connection.execute("create table search.postings (term_id bigint, paper_number integer, impact smallint)")
        for word in range(_WORDS):
            papers = np.flatnonzero(numbers.random(_PAPERS) < 0.5 / (1 + word)) + 1
            impacts = numbers.choice([400, 700, 700, 1000, 1450], len(papers))
            connection.execute(
                "insert into search.postings select search_term_id(?), unnest(?::integer[]), unnest(?::smallint[])",
                [f"word{word}", papers.tolist(), impacts.tolist()],
            )
        connection.execute(
            "create table search.terms as select term_id, count(*)::integer as paper_count, "
            f"ln(1 + ({_PAPERS} - count(*) + 0.5) / (count(*) + 0.5)) as idf, max(impact) as max_impact "
            "from search.postings group by term_id"
        )
        connection.execute("create view search.numbered_papers as select rowid as paper_index, * from marts.papers")
        connection.execute(
            "create schema quality; create table quality.releases as select 'R1' as release_id, true as is_this_release"
        )
        for _, name, _, statement in write_out(read_macros(), "R1"):
            if name == "search_papers":
                connection.execute(statement)
        yield connection


@pytest.mark.parametrize("top", [0, 1, 20, 400, _PAPERS, None])
@pytest.mark.parametrize("count", [1, 2, 5, 12, _WORDS])
def test_pruned_search_answers_as_scoring_every_paper_does(index, count, top):
    chance = np.random.default_rng(count)
    for _ in range(3):
        words = [f"word{word}" for word in chance.permutation(_WORDS)[:count]]
        found = index.execute("select paper_id from search_papers(?, top := ?)", [" ".join(words), top]).fetchall()
        assert found == index.execute(_ALL_SCORED, [words, top]).fetchall()


def test_a_paper_names_the_words_it_was_found_by(index):
    rows = index.execute("select paper_id, matched_words from search_papers('word1 word2 nowhere word1')").fetchall()
    assert rows[0][1] == ["word1", "word2"]
    assert {word for _, words in rows for word in words} == {"word1", "word2"}
