"""How tables grow: rows, bytes and CPU of each in two lakes of one kind of dumps, and what follows for more papers."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.measure import CommandFailed
from benchmarks.tables import format_table
from paperhouse.orchestration.table_costs import read_costs

#: Schemas in the order in which a build fills them.
SCHEMAS = ("raw", "extracted", "staging", "quality", "intermediate", "marts")
#: Rows below which nothing is said of growth.
_LEAST_ROWS = 100


@dataclass(frozen=True)
class Size:
    """A table of a lake: rows, bytes of its Parquet, CPU seconds of the process that made it (nought if not dbt)."""

    rows: int
    byte_count: int
    cpu_seconds: float


@dataclass(frozen=True)
class Growth:
    """A table in a smaller and a larger lake, with the papers of each."""

    schema: str
    name: str
    small: Size
    large: Size
    papers: tuple[int, int]

    @property
    def exponent(self) -> float:
        """e, where rows grow like papers to the power e between the two; 1 where rows are too few to say."""
        if self.large.rows == self.small.rows:
            return 0.0
        if min(self.small.rows, self.large.rows) < _LEAST_ROWS:
            return 1.0
        return math.log(self.large.rows / self.small.rows) / math.log(self.papers[1] / self.papers[0])

    def rows_at(self, papers: int) -> float:
        """Rows at so many papers, if they go on growing like that."""
        return self.large.rows * float(papers / self.papers[1]) ** self.exponent

    def bytes_at(self, papers: int) -> float:
        """Bytes at so many papers, if a row keeps its size."""
        return self.rows_at(papers) * self.large.byte_count / max(self.large.rows, 1)


def measure_lake(warehouse: Path) -> tuple[int, dict[tuple[str, str], Size]]:
    """Papers of a warehouse that another engine has built into the folder `lake` in it, and the size of each table.

    Raises CommandFailed where there is no such lake.
    """
    lake = warehouse / "lake"
    if not (lake / "marts" / "papers").exists():
        raise CommandFailed(
            f"{lake} holds no tables: paperhouse build DUMPS -w {warehouse} --engine local --lake {lake}"
        )
    costs = read_costs(warehouse / ".dbt" / "costs.json")
    sizes = {}
    with duckdb.connect() as connection:
        for table in sorted(path for schema in SCHEMAS for path in (lake / schema).glob("*")):
            files = list(table.rglob("*.parquet"))
            rows = "select sum(num_rows) from parquet_file_metadata(?)"
            count = connection.execute(rows, [[str(file) for file in files]]).fetchall()[0][0] if files else 0
            cost = costs[table.name].cpu_seconds if table.name in costs else 0.0
            sizes[table.parent.name, table.name] = Size(int(count), sum(file.stat().st_size for file in files), cost)
    return sizes["marts", "papers"].rows, sizes


def compare_lakes(small: Path, large: Path) -> list[Growth]:
    """Each table of two warehouses with lakes; the second has more papers. Raises CommandFailed."""
    (papers, sizes), (more, larger) = measure_lake(small), measure_lake(large)
    if more <= papers:
        raise CommandFailed(f"{large} has {more:,} papers, and {small} has {papers:,}: name the smaller one first.")
    nothing = Size(0, 0, 0.0)
    return [
        Growth(schema, name, sizes.get((schema, name), nothing), size, (papers, more))
        for (schema, name), size in sorted(larger.items(), key=lambda item: (SCHEMAS.index(item[0][0]), item[0][1]))
    ]


def format_growth(growths: Iterable[Growth], at: Sequence[int]) -> str:
    """A line per table, then the sums by schema; what stands under a number of papers is extrapolated."""
    growths = list(growths)
    before, after = growths[0].papers
    return (
        f"Measured at {before:,} and {after:,} papers; `grows` is e in rows ~ papers^e between them. What stands under "
        "another number of papers is extrapolated by it, with bytes a row as they are.\n\n"
        f"{_tell_tables(growths, at)}\n\n{_tell_schemas(growths, at)}"
    )


def _tell_tables(growths: Sequence[Growth], at: Sequence[int]) -> str:
    ahead = [name for papers in at for name in (f"rows at {papers:,}", "GB")]
    rows = [
        (
            growth.schema,
            growth.name,
            f"{growth.large.rows:,}",
            f"{growth.large.byte_count / 1e6:,.2f}",
            f"{growth.exponent:.2f}",
            f"{growth.large.cpu_seconds:.2f}",
            *(
                text
                for papers in at
                for text in (f"{growth.rows_at(papers):,.3g}", f"{growth.bytes_at(papers) / 1e9:,.3g}")
            ),
        )
        for growth in growths
    ]
    now = f"rows at {growths[0].papers[1]:,}"
    return format_table(("schema", "table", now, "MB", "grows", "CPU s", *ahead), rows)


def _tell_schemas(growths: Sequence[Growth], at: Sequence[int]) -> str:
    """The sums, beside what they were if every table grew like the papers."""
    sums, after = [], growths[0].papers[1]
    for schema in dict.fromkeys(growth.schema for growth in growths):
        of_it = [growth for growth in growths if growth.schema == schema]
        measured = sum(growth.large.byte_count for growth in of_it) / 1e6
        linear = [measured / 1e3 * papers / after for papers in at]
        sums.append(
            (
                schema,
                f"{measured:,.1f}",
                f"{sum(growth.large.cpu_seconds for growth in of_it):.1f}",
                *(
                    text
                    for papers, line in zip(at, linear, strict=True)
                    for text in (f"{sum(growth.bytes_at(papers) for growth in of_it) / 1e9:,.3g}", f"{line:,.3g}")
                ),
            )
        )
    ahead = [name for papers in at for name in (f"GB at {papers:,}", "GB if linear")]
    return format_table(("schema", f"MB at {after:,}", "CPU s", *ahead), sums)
