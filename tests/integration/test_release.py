"""What a release holds, proves and keeps: its scripts and descriptions, its changes, the releases before it."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl
import pytest
import yaml
from published import parquet_digests, query
from typer.testing import CliRunner

from paperhouse.commands.app import app
from paperhouse.orchestration.build import run_build
from paperhouse.orchestration.storage import is_full
from paperhouse.parsing import PARSER_VERSION, name_version
from paperhouse.release.changes import read_release
from paperhouse.release.contract import SCHEMA_VERSION, find_differences, read_contract
from paperhouse.release.database import attach, copy_marts
from paperhouse.release.dictionary import DBT_PROJECT, find_references, list_marts
from paperhouse.release.fingerprint import fingerprint, is_published
from paperhouse.release.history import find_release, is_in_use, list_releases, prune
from paperhouse.release.parquet import write_tables
from paperhouse.release.publication import JUDGEMENTS, point_latest, prepare_release
from paperhouse.release.verification import CannotRebuildError, rebuild
from paperhouse.report.page import write_report
from paperhouse.upkeep.growth import tidy
from paperhouse.warehouse.errors import WarehouseNotWritableError
from paperhouse.warehouse.folder import DATABASE_NAME, Warehouse
from paperhouse.warehouse.quality import record_pass
from paperhouse.warehouse.settings_file import read_columns


def latest(warehouse: Warehouse) -> Path:
    return (warehouse.releases / "latest").resolve()


def publish(warehouse: Warehouse) -> Path:
    """Publish what is in the warehouse's own file, as the release asset does; returns the release's folder.

    The gates are taken to have passed: what these tests change by hand, no gate has seen.
    """
    with warehouse.connect() as connection:
        for stage in JUDGEMENTS:
            record_pass(connection, stage, fingerprint(connection), "test")
    with prepare_release(warehouse, "test") as release:
        write_report(release.folder, release.manifest)
    return latest(warehouse)


def build_again(warehouse: Warehouse, paths: Sequence[Path]) -> str:
    """The whole path; what kept it from publishing."""
    report = run_build(warehouse, paths, lambda name, done, total: None)
    return "" if report.outcome == "published" else report.problem


def run_script(folder: Path, name: str) -> list[tuple]:
    """Run a script of a release as a consumer does, in the release's folder, in a process of its own."""
    code = f"import duckdb, json; print(json.dumps(duckdb.execute(open({name!r}).read()).fetchall()))"
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(done.stderr.strip().splitlines()[-1])
    return json.loads(done.stdout)


def rewrite(folder: Path, table: str, query: str) -> None:
    """Replace a table's file by the rows of a query over it (`this`)."""
    path = folder / f"{table}.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"create table this as from '{path}'")
        connection.execute(f"copy ({query}) to '{path}' (format parquet)")


@pytest.fixture
def copy_of_release(built, tmp_path):
    return Path(shutil.copytree(latest(built.warehouse), tmp_path / "release"))


def test_the_manifest_names_everything(built):
    folder = latest(built.warehouse)
    manifest = json.loads((folder / "manifest.json").read_text())
    named = {file["path"]: file["sha256"] for file in manifest["files"] + manifest["documents"]}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(named) == there - {"manifest.json"}
    assert {path: hashlib.sha256((folder / path).read_bytes()).hexdigest() for path in named} == named
    assert {"datapackage.json", "croissant.json", "dictionary.parquet", "load.sql", "verify.sql"} <= there
    assert set(manifest["tables"]) == set(list_marts())
    # What the unit test of the contract compares is what is published.
    assert manifest["schema_version"] == SCHEMA_VERSION
    described = {table: dict(entry.types) for table, entry in list_marts().items()}
    assert find_differences(described, read_contract(manifest)) == []


def test_parquet_names_the_release_and_the_dictionary(built):
    manifest = json.loads((latest(built.warehouse) / "manifest.json").read_text())
    rows = duckdb.execute(
        f"select decode(key), decode(value) from parquet_kv_metadata('{latest(built.warehouse) / 'papers.parquet'}')"
    ).fetchall()
    assert dict(rows) == {
        "paperhouse_release_sha256": manifest["fingerprint"],
        "paperhouse_dictionary": "DICTIONARY.md",
        "paperhouse_table": "marts.papers",
    }


