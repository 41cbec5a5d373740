"""The warehouse's folder: what lies where in it, and the doors to its files.

What belongs here: paths, making the folder, and the few names inside a release that more than its makers need. How
files are opened is `connections`, what is in the pipeline's own is `tables`, what is published `release/`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from ..files import read_whole, write_whole
from .connections import BASE_MEMORY, memory_limit, open_to_read, open_to_write
from .errors import DamagedReleaseError, NothingPublishedError, WarehouseNotWritableError
from .lock import hold, using
from .migrations import read_marker, refuse_newer
from .settings import PAGES, PAGES_VARIABLE, WAREHOUSE_VARIABLE
from .settings_file import SETTINGS_NAME

#: Name of the readers' database inside a release, and of the link to it in the warehouse folder.
DATABASE_NAME = "paperhouse.duckdb"
#: Name of the link to the release that readers see.
LATEST = "latest"
#: Number of the form of a release: its manifest's facts and what lies where. Releases without one are of the first.
RELEASE_FORMAT = 1

#: What only a warehouse has: a folder with none of these and with anything else is somebody else's.
_MARKS = ("inbox", "overrides", "releases", SETTINGS_NAME, "warehouse.duckdb", DATABASE_NAME, ".dagster", ".format")
#: What may lie in a folder that is to become one: the page of a clone's `warehouse/`, and what a lock leaves.
_HARMLESS = ("README.md", ".gitignore", ".lock", ".copying", "lost+found", "subscriptions.duckdb")

#: Dagster's configuration. It names no folder, so that a warehouse can be moved. DuckDB takes one writing process, so
#: one run at a time goes on and the others wait in Dagster's queue; captures have a line of their own, short enough to
#: leave the build its place, and a source is asked by one run at a time (`orchestration.lines`). Looks of the sensors
#: are kept for a week, those of the schedules for a month. Steps print nothing that is not in their log: what Dagster
#: would start to copy their output, two processes a step and stream, would answer Ctrl-C with a traceback each.
_DAGSTER_SETTINGS = """\
telemetry:
  enabled: false
nux:
  enabled: false
event_log_storage:
  module: paperhouse.orchestration.run_history
  class: RunHistory
  config:
    home:
      env: DAGSTER_HOME
concurrency:
  runs:
    max_concurrent_runs: 3
    tag_concurrency_limits:
      - key: paperhouse/line
        value: warehouse
        limit: 1
      - key: paperhouse/line
        value: captures
        limit: 2
      - key: paperhouse/source
        value:
          applyLimitPerUniqueValue: true
        limit: 1
run_coordinator:
  module: paperhouse.orchestration.lines
  class: Lines
