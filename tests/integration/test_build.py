"""The whole path on the sample: what a build publishes, what it skips, where it stops."""

from __future__ import annotations

import fcntl
import hashlib
import json
import subprocess
import sys

import duckdb
import polars as pl
import pytest
from dagster import DagsterInstance
from published import published_state, query
from typer.testing import CliRunner

from paperhouse.commands.app import app
from paperhouse.commands.summary import print_report
from paperhouse.orchestration.build import run_build
from paperhouse.orchestration.last_run import find_last_run
from paperhouse.release.publication import NotJudgedError, prepare_release
from paperhouse.warehouse.errors import WarehouseBusyError
from paperhouse.warehouse.folder import Warehouse


def test_sample_is_published(built):
    assert built.report.outcome == "published"
    assert built.report.problem == ""
    assert {"start", "parse", "text", "gate 1", "dbt", "gate 2", "publish parquet"} <= built.report.stages.keys()


def test_every_line_of_every_dump_is_accounted_for(built):
    unaccounted = query(
        built.warehouse,
        "select dump_id from raw.dumps where line_count <> blank_line_count + boilerplate_line_count "
        "+ date_line_count + entry_line_count + rejected_line_count",
    )
    assert unaccounted == []
    assert query(built.warehouse, "select sum(line_count) > 0 from raw.dumps") == [(True,)]


def test_entries_equal_the_truth(built):
    truth = pl.read_parquet(built.dumps.with_name(f"{built.dumps.name}-truth") / "entries.parquet")
    with duckdb.connect(str(built.warehouse.database), read_only=True) as connection:
        read = connection.execute(
            "select name as dump, position, title, abstract "
            "from raw.entries join (select dump_id, unnest(file_names) as name from raw.dumps) using (dump_id)"
        ).pl()
    expected = truth.with_columns(pl.col("dump").str.split("/").list.last()).select(read.columns)
    fold = pl.col("title", "abstract").str.replace_all(r"\s+", " ").str.strip_chars()
    both = [frame.with_columns(fold).sort("dump", "position") for frame in (read, expected)]
    assert both[0].height > 200
    assert both[0].to_dicts() == both[1].to_dicts()


def test_each_invented_paper_is_one_paper(built):
    truth = pl.read_parquet(built.dumps.with_name(f"{built.dumps.name}-truth") / "entries.parquet")
    assert query(built.warehouse, "select count(*) from marts.papers") == [(truth["paper_key"].n_unique(),)]


