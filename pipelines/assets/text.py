"""The text tables: what is found in each distinct text.

What belongs here: which texts are new, feeding them in batches, loading. Finding things is `pipelines.text`.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import dagster as dg
import duckdb
import polars as pl

from pipelines import progress
from pipelines.assets.tables import materialize_tables, table_specs
from pipelines.resources import TEXT_TABLES, Warehouse, append
from pipelines.text import (
    TEXT_VERSION,
    TextFacts,
    extract_texts,
    fold_given_keywords,
    read_background_terms,
    read_background_words,
)

Found = TypeVar("Found")

#: Texts in a batch: memory follows this times the workers, not the corpus; half as many cost a tenth more time, since
#: what is worked out per batch (expressions, distinct words) is shared by fewer.
BATCH_SIZE = 3_000
#: Texts read at a time: each read looks through a row group of 122,880 entries, so one per batch would cost more than
#: the batch's work.
READ_SIZE = 10 * BATCH_SIZE
#: Batches worked on at a time. Polars lets go of the interpreter, so threads are enough.
WORKERS = 2


@dg.multi_asset(specs=table_specs("text", TEXT_TABLES, deps=["raw.entries"]), can_subset=False)
def text_tables(
    context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse]
) -> Iterator[dg.MaterializeResult]:
    """Work on the texts that no earlier run has worked on under the present rules."""
    count = extract_new_texts(warehouse)
    context.log.info(f"{count} new texts")
    yield from materialize_tables(warehouse, TEXT_TABLES)


def extract_new_texts(warehouse: Warehouse) -> int:
    """Fill the text tables for texts they lack, in one transaction; returns how many texts were new.

    A change of rules (TEXT_VERSION) empties the tables first: facts found under two sets of rules never mix.
    """
    with warehouse.connect() as connection:
        # The workers have the cores; and what one thread appends lies closer together.
        connection.execute("set threads = 1")
        connection.execute("select count(*) from text.texts where text_version <> ?", [TEXT_VERSION])
        if connection.fetchall()[0][0]:
            for table in TEXT_TABLES:
                connection.execute(f"delete from {table}")
        connection.execute(
            """
            create or replace temp table new_texts as
            select text_id, min(rowid) as entry_row
            from raw.entries
            where
                not exists (select 1 from text.texts where texts.text_id = entries.text_id)
                and entries.dump_id not in (select dump_id from raw.dumps where status = 'held')
            group by text_id
            order by entry_row
            """
        )
        connection.execute("select count(*) from new_texts")
        count: int = connection.fetchall()[0][0]
        with progress.stage("text", total=count) as advance:
            for facts in map_batches(extract_texts, _read_batches(connection, count)):
                _append_facts(connection, facts)
                advance(facts.texts.height)
        connection.execute("drop table new_texts")
        _fold_new_keywords(connection)
        _replace_background(connection)
    return count


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
        where keyword not in (select keyword from text.given_keywords)
        order by keyword
        """
    ).pl()
    append(connection, "text.given_keywords", fold_given_keywords(new["keyword"]))


def _replace_background(connection: duckdb.DuckDBPyConnection) -> None:
    """Put the bundled counts in the place of those of an earlier version."""
    for table, frame in (
        ("text.background_words", read_background_words()),
        ("text.background_terms", read_background_terms()),
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


def _read_batches(connection: duckdb.DuckDBPyConnection, count: int) -> Iterator[pl.DataFrame]:
    """The new texts in the order of their entries."""
    for start in range(0, count, READ_SIZE):
        read = connection.execute(
            """
            select entries.text_id, entries.title, entries.abstract
            from raw.entries
            inner join (select * from new_texts order by entry_row limit ? offset ?) as batch
                on entries.rowid = batch.entry_row
            order by batch.entry_row
            """,
            [READ_SIZE, start],
        ).pl()
        yield from read.iter_slices(BATCH_SIZE)


def _append_facts(connection: duckdb.DuckDBPyConnection, facts: TextFacts) -> None:
    batch_id = facts.texts["text_id"].min()
    append(connection, "text.texts", facts.texts)
    append(connection, "text.phrases", facts.phrases)
    append(connection, "text.words", facts.words.with_columns(batch_id=pl.lit(batch_id)))
    append(connection, "text.links", facts.links)
    append(connection, "text.abbreviations", facts.abbreviations)
    append(connection, "text.fingerprints", facts.fingerprints)
    append(connection, "text.results", facts.results)
    append(connection, "text.methods", facts.methods)
    append(connection, "text.search_terms", facts.search_terms)
