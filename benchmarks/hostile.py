"""Sixty hostile files, each read in a process of its own: time per MB, peak memory, and what came back.

The files are generated: one thing over and over, as no person writes it, in every format that is read. Time and memory
are those of hashing, reading and the text stage together, beyond what the process takes before.
"""

import gzip
import io
import json
import random
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import zstandard

from benchmarks.measure import ROOT
from benchmarks.tables import format_bytes, format_seconds, format_table
from paperhouse.parsing import Parsed, hash_files, parse_dumps
from paperhouse.text import extract_texts

#: Bytes of a file, where nothing else is said.
SIZE = 1_000_000
#: Seconds of the processor after which a file is given up.
GIVEN_UP = 60
_PAPER = '{"title": "Counting Voles in Hedges at Night", "abstract": "%s"}'
_PAGE = (
    '<html><body><h3><a href="/papers/2401.01234">A Study of Looms and Threads</a></h3><p>We weave.</p></body></html>'
)
_LABELS = "Title: Voles in Hedges\nAbstract: We count.\n"


def fill(unit: str | bytes, before: str | bytes = b"", after: str | bytes = b"", size: int = SIZE) -> bytes:
    """One thing over and over, to so many bytes."""
    parts = [part.encode() if isinstance(part, str) else part for part in (before, unit, after)]
    return parts[0] + parts[1] * (size // len(parts[1])) + parts[2]


def number(form: str, before: str = "", after: str = "", size: int = SIZE) -> bytes:
    """The same with `%d` counting up."""
    return (before + "".join(form % count for count in range(size // len(form))) + after).encode()


def pack(content: bytes) -> bytes:
    """A zip of a thousand members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for count in range(1_000):
            archive.writestr(f"{count}.txt", content[:count])
    return file.getvalue()


def make_tar(names: Sequence[str]) -> bytes:
    """A tar of members of one byte."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name in names:
            header = tarfile.TarInfo(name)
            header.size = 1
            archive.addfile(header, io.BytesIO(b"x"))
    return file.getvalue()


def make_zeros(megabytes: int, pack: Callable[[bytes], bytes]) -> bytes:
    """So many MB of zeros, packed 16 at a time: both formats go on with the next stream where one ends."""
    return pack(bytes(16 << 20)) * (megabytes // 16)


def scramble(seed: int) -> bytes:
    """Characters that mean something somewhere, in any order."""
    return "".join(random.Random(seed).choices("[](){}<>|*_`#-:;,.'\"\\/!&=@~^$ \n\tab12", k=SIZE)).encode()


#: Name -> what makes it.
FILES: dict[str, Callable[[], bytes]] = {
    # Text of nothing, or of one thing.
    "blanks.txt": lambda: fill(" "),
    "tabs.txt": lambda: fill("\t"),
    "line-ends.txt": lambda: fill("\n"),
    "returns.txt": lambda: fill(" \r\n"),
    "wide-blanks.txt": lambda: fill("\u3000\u00a0"),
    "blanks-then-page.html": lambda: fill(" \t\n", after=_PAGE),
    "one-word.txt": lambda: fill("a"),
    "one-line.txt": lambda: fill("Voles count hedges, and "),
    "numbers.txt": lambda: fill("12% ", "Voles in Hedges at Night\n\nWe count "),
    "broken-words.txt": lambda: fill("fo-\n", "Voles in Hedges at Night\n\nWe count "),
    "brackets.txt": lambda: fill("(", "Voles in Hedges at Night\n\nWe count "),
    "abbreviations.txt": lambda: fill("(ABC) ", "Voles in Hedges at Night\n\nWe count "),
    "slashes.txt": lambda: fill("http://a/b.", "Voles in Hedges at Night\n\nWe count "),
    "dates.txt": lambda: fill("Mar 11\n"),
    "short-lines.txt": lambda: number("Vole %d\n"),
    "terminal-codes.txt": lambda: fill("\x1b[0;1;", "Voles in Hedges\n"),
    "mojibake.txt": lambda: fill("Ã©Â", "Voles in Hedges at Night\n\nWe count "),
    "latin-1.txt": lambda: fill(b"\xe9\x81 ", "Voles in Hedges at Night\n\nWe count "),
    "scrambled.txt": lambda: scramble(1),
    # Labels, headers, mails.
    "header-lines.txt": lambda: fill("ab: c\n", "HTTP/1.1 200 OK\n"),
    "blank-lines-between-labels.txt": lambda: fill(
        "\n", "Title: Voles in Hedges\nAbstract: We count.\n", "Title: Looms\n"
    ),
    "mail-headers.eml": lambda: fill("X-A: b\n c\n", "From: a@b.org\nTo: c\nSubject: d\nDate: e\n"),
    "mail-parts.eml": lambda: number(
        "--%d\nContent-Type: multipart/mixed; boundary=1\n\n",
        "From: a@b\nTo: c\nSubject: d\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=0\n\n",
    ),
    "mailbox.mbox": lambda: fill("From a Mon Mar 11 10:00:00 2024\nFrom: a\n\nb\n\n"),
    # JSON.
    "open-lists.json": lambda: fill("["),
    "open-objects.json": lambda: fill('{"paper":'),
    "broken-elements.json": lambda: fill('{"paper": {"id": x}},\n', "["),
    "broken-on-one-line.json": lambda: fill('{"paper": {"id": 1},', "["),
    "no-end.json": lambda: fill(_PAPER % "We count." + ",\n", "["),
    "backslashes.json": lambda: fill("\\\\", '[{"title": "', '"}]'),
    "long-number.json": lambda: fill("9", '[{"title": "Voles", "upvotes": ', "}]"),
    "many-keys.json": lambda: number(
        '"k%d": 1,', '[{"title": "Voles in Hedges", "abstract": "We count.", ', '"z": 1}]'
    ),
    "literals.json": lambda: fill("(", "[\"{'paper': ", '"]'),
    "broken-lines.jsonl": lambda: fill('{"title": [\n', _PAPER % "We count." + "\n"),
    # Tables.
    "open-quotes.csv": lambda: fill('Voles,"We count\n', "title,abstract\n"),
    "one-open-quote.csv": lambda: fill("Voles in Hedges at Night,We count voles.\n", 'title,abstract\n"'),
    "many-columns.csv": lambda: number("c%d,", "title,abstract,", "z\n"),
    "delimiters.tsv": lambda: fill("\t", "title\tabstract\n"),
    "escapes.csv": lambda: fill('\\"', 'title,abstract\n"', '"\n'),
    # Markdown and captures.
    "stars.md": lambda: fill("**a_", "# Voles\n\n"),
    "open-links.md": lambda: fill("[", "# Voles\n\n"),
    "half-links.md": lambda: fill("](", "# Voles\n\n"),
    "quotes.md": lambda: fill("> ", "# Voles\n\n", "a\n"),
    "pipes.md": lambda: fill("|a", "| Title | Abstract |\n|---|---|\n"),
    "front-matter.md": lambda: fill("title: a\n", "---\n"),
    "captured-links.md": lambda: fill("[a](/papers/2401.01234) "),
    # HTML, XML, feeds.
    "open-divs.html": lambda: fill("<div>", "<html><body>"),
    "comments.html": lambda: fill("<!--"),
    "cards.html": lambda: fill('<h3><a href="/papers/2401.01234">', "<html><body>"),
    "entities.html": lambda: fill("&amp;&#1;&", "<html><body><p>"),
    "open-items.xml": lambda: fill("<item><title>Voles", "<rss><channel>"),
    "open-records.xml": lambda: fill("<record><metadata>", '<?xml version="1.0"?><OAI-PMH>'),
    # References, YAML, TOML.
    "records.ris": lambda: fill("TY  - JOUR\nER  - \n"),
    "open-braces.bib": lambda: fill("{", "@article{a, title = "),
    "open-entries.bib": lambda: fill("@article{a, title = {Voles},\n"),
    "lists.yaml": lambda: fill("- title: Voles in Hedges\n"),
    # Packed.
    "zeros.txt.gz": lambda: make_zeros(1 << 10, gzip.compress),
    "zeros.txt.zst": lambda: make_zeros(1 << 10, zstandard.compress),
    "members.zip": lambda: pack(scramble(2)),
    "members.tar": lambda: make_tar([f"{'a' * 90}/{count}.txt" for count in range(1_000)]),
}


def run_hostile(only: str, say: Callable[[str], None]) -> None:
    """Read each file whose name holds `only`, and say one table."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="paperhouse-hostile-") as folder:
        for name, make in FILES.items():
            if only in name:
                path = Path(folder, name)
                path.write_bytes(make())
                rows.append(_format_row(path, read_apart(path)))
                path.unlink()
    say(format_table(["file", "bytes", "per MB", "peak memory", "status", "reasons"], rows))


def read_apart(path: Path) -> dict[str, Any]:
    """What reading a file took and gave, from a process of its own.

    Returns: seconds of the processor, peak (bytes beyond those before), bytes (unpacked), status and reasons; without
    seconds where the process has ended over it.
    """
    command = [sys.executable, "-m", "benchmarks.hostile", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or [""])[-1]
        return {"status": "ended", "reasons": f"exit code {done.returncode} {said[:60]}"}
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _format_row(path: Path, found: dict[str, Any]) -> list[str]:
    size = path.stat().st_size
    figures = ["-", "-"]
    if "seconds" in found:
        per_mb = found["seconds"] / max(found["bytes"], size) * 1e6
        figures = [format_seconds(per_mb), format_bytes(found["peak"])]
    return [path.name, f"{size:,}", *figures, found["status"], found["reasons"]]


def _read_here(path: Path) -> dict[str, object]:
    """Read a file, and what it took: seconds of the processor, bytes at the peak beyond those before."""
    resource.setrlimit(resource.RLIMIT_CPU, (GIVEN_UP, GIVEN_UP))
    warm = path.with_name(f"warm{path.suffix}")
    warm.write_bytes(b"Voles in Hedges\n\nWe count voles in hedges at night and find few of them.\n")
    _read(warm)
    warm.unlink()
    before = _reset_peak()
    start = time.process_time()
    parsed = _read(path)
    seconds = time.process_time() - start
    dumps = pl.concat([one.dumps for one in parsed])
    entries = sum(dumps["entry_count"])
    reasons = pl.concat([one.rejects for one in parsed])["reason"].value_counts(sort=True)
    return {
        "seconds": seconds,
        "peak": _read_peak() - before,
        "bytes": dumps["byte_count"].sum(),
        "status": ", ".join(dumps["status"].unique().sort()),
        "reasons": ", ".join([*(f"{reason} {count:,}" for reason, count in reasons.rows()), f"{entries:,} entries"]),
    }


def _read(path: Path) -> list[Parsed]:
    files = hash_files([path])
    parsed = list(
        parse_dumps(files.with_columns(file_names=pl.concat_list("file_name")).unique("dump_id", maintain_order=True))
    )
    for one in parsed:
        if one.entries.height:
            extract_texts(one.entries.select("title", "abstract", text_id="entry_id"))
    return parsed


def _reset_peak() -> int:
    """Begin the peak of this process anew (Linux); returns the bytes it has now."""
    Path("/proc/self/clear_refs").write_text("5")
    return _read_peak()


def _read_peak() -> int:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) << 10


if __name__ == "__main__":
    print(json.dumps(_read_here(Path(sys.argv[1]))))
