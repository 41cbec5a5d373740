"""What a release is made of, in one digest: dumps, overrides, code and settings. Equal digests, equal Parquet bytes.

What belongs here: computing the digest and comparing it with the published release's.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os

import duckdb

from ..project_files import list_project_files
from ..warehouse.errors import DamagedReleaseError
from ..warehouse.folder import Warehouse, read_manifest
from ..warehouse.quality import list_taken_down
from ..warehouse.settings import KEYWORDS_VARIABLE, KeywordSetting
from .imprint import read_imprint

#: Sources whose change can change what is published.
_SUFFIXES = {".py", ".sql", ".yml", ".csv", ".txt", ".json", ".html", ".css", ".js"}


@functools.cache
def code_digest() -> str:
    """sha256 of the project's own sources, by their path in a clone: the same for what was installed from one."""
    digest = hashlib.sha256()
    for name, path in list_project_files():
        if path.suffix in _SUFFIXES:
            digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def input_digest(connection: duckdb.DuckDBPyConnection) -> str:
    """sha256 of the overrides, what was taken down, and the loaded dumps: ids, names, parser version, what may change.

    That is what sidecars and names say of them, and whether they are held back.
    """
    rows = connection.execute(
        """
        select
            dump_id, file_names, parser_version, status, held_reason, captured_on, captured_on_source, listed_on,
            source, note
        from raw.dumps order by dump_id
        """
    ).fetchall()
    overrides = [
        connection.execute(f"select * from raw.{table} order by all").fetchall()
        for table in ("keyword_overrides", "paper_overrides")
    ]
    taken_down = list_taken_down(connection)
    parts = [rows, overrides, taken_down] if taken_down else [rows, overrides]
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()


def content_digest(connection: duckdb.DuckDBPyConnection) -> str:
    """sha256 of what lies in the raw tables, row by row in any order; text_id stands for title and abstract."""
    facts = connection.execute(
        """
        select
            (
                select (count(*), bit_xor(hash(entry)))
                from (select * exclude (title, abstract) from raw.entries) as entry
            ),
            (select (count(*), bit_xor(hash(reject))) from raw.rejects as reject),
            (select (count(*), bit_xor(hash(span))) from raw.line_spans as span),
            (select (count(*), bit_xor(hash(dump))) from (select * exclude (loaded_at) from raw.dumps) as dump)
        """
    ).fetchall()
    return hashlib.sha256(json.dumps(facts, default=str).encode()).hexdigest()


def fingerprint(connection: duckdb.DuckDBPyConnection) -> str:
    """sha256 of inputs, what was read of them, code and settings together."""
    parts = input_digest(connection) + content_digest(connection) + code_digest() + settings_digest()
    return hashlib.sha256(parts.encode()).hexdigest()


def settings_digest() -> str:
    """sha256 of the environment's settings that change what is published; the project's own are code."""
    setting = os.environ.get(KEYWORDS_VARIABLE, "")
    # That which holds where none is named is the same one by its name.
    return hashlib.sha256(("" if setting == KeywordSetting.balanced else setting).encode()).hexdigest()


def is_published(warehouse: Warehouse) -> bool:
    """Whether the published release is of exactly what is loaded now, by exactly this code and these settings.

    The operator's words on it are no part of its fingerprint, which its Parquet carries, but of it.
    """
    try:
        manifest = read_manifest(warehouse.latest_release)
    except DamagedReleaseError:
        return False
    if not manifest or not warehouse.published_database.is_symlink():
        return False  # nothing yet, or published by a version that kept the database beside the releases
    if manifest.get("imprint", {}) != read_imprint(warehouse.settings_file).to_facts():
        return False
    with warehouse.connect() as connection:
        return bool(manifest.get("fingerprint") == fingerprint(connection))
