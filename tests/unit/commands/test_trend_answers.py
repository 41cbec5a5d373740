"""What `paperhouse trends` says where nothing is dated on a basis: which dates there are, and how dumps get theirs."""

import csv

import duckdb
import pytest

from paperhouse.commands.answers import print_trends


@pytest.fixture
def house():
    """Two papers of one dump, without dates and without series."""
    with duckdb.connect() as connection:
        connection.execute(
            """
            create schema marts;
            create table marts.papers as
            select null::date as published_on, null::date as first_listed_on, null::date as first_captured_on
            from range(2);
            create table marts.dumps as select ['saved page.txt'] as file_names;
            create table marts.keyword_trends_by_month (verdict varchar, date_basis varchar);
            """
        )
        yield connection


def test_nothing_dated_shows_lines_to_copy(house, capsys):
    print_trends(house, "captured", 10)
    said = capsys.readouterr().out
    assert "No paper has a captured date" in said
    assert "No dump says when it was captured." in said
    header, line = csv.reader(line.strip() for line in said.splitlines()[-2:])
    assert header == ["file_name", "captured_on", "source", "note"]
    assert line == ["saved page.txt", "2025-03-11", "", ""]


def test_the_bases_that_have_dates_are_named(house, capsys):
    house.execute("update marts.papers set published_on = date '2025-03-01'")
    print_trends(house, "listed", 10)
    said = " ".join(capsys.readouterr().out.split())
    assert "2 have a published date (--basis published)" in said
    assert "--basis captured" not in said


def test_dated_papers_without_a_series_are_counted(house, capsys):
    house.execute("update marts.papers set published_on = date '2025-03-01'")
    print_trends(house, "published", 10)
    said = " ".join(capsys.readouterr().out.split())
    assert "2 papers have a published date; no keyword has enough of them for a series." in said
    assert "file_name" not in said
