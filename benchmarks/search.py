"""Search in a published database: how long a query takes, and whether it finds the paper it was made from.

Invented papers go through the text stage and the search models of the dbt project into a database as it is published,
without the rest of a build. Each query is five random words of one paper, in the forms in which they stand there;
function words and links are left out. All are asked in one connection, as an analyst's are.
"""

import hashlib
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from benchmarks.corpora import DATA, fingerprint_generator
from benchmarks.measure import ROOT
from benchmarks.tables import format_bytes, format_table
from paperhouse.release.database import attach, write_releases, write_search
from paperhouse.release.macros import write_macros
from paperhouse.sample.papers import list_days, write_papers
from paperhouse.text import extract_texts
from paperhouse.text.search_terms import STOP_WORDS
from paperhouse.warehouse.folder import DATABASE_NAME, Warehouse
from paperhouse.warehouse.settings import MEMORY_VARIABLE
from paperhouse.warehouse.tables import append

#: DuckDB's memory while the index is sorted, where the environment does not say: 1,000,000 papers need more than the
#: pipeline's own default.
_MEMORY_LIMIT = "2GB"
#: Papers written and read at a time.
_BATCH = 4_000
#: Words of a query, and the answers looked at.
_QUERY_WORDS = 5
_TOP = 20


@dataclass(frozen=True)
class Search:
    """How search did: papers, bytes of the index, milliseconds of a query (clock, CPU), ranks of the papers meant."""

    papers: int
    index_bytes: int
    index_seconds: float
    milliseconds: list[float]
    cpu_milliseconds: list[float]
    ranks: list[int | None]

    @property
    def mean_reciprocal_rank(self) -> float:
        """Mean of 1 / rank of the paper looked for; 0 where it is not among the answers (Voorhees 1999)."""
        return sum(1 / rank for rank in self.ranks if rank) / len(self.ranks)

    def percentile(self, share: float) -> float:
        """Milliseconds that this share of the queries took at most."""
        return float(np.quantile(self.milliseconds, share))


def run_search(papers: int, queries: int, say: Callable[[str], None], data: Path = DATA, seed: int = 5) -> Search:
    """Make the database of so many invented papers if it is not there yet, and ask it known-item queries."""
    folder = data / "search" / str(papers)
    _make_anew(folder / "papers.stamp", _fingerprint_papers(), lambda: _write_papers(papers, folder, say))
    _make_anew(folder / "index.stamp", _fingerprint_index(), lambda: _write_index(folder, say))
    say(f"asking {queries:,} queries")
    with duckdb.connect(str(folder / DATABASE_NAME), read_only=True) as connection:
        numbers = random.Random(seed).sample(range(papers), queries)
        wanted = connection.execute(
            "select rowid, paper_id, title || ' ' || coalesce(abstract, '') as text from marts.papers "
            "where rowid in (select unnest(?::bigint[]))",
            [numbers],
        ).pl()
        milliseconds, cpu_milliseconds, ranks = [], [], []
        for _, paper_id, text in wanted.sort("rowid").iter_rows():
            question = " ".join(_choose_words(text, random.Random(f"{seed} {paper_id}")))
            start, cpu_start = time.perf_counter(), time.process_time()
            answer = connection.execute(
                f"select rank, paper_id from search_papers(?, top := {_TOP})", [question]
            ).fetchall()
            milliseconds.append(1000 * (time.perf_counter() - start))
            cpu_milliseconds.append(1000 * (time.process_time() - cpu_start))
            ranks.append(next((rank for rank, found in answer if found == paper_id), None))
        (seconds,) = connection.execute("select seconds from main.benchmark_facts").fetchall()[0]
        index_bytes = _index_bytes(connection)
    return Search(papers, index_bytes, seconds, milliseconds, cpu_milliseconds, ranks)


def format_search(result: Search) -> str:
    """The result as a table, with what was aimed for."""
    rows = [
        ["papers", f"{result.papers:,}", ""],
        ["queries", f"{len(result.ranks):,}", ""],
        ["median", f"{result.percentile(0.5):.1f} ms", ""],
        ["p95", f"{result.percentile(0.95):.1f} ms", "at most 100 ms at 1,000,000 papers"],
        ["slowest", f"{max(result.milliseconds):.1f} ms", ""],
        [
            "CPU time",
            f"{np.quantile(result.cpu_milliseconds, 0.5):.1f} ms",
            f"{np.quantile(result.cpu_milliseconds, 0.95):.1f} ms (p95), all threads together",
        ],
        ["mean reciprocal rank", f"{result.mean_reciprocal_rank:.3f}", "at least 0.8 at 100,000 papers"],
        ["found first", f"{sum(rank == 1 for rank in result.ranks) / len(result.ranks):.1%}", ""],
        ["index", format_bytes(result.index_bytes), f"{result.index_bytes / result.papers:.0f} bytes a paper"],
        [
            "index written in",
            f"{result.index_seconds:.1f} s",
            f"{1e6 * result.index_seconds / result.papers:.0f} µs a paper",
        ],
    ]
    return format_table(["search", "observed", "goal"], rows)


