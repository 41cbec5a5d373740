"""The starter notebook for marimo: what is published in a warehouse, asked for a keyword of one's choice.

What belongs here: a few good questions, each in a cell of its own. Neither the package nor its lock has marimo: `pip
install marimo`, then `marimo edit notebooks/start.py` beside the warehouse. `start.ipynb` is the same for Jupyter.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Paperhouse: start here")


@app.cell
def _():
    import marimo as mo

    mo.md("""
    # Start here

    Reads what is published in a warehouse, read-only: run it while a build runs. The folder is `$PAPERHOUSE_WAREHOUSE`,
    else `warehouse` below the current one; `paperhouse.open("path")` opens another. Answers are Polars frames.

    This is a [marimo](https://marimo.io) notebook, which is no part of the default install: `pip install marimo` beside
    Paperhouse, then `marimo edit notebooks/start.py`.
    """)
    return (mo,)


@app.cell
def _():
    import paperhouse

    house = paperhouse.open()
    house
    return (house,)


@app.cell
def _(mo):
    mo.md("""
    What most papers are about; `paper_count` counts all that mention it.
    """)
    return


@app.cell
def _(house):
    commonest = house.sql(
        "select keyword, any_value(kind) as kind, count(*) as papers, any_value(paper_count) as paper_count "
        "from marts.paper_keywords inner join marts.keywords using (keyword_id) "
        "group by keyword order by papers desc, keyword limit 10"
    )
    commonest
    return (commonest,)


@app.cell
def _(mo):
    mo.md("""
    What rises, with the reason; no row means that nothing can be called so.
    """)
    return


@app.cell
def _(house):
    rising = house.sql(
        "select keyword, period_start_on as month, because from latest_trends() "
        "where date_basis = 'published' and direction = 'up' order by month desc, q_value, keyword limit 10"
    )
    rising
    return


@app.cell
def _(commonest, mo):
    keyword = mo.ui.text(value=commonest["keyword"][0], label="Keyword, in any form")
    keyword
    return (keyword,)


@app.cell
def _(mo):
    mo.md("""
    The cells below answer for that keyword, and again when it is changed. Its newest papers:
    """)
    return


@app.cell
def _(house, keyword):
    papers = house.sql(
        "select published_on, title, has_code, paper_id from papers_with(?) "
        "order by published_on desc nulls last, paper_id",
        [keyword.value],
    )
    papers
    return (papers,)


@app.cell
def _(mo):
    mo.md("""
    Its papers by month.
    """)
    return


@app.cell
def _(papers):
    dated = papers.drop_nulls("published_on")
    by_month = dated.group_by(dated["published_on"].dt.month_start().alias("month")).len("papers").sort("month")
    by_month
    return (by_month,)


@app.cell
def _(by_month, keyword):
    by_month.plot.bar(x="month", y="papers").properties(title=keyword.value)
    return


@app.cell
def _(mo):
    mo.md("""
    Who works on it: names, since nothing tells namesakes apart.
    """)
    return


@app.cell
def _(house, keyword):
    people = house.sql(
        "select min(name) as name, count(*) as papers from marts.paper_authors "
        "inner join (select paper_id from papers_with(?)) using (paper_id) "
        "group by folded_name order by papers desc, folded_name limit 10",
        [keyword.value],
    )
    people
    return


@app.cell
def _(mo):
    mo.md("""
    What goes with it: more papers name both than chance would have it.
    """)
    return


@app.cell
def _(house, keyword):
    partners = house.sql(
        "with asked as (select keyword_id from marts.keyword_forms where lower(form) = lower(trim(?)) limit 1) "
        "select if(first_keyword_id = keyword_id, second_keyword, first_keyword) as partner, paper_count, "
        "round(expected_count, 1) as expected_count, npmi from marts.keyword_pairs "
        "inner join asked on keyword_id in (first_keyword_id, second_keyword_id) "
        "where direction = 'attraction' order by npmi desc, partner limit 10",
        [keyword.value],
    )
    partners
    return


if __name__ == "__main__":
    app.run()