def test_frictionless_accepts_the_data_package(built):
    import frictionless

    descriptor = json.loads((latest(built.warehouse) / "datapackage.json").read_text())
    assert [error.note for error in frictionless.Package.metadata_validate(descriptor)] == []
    package = frictionless.Package.from_descriptor(descriptor)
    assert package.get_resource("papers").schema.primary_key == ["paper_id"]
    broken = {**descriptor, "resources": [{"path": "../outside.parquet"}]}
    assert list(frictionless.Package.metadata_validate(broken)) != []


def find_faults(folder: Path, *names: str) -> list[tuple]:
    """What Frictionless says of resources, contents included, with its own reader; of all where none is named."""
    import frictionless

    package = frictionless.Package(str(folder / "datapackage.json"))
    checked = {name: package.get_resource(name).validate() for name in names or package.resource_names}
    assert all(report.tasks for report in checked.values())
    return [(name, *fault) for name, report in checked.items() for fault in report.flatten(["type", "fieldName"])]


def test_frictionless_reads_the_contents_and_finds_them_valid_and_damage_not(copy_of_release):
    # Lists, structs, nulls of every type, a reference, and the bytes of a file.
    some = ("papers", "dumps", "topics")
    files = [f"file-{path.stem}" for path in copy_of_release.glob("*.parquet") if path.stem in list_marts()]
    assert find_faults(copy_of_release, *some, *files) == []
    path = copy_of_release / "papers.parquet"
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert find_faults(copy_of_release, "file-papers") == [("file-papers", "hash-count", None)]
    path.write_bytes(content + b"x")
    assert ("file-papers", "byte-count", None) in find_faults(copy_of_release, "file-papers")
    rewrite(copy_of_release, "topics", "select null as topic_id, * exclude (topic_id) from this")
    assert {fault[1] for fault in find_faults(copy_of_release, "topics")} >= {"primary-key"}


@pytest.mark.deep
def test_frictionless_finds_every_resource_valid(built):
    assert find_faults(latest(built.warehouse)) == []


def test_croissant_is_valid_and_gives_records(built, monkeypatch):
    import mlcroissant

    monkeypatch.chdir(latest(built.warehouse))
    dataset = mlcroissant.Dataset(jsonld="croissant.json")
    assert (dataset.metadata.ctx.issues.errors, dataset.metadata.ctx.issues.warnings) == (set(), set())
    record = next(iter(dataset.records("papers")))
    assert record["papers/paper_id"].startswith(b"p")


WORDS = """[release]
title = "Papers of *Ada*"
license = "CC-BY-4.0"
citation = "Ada (2026). Papers."
creators = ["Ada Example"]
"""


def test_the_operator_s_words_are_in_every_description_and_new_ones_are_published(copy_of_built, monkeypatch):
    import mlcroissant

    assert is_published(copy_of_built)
    copy_of_built.settings_file.write_text(WORDS)
    assert not is_published(copy_of_built)
    before = parquet_digests(copy_of_built)
    folder = publish(copy_of_built)
    assert is_published(copy_of_built)
    # They are no part of what the tables are made of.
    assert parquet_digests(copy_of_built) == before
    assert json.loads((folder / "manifest.json").read_text())["imprint"]["license"] == "CC-BY-4.0"
    for name in ("README.md", "datapackage.json", "croissant.json"):
        for word in ("Ada (2026). Papers.", "Ada Example", "CC-BY-4.0"):
            assert word in (folder / name).read_text(), (name, word)
    monkeypatch.chdir(folder)
    issues = mlcroissant.Dataset(jsonld="croissant.json").metadata.ctx.issues
    assert (issues.errors, issues.warnings) == (set(), set())


def test_the_card_says_of_every_table_what_its_file_holds(built):
    import pyarrow
    import pyarrow.parquet

    folder = latest(built.warehouse)
    facts = yaml.safe_load((folder / "README.md").read_text().split("---\n")[1])
    info = {table["config_name"]: table for table in facts["dataset_info"]}
    assert [config["config_name"] for config in facts["configs"]] == list(info)
    assert set(info) == {table for table in list_marts() if query(built.warehouse, f"from marts.{table} limit 1")}
    kinds = {"string": pyarrow.string(), "float64": pyarrow.float64(), "timestamp[us]": pyarrow.timestamp("us")}

    def make_type(feature):
        if "list" not in feature:
            return kinds.get(feature["dtype"]) or pyarrow.type_for_alias(feature["dtype"])
        inner = feature["list"]
        if isinstance(inner, str):
            return pyarrow.list_(kinds[inner])
        return pyarrow.list_(pyarrow.struct([(part["name"], make_type(part)) for part in inner]))

    for config in facts["configs"]:
        [files] = config["data_files"]
        table = pyarrow.parquet.read_table(folder / files["path"])
        features = info[config["config_name"]]["features"]
        assert [(feature["name"], make_type(feature)) for feature in features] == [
            (field.name, field.type if not pyarrow.types.is_list(field.type) else pyarrow.list_(field.type.value_type))
            for field in table.schema
        ]
        assert info[config["config_name"]]["splits"][0]["num_examples"] == table.num_rows


