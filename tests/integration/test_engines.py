"""The same marts from Spark's SQL: the command with an embedded Sail, a digest of every mart beside DuckDB's.

Sail is there by `make setup EXTRAS=spark`. The builds have a process of their own: dbt keeps what it finds in one.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import warnings
import zipfile
from contextlib import nullcontext
from dataclasses import fields
from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from test_gates import BREAKAGES

from benchmarks.engine_digests import compare_marts, compare_tables, differing
from benchmarks.measure import ROOT
from paperhouse.engines import (
    Engine,
    EngineError,
    choose_engine,
    keeping_lakes,
    open_lake,
    opening,
    packing,
    read_engine,
    read_made_of,
    try_engine,
)
from paperhouse.engines.lost_answers import LOST
from paperhouse.engines.packing import PACKED
from paperhouse.expectations.runner import check_tables
from paperhouse.loading.dumps import PARSED_TABLES, load_dumps
from paperhouse.orchestration.dbt_tests import run_lake_tests
from paperhouse.parsing import NO_MAPPING, Parsed, find_files, guarded, hash_files, read_dumps
from paperhouse.release.publication import MART_KEYS
from paperhouse.sample import write_sample
from paperhouse.text import extract_texts
from paperhouse.warehouse.folder import DATABASE_NAME, Warehouse

pytest.importorskip("pysail", reason="Sail is not installed: make setup EXTRAS=spark")
pytestmark = pytest.mark.deep


@pytest.fixture(scope="module")
def builds(built, tmp_path_factory):
    """The folder of `lake_builds.py`, and what it says of each build; a Sail does not give a lost answer again."""
    folder, said, printed = _build_all(built, tmp_path_factory)
    log = (folder / "warehouse" / ".dbt" / "dbt.log").read_text()
    if any(line["code"] for line in said.values()) and LOST in log:
        cause = printed.partition("Exception deserializing message")[2][:2000]  # gRPC tells its log, and nobody else
        warnings.warn(f"{LOST}: the builds were made a second time. {cause}", stacklevel=1)
        folder, said, printed = _build_all(built, tmp_path_factory)
    return folder, said, printed


def _build_all(built, tmp_path_factory):
    folder = tmp_path_factory.mktemp("engines")
    command = [sys.executable, str(Path(__file__).with_name("lake_builds.py")), str(built.dumps), str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=900, check=False
    )
    said = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(said) == 4, done.stdout[-4000:] + done.stderr[-4000:]
    return folder, {line["build"]: line for line in said}, done.stdout + done.stderr


@pytest.fixture
def compare(built, builds):
    """What differs of each mart between the DuckDB warehouse and one of the others."""

    def run(name):
        found = compare_marts(built.warehouse.database, builds[0] / f"{name}.duckdb")
        assert found.keys() == MART_KEYS.keys()
        return {mart: differences for mart, differences in found.items() if differences}

    return run


def test_every_build_publishes_and_one_with_nothing_new_builds_nothing(builds):
    _, said, printed = builds
    assert [line["code"] for line in said.values()] == [0, 0, 0, 0], (said, printed[-4000:])
    assert [line["releases"] for line in said.values()] == [1, 2, 2, 2], (said, printed[-4000:])
    assert "Nothing new." in printed
    assert printed.count("local made the tables, in") == 2


def test_two_steps_in_one_lake_give_every_mart_of_one_step_on_duckdb(compare):
    assert compare("all") == {}


def test_what_workers_read_in_two_steps_is_what_is_read_here_row_by_row(built, builds):
    with duckdb.connect() as connection:
        connection.execute(f"attach '{built.warehouse.database}' as built (read_only)")
        connection.execute(f"attach '{builds[0]}/all.duckdb' as made (read_only)")
        for table in PARSED_TABLES:
            rows = "(select * from {}." + table + ")"
            if table == "raw.dumps":
                rows = rows.replace("*", "* exclude (loaded_at)")
            assert compare_tables(connection, rows.format("built"), rows.format("made")) == [], table


def test_a_release_of_a_lake_has_the_bytes_of_one_by_duckdb_and_a_small_database_of_views(built, builds):
    """Its Parquet is the only copy of the marts: neither the pipeline's own file has them, nor the readers' one."""
    folder, said, _ = builds
    assert [said[name]["views"] for name in ("some", "all", "again")] == [len(MART_KEYS)] * 3
    release, other = (Warehouse(place).latest_release for place in (folder / "warehouse", built.warehouse.folder))
    for path in other.rglob("*.parquet"):
        if path.name != "changes.parquet":  # this one has a release before it
            assert (release / path.relative_to(other)).read_bytes() == path.read_bytes(), path
    with duckdb.connect(str(release / DATABASE_NAME), read_only=True) as connection:
        query = "select distinct table_type from information_schema.tables where table_schema in ('marts', 'search')"
        assert connection.execute(query).fetchall() == [("VIEW",)]


def test_some_of_the_dumps_are_told_from_all(compare):
    assert compare("some").keys() >= {"papers", "keywords", "appearances"}


def test_duckdb_goes_on_from_what_an_engine_has_left(compare):
    assert compare("duckdb") == {}


def test_all_data_tests_run_on_the_engine(built, builds):
    with built.warehouse.connect() as connection:
        query = "select count(*) from quality.check_results where stage = 'dbt' and status = 'pass'"
        [(alone,)] = connection.execute(query).fetchall()
    assert alone > 80
    assert builds[1]["some"]["passed tests"] == alone


#: Unit tests that Sail 0.7 fails and Spark 4.1 passes: its plan drops a condition of an order.
SAIL_IS_WRONG = {"more_words_around_a_better_candidate_come_last"}


def test_portable_unit_tests_of_the_models_pass_on_the_engine(builds):
    """Those whose rows are no SQL of DuckDB's; all of them are run by DuckDB (test_models.py)."""
    found = builds[1]["all"]["unit tests"]
    assert len(found) > 50
    assert {name for name, status in found.items() if status != "pass"} == SAIL_IS_WRONG, builds[2][-4000:]


