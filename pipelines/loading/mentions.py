"""Texts and keys into mentions: which texts meet which keys, so that none is looked for twice in one text.

What belongs here: what is new of both, and feeding texts in batches, for the model int_texts__searched. Finding places
is `text.mentions`; which keyword a place is of is decided in SQL.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from ..text import TEXT_VERSION
from ..text.mentions import FORMS, FOUND, Vocabulary, find_mentions
from ..text.sieve import Sieve
from ..warehouse.folder import Warehouse
from .texts import map_batches

#: Rows of the model: of FOUND for a text and a search of it, of FORMS for a form, or a key that has been looked for
#: since. The columns of the others are null.
SEARCHED = {**FOUND, **FORMS, "sought_key": pl.String(), "text_version": pl.String()}
_NO_PARTS = pl.lit([], pl.List(pl.Int32()))
#: Keys handed over at a time, and texts whose words are gone through at a time.
_KEYS, _SIFTED = 50_000, 20_000
#: Texts searched at a time by each worker: some 60 MB, and no faster with more.
_TEXTS = 1_500


def search_texts(
    connection: duckdb.DuckDBPyConnection, texts: str, keys: str, searched: str | None
) -> pa.RecordBatchReader:
    """Search new texts for all keys and the others for the new ones, while the rows are being read.

    Args:
        connection: nobody else may use it meanwhile.
        texts: SQL that gives text_id, title, abstract of each text, cleaned.
        keys: SQL that gives the phrase keys that are sought now.
        searched: table that keeps the rows, none before the first search. Whatever rules of another version have found
            in it is as good as not there.

    Returns: rows of SEARCHED to be added to that table, the keys among them: once they are in it, each key that it
        names has been sought in each text that it names.
    """
    earlier = f"(from {searched} where text_version = '{TEXT_VERSION}')" if searched else None
    sought = _ask(connection, keys)
    known = (
        _ask(connection, f"select sought_key from {earlier} where sought_key is not null") if earlier else sought[:0]
    )
    new_keys = sought.filter(~sought.is_in(known.implode()))
    # A key that is spelled like one that is known is none the less new: pre training after pretraining.
    known_vocabulary = Vocabulary.of_keys(known)
    new = Vocabulary.of_keys(new_keys).without(known_vocabulary)

    named = f"select form_number from {earlier} where form_number is not null"
    forms = _NamedForms(_ask(connection, named, pl.Int64()).to_numpy() if earlier else np.empty(0, dtype=np.int64))

    def search() -> Iterator[pl.DataFrame]:
        with _leaving_memory(connection):
            yield from search_all()

    def search_all() -> Iterator[pl.DataFrame]:
        for start in range(0, len(new_keys), _KEYS):
            yield pl.DataFrame({"sought_key": new_keys[start : start + _KEYS]})
        is_known = f"text_id in (select text_id from {earlier} where text_id is not null)" if earlier else "false"
        everything = known_vocabulary.joined(new)
        if len(everything):
            batches = _read_batches(connection, f"from ({texts}) where not {is_known}")
            for found in map_batches(partial(find_mentions, vocabulary=everything), batches):
                yield from (found.texts, forms.take_new(found.forms))
        if earlier and len(new):
            possible = _find_possible(connection, earlier, Sieve(new_keys, new.edges))
            batches = _read_batches(connection, f"from ({texts}) where text_id in (select text_id from {possible})")
            for found in map_batches(partial(find_mentions, vocabulary=new), batches):
                # A text needs a row to be known; one that is known already needs none for nothing, nor its words again.
                texts_with_any = found.texts.filter(pl.col("form_numbers").list.len() > 0)
                yield from (texts_with_any.with_columns(parts=_NO_PARTS), forms.take_new(found.forms))
            connection.unregister(possible)

    return _stream(search())


class _NamedForms:
    """Numbers of forms that have a row already: each form needs one, and most batches have the same forms.

    They are kept sorted, so that a batch costs a look for each of its own forms, and not one at all that there are.
    """

    def __init__(self, numbers: np.ndarray) -> None:
        self._numbers = np.sort(numbers)

    def take_new(self, forms: pl.DataFrame) -> pl.DataFrame:
        """Those rows of FORMS that have none; from now on they have."""
        forms = forms.sort("form_number")
        numbers = forms["form_number"].to_numpy()
        places = np.searchsorted(self._numbers, numbers)
        is_new = places == len(self._numbers)
        is_new[~is_new] = self._numbers[places[~is_new]] != numbers[~is_new]
        self._numbers = np.insert(self._numbers, places[is_new], numbers[is_new])
        return forms.filter(is_new)


def _find_possible(connection: duckdb.DuckDBPyConnection, earlier: str, sieve: Sieve) -> str:
    """Name of a view of the known texts (text_id) that may have one of the keys."""
    known = connection.execute(f"select text_id, parts from {earlier} where text_id is not null and len(parts) > 0")
    possible = [pl.DataFrame(schema={"text_id": pl.String})]
    for batch in known.to_arrow_reader(_SIFTED):
        texts = pl.DataFrame(batch)
        possible.append(texts.select("text_id").filter(sieve.find_possible(texts["parts"])))
    connection.register("possible_texts", pl.concat(possible).to_arrow())
    return "possible_texts"


def forget_searched(connection: duckdb.DuckDBPyConnection, texts: str, searched: str) -> None:
    """Take out of the table what rules of another version have found, and texts that are no paper's any more.

    A table of another shape, which an earlier version of the project made, is emptied: its texts are searched again.
    """
    columns = [name for name, *_ in connection.execute(f"describe {searched}").fetchall()]
    if columns != list(SEARCHED):
        connection.register("nothing_searched", pl.DataFrame(schema=SEARCHED).to_arrow())
        connection.execute(f"create or replace table {searched} as from nothing_searched")
        connection.unregister("nothing_searched")
    connection.execute(f"delete from {searched} where text_version <> '{TEXT_VERSION}'")
    ((gone,),) = connection.execute(
        f"delete from {searched} where text_id not in (select text_id from ({texts}))"
    ).fetchall()
    if gone:
        # What stands in no text that is left: a paper that was taken down leaves no word of its own.
        connection.execute(
            f"delete from {searched} where form_number not in (select unnest(form_numbers) from {searched})"
        )


def search_more_texts(warehouse: Warehouse, texts: str, keys: str, searched: str) -> float:
    """Do for a table of the pipeline's own file what dbt does with the model, and return how many seconds it took.

    texts and keys are SQL as for `search_texts`, of tables that lie elsewhere; the table is made where there is none.
    """
    start = time.perf_counter()
    schema, name = searched.split(".")
    with warehouse.connect() as connection:
        connection.execute(f"create schema if not exists {schema}")
        is_there = name in {
            table
            for (table,) in connection.execute(
                "select table_name from information_schema.tables where table_schema = ?", [schema]
            ).fetchall()
        }
        if is_there:
            forget_searched(connection, texts, searched)
    # In a transaction of its own: what reads the table while it grows sees it as it was left.
    with warehouse.connect() as connection:
        found = search_texts(connection.cursor(), texts, keys, searched if is_there else None)
        connection.register("found", found)
        connection.execute(
            f"insert into {searched} from found" if is_there else f"create table {searched} as from found"
        )
    return round(time.perf_counter() - start, 4)


def _ask(connection: duckdb.DuckDBPyConnection, query: str, dtype: pl.DataType | None = None) -> pl.Series:
    """The one column of a query, of texts where nothing else is said."""
    return pl.Series(connection.execute(query).pl().to_series(), dtype=dtype or pl.String())


def _read_batches(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[pl.DataFrame]:
    for batch in connection.execute(query).to_arrow_reader(_TEXTS):
        yield pl.DataFrame(batch)


@contextmanager
def _leaving_memory(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Give DuckDB a third of its memory for the block: it only adds rows, and what searches needs some, too."""
    ((before,),) = connection.execute("select current_setting('memory_limit')").fetchall()
    size, unit = before.split()
    with suppress(duckdb.Error):  # where it holds more than that it goes on as it is
        connection.execute(f"set memory_limit = '{float(size) / 3} {unit}'")
    try:
        yield
    finally:
        connection.execute(f"set memory_limit = '{before}'")


def _stream(frames: Iterator[pl.DataFrame]) -> pa.RecordBatchReader:
    """Frames as rows of SEARCHED, one after another: no more of them are in memory than DuckDB has not yet taken."""
    schema = pl.DataFrame(schema=SEARCHED).to_arrow().schema
    missing = {name: pl.lit(None, dtype) for name, dtype in SEARCHED.items()}

    def batches() -> Iterator[pa.RecordBatch]:
        for frame in frames:
            filled = frame.with_columns(
                **{name: null for name, null in missing.items() if name not in frame.columns},
            ).with_columns(text_version=pl.lit(TEXT_VERSION))
            yield from filled.select(list(SEARCHED)).to_arrow().cast(schema).to_batches()

    return pa.RecordBatchReader.from_batches(schema, batches())
