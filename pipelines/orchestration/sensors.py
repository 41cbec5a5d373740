"""The sensor that starts a build when dumps have come into the inbox."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import dagster as dg

from ..loading.inputs import find_dump_files, follows_links
from ..parsing import hash_files, name_version
from ..warehouse.folder import Warehouse
from ..warehouse.settings import LINKS_VARIABLE
from ..warehouse.settings_file import SettingsError, read_columns
from .jobs import build


@dg.sensor(
    job=build,
    minimum_interval_seconds=60,
    description="Starts a build once the inbox has changed and then kept still for one look (a minute).",
)
def inbox_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Two equal looks mean that nobody is writing any more; only then are contents read, and only once.

    The run key is made of contents, parser version and column names, since Dagster never starts a second run for one
    key. Sidecars are among the contents: a changed one starts a build, too.
    """
    warehouse = Warehouse.from_environment()
    files, links = find_dump_files(warehouse, [warehouse.inbox], follows_links())
    look = _digest(filter(None, map(_look, files)))
    if not files:
        but = f" but for links, which {LINKS_VARIABLE}=1 follows: {links.left[0].path}" if links.left else ""
        return dg.SkipReason(f"The inbox is empty{but}.")
    if context.cursor == f"built {look}":
        return dg.SkipReason("Nothing has changed since the last build was started.")
    if context.cursor != look:
        return dg.SensorResult(skip_reason="The inbox has changed; looking once more.", cursor=look)
    try:
        version = name_version(read_columns(warehouse.settings_file))
    except SettingsError as error:
        return dg.SkipReason(str(error))
    key = _digest([version, *sorted(hash_files(files)["dump_id"])])
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=key)], cursor=f"built {look}")


def _look(path: Path) -> str | None:
    """How a file, or the one a link leads to, looks from outside; None where it has gone since it was listed."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return f"{path}:{seen.st_size}:{seen.st_mtime_ns}:{seen.st_ctime_ns}"


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode(errors="surrogateescape")).hexdigest()