def test_what_lies_in_the_lake_are_models_and_what_they_read(builds):
    lake = builds[0] / "lake"
    assert {path.name for path in lake.iterdir()} == {
        ".read", "extracted", "intermediate", "marts", "paperhouse-lake.json", "quality", "raw", "staging"
    }  # fmt: skip
    assert {path.name for path in (lake / "marts").iterdir()} <= MART_KEYS.keys()
    # Tables that an engine makes on the way have the name of their model, two underscores and one of their own.
    assert [path.name for path in (lake / "intermediate").iterdir() if path.name.count("__") > 1] == []


def test_texts_lie_in_the_lake_in_parts_that_stay_while_they_are_the_same(builds):
    parts = {name: set(line["parts"]) for name, line in builds[1].items()}
    assert parts["all"] == parts["again"] == parts["duckdb"]
    kept = {Path(path).parent.name for path in parts["some"] & parts["all"]}
    assert kept >= {"background_words", "background_terms"}
    assert kept.isdisjoint({"texts", "phrases"})


def test_a_title_that_differs_is_found(built, builds):
    with duckdb.connect() as connection:
        connection.execute(f"attach '{built.warehouse.database}' as warehouse (read_only); create schema marts")
        papers = "select * replace (title || '.' as title) from warehouse.marts.papers"
        connection.execute(f"create table marts.papers as {papers}")
        assert differing(connection, "marts", "papers", builds[0] / "lake") == ["title"]


@pytest.fixture
def lake(tmp_path):
    """A lake with an embedded Sail, empty."""
    with open_lake(choose_engine("local", tmp_path / "lake")) as opened:
        yield opened


