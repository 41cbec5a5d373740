"""Every rule of every gate against a table that breaks it: seen to fail, and to be answered as its kind says."""

from __future__ import annotations

import shutil

import duckdb
import pytest

from paperhouse.expectations.runner import check_tables, guarded_tables, load_suite
from paperhouse.loading.quarantine import accept_dumps
from paperhouse.orchestration.gates import judge
from paperhouse.warehouse.folder import Warehouse
from paperhouse.warehouse.migrations import record_format

FIRST_DUMP = "(select min(dump_id) from raw.dumps where entry_count >= 3)"

#: table -> rule in words -> the statements that break it.
BREAKAGES: dict[str, dict[str, str]] = {
    "raw.dumps": {
        "at least one dump is loaded": "delete from raw.dumps",
        "every line of every dump is accounted for": "update raw.dumps set blank_line_count = blank_line_count + 1",
        "every dump has the entries and the rejects that were counted": (
            "delete from raw.entries where entry_id = (select min(entry_id) from raw.entries)"
        ),
        "a dump that holds lines but gave no entry says what was rejected": (
            "update raw.dumps set entry_count = 0, reject_count = 0"
        ),
        "every entry and every reject belongs to a loaded dump, once": (
            f"delete from raw.dumps where dump_id = {FIRST_DUMP}"
        ),
        "no dump is over the reject budget": (
            f"update raw.dumps set status = 'held', held_reason = '60 % of its lines were refused; the budget is 50 %' "
            f"where dump_id = {FIRST_DUMP}"
        ),
        "every dump was read to its end": (
            f"update raw.rejects set reason = 'too_slow' where dump_id = {FIRST_DUMP}; insert into raw.rejects by name "
            f"select {FIRST_DUMP} as dump_id, 1 as reject_number, 'too_slow' as reason, 'it took long' as detail"
        ),
        "most titles of a dump are shorter than 500 characters": (
            f"update raw.entries set title = repeat('x', 501) where dump_id = {FIRST_DUMP}"
        ),
        "the entries of a dump are not all one": (
            "update raw.entries set title = 'Untitled', abstract = null where dump_id in "
            "(select dump_id from raw.dumps where entry_count >= 3)"
        ),
        "share of lines that could not be read, in dumps that gave entries": (
            "update raw.dumps set rejected_line_count = line_count"
        ),
        "dumps that control characters had to be taken out of": "update raw.dumps set control_character_count = 1",
        "share of files in which no paper was found": "update raw.dumps set status = 'rejected'",
    },
    "raw.sidecars": {
        "rows of sidecars that date a dump before there were Daily Papers": (
            "insert into raw.sidecars (path, line, captured_on) values ('/in/dumps.csv', 2, date '2015-03-11')"
        ),
        "rows of sidecars that cannot be used": (
            "insert into raw.sidecars (path, line, problem) values ('/in/dumps.csv', 2, 'in/dumps.csv, line 2: odd')"
        ),
    },
    "raw.entries": {
        "a title has a letter or a digit": "update raw.entries set title = '???' where position = 1",
        "a title has at most 2,000 characters": "update raw.entries set title = repeat('x', 2001) where position = 1",
        "an arXiv id has the form of one": "update raw.entries set arxiv_id = '2513.12345' where position = 1",
        "at least one entry was read": "delete from raw.entries",
        "an entry has one id": "update raw.entries set entry_id = 'twin'",
        "lines of an entry lie in order": "update raw.entries set first_line = last_line + 1 where position = 1",
        "share of abstracts shorter than 70 characters": "update raw.entries set abstract = 'short'",
        "share of titles longer than 300 characters": "update raw.entries set title = repeat('x', 301)",
        "share of entries with a value that was left out": "update raw.entries set flags = ['unread_upvotes']",
        "entries published before 1930": "update raw.entries set published_on = date '1070-01-01' where position = 1",
    },
    "extracted.texts": {
        "a title without markup has a letter or a digit": (
            "update extracted.texts set title_key = '' where text_id = (select min(text_id) from extracted.texts)"
        ),
        "a text has one id": "update extracted.texts set text_id = 'twin'",
        "cleaned text is one line": "update extracted.texts set abstract = abstract || chr(10) || 'more'",
        "share of texts whose language is known": "update extracted.texts set language = null",
        "share of texts in English": "update extracted.texts set language = 'de'",
    },
    "extracted.phrases": {
        "at least one phrase was found": "delete from extracted.phrases",
        "a phrase occurs, and no more often in the title than at all": "update extracted.phrases set title_count = 99",
        "candidates of a text are numbered from the best": "update extracted.phrases set place = 0",
        "a phrase has 1 to 15 words": "update extracted.phrases set word_count = 16",
        "phrases of an English text with an abstract": (
            "delete from extracted.phrases "
            "where rowid not in (select min(rowid) from extracted.phrases group by text_id)"
        ),
    },
    "marts.papers": {
        "there is at least one paper": "delete from marts.papers",
        "a paper has a title": "update marts.papers set title = ''",
        "characters of a title, median": "update marts.papers set title = repeat('x', 251)",
        "characters of an abstract, median": "update marts.papers set abstract = 'short'",
        "share of papers listed more than a day before they were published": (
            "update marts.papers set first_listed_on = published_on - 9 where published_on is not null"
        ),
        "share of abstracts with a LaTeX command left in them": (
            r"update marts.papers set abstract = '\textbf{bold} ' || abstract"
        ),
    },
    "marts.paper_keywords": {
        "at least one paper has a keyword": "delete from marts.paper_keywords",
        "ranks of keywords begin at 1": "update marts.paper_keywords set keyword_rank = 0",
        "keywords of a paper with an abstract and keywords": "delete from marts.paper_keywords where keyword_rank > 2",
    },
    "marts.keywords": {
        "a keyword has a label": "update marts.keywords set keyword = ''",
        "keywords of more than 120 characters": "update marts.keywords set keyword = repeat('x', 121)",
        "share of keywords that are a piece of a link or of LaTeX": (
            "update marts.keywords set keyword = 'https://example.org'"
        ),
        "largest share of papers that have one keyword": (
            "update marts.keywords set paper_count = (select count(*) from marts.papers)"
        ),
    },
    "marts.keyword_redirects": {
        "an id that leads to a keyword is no keyword's": (
            "insert into marts.keyword_redirects by name select keyword_id as old_keyword_id, keyword_id, form "
            "from marts.keyword_forms limit 1"
        ),
        "a form that leads to a keyword is one of its forms": (
            "insert into marts.keyword_redirects by name "
            "select 'k0' as old_keyword_id, keyword_id, 'unheard of' as form "
            "from marts.keyword_forms limit 1"
        ),
    },
    "marts.keyword_forms": {
        "the confidence of a form is a share": "update marts.keyword_forms set confidence = 1.5",
        "a form stands in at least one paper, and at least as often as in papers": (
            "update marts.keyword_forms set paper_count = -1"
        ),
        "forms of the keyword with most of them": (
            "update marts.keyword_forms set keyword_id = (select min(keyword_id) from marts.keyword_forms)"
        ),
        "forms of a keyword": (
            "insert into marts.keyword_forms (keyword_id, form, confidence, paper_count, occurrence_count) "
            "select keyword_id, form || number, 1, 1, 1 from marts.keyword_forms, range(9) as t(number)"
        ),
    },
    "marts.keyword_pairs": {
        "npmi of a pair lies between -1 and 1": "update marts.keyword_pairs set npmi = 2",
        "no pair is in more papers than either of its keywords": (
            "update marts.keyword_pairs set paper_count = first_paper_count + 1"
        ),
    },
    "marts.paper_authors": {
        "an author has a name": "update marts.paper_authors set name = ''",
        "an ORCID has the form of one, and a place where somebody works has a name": (
            "update marts.paper_authors set orcid = '0000-0002-1825', affiliations = ['Hill House'] where position = 1"
        ),
        "share of authors whose name has more than 100 characters": (
            "update marts.paper_authors set name = repeat('x', 101)"
        ),
    },
    "marts.paper_venues": {
        "a venue has a name": "insert into marts.paper_venues values ('p', '', '', false, null, 1)",
        "share of venues with more than 200 characters": (
            "insert into marts.paper_venues "
            "select 'p', 'v' || number, repeat('x', 201), false, null, 1 from range(20) as numbers (number)"
        ),
    },
    "marts.paper_abbreviations": {
        "what resolves an abbreviation is a known rule": "update marts.paper_abbreviations set rule = 'guess'",
        "share of abbreviations that stay ambiguous": (
            "insert into marts.paper_abbreviations (paper_id, short_key, rule) "
            "select 'p', 'cl' || number, 'ambiguous' from range(2000) as numbers (number)"
        ),
    },
    "marts.reported_results": {
        "a result goes up, down or is reached": "update marts.reported_results set direction = 'sideways'",
        "the figure or claim stands in the sentence given for it": (
            "update marts.reported_results set sentence = 'We turn gears.'"
        ),
    },
    "marts.given_keywords": {
        "a given keyword has a name": "update marts.given_keywords set keyword = ''",
        "share of given keywords of more than 100 characters": (
            "update marts.given_keywords set keyword = repeat('x', 101)"
        ),
        "keywords that one source gives the paper with most of them": (
            "insert into marts.given_keywords (paper_id, source, keyword) "
            "select 'p', 'ai', 'gear ' || number from range(301) as numbers (number)"
        ),
    },
    "marts.keyword_trends_by_month": {
        "a verdict is a known one": "update marts.keyword_trends_by_month set verdict = 'booming'",
        "papers are counted by publication, listing or capture": (
            "update marts.keyword_trends_by_month set date_basis = 'guessed'"
        ),
        "a share lies within its interval, and the interval within 0 to 1": (
            "update marts.keyword_trends_by_month set share_high = keyword_share / 2 - 0.01"
        ),
        "share of the tested rows that are called rising or falling": (
            "update marts.keyword_trends_by_month set verdict = 'rising', direction = 'up'"
        ),
    },
}
#: Figures without an absolute limit: compared with the last releases alone.
COMPARED = {
    "raw.entries": ["share of entries with an abstract"],
    "marts.papers": ["share of papers with an abstract", "papers"],
}

