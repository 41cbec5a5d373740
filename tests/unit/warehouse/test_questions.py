"""What somebody may type at a published file: questions, and nothing that acts."""

from __future__ import annotations

import duckdb
import pytest

from paperhouse.warehouse.connections import open_to_read
from paperhouse.warehouse.questions import _ACTING, RefusedQueryError, asking, check_statements
from paperhouse.warehouse.settings import BadSettingError

#: Functions that give rows of the database, of a value or of DuckDB's own lists; those of files DuckDB refuses itself.
READING = """
arrow_scan_dumb duckdb_approx_database_count duckdb_columns duckdb_connection_count duckdb_constraints
duckdb_coordinate_systems duckdb_databases duckdb_dependencies duckdb_extensions duckdb_external_file_cache
duckdb_functions duckdb_indexes duckdb_keywords duckdb_log_contexts duckdb_logs duckdb_logs_parsed duckdb_memory
duckdb_optimizers duckdb_prepared_statements duckdb_profiling_settings duckdb_schemas duckdb_secret_types duckdb_secrets
duckdb_sequences duckdb_settings duckdb_table_sample duckdb_tables duckdb_temporary_files duckdb_types duckdb_variables
duckdb_views generate_series glob histogram histogram_values icu_calendar_names json_each json_tree parquet_bloom_probe
parquet_file_metadata parquet_full_metadata parquet_kv_metadata parquet_metadata parquet_schema pg_timezone_names
pragma_collations pragma_database_size pragma_metadata_info pragma_platform pragma_show pragma_storage_info
pragma_table_info pragma_user_agent pragma_version range read_blob read_csv read_csv_auto read_duckdb read_json
read_json_auto read_json_objects read_json_objects_auto read_ndjson read_ndjson_auto read_ndjson_objects read_parquet
read_text repeat repeat_row sniff_csv summary test_all_types test_vector_types unnest which_secret
""".split()


@pytest.fixture
def published(tmp_path):
    path = tmp_path / "paperhouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts; create table marts.papers as select 1 as paper_id, 'Moss' as title")
    return path


def ask(path, query, seconds=None, limit=None):
    with open_to_read(path, limit) as connection, asking(connection, seconds):
        check_statements(query)
        return connection.execute(query).fetchall()


@pytest.mark.parametrize(
    "query",
    [
        "from marts.papers",
        "-- a comment\nselect count(*) from marts.papers;",
        "describe marts.papers",
        "show tables",
        "explain select 1",
        "pivot marts.papers on title using count(*)",
        "select paper_id as query from marts.papers where title <> 'enable_logging('",
    ],
)
def test_what_asks_is_answered(published, query):
    ask(published, query)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "no statement"),
        ("-- only a comment", "no statement"),
        ("selec 1", "syntax error"),
        ("delete from marts.papers", "read-only"),
        ("create table marts.intruder (i int)", "read-only"),
        ("create temp table t as select 1; drop table t", "read-only"),
        ("set threads = 2", "Settings cannot be changed"),
        ("pragma memory_limit = '1TB'", "Settings cannot be changed"),
        ("pragma enable_profiling", "refused"),
        ("call enable_logging()", "refused"),
        ("select * from enable_logging()", "does more than ask"),
        ('select * from "ENABLE_logging" /* ( */ -- x\n ()', "does more than ask"),
        ("select * from query('select * from ena' || 'ble_logging()')", "does more than ask"),
        ("select * from arrow_scan(1, 2, 3)", "does more than ask"),
        ("checkpoint", "refused"),
        ("attach ':memory:' as other", "refused"),
        ("load json", "refused"),
        ("copy marts.papers to 'stolen.csv'", "refused"),
        ("select content from read_text('/etc/hostname')", "nothing else on this machine"),
        ("select 1; set threads = 2", "Settings cannot be changed"),
        ("from published", "does not exist"),  # a variable of this very function's caller
    ],
)
def test_what_acts_is_refused_with_a_sentence(published, query, said):
    with pytest.raises(RefusedQueryError, match=said) as refusal:
        ask(published, query)
    assert "Stack Trace" not in str(refusal.value)


def test_settings_are_locked_even_for_what_is_not_looked_at(published):
    with open_to_read(published) as connection, pytest.raises(duckdb.InvalidInputException, match="locked"):
        connection.execute("set memory_limit = '100GB'")


def test_a_query_ends_when_its_time_is_over(published):
    with pytest.raises(RefusedQueryError, match=r"stopped after 0\.2 s"):
        ask(published, "select count(*) from range(10000000) a, range(10000000) b", seconds=0.2)


@pytest.mark.parametrize("seconds", [float("inf"), 1e300])
def test_more_time_than_there_is_is_no_limit(published, seconds):
    assert ask(published, "select 1", seconds=seconds) == ask(published, "select 1")


def test_a_query_in_no_encoding_is_refused_with_a_sentence(published):
    with pytest.raises(RefusedQueryError, match="not in UTF-8"):
        ask(published, b"select '\xff\xfe'".decode(errors="surrogateescape"))


def test_a_query_ends_where_its_memory_does_and_nothing_is_spilled(published):
    with pytest.raises(RefusedQueryError, match="--memory-limit"):
        ask(published, "select list(range) from range(100000000)", limit="100MB")
    assert list(published.parent.iterdir()) == [published]


@pytest.mark.parametrize("limit", ["banana", "-1GB", "1B", "", "nanGB", "1e9GB"])
def test_a_limit_that_is_none_is_said_so(published, limit):
    with pytest.raises(BadSettingError, match="--memory-limit is"):
        ask(published, "select 1", limit=limit)


def test_every_function_that_gives_rows_is_known_to_read_or_refused():
    """An upgrade of DuckDB that brings a new one fails here: is it one that acts?"""
    rows = duckdb.sql("select distinct function_name from duckdb_functions() where function_type = 'table'").fetchall()
    assert [name for (name,) in rows if not _ACTING.fullmatch(name) and name not in READING] == []
