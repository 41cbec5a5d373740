"""What may be said of an engine and its lake, and what is said where that cannot be: with and without the extra."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from paperhouse.commands.app import app
from paperhouse.engines import Engine, EngineError, choose_engine, opening, read_made_of, try_engine
from paperhouse.engines.files import find_files
from paperhouse.engines.lake import MARKER, _find_words, write_marker
from paperhouse.project_files import PACKAGE


@pytest.fixture
def with_extra(monkeypatch):
    """As if the extra were installed: what is asked before it is needed."""
    monkeypatch.setattr(opening, "_EXTRA", ())


@pytest.fixture
def closed_port():
    """A port of this machine at which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.mark.parametrize(
    ("address", "lake", "said"),
    [
        ("spark://host:7077", "lake", "The engine is 'spark://host:7077'; it may be `local`"),
        ("sc://", "lake", "may be `local`"),
        ("sc://host:99999", "lake", "may be `local`"),
        ("sc://host:15002/;token=secret", "lake", "may be `local`"),
        ("duckdb", "lake", "may be `local`"),
        ("local", None, "needs a folder for its tables. Say which: --lake FOLDER"),
        ("local", " ", "needs a folder"),
        (None, "lake", "none is named. Say which: --engine"),
        ("local", "gs://bucket/lake", "an object store that speaks S3: s3://BUCKET/PATH"),
        ("local", "s3://", "an object store that speaks S3: s3://BUCKET/PATH"),
        ("local", "s3:/bucket/lake", "an object store that speaks S3: s3://BUCKET/PATH"),
    ],
)
def test_what_cannot_be_meant_is_said(address, lake, said):
    with pytest.raises(EngineError, match=re.escape(said)):
        choose_engine(address, lake)


@pytest.mark.parametrize(
    ("address", "listens"),
    [
        ("local", None),
        ("sc://host", ("host", 15002)),
        ("sc://10.0.0.7:443", ("10.0.0.7", 443)),
        (" sc://spark.example.org:15002/ ", ("spark.example.org", 15002)),
    ],
)
def test_an_engine_is_local_or_listens_somewhere(address, listens, tmp_path):
    chosen = choose_engine(address, tmp_path / "up" / ".." / "lake")
    assert chosen.lake == tmp_path / "lake"
    assert chosen.host_and_port == listens


@pytest.mark.parametrize("said", ["s3://bucket/shared/lake", "s3a://bucket/shared/lake/", " S3://bucket/shared/lake"])
def test_a_lake_may_lie_in_a_store_whose_names_stay_as_they_are(said):
    assert choose_engine("local", said).lake == "s3://bucket/shared/lake"


def test_without_both_words_no_engine_is_asked_for():
    assert choose_engine(None, None) is None
    assert choose_engine("", "") is None


def test_a_missing_extra_is_named_with_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "_EXTRA", ("no_such_package_of_ours",))
    with pytest.raises(EngineError, match=r"make setup EXTRAS=spark, or pip install 'paperhouse\[spark\]'"):
        try_engine(Engine("local", tmp_path / "lake"))
    assert list(tmp_path.iterdir()) == []


def test_nobody_listening_is_said_and_nothing_is_written(tmp_path, with_extra, closed_port):
    with pytest.raises(EngineError, match=f"Nobody listens at sc://127.0.0.1:{closed_port}: Connection refused"):
        try_engine(Engine(f"sc://127.0.0.1:{closed_port}", tmp_path / "lake"))
    assert list(tmp_path.iterdir()) == []


