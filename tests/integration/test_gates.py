"""Every rule of every gate, seen to fail on one broken row."""

from __future__ import annotations

import shutil

import duckdb
import pytest

from paperhouse.expectations.runner import check_tables, guarded_tables, load_suite

#: table -> rule (as reported) -> the statements that break it.
BREAKAGES: dict[str, dict[str, str]] = {
    "raw.dumps": {
        "at least one dump is loaded": "delete from raw.dumps",
        "every line of every dump is accounted for": "update raw.dumps set blank_line_count = blank_line_count + 1",
        "a dump that holds lines but gave no entry says what was rejected": (
            "update raw.dumps set entry_count = 0, reject_count = 0"
        ),
        "at most a quarter of the dumps (and one) gave no entry for being unreadable": (
            "update raw.dumps set status = 'rejected'"
        ),
        "not every dump that gave entries is held back": "update raw.dumps set status = 'held'",
        "no dump is held back for being over the reject budget": (
            "update raw.dumps set status = 'held' where dump_id = (select min(dump_id) from raw.dumps)"
        ),
        "at most 10 % of the lines of a dump that gave entries are rejected": (
            "update raw.dumps set rejected_line_count = line_count"
        ),
        "no control characters had to be taken out of a dump": "update raw.dumps set control_character_count = 1",
    },
    "raw.sidecars": {
        "no sidecar has a dump captured before there were Daily Papers": (
            "insert into raw.sidecars (path, line, captured_on) values ('/in/dumps.csv', 2, date '2015-03-11')"
        ),
        "every row of a sidecar can be used": (
            "insert into raw.sidecars (path, line, problem) values ('/in/dumps.csv', 2, 'in/dumps.csv, line 2: odd')"
        ),
    },
    "raw.entries": {
        "at least one entry was read": "delete from raw.entries",
        "title: column values to not be null": "update raw.entries set title = null where position = 1",
        "entry_id: column values to be unique": "update raw.entries set entry_id = 'twin'",
        "title: column value lengths to be between": "update raw.entries set title = repeat('x', 501)",
        "four in five entries have an abstract, tables of records aside": "update raw.entries set abstract = null",
        "four in five entries have an abstract, tables of records aside (fewer than 20)": (
            "delete from raw.entries where dump_id <> (select min(dump_id) from raw.dumps where layout like 'text%'); "
            "delete from raw.entries where position > 10; update raw.entries set abstract = null"
        ),
        "abstract: column value lengths to be between": "update raw.entries set abstract = 'short'",
        "an arXiv id has the form of one": "update raw.entries set arxiv_id = '2513.12345' where position = 1",
        "lines of an entry lie in order": "update raw.entries set first_line = last_line + 1 where position = 1",
        "publication times lie after arXiv's first paper": (
            "update raw.entries set published_at = timestamp '1970-01-01' where position = 1"
        ),
    },
    "extracted.texts": {
        "text_id: column values to be unique": "update extracted.texts set text_id = 'twin'",
        "title_key: column values to not be null": "update extracted.texts set title_key = null",
        "title_key: column value lengths to be between": "update extracted.texts set title_key = ''",
        "language: column values to not be null": "update extracted.texts set language = null",
        "cleaned text is one line": "update extracted.texts set abstract = abstract || chr(10) || 'more'",
    },
    "extracted.phrases": {
        "at least one phrase was found": "delete from extracted.phrases",
        "at least one phrase was found (fewer than 20)": "delete from extracted.phrases; delete from extracted.texts",
        "field: column values to be in set": "update extracted.phrases set field = 'footnote'",
        "offsets of a phrase are as many as its occurrences": "update extracted.phrases set occurrence_count = 99",
        "word_count: column values to be between": "update extracted.phrases set word_count = 16",
        "texts with an abstract have at least three phrases in the mean": (
            "delete from extracted.phrases "
            "where rowid not in (select min(rowid) from extracted.phrases group by text_id)"
        ),
        "texts with an abstract have at least three phrases in the mean (fewer than 20)": (
            "delete from extracted.phrases where rowid not in "
            "(select min(rowid) from extracted.phrases group by text_id order by text_id limit 10)"
        ),
    },
    "marts.papers": {
        "there is at least one paper": "delete from marts.papers",
        "title: column value lengths to be between": "update marts.papers set title = repeat('x', 501)",
        "four in five papers have an abstract, those of tables of records aside": (
            "update marts.papers set abstract = null"
        ),
        "four in five papers have an abstract, those of tables of records aside (fewer than 20)": (
            "delete from marts.papers where paper_id not in (select paper_id from marts.papers order by 1 limit 10); "
            "update marts.papers set abstract = null"
        ),
        "a paper is listed on or after the day it was published, give or take a day of time zones": (
            "update marts.papers set first_listed_on = published_on - 9 where published_on is not null"
        ),
        "no LaTeX command is left in more than 2 % of the abstracts": (
            r"update marts.papers set abstract = '\textbf{bold} ' || abstract"
        ),
    },
    "marts.paper_keywords": {
        "at least one paper has a keyword": "delete from marts.paper_keywords",
        "at least one paper has a keyword (fewer than 20)": (
            "delete from marts.paper_keywords; delete from marts.papers"
        ),
        "keyword_rank: column values to be between": "update marts.paper_keywords set keyword_rank = 0",
        "papers with an abstract and keywords have at least three of them in the mean": (
            "delete from marts.paper_keywords where keyword_rank > 2"
        ),
        "papers with an abstract and keywords have at least three of them in the mean (fewer than 20)": (
            "delete from marts.paper_keywords where keyword_rank > 2 "
            "or paper_id not in (select paper_id from marts.papers where abstract is not null order by 1 limit 10)"
        ),
    },
    "marts.keywords": {
        "keyword: column value lengths to be between": "update marts.keywords set keyword = 'x'",
        "no keyword is a piece of a link or of LaTeX": "update marts.keywords set keyword = 'https://example.org'",
        "no keyword is in more than two thirds of the papers": (
            "update marts.keywords set paper_count = (select count(*) from marts.papers)"
        ),
    },
    "marts.keyword_forms": {
        "confidence: column values to be between": "update marts.keyword_forms set confidence = 1.5",
        "no keyword has more than forty forms": (
            "update marts.keyword_forms set keyword_id = (select min(keyword_id) from marts.keyword_forms)"
        ),
    },
    "marts.keyword_pairs": {
        "npmi: column values to be between": "update marts.keyword_pairs set npmi = 2",
        "no pair is in more papers than either of its keywords": (
            "update marts.keyword_pairs set paper_count = first_paper_count + 1"
        ),
    },
    "marts.paper_abbreviations": {
        "rule: column values to be in set": "update marts.paper_abbreviations set rule = 'guess'",
        "at most half of the abbreviations are ambiguous": (
            "insert into marts.paper_abbreviations (paper_id, short_key, rule) "
            "select 'p', 'cl' || number, 'ambiguous' from range(2000) as numbers (number)"
        ),
    },
    "marts.reported_results": {
        "direction: column values to be in set": "update marts.reported_results set direction = 'sideways'",
        "the figure or claim stands in the sentence given for it": (
            "update marts.reported_results set sentence = 'We turn gears.'"
        ),
    },
    "marts.given_keywords": {
        "keyword: column value lengths to be between": "update marts.given_keywords set keyword = repeat('x', 101)",
        "no source gives a paper more than sixty keywords": (
            "insert into marts.given_keywords (paper_id, source, keyword) "
            "select 'p', 'ai', 'gear ' || number from range(61) as numbers (number)"
        ),
    },
    "marts.keyword_trends_by_month": {
        "verdict: column values to be in set": "update marts.keyword_trends_by_month set verdict = 'booming'",
        "date_basis: column values to be in set": "update marts.keyword_trends_by_month set date_basis = 'guessed'",
        "a share lies within its interval, and the interval within 0 to 1": (
            "update marts.keyword_trends_by_month set share_high = keyword_share / 2 - 0.01"
        ),
        "at most a fifth of the tested rows are called rising or falling": (
            "update marts.keyword_trends_by_month set verdict = 'rising'"
        ),
    },
}


