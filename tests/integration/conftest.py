"""Real builds in temporary warehouses, shared by the tests that only look at them."""

from __future__ import annotations

import fcntl
import os
import pickle
import shutil
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from grown_warehouse import Grown, grow

from paperhouse.orchestration.build import BuildReport, run_build
from paperhouse.release.fingerprint import code_digest
from paperhouse.sample import write_sample
from paperhouse.showing import terminal
from paperhouse.warehouse.folder import Warehouse
from paperhouse.warehouse.settings import WAREHOUSE_VARIABLE

#: Where the warehouse that most tests look at lies, if not in a folder of this call of pytest.
BUILT_VARIABLE = "PAPERHOUSE_BUILT"


@dataclass(frozen=True)
class Built:
    """A warehouse, the report of its last build, and the folder its dumps lie in."""

    warehouse: Warehouse
    report: BuildReport
    dumps: Path


def build_quietly(folder: Path, paths: Sequence[Path] = ()) -> BuildReport:
    """One build in this process, watched by nobody."""
    return run_build(Warehouse(folder), paths, lambda name, done, total: None)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A small sample, built once for all workers: enough papers that every mart has rows, few enough for seconds.

    For reading only, and the pipeline's own file only with `read_only=True`: a test that changes a warehouse takes
    `copy_of_built`. BUILT_VARIABLE names a folder where it stays, for the next call of pytest on the same sources.
    """
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    kept = os.environ.get(BUILT_VARIABLE)
    folder = Path(kept) / code_digest()[:16] if kept else base / "built"
    folder.mkdir(parents=True, exist_ok=True)
    warehouse, dumps, ready = Warehouse(folder / "warehouse"), folder / "sample", folder / "report.pickle"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            write_sample(dumps, papers=240, days=40)
            report = build_quietly(warehouse.folder, [dumps])
            assert report.outcome == "published", report
            ready.write_bytes(pickle.dumps(report))
    return Built(warehouse, pickle.loads(ready.read_bytes()), dumps)


@pytest.fixture(scope="session")
def grown(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Grown:
    """A copy of it after one more build with all that a warehouse meets; for reading only, and for one group."""
    folder = tmp_path_factory.mktemp("grown")
    shutil.copytree(built.warehouse.folder, folder / "warehouse", symlinks=True)
    return grow(Warehouse(folder / "warehouse"), built.dumps, folder)


@pytest.fixture(autouse=True)
def own_environment(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dagster and dbt hear of the shared warehouse in tests that ask for it, and of none that was built before."""
    for name in (WAREHOUSE_VARIABLE, "DAGSTER_HOME"):
        monkeypatch.delenv(name, raising=False)
    if "built" in request.fixturenames:
        request.getfixturevalue("built").warehouse.set_environment()


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Room for whole lines: the tests look at what is said, not at where it wraps."""
    for console in (terminal.out, terminal.err):
        monkeypatch.setattr(console, "width", 200)


@pytest.fixture
def copy_of_built(built: Built, tmp_path: Path) -> Warehouse:
    """The built warehouse, copied, to be changed at will."""
    folder = tmp_path / "warehouse"
    shutil.copytree(built.warehouse.folder, folder, symlinks=True)
    return Warehouse(folder)


@pytest.fixture
def writable_copy_of_built(copy_of_built: Warehouse) -> Warehouse:
    """The copy, with a release whose files may be written, as no published one's are."""
    for path in copy_of_built.latest_release.resolve().rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return copy_of_built


@pytest.fixture
def build() -> Callable[..., BuildReport]:
    """`build(folder, paths)`: one build in this process."""
    return build_quietly


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A server of S3 on loopback with the bucket `bucket`; its keys are no keys."""
    pytest.importorskip("s3fs")
    server_of = pytest.importorskip("moto.server")
    server = server_of.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    address = "http://{}:{}".format(*server.get_host_and_port())
    # All servers of a process keep their buckets in one place.
    urllib.request.urlopen(urllib.request.Request(f"{address}/moto-api/reset", method="POST")).close()
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    for name, value in {
        "AWS_ENDPOINT_URL": address,
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }.items():
        monkeypatch.setenv(name, value)
    import boto3

    client = boto3.client("s3")
    client.create_bucket(Bucket="bucket")
    yield client
    server.stop()
