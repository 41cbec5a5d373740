"""What is published of a warehouse: rows of a query, and digests of the files, to be compared with those of another."""

from __future__ import annotations

import hashlib

from paperhouse.warehouse.folder import Warehouse


def query(warehouse: Warehouse, sql: str) -> list[tuple]:
    with warehouse.read() as connection:
        return connection.execute(sql).fetchall()


def parquet_digests(warehouse: Warehouse) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((warehouse.releases / "latest").glob("*.parquet"))
        if path.name != "changes.parquet"  # tells of the way there
    }


def published_state(warehouse: Warehouse) -> dict[str, str]:
    """Digest of everything a reader can see."""
    release = (warehouse.releases / "latest").resolve()
    assert warehouse.published_database.resolve() == release / "paperhouse.duckdb"
    files = [path for path in sorted(release.rglob("*")) if path.is_file()]
    return {str(path.relative_to(release)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
