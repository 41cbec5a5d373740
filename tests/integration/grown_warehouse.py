"""One warehouse that has seen everything at once: new papers, damage, oddities, late evidence, readers meanwhile.

What belongs here: the dumps of that build and what was noted around it. What they prove is in the modules that take the
fixture `grown`; all of them are in one group of that name, so that it is built once.
"""

from __future__ import annotations

import json
import multiprocessing
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
from odd_dumps import write_odd

from paperhouse.orchestration.build import BuildReport, run_build
from paperhouse.sample import write_sample
from paperhouse.warehouse.folder import Warehouse

#: A paper that was published once and is in no dump any more.
GONE = "p0000000000000000"
#: The day two dumps of the same papers tell of.
DAY = "2031-03-11"


@dataclass(frozen=True)
class Grown:
    """The shared warehouse's copy after one more build."""

    warehouse: Warehouse
    report: BuildReport
    #: Folder of the dumps with troubles and notes.
    dumps: Path
    #: The dump that came again under another name.
    renamed: Path
    #: Papers (paper_id, title, abstract) of before; copies of them came with late evidence.
    papers: list[tuple[str, str, str]]
    paper_count_before: int
    #: What readers saw meanwhile: papers in the file that was kept open, counts in files opened anew, failures.
    answers: tuple[int, set[tuple[int, int, int]], list[str]]


def grow(warehouse: Warehouse, dumps: Path, folder: Path) -> Grown:
    """Build new, damaged, known and late dumps into a warehouse made of `dumps`, while others read it."""
    with warehouse.read() as connection:
        before = connection.execute("select count(*) from marts.papers").fetchall()[0][0]
        papers = connection.execute(
            "select paper_id, title, abstract from marts.papers where abstract is not null and length(title) > 30 "
            "order by paper_id limit 4"
        ).fetchall()
    write_sample(folder / "more", papers=40, days=10, seed=5)
    renamed = _write_damaged(folder / "damaged", dumps)
    _write_messy(folder / "messy")
    _write_late(folder / "late", papers)
    write_odd(folder / "odd")
    warehouse.overrides.mkdir()
    (warehouse.overrides / "papers.csv").write_text(
        f"verdict,first,second,reason\nsame,{papers[1][0]},{papers[2][0]},found out by letter\n"
    )
    with warehouse.connect() as connection:
        connection.execute(f"insert into quality.published_papers values ('{GONE}', timestamp '2025-01-02 03:04:05')")
    context = multiprocessing.get_context("spawn")
    stop, started, answers = context.Event(), context.Event(), context.Queue()
    readers = context.Process(target=_read_until, args=(warehouse.published_database, stop, started, answers))
    readers.start()
    assert started.wait(timeout=60)
    paths = [folder / name for name in ("more", "damaged", "messy", "late", "odd")]
    report = run_build(warehouse, paths, lambda name, done, total: None)
    stop.set()
    seen = answers.get(timeout=60)
    readers.join()
    assert report.outcome == "published", report
    return Grown(warehouse, report, folder / "messy", renamed, papers, before, seen)


def _write_damaged(folder: Path, dumps: Path) -> Path:
    folder.mkdir()
    renamed = next(path for path in sorted(dumps.rglob("*.txt")))
    shutil.copy(renamed, folder / "another name.txt")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 40)
    api_day = next(path for path in sorted(dumps.rglob("*.json")) if path.stat().st_size > 4_000)
    (folder / "half.json").write_bytes(api_day.read_bytes()[: api_day.stat().st_size // 2])
    return renamed


def _write_messy(folder: Path) -> None:
    """Troubles and notes: a misread dump, two copies of a page, two days of votes, a sidecar with a slip."""
    folder.mkdir()
    rows = [
        json.dumps({"title": f"Mole Count {n}", "abstract": "Moles dig at night and rest by day. " * 5})
        for n in range(4)
    ]
    (folder / "misread.jsonl").write_text("\n".join([*rows, *["{=HYPERLINK([bold]broken[/]"] * 20]))
    (folder / "page.txt").write_text(_page(range(1, 5), cut=True))
    (folder / "page longer.txt").write_text(_page(range(1, 8)))
    for name, votes in (("early", 3), ("late", 9)):
        (folder / f"{DAY} {name}.json").write_text(
            json.dumps([_entry(number, votes + number) for number in (50, 51, 52)])
        )
    (folder / "dumps.csv").write_text(
        "file_name,captured_on,source,note\n"
        f"{DAY} early.json,2031-03-11,mail,first\n{DAY} late.json,2031-03-12,mail,second\nnone.txt,2031-03-11,,\n"
    )


def _entry(number: int, votes: int | None = None) -> dict:
    paper = {
        "id": f"3103.{number:05}",
        "title": f"Vole Census {number}: Counting Small Mammals in Hedges",
        "summary": f"We count voles in hedge number {number} and find that they prefer the shade of old oaks. " * 3,
    }
    return {"paper": paper if votes is None else {**paper, "upvotes": votes}}


def _page(numbers: range, cut: bool = False) -> str:
    pairs = [(_entry(number)["paper"]["title"], _entry(number)["paper"]["summary"].strip()) for number in numbers]
    if cut:
        pairs[-1] = (pairs[-1][0], pairs[-1][1][:150])
    return "\n\n".join(part for pair in pairs for part in pair)


def _write_late(folder: Path, papers: list[tuple[str, str, str]]) -> None:
    """Late evidence: copies of papers, one under another id, one with another's abstract, one with a link."""
    folder.mkdir()
    first, second, third, fourth = papers
    rows = (
        {"title": first[1] + " (extended version)", "abstract": first[2], "arxiv_id": "2503.99999"},
        {"title": second[1], "abstract": first[2] + " " + third[2], "arxiv_id": "2503.99998"},
        {"title": fourth[1].upper(), "abstract": fourth[2], "project_page": "https://looms.example/"},
    )
    (folder / "late.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def _read_until(database: Path, stop, started, answers) -> None:
    """Query the published file through fresh connections until told to stop, and once more."""
    seen, failures = set(), []
    kept = duckdb.connect(":memory:")
    kept.execute(f"attach '{database}' as kept (read_only)")
    last = False
    while True:
        try:
            with duckdb.connect(":memory:") as connection:
                connection.execute(f"attach '{database}' as fresh (read_only)")
                seen.add(
                    connection.execute(
                        "select (select count(*) from fresh.marts.papers), "
                        "(select count(distinct paper_id) from fresh.marts.papers), "
                        "(select count(distinct paper_id) from fresh.marts.appearances)"
                    ).fetchall()[0]
                )
        except duckdb.Error as error:
            failures.append(str(error))
        started.set()
        if last:
            break
        last = stop.wait(0.1)
    answers.put((kept.execute("select count(*) from kept.marts.papers").fetchall()[0][0], seen, failures))
