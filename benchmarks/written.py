"""What each command writes, on a warehouse of a hundred invented papers: how it is given, and what it leaves.

What belongs here: the warehouse that all attempts of `benchmarks.kills` begin with, the commands, and the states they
are compared by. A state leaves out what differs between two undisturbed runs: times, tokens, ids of runs.
"""

from __future__ import annotations

import functools
import hashlib
import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import duckdb

from benchmarks.measure import ROOT
from paperhouse.digest.items import Period
from paperhouse.digest.subscriptions import open_subscriptions
from paperhouse.release.history import list_releases
from paperhouse.sample import write_sample
from paperhouse.warehouse.folder import Warehouse

#: Papers, days (a dump each) of them, and dumps of the first build; the others are offered to later ones.
_PAPERS, _DAYS, _FIRST = 150, 80, 50
#: Columns that differ between two runs.
_TIMES = ("loaded_at", "decided_at")
_READER, _MESSAGE = "reader@example.org", "<0123456789abcdef0123@paperhouse>"
#: A table of which nearly all rows have no title: they are rejects, so that the dump is held.
_HELD = "held.csv"
_KEYWORDS = "action,keyword,target,reason\n"


@dataclass(frozen=True)
class Command:
    """A command that writes.

    arguments, prepare (done to the copy before it), first (commands given before it), tidy (what a person is told to do
    before giving it again) and state take the warehouse; code_again is an exit code that is right where an earlier try
    had done its work; is_gradual says that it writes or removes files one by one; is_dear that it takes as long
    as a build.
    """

    arguments: Callable[[Warehouse], list[str]]
    state: Callable[[Warehouse], object]
    prepare: Callable[[Warehouse], None] = lambda house: None
    first: Callable[[Warehouse], Iterable[list[str]]] = lambda house: ()
    tidy: Callable[[Warehouse], None] = lambda house: None
    code_again: int = 0
    is_gradual: bool = False
    is_dear: bool = False


def make_base(folder: Path, say: Callable[[str], None]) -> Path:
    """A folder with dumps and a warehouse `w` of two releases, a held dump, a reader and a message; made once."""
    base = folder / "base"
    if (base / "whole").exists():
        return base
    shutil.rmtree(base, ignore_errors=True)
    house = Warehouse(base / "w")
    say("making the warehouse that all begin with: two builds")
    write_sample(folder / "sample", papers=_PAPERS, days=_DAYS, days_apart=1)
    waiting = sorted(path for path in (folder / "sample").rglob("*") if path.is_file())
    dumps = dumps_of(house)
    for path in waiting[:_FIRST]:
        _offer(path, folder / "sample", dumps)
    house.overrides.mkdir(parents=True)
    (house.overrides / "keywords.csv").write_text(_KEYWORDS)
    _build(house)
    _offer(waiting[_FIRST], folder / "sample", dumps)
    (dumps / _HELD).write_text("title,abstract\nHedges at Dusk,We walk.\n" + ',"We count voles in hedges."\n' * 40)
    _build(house)
    with open_subscriptions(house) as subscriptions:
        subscriptions.subscribe(_READER, Period.week, [])
        subscriptions.begin(_READER, Period.week, date(2025, 1, 6), _MESSAGE)
    (base / "bounce.eml").write_text(_write_bounce())
    (base / "whole").touch()
    return base


def dumps_of(house: Warehouse) -> Path:
    """Where the dumps of a warehouse lie."""
    return house.folder.parent / "dumps"


def offer_one_more(house: Warehouse) -> None:
    """A dump more for the next build, and every third time a line more of overrides."""
    sample, dumps = house.folder.parent.parent / "sample", dumps_of(house)
    there = {path.relative_to(dumps) for path in dumps.rglob("*") if path.is_file()}
    waiting = [path for path in sorted(sample.rglob("*")) if path.is_file() and path.relative_to(sample) not in there]
    if waiting:
        _offer(waiting[0], sample, dumps)
    if len(there) % 3 == 0:
        with (house.overrides / "keywords.csv").open("a") as file:
            file.write(f"stop,invented word {len(there)},,says nothing\n")


def list_parquet(house: Warehouse) -> dict[str, str]:
    """The digest of each Parquet file of the latest release, by the manifest."""
    manifest = json.loads((house.latest_release / "manifest.json").read_text())
    return {file["path"]: file["sha256"] for file in manifest["files"]}


def _offer(path: Path, root: Path, dumps: Path) -> None:
    target = dumps / path.relative_to(root)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, target)