#: What the answer to a broken rule of each kind is called by the result.
STATUSES = {"record": "warn", "dump": "warn", "corpus": "warn", "pipeline": "fail"}

#: Tables that rules of other tables look into.
BESIDE = ("extracted.texts", "marts.appearances", "marts.dumps", "raw.rejects", "raw.line_spans", "raw.dump_decisions")

CASES = [(table, rule) for table, rules in BREAKAGES.items() for rule in rules]
KINDS = {
    (table, rule.words): rule.kind.value
    for schema in ("raw", "extracted", "marts")
    for table in guarded_tables(schema)
    for rule in load_suite(table)[1]
}


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


@pytest.fixture
def break_rule(tables, tmp_path):
    """`break_rule(table, rule)`: a warehouse with the tables, of which one breaks the rule."""

    def broken(table: str, rule: str) -> Warehouse:
        warehouse = Warehouse(tmp_path)
        shutil.copy(tables, warehouse.database)
        with duckdb.connect(str(warehouse.database)) as connection:
            record_format(connection)  # without one it would be taken for an old one, and upgraded
            connection.execute(BREAKAGES[table][rule])
        return warehouse

    return broken


def ask(warehouse: Warehouse, query: str) -> list[tuple]:
    with duckdb.connect(str(warehouse.database), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_all_pass_before_anything_is_broken(tables):
    results = check_tables(tables, list(BREAKAGES))
    assert [(result.table, result.rule) for result in results if result.status != "pass"] == []


def test_every_rule_is_seen_to_fail():
    compared = {(table, rule) for table, rules in COMPARED.items() for rule in rules}
    assert {*CASES, *compared} == set(KINDS)


@pytest.mark.parametrize(("table", "rule"), CASES)
def test_broken_rows_fail_their_rule_as_its_kind_says(break_rule, table, rule):
    warehouse = break_rule(table, rule)
    [result] = [found for found in check_tables(warehouse.database, [table]) if found.rule == rule]
    assert (result.kind, result.status) == (KINDS[table, rule], STATUSES[KINDS[table, rule]])
    assert result.is_blocking == (result.kind == "pipeline")
    assert result.value is not None
    assert result.observed


@pytest.mark.parametrize(("table", "rule"), [(table, rule) for table, rules in COMPARED.items() for rule in rules])
def test_a_figure_is_compared_with_the_last_releases(tables, table, rule):
    before = {(table, rule): [10_000.0]}
    [result] = [found for found in check_tables(tables, [table], before=before) if found.status != "pass"]
    assert (result.rule, result.kind, result.is_blocking) == (f"{rule}, as in the last releases", "corpus", False)


@pytest.mark.parametrize("rule", [rule for table, rule in CASES if KINDS[table, rule] == "record" and table[0] == "r"])
def test_an_odd_record_becomes_a_reject_and_the_rest_goes_on(break_rule, rule):
    warehouse = break_rule("raw.entries", rule)
    dumps = ask(warehouse, "select count(distinct dump_id) from raw.entries where position = 1")[0][0]
    entries = ask(warehouse, "select count(*) from raw.entries")[0][0]
    judgement = judge(warehouse, "gate_1", "raw", "run")
    assert not any(result.is_blocking for result in judgement.results)
    assert ask(warehouse, "select count(*) from raw.entries") == [(entries - dumps,)]
    said = ask(
        warehouse, f"select reason, detail, first_line from raw.rejects where contains(detail, '(rule: {rule})')"
    )
    assert len(said) == dumps
    assert all(reason in ("no_title", "odd_record") and detail and line for reason, detail, line in said)
    assert ", line " in judgement.notes[0]
    [row] = ask(
        warehouse, f"select status, kind, affected_rows, answer from quality.check_results where rule = '{rule}'"
    )
    assert row == ("warn", "record", dumps, f"quarantined {dumps} records")
    assert ask(warehouse, "select stage from quality.passed_stages") == [("gate_1_raw",)]


def test_a_text_that_folds_to_nothing_takes_its_entries_out_and_texts_are_worked_on_anew(break_rule):
    warehouse = break_rule("extracted.texts", "a title without markup has a letter or a digit")
    [(text_id,)] = ask(warehouse, "select text_id from extracted.texts where title_key = ''")
    judgement = judge(warehouse, "gate_1", "extracted", "run")
    assert not any(result.is_blocking for result in judgement.results)
    assert ask(warehouse, f"select count(*) from raw.entries where text_id = '{text_id}'") == [(0,)]
    assert ask(warehouse, f"select count(*) from extracted.texts where text_id = '{text_id}'") == [(0,)]
    assert ask(warehouse, "select count(*) > 0 from extracted.texts") == [(True,)]
    # The entries were taken out of raw tables that had passed: they have passed again.
    passed = ask(warehouse, "select stage, fingerprint from quality.passed_stages order by passed_at")
    assert [stage for stage, _ in passed] == ["gate_1_raw", "gate_1_extracted"]
    assert len({fingerprint for _, fingerprint in passed}) == 1


@pytest.mark.parametrize("rule", ["most titles of a dump are shorter than 500 characters"])
def test_an_odd_dump_is_held_until_it_is_accepted(break_rule, rule):
    warehouse = break_rule("raw.dumps", rule)
    for run in ("first", "second"):  # what is held stays so for as long as it breaks the rule
        judgement = judge(warehouse, "gate_1", "raw", run)
        assert not any(result.is_blocking for result in judgement.results)
        [(dump_id, reason)] = ask(warehouse, "select dump_id, held_reason from raw.dumps where status = 'held'")
        assert rule in reason
        assert judgement.answers["raw.dumps", rule] == "held 1 dump"
    with warehouse.connect() as connection:
        accept_dumps(connection, [dump_id])
    judgement = judge(warehouse, "gate_1", "raw", "third")
    assert ask(warehouse, "select count(*) from raw.dumps where status = 'held'") == [(0,)]
    assert judgement.answers["raw.dumps", rule] == "let through: a person has accepted it"


def test_a_dump_that_is_odd_no_more_is_let_go(break_rule):
    warehouse = break_rule("raw.dumps", "most titles of a dump are shorter than 500 characters")
    judge(warehouse, "gate_1", "raw", "first")
    with duckdb.connect(str(warehouse.database)) as connection:
        connection.execute("update raw.entries set title = 'Wheels on Ice' where length(title) > 500")
    judge(warehouse, "gate_1", "raw", "second")
    assert ask(warehouse, "select distinct status from raw.dumps where entry_count > 0") == [("loaded",)]


def test_a_fault_of_the_pipeline_passes_nothing_and_the_ledger_says_since_when(break_rule):
    rule = "every dump has the entries and the rejects that were counted"
    warehouse = break_rule("raw.dumps", rule)
    for run in ("first", "second"):
        judgement = judge(warehouse, "gate_1", "raw", run)
        assert judgement.answers["raw.dumps", rule] == "the build stopped; nothing was published"
        assert ask(warehouse, "select count(*) from quality.passed_stages") == [(0,)]
    rows = ask(
        warehouse,
        f"select run_id, status, affected_rows, failing_since = min(checked_at) over () from quality.check_results "
        f"where rule = '{rule}' order by checked_at",
    )
    assert rows == [("first", "fail", 1, True), ("second", "fail", 1, True)]
