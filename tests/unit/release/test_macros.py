"""Macros written out for files that are attached: two at once, under any name, and no answer from the wrong one."""

import duckdb
import pytest

from paperhouse.release.macros import read_macros, write_macros, write_out

_SOURCE = """
-- A word without its case.
create macro plain(word) as lower(trim(word));

-- Papers of a word, or of 'moss'.
create macro find_papers(word := 'moss') as table
    with asked as (select plain(word) as wanted from own)
    select papers.title -- the word of marts.papers
    from marts.papers
    inner join asked on papers.word = asked.wanted or 'marts.papers' = asked.wanted;

-- How many there are.
create macro count_papers(phrase) as table
    select count(*) as papers from find_papers(word := left(phrase, length(phrase) - 1)) as found
"""

#: A name that has to be quoted, quoted.
_OLD = '"last year"'


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Two published files of one word, with a paper each."""
    folder = tmp_path_factory.mktemp("files")
    for release, title in (("R1", "Moss grows"), ("R2", "Moss grew")):
        with duckdb.connect(str(folder / f"{release}.duckdb")) as connection:
            connection.execute(
                "create schema marts; create schema quality;"
                f"create table marts.papers as select '{title}' as title, 'moss' as word;"
                "create table quality.releases as select * from (values ('R1'), ('R2')) as t(release_id), "
                f"lateral (select release_id = '{release}') as u(is_this_release)"
            )
            for _, _, _, statement in write_out(read_macros(_SOURCE), release):
                connection.execute(statement)
    return folder


@pytest.fixture
def attached(files):
    with duckdb.connect() as connection:
        connection.execute(f"attach '{files}/R1.duckdb' as {_OLD} (read_only)")
        connection.execute(f"attach '{files}/R2.duckdb' as new (read_only)")
        yield connection


def test_macros_answer_for_the_file_they_are_asked_of(attached):
    ask = (
        f"select a.title, b.title from {_OLD}.find_papers('Moss ', db := 'last year') as a, "
        "new.find_papers(db := 'new') as b"
    )
    assert attached.execute(ask).fetchall() == [("Moss grows", "Moss grew")]
    assert attached.sql("from new.count_papers('mossy', db := 'last year')").fetchall() == [(1,)]


def test_macros_answer_for_the_file_in_use(attached, files):
    attached.execute("use new")
    assert attached.execute("from find_papers()").fetchall() == [("Moss grew",)]
    with duckdb.connect(str(files / "R1.duckdb"), read_only=True) as connection:
        assert connection.execute("from find_papers('MOSS')").fetchall() == [("Moss grows",)]
        assert connection.execute("from count_papers('moss!')").fetchall() == [(1,)]


def test_no_macro_answers_from_the_tables_of_another_release(attached):
    attached.execute("use new")
    with pytest.raises(duckdb.Error, match=r"find_papers\(\) of the release R1 would read .* db := 'name of"):
        attached.execute(f"from {_OLD}.find_papers()")
    with pytest.raises(duckdb.Error, match="count_papers"):
        attached.execute(f"from {_OLD}.count_papers('mossy')")


def test_a_name_of_a_file_is_nothing_but_a_name(attached):
    with pytest.raises(duckdb.Error, match="does not exist"):
        attached.execute("from new.find_papers('x', db := 'new\".marts.papers; --')")


def test_words_of_texts_and_columns_are_no_tables_calls_or_parameters(attached):
    statements = {name: statement for _, name, _, statement in write_out(read_macros(_SOURCE), "R1")}
    assert "-- the word of marts.papers" in statements["find_papers"]
    assert "or 'marts.papers' = asked.wanted" in statements["find_papers"]
    assert "papers.word = asked.wanted" in statements["count_papers"]
    assert "find_papers(" not in statements["count_papers"].replace("count_papers", "")


def test_comments_teach_the_name(tmp_path):
    with duckdb.connect(str(tmp_path / "published.duckdb")) as connection:
        write_macros(connection, "R1")
        remarks = dict(
            connection.execute(
                "select function_name, any_value(comment) from duckdb_functions() "
                "where not internal and function_type = 'table_macro' group by 1"
            ).fetchall()
        )
    assert len(remarks) == 7
    assert all(
        remark.endswith(f"{name}(..., db := 'the name it is attached under').") for name, remark in remarks.items()
    )
