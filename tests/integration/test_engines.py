"""The same marts from Spark's SQL: the models on an embedded Sail, a digest of every mart beside DuckDB's.

Sail is there by `make setup EXTRAS=spark`, and has a process of its own here: dbt keeps one engine in each.
"""

from __future__ import annotations

import subprocess
import sys

import duckdb
import pytest

from benchmarks.engine_digests import differing
from benchmarks.measure import ROOT

pytest.importorskip("pysail", reason="Sail is not installed: make setup EXTRAS=spark")
pytestmark = pytest.mark.deep


@pytest.fixture(scope="module")
def run(built, tmp_path_factory):
    """Where Sail's tables of the small sample lie, and what the run says of them."""
    folder = tmp_path_factory.mktemp("lake")
    command = [sys.executable, "-m", "benchmarks", "engines", str(built.warehouse.folder), "--lake", str(folder)]
    return folder, subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)


def test_every_model_runs_and_every_mart_is_equal(run):
    _, done = run
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


def test_a_title_that_differs_is_found(built, run):
    with duckdb.connect() as connection:
        connection.execute(f"attach '{built.warehouse.database}' as warehouse (read_only); create schema marts")
        papers = "select * replace (title || '.' as title) from warehouse.marts.papers"
        connection.execute(f"create table marts.papers as {papers}")
        assert differing(connection, "marts", "papers", run[0]) == ["title"]