#: Tables that rules of other tables look into.
BESIDE = ("extracted.texts", "marts.appearances", "marts.dumps")


@pytest.fixture(scope="module")
def tables(built, tmp_path_factory):
    """Copies of the guarded tables in a file of their own: small, writable, without constraints."""
    path = tmp_path_factory.mktemp("gates") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"attach '{built.warehouse.database}' as source (read_only)")
        for schema in ("raw", "extracted", "marts"):
            connection.execute(f"create schema {schema}")
            for table in {*guarded_tables(schema), *(name for name in BESIDE if name.startswith(f"{schema}."))}:
                connection.execute(f"create table {table} as from source.{table}")
    return path


def test_all_pass_before_anything_is_broken(tables):
    results = check_tables(tables, list(BREAKAGES))
    assert [(result.table, result.rule) for result in results if result.status != "pass"] == []


def test_every_rule_is_seen_to_fail():
    listed = {table: len(rules) for table, rules in BREAKAGES.items()}
    assert listed == {
        table: len(load_suite(table)[1]) for schema in ("raw", "extracted", "marts") for table in guarded_tables(schema)
    }


@pytest.mark.parametrize(("table", "rule"), [(table, rule) for table, rules in BREAKAGES.items() for rule in rules])
def test_broken_rows_fail_their_rule(tables, tmp_path, table, rule):
    broken = tmp_path / "warehouse.duckdb"
    shutil.copy(tables, broken)
    with duckdb.connect(str(broken)) as connection:
        connection.execute(BREAKAGES[table][rule])
    statuses = {result.rule: result.status for result in check_tables(broken, [table])}
    assert statuses[rule] in ("fail", "warn")