retention:
  sensor:
    purge_after_days: 7
  schedule:
    purge_after_days: 30
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
"""
_FIRST, _REST = _DAGSTER_SETTINGS.partition("concurrency")[0], _DAGSTER_SETTINGS.partition("retention")[2]
#: What earlier versions wrote, which is renewed; an operator's own is left alone.
_EARLIER_DAGSTER_SETTINGS = (
    f"{_FIRST}concurrency:\n  runs:\n    max_concurrent_runs: 1\nretention{_REST}",
    _DAGSTER_SETTINGS.partition("event_log_storage")[0],
    _FIRST,
    _FIRST.replace("paperhouse.orchestration.run_history", "pipelines.run_history"),
)


@dataclass(frozen=True)
class Warehouse:
    """A warehouse folder. Making one touches nothing; `prepare` creates what is missing."""

    folder: Path

    @classmethod
    def from_environment(cls) -> Warehouse:
        """The warehouse that PAPERHOUSE_WAREHOUSE names, else `warehouse/` below the current folder."""
        return cls(Path(os.environ.get(WAREHOUSE_VARIABLE) or "warehouse").resolve())

    @property
    def inbox(self) -> Path:
        """Where dumps are dropped."""
        return self.folder / "inbox"

    @property
    def settings_file(self) -> Path:
        """What a user sets for this warehouse alone."""
        return self.folder / SETTINGS_NAME

    @property
    def overrides(self) -> Path:
        """Where users correct by hand what the rules decide."""
        return self.folder / "overrides"

    @property
    def sample(self) -> Path:
        """Where the bundled sample is written when there is nothing else to build."""
        return self.folder / "sample"

    @property
    def sample_truth(self) -> Path:
        """What is true of the sample, written beside it."""
        return self.folder / "sample-truth"

    @property
    def database(self) -> Path:
        """The pipeline's own file: one writer, no readers while it writes."""
        return self.folder / "warehouse.duckdb"

    @property
    def published_database(self) -> Path:
        """The readers' file: a link to the database of the latest release, so that both move in one step."""
        return self.folder / "paperhouse.duckdb"

    @property
    def releases(self) -> Path:
        """One folder of Parquet per release, and `latest`."""
        return self.folder / "releases"

    @property
    def latest_release(self) -> Path:
        """The link to the release that readers see."""
        return self.releases / LATEST

    @property
    def subscriptions(self) -> Path:
        """Who gets digests and what was sent: no build writes it, so nothing is lost when the rest is made anew."""
        return self.folder / "subscriptions.duckdb"

    @property
    def digests(self) -> Path:
        """Where digests are written to."""
        return self.folder / "digests"

    @property
    def pages(self) -> Path:
        """Pages of one keyword or paper, made on demand and of the latest release: the next build lets go of them."""
        return self.folder / "pages"

    @property
    def dagster_home(self) -> Path:
        """Dagster's run history."""
        return self.folder / ".dagster"

    @property
    def served_pages(self) -> Path:
        """Says at which address reports and check pages were served last."""
        return self.dagster_home / "pages"

    @property
    def dbt_target(self) -> Path:
        """What dbt compiles and logs."""
        return self.folder / ".dbt"

    @property
    def fetched(self) -> Path:
        """Marts of a lake in an object store, as the last build on it has made them."""
        return self.folder / ".fetched"

    @property
    def check_documents(self) -> Path:
        """Great Expectations' own pages on each run's gates, a folder per run, beside the releases."""
        return self.folder / "checks"

    @property
    def last_build(self) -> Path:
        """Outcome and stage times of the latest build started from the command line, as JSON."""
        return self.folder / "last_build.json"

    @property
    def lock_file(self) -> Path:
        """Held by whoever builds, for as long as the build takes."""
        return self.folder / ".lock"

    @property
    def file_lock(self) -> Path:
        """Shared by whoever has the pipeline's own file open to write; a backup has it alone while it copies."""
        return self.folder / ".copying"

    @property
    def database_settings(self) -> dict[str, str | bool | int | float | list[str]]:
        """DuckDB's limits for a writing connection: bounded memory, overflow inside the warehouse."""
        return {"memory_limit": memory_limit(self.database, BASE_MEMORY), "temp_directory": str(self.folder / ".spill")}

    def locate(self, page: Path) -> str:
        """The address of a page of a release or of the checks while `paperhouse ui` runs.

        Where this process is not told, as a build from the command line is not, it is where pages were served last.
        """
        served = os.environ.get(PAGES_VARIABLE) or self._read_served() or PAGES
        return f"{served}/{page.relative_to(self.folder).as_posix()}"

    def _read_served(self) -> str:
        """Where pages were served last; empty where they never were, or where what says so has been damaged."""
        try:
            address = read_whole(self.served_pages).decode("ascii")
        except (OSError, UnicodeDecodeError):
            return ""
        return address if re.fullmatch(r"https?://[\w.:-]+", address) else ""

    def prepare(self) -> None:
        """Create the folder and Dagster's configuration in it where they are missing.

        Raises WarehouseNotWritableError where that is not possible, or something else than a warehouse lies there,
        NewerWarehouseError.
        """
        self.refuse_newer()
        self.refuse_foreign()
        try:
            for folder in (self.inbox, self.releases, self.dagster_home, self.dbt_target):
                folder.mkdir(parents=True, exist_ok=True)
            _write_dagster_settings(self.dagster_home / "dagster.yaml")
            self.lock_file.touch()
        except OSError as error:
            raise WarehouseNotWritableError(
                f"The warehouse {self.folder} cannot be written: {error.strerror} ({error.filename}). "
                "Make room and give yourself the right to write there, or choose another folder with --warehouse."
            ) from None

    def refuse_newer(self) -> None:
        """Raise NewerWarehouseError where a newer version made this warehouse, by what its folder says."""
        refuse_newer(read_marker(self.folder))

    def refuse_foreign(self) -> None:
        """Raise WarehouseNotWritableError where the folder is not empty, and no warehouse."""
        try:
            found = sorted(path.name for path in self.folder.iterdir()) if self.folder.is_dir() else []
        except OSError:
            return  # who may not look will hear why when it is written
        others = [name for name in found if name not in _HARMLESS]
        if others and not any(mark in found for mark in _MARKS):
            raise WarehouseNotWritableError(
                f"{self.folder} is no warehouse, and not empty ({', '.join(others[:3])}): nothing was written there. "
                "Choose another folder with --warehouse."
            )

    def set_environment(self) -> None:
        """Name this warehouse to Dagster and dbt, in this process and its children; telemetry off."""
        os.environ[WAREHOUSE_VARIABLE] = str(self.folder)
        os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "1000")  # events of one moment are written at once
        os.environ["DAGSTER_HOME"] = str(self.dagster_home)
        os.environ["DO_NOT_TRACK"] = "1"

    @contextmanager
    def lock(self, wait: Callable[[str], None] | None = None) -> Iterator[None]:
        """Hold the warehouse for one build; who holds it already may do so again.

        Where another build holds it: raises WarehouseBusyError at once, or, where wait is given, tells it so and waits.
        """
        self.prepare()
        with hold(self.lock_file, wait):
            yield

    @contextmanager
    def connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The pipeline's own file, open for writing, in one transaction: all of the block or nothing.

        Raises WarehouseInUseError where another process keeps the file open; see `open_to_write`.
        """
        with using(self.file_lock), open_to_write(self.database, self.database_settings) as connection:
            yield connection

    def _say_nothing(self) -> str:
        """Why nothing can be read here, and the way out: another folder, or a build."""
        if not self.folder.is_dir():
            problem, remedy = f"There is no folder {self.folder}.", "Name your warehouse with -w, or build one"
        elif not any((self.folder / mark).exists() for mark in _MARKS):
            problem, remedy = f"There is no warehouse in {self.folder}.", "Name yours with -w, or build one"
        else:
            problem, remedy = f"Nothing is published in {self.folder} yet.", "Build it first"
        return f"{problem} {remedy}: paperhouse build --warehouse {self.folder}"

    @contextmanager
    def read(
        self, limit: str | None = None, database: Path | None = None, beside: Mapping[str, Path] | None = None
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """The published file, or that of an earlier release, read-only and without a way out; see `open_to_read`.

        Raises NothingPublishedError where there is no such file, WarehouseUnreadableError where it cannot be opened,
        NewerWarehouseError.
        """
        self.refuse_newer()
        if database is None and not os.path.lexists(self.published_database):
            raise NothingPublishedError(self._say_nothing())
        with open_to_read(database or self.published_database, limit, beside) as connection:
            yield connection


def _write_dagster_settings(path: Path) -> None:
    """Write Dagster's configuration where it is missing, of an earlier version, or cut off by a kill or a full disk.

    Without it Dagster would go by its own, which sends telemetry.
    """
    whole = _DAGSTER_SETTINGS.encode()
    there = read_whole(path) if path.exists() else b""
    is_cut_off = there != whole and whole.startswith(there)
    if is_cut_off or there in [text.encode() for text in _EARLIER_DAGSTER_SETTINGS]:
        write_whole(path, whole)


def read_manifest(release: Path) -> dict[str, Any] | None:
    """The manifest in a release's folder, or None where there is none: it is written last, so there is no release.

    Raises DamagedReleaseError where what lies there cannot be one, or names a path that is none inside the release,
    NewerWarehouseError where a newer version wrote it.
    """
    path = release / "manifest.json"
    try:
        return parse_manifest(read_whole(path))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DamagedReleaseError(_damaged(release, f"manifest.json cannot be read ({error})")) from None
    except ValueError as error:
        raise DamagedReleaseError(_damaged(release, f"manifest.json {error}")) from None


def parse_manifest(content: bytes) -> dict[str, Any]:
    """What a manifest says, wherever it lies.

    Raises ValueError with what makes it none, NewerWarehouseError where a newer version wrote it.
    """
    try:
        manifest = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"cannot be read ({error})") from None
    if wrong := _find_wrong(manifest):
        raise ValueError(wrong)
    refuse_newer(manifest.get("format", RELEASE_FORMAT), RELEASE_FORMAT)
    return dict(manifest)


def _damaged(release: Path, what: str) -> str:
    return (
        f"The release {release.resolve().name} is damaged: {what}. `paperhouse releases` lists those one can go back "
        "to with `paperhouse rollback`; the next build makes a new one."
    )


#: What every version has written into a manifest, and what is asked of it. Nobody reads further without this.
_MANIFEST_FACTS = {"release_id": str, "made_at": str, "run_id": str, "versions": dict, "inputs": list, "files": list}
_FILE_FACTS = {"path": str, "bytes": int, "sha256": str}


def _find_wrong(manifest: object) -> str:
    """What makes a manifest none, or nothing."""
    if not isinstance(manifest, dict):
        return "holds no object"
    for name, kind in _MANIFEST_FACTS.items():
        if not isinstance(manifest.get(name), kind):
            return f"does not say {name}"
    if not all(isinstance(dump, dict) and isinstance(dump.get("sha256"), str) for dump in manifest["inputs"]):
        return "does not say its inputs"
    documents, tables = manifest.get("documents", []), manifest.get("tables", {})
    if not isinstance(documents, list) or not isinstance(tables, dict):
        return "does not say its documents and tables"
    if not all(isinstance(manifest.get(name, 0), int) for name in ("format", "number")):
        return "does not say its format and number"
    for facts in tables.values():
        if not isinstance(facts, dict) or not isinstance(facts.get("key"), list):
            return "does not say the keys of its tables"
    for file in [*manifest["files"], *documents]:
        facts = file if isinstance(file, dict) else {}
        if not all(isinstance(facts.get(name), kind) for name, kind in _FILE_FACTS.items()):
            return "does not say path, bytes and sha256 of each file"
        if not _is_inside(file["path"]):
            return f"names {file['path']!r}, which is no file of the release"
    return ""


def _is_inside(path: str) -> bool:
    """Whether a path of a manifest can only lie in the release: relative, forward, and no way up."""
    return bool(path) and "\0" not in path and not path.startswith("/") and ".." not in path.split("/")