def test_tables_are_shown_as_they_were_given_whatever_they_hold(lake, tmp_path):
    lake.begin(["raw"])
    columns = {"id": "varchar not null", "size": "ubigint", "names": "varchar[]", "day": "date", "at": "timestamp"}
    rows = (
        "select 'a' as id, 18446744073709551615::ubigint as size, ['x', null] as names, date '2025-02-28' as day, "
        "timestamp '2025-02-28 12:00:00.5' as at union all select 'b', 3::ubigint, [], null, null"
    )
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'; create schema raw")
        connection.execute(f"create table raw.things as {rows}; create table raw.nothing as from raw.things limit 0")
        for name in ("things", "nothing"):
            before = connection.execute(f"from raw.{name} order by id").fetchall()
            lake.give(connection, "raw", name)
            lake.show(connection, "raw", name, columns, tmp_path)
            assert connection.execute(f"from raw.{name} order by id").fetchall() == before
            assert lake.count("raw", name) == len(before)
        types = [row[1] for row in connection.execute("describe raw.things").fetchall()]
        assert types == ["VARCHAR", "UBIGINT", "VARCHAR[]", "DATE", "TIMESTAMP"]
        assert connection.execute("select distinct table_type from information_schema.tables").fetchall() == [("VIEW",)]
        with pytest.raises(EngineError, match=r"local has made rows of raw.things without day"):
            lake.show(connection, "raw", "things", {**columns, "day": "date not null"}, tmp_path)


def test_a_lake_in_an_object_store_is_one_as_a_folder_is(s3, built, tmp_path):
    engine, other = (choose_engine("local", f"s3://bucket/{name}/lake") for name in ("shared", "other"))
    s3.put_object(Bucket="bucket", Key="other/lake/thesis.tex", Body=b"theirs")
    columns = {"id": "bigint", "name": "varchar"}
    with duckdb.connect() as connection, open_lake(engine) as lake:
        connection.execute(
            "create schema raw; create table raw.things as select range as id, 'é' as name from range(5)"
        )
        connection.execute("create table raw.nothing as from raw.things limit 0")
        lake.begin(["raw"])
        assert [lake.give(connection, "raw", name) for name in ("things", "things", "nothing")] == [1, 0, 1]
        connection.execute("delete from raw.things")
        for name in ("things", "nothing"):
            lake.show(connection, "raw", name, columns, tmp_path)
        assert connection.execute("from raw.things order by id").fetchall() == [(number, "é") for number in range(5)]
        assert (lake.count("raw", "things"), lake.count("raw", "nothing"), lake.count("raw", "none")) == (5, 0, None)
        texts = "select distinct on (text_id) text_id, title, abstract from raw.entries order by text_id limit 9"
        with built.warehouse.connect() as warehouse:
            assert sum(facts.fingerprints.height for facts in lake.extract(warehouse, texts, 9)) == 9
        with pytest.raises(EngineError, match=r"Another build is working .*: process \d+ of"), open_lake(engine):
            pass
        assert lake.drop_others({"raw": {"things"}}) == ["raw.nothing"]
        lake.mark("0123")
    assert read_made_of(engine) == "0123"
    with pytest.raises(EngineError, match=r"holds what is no lake of ours \(thesis.tex\)"), open_lake(other):
        pass
    with pytest.raises(EngineError, match=r"none/lake cannot be used: .*bucket does not exist.* Make the bucket"):
        try_engine(choose_engine("local", "s3://none/lake"))
    left = [item["Key"] for item in s3.list_objects_v2(Bucket="bucket")["Contents"]]
    assert [key.rpartition("/part-")[0] or key for key in left] == [
        "other/lake/thesis.tex", "shared/lake/paperhouse-lake.json", "shared/lake/raw/things"
    ]  # fmt: skip


def test_who_was_killed_here_does_not_keep_a_store_from_the_next(s3):
    ended = subprocess.Popen(["true"])
    ended.wait()
    for host, is_free in ((socket.gethostname(), True), ("elsewhere", False)):
        claim = {"host": host, "process": ended.pid, "since": "2026-01-02 03:04 UTC"}
        s3.put_object(Bucket="bucket", Key=f"lake/{opening.CLAIM}", Body=json.dumps(claim).encode())
        refused = pytest.raises(
            EngineError, match=r"of elsewhere, since 2026-01-02 03:04 UTC.* delete s3://bucket/lake/"
        )
        with nullcontext() if is_free else refused, opening._holding(Engine("local", "s3://bucket/lake")):
            pass
    left = [item["Key"] for item in s3.list_objects_v2(Bucket="bucket")["Contents"]]
    assert left == [f"lake/{opening.CLAIM}", f"lake/{opening.MARKER}"]


