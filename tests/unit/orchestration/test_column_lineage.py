"""Which columns a column is made of, out of the SQL that made it."""

from paperhouse.orchestration import column_lineage
from paperhouse.orchestration.column_lineage import describe_lineage, trace_columns, trace_tables

COLUMNS = {
    "marts": {
        "papers": {"paper_id": "VARCHAR", "title": "VARCHAR", "upvotes": "INTEGER"},
        "links": {"paper_id": "VARCHAR", "url": "VARCHAR", "kind": "VARCHAR"},
    }
}
SQL = """
with papers as (
    select * from "warehouse"."marts"."papers"
),

linked as (
    select
        papers.paper_id,
        coalesce(papers.title, links.url) as label,
        sum(papers.upvotes) over (partition by links.kind) as votes,
        'code' as kind
    from papers
    inner join "warehouse"."marts"."links" as links on papers.paper_id = links.paper_id
    where links.kind = 'code'
)

select * from linked
"""
TRACED = {
    "paper_id": [["marts.papers", "paper_id"]],
    "label": [["marts.links", "url"], ["marts.papers", "title"]],
    "votes": [["marts.links", "kind"], ["marts.papers", "upvotes"]],
    "kind": [],
}


def test_columns_are_followed_through_steps_and_stars():
    assert trace_columns(SQL, COLUMNS) == TRACED


def test_what_was_found_is_kept_until_the_sql_is_another(tmp_path, monkeypatch):
    kept, asked = tmp_path / "lineage.json", []
    monkeypatch.setattr(column_lineage, "trace_columns", lambda sql, _: asked.append(sql) or TRACED)
    for sql in (SQL, SQL, SQL + " order by votes"):
        assert trace_tables({"linked": sql}, COLUMNS, kept) == {"linked": TRACED}
    assert asked == [SQL, SQL + " order by votes"]


def test_a_table_that_cannot_be_followed_is_left_out(tmp_path):
    assert trace_tables({"odd": "select from where ("}, COLUMNS, tmp_path / "lineage.json") == {}


def test_dagster_hears_of_assets():
    lineage = describe_lineage(TRACED).deps_by_column
    assert [(dep.asset_key.path, dep.column_name) for dep in lineage["label"]] == [
        (["marts", "links"], "url"),
        (["marts", "papers"], "title"),
    ]
