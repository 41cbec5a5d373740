"""Identity over time: ids that stay, redirects, tombstones, overrides, and what `paperhouse why` says of them."""

import re

import duckdb
import pytest
from grown_warehouse import GONE
from typer.testing import CliRunner

from paperhouse.commands.app import app

#: On one worker, so that its warehouse is built once.
pytestmark = pytest.mark.xdist_group("grown")


@pytest.fixture
def later(grown):
    """The warehouse with late evidence, and the papers it had before."""
    return grown.warehouse, grown.papers


def ask(warehouse, query, *values):
    with duckdb.connect(str(warehouse.published_database), read_only=True) as connection:
        return connection.execute(query, list(values)).fetchall()


def why(warehouse, *names):
    result = CliRunner().invoke(app, ["why", *names, "--warehouse", str(warehouse.folder)])
    return result.exit_code, result.output


def test_a_copy_under_another_arxiv_id_is_another_paper(built, later):
    warehouse, papers = later
    query = "select paper_id, arxiv_id from marts.papers where paper_id = ?"
    assert ask(warehouse, query, papers[0][0]) == ask(built.warehouse, query, papers[0][0])
    others = ask(warehouse, "select paper_id from marts.papers where arxiv_id = '2503.99999'")
    assert others
    assert others[0][0] != papers[0][0]


def test_ids_given_up_lead_to_the_paper(later):
    warehouse, papers = later
    pair = {papers[1][0], papers[2][0]}
    live = {row[0] for row in ask(warehouse, "select paper_id from marts.papers")} & pair
    assert len(live) == 1
    (old,) = pair - live
    followed = ask(
        warehouse,
        """
        select papers.paper_id, redirects.reason from marts.paper_redirects as redirects
        inner join marts.papers as papers on redirects.paper_id = papers.paper_id
        where redirects.old_paper_id = ?
        """,
        old,
    )
    assert followed == [(live.pop(), "override")]


def test_every_published_id_is_answered(built, later):
    warehouse, _ = later
    before = {row[0] for row in ask(built.warehouse, "select paper_id from marts.papers")}
    now = {row[0] for row in ask(warehouse, "select paper_id from marts.papers")}
    moved = dict(ask(warehouse, "select old_paper_id, paper_id from marts.paper_redirects"))
    assert before <= now | set(moved)
    assert not now & set(moved)


def test_a_removed_paper_has_a_tombstone(later):
    warehouse, _ = later
    rows = ask(warehouse, "select * from marts.paper_redirects where reason = 'removed'")
    assert [(row[0], row[1], str(row[3])) for row in rows] == [(GONE, None, "2025-01-02")]
    assert why(warehouse, GONE) == (0, why(warehouse, GONE)[1])
    assert "was removed" in why(warehouse, GONE)[1]


def test_why_two_are_one(later):
    warehouse, papers = later
    code, said = why(warehouse, papers[1][0], papers[2][0])
    assert code == 0
    assert "found out by letter" in said
    assert papers[1][1] in said


def test_each_value_names_its_dump(later):
    warehouse, papers = later
    rows = ask(
        warehouse,
        """
        select papers.project_url, url_dumps.file_names, title_dumps.file_names from marts.papers as papers
        inner join marts.paper_provenance as provenance on papers.paper_id = provenance.paper_id
        inner join raw.dumps as title_dumps on provenance.title_dump_id = title_dumps.dump_id
        inner join raw.dumps as url_dumps on provenance.project_url_dump_id = url_dumps.dump_id
        where papers.paper_id = ?
        """,
        papers[3][0],
    )
    assert [row[:2] for row in rows] == [("https://looms.example/", ["late.jsonl"])]
    assert rows[0][2] != ["late.jsonl"]
    assert "From late.jsonl: project_url" in why(warehouse, papers[3][0])[1]


def test_why_two_are_two(later):
    warehouse, papers = later
    code, said = why(warehouse, papers[0][0], "2503.99998")
    assert code == 0
    assert "Two papers" in said
    # What each piece of evidence weighs: the abstracts speak for one paper, the titles against it.
    weights = re.search(r"weights in bits, for one paper if positive: title -[\d.]+, abstract \+[\d.]+; together", said)
    assert weights, said


def test_why_says_what_it_does_not_know(later):
    warehouse, _ = later
    assert why(warehouse, "no such paper anywhere")[0] == 1
    code, said = why(warehouse, "a")
    assert code == 1
    assert "papers match" in said


def test_equal_titles_of_other_abstracts_are_two_papers(later):
    warehouse, papers = later
    ids = ask(warehouse, "select paper_id from marts.papers where arxiv_id = '2503.99998'")
    assert ids
    assert ids[0][0] not in {papers[0][0]}


def test_an_override_that_contradicts_itself_stops_the_build(copy_of_built, build):
    copy_of_built.overrides.mkdir()
    (copy_of_built.overrides / "papers.csv").write_text(
        "verdict,first,second,reason\nsame,Loom,Mill,x\ndifferent,Mill,Loom,y\n"
    )
    report = build(copy_of_built.folder)
    assert report.outcome == "failed"
    assert "papers.csv, line 3" in report.problem