def test_steps_of_a_run_share_one_session_until_it_fails(tmp_path, monkeypatch):
    monkeypatch.setenv("PAPERHOUSE_ENGINE", "local")
    monkeypatch.setenv("PAPERHOUSE_LAKE", str(tmp_path / "lake"))
    engine = read_engine()
    with keeping_lakes():
        with open_lake(engine) as first:
            pass
        with open_lake(engine) as second:
            assert second is first
            assert read_engine() == engine  # what a run is told of its engine does not hang on whether one is open
            assert second.find("select 1", 1)[0] == 1
        with pytest.raises(EngineError, match="nowhere"), open_lake(engine) as failing:
            failing.find("select * from marts.nowhere", 1)
        with open_lake(engine) as third:
            assert third is not first
            assert third.find("select 1", 1)[0] == 1
    with open_lake(engine) as fourth:
        assert fourth is not third


def test_what_was_given_before_is_not_written_again(tmp_path):
    engine = choose_engine("local", tmp_path / "lake")
    with duckdb.connect() as connection:
        connection.execute("create schema raw; create table raw.things as select range as id from range(3)")
        for statement, given, written, count in (
            ("select 1", [("raw", "things")], 1, 3),
            ("select 1", [("raw", "things")], 0, 3),
            ("delete from raw.things where id = 1", [("raw", "things")], 1, 2),
            ("select 1", [], 1, 2),  # whatever is not given any more is dropped with all that was made
        ):
            connection.execute(statement)
            with open_lake(engine) as lake:
                lake.begin(["raw"], given)
                assert lake.give(connection, "raw", "things") == written
                assert lake.find("select * from raw.things", 5)[0] == count


def test_marts_of_an_engine_are_judged_by_the_same_rules_in_the_same_words(built, lake, tmp_path):
    """What lies in the lake is judged: the rows that are published then."""
    broken = {"marts.papers": "a paper has a title", "marts.keywords": "a keyword has a label"}
    lake.begin(["marts"])
    for side in ("here", "there"):
        with duckdb.connect(str(tmp_path / f"{side}.duckdb")) as connection:
            connection.execute(f"attach '{built.warehouse.database}' as source (read_only); create schema marts")
            for table, rule in broken.items():
                connection.execute(f"create table {table} as from source.{table}; {BREAKAGES[table][rule]}")
            connection.execute("detach source")
            if side == "there":
                for table in broken:
                    schema, name = table.split(".")
                    lake.give(connection, schema, name)
                    columns = {row[0]: row[1] for row in connection.execute(f"describe {table}").fetchall()}
                    connection.execute(f"delete from {table}")
                    lake.show(connection, schema, name, columns, tmp_path)
    here, there = (check_tables(tmp_path / f"{side}.duckdb", list(broken)) for side in ("here", "there"))
    assert here == there
    assert {(result.table, result.rule) for result in there if result.is_blocking} == set(broken.items())


def test_texts_through_the_workers_give_what_they_give_here(built, lake):
    texts = "select distinct on (text_id) text_id, title, abstract from raw.entries order by text_id"
    with built.warehouse.connect() as connection:
        found = list(lake.extract(connection, texts, 9_000))  # three parts
        here = extract_texts(connection.execute(texts).pl())
    assert len(found) > 1
    for name in PACKED:
        together = pl.concat(getattr(facts, name) for facts in found)
        if name != "words":  # counts of a batch, which are added up
            assert_frame_equal(together, getattr(here, name), check_row_order=False)
    assert not (lake.folder / ".work").exists()


#: A reader that dies over a dump whose name says so.
_DYING = """
import os
from paperhouse.parsing import files, guarded
read = files.read_source
files.read_source = lambda row, shelf=None: os._exit(3) if "deadly" in row["path"] else read(row, shelf)
guarded.serve()
"""


