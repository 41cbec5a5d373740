"""Texts of entries into the extracted tables: what is found in each distinct text.

What belongs here: which texts are new, feeding them in batches, loading what is found, and taking it out again. Finding
things is `text/`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import duckdb
import polars as pl

from ..engines import Lake
from ..files import fresh_folder
from ..processes import Worker
from ..showing import progress
from ..text import (
    TEXT_VERSION,
    WORDS_OF,
    TextFacts,
    extract_texts,
    fold_given_keywords,
    read_background_terms,
    read_background_words,
)
from ..warehouse.connections import literal
from ..warehouse.folder import Warehouse
from ..warehouse.tables import EXTRACTED_TABLES, append

Found = TypeVar("Found")

#: Texts in a batch: memory follows this times the workers, not the corpus. A batch of a third costs a tenth more time:
#: Polars keeps 32 expressions in mind, the text stage has some 240, and so each batch makes nearly all of them anew.
BATCH_SIZE = 9_000
#: Texts read at a time: each read looks through a row group of 122,880 entries, so one per batch would cost more than
#: the batch's work. DuckDB sorts them in memory before it writes them.
READ_SIZE = 4 * BATCH_SIZE
#: Batches worked on at a time. Polars lets go of the interpreter, so threads are enough.
WORKERS = 2


#: The texts of the table new_texts.
_NEW_TEXTS = """
    select entries.text_id, entries.title, entries.abstract
    from raw.entries inner join new_texts on entries.rowid = new_texts.entry_row
