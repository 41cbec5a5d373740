"""The sample as files: which papers go into which dump, the dumps themselves, and the truth about both.

Words are the grammar's, bytes are the layouts'.
"""

import gzip
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow.parquet as pq

from ..files import write_whole
from . import draws, planted
from .layouts import LAYOUTS, Layout, Page
from .papers import NUMBERS_PER_MONTH, day_of, list_days, write_papers

#: Papers written at a time: enough to keep array operations busy, few enough to stay in a few hundred megabytes.
BATCH_SIZE = 4_000


@dataclass(frozen=True)
class Dump:
    """One file of the sample: where it goes, how and when it was saved, the numbers of its papers in order."""

    path: Path
    layout: Layout
    day: date
    numbers: npt.NDArray[np.int64]
    #: Votes every paper has gained since the day was first saved.
    votes_gained: int = 0


@dataclass(frozen=True)
class SampleTruth:
    """What a sample contains; the files in `truth_folder` say it paper by paper.

    `entries.parquet` has one row per paper printed in a dump: dump (path in the sample's folder), layout, position
    (1-based), paper_key, title and abstract as printed, planted (term, null for most), and, null where the layout
    prints none, arxiv_id, upvotes, published_on, listed_on, captured_on (printed without its year).
    `planted.json` states each planted term: kind, shares, the days it moves between.
    """

    folder: Path
    truth_folder: Path
    papers: int
    dumps: int
    entries: int


def write_sample(
    folder: Path,
    papers: int = 600,
    days: int = 60,
    seed: int = 7,
    layouts: Sequence[str] | None = None,
    progress: Callable[[int], None] | None = None,
    page_size: int = 80,
    api_share: float = 0.75,
    page_share: float = 0.4,
    has_odd_days: bool = True,
    days_apart: int = 7,
) -> SampleTruth:
    """Write dumps of invented papers into a folder, and the truth about them into `<folder>-truth` beside it.

    Args:
        folder: created if missing; files of the same names are overwritten.
        papers: distinct papers.
        days: weekdays they are listed on, up to the generator's fixed last day; an archive holds a dump of each.
        seed: other seeds give other papers.
        layouts: names in LAYOUTS; every one made for samples if not given.
        progress: called with the number of entries written since the last call.
        page_size: papers a page lists.
        api_share: share of the papers that are listed in API days.
        page_share: share of these that are listed on a page as well; a paper in no API day always is.
        has_odd_days: print some API days compressed, in an odd shape, or again, as real archives hold them.
        days_apart: weekdays from one of these days to the next. Seven make 60 days span nineteen months, which is
            what a trend by the month takes, and meet every day of the week.

    Returns:
        where everything is, with counts.

    Raises:
        ValueError: an unknown layout, or papers and days that do not go together.
    """
    chosen = _choose_layouts(layouts)
    if papers < 1 or days < 1:
        raise ValueError(f"a sample has at least one paper and one day, not {papers} and {days}")
    if papers // days * 25 > NUMBERS_PER_MONTH:
        raise ValueError(f"{papers} papers in {days} days are too many a month; give more days")
    calendar = list_days(days, days_apart)
    dumps = plan_dumps(papers, calendar, seed, chosen, page_size, api_share, page_share, has_odd_days)
    truth_folder = folder.with_name(f"{folder.name}-truth")
    folder.mkdir(parents=True, exist_ok=True)
    truth_folder.mkdir(parents=True, exist_ok=True)
    truths = _write_dumps(folder, dumps, papers, calendar, seed, progress or (lambda count: None))
    entry_count = _write_truth(truth_folder / "entries.parquet", truths)
    described = json.dumps(planted.describe(calendar), indent=2)
    (truth_folder / "planted.json").write_text(f"{described}\n", encoding="utf-8")
    return SampleTruth(folder, truth_folder, papers, len(dumps), entry_count)


def plan_dumps(
    papers: int,
    calendar: list[date],
    seed: int,
    layouts: Sequence[Layout],
    page_size: int,
    api_share: float,
    page_share: float,
    has_odd_days: bool,
) -> list[Dump]:
    """Deal the papers out to dumps; see `write_sample` for the arguments."""
    numbers = np.arange(papers, dtype=np.int64)
    keys = draws.mix(numbers.astype(np.uint64), draws.mix(np.array([seed]), draws.name_salt("plan")))
    by_kind = {kind: [layout for layout in layouts if layout.kind == kind] for kind in ("page", "day", "records")}
    in_api = draws.draw(keys, "api", 1_000_000) < round(api_share * 1_000_000)
    if not by_kind["page"]:
        in_api[:] = True
    if not by_kind["day"]:
        in_api[:] = False
    on_page = ~in_api | (draws.draw(keys, "page", 1_000_000) < round(page_share * 1_000_000))
    dumps: list[Dump] = []
    if by_kind["page"]:
        dumps.extend(_plan_pages(numbers[on_page], keys[on_page], calendar, by_kind["page"], page_size))
    if by_kind["day"]:
        dumps.extend(_plan_days(numbers[in_api], papers, calendar, by_kind["day"], has_odd_days))
    if by_kind["records"]:
        is_alone = not dumps
        dumps.extend(_plan_records(numbers, calendar[-1], by_kind["records"], page_size, is_alone))
    return dumps


