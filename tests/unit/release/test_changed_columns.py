"""What is different between rows that two releases both have: columns counted, values before and after, labels."""

import duckdb
import pytest

from paperhouse.release.changed_columns import count_changed, list_changed
from paperhouse.release.changes import compare

KEYS = {"papers": ["paper_id"], "paper_keywords": ["paper_id", "keyword_rank"], "notes": ["note_id"]}


@pytest.fixture
def sides():
    """Two releases of two papers: votes and rules of one moved, of the other the rules; a keyword came."""
    with duckdb.connect() as connection:
        connection.execute("""
            create table old_papers as select * from (values
                ('p1', 'Moss', 3, 'r1', null::varchar[]), ('p2', 'Kites', 1, 'r1', ['a'])
            ) as t(paper_id, title, upvotes, rules_version, tags);
            create table new_papers as select * from (values
                ('p1', 'Moss', 4, 'r2', ['wet']), ('p2', 'Kites', 1, 'r2', ['a'])
            ) as t(paper_id, title, upvotes, rules_version, tags);
            create table old_words as select 'p1' as paper_id, 1 as keyword_rank, repeat('m', 99) as note;
            create table new_words as
                select 'p1' as paper_id, 1 as keyword_rank, 'wet' as note union all select 'p2', 2, 'dry';
            create table notes as select 'n1' as note_id;
        """)
        old = {"papers": "old_papers", "paper_keywords": "old_words", "notes": "notes"}
        new = {"papers": "new_papers", "paper_keywords": "new_words"}
        compare(connection, old, new, KEYS, "method", [])
        yield connection, old, new


def test_columns_are_counted_and_rules_alone_told_apart(sides):
    connection, old, new = sides
    found = count_changed(connection, "papers", old["papers"], new["papers"], KEYS["papers"])
    assert found == [("rules_version alone", 1), ("tags", 1), ("upvotes", 1)]


def test_rows_show_what_they_were_and_are(sides):
    connection, old, new = sides
    assert list_changed(connection, "papers", (old, new), KEYS["papers"], 9) == [
        ("Moss", "changed", "tags", "", "[wet]"),
        ("Moss", "changed", "upvotes", "3", "4"),
    ]


def test_rows_without_a_name_are_called_after_their_paper_and_the_rest_of_their_key(sides):
    connection, old, new = sides
    assert list_changed(connection, "paper_keywords", (old, new), KEYS["paper_keywords"], 9) == [
        ("Moss · 1", "changed", "note", "m" * 60 + "…", "wet"),
        ("Kites · 2", "added", "", "", ""),
    ]
    assert len(list_changed(connection, "paper_keywords", (old, new), KEYS["paper_keywords"], 1)) == 1


def test_a_table_that_only_one_has_is_listed_by_its_key(sides):
    connection, old, new = sides
    assert list_changed(connection, "notes", (old, new), KEYS["notes"], 9) == [("n1", "removed", "", "", "")]


def test_a_keyword_whose_name_is_another_ones_form_is_merged(sides):
    connection, *_ = sides
    connection.execute("""
        create table old_keywords as
            select * from (values ('k1', 'Moss'), ('k2', 'mosses'), ('k3', 'kite')) as t(keyword_id, keyword);
        create table new_keywords as select 'k1' as keyword_id, 'moss' as keyword;
        create table old_forms as select 'k2' as keyword_id, 'mosses' as form, 1 as paper_count;
        create table forms as select 'k1' as keyword_id, unnest(['moss', 'Mosses']) as form, 3 as paper_count;
    """)
    keys = {"keywords": ["keyword_id"], "keyword_forms": ["keyword_id", "form"]}
    old = {"keywords": "old_keywords", "keyword_forms": "old_forms"}
    compare(connection, old, {"keywords": "new_keywords", "keyword_forms": "forms"}, keys, "method", [])
    found = connection.execute("select table_name, key[1], change, merged_into from changes order by all").fetchall()
    assert found == [
        ("keyword_forms", "k1", "added", None),
        ("keyword_forms", "k1", "added", None),
        ("keyword_forms", "k2", "merged", "k1"),
        ("keywords", "k1", "changed", None),
        ("keywords", "k2", "merged", "k1"),
        ("keywords", "k3", "removed", None),
    ]


def test_files_tell_the_same_rows_as_tables_in_the_order_of_their_keys(sides, tmp_path):
    """A row's place in several files of a table is one, too."""
    connection, old, new = sides
    connection.execute("insert into old_papers by name select 'p0' as paper_id, 'Lamps' as title")
    for side in ("old", "new"):  # in both, and in the same place of one file as what is gone is of the other
        connection.execute(f"insert into {side}_papers by name select 'p3' as paper_id, 'Looms' as title")
    connection.execute("insert into new_papers by name select 'p' || n as paper_id from range(5, 9) as t(n)")
    compare(connection, old, new, KEYS, "method", [])
    told = connection.execute("select * from changes").fetchall()
    assert [row[:3] for row in told if row[0] == "papers"] == [
        ("papers", [paper_id], change)
        for paper_id, change in (
            ("p0", "removed"), ("p1", "changed"), ("p2", "changed"),
            ("p5", "added"), ("p6", "added"), ("p7", "added"), ("p8", "added"),
        )
    ]  # fmt: skip
    files = {}
    for side, tables in (("old", old), ("new", new)):
        for table, name in tables.items():
            paths = [str(tmp_path / f"{side}-{table}-{part}.parquet") for part in (0, 1)]
            for part, path in enumerate(paths):
                connection.execute(f"copy (select * from {name} where rowid % 2 = {part}) to '{path}' (format parquet)")
            files[side, table] = f"read_parquet({paths})"
    as_files = [{table: rows for (of, table), rows in files.items() if of == side} for side in ("old", "new")]
    compare(connection, *as_files, KEYS, "method", [])
    assert connection.execute("select * from changes").fetchall() == told


def test_texts_of_which_duckdb_has_one_number_are_told_apart():
    """Two capitals, sixteen letters apart, and DuckDB's hash is the same: a title put right must not be missed."""
    titles = ["Teapot-Assisted Kettle-to-Lamp Rendering", "Teapot-assisted Kettle-To-Lamp Rendering"]
    with duckdb.connect() as connection:
        assert connection.execute("select hash($1) = hash($2)", titles).fetchall() == [(True,)]
        for side, title in zip(("old", "new"), titles, strict=True):
            connection.execute(f"create table {side}_papers as select 'p1' as paper_id, '{title}' as title")
        compare(connection, {"papers": "old_papers"}, {"papers": "new_papers"}, KEYS, "data", [])
        assert connection.execute("select key, change from changes").fetchall() == [(["p1"], "changed")]
