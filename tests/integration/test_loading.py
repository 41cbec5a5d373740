"""Dumps with troubles and notes, built among good ones: what is held, superseded, observed, described and listed."""

from __future__ import annotations

import csv
import io

import duckdb
import pytest
from grown_warehouse import DAY
from typer.testing import CliRunner

from paperhouse.commands.app import app

#: On one worker, so that its warehouse is built once.
pytestmark = pytest.mark.xdist_group("grown")


@pytest.fixture
def ask(grown):
    def call(query):
        with grown.warehouse.read() as connection:
            return connection.execute(query).fetchall()

    return call


@pytest.fixture
def run(grown):
    def invoke(*arguments):
        result = CliRunner().invoke(app, [*arguments, "--warehouse", str(grown.warehouse.folder)])
        assert "Traceback" not in result.output
        return result

    return invoke


def test_a_dump_over_the_budget_is_held_back_and_the_others_go_on(ask):
    held = ask(
        "select status, paper_count, entry_count, held_reason from marts.dumps where file_names[1] = 'misread.jsonl'"
    )
    assert [row[:3] for row in held] == [("held", 0, 4)]
    assert "83.3 %" in held[0][3]
    assert ask("select count(*) from marts.papers where title like 'Mole Count%'") == [(0,)]
    assert ask("select count(*) from marts.papers where title like 'Vole Census%'") == [(10,)]
    warned = (
        "select status, kind, answer from quality.check_results "
        "where rule like '%over the reject budget' order by checked_at"
    )
    assert ask(warned) == [("pass", "dump", ""), ("warn", "dump", "held 2 dumps")]  # misread, broken


def test_the_summary_names_held_dumps_and_the_way_out(grown, capsys):
    from paperhouse.commands.summary import print_report

    print_report(grown.warehouse, grown.report)
    said = capsys.readouterr().out
    for words in ("Held back", "misread.jsonl", "rejects", "--dump", "--reject-budget", "accept", "forget", "none.txt"):
        assert words in said


def test_a_longer_copy_of_a_page_supersedes_the_shorter(ask):
    assert ask(
        "select shorter.file_names[1], longer.file_names[1], shorter.paper_count from marts.dumps as shorter "
        "inner join marts.dumps as longer on shorter.superseded_by_dump_id = longer.dump_id "
        "where shorter.layout like 'text%'"
    ) == [("page.txt", "page longer.txt", 4)]
    assert ask(
        "select file_names[1], count(*), sum(a.entry_count)::int from marts.appearances as a "
        "inner join marts.dumps using (dump_id) where file_names[1] like 'page%' group by 1"
    ) == [("page longer.txt", 7, 7)]
    assert ask("select distinct entry_count, dump_count from marts.papers where title like 'Vole Census%'") == [(1, 1)]


def test_new_votes_update_the_appearance_and_the_old_ones_stay(ask):
    papers = "inner join marts.papers as p using (paper_id) where p.arxiv_id = '3103.00050' order by all"
    assert ask(f"select a.upvotes, observation_count, a.captured_on::varchar from marts.appearances as a {papers}") == [
        (59, 2, "2031-03-11")
    ]
    assert ask(f"select captured_on::varchar, v.upvotes, is_latest from marts.vote_observations as v {papers}") == [
        ("2031-03-11", 53, False),
        ("2031-03-12", 59, True),
    ]


def test_a_sidecar_lands_in_the_marts_and_its_slip_is_a_warning(ask):
    assert ask(
        "select captured_on::varchar, captured_on_source, listed_on::varchar, source, note from marts.dumps "
        "where note = 'second'"
    ) == [("2031-03-12", "sidecar", DAY, "mail", "second")]
    failing = ask("select failing from quality.check_results where rule like '%sidecar%' and status = 'warn'")
    assert "line 4: there is no dump 'none.txt'" in failing[0][0]
    assert ask("select count(*) from raw.dumps where file_names[1] = 'dumps.csv'") == [(0,)]


def test_paths_are_not_published(grown, ask):
    assert ask("select table_name from duckdb_tables() where schema_name = 'raw' order by 1") == [
        ("dumps",),
        ("line_spans",),
        ("rejects",),
    ]
    assert str(grown.dumps).encode() not in grown.warehouse.published_database.read_bytes()


def test_rejects_are_listed_with_their_meaning(run):
    result = run("rejects", "--dump", "misread.jsonl", "--limit", "3")
    assert result.exit_code == 0
    for words in ("not_json", "neither JSON nor", "3 of 20", "misread.jsonl"):
        assert words in result.output


def test_rejects_as_csv_are_whole_and_defused(run):
    chosen = run("rejects", "--csv", "--reason", "not_json", "--dump", "misread.jsonl").output
    rows = list(csv.DictReader(io.StringIO(chosen)))
    assert len(rows) == 20
    assert {row["file_name"] for row in rows} == {"misread.jsonl"}
    assert not any(cell.startswith("=") for row in rows for cell in row.values())


def test_a_choice_without_rejects_says_so(run):
    assert "Nothing of this choice was rejected" in run("rejects", "--reason", "truncated_feed").output
    assert "api_error" in run("rejects", "--reason", "nonsense").output
    nothing = run("rejects", "--dump", "no such file")
    assert nothing.exit_code == 1
    assert "No loaded dump" in nothing.output


def test_replay_shows_no_difference_where_the_parser_is_the_same(run, grown):
    with duckdb.connect(str(grown.warehouse.database), read_only=True) as connection:
        before = connection.execute("select * from raw.dumps order by 1").fetchall()
    result = run("replay", "--dump", "misread.jsonl")
    assert result.exit_code == 0
    assert "1 of 1 dumps were read again, 0 differ" in result.output
    with duckdb.connect(str(grown.warehouse.database), read_only=True) as connection:
        assert connection.execute("select * from raw.dumps order by 1").fetchall() == before