def test_release_holds_the_rows_of_the_database(built):
    manifest = json.loads((built.warehouse.releases / "latest" / "manifest.json").read_text())
    for file in manifest["files"]:
        path = built.warehouse.releases / "latest" / file["path"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == file["sha256"]
        in_database = query(built.warehouse, f"select count(*) from marts.{path.stem}")
        assert [(pl.read_parquet(path).height,)] == in_database == [(file["rows"],)]
    assert {dump["sha256"] for dump in manifest["inputs"]} == {
        row[0] for row in query(built.warehouse, "select dump_id from raw.dumps")
    }


def test_every_published_column_has_a_comment(built):
    with built.warehouse.read() as connection:
        bare = connection.execute(
            "select schema_name, table_name, column_name from duckdb_columns() "
            "where not internal and coalesce(comment, '') = '' and database_name = 'paperhouse'"
        ).fetchall()
        described = connection.execute("select count(*) from duckdb_tables() where comment is not null").fetchall()[0][
            0
        ]
    assert bare == []
    assert described >= 12


def count_runs(warehouse):
    warehouse.set_environment()
    with DagsterInstance.get() as instance:
        return instance.get_runs_count()


def test_second_build_reads_nothing_again(built, copy_of_built, build):
    before = published_state(copy_of_built)
    report = build(copy_of_built.folder, [built.dumps])
    assert report.outcome == "unchanged"
    assert report.counts["new dumps"] == 0
    assert report.counts["unchanged dumps"] > 5
    assert published_state(copy_of_built) == before


def test_a_build_with_nothing_new_loads_no_framework_and_is_no_run(built, copy_of_built, build):
    build(copy_of_built.folder, [built.dumps])  # looks that were taken right after the files were written count now
    before = count_runs(copy_of_built)
    report = build(copy_of_built.folder, [built.dumps])
    assert (report.outcome, report.run_id, report.stages.keys()) == ("unchanged", "", {"hash", "parse"})
    assert count_runs(copy_of_built) == before
    asked = f"""
import sys
from pathlib import Path
from paperhouse.orchestration.build import run_build
from paperhouse.orchestration.last_run import find_last_run
from paperhouse.warehouse.folder import Warehouse
warehouse = Warehouse(Path({str(copy_of_built.folder)!r}))
report = run_build(warehouse, [Path({str(built.dumps)!r})], lambda name, done, total: None)
print(report.outcome, {{"dagster", "dbt", "great_expectations"}} & sys.modules.keys())
"""
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "unchanged set()\n"


def test_what_is_not_published_is_built_though_no_file_is_new(built, copy_of_built, build):
    """An override is no dump, a broken one is said, and what a sidecar says may be new as well."""
    build(copy_of_built.folder, [built.dumps])  # looks that were taken right after the files were written count now
    overrides = copy_of_built.overrides / "keywords.csv"
    overrides.parent.mkdir(exist_ok=True)
    overrides.write_text("action,keyword\nhide,\n", encoding="utf-8")
    report = build(copy_of_built.folder, [built.dumps])
    assert report.outcome == "failed"
    assert str(overrides) in report.problem
    assert find_last_run(copy_of_built).status == "failure"
    overrides.unlink()
    assert build(copy_of_built.folder, [built.dumps]).outcome == "unchanged"
    assert (find_last_run(copy_of_built).status, find_last_run(copy_of_built).run_id) == ("success", "")
    assert "ended in success" in CliRunner().invoke(app, ["status", "-w", str(copy_of_built.folder)]).output
    copy_of_built.latest_release.unlink()
    report = build(copy_of_built.folder, [built.dumps])
    assert (report.outcome, report.counts["hashed files"]) == ("published", 0)
    assert len(report.notes) == len(set(report.notes))


def test_a_part_is_made_and_judged_and_nothing_of_it_is_published(copy_of_built):
    before = copy_of_built.latest_release.resolve()
    report = run_build(copy_of_built, [], lambda name, done, total: None, select="keywords,release")
    assert report.outcome == "failed"
    assert "the making of the marts, all of them, with their tests" in report.problem
    assert copy_of_built.latest_release.resolve() == before

    part = run_build(copy_of_built, [], lambda name, done, total: None, select="keywords")
    assert (part.outcome, part.tables) == ("made", ["marts.keywords"])
    with duckdb.connect(str(copy_of_built.database), read_only=True) as connection:
        judged = connection.execute(
            "select distinct stage from quality.check_results where run_id = ? and table_name = 'marts.keywords'",
            [part.run_id],
        ).fetchall()
    assert sorted(judged) == [("dbt",), ("gate_2",)]
    with DagsterInstance.get() as instance:
        said = [entry.user_message for entry in instance.all_logs(part.run_id)]
    assert [message for message in said if "Readers see nothing of it" in message]


@pytest.mark.xdist_group("grown")
def test_readers_are_served_while_a_build_publishes(grown):
    """Readers in another process open the file again and again: none fails, and each sees one whole release.

    One that keeps the file open keeps the release it opened.
    """
    held, seen, failures = grown.answers
    assert failures == []
    assert len(seen) == 2
    assert min(papers for papers, _, _ in seen) == grown.paper_count_before == held
    assert all(papers == described == in_appearances for papers, described, in_appearances in seen)


@pytest.mark.xdist_group("grown")
def test_same_bytes_under_another_name_are_one_dump(grown):
    assert grown.report.counts["renamed dumps"] == 1
    names = query(
        grown.warehouse, "select file_names from raw.dumps where list_contains(file_names, 'another name.txt')"
    )
    assert names == [(sorted(["another name.txt", grown.renamed.name]),)]


@pytest.mark.xdist_group("grown")
def test_damaged_dumps_among_good_ones_are_rejected_with_a_reason(grown):
    rows = dict(
        query(
            grown.warehouse,
            "select d.file_names[1], list(distinct r.reason) from raw.dumps d left join raw.rejects r using (dump_id) "
            "where d.file_names[1] in ('empty.txt', 'binary.txt', 'half.json') group by all",
        )
    )
    assert rows["empty.txt"] == [None]
    assert rows["binary.txt"] == ["binary"]
    assert rows["half.json"] == ["truncated_json"]
    statuses = dict(query(grown.warehouse, "select file_names[1], status from raw.dumps"))
    assert statuses["empty.txt"] == "empty"
    assert statuses["binary.txt"] == "not_a_dump"
    assert statuses["half.json"] == "loaded"


@pytest.mark.deep
def test_a_row_taken_out_by_hand_stops_every_build_until_the_named_command_has_mended_it(
    built, copy_of_built, build, capsys
):
    before = published_state(copy_of_built)
    with copy_of_built.connect() as connection:
        connection.execute("delete from raw.entries where entry_id = (select max(entry_id) from raw.entries)")
    for _ in range(2):
        report = build(copy_of_built.folder, [built.dumps])
        assert report.outcome == "failed"
        assert [(check.stage, check.table, check.kind) for check in report.failed_checks] == [
            ("gate_1", "raw.dumps", "pipeline")
        ]
        assert published_state(copy_of_built) == before
    # The release by itself, as the UI can ask for it, is no way around.
    with pytest.raises(NotJudgedError, match="gate 1 on what was read"), prepare_release(copy_of_built, "by hand"):
        pass
    assert published_state(copy_of_built) == before
    print_report(copy_of_built, report)
    said = capsys.readouterr().out
    for words in ("every dump has the entries", "seen: 1 row", "allowed: no row", "nothing was published", "replay"):
        assert words in said
    assert "{" not in said
    app_says = CliRunner().invoke(app, ["replay", "--all", "--accept", "-w", str(copy_of_built.folder)])
    assert app_says.exit_code == 0, app_says.output
    assert build(copy_of_built.folder, [built.dumps]).outcome == "unchanged"
    assert published_state(copy_of_built) == before


def test_a_second_build_at_once_is_told_so_before_it_opens_the_run_history(tmp_path):
    warehouse = Warehouse(tmp_path / "warehouse")
    warehouse.prepare()
    with warehouse.lock_file.open("a+") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        other.write("4711")
        other.flush()
        with pytest.raises(WarehouseBusyError, match=r"Another build is writing .*4711"):
            run_build(warehouse, [tmp_path], lambda name, done, total: None)
    assert not (warehouse.dagster_home / "history").exists()
