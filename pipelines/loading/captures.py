"""Captures: what a source says of one day, written into the inbox as it came.

What belongs here: asking for all pages of a day, keeping what is new, and saying of it when and from where it came, in
the sidecar `dumps.csv` that the raw stage heeds. No database is opened. A day is kept whole or not at all; the same
bytes are kept once.
"""

from __future__ import annotations

import csv
import hashlib
import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import orjson

from ..files import write_whole
from ..warehouse.folder import Warehouse
from ..warehouse.lock import using_alone
from .fetching import Answer, FetchError, fetch, open_client, read_xml
from .sidecars import SIDECAR_NAME
from .sources import Source

#: Pages of one day; a source that has more does not count them.
MOST_PAGES = 1_000
_COLUMNS = ("file_name", "captured_on", "source", "note", "day", "page", "sha256", "etag", "last_modified")
#: Touched at each request: whoever asks the same source next keeps its pause.
_LAST_REQUEST = ".last_request"
#: Held for a day: of processes that capture from one source, one asks and writes at a time.
_LOCK = ".lock"


@dataclass(frozen=True)
class Capture:
    """What came of a day: files that were written, how many pages were known or empty, bytes, seconds."""

    day: date
    files: tuple[Path, ...]
    known_pages: int
    empty_pages: int
    byte_count: int
    seconds: float


def capture_day(warehouse: Warehouse, source: Source, day: date) -> Capture:
    """Fetch what a source says of a day into `inbox/captures/<source>/`.

    A page whose bytes are kept already, and one that holds nothing, is not written. Raises FetchError; nothing of the
    day has been written then.
    """
    folder = warehouse.inbox / "captures" / source.name
    folder.mkdir(parents=True, exist_ok=True)
    with using_alone(folder / _LOCK, wait=lambda: None):
        return _capture_day(folder, source, day)


def _capture_day(folder: Path, source: Source, day: date) -> Capture:
    """Fetch a day of a source that nobody else asks meanwhile, or adds to the sidecar of."""
    started = time.perf_counter()
    rows = _read_rows(folder)
    with open_client(source.contact) as client:
        answers = list(_fetch_pages(client, source, day, folder, rows))
    captured_at = datetime.now(UTC)
    known = {row["sha256"] for row in rows}
    files: list[Path] = []
    added: list[dict[str, str]] = []
    known_pages = empty_pages = 0
    for page, answer in enumerate(answers, start=1):
        digest = hashlib.sha256(answer.body).hexdigest() if answer else ""
        if answer is None or digest in known:
            known_pages += 1
        elif is_empty(answer.body):
            empty_pages += 1
        else:
            known.add(digest)
            file = folder / _name(rows + added, day, page, source.format)
            write_whole(file, answer.body, is_durable=True)
            files.append(file)
            added.append(_describe(file, answer, digest, day, page, captured_at))
    if added:
        write_whole(folder / SIDECAR_NAME, _format_rows([*rows, *added]), is_durable=True)
    byte_count = sum(file.stat().st_size for file in files)
    return Capture(day, tuple(files), known_pages, empty_pages, byte_count, time.perf_counter() - started)


def _fetch_pages(
    client: httpx.Client, source: Source, day: date, folder: Path, rows: list[dict[str, str]]
) -> Iterator[Answer | None]:
    """The answers of a day, page after page; None where the first page is as it was, which stands for all of them."""
    address, before = source.locate(day, source.first_page), b""
    known = _find_validators(rows, address)
    for count in range(1, MOST_PAGES + 1):
        _wait_turn(folder, source.pause)
        answer = fetch(client, address, source.format, known if count == 1 else {})
        if answer is not None and source.paging == "page" and count > 1 and _says_no_more(answer.body, before):
            return
        yield answer
        if answer is None:
            return
        before, address = answer.body, _find_next(source, day, count, answer)
        if not address:
            return
    raise FetchError(f"{source.name} has more than {MOST_PAGES:,} pages for {day}.")


def _find_next(source: Source, day: date, count: int, answer: Answer) -> str:
    """The address of the page behind; empty where there is none."""
    if source.paging == "page":
        return "" if is_empty(answer.body) else source.locate(day, source.first_page + count)
    if source.paging == "link":
        if answer.next_address and urlsplit(answer.next_address).netloc != urlsplit(answer.address).netloc:
            raise FetchError(f"{answer.address} names a next page on another server: {answer.next_address}.")
        return answer.next_address
    if source.paging == "resumption" and (token := _find_token(answer.body)):
        base = urlsplit(source.locate(day, 1))
        return f"{base.scheme}://{base.netloc}{base.path}?verb=ListRecords&resumptionToken={quote(token, safe='')}"
    return ""


def _find_token(body: bytes) -> str:
    """OAI-PMH's token for the rest of a list (version 2.0, section 3.5)."""
    return str(next(iter(read_xml(body).xpath("//*[local-name() = 'resumptionToken']/text()")), "")).strip()


def _says_no_more(body: bytes, before: bytes) -> bool:
    """Whether a page holds nothing, or is the page before once more, as some servers answer behind their last one."""
    return body == before or is_empty(body)


def is_empty(body: bytes) -> bool:
    """Whether an answer holds nothing: no text, or JSON without a list or object that has anything in it."""
    if not body.strip():
        return True
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    if isinstance(value, dict):
        parts = [part for part in value.values() if isinstance(part, list | dict)]
        return not any(parts)
    return not value


def _wait_turn(folder: Path, pause: float) -> None:
    """Keep the pause between two requests to a source, whichever process made the last one."""
    last = folder / _LAST_REQUEST
    if last.exists():
        time.sleep(min(max(0.0, last.stat().st_mtime + pause - time.time()), pause))
    last.touch()


def _find_validators(rows: list[dict[str, str]], address: str) -> dict[str, str]:
    """What a conditional request says of the answer that is kept of an address: the latest one."""
    row = next((row for row in reversed(rows) if row["source"] == address), {})
    named = {"If-None-Match": row.get("etag", ""), "If-Modified-Since": row.get("last_modified", "")}
    return {name: value for name, value in named.items() if value}


def _name(rows: list[dict[str, str]], day: date, page: int, format: str) -> str:
    """`2026-01-10.json`; page 2 is `2026-01-10.p2.json`, and what came when it was asked again `2026-01-10.r2.json`."""
    stem = day.isoformat() + (f".p{page}" if page > 1 else "")
    times = sum(row["day"] == day.isoformat() and row["page"] == str(page) for row in rows)
    return f"{stem}{f'.r{times + 1}' if times else ''}.{format}"


def _describe(file: Path, answer: Answer, digest: str, day: date, page: int, at: datetime) -> dict[str, str]:
    return {
        "file_name": file.name,
        "captured_on": at.date().isoformat(),
        "source": answer.address,
        "note": f"captured at {at:%Y-%m-%dT%H:%M:%SZ}",
        "day": day.isoformat(),
        "page": str(page),
        "sha256": digest,
        "etag": answer.etag,
        "last_modified": answer.last_modified,
    }


def _read_rows(folder: Path) -> list[dict[str, str]]:
    """What is known of earlier captures; rows of somebody else's writing have what they have."""
    file = folder / SIDECAR_NAME
    if not file.is_file():
        return []
    reader = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8", errors="replace")))
    return [{name: row.get(name) or "" for name in _COLUMNS} for row in reader]


def _format_rows(rows: list[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