def test_somebody_elses_folder_is_left_alone(tmp_path, with_extra):
    (tmp_path / "thesis.tex").write_text("theirs")
    with pytest.raises(EngineError, match=r"holds what is no lake of ours \(thesis.tex\)"):
        try_engine(Engine("local", tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_file_is_no_lake(tmp_path, with_extra):
    (tmp_path / "lake").write_text("")
    with pytest.raises(EngineError, match=r"cannot be a folder: .*lake is a file"):
        try_engine(Engine("local", tmp_path / "lake"))


def test_a_lake_may_lie_in_a_warehouse_that_is_not_there_yet(tmp_path, with_extra):
    try_engine(Engine("local", tmp_path / "warehouse" / "lake"))
    assert list(tmp_path.iterdir()) == []


def test_a_lake_where_nothing_can_be_made_is_refused(with_extra):
    with pytest.raises(EngineError, match=r"cannot be (made|a folder)"):
        try_engine(Engine("local", Path("/dev/null/lake")))


def test_a_lake_that_another_build_has_is_not_taken(tmp_path, with_extra):
    engine = Engine("local", tmp_path / "lake")
    with opening._holding(engine):
        with pytest.raises(EngineError, match="Another build is working in the lake"), opening._holding(engine):
            pass
        assert (engine.lake / MARKER).exists()
    with opening._holding(engine):
        pass


def test_a_lake_that_could_not_be_begun_is_not_left(tmp_path, with_extra):
    engine = Engine("local", tmp_path / "lake")
    with pytest.raises(EngineError, match="unseen"), opening._holding(engine):
        raise EngineError("unseen")
    assert list(tmp_path.iterdir()) == []


def test_a_lake_says_of_what_it_was_made(tmp_path):
    engine, files = Engine("local", tmp_path), find_files(tmp_path)
    assert read_made_of(engine) is None
    write_marker(engine, files, "0123")
    assert read_made_of(engine) == "0123"
    write_marker(engine, files, None)
    assert read_made_of(engine) is None
    (tmp_path / MARKER).write_text("[]")
    assert read_made_of(engine) is None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            "An exception was thrown from the Python worker.\nTraceback (most recent call last):\n  File a.py\n"
            "    raise x\nModuleNotFoundError: No module named 'paperhouse'\n\tat org.apache.spark.Task.run",
            "ModuleNotFoundError: No module named 'paperhouse'",
        ),
        ("[TABLE_OR_VIEW_NOT_FOUND]  no table\nhere", "[TABLE_OR_VIEW_NOT_FOUND] no table here"),
        (
            "[PATH_NOT_FOUND] Path does not exist: file:/lake.\n\nJVM stacktrace:\norg.apache.spark.sql.X",
            "[PATH_NOT_FOUND] Path does not exist: file:/lake.",
        ),
    ],
)
def test_of_pages_of_an_engine_the_words_that_tell_are_said(words, told):
    assert _find_words(words) == told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--engine", "local"], "needs a folder for its tables"),
        (["--lake", "lake"], "none is named"),
        (["--engine", "spark", "--lake", "lake"], "may be `local`"),
        (["--engine", "local", "--lake", "lake", "--select", "papers"], "local makes all tables or none."),
    ],
)
def test_the_command_ends_at_once_with_one_sentence(arguments, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.txt").write_text("a dump")
    done = CliRunner().invoke(app, ["build", "page.txt", *arguments])
    assert done.exit_code == 1
    assert said in " ".join(done.stderr.split())
    assert [path.name for path in tmp_path.iterdir()] == ["page.txt"]


def test_nothing_of_the_extra_is_loaded_by_a_build_that_asks_for_none():
    asked = "import sys, paperhouse.orchestration.graph, paperhouse.commands.building; print(sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout
    assert "paperhouse.engines.lake" in loaded
    assert not re.findall(r"'(?:pyspark|pysail|dbt\.adapters\.spark)'", loaded)


def test_engines_are_named_behind_one_door():
    named = [
        str(path.relative_to(PACKAGE))
        for path in Path(PACKAGE).rglob("*.py")
        if re.search(r"\b(pyspark|pysail|dbt\.adapters\.spark)\b", path.read_text())
    ]
    assert sorted({Path(name).parts[0] for name in named}) == ["engines"]
