"""Questions in words: each shape by its example, what is not understood, and that words of a question stay words."""

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperhouse.commands.question_shapes import SHAPES, suggest, understand

#: Other ways to ask, and the shape each has.
OTHER_WORDS = {
    "Which benchmarks rose in 2025?": "rising",
    "what models are falling most in march 2025": "falling",
    "Which datasets are trending now?": "rising now",
    "how many papers are there about RAG?": "count",
    "How many papers were there between 2023 and 2024?": "count of all",
    "how many papers use RAG before 2024": "count of uses",
    "what are the most used metrics since 2024": "top keywords",
    "RAG vs. 'moss growth'": "compare",
    "How did RAG develop over time?": "over time",
    "who publishes about moss growth": "who",
    "who works on moss growth with code": "who with code",
    "who works on moss growth and where since 2024": "who and where",
    "Where do people work on moss growth?": "places",
    "which organizations work on moss growth in 2025": "places",
    "What journals publish on moss growth?": "venues",
    "where were papers about moss growth published in 2025": "venues",
    "papers on moss growth with code in 2024": "papers with code",
    "new methods in 2024": "new",
    "which keywords go together with RAG": "together",
    "What is new in 2025?": "new",
    "what rose in 2025": "rising",
    "what is falling": "falling now",
    "how many papers have code in 2025": "count of all",
    "top papers": "top papers of all",
}

#: What no shape has to its last word: it is never answered in part.
UNKNOWN = [
    "",
    "why",
    "which benchmarks rose in 2025 in Europe",
    "which papers rose in 2025",
    "top 10 benchmarks in the year 2025",
    "which benchmarks rose since 2024",
    "how many",
    "top 99999 benchmarks",
    "top 0 papers in 2025",
    "new models in 12025",
    "who works on " + "very " * 20 + "long names",
    "how many papers about " + "moss " * 100,
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_each_example_is_of_its_shape(shape):
    found = understand(shape.example)
    assert found
    assert found.shape is shape
    assert "{" not in found.query


@pytest.mark.parametrize(("question", "name"), OTHER_WORDS.items())
def test_a_shape_is_asked_in_several_ways(question, name):
    found = understand(question)
    assert found
    assert found.shape.name == name


@pytest.mark.parametrize("question", UNKNOWN)
def test_what_is_not_understood_to_its_last_word_is_not_answered(question):
    assert understand(question) is None


def test_times_are_conditions():
    queries = {
        time: understand(f"how many papers about moss {time}").query.partition("where true")[2].split("\n    and ")[1:]
        for time in (
            "in 2025",
            "in March 2025",
            "in december 2024",
            "since 2024",
            "before 2024",
            "between 2023 and 2024",
            "",
        )
    }
    assert queries == {
        "in 2025": ["published_on >= date '2025-01-01'", "published_on < date '2026-01-01'"],
        "in March 2025": [
            "published_on >= date '2025-03-01'",
            "published_on < date '2025-04-01'",
            "published_precision <> 'year'",
        ],
        "in december 2024": [
            "published_on >= date '2024-12-01'",
            "published_on < date '2025-01-01'",
            "published_precision <> 'year'",
        ],
        "since 2024": ["published_on >= date '2024-01-01'"],
        "before 2024": ["published_on < date '2024-01-01'"],
        "between 2023 and 2024": ["published_on >= date '2023-01-01'", "published_on < date '2025-01-01'"],
        "": [],
    }


def test_a_topic_is_told_from_what_follows_it():
    assert understand("how many papers about Chain of Thought in 2025").topics == ("Chain of Thought",)
    assert understand("compare text to speech and RAG since 2024").topics[1].endswith("RAG")


@given(
    st.text(min_size=1, max_size=60),
    st.sampled_from(["how many papers about {}", "compare RAG and {}", "who works on {}"]),
)
def test_words_of_a_question_stay_literals(words, pattern):
    """Whatever is asked, it is one statement whose literals are the topics, and nothing of them is SQL."""
    found = understand(pattern.format(words))
    if found is None:
        return
    (statement,) = duckdb.extract_statements(found.query)
    assert statement.type == duckdb.StatementType.SELECT
    for topic in found.topics:
        literal = "'" + topic.replace("'", "''") + "'"
        assert f"({literal})" in found.query
        assert duckdb.execute(f"select {literal}").fetchall() == [(topic,)]
    for topic in sorted(found.topics, key=len, reverse=True):
        quoted = topic.replace("'", "''")
        assert quoted in found.query


@pytest.mark.parametrize(
    "topic",
    [
        "x'); drop table marts.papers; --",
        'x" from marts.papers; --',
        "{topic}",
        "{when}",
        "') union select 1 --",
        "a\\'b",
    ],
)
def test_hostile_topics_are_names_that_nothing_has(topic):
    found = understand(f"compare {topic} with RAG")
    assert found
    assert len(duckdb.extract_statements(found.query)) == 1
    with duckdb.connect() as connection:
        connection.execute("""
            create schema marts;
            create table marts.papers as
                select 1 as paper_id, date '2025-01-01' as published_on, 'day' as published_precision;
            create table marts.keyword_mentions as select 1 as paper_id, 2 as keyword_id;
            create macro find_keywords(name) as table select 2 as keyword_id where name = 'RAG';
        """)
        names = [column[0] for column in connection.execute(found.query).description]
        assert names == ["month", found.topics[0], "RAG"]
        assert connection.fetchall()[0][1:] == (0, 1)
        assert connection.execute("select count(*) from marts.papers").fetchall() == [(1,)]


def test_the_nearest_shapes_are_suggested():
    assert suggest("which benchmarks rose since 2024")[0] == "which benchmarks rose in 2025"
    assert suggest("who is working on RAG")[0].startswith("who works on")
    assert len(suggest("")) == 3
