"""A table that does not fit into memory beside another is made again, by itself."""

from collections.abc import Iterator, Sequence

import pytest

from paperhouse.orchestration import dbt_stream
from paperhouse.orchestration.dbt_run import DbtOutcome, NodeResult
from paperhouse.orchestration.dbt_stream import FinishedTable, stream_build
from paperhouse.warehouse.folder import Warehouse

SHORT = "Runtime Error\n  Out of Memory Error: failed to pin block"
WRONG = "Runtime Error\n  Binder Error: no such column"


def result(name: str, status: str = "success") -> NodeResult:
    return NodeResult(f"model.paperhouse.{name}", name, status, 1.0)


def problem_of(tables: Sequence[FinishedTable]) -> str:
    return "\n".join(table.problem for table in tables if table.problem)


@pytest.fixture
def build(tmp_path, monkeypatch):
    """Have dbt make tables as it is told, run by run: tables, names of skipped ones, and of exposures.

    Gives what a build gives, and the arguments of each run.
    """

    def build(*runs: tuple, chosen: Sequence[str] = ()):
        asked: list[Sequence[str]] = []
        left = iter(runs)

        def stream_tables(warehouse, arguments, listener) -> Iterator[FinishedTable | DbtOutcome]:
            asked.append(arguments)
            tables, skipped, *exposures = next(left)
            yield from tables
            results = [result(table.name, "error" if table.problem else "success") for table in tables]
            results += [result(name, "skipped") for name in skipped]
            results += [result(name, "no-op") for names in exposures for name in names]
            yield DbtOutcome(results, problem_of(tables))

        monkeypatch.setattr(dbt_stream, "stream_tables", stream_tables)
        (tmp_path / ".dbt").mkdir(exist_ok=True)
        *tables, outcome = stream_build(Warehouse(tmp_path), ["build"], chosen)
        assert isinstance(outcome, DbtOutcome)
        return [(table.name, table.problem) for table in tables], outcome, asked

    return build


def table(name: str, problem: str = "") -> FinishedTable:
    return FinishedTable(name, 1.0, None if problem else 3, problem)


def test_it_is_made_when_the_others_are_done_with_those_made_of_it(build):
    tables, outcome, asked = build(
        ([table("papers"), table("pairs", SHORT), table("links")], ["topics"]),
        ([table("pairs"), table("topics")], []),
        chosen=["papers", "pairs", "links", "topics"],
    )
    assert tables == [("papers", ""), ("links", ""), ("pairs", ""), ("topics", "")]
    assert outcome.problem == ""
    assert [(found.name, found.status) for found in outcome.results] == [
        (name, "success") for name in ("papers", "links", "pairs", "topics")
    ]
    silent = ["--log-level=none", "build"]
    assert asked == [
        [*silent, "--select", "papers", "pairs", "links", "topics"],
        [*silent, "--threads", "1", "--select", "pairs", "topics"],
    ]


def test_what_does_not_fit_by_itself_either_is_told_once(build):
    tables, outcome, _ = build(([table("papers"), table("pairs", SHORT)], []), ([table("pairs", SHORT)], []))
    assert tables == [("papers", ""), ("pairs", SHORT)]
    assert outcome.problem == SHORT


def test_what_is_wrong_for_another_reason_ends_the_build(build):
    tables, outcome, asked = build(([table("pairs", SHORT), table("links", WRONG)], ["topics"]))
    assert sorted(tables) == [("links", WRONG), ("pairs", SHORT)]
    assert SHORT in outcome.problem
    assert len(asked) == 1


def test_nothing_is_made_twice_where_all_fits(build):
    tables, outcome, asked = build(([table("papers"), table("links")], []))
    assert tables == [("papers", ""), ("links", "")]
    assert asked == [["--log-level=none", "build"]]
    assert outcome.problem == ""


def test_what_is_no_table_is_not_asked_for_again(build):
    """dbt lists exposures, too: by the name of one, such as `search`, it would make a folder of models again."""
    _, _, asked = build(([table("pairs", SHORT)], ["topics"], ["search"]), ([table("pairs"), table("topics")], []))
    assert asked[1][-3:] == ["--select", "pairs", "topics"]
