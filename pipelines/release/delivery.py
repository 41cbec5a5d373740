"""A release copied to where others take it from: every file proved, the manifest last, and gone on with after a stop.

What belongs here: what is written in which order, and what is taken away. How a place is written to is `places`.

A place without a manifest holds no release: where anything is to be written, the manifest that lies there goes first,
and the new one comes when all else has been read back. What is being done is said in a note beside it, so that the same
command goes on where it was, and files of the release before go, and nobody else's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from ..warehouse.folder import parse_manifest
from .history import Kept, find_damage
from .places import Place

MANIFEST = "manifest.json"
#: What says that a place is being written: the release, and files of another one that are to go.
NOTE = ".paperhouse-publishing.json"
#: How dataset hubs, which are git repositories, are told which files are large.
ATTRIBUTES = ".gitattributes"
_LARGE = ("*.parquet", "*.duckdb", "report.html")
#: What a hub puts into a repository that is new, and git itself: no reason to keep out of a folder.
_OF_A_HUB = {".git", ATTRIBUTES, "README.md"}


class DeliveryError(RuntimeError):
    """A release could not be delivered; the message says why and what to do. What was there is as the note says."""


@dataclass
class Delivered:
    """What was done: files that were written, were there already, or of another release and taken away; bytes."""

    release_id: str
    place: str
    written: list[str] = field(default_factory=list)
    there: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    bytes: int = 0


def deliver(kept: Kept, place: Place, is_hub: bool, advance: Callable[[int], None]) -> Delivered:
    """Make a place hold a release, and nothing else of ours; every file of it has been read back then.

    Args:
        kept: the release.
        place: empty, or with a release, or with a part of one that was left by a stop.
        is_hub: say to git which files are large, and take a hub's new repository for empty.
        advance: told each file that is done.

    Raises DeliveryError, PlaceError.
    """
    if problems := find_damage(kept):
        raise DeliveryError(f"{kept.release_id} is not what was published, so nothing was copied. {problems[0]}")
    wanted = {file["path"]: file for file in [*kept.manifest["files"], *kept.manifest.get("documents", [])]}
    manifest = (kept.folder / MANIFEST).read_bytes()
    there = place.read(MANIFEST)
    stale = _find_stale(place, there, is_hub) - wanted.keys()
    done = Delivered(kept.release_id, place.name)
    is_begun = False

    def begin() -> None:
        nonlocal is_begun
        if not is_begun:
            note = {"release_id": kept.release_id, "to_be_removed": sorted(stale)}
            place.write(NOTE, json.dumps(note, ensure_ascii=False).encode())
            place.remove(MANIFEST)
            is_begun = True

    if there != manifest or place.read(NOTE) is not None:
        begin()
    with (kept.folder / MANIFEST).open("rb"):  # nobody deletes a release of which a file is open
        for path, facts in wanted.items():
            expected = (facts["bytes"], facts["sha256"])
            if place.measure(path, facts["bytes"]) == expected:
                done.there.append(path)
            else:
                begin()
                _put(kept, place, path, expected)
                done.written.append(path)
                done.bytes += facts["bytes"]
            advance(1)
    for path in sorted(stale):
        place.remove(path)
        done.removed.append(path)
    if is_hub and _write_attributes(place):
        done.written.append(ATTRIBUTES)
    if is_begun:
        place.write(MANIFEST, manifest)
        if place.read(MANIFEST) != manifest:
            raise DeliveryError(f"{MANIFEST} was written to {place.name}, and reads back otherwise. Try it again.")
        done.written.append(MANIFEST)
        place.remove(NOTE)
    return done


def _put(kept: Kept, place: Place, path: str, expected: tuple[int, str]) -> None:
    try:
        place.put(path, kept.folder / path)
    except OSError as error:
        raise DeliveryError(f"{path} of {kept.release_id} cannot be read: {error.strerror or error}.") from None
    if place.measure(path, expected[0]) != expected:
        raise DeliveryError(f"{path} was written to {place.name}, and reads back otherwise. Try it again.")


def _find_stale(place: Place, manifest: bytes | None, is_hub: bool) -> set[str]:
    """Files of the release that lies there, or lay there before a stop.

    Raises DeliveryError where a place is neither empty nor ours.
    """
    note = place.read(NOTE)
    stale = _read_note(note)
    if manifest is not None:
        try:
            there = parse_manifest(manifest)
        except ValueError as error:
            raise DeliveryError(
                f"{place.name} holds a {MANIFEST} that {error}: nothing was written there. Choose another place."
            ) from None
        named = [file["path"] for file in [*there["files"], *there.get("documents", [])]]
        stale |= {path for path in named if _is_inside(path)}
    elif note is None:
        # Stopped while the note was written, a folder has half of it: that is ours, and the next one takes its place.
        known = {f".{NOTE}.new"} | (_OF_A_HUB if is_hub else set())
        found = [name for name in place.list_some() if name not in known]
        if found:
            raise DeliveryError(
                f"{place.name} is not empty and holds no release ({', '.join(found[:3])}): nothing was written there. "
                "Choose another place."
            )
    return stale


def _read_note(note: bytes | None) -> set[str]:
    """What a stopped delivery still had to take away; a note that is none says nothing."""
    with suppress(ValueError, RecursionError):
        said: Any = json.loads(note or b"{}")
        paths = said.get("to_be_removed") if isinstance(said, Mapping) else None
        if isinstance(paths, list):
            return {path for path in paths if isinstance(path, str) and _is_inside(path)}
    return set()


def _is_inside(path: str) -> bool:
    parts = path.split("/")
    return bool(path) and "\0" not in path and not path.startswith("/") and ".." not in parts and ".git" not in parts


def _write_attributes(place: Place) -> bool:
    """Add what is not said yet to a hub's list of large files; whether anything was."""
    there = (place.read(ATTRIBUTES) or b"").decode("utf-8", errors="surrogateescape")
    said = {line.split()[0] for line in there.splitlines() if line.strip()}
    missing = [f"{pattern} filter=lfs diff=lfs merge=lfs -text\n" for pattern in _LARGE if pattern not in said]
    if missing:
        whole = there if there.endswith("\n") or not there else f"{there}\n"
        place.write(ATTRIBUTES, (whole + "".join(missing)).encode("utf-8", errors="surrogateescape"))
    return bool(missing)
