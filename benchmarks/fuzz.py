"""A mutation fuzzer over pages of every layout, guided by the parser's lines that an input is the first to reach.

It looks for inputs on which parsing raises, takes too long, or leaves a line unaccounted for. Pages come from the
sample's layouts and the dirty-dump generator; nothing here states what a page should be read as.
"""

import gzip
import hashlib
import io
import json
import random
import sys
import tarfile
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import polars as pl
import zstandard

from benchmarks.corpora import DATA
from benchmarks.dirty.entries import invent_papers
from benchmarks.dirty.trials import DAY, QUIRKS
from paperhouse import parsing
from paperhouse.parsing import find_files, hash_files, parse_dumps
from paperhouse.parsing.lines import COUNT_COLUMNS
from paperhouse.sample import LAYOUTS
from paperhouse.sample.layouts import Page

#: Seconds of the processor one input of at most INPUT_BYTES may take: hundreds of times what it takes.
TIME_LIMIT = 10.0
INPUT_BYTES = 1 << 16
_PARSER = str(Path(parsing.__file__).parent)
_TOKENS = [
    token if isinstance(token, bytes) else token.encode()
    for token in (
        *("\n", "\n\n", "\r\n", "\r", "\f", "\v", "\x85", "\u2028", "\ufeff", "\u200b", "\xa0", "\t", " " * 40),
        *("[", "]", "{", "}", "](", "![", "<", ">", "<!--", "-->", "<![CDATA[", "]]>", "&amp;", "&#0;", "&#x110000;"),
        *("<article>", "</article>", "<h3>", "<p>", "<rss>", "<item>", "<entry>", "<title>", "</title>", "<script>"),
        *('"', "'", ",", ";", "|", ":", "\\", "\\u0000", "\\ud800", "null", "NaN", "1e999", "-", "#", "*", "`", "$"),
        *("title,abstract\n", '{"paper": {"title": "Moss"}}', "{'paper': {'title': 'Moss'}}", '{"error": "no"}', "[]"),
        *("Mar 11", "Feb 30", "Feb 29", "2025-13-45", "Yesterday", "new", "Subscribe", "Upvote", "42", "1. ", "- "),
        *("· 7 authors", "Submitted by", "arxiv:2503.01234v2", "Abstract: ", "https://example.org/", "Next", "©"),
        *("word " * 30, "A Title in Capitals", "苔の成長", "TÜLU", "é" * 300, "pre-\ntraining", "…", "=HYPERLINK(1)"),
        *(b"\x00", b"\xff\xfe", b"\xfe\xff", b"\x80", b"\xc3", b"\x1b[31m", b"PAR1", b"\x1f\x8b", b"\x28\xb5\x2f\xfd"),
        *(b"PK\x03\x04", b"ustar", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"),
    )
]


@dataclass
class Finding:
    """What one kind of failure is, and the smallest input seen to cause it."""

    what: str
    content: bytes
    count: int = 1


@dataclass
class FuzzReport:
    """What a run did: executions, corpus, lines of the parser reached, the slowest input, findings by kind."""

    executions: int = 0
    corpus: int = 0
    lines_reached: int = 0
    slowest_seconds: float = 0.0
    findings: dict[str, Finding] = field(default_factory=dict)


def run_fuzz(minutes: float, seed: int, say: Callable[[str], None], data: Path = DATA) -> FuzzReport:
    """Fuzz for so many minutes; inputs of findings are kept in `data/fuzz/`.

    Args: seed fixes the mutations, not where the time ends; say is called once a minute with what happened so far.
    """
    rng = random.Random(seed)
    report, corpus = FuzzReport(), list(list_seeds(rng))
    reached: set[tuple[str, int]] = set()
    seen: set[str] = set()
    end, told = time.monotonic() + 60 * minutes, time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        queue = list(corpus)
        while time.monotonic() < end:
            content = queue.pop() if queue else mutate(rng.choice(corpus), corpus, rng)[:INPUT_BYTES]
            lines, failure, outcome, seconds = run_once(content, folder)
            report.executions += 1
            report.slowest_seconds = max(report.slowest_seconds, seconds)
            if failure is not None:
                _keep(report, failure, content, folder, data / "fuzz")
            if not lines <= reached or outcome not in seen:
                reached |= lines
                seen.add(outcome)
                if not queue:
                    corpus.append(content)
            if time.monotonic() - told > 60:
                told = time.monotonic()
                say(_describe(report, corpus, reached))
    report.corpus, report.lines_reached = len(corpus), len(reached)
    return report


def format_report(report: FuzzReport) -> str:
    """Say what a run did, a line per finding."""
    head = (
        f"{report.executions:,} executions, {report.corpus:,} inputs kept, "
        f"{report.lines_reached:,} lines of the parser "
        f"reached, slowest input {report.slowest_seconds:.2f} s, {len(report.findings)} distinct findings"
    )
    rows = [f"{finding.count:6,} x  {finding.what}" for finding in report.findings.values()]
    return "\n".join([head, *rows])


def list_seeds(rng: random.Random) -> Iterator[bytes]:
    """Pages of every layout, packed in every way, and what the dirty-dump generator makes of them."""
    papers = invent_papers(16, seed=rng.randrange(1_000))
    pages = [layout.render(Page(papers[:count], DAY)) for layout in LAYOUTS.values() for count in (1, 4)]
    yield from pages
    for pack in (gzip.compress, zstandard.compress, _zip, _tar):
        yield from map(pack, pages[::3])
    for quirk in QUIRKS:
        for layout in quirk.layouts:
            damaged = quirk.damage(papers, layout, rng)
            for file in damaged if isinstance(damaged, list) else [damaged]:
                if len(file.content) <= INPUT_BYTES:
                    yield file.content


def _zip(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("page.txt", content)
    return packed.getvalue()


def _tar(content: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        member = tarfile.TarInfo("page.txt")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def mutate(content: bytes, corpus: list[bytes], rng: random.Random) -> bytes:
    """Change an input in one to six ways: bytes, stretches, lines, tokens, encodings, packing."""
    for _ in range(rng.choice([1, 1, 2, 3, 6])):
        content = rng.choice(_MUTATIONS)(content, corpus, rng)
    return content


def _span(content: bytes, rng: random.Random) -> tuple[int, int]:
    first = rng.randint(0, len(content))
    return first, min(len(content), first + int(rng.expovariate(1 / 60)))


def _flip(content: bytes, corpus: list[bytes], rng: random.Random) -> bytes:
    if not content:
        return content
    at = rng.randrange(len(content))
    return content[:at] + bytes([rng.randrange(256)]) + content[at + 1 :]


def _cut(content: bytes, corpus: list[bytes], rng: random.Random) -> bytes:
    first, last = _span(content, rng)
    return content[:first] + content[last:]


def _repeat(content: bytes, corpus: list[bytes], rng: random.Random) -> bytes:
    first, last = _span(content, rng)
    return content[:last] + content[first:last] * rng.choice([1, 1, 2, 20]) + content[last:]


def _insert(content: bytes, corpus: list[bytes], rng: random.Random) -> bytes:
    at = rng.randint(0, len(content))
    return content[:at] + rng.choice(_TOKENS) * rng.choice([1, 1, 1, 3, 50]) + content[at:]


def _splice(content: bytes, corpus: list[bytes], rng: random.Random) -> bytes:
    other = rng.choice(corpus)
    return content[: rng.randint(0, len(content))] + other[rng.randint(0, len(other)) :]


def _truncate(content: bytes, corpus: list[bytes], rng: random.Random) -> bytes:
    return content[: rng.randint(0, len(content))]


def _change_lines(content: bytes, corpus: list[bytes], rng: random.Random) -> bytes:
    rows = content.split(b"\n")
    first, last = sorted((rng.randint(0, len(rows)), rng.randint(0, len(rows))))
    last = min(last, first + rng.choice([1, 1, 2, 10]))
    kind = rng.randrange(5)
    if kind == 0:
        del rows[first:last]
    elif kind == 1:
        rows[first:last] = rows[first:last] * 2
    elif kind == 2:
        rows[first:last] = reversed(rows[first:last])
    elif kind == 3:
        rows[first:last] = [b" ".join(rows[first:last])]
    else:
        rows.insert(first, rng.choice(_TOKENS))
    return b"\n".join(rows)


def _recode(content: bytes, corpus: list[bytes], rng: random.Random) -> bytes:
    encoding = rng.choice(["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1", "utf-8-sig", "shift_jis"])
    return content.decode(errors="replace").encode(encoding, errors="replace")


def _pack(content: bytes, corpus: list[bytes], rng: random.Random) -> bytes:
    packs: list[Callable[[bytes], bytes]] = [gzip.compress, zstandard.compress, _zip, _tar]
    return rng.choice(packs)(content)


_MUTATIONS = (
    *(_flip, _cut, _repeat, _insert, _insert, _insert, _splice, _truncate),
    *(_change_lines, _change_lines, _change_lines, _recode, _pack),
)


def run_once(content: bytes, folder: Path) -> tuple[set[tuple[str, int]], str | None, str, float]:
    """Parse one input: lines of the parser reached, what failed (None if nothing), what came out, seconds."""
    path = folder / "page"
    path.write_bytes(content)
    reached: set[tuple[str, int]] = set()

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        name = frame.f_code.co_filename
        if not name.startswith(_PARSER):
            return None
        reached.add((name, frame.f_lineno))
        return trace

    # Of the processor: a machine busy with other things makes nothing slow.
    started = time.process_time()
    failure, outcome = None, ""
    sys.settrace(trace)
    try:
        outcome, failure = _parse(path)
    except (Exception, pl.exceptions.PanicException) as error:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(_PARSER)]
        where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "outside the parser"
        failure = f"{type(error).__name__} at {where}: {str(error).splitlines()[0][:120] if str(error) else ''}"
    finally:
        sys.settrace(None)
    seconds = time.process_time() - started
    if failure is None and seconds > TIME_LIMIT:
        failure = f"slow: {outcome}"
    return reached, failure, outcome, seconds


def _parse(path: Path) -> tuple[str, str | None]:
    files = hash_files(find_files([path]))
    dumps = files.unique("dump_id", maintain_order=True).with_columns(file_names=pl.concat_list("file_name"))
    kinds: set[str] = set()
    failure = None
    for parsed in parse_dumps(dumps):
        kinds |= set(parsed.dumps["layout"]) | set(parsed.rejects["reason"])
        kinds |= set(parsed.entries["flags"].explode().drop_nulls())
        for dump in parsed.dumps.to_dicts():
            failure = failure or check_lines(
                dump,
                *(
                    frame.filter(dump_id=dump["dump_id"])
                    for frame in (parsed.entries, parsed.rejects, parsed.line_spans)
                ),
            )
    return json.dumps(sorted(kinds)), failure


def check_lines(dump: dict, entries: pl.DataFrame, rejects: pl.DataFrame, spans: pl.DataFrame) -> str | None:
    """Say which identity of the line accounting a dump breaks, None where all hold."""
    if sum(dump[column] for column in COUNT_COLUMNS.values()) != dump["line_count"]:
        return f"{dump['layout']}: classes do not add up to the lines"
    ranges = pl.concat([frame.select("first_line", "last_line") for frame in (entries, rejects, spans)]).drop_nulls()
    covered = {line for first, last in ranges.iter_rows() for line in range(first, last + 1)}
    if covered and (min(covered) < 1 or max(covered) > dump["line_count"]):
        return f"{dump['layout']}: a range leaves the dump"
    if dump["line_count"] - len(covered) > dump["blank_line_count"]:
        return f"{dump['layout']}: a written line belongs to nothing"
    if (dump["entry_count"], dump["reject_count"]) != (entries.height, rejects.height):
        return f"{dump['layout']}: entries or rejects miscounted"
    return None


def _keep(report: FuzzReport, what: str, content: bytes, folder: Path, kept: Path) -> None:
    if what in report.findings:
        report.findings[what].count += 1
        return
    smallest = (
        shrink(content, lambda tried: run_once(tried, folder)[1] == what) if not what.startswith("slow") else content
    )
    report.findings[what] = Finding(what, smallest)
    kept.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(what.encode()).hexdigest()[:12]
    (kept / f"{name}.input").write_bytes(smallest)
    (kept / f"{name}.txt").write_text(what + "\n", encoding="utf-8")


def shrink(content: bytes, fails: Callable[[bytes], bool], tries: int = 400) -> bytes:
    """Leave out stretches, halving them, as long as the input still fails in the same way."""
    size = len(content) // 2
    while size and tries:
        at = 0
        while at < len(content) and tries:
            tries -= 1
            shorter = content[:at] + content[at + size :]
            if fails(shorter):
                content = shorter
            else:
                at += size
        size //= 2
    return content


def _describe(report: FuzzReport, corpus: list[bytes], reached: set[tuple[str, int]]) -> str:
    return (
        f"{report.executions:,} executions, {len(corpus):,} inputs, {len(reached):,} lines, "
        f"{len(report.findings)} findings"
    )