def _plan_pages(
    numbers: npt.NDArray[np.int64],
    keys: draws.Keys,
    calendar: list[date],
    layouts: Sequence[Layout],
    page_size: int,
) -> Iterator[Dump]:
    """A page lists what a search found: papers of all days, mixed, saved towards the end of the sample."""
    mixed = numbers[np.argsort(draws.mix(keys, draws.name_salt("page order")), kind="stable")]
    captures = list_days(min(len(calendar), 20))
    for place, first in enumerate(range(0, len(mixed), page_size)):
        layout = layouts[place % len(layouts)]
        day = captures[-1 - place % len(captures)]
        listed = mixed[first : first + page_size]
        name = hashlib.sha256(listed.tobytes()).hexdigest()[:16]
        yield Dump(Path("pages") / f"{place:03d}_{name}{layout.suffix}", layout, day, listed)


def _plan_days(
    numbers: npt.NDArray[np.int64],
    papers: int,
    calendar: list[date],
    layouts: Sequence[Layout],
    has_odd_days: bool,
) -> Iterator[Dump]:
    """One file a day, mostly of the first layout.

    Odd days are of the other layouts, or compressed; some Saturdays repeat the Friday byte for byte, and some days
    are delivered again with more votes.
    """
    bounds = np.searchsorted(day_of(numbers, papers, len(calendar)), np.arange(len(calendar) + 1))
    plain, *odd = layouts
    for index, day in enumerate(calendar):
        listed = numbers[bounds[index] : bounds[index + 1]]
        if len(listed) == 0:
            continue
        layout = odd[index // 6 % len(odd)] if has_odd_days and odd and index % 6 == 5 else plain
        is_compressed = has_odd_days and index % 11 == 3
        name = f"{day.isoformat()}{layout.suffix}"
        yield Dump(Path("days") / (f"{name}.gz" if is_compressed else name), layout, day, listed)
        if has_odd_days and day.weekday() == 4 and index % 20 == 4:
            saturday = day + timedelta(days=1)
            yield Dump(Path("days") / f"{saturday.isoformat()}{layout.suffix}", layout, day, listed)
        if has_odd_days and index % 20 == 12:
            yield Dump(Path("days") / "redelivered" / name, layout, day, listed, votes_gained=5)


def _plan_records(
    numbers: npt.NDArray[np.int64], day: date, layouts: Sequence[Layout], page_size: int, is_alone: bool
) -> Iterator[Dump]:
    """Each layout lists one stretch of the papers, or all of them by turns where no other dump lists them."""
    stretches = [numbers[first : first + page_size] for first in range(0, len(numbers), page_size)]
    if not is_alone:
        stretches = [stretches[place * len(stretches) // len(layouts)] for place in range(len(layouts))]
    for place, listed in enumerate(stretches):
        layout = layouts[place % len(layouts)]
        yield Dump(Path("records") / f"papers-{place:03d}{layout.suffix}", layout, day, listed)


def _batch(dumps: Sequence[Dump]) -> Iterator[list[Dump]]:
    """Gather neighbouring dumps until a batch is full."""
    batch: list[Dump] = []
    size = 0
    for dump in dumps:
        batch.append(dump)
        size += len(dump.numbers)
        if size >= BATCH_SIZE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _write_dumps(
    folder: Path, dumps: Sequence[Dump], papers: int, calendar: list[date], seed: int, progress: Callable[[int], None]
) -> Iterator[pl.DataFrame]:
    """Write the dumps, the papers of a batch at a time; give the truth about each batch when it lies there."""
    for batch in _batch(dumps):
        numbers = np.unique(np.concatenate([dump.numbers for dump in batch]))
        written = write_papers(numbers, papers, calendar, seed)
        truths = []
        for dump in batch:
            listed = written[np.searchsorted(numbers, dump.numbers)].with_columns(pl.col("upvotes") + dump.votes_gained)
            _write_bytes(folder / dump.path, dump.layout.render(Page(listed, dump.day)))
            truths.append(_state_truth(dump, listed))
            progress(listed.height)
        yield pl.concat(truths)


def _write_truth(path: Path, truths: Iterator[pl.DataFrame]) -> int:
    """Write the truth about all batches into one file; the number of its rows."""
    row_count = 0
    writer: pq.ParquetWriter | None = None
    for truth in truths:
        table = truth.to_arrow()
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
        row_count += table.num_rows
    if writer:
        writer.close()
    return row_count


def _write_bytes(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all: half a page would be read as a dump that lost something.
    write_whole(path, gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)


def _state_truth(dump: Dump, listed: pl.DataFrame) -> pl.DataFrame:
    title, abstract = ("wrapped_title", "wrapped_abstract") if dump.layout.tex else ("page_title", "page_abstract")
    facts = {
        "arxiv_id": pl.col("arxiv_id"),
        "upvotes": pl.col("upvotes"),
        "published_on": pl.col("published_at").dt.date(),
        "listed_on": pl.col("listed_on"),
        "captured_on": pl.lit(dump.day, dtype=pl.Date),
    }
    return listed.select(
        dump=pl.lit(dump.path.as_posix()),
        layout=pl.lit(dump.layout.name),
        position=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
        paper_key="paper_key",
        title=title,
        abstract=abstract,
        planted="planted",
        **{name: pl.when(pl.lit(name in dump.layout.facts)).then(value) for name, value in facts.items()},
    )


def _choose_layouts(names: Sequence[str] | None) -> list[Layout]:
    """The layouts of these names; without any, every one made for samples."""
    if names is None:
        return [layout for layout in LAYOUTS.values() if layout.in_sample]
    for name in names:
        if name not in LAYOUTS:
            raise ValueError(f"unknown layout {name!r}; there are {', '.join(LAYOUTS)}")
    return [LAYOUTS[name] for name in names]