def test_every_reader_reads_the_same(built):
    """Rows, and a digest of the keys in order, of every file, by four readers."""
    import pandas
    import pyarrow.parquet

    readers = {
        "polars": lambda path, key: pl.read_parquet(path, columns=key).rows(),
        "duckdb": lambda path, key: duckdb.execute(f"select {', '.join(key)} from '{path}'").fetchall(),
        "pyarrow": lambda path, key: [
            tuple(row.values()) for row in pyarrow.parquet.read_table(path, columns=key).select(key).to_pylist()
        ],
        "pandas": lambda path, key: list(
            pandas.read_parquet(path, columns=key)[key].itertuples(index=False, name=None)
        ),
    }
    manifest = json.loads((latest(built.warehouse) / "manifest.json").read_text())
    for file in manifest["files"]:
        key = manifest["tables"][file["table"]]["key"]
        seen = {name: read(latest(built.warehouse) / file["path"], key) for name, read in readers.items()}
        digests = {
            name: hashlib.sha256(repr([tuple(map(str, row)) for row in rows]).encode()).hexdigest()
            for name, rows in seen.items()
        }
        assert {name: len(rows) for name, rows in seen.items()} == dict.fromkeys(readers, file["rows"])
        assert len(set(digests.values())) == 1, (file["path"], digests)


def test_the_dictionary_is_a_table_and_a_page(built):
    rows = pl.read_parquet(latest(built.warehouse) / "dictionary.parquet")
    page = (latest(built.warehouse) / "DICTIONARY.md").read_text()
    assert set(rows["table_name"]) == set(list_marts())
    assert all(f"## marts.{table}" in page for table in rows["table_name"].unique())
    assert rows.filter(table_name="links", column_name="paper_id")["references_table"].to_list() == ["papers"]


def test_references_hold(built):
    """What the names of columns promise is true of the data; verify.sql and both descriptions repeat it."""
    marts = list_marts()
    with built.warehouse.read() as connection:
        for mart, columns in find_references(marts).items():
            for column, owner in columns.items():
                key = marts[owner].key[0]
                loose = connection.execute(
                    f"select count(*) from marts.{mart} where {column} is not null "
                    f"and {column} not in (select {key} from marts.{owner})"
                ).fetchall()
                assert (mart, column, loose) == (mart, column, [(0,)])


def test_load_sql_gives_the_same_tables(copy_of_release, built):
    with duckdb.connect() as connection:
        script = (copy_of_release / "load.sql").read_text()
        for line in script.splitlines():
            connection.execute(line.replace("read_parquet('", f"read_parquet('{copy_of_release}/"))
        loaded = connection.execute("select count(*), count(abstract) from marts.papers").fetchall()
        comment = connection.execute("select comment from duckdb_tables() where table_name = 'papers'").fetchall()
    with built.warehouse.read() as connection:
        assert loaded == connection.execute("select count(*), count(abstract) from marts.papers").fetchall()
    assert comment[0][0].startswith("One row per distinct paper.")


def test_verify_sql_passes_on_a_release(copy_of_release):
    [[verdict]] = run_script(copy_of_release, "verify.sql")
    assert "checks passed" in verdict