def _make_anew(stamp: Path, fingerprint: str, make: Callable[[], None]) -> None:
    """Make what was never made, or was made by other code."""
    if not stamp.exists() or stamp.read_text() != fingerprint:
        stamp.unlink(missing_ok=True)
        make()
        stamp.write_text(fingerprint)


def _fingerprint_papers() -> str:
    """What papers and their terms depend on: the generator and the text stage."""
    return fingerprint_generator() + _hash((ROOT / "pipelines" / "text").glob("*.py"))


def _fingerprint_index() -> str:
    """What the index depends on besides: the models, how they are published, the macros."""
    release = ROOT / "pipelines" / "release"
    models = (ROOT / "dbt_project" / "models" / "search").glob("*.sql")
    settings = ROOT / "dbt_project" / "dbt_project.yml"
    return _fingerprint_papers() + _hash(
        [*models, settings, release / "macros.sql", release / "macros.py", release / "database.py"]
    )


def _hash(sources: Iterable[Path]) -> str:
    return hashlib.sha256(b"\0".join(source.read_bytes() for source in sorted(sources))).hexdigest()


def _write_papers(papers: int, folder: Path, say: Callable[[str], None]) -> None:
    """Invented papers, and the search terms that the text stage finds in them, in a pipeline's own file."""
    warehouse = Warehouse(folder)
    warehouse.prepare()
    warehouse.database.unlink(missing_ok=True)
    (folder / "index.stamp").unlink(missing_ok=True)
    calendar = list_days(max(papers // 140, 20))
    with warehouse.connect() as connection:
        connection.execute(
            "create schema marts; create schema staging; create schema intermediate;"
            "create table marts.papers (paper_id varchar, title varchar, abstract varchar, arxiv_id varchar, "
            "published_on date, code_url varchar)"
        )
        for start in range(0, papers, _BATCH):
            if start % (25 * _BATCH) == 0:
                say(f"writing papers from {start:,} of {papers:,}")
            numbers = np.arange(start, min(papers, start + _BATCH))
            frame = write_papers(numbers, papers, calendar, seed=7).with_columns(text_id="paper_key")
            facts = extract_texts(frame.select("text_id", "title", "abstract"))
            append(connection, "extracted.search_terms", facts.search_terms)
            rows = facts.texts.join(frame.select("text_id", "arxiv_id", "published_at", "code_url"), on="text_id")
            connection.from_arrow(
                rows.select(
                    "text_id", "title", "abstract", "arxiv_id", pl.col("published_at").dt.date(), "code_url"
                ).to_arrow()
            ).insert_into("marts.papers")
        connection.execute(
            "create table intermediate.int_papers__texts as select paper_id, paper_id as text_id, "
            "cast(row_number() over (order by paper_id) as integer) as paper_number from marts.papers"
        )


def _write_index(folder: Path, say: Callable[[str], None]) -> None:
    """The search index in a published database, by the models and macros that a build uses."""
    warehouse = Warehouse(folder)
    warehouse.set_environment()
    say("making the index")
    models = ["stg_search_terms", "postings", "terms"]
    command = [str(Path(sys.executable).with_name("dbt")), "run", "--quiet", "--select", *models]
    project = ["--project-dir", "dbt_project", "--profiles-dir", "dbt_project"]
    target = str(warehouse.dbt_target)
    subprocess.run([*command, *project, "--target-path", target, "--log-path", target], cwd=ROOT, check=True)
    published = folder / DATABASE_NAME
    published.unlink(missing_ok=True)
    with attach(warehouse, published) as connection:
        if MEMORY_VARIABLE not in os.environ:
            connection.execute(f"set memory_limit = '{_MEMORY_LIMIT}'")
        connection.execute("create schema target.marts")
        connection.execute("create table target.marts.papers as select * from warehouse.marts.papers order by paper_id")
        start_at = time.perf_counter()
        write_search(connection)
        seconds = time.perf_counter() - start_at
        connection.execute(f"create table target.main.benchmark_facts as select {seconds}::double as seconds")
        connection.execute("create schema target.quality")
        write_releases(
            connection, [{"release_id": "benchmark", "made_at": "2025-01-01T00:00:00+00:00", "versions": {}}]
        )
        connection.execute("use target")
        write_macros(connection, "benchmark", prefix="search")


def _index_bytes(connection: duckdb.DuckDBPyConnection) -> int:
    """Bytes of the blocks that the index takes in the database."""
    (block_size,) = connection.execute("select block_size from pragma_database_size()").fetchall()[0]
    blocks = sum(
        connection.execute(
            "select count(distinct block_id) from pragma_storage_info(?) where block_id >= 0", [f"search.{table}"]
        ).fetchall()[0][0]
        for table in ("postings", "terms")
    )
    return int(block_size * blocks)


def _choose_words(text: str, chance: random.Random) -> list[str]:
    """Random distinct words of a text that say something; links are no words."""
    text = " ".join(token for token in text.split() if "://" not in token)
    letters = "".join(char if char.isalnum() else " " for char in text)
    words = sorted({word for word in letters.split() if len(word) > 2 and word.lower() not in STOP_WORDS})
    return chance.sample(words, min(_QUERY_WORDS, len(words)))
