"""Warehouses of earlier formats as fixtures, `tests/warehouses/*.tar.zst`: how they are opened, and how one is made.

    .venv/bin/python tests/integration/packed_warehouses.py

makes one of today's format: a hundred invented papers, two releases, overrides of both kinds, a subscriber, and the
dumps beside it. What can be made again (dbt's artifacts, run logs, check pages) is left out. It lies in `/tmp/fixture`
while it is made, since a warehouse remembers where its dumps lay. The dumps of the oldest were written again by the
sample of its commit (`write_sample(dumps, papers=100, days=10, days_apart=21)`): their content is what it has read.
"""

from __future__ import annotations

import io
import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path

import zstandard

from paperhouse.digest.items import Period
from paperhouse.digest.subscriptions import open_subscriptions
from paperhouse.orchestration.build import run_build
from paperhouse.sample import write_sample
from paperhouse.warehouse.folder import Warehouse
from paperhouse.warehouse.migrations import FORMAT

FOLDER = Path(__file__).parents[1] / "warehouses"
WORKSHOP = Path("/tmp/fixture")
#: A paper that nothing else joins to another, and a keyword that would be one.
STOPPED = "image tokenizers"
_MADE_AGAIN = {".dbt", ".spill", "tmp", "checks", "history", "storage", "schedules", "alive", "logs", ".logs_queue"}


@dataclass(frozen=True)
class Packed:
    """A warehouse that was unpacked, the name of its file, and its dumps where they were packed with it."""

    name: str
    warehouse: Warehouse
    dumps: Path


def unpack(packed: Path, folder: Path) -> Packed:
    """Unpack one into a folder."""
    window = zstandard.ZstdDecompressor(max_window_size=2**27)
    with packed.open("rb") as file, window.stream_reader(file) as stream:
        with tarfile.open(fileobj=io.BytesIO(stream.read())) as archive:
            archive.extractall(folder, filter="data")
    return Packed(packed.name, Warehouse(folder / "warehouse"), folder / "dumps")


def pack(folder: Path, target: Path) -> None:
    """Pack a folder with `warehouse` and `dumps` in it, as small as zstandard makes it."""

    def choose(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        return None if _MADE_AGAIN & set(Path(member.name).parts) else member

    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name in ("warehouse", "dumps"):
            archive.add(folder / name, name, filter=choose)
    level = zstandard.ZstdCompressionParameters.from_level(19, window_log=27, enable_ldm=True)
    target.write_bytes(zstandard.ZstdCompressor(compression_params=level).compress(buffer.getvalue()))


def make(folder: Path) -> None:
    """Build two releases, with corrections by hand and a subscriber in between."""
    shutil.rmtree(folder, ignore_errors=True)
    house, dumps = Warehouse(folder / "warehouse"), folder / "dumps"
    write_sample(dumps, papers=100, days=16)
    files = sorted(path for path in dumps.rglob("*") if path.is_file())
    for paths in (files[: len(files) // 2], [dumps]):
        report = run_build(house, paths, lambda name, done, total: None)
        assert report.outcome == "published", report
        if not house.overrides.exists():
            _correct(house)
            with open_subscriptions(house) as subscriptions:
                subscriptions.subscribe("reader@example.org", Period.week, ["diffusion models"])


def _correct(house: Warehouse) -> None:
    with house.read() as connection:
        rows = connection.execute("select paper_id from marts.papers order by paper_id limit 2").fetchall()
    (first,), (second,) = rows
    house.overrides.mkdir()
    (house.overrides / "papers.csv").write_text(f"verdict,first,second,reason\nsame,{first},{second},told by letter\n")
    (house.overrides / "keywords.csv").write_text(f"action,keyword,target,reason\nstop,{STOPPED},,says nothing\n")


if __name__ == "__main__":
    make(WORKSHOP)
    made = FOLDER / f"format-{FORMAT}.tar.zst"
    pack(WORKSHOP, made)
    print(f"{made.relative_to(FOLDER.parents[1])}: {made.stat().st_size:,} bytes")
