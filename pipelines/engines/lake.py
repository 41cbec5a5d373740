"""The lake: Parquet that DuckDB here and an engine elsewhere read and write, a folder per schema and table.

What belongs here: giving it tables of DuckDB (`parts` writes them), reading and showing its tables there, and dropping
what nobody reads any more. The lake is where a build works: each one makes all models anew, of given tables that follow
DuckDB's, and what is published is copied out of it, so that it may be deleted at any time between two builds. Until the
next one the pipeline's own file shows its marts by views.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from .choice import Engine, EngineError
from .files import Files, find_files
from .functions import register_functions
from .lost_answers import ask_again
from .parts import FORM, write_parts

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa
    from pyspark.sql import SparkSession

    from ..parsing import ColumnMapping, Parsed
    from ..text import TextFacts

#: The file that says that a folder is a lake, and of what it was made last.
MARKER = "paperhouse-lake.json"
#: Folders of a lake beside those of its schemas: what views held when they were read, texts or dumps that workers are
#: busy with, and the first question.
_READ, _WORK, _TRIAL = ".read", ".work", ".trial"
_SHOWN = 300
#: Dumps are read in so many parts, or in parts of so many bytes where these are more.
_LEAST_PARTS, _PART_BYTES = 2, 16 << 20


class Lake:
    """The files and a session of the engine."""

    def __init__(self, engine: Engine, address: str) -> None:
        """Open a session at an address of Spark Connect, that of the engine or of one that was started for it."""
        self.folder, self._engine, self._files = engine.lake, engine, find_files(engine.lake)
        with self._explaining():
            from pyspark.sql import SparkSession

            # Its client tells stderr of every error in pages, those that dbt asks for too: is there such a schema?
            logging.getLogger("pyspark.sql.connect.logging").setLevel(logging.CRITICAL)
            # The one that dbt finds in this process.
            self._session: SparkSession = SparkSession.builder.remote(address).getOrCreate()
            if engine.host_and_port:  # a Sail of this process keeps no answer
                ask_again(self._session)

    def try_out(self) -> None:
        """Raise EngineError where the engine does not read what is written here, or the other way round."""
        given, made = (self._files.at(_TRIAL, name) for name in ("given", "made"))
        self._files.remove(_TRIAL)
        try:
            with duckdb.connect() as connection:
                with self._files.writing(_TRIAL, "given", "part-0.parquet") as path:
                    connection.execute(f"copy (select 'é' as letter) to '{path}' (format parquet)")
                with self._explaining(self._say_unseen()):
                    self._session.read.parquet(given).write.parquet(made)
                if not (found := self._files.find(_TRIAL, "made")):
                    raise EngineError(self._say_unseen())
                connection.execute(_from_files(self._files.fetch(found))).fetchall()
            with self._explaining(f"The workers of {self._engine.address} cannot run functions in Python."):
                register_functions(self._session)
                self._session.read.parquet(given).selectExpr("strip_accents(letter)").collect()
            self._check_rules(given)
        finally:
            self._files.remove(_TRIAL)

    def _say_unseen(self) -> str:
        engine = self._engine
        if isinstance(engine.lake, Path):
            return (
                f"The engine at {engine.address} and this machine do not see the same folder {engine.lake}. Choose one "
                "for --lake that both and all workers see by the same path and may write, such as a network disk."
            )
        return (
            f"The engine at {engine.address} cannot read and write {engine.lake}, which this machine can. "
            "Its workers need AWS_ACCESS_KEY_ID and the like, too; a Spark also hadoop-aws, of its version of Hadoop, "
            "among its jars (--packages), and spark.hadoop.fs.s3.impl=org.apache.hadoop.fs.s3a.S3AFileSystem."
        )

    def _check_rules(self, given: str) -> None:
        """Raise EngineError where the workers do not have this version of the text stage and the parser."""
        from .. import parsing, text  # they take a second to load, and only builds have engines
        from .packing import name_versions

        needed = (
            f"The workers of {self._engine.address} need this version of Paperhouse, in the Python that PYSPARK_PYTHON "
            "names there: pip install it into that."
        )
        ours = {"text rules": text.TEXT_VERSION, "parser": parsing.PARSER_VERSION}
        columns = ", ".join(f"`{name}` string" for name in ours)
        with self._explaining(needed):
            found = self._session.read.parquet(given).mapInArrow(name_versions, columns).collect()
        for row in found:
            for name, version in ours.items():
                if row[name] != version:
                    raise EngineError(f"{needed} Theirs has {name} {row[name]}, this one {version}.")

    def extract(self, connection: duckdb.DuckDBPyConnection, texts: str, count: int) -> Iterator[TextFacts]:
        """Have the workers find what is in texts; the facts of one partition after the other.

        Args:
            connection: one that sees the texts.
            texts: SQL that gives text_id (distinct), title, abstract, as printed.
            count: how many there are. They are parted by text_id, so a text's part does not hang on how it came.
        """
        from ..text import WORDS_OF
        from .packing import PACKED, extract_packed, unpack_facts

        def write(file: Path) -> None:
            connection.execute(f"copy ({texts}) to '{file}' ({FORM})")

        for row in self._work(write, extract_packed, PACKED, max(2, -(-count // WORDS_OF)), "text_id"):
            yield unpack_facts(row)

    def read_dumps(self, dumps: pl.DataFrame, own: ColumnMapping) -> Iterator[Parsed]:
        """Have the workers read dumps, which they see by the paths that this machine does.

        Args: as of `parsing.read_dumps`. Returns the same batches of the raw tables, in another order. A file that has
        changed since it was hashed is passed over. Raises EngineError for one that a worker does not see as it is here.
        """
        from .packing import DUMP_COLUMNS, PACKED_DUMPS, find_unseen, read_packed, unpack_dumps

        given = dumps.with_row_index("number").select(*DUMP_COLUMNS).cast(DUMP_COLUMNS)  # type: ignore[arg-type]
        # An archive is read by one worker, in one pass; more parts than workers, so that none waits for a large one.
        parts = min(given["path"].n_unique(), max(_LEAST_PARTS, int(given["byte_count"].sum()) // _PART_BYTES))
        unseen = []
        for row in self._work(given.write_parquet, partial(read_packed, own=own), PACKED_DUMPS, parts, "path"):
            found = unpack_dumps(row)
            if isinstance(found, str):
                unseen.append(found)
            else:
                yield found
        changed = find_unseen(given.filter(given["path"].is_in(unseen)))
        if missing := sorted(set(unseen) - set(changed)):
            more = f" and {len(missing) - 1:,} more" if len(missing) > 1 else ""
            raise EngineError(
                f"The workers of {self._engine.address} do not see {missing[0]}{more} as this machine does. Put dumps "
                "into a folder that all see by the same path, or have them read here, once: paperhouse build "
                "--select raw, with the same dumps and without --engine."
            )

    def _work(
        self,
        write: Callable[[Path], object],
        work: Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]],
        columns: Sequence[str],
        parts: int,
        key: str,
    ) -> Iterator[dict[str, bytes]]:
        """Have the workers do work on the rows that `write` puts into a file, parted by a key; its rows, one by one.

        A worker that dies leaves nothing: the engine gives its part to another one.
        """
        self._files.remove(_WORK)
        with self._files.writing(_WORK, "given", "part-0.parquet") as path:
            write(path)
        try:
            with self._explaining():
                given = self._session.read.parquet(self._files.at(_WORK, "given")).repartition(parts, key)
                made = given.mapInArrow(work, ", ".join(f"{name} binary" for name in columns))
                made.write.parquet(self._files.at(_WORK, "made"))
            for found in self._files.find(_WORK, "made"):
                with duckdb.connect() as reader:
                    rows = reader.execute(f"select {', '.join(columns)} {_from_files(self._files.fetch([found]))}")
                    while row := rows.fetchone():
                        yield dict(zip(columns, row, strict=True))
                self._files.forget()
        finally:
            self._files.remove(_WORK)

    def begin(self, schemas: Collection[str], given: Collection[tuple[str, str]] = ()) -> None:
        """Make schemas, and drop what an earlier build has made in them. Raises EngineError for another lake's.

        The files of tables that are given (schema, name) stay: `give` brings them up to date.
        """
        self.mark(None)
        self._files.remove(_READ)
        with self._explaining():
            known = {row[0] for row in self._session.sql("show databases").collect()}
            for schema in schemas:
                place = self._files.at(schema)
                if schema in known:
                    self._refuse_foreign(schema, place)
                    for row in self._session.sql(f"show tables in {schema}").collect():
                        self._forget(schema, row["tableName"])
                for name in self._files.list_names(schema):
                    if (schema, name) not in given:
                        self._files.remove(schema, name)
                self._files.make(schema)
                if schema not in known:
                    self._session.sql(f"create database {schema} location '{place}'").collect()

    def _refuse_foreign(self, schema: str, place: str) -> None:
        facts = {row[0]: row[1] for row in self._session.sql(f"describe database {schema}").collect()}
        location = re.sub(r"^file:/+", "/", facts.get("Location") or "")
        if location != place:
            raise EngineError(
                f"The engine at {self._engine.address} has a schema {schema} of its own, in {location}, which a build "
                f"would replace. Name the lake that it belongs to ({location.rpartition('/')[0]}), or another engine."
            )

    def give(self, connection: duckdb.DuckDBPyConnection, schema: str, name: str) -> int:
        """Have the lake hold one of DuckDB's tables as it is now; returns how many parts of it had to be written."""
        place = self._files.at(schema, name)
        with self._explaining():
            self._forget(schema, name)
            written = write_parts(connection, f"{schema}.{name}", self._files, (schema, name))
            self._session.sql(f"create table {schema}.{name} using parquet location '{place}'").collect()
        return written

    def read(self, schema: str, name: str) -> str:
        """SQL by which DuckDB reads a table of the lake, or a view of the engine, which is written out for it."""
        return _from_files(self._files.fetch(self._find(schema, name)))

    def _find(self, schema: str, name: str) -> list[str]:
        """The files of a table, or of a view as it is now."""
        place: tuple[str, ...] = (schema, name)
        if not self._files.has(*place):
            place = (_READ, schema, name)
            with self._explaining():
                self._session.table(f"{schema}.{name}").write.mode("overwrite").parquet(self._files.at(*place))
        if not self._files.find(*place):  # an engine may write no file for no rows
            place = (_READ, schema, name)
            with self._explaining(), duckdb.connect() as connection:
                connection.register("nothing", self._session.table(f"{schema}.{name}").limit(0).toArrow())
                with self._files.writing(*place, "part-0.parquet") as path:
                    connection.execute(f"copy (from nothing) to '{path}' (format parquet)")
        return self._files.find(*place)

    def show(
        self,
        connection: duckdb.DuckDBPyConnection,
        schema: str,
        name: str,
        columns: Mapping[str, str],
        folder: Path,
    ) -> None:
        """Have a file of DuckDB's read a table of the engine's, in place of the table or view that has its name.

        By a view of its files, as they are until the next build.

        Args:
            connection: to the file.
            schema: of both tables.
            name: of both tables.
            columns: DuckDB's types by the names of the columns, with ` not null` where none may be.
            folder: where files are kept that DuckDB does not read where they lie.

        Raises EngineError for a null where none may be: in DuckDB's own tables a constraint refuses it.
        """
        connection.execute(f"create schema if not exists {schema}")
        drop_relation(connection, schema, name)
        rows = _from_files(self._files.keep(self._find(schema, name), folder))
        casts = ", ".join(_cast(column, type.removesuffix(" not null")) for column, type in columns.items())
        connection.execute(f"create view {schema}.{name} as select {casts} {rows}")
        for column in (column for column, type in columns.items() if type.endswith(" not null")):
            # What a file says of its rows is enough to know that none is.
            if connection.execute(f'select 1 from {schema}.{name} where "{column}" is null limit 1').fetchall():
                raise EngineError(f"{self._engine.address} has made rows of {schema}.{name} without {column}.")

    def find(self, query: str, limit: int) -> tuple[int, list[dict[str, Any]]]:
        """How many rows a query of the engine's SQL gives, and up to so many of them."""
        with self._explaining():
            count = int(self._session.sql(f"select count(*) from ({query}) as found").collect()[0][0])
            rows = self._session.sql(query).limit(limit).toArrow().to_pylist() if count else []
        return count, rows

    def count(self, schema: str, name: str) -> int | None:
        """Rows of a table of the lake, as its files say; None for a view."""
        from pyarrow.parquet import read_metadata  # not for those who ask of engines alone

        if not self._files.has(schema, name):
            return None
        count = 0
        for found in self._files.find(schema, name):
            with self._files.open(found) as file:
                count += read_metadata(file).num_rows
        return count

    def drop_others(self, kept: Mapping[str, Collection[str]]) -> list[str]:
        """Drop whatever a schema holds beside what is kept of it: steps that engines made once for many readers."""
        dropped = []
        with self._explaining():
            for schema, names in kept.items():
                for row in self._session.sql(f"show tables in {schema}").collect():
                    if row["tableName"] not in names:
                        self._drop(schema, row["tableName"])
                        dropped.append(f"{schema}.{row['tableName']}")
        self._files.forget()
        return sorted(dropped)

    def mark(self, made_of: str | None) -> None:
        """Say in the folder of what a build has made all that lies there; of nothing, while one is working."""
        write_marker(self._engine, self._files, made_of)

    def cancel(self) -> None:
        """End what the engine is doing for this session."""
        with suppress(Exception):  # an engine that cannot be stopped ends what it does, and nobody reads it
            self._session.interruptAll()

    def close(self) -> None:
        """End the session, which waits for minutes for a server that has gone before it."""
        self._files.forget()
        self._session.stop()

    def _drop(self, schema: str, name: str) -> None:
        self._forget(schema, name)
        self._files.remove(schema, name)

    def _forget(self, schema: str, name: str) -> None:
        """Have the engine know no table or view of a name; files in the lake are none of its business."""
        for kind in ("view", "table"):
            try:
                self._session.sql(f"drop {kind} if exists {schema}.{name}").collect()
            except _client_errors():  # whichever of the two it is not
                continue

    @contextmanager
    def _explaining(self, problem: str = "") -> Iterator[None]:
        """Turn what the client raises into a sentence: the problem given, or that the engine failed; and its words."""
        try:
            yield
        except _client_errors() as error:
            raise EngineError(
                f"{problem or f'The engine at {self._engine.address} failed.'} It says: {_find_words(str(error))}"
            ) from error


