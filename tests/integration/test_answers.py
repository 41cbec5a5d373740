"""Asking what is published: in words, and from Python."""

import subprocess
import sys

import polars as pl
import pytest
from typer.testing import CliRunner

import paperhouse
from paperhouse.commands.app import app
from paperhouse.commands.question_shapes import SHAPES
from paperhouse.release.history import NoSuchReleaseError
from paperhouse.release.published import NoSuchTableError
from paperhouse.warehouse.errors import NothingPublishedError
from paperhouse.warehouse.questions import RefusedQueryError


def ask(folder, *arguments):
    return CliRunner().invoke(app, ["ask", *arguments, "-w", str(folder)])


@pytest.fixture(scope="module")
def keywords(built) -> list[str]:
    """Two keywords that many papers have."""
    query = "select keyword from marts.keywords where kind = 'term' order by paper_count desc, keyword limit 2"
    with paperhouse.open(built.warehouse.folder) as published:
        return published.sql(query)["keyword"].to_list()


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_each_shape_is_answered_with_its_sql(built, keywords, shape):
    question = shape.example.replace("diffusion models", keywords[0]).replace("reinforcement learning", keywords[1])
    result = ask(built.warehouse.folder, question, "--format", "json")
    assert result.exit_code == 0, result.output
    assert "select" in result.stderr
    assert result.stdout.startswith("[")


def test_counts_are_those_of_the_tables(built, keywords):
    result = ask(built.warehouse.folder, "how", "many", "papers", "about", keywords[0].upper(), "-f", "csv")
    with paperhouse.open(built.warehouse.folder) as published:
        counted = "select count(*) from marts.paper_keywords join marts.keywords using (keyword_id) where keyword = ?"
        about = published.sql(counted, [keywords[0]]).item()
        used = published.sql("select count(distinct paper_id) "
                             "from marts.keyword_mentions join marts.keywords using (keyword_id) where keyword = ?",
                             [keywords[0]]).item()  # fmt: skip
        assert result.stdout.split() == ["papers_about_it,papers_that_mention_it", f"{about},{used}"]
        people = published.sql("select count(*) as n, count(distinct paper_id) as papers from marts.paper_authors")
        assert (
            people.rows()
            == published.sql("select sum(len(authors)), count(*) from marts.papers where len(authors) > 0").rows()
        )


def test_what_is_not_understood_is_said_with_the_nearest(built):
    shapeless = ask(built.warehouse.folder, "which benchmarks rose in Europe")
    assert shapeless.exit_code == 1
    assert "which benchmarks rose in 2025" in shapeless.output
    unknown = ask(built.warehouse.folder, "who works on", "largge langage models")
    assert unknown.exit_code == 1
    assert "No keyword is called 'largge langage models'. Near are:" in " ".join(unknown.output.split())
    hostile = ask(built.warehouse.folder, "how many papers about x'); drop table marts.papers; --")
    assert hostile.exit_code == 1
    assert "No keyword is called" in hostile.output


def test_python_reads_tables_and_asks(built):
    with paperhouse.open(built.warehouse.folder) as published, paperhouse.open(str(built.warehouse.folder)) as again:
        papers = published.table("papers")
        assert isinstance(papers, pl.DataFrame)
        assert papers.equals(again.table("marts.papers"))
        assert published.release_id == built.warehouse.latest_release.resolve().name
        assert {"marts.papers", "raw.dumps", "quality.releases"} <= set(published.tables())
        assert (
            again.sql("select title from search_papers(?, top := 3)", [papers["title"][0]])["title"][0]
            == papers["title"][0]
        )
        assert again.sql("create temp table t as select 7 as seven; from t").item() == 7
    with paperhouse.open(built.warehouse.folder, published.release_id[-8:]) as kept:
        assert kept.release_id == published.release_id


def test_python_is_refused_what_the_command_line_is(built, tmp_path):
    with paperhouse.open(built.warehouse.folder) as published:
        for query in ("drop table marts.papers", "select 1; set threads = 1", "selec", "from read_csv('/etc/hosts')"):
            with pytest.raises(RefusedQueryError):
                published.sql(query)
        with pytest.raises(NoSuchTableError, match=r"Near are: .*marts\.papers"):
            published.table("paper")
        with pytest.raises(NoSuchTableError):
            published.table("papers; drop table marts.papers")
    with pytest.raises(NoSuchReleaseError):
        paperhouse.open(built.warehouse.folder, "nonsense")
    with pytest.raises(NothingPublishedError):
        paperhouse.open(tmp_path)


def test_asking_loads_no_machinery(built):
    """A notebook starts fast: neither Dagster nor dbt nor Great Expectations is loaded to ask."""
    script = (
        "import sys, paperhouse\n"
        f"paperhouse.open({str(built.warehouse.folder)!r}).table('papers')\n"
        "print([name for name in ('dagster', 'dbt', 'great_expectations') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"


def test_commands_that_ask_load_no_machinery(built):
    """A command that asks takes half a second of the processor: half of which any of these would take again."""
    folder = str(built.warehouse.folder)
    commands = (["sql", "select 1"], ["status"], ["trends"], ["paper", "a"], ["why", "a"], ["ask", "what is new?"])
    script = (
        "import contextlib, io, sys\n"
        "from paperhouse.commands.door import answer\n"
        f"for command in {commands!r}:\n"
        "    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):\n"
        f"        answer([*command, '-w', {folder!r}])\n"
        "    machinery = ('dagster', 'dbt', 'great_expectations', 'pandas', 'polars', 'pyarrow', 'ftfy')\n"
        "    print(command[0], *(name for name in machinery if name in sys.modules))\n"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines() == [command[0] for command in commands]
