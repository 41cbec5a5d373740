"""What a warehouse weighs after a year of a build a day, by part: real builds at the year's end, and the rules.

The corpus is of the year's size: all days but the last ones are built at once, the last ones by a build each, as an
operator would. What has a rule of so many (runs, check pages, releases) is worked out from what one build adds; what
grows with the papers is as the last build left it.
"""

import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpora import DATA, list_files
from benchmarks.measure import Usage, measure
from benchmarks.tables import format_seconds, format_table
from paperhouse.expectations.data_docs import KEPT_RUNS as KEPT_PAGES
from paperhouse.release.history import DEFAULT_KEEP, list_releases
from paperhouse.sample import write_sample
from paperhouse.upkeep.growth import KEPT_RUNS
from paperhouse.upkeep.growth import measure as measure_parts
from paperhouse.warehouse.folder import Warehouse

#: Builds in a year of one a day.
YEAR = 365
#: By how many of what one build leaves a part is bounded; the others are as the last build left them.
KEPT = {"run history": KEPT_RUNS, "check pages": KEPT_PAGES}


@dataclass(frozen=True)
class Year:
    """Bytes by part after each build, the first one of all days before; what daily builds took; a release's bytes."""

    sizes: Sequence[Mapping[str, int]]
    usages: Sequence[Usage]
    papers: int
    release_bytes: int


def run_upkeep(days: int, papers_a_day: int, say: Callable[[str], None], data: Path = DATA) -> Year:
    """Build a year's papers but for the last days at once, then those day by day."""
    folder = data / "upkeep"
    shutil.rmtree(folder, ignore_errors=True)
    house = Warehouse(folder / "warehouse")
    papers = YEAR * papers_a_day
    say(f"writing {papers:,} invented papers on {YEAR} days")
    write_sample(
        folder / "dumps", papers=papers, days=YEAR, days_apart=1, page_share=0, api_share=1, has_odd_days=False
    )
    dumps = list_files(folder / "dumps" / "days")
    sizes, usages = [], []
    for number in range(days + 1):
        upto = dumps[: len(dumps) - days + number]
        say(f"build {number} of {days}" if number else f"building {len(upto)} days at once")
        for dump in upto:
            target = house.inbox / dump.relative_to(folder / "dumps")
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(dump, target)
        command = [str(Path(sys.executable).with_name("paperhouse")), "build", "-w", str(house.folder)]
        usages.append(measure(command))
        sizes.append({part.name: part.bytes for part in measure_parts(house)})
    return Year(sizes, usages[1:], papers, list_releases(house)[0].bytes)


def project(year: Year) -> dict[str, int]:
    """Bytes of each part after a year, by the rules."""
    first, last = year.sizes[0], year.sizes[-1]
    builds = len(year.sizes) - 1
    after = dict(last)
    for name, kept in KEPT.items():
        a_build = (last[name] - first[name]) / builds
        after[name] = round(last[name] + a_build * (min(kept, YEAR) - builds - 1))
    after["releases"] = DEFAULT_KEEP * year.release_bytes
    return after


def format_year(year: Year) -> str:
    """A table: each part when the year's end was built, what a day adds there, and after the whole year."""
    after, builds = project(year), len(year.sizes) - 1
    rows = [
        (
            name,
            _megabytes(year.sizes[-1][name]),
            _megabytes((year.sizes[-1][name] - year.sizes[0][name]) / builds),
            _megabytes(after[name]),
        )
        for name in after
        if after[name]
    ]
    total = ("in all", _megabytes(sum(year.sizes[-1].values())), "", _megabytes(sum(after.values())))
    cpu = sorted(usage.cpu_seconds for usage in year.usages)[builds // 2]
    return "\n".join(
        (
            f"{year.papers:,} papers, {builds} daily builds at the year's end; a daily build takes "
            f"{format_seconds(cpu)} of CPU (median)",
            format_table(("part", "now, MB", "a build adds", "a year, MB"), [*rows, total]),
        )
    )


def _megabytes(count: float) -> str:
    return f"{count / 1e6:,.2f}"