def _build(house: Warehouse) -> None:
    paperhouse = Path(sys.executable).with_name("paperhouse")
    command = [str(paperhouse), "build", str(dumps_of(house)), "-w", str(house.folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


def _write_bounce() -> str:
    """A delivery status notification (RFC 3464) about the message."""
    status = (
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; example.org\n\n"
        f"Final-Recipient: rfc822; {_READER}\nAction: failed\nStatus: 5.1.1\n"
    )
    original = f"Content-Type: text/rfc822-headers\n\nMessage-ID: {_MESSAGE}\nTo: {_READER}\n"
    head = "From: postmaster@example.org\nTo: digest@localhost\nSubject: Undelivered\nMIME-Version: 1.0\n"
    kind = 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
    return head + kind + "".join(f"--b\n{part}\n" for part in (status, original)) + "--b--\n"


def _own_tables(house: Warehouse) -> object:
    """Rows and a digest of each table that was read or decided, forgotten ones among them."""
    found = {}
    with duckdb.connect(str(house.database), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where schema_name in ('raw', 'forgotten')"
        ).fetchall()
        for (table,) in sorted(tables):
            columns = [row[0] for row in connection.execute(f"describe {table}").fetchall() if row[0] not in _TIMES]
            values = ", ".join(f'"{column}"' for column in columns)
            found[table] = connection.execute(f"select count(*), sum(hash({values})) from {table}").fetchall()[0]
    return found


def _releases(house: Warehouse) -> object:
    return [(kept.release_id, kept.is_latest) for kept in list_releases(house)]


def _digests(house: Warehouse) -> object:
    """Each file of the digests and its bytes; not what is being written (.NAME.new), nor messages, which have times."""
    return _hash_files(house.digests, lambda path: not path.name.startswith(".") and path.suffix != ".eml")


def _readers(house: Warehouse) -> object:
    with duckdb.connect(str(house.subscriptions), read_only=True) as connection:
        return (
            connection.execute("select address, period, keywords, bounce from subscribers order by 1").fetchall(),
            connection.execute("select address, period, state, response from deliveries order by all").fetchall(),
        )


def _sample(house: Warehouse) -> object:
    return _hash_files(house.folder.parent / "more", lambda path: not path.name.startswith("."))


def _hash_files(folder: Path, is_meant: Callable[[Path], bool] = lambda path: True) -> dict[str, str]:
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and is_meant(path)]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def _spoil(house: Warehouse) -> None:
    """Make what was read differ from what its files say, so that a replay has something to put in its place."""
    with duckdb.connect(str(house.database)) as connection:
        connection.execute("update raw.entries set title = 'Spoiled ' || title where position = 1")


def _first_dump(house: Warehouse) -> str:
    return min(path.name for path in dumps_of(house).rglob("*") if path.is_file() and path.name != _HELD)


def _on(house: Warehouse, *arguments: str) -> list[str]:
    return [*arguments, "-w", str(house.folder)]


def _forget(house: Warehouse) -> list[str]:
    return _on(house, "forget", _first_dump(house), "--yes")


def _take_down(house: Warehouse) -> list[str]:
    with house.read() as connection:
        (paper_id,) = connection.execute("select min(paper_id) from marts.papers").fetchall()[0]
    return _on(house, "forget", "--everywhere", str(paper_id), "--yes")


def _taken_down(house: Warehouse) -> object:
    """What was read, in one step, and then the releases that have the paper, one by one."""
    releases = {str(kept.folder): "kept" for kept in list_releases(house)}
    return {"tables": repr(_own_tables(house)), **releases}


def _published(house: Warehouse) -> object:
    """The files of a published copy by their bytes; of its list of them, the last one written, there is one or none."""
    return _hash_files(_beside(house, "published"), lambda path: not path.name.startswith("."))


def _remove_sample(house: Warehouse) -> None:
    for name in ("more", "more-truth"):
        shutil.rmtree(house.folder.parent / name, ignore_errors=True)


def _oldest(house: Warehouse) -> str:
    return list_releases(house)[-1].release_id


def _beside(house: Warehouse, name: str) -> Path:
    return house.folder.parent / name


def _copied(folder: Path) -> object:
    """The files of a copy by their bytes; of DuckDB's, and of the list that has their digests, the names alone."""
    kinds = (".duckdb", ".json")
    return _hash_files(folder, lambda path: path.suffix not in kinds) | {
        str(path.relative_to(folder)): "" for path in folder.rglob("*") if path.suffix in kinds
    }


def _restored(house: Warehouse) -> object:
    """What can be read in the restored warehouse; None where there is none."""
    restored = Warehouse(_beside(house, "restored"))
    return (_own_tables(restored), _releases(restored)) if restored.folder.exists() else None


def _leave_halves(house: Warehouse) -> None:
    """Leave what killed processes leave, for `tidy`."""
    for name in (".spill/a", "tmp/b", "releases/.new", "releases/.old-1"):
        (house.folder / name).mkdir(parents=True)
        (house.folder / name / "half").write_text("half")


def _halves(house: Warehouse) -> object:
    """Leftovers that are still there, as files that go one by one."""
    return {str(path.relative_to(house.folder)): "" for path in house.folder.rglob("half")}


def _name_a_source(house: Warehouse) -> None:
    house.settings_file.write_text(f'[capture.invented]\naddress = "{_serve_days()}/{{day}}"\npause = 0\n')


def _captured(house: Warehouse) -> object:
    """Captured days by their bytes; what stands beside them has the time."""
    return _hash_files(house.inbox, lambda path: path.suffix == ".json" and not path.name.startswith("."))


@functools.cache
def _serve_days() -> str:
    """The address of a source of invented days on loopback, served as long as this process lives."""

    class Days(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # its name is the library's
            body = json.dumps([{"title": f"Lanterns of {self.path[1:]}", "summary": "We count lanterns."}]).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Days)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


COMMANDS: dict[str, Command] = {
    "build": Command(lambda house: _on(house, "build", str(dumps_of(house))), _releases, offer_one_more, is_dear=True),
    "replay --accept": Command(lambda house: _on(house, "replay", "--all", "--accept"), _own_tables, _spoil),
    "forget": Command(_forget, _own_tables, code_again=1),
    "forget --undo": Command(
        lambda house: _on(house, "forget", "--undo"), _own_tables, first=lambda house: [_forget(house)]
    ),
    "forget --everywhere": Command(_take_down, _taken_down, is_gradual=True),
    "publish": Command(
        lambda house: _on(house, "publish", str(_beside(house, "published"))), _published, is_gradual=True
    ),
    "accept": Command(lambda house: _on(house, "accept", _HELD), _own_tables),
    "rollback": Command(
        lambda house: _on(house, "rollback", _oldest(house)), lambda house: house.latest_release.readlink()
    ),
    "releases --keep": Command(lambda house: _on(house, "releases", "--keep", "1", "--yes"), _releases),
    "digest": Command(lambda house: _on(house, "digest", "--period", "week"), _digests, is_gradual=True),
    "digest --dry-run": Command(
        lambda house: _on(house, "digest", "--period", "week", "--dry-run"), _digests, is_gradual=True
    ),
    "subscribe": Command(lambda house: _on(house, "subscribe", "new@example.org", "--keyword", "voles"), _readers),
    "unsubscribe": Command(lambda house: _on(house, "unsubscribe", _READER), _readers, code_again=1),
    "bounces": Command(lambda house: _on(house, "bounces", str(house.folder.parent / "bounce.eml")), _readers),
    "sample": Command(
        lambda house: ["sample", str(house.folder.parent / "more"), "--papers", "40"],
        _sample,
        tidy=_remove_sample,
        is_gradual=True,
    ),
    "tidy": Command(lambda house: _on(house, "tidy"), _halves, _leave_halves, is_gradual=True),
    "backup": Command(
        lambda house: _on(house, "backup", str(_beside(house, "copied"))),
        lambda house: _copied(_beside(house, "copied")),
        code_again=1,
    ),
    "restore": Command(
        lambda house: ["restore", str(_beside(house, "copied")), "-w", str(_beside(house, "restored"))],
        _restored,
        first=lambda house: [_on(house, "backup", str(_beside(house, "copied")))],
        code_again=1,
    ),
    "sources --init": Command(
        lambda house: _on(house, "sources", "--init"),
        lambda house: house.settings_file.read_text() if house.settings_file.exists() else None,
        code_again=1,
    ),
    "capture": Command(
        lambda house: _on(house, "capture", "--from", "2026-01-01", "--to", "2026-01-05"),
        _captured,
        _name_a_source,
        is_gradual=True,
    ),
    "service": Command(
        lambda house: _on(house, "service", str(_beside(house, "units"))),
        lambda house: _hash_files(_beside(house, "units"), lambda path: not path.name.startswith(".")),
        is_gradual=True,
    ),
}
