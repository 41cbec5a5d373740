"""Opening an engine on a lake, after asking all that can stand in its way: before anything of a build is written.

What belongs here: what may be wrong with an address, a folder and an installation, each with its sentence, and the
engine that is started here. What is done with an open lake is `lake`.
"""

from __future__ import annotations

import fcntl
import functools
import importlib.util
import json
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..environment import setting_environment
from .choice import ADDRESS_VARIABLE, LAKE_VARIABLE, LOCAL, Engine, EngineError
from .files import StoreFiles, find_files
from .lake import MARKER, Lake, write_marker

#: Seconds until nobody listens at an address, and until who listens there does not speak the protocol.
_PATIENCE = 10.0
#: The file that says who is building in a lake of an object store, where no lock is.
CLAIM = "paperhouse-building.json"
#: The packages of the extra, as they are imported; dbt finds its own by the profile.
_EXTRA = ("pyspark", "pysail", "dbt.adapters.spark")


def try_engine(engine: Engine) -> None:
    """Raise EngineError where an engine or its lake cannot be used; one that is elsewhere is asked once in a process.

    One that is started here is not started for it. Leaves no lake where there was none.
    """
    _check_extra()
    if engine.address == LOCAL:
        _check_folder(engine.lake)
    else:
        _try_once(engine)


@functools.cache
def _try_once(engine: Engine) -> None:
    with suppress(_Tried), open_lake(engine):
        raise _Tried


class _Tried(EngineError):
    """All is well, and nothing is to be built now."""


#: The lakes that are kept open, with what closes them; None where nobody keeps any.
_kept: dict[Engine, tuple[AbstractContextManager[Lake], Lake]] | None = None


@contextmanager
def open_lake(engine: Engine) -> Iterator[Lake]:
    """The lake with a session of its engine, which dbt finds in this process; both end with the block, or are kept.

    Raises EngineError where there is no such engine, it does not see the folder, the folder holds what is not a lake's,
    or another build has it.
    """
    if _kept is None:
        with _open(engine) as lake:
            yield lake
        return
    if engine not in _kept:
        opening = _open(engine)
        _kept[engine] = opening, opening.__enter__()
    kept, lake = _kept[engine]
    try:
        yield lake
    except EngineError as error:  # it may be dead: whoever tries again opens another session
        del _kept[engine]
        kept.__exit__(type(error), error, error.__traceback__)
        raise


@contextmanager
def keeping_lakes() -> Iterator[None]:
    """Within the block a lake that somebody opens stays open for the next, until its end: steps of a run share one."""
    global _kept
    _kept = {}
    try:
        yield
    finally:
        opened, _kept = list(_kept.values()), None
        for kept, _ in opened:
            kept.__exit__(None, None, None)


@contextmanager
def _open(engine: Engine) -> Iterator[Lake]:
    _check_extra()
    if engine.host_and_port:
        _check_listens(engine.address, *engine.host_and_port)
    with _holding(engine), nullcontext(engine.address) if engine.host_and_port else _serve() as address:
        with setting_environment({ADDRESS_VARIABLE: address, LAKE_VARIABLE: str(engine.lake)}):
            lake = Lake(engine, address)
            try:
                lake.try_out()
                yield lake
            finally:
                lake.close()


def _check_extra() -> None:
    """Raise EngineError where what speaks to engines is not installed; nothing is loaded for it."""
    if not all(importlib.util.find_spec(package) for package in _EXTRA):
        raise EngineError(
            "Other engines need the extra `spark`, which is not installed: make setup EXTRAS=spark, or pip install "
            "'paperhouse[spark]'."
        )


def _check_folder(lake: Path | str) -> bool:
    """Say whether a lake is empty, or not there yet; raise EngineError where it cannot be one."""
    if isinstance(lake, Path):
        _check_rights(lake)
    held = [name for name in find_files(lake).list_names() if name != CLAIM]
    if held and MARKER not in held:
        raise EngineError(
            f"The folder {lake} holds what is no lake of ours ({', '.join(held[:3])}), and a build would write among "
            "it. Choose a new or empty folder with --lake."
        )
    return not held


def _check_rights(folder: Path) -> None:
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if not nearest.is_dir():
        raise EngineError(f"The lake {folder} cannot be a folder: {nearest} is a file. Choose another one with --lake.")
    if not os.access(nearest, os.R_OK | os.W_OK | os.X_OK):
        raise EngineError(
            f"The lake {folder} cannot be made or written: nobody lets this user write in {nearest}. Give yourself the "
            "right, or choose another folder with --lake."
        )


@contextmanager
def _holding(engine: Engine) -> Iterator[None]:
    """Keep other builds out of a lake. Whoever is killed lets go of a folder; a lake that was not begun is not left."""
    files = find_files(engine.lake)
    was_there = isinstance(engine.lake, Path) and engine.lake.exists()
    is_new = _check_folder(engine.lake)
    if is_new:
        files.make()
        write_marker(engine, files, None)
    try:
        with _locking(engine.lake) if isinstance(engine.lake, Path) else _claiming(engine.lake):
            yield
    except EngineError:
        if is_new and files.list_names() == [MARKER]:
            files.remove(MARKER)
            if isinstance(engine.lake, Path) and not was_there:
                engine.lake.rmdir()
        raise


@contextmanager
def _locking(folder: Path) -> Iterator[None]:
    with (folder / MARKER).open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise EngineError(
                f"Another build is working in the lake {folder}. Wait for it to end, or choose another folder."
            ) from None
        yield


@contextmanager
def _claiming(address: str) -> Iterator[None]:
    """Say in an object store that it is ours: nothing there lets go of a build that was killed."""
    files = StoreFiles(address)
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    ours = {"host": socket.gethostname(), "process": os.getpid(), "since": since}
    if not files.claim(CLAIM, json.dumps(ours).encode()):
        held = json.loads(files.read(CLAIM) or b"{}")
        if held.get("host") != ours["host"] or _is_running(held.get("process")):
            raise EngineError(
                f"Another build is working in the lake {address}: process {held.get('process')} of "
                f"{held.get('host')}, since {held.get('since')}. Wait for it to end; where it was killed, delete "
                f"{files.at(CLAIM)}."
            )
        files.write(CLAIM, json.dumps(ours).encode())
    try:
        yield
    finally:
        files.remove(CLAIM)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


@contextmanager
def _serve() -> Iterator[str]:
    """The address of a Sail in this process, which ends with the block."""
    os.environ.setdefault("RUST_LOG", "error")  # it tells of its beginning and its end
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer()
    server.start(background=True)
    try:
        address: Sequence[Any] | None = server.listening_address
        if address is None:
            raise EngineError("The engine could not be started here: it listens nowhere. Build without --engine.")
        yield f"sc://127.0.0.1:{address[1]}"
    finally:
        server.stop()


def _check_listens(address: str, host: str, port: int) -> None:
    """Raise EngineError where nobody listens, or somebody who does not speak the protocol of Spark Connect (gRPC)."""
    try:
        socket.create_connection((host, port), timeout=_PATIENCE).close()
    except OSError as error:
        raise EngineError(
            f"Nobody listens at {address}: {error.strerror or error}. Start a Spark Connect server there "
            "(benchmarks/README.md says how), or name another address."
        ) from error
    import grpc

    with grpc.insecure_channel(f"{host}:{port}") as channel:
        try:
            grpc.channel_ready_future(channel).result(timeout=_PATIENCE)
        except grpc.FutureTimeoutError:
            raise EngineError(
                f"What listens at {address} is no Spark Connect server. Name the address of one: its port is 15002 "
                "unless somebody changed it."
            ) from None