@pytest.mark.parametrize(
    ("table", "query", "resealed", "noticed"),
    [
        ("papers", "from this limit (select count(*) - 1 from this)", ["sha256"], "rows, papers.parquet"),
        ("papers", "select * replace ('Another title' as title) from this", [], "sha256 of the file, papers.parquet"),
        ("links", "from keywords", ["sha256"], "sha256 of the columns, links.parquet"),
        (
            "keywords",
            "from this union all (from this limit 1)",
            ["sha256", "rows"],
            "occur twice, keywords (keyword_id)",
        ),
        (
            "paper_keywords",
            "select * replace ('k' || row_number() over () as keyword_id) from this",
            ["sha256"],
            "references to no row, paper_keywords (keyword_id) to keywords",
        ),
    ],
    ids=["row removed", "value changed", "file swapped", "key duplicated", "reference broken"],
)
def test_verify_sql_fails_on_a_tampered_copy(copy_of_release, table, query, resealed, noticed):
    """Each by the rule that is meant for it: `resealed` digests and counts are put right by whoever tampers."""
    manifest = json.loads((copy_of_release / "manifest.json").read_text())
    promised = next(file for file in manifest["files"] if file["table"] == table)
    rewrite(copy_of_release, table, query.replace("from keywords", f"from '{copy_of_release}/keywords.parquet'"))
    path = copy_of_release / f"{table}.parquet"
    now = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "rows": pl.read_parquet(path).height}
    script = copy_of_release / "verify.sql"
    for fact in resealed:
        before, after = (f"'{path.name}', '{facts[fact]}'" for facts in (promised, now))
        assert script.read_text().count(before) == 1
        script.write_text(script.read_text().replace(before, after))
    with pytest.raises(AssertionError) as failed:
        run_script(copy_of_release, "verify.sql")
    assert noticed in str(failed.value)


@pytest.mark.parametrize("rows", ["memory.main.many", "(from memory.main.many order by digest)"])
def test_groups_of_rows_do_not_hang_on_threads(built, tmp_path, rows):
    """DuckDB 1.5 wrote 20,912 rows by two threads as one group, by one as two: seen in keywords of 100,000 papers."""
    with attach(built.warehouse, tmp_path / "target.duckdb") as connection:
        connection.execute("create table memory.main.many as select md5(range::varchar) as digest from range(20912)")
        write_tables(connection, {"many": rows}, tmp_path, {})
        groups = connection.execute(
            f"select row_group_num_rows from parquet_metadata('{tmp_path}/many.parquet') order by row_group_id"
        ).fetchall()
        threads = connection.execute("select current_setting('threads')").fetchall()
    assert groups == [(20_480,), (432,)]
    assert threads == duckdb.execute("select current_setting('threads')").fetchall()


def test_large_tables_are_split_by_month(built, tmp_path):
    with attach(built.warehouse, tmp_path / "target.duckdb") as connection:
        rows = {table: f"(from warehouse.marts.{table} order by 1)" for table in ("papers", "links", "keywords")}
        tables = copy_marts(connection, rows)
        files = write_tables(connection, tables, tmp_path, {}, split_bytes=1)
        by_table = {table: [file for file in files if file.table == table] for table in ("papers", "links", "keywords")}
        assert len(by_table["papers"]) > 1
        assert len(by_table["links"]) > 1
        assert [file.path for file in by_table["keywords"]] == ["keywords.parquet"]  # has no date
        release = read_release(tmp_path, {"files": [{"table": file.table, "path": file.path} for file in files]})
        for table in ("papers", "links"):
            same = connection.execute(f"(from {release[table]} except from target.marts.{table})").fetchall()
            assert same == []
            rows = connection.execute(f"select count(*) from target.marts.{table}").fetchall()[0][0]
            assert sum(file.rows for file in by_table[table]) == rows
        first = pl.read_parquet(tmp_path / by_table["papers"][0].path)
    month = by_table["papers"][0].path.removeprefix("papers/").removesuffix(".parquet")
    assert set(first["published_on"].dt.strftime("%Y-%m")) == {month}


def delete_papers(connection, *paper_ids):
    """Take what is told of papers out of the marts, but for their redirects."""
    # A view: it shows what is mentioned.
    connection.execute(
        "delete from intermediate.int_mentions__placed where paper_number in "
        "(select paper_number from intermediate.int_papers__texts where paper_id in $ids)",
        {"ids": paper_ids},
    )
    for table, mart in list_marts().items():
        if "paper_id" in mart.columns and table not in ("paper_redirects", "keyword_mentions"):
            connection.execute(f"delete from marts.{table} where paper_id in $ids", {"ids": paper_ids})