"""


def extract_new_texts(warehouse: Warehouse, lake: Lake | None = None) -> int:
    """Fill the text tables for texts they lack, in one transaction; returns how many texts were new.

    They are worked on here, or by the workers of an engine where its lake is given, which is open.

    A change of rules (TEXT_VERSION) empties the tables first: facts found under two sets of rules never mix.
    """
    with warehouse.connect() as connection:
        # The workers have the cores; and what one thread appends lies closer together.
        connection.execute("set threads = 1")
        connection.execute("select count(*) from extracted.texts where text_version <> ?", [TEXT_VERSION])
        if connection.fetchall()[0][0]:
            forget_texts(connection)
        connection.execute(
            """
            create or replace temp table new_texts as
            select text_id, min(rowid) as entry_row
            from raw.entries
            where
                not exists (select 1 from extracted.texts where texts.text_id = entries.text_id)
                and entries.dump_id not in (select dump_id from raw.dumps where status = 'held')
            group by text_id
            order by entry_row
            """
        )
        connection.execute("select count(*) from new_texts")
        count: int = connection.fetchall()[0][0]
        with progress.stage("text", total=count) as advance:
            if lake and count:
                found = lake.extract(connection, _NEW_TEXTS, count)
            else:
                found = _extract(connection, warehouse.folder / ".texts.new", count)
            for facts in found:
                _append_facts(connection, facts)
                advance(facts.texts.height)
        connection.execute("drop table new_texts")
        _fold_new_keywords(connection)
        _replace_background(connection)
    return count


def forget_texts(connection: duckdb.DuckDBPyConnection) -> None:
    """Start the extracted tables over.

    All of them: document frequencies are sums over batches, and cannot be taken back text by text.
    """
    for table in EXTRACTED_TABLES:
        connection.execute(f"delete from {table}")


def forget_stale_texts(connection: duckdb.DuckDBPyConnection) -> None:
    """Start the extracted tables over where a text in them stands in no entry any more that reaches staging."""
    stale = connection.execute(
        """
        select count(*) from extracted.texts
        where not exists (
            select 1 from raw.entries inner join raw.dumps on entries.dump_id = dumps.dump_id
            where entries.text_id = texts.text_id and dumps.status <> 'held'
        )
        """
    ).fetchall()[0][0]
    if stale:
        forget_texts(connection)


def _fold_new_keywords(connection: duckdb.DuckDBPyConnection) -> None:
    """Fold the keywords dumps give, distinct ones that no earlier run has folded."""
    new = connection.execute(
        """
        select distinct keyword
        from (
            select unnest(keywords) as keyword from raw.entries
            union all
            select unnest(ai_keywords) from raw.entries
        )
        where keyword not in (select keyword from extracted.given_keywords)
        order by keyword
        """
    ).pl()
    append(connection, "extracted.given_keywords", fold_given_keywords(new["keyword"]))


def _replace_background(connection: duckdb.DuckDBPyConnection) -> None:
    """Put the bundled counts in the place of those of an earlier version."""
    for table, frame in (
        ("extracted.background_words", read_background_words()),
        ("extracted.background_terms", read_background_terms()),
    ):
        connection.execute(f"delete from {table}")
        append(connection, table, frame)


def map_batches(find: Callable[[pl.DataFrame], Found], batches: Iterable[pl.DataFrame]) -> Iterator[Found]:
    """What `find` finds in each batch, in order; WORKERS batches are worked on while an earlier one is being loaded."""
    with ThreadPoolExecutor(max_workers=WORKERS) as workers:
        pending: deque[Future[Found]] = deque()
        for batch in batches:
            pending.append(workers.submit(find, batch))
            if len(pending) > WORKERS:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()


def _extract(connection: duckdb.DuckDBPyConnection, folder: Path, count: int) -> Iterator[TextFacts]:
    """What is found in the new texts; of more than a batch in a process of its own, whose memory comes back.

    They wait in files in that folder, so that neither process waits for the other.
    """
    # A few texts are shared by the workers, too.
    size = min(BATCH_SIZE, max(-(-count // WORKERS), WORDS_OF))
    with fresh_folder(folder):
        if count <= BATCH_SIZE:
            yield from extract_files(_write_texts(connection, folder, count), size)
            return
        process = Worker("texts are worked on", "Close what else takes memory here, and build again: nothing is lost.")
        try:
            process.ask(extract_files, [], size)  # it loads meanwhile
            yield from process.work(extract_files, _write_texts(connection, folder, count), size)
        finally:
            process.dismiss()


def extract_files(files: Sequence[Path], size: int) -> Iterator[TextFacts]:
    """What is found in the texts of Parquet files (text_id, title, abstract), so many of them at a time, in order."""
    return map_batches(extract_texts, (batch for file in files for batch in pl.read_parquet(file).iter_slices(size)))


def _write_texts(connection: duckdb.DuckDBPyConnection, folder: Path, count: int) -> list[Path]:
    """The new texts in the order of their entries, READ_SIZE in a file."""
    files = []
    for start in range(0, count, READ_SIZE):
        files.append(folder / f"{start}.parquet")
        connection.execute(
            f"""
            copy (
                select entries.text_id, entries.title, entries.abstract
                from raw.entries
                inner join (
                    select * from new_texts order by entry_row limit {READ_SIZE} offset {start}
                ) as batch
                    on entries.rowid = batch.entry_row
                order by batch.entry_row
            ) to {literal(files[-1])} (format parquet)
            """
        )
    return files


def _append_facts(connection: duckdb.DuckDBPyConnection, facts: TextFacts) -> None:
    batch_id = facts.texts["text_id"].min()
    append(connection, "extracted.texts", facts.texts)
    append(connection, "extracted.phrases", facts.phrases)
    append(connection, "extracted.further_phrases", facts.further_phrases)
    append(connection, "extracted.words", facts.words.with_columns(batch_id=pl.lit(batch_id)))
    append(connection, "extracted.links", facts.links)
    append(connection, "extracted.abbreviations", facts.abbreviations)
    append(connection, "extracted.short_forms", facts.short_forms)
    append(connection, "extracted.fingerprints", facts.fingerprints)
    append(connection, "extracted.results", facts.results)
    append(connection, "extracted.methods", facts.methods)
    append(connection, "extracted.search_terms", facts.search_terms)