@pytest.fixture
def odd_dumps(tmp_path):
    """Dumps and others: of the sample, an archive of two, what is none, and one over which its reader dies."""
    folder = tmp_path / "odd"
    write_sample(folder, papers=20, days=4)
    pages = sorted(path for path in folder.rglob("*.json") if path.is_file())
    with zipfile.ZipFile(folder / "archive.zip", "w") as archive:
        for path in pages[:2]:
            archive.writestr(f"{path.stem}_again.json", path.read_text() + "\n")
    (folder / "deadly.json").write_text(pages[2].read_text() + "\n\n")
    (folder / "none.bin").write_bytes(bytes(range(32)) * 9)
    files = hash_files(find_files([folder])).unique("dump_id", maintain_order=True)
    return files.with_columns(file_names=pl.concat_list("file_name"))


def test_a_dump_that_kills_its_reader_stops_no_other_there_or_here(lake, odd_dumps, monkeypatch):
    monkeypatch.setattr(guarded, "_SERVE", _DYING)
    there, here = list(lake.read_dumps(odd_dumps, NO_MAPPING)), list(read_dumps(odd_dumps))
    assert len(there) > 1  # two parts
    for field in fields(Parsed):
        found, expected = (pl.concat(getattr(parsed, field.name) for parsed in side) for side in (there, here))
        assert_frame_equal(found, expected, check_row_order=False)
    dumps = pl.concat(parsed.dumps for parsed in there)
    assert dumps["status"].value_counts().filter(status="held")["count"].to_list() == [1]
    assert dumps.filter(status="loaded").height > 5
    assert not (lake.folder / ".work").exists()


def test_dumps_that_workers_do_not_see_are_told_and_nothing_is_loaded(lake, odd_dumps, tmp_path, monkeypatch):
    seen = packing.find_unseen

    def find_unseen(dumps):
        if threading.current_thread() is threading.main_thread():
            return seen(dumps)
        return [path for path in dumps["path"] if "archive" in path]

    monkeypatch.setattr(packing, "find_unseen", find_unseen)
    warehouse = Warehouse(tmp_path / "warehouse")
    warehouse.prepare()
    files = [Path(path) for path in odd_dumps["path"].unique()]
    with pytest.raises(EngineError, match=r"do not see .*/odd/archive.zip as this machine does.* --select raw"):
        load_dumps(warehouse, files, read=lake.read_dumps)
    with warehouse.connect() as connection:
        assert connection.execute("select count(*) from raw.entries").fetchall() == [(0,)]


def test_a_dump_that_changed_since_it_was_hashed_is_passed_over(lake, odd_dumps):
    path = Path(odd_dumps.filter(pl.col("member").is_null())["path"][0])
    path.write_text("Something else.")
    found = pl.concat(parsed.dumps for parsed in lake.read_dumps(odd_dumps, NO_MAPPING))
    assert set(odd_dumps["dump_id"]) - set(found["dump_id"]) == set(odd_dumps.filter(path=str(path))["dump_id"])


def test_workers_with_other_rules_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("paperhouse.text.TEXT_VERSION", "0")  # the build's; workers take theirs from where it is made
    refused = pytest.raises(
        EngineError, match=r"need this version of Paperhouse.* Theirs has text rules 1\d, this one 0"
    )
    with refused, open_lake(choose_engine("local", tmp_path / "lake")):
        pass
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_kept_is_dropped(lake):
    lake.begin(["raw"])
    with duckdb.connect() as connection:
        connection.execute(
            "create schema raw; create table raw.a as select 1 as x; create table raw.a__step as from raw.a"
        )
        for name in ("a", "a__step"):
            lake.give(connection, "raw", name)
    assert lake.drop_others({"raw": {"a"}}) == ["raw.a__step"]
    assert [path.name for path in (lake.folder / "raw").iterdir()] == ["a"]


def test_what_the_engine_cannot_read_is_said(lake):
    with pytest.raises(EngineError, match=r"The engine at local failed\. It says: .*nowhere"):
        lake.find("select * from marts.nowhere", 1)


def test_a_data_test_that_cannot_run_is_an_error_of_its_own(lake):
    outcomes = run_lake_tests(lake)
    assert {outcome.status for outcome in outcomes} == {"error"}
    assert "not found" in outcomes[0].problem.lower()