def test_changes_tell_data_from_method(copy_of_built):
    with copy_of_built.connect() as connection:
        gone, changed, merged = (
            row[0] for row in connection.execute("select paper_id from marts.papers order by 1 limit 3").fetchall()
        )
        kept = connection.execute("select max(paper_id) from marts.papers").fetchall()[0][0]
        connection.execute("update marts.papers set title = 'Another title' where paper_id = ?", [changed])
        delete_papers(connection, gone, merged)
        connection.execute("insert into marts.paper_redirects values (?, ?, 'equal_title', null)", [merged, kept])
        connection.execute("update raw.dumps set note = 'looked at again'")
    release = publish(copy_of_built)
    rows = pl.read_parquet(release / "changes.parquet").filter(table_name="papers")
    found = {row["key"][0]: (row["change"], row["merged_into"], row["cause"]) for row in rows.to_dicts()}
    assert found == {
        gone: ("removed", None, "data"),
        changed: ("changed", None, "data"),
        merged: ("merged", kept, "data"),
    }
    notes = (release / "RELEASE_NOTES.md").read_text()
    assert "| papers | 0 | 1 | 1 | 1 |" in notes
    result = CliRunner().invoke(
        app, ["diff", release.name, "--table", "papers", "--warehouse", str(copy_of_built.folder)]
    )
    assert "No row" in result.output or "0 rows" in result.output  # with itself


def test_releases_can_be_listed_compared_and_gone_back_to(copy_of_built):
    def run(*arguments):
        result = CliRunner().invoke(app, [*arguments, "--warehouse", str(copy_of_built.folder)], env={"COLUMNS": "140"})
        return result.exit_code, result.output

    first = latest(copy_of_built).name
    with copy_of_built.connect() as connection:
        connection.execute("delete from marts.links")
    second = publish(copy_of_built).name
    assert [kept.release_id for kept in list_releases(copy_of_built)] == sorted([first, second], reverse=True)
    code, said = run("releases")
    assert code == 0
    assert said.index(second) < said.index(first)
    code, said = run("diff", first, second)
    assert code == 0
    assert "links" in said
    assert run("rollback", first)[0] == 0
    assert latest(copy_of_built).name == first
    with copy_of_built.read() as connection:  # the database went back, too
        assert connection.execute("select count(*) > 0 from marts.links").fetchall() == [(True,)]
    (copy_of_built.releases / second / "papers.parquet").write_bytes(b"damaged")
    code, said = run("rollback", second)
    assert code == 1
    assert "papers.parquet" in said
    assert latest(copy_of_built).name == first
    assert run("rollback", "nonsense")[0] == 1
    (latest(copy_of_built) / "links.parquet").unlink()
    code, said = run("verify", "--files-only")
    assert code == 1
    assert "links.parquet is missing" in said


