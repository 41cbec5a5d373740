"""Texts and keys into mentions: which texts meet which keys, so that none is looked for twice in one text.

What belongs here: what is new of both, and feeding texts in batches, for the model int_texts__searched. Finding places
is `text.mentions`; which keyword a place is of is decided in SQL.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
from pyarrow import parquet

from ..files import fresh_folder
from ..processes import Worker
from ..text import TEXT_VERSION
from ..text.mentions import FORMS, FOUND, Mentions, Vocabulary, find_mentions
from ..text.sieve import Sieve
from ..warehouse.connections import literal
from ..warehouse.folder import Warehouse
from .texts import BATCH_SIZE, map_batches

#: Rows of the model: of FOUND for a text and a search of it, of FORMS for a form, or a key that has been looked for
#: since. The columns of the others are null.
SEARCHED = {**FOUND, **FORMS, "sought_key": pl.String(), "text_version": pl.String()}
_NO_PARTS = pl.lit([], pl.List(pl.Int32()))
#: Keys handed over at a time, and texts whose words are gone through at a time.
_KEYS, _SIFTED = 50_000, 20_000
#: Texts searched at a time by each worker: some 60 MB, and no faster with more.
_TEXTS = 1_500
#: Keys of which a vocabulary is made here, and not where its memory comes back.
_KEYS_HERE = 100_000


@dataclass(frozen=True)
class Search:
    """What is looked for where: files of a folder, which another process reads as well as this one.

    New texts are searched for all keys, those that were searched before for the new ones. A key that is spelled like
    one that is known is none the less new, but is found with it: pre training, pretraining.
    """

    folder: Path

    def write_texts(self, connection: duckdb.DuckDBPyConnection, texts: str, are_new: bool) -> int:
        """Write the texts of a query (text_id, title, abstract), and return how many."""
        ((count,),) = connection.execute(
            f"copy ({texts}) to {literal(self._texts(are_new))} (format parquet)"
        ).fetchall()
        return int(count)

    def write_keys(self, known: pl.Series, new: pl.Series) -> None:
        """Write the phrase keys that were sought before, and those that were not."""
        keys = ((known, False), (new, True))
        pl.concat([pl.DataFrame({"key": found}).with_columns(is_new=is_new) for found, is_new in keys]).write_parquet(
            self._keys
        )

    def find(self) -> Iterator[tuple[bool, Mentions]]:
        """What is found, batch by batch: in new texts, then in the others, with which of the two it is."""
        keys = pl.read_parquet(self._keys)
        known = Vocabulary.of_keys(keys.filter(~pl.col("is_new"))["key"])
        new = Vocabulary.of_keys(keys.filter("is_new")["key"]).without(known)
        for are_new, vocabulary in ((True, known.joined(new)), (False, new)):
            if len(vocabulary) and self._texts(are_new).exists():
                for found in map_batches(partial(find_mentions, vocabulary=vocabulary), self._read(are_new)):
                    yield are_new, found

    def _read(self, are_new: bool) -> Iterator[pl.DataFrame]:
        """No more of the texts is in memory than those that are worked on, and a group of rows of the file."""
        for batch in parquet.ParquetFile(self._texts(are_new)).iter_batches(_TEXTS):
            yield pl.DataFrame(batch)

    def _texts(self, are_new: bool) -> Path:
        return self.folder / ("new.parquet" if are_new else "known.parquet")

    @property
    def _keys(self) -> Path:
        return self.folder / "keys.parquet"


def search_texts(
    connection: duckdb.DuckDBPyConnection, texts: str, keys: str, searched: str | None, folder: Path
) -> pa.RecordBatchReader:
    """Search new texts for all keys and the others for the new ones, while the rows are being read.

    Args:
        connection: nobody else may use it meanwhile.
        texts: SQL that gives text_id, title, abstract of each text, cleaned.
        keys: SQL that gives the phrase keys that are sought now.
        searched: table that keeps the rows, none before the first search. Whatever rules of another version have found
            in it is as good as not there.
        folder: of the warehouse; texts and keys wait in files there.

    Returns: rows of SEARCHED to be added to that table, the keys among them: once they are in it, each key that it
        names has been sought in each text that it names.
    """
    earlier = f"(from {searched} where text_version = '{TEXT_VERSION}')" if searched else None
    sought = _ask(connection, keys)
    known = (
        _ask(connection, f"select sought_key from {earlier} where sought_key is not null") if earlier else sought[:0]
    )
    new = sought.filter(~sought.is_in(known.implode()))
    named = f"select form_number from {earlier} where form_number is not null"
    forms = _NamedForms(_ask(connection, named, pl.Int64()).to_numpy() if earlier else np.empty(0, dtype=np.int64))

    def search() -> Iterator[pl.DataFrame]:
        for start in range(0, len(new), _KEYS):
            yield pl.DataFrame({"sought_key": new[start : start + _KEYS]})
        with fresh_folder(folder / ".mentions.new") as waiting:
            files = Search(waiting)
            files.write_keys(known, new)
            is_known = f"text_id in (select text_id from {earlier} where text_id is not null)" if earlier else "false"
            count = files.write_texts(connection, f"from ({texts}) where not {is_known}", are_new=True)
            if earlier and len(new):
                possible = _find_possible(connection, earlier, Sieve(new, Vocabulary.of_keys(new).edges))
                again = f"from ({texts}) where text_id in (select text_id from {possible})"
                count += files.write_texts(connection, again, are_new=False)
                connection.unregister(possible)
            is_small = count <= BATCH_SIZE and len(known) + len(new) <= _KEYS_HERE
            for are_new, found in files.find() if is_small else _find_beside(files) if count else ():
                # A text needs a row to be known; one that is known already needs none for nothing, nor its words again.
                kept = found.texts if are_new else found.texts.filter(pl.col("form_numbers").list.len() > 0)
                yield kept if are_new else kept.with_columns(parts=_NO_PARTS)
                yield forms.take_new(found.forms)

    return _stream(search())


def _find_beside(search: Search) -> Iterator[tuple[bool, Mentions]]:
    """What is found, in a process of its own: its memory comes back, and DuckDB has all of its own meanwhile."""
    process = Worker("mentions are searched", "Close what else takes memory here, and build again.")
    try:
        yield from process.work(Search.find, search)
    finally:
        process.dismiss()


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
        found = search_texts(connection.cursor(), texts, keys, searched if is_there else None, warehouse.folder)
        connection.register("found", found)
        connection.execute(
            f"insert into {searched} from found" if is_there else f"create table {searched} as from found"
        )
    return round(time.perf_counter() - start, 4)


def _ask(connection: duckdb.DuckDBPyConnection, query: str, dtype: pl.DataType | None = None) -> pl.Series:
    """The one column of a query, of texts where nothing else is said."""
    return pl.Series(connection.execute(query).pl().to_series(), dtype=dtype or pl.String())


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