def write_marker(engine: Engine, files: Files, made_of: str | None) -> None:
    """Make a folder a lake, or say of what its tables are made."""
    facts = {"format": 1, "made_of": made_of, "engine": engine.address}
    files.write(MARKER, f"{json.dumps(facts)}\n".encode())


def read_made_of(engine: Engine) -> str | None:
    """Of what the lake was made last (`Lake.mark`); None where it was not, or a build of it did not end."""
    with suppress(OSError, ValueError, AttributeError, EngineError):
        found = json.loads(find_files(engine.lake).read(MARKER) or b"{}").get("made_of")
        return str(found) if found else None
    return None


def _from_files(paths: Iterable[str]) -> str:
    """DuckDB's SQL that reads Parquet files of this machine."""
    named = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
    return f"from read_parquet([{named}], hive_partitioning = false)"


def _cast(column: str, type: str) -> str:
    """A column of the engine's as DuckDB's type; what is unsigned there comes as the signed number of the same bits."""
    if type.lower() != "ubigint":
        return f'cast("{column}" as {type}) as "{column}"'
    return f'cast("{column}"::hugeint + if("{column}" < 0, 18446744073709551616::hugeint, 0) as ubigint) as "{column}"'


def drop_relation(connection: duckdb.DuckDBPyConnection, schema: str, name: str) -> None:
    """Drop DuckDB's table or view of a name, if there is one."""
    found = connection.execute(
        "select table_type from information_schema.tables where table_schema = ? and table_name = ?", [schema, name]
    ).fetchall()
    for (kind,) in found:
        connection.execute(f"drop {'view' if kind == 'VIEW' else 'table'} {schema}.{name}")


def _find_words(text: str) -> str:
    """What of an engine's words tells: the error of a worker in Python, below its traceback, or how they begin."""
    found = re.search(r"^[ \t]{0,20}(\w{1,80}(?:Error|Exception): .*)$", text, re.MULTILINE)
    return " ".join((found[1] if found else text.partition("JVM stacktrace:")[0]).split())[:_SHOWN]


def _client_errors() -> tuple[type[BaseException], ...]:
    from grpc import RpcError
    from pyspark.errors import PySparkException

    return PySparkException, RpcError