def test_retention_leaves_what_is_used(copy_of_built):
    old = latest(copy_of_built)
    for name in ("20200101T000000Z-aaaaaaaa", "20210101T000000Z-bbbbbbbb", "20220101T000000Z-cccccccc"):
        shutil.copytree(old, copy_of_built.releases / name)
    first, second, third = sorted(kept.folder for kept in list_releases(copy_of_built) if not kept.is_latest)
    point_latest(copy_of_built, second.name)
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); print(1, flush=True); sys.stdin.read()"
    reader = subprocess.Popen(
        [sys.executable, "-c", code, str(third / DATABASE_NAME)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert reader.stdout.readline()
        assert is_in_use(third)
        assert prune(copy_of_built, keep=1) == [first.name]
        assert second.exists()
        assert third.exists()
    finally:
        reader.communicate()
    assert prune(copy_of_built, keep=1) == [third.name]
    assert prune(copy_of_built, keep=0) == []


def test_a_failed_publication_leaves_what_was_there(copy_of_built):
    before = latest(copy_of_built)
    with pytest.raises(OSError, match="No space"), prepare_release(copy_of_built, "test"):
        raise OSError(28, "No space left on device")
    assert latest(copy_of_built) == before
    assert sorted(path.name for path in copy_of_built.releases.iterdir()) == sorted([before.name, "latest"])


@pytest.fixture
def small_disk(tmp_path):
    """A file system of its own of few megabytes; mounting one takes rights that not every machine gives."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small file system cannot be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_leaves_what_was_published(built, small_disk):
    warehouse = Warehouse(small_disk / "warehouse")
    shutil.copytree(built.warehouse.folder, warehouse.folder, symlinks=True)
    before = latest(warehouse)
    with (small_disk / "filler").open("wb") as filler:
        filler.write(bytes(max(shutil.disk_usage(small_disk).free - 2**20, 0)))
    with pytest.raises((OSError, duckdb.Error)) as raised:
        publish(warehouse)
    assert is_full(raised.value)
    assert latest(warehouse) == before
    assert not (warehouse.releases / ".new").exists()
    assert run_script(before, "verify.sql")
    (small_disk / "filler").unlink()
    assert publish(warehouse) != before


def test_a_read_only_folder_is_said_to_be_one(built, small_disk):
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(WarehouseNotWritableError, match="Read-only file system"):
        run_build(Warehouse(small_disk / "warehouse"), [built.dumps], lambda name, done, total: None)


@pytest.mark.xdist_group("verify")
def test_verify_builds_the_same_bytes_again(copy_of_built):
    """The one build of this module."""
    result = rebuild(copy_of_built, find_release(copy_of_built, "latest"), build_again)
    assert result.files >= len(list_marts())
    assert result.differing == []
    assert not (copy_of_built.folder / ".verify").exists()


def test_verify_rebuilds_with_the_column_names_of_the_release(copy_of_built):
    kept = find_release(copy_of_built, "latest")
    assert (kept.manifest["columns"], kept.manifest["versions"]["parser"]) == ({}, PARSER_VERSION)
    copy_of_built.settings_file.write_text('[columns]\ntitle = ["Papiertitel"]\n')
    kept = find_release(copy_of_built, publish(copy_of_built).name)
    assert kept.manifest["columns"] == {"title": ["Papiertitel"]}
    own = read_columns(copy_of_built.settings_file)
    assert kept.manifest["versions"]["parser"] == name_version(own)
    copy_of_built.settings_file.write_text('[columns]\ntitle = ["Ein anderer Titel"]\n')
    seen = []

    def build(scratch, paths):
        seen.append(read_columns(scratch.settings_file))
        return "was not asked for"

    with pytest.raises(CannotRebuildError, match="was not asked for"):
        rebuild(copy_of_built, kept, build)
    assert seen == [own]


def test_a_broken_settings_file_fails_the_run_before_anything_is_read(copy_of_built, built):
    copy_of_built.settings_file.write_text("[columns]\ntitle = 1\n")
    report = run_build(copy_of_built, [built.dumps], lambda name, done, total: None)
    assert report.outcome == "failed"
    assert "warehouse.toml, line 2: title is no list of names" in report.problem
    assert "hash" not in report.stages


def test_verify_needs_the_dumps(copy_of_built):
    with copy_of_built.connect() as connection:
        connection.execute("update raw.files set path = '/gone/' || file_name")
    with pytest.raises(CannotRebuildError, match="are gone: /gone/"):
        rebuild(copy_of_built, find_release(copy_of_built, "latest"), build_again)


def test_an_earlier_release_is_asked_by_its_id(copy_of_built, built):
    first = copy_of_built.latest_release.resolve().name
    with copy_of_built.connect() as connection:
        connection.execute("delete from marts.papers where paper_id = (select min(paper_id) from marts.papers)")
    publish(copy_of_built)
    [(papers,)] = query(built.warehouse, "select count(*) from marts.papers")

    def ask(*arguments):
        return CliRunner().invoke(app, [*arguments, "-w", str(copy_of_built.folder)])

    count = ("sql", "-f", "csv", "select count(*) as papers from marts.papers")
    assert ask(*count).output.split() == ["papers", str(papers - 1)]
    assert ask(*count, "--release", first).output.split() == ["papers", str(papers)]
    unknown = ask(*count, "--release", "nonsense")
    assert unknown.exit_code == 1
    assert "No release is named 'nonsense'" in unknown.output
    told = ask("trends", "--keyword", "large language models", "--over-releases", "--basis", "listed")
    assert [line.split()[1] for line in told.output.splitlines() if "Z-" in line] == [
        kept.release_id for kept in list_releases(copy_of_built)
    ]
    assert ask("trends", "--over-releases").exit_code == 1
    compared = (
        "select (select count(*) from before.marts.papers) as papers, count(*) from latest_trends(db := 'before')"
    )
    answer = ask("sql", "-f", "csv", compared, "--before", "previous").output.split()[1].split(",")
    assert answer[0] == str(papers)
    assert int(answer[1]) > 0
    assert ask("sql", "from before.marts.papers", "--release", first, "--before", "previous").exit_code == 1
    refused = ask("sql", "from before.papers_with('x')", "--before", first)
    assert f"papers_with() of the release {first} would read the tables of another release" in " ".join(
        refused.output.split()
    )
    listed = "select release_id, is_this_release, paper_count from quality.releases order by release_number"
    latest = copy_of_built.latest_release.resolve().name
    assert query(copy_of_built, listed) == [(first, False, papers), (latest, True, papers - 1)]
    assert query(built.warehouse, listed) == [(first, True, papers)]


def test_the_sql_of_the_guide_runs(built, tmp_path):
    """Every block of SQL in the guide is answered by any release, with another one attached where it asks for that."""
    guide = (DBT_PROJECT / "README.md").read_text()
    blocks = re.findall(r"^```sql\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 8
    files = {"new": built.warehouse.published_database.resolve(), "old": tmp_path / "old.duckdb"}
    shutil.copyfile(files["new"], files["old"])
    for block in blocks:
        script = re.sub(
            r"attach '[^']+' as (old|new)", lambda found: f"attach '{files[found[1]]}' as {found[1]}", block
        )
        opened = duckdb.connect() if "attach" in block else duckdb.connect(str(files["new"]), read_only=True)
        with opened as connection:
            if "'before'" in block:
                connection.execute(f"attach '{files['old']}' as before (read_only)")
            for statement in duckdb.extract_statements(script):
                connection.execute(statement)


def test_search_finds_a_paper_by_its_words(built):
    with built.warehouse.read() as connection:
        titles = connection.execute("select paper_id, title from marts.papers order by 1 limit 20").fetchall()
        found = [
            connection.execute("select paper_id, matched_words from search_papers(?, top := 1)", [title]).fetchall()[0]
            for _, title in titles
        ]
        assert [paper for paper, _ in found] == [paper for paper, _ in titles]
        assert all(len(words) > 1 for _, words in found)
        assert connection.execute("from search_papers('the of and xyzzy')").fetchall() == []
        assert connection.execute("from search_papers('')").fetchall() == []
        # Rows of the index name papers by their place in marts.papers.
        assert connection.execute(
            "select count(*) from search.postings "
            "where paper_number not between 1 and (select count(*) from marts.papers)"
        ).fetchall() == [(0,)]
        counted = "select term_id, count(*) from search.postings group by 1"
        assert connection.execute(f"{counted} except select term_id, paper_count from search.terms").fetchall() == []


def test_macros_answer_for_keywords_papers_and_lines(built):
    with built.warehouse.read() as connection:

        def ask(question, *values):
            return connection.execute(question, list(values)).fetchall()

        keyword = ask("select keyword from marts.keywords order by paper_count desc, 1 limit 1")[0][0]
        trend = "select distinct keyword, date_basis from keyword_trend(?) order by 2"
        assert {row[0] for row in ask(trend, keyword.upper())} == {keyword}
        assert (
            len(ask("from papers_with(?)", keyword))
            == ask(
                "select count(*) from marts.paper_keywords join marts.keywords using (keyword_id) where keyword = ?",
                keyword,
            )[0][0]
        )
        paper, arxiv = ask(
            "select paper_id, arxiv_id from marts.papers where arxiv_id is not null "
            "and paper_id in (select paper_id from marts.paper_keywords) order by 1 limit 1"
        )[0]
        near = ask("select paper_id, score from similar_papers(?, top := 5)", paper)
        assert len(near) == 5
        assert near == sorted(near, key=lambda row: -row[1])
        assert paper not in [other for other, _ in near]
        assert near == ask("select paper_id, score from similar_papers(?, top := 5)", arxiv)
        dump, lines, kinds = ask(
            "select dump_id, line_count, [blank_line_count, boilerplate_line_count, entry_line_count] from raw.dumps "
            "where blank_line_count > 0 and boilerplate_line_count > 0 and entry_line_count > 0 order by 2, 1 limit 1"
        )[0]
        became = [ask("select became, paper_id from line_of(?, ?)", dump[:12], line) for line in range(1, lines + 1)]
        assert all(len(rows) == 1 for rows in became)
        found = [sum(rows[0][0] == kind for rows in became) for kind in ("blank", "boilerplate", "entry")]
        # A blank line between a title and its abstract is of the entry.
        assert (sum(found), found[1]) == (sum(kinds), kinds[1])
        assert found[2] >= kinds[2]
        assert all((rows[0][0] == "entry") == (rows[0][1] is not None) for rows in became)
        assert ask("from line_of(?, ?)", dump, lines + 1) == []
        assert ask("from line_of('', 1)") == []  # no name, not the start of every id


def test_the_worked_analysis_runs(built):
    """Every statement of the worked analysis gives rows, on any release."""
    script = DBT_PROJECT / "analyses" / "worked_analysis.sql"
    with built.warehouse.read() as connection:
        statements = duckdb.extract_statements(script.read_text())
        assert len(statements) >= 6
        for statement in statements:
            assert connection.execute(statement).fetchall(), statement.query


def take_down(house: Warehouse) -> tuple[str, str, str]:
    """The paper of most votes taken down, by its arXiv id: its id, its title, what was said."""
    [(paper_id, title, arxiv_id)] = query(
        house,
        "select paper_id, title, arxiv_id from marts.papers where arxiv_id is not null order by upvotes desc nulls "
        "last, paper_id limit 1",
    )
    arguments = ["forget", "--everywhere", arxiv_id, "--yes", "-w", str(house.folder)]
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "1000"})
    assert result.exit_code == 0, result.output
    return paper_id, title, " ".join(result.output.split())


def test_a_paper_is_taken_down_from_kept_releases_and_the_change_feed_says_so(copy_of_built):
    first = latest(copy_of_built)
    with copy_of_built.connect() as connection:
        connection.execute("update raw.dumps set note = 'another release'")
    second = publish(copy_of_built)
    assert {kept.folder for kept in list_releases(copy_of_built)} == {first, second}
    paper_id, title, said = take_down(copy_of_built)
    assert f"To be taken down: {paper_id} {title}" in said
    assert re.search(r": (1 entry is a reject|[\d,]{2,9} entries are rejects|[2-9] entries are rejects) without", said)
    assert f"To be deleted now: release {first.name}" in said
    assert f"To be deleted with the next build: release {second.name}" in said
    assert [kept.folder for kept in list_releases(copy_of_built)] == [second]
    # What a build would make of what is loaded now, as far as this looks.
    with copy_of_built.connect() as connection:
        delete_papers(connection, paper_id)
    third = publish(copy_of_built)
    assert [kept.folder for kept in list_releases(copy_of_built)] == [third]
    rows = duckdb.execute(
        f"select distinct change, cause from '{third / 'changes.parquet'}' where key[1] = '{paper_id}'"
    )
    assert rows.fetchall() == [("taken_down", "data")]
    assert f"Taken down: `{paper_id}`." in (third / "RELEASE_NOTES.md").read_text()
    assert query(copy_of_built, "select release_id from quality.releases") == [(third.name,)]
    # The note is the only place that names the id; the title is nowhere.
    assert not [path.name for path in third.rglob("*") if path.is_file() and title.encode() in path.read_bytes()]
    result = CliRunner().invoke(app, ["forget", "--everywhere", paper_id, "--yes", "-w", str(copy_of_built.folder)])
    assert (result.exit_code, "No paper is named" in " ".join(result.output.split())) == (1, True)


@pytest.mark.parametrize("options", [["--gone"], ["--undo"], []])
def test_taking_down_goes_with_papers_alone(copy_of_built, options):
    names = ["2503.00001"] if options else []
    arguments = ["forget", "--everywhere", *names, *options, "--yes", "-w", str(copy_of_built.folder)]
    result = CliRunner().invoke(app, arguments)
    assert (result.exit_code, "--everywhere goes with papers" in " ".join(result.output.split())) == (1, True)


@pytest.mark.deep
@pytest.mark.xdist_group("takedown")
def test_after_a_build_no_file_of_the_warehouse_has_a_paper_that_was_taken_down(copy_of_built, built):
    _, title, _ = take_down(copy_of_built)
    report = run_build(copy_of_built, [built.dumps], lambda name, done, total: None)
    assert report.outcome == "published", report
    assert query(copy_of_built, f"select count(*) from marts.papers where title = '{title}'") == [(0,)]
    assert title.encode() in copy_of_built.database.read_bytes()  # in blocks that are free
    tidy(copy_of_built)
    # Digests that were written are the operator's to look through, as the command says: other tests may have done so.
    kept = (path for path in copy_of_built.folder.rglob("*") if copy_of_built.digests not in path.parents)
    assert [path for path in kept if path.is_file() and title.encode() in path.read_bytes()] == []
    result = rebuild(copy_of_built, find_release(copy_of_built, "latest"), build_again)
    assert result.differing == []
