"""Paperhouse: dumps of Daily Papers pages in; a warehouse of papers, keywords and trends out.

house = paperhouse.open("warehouse")
house.table("papers")
house.sql("select title from papers_with(?) order by published_on", ["diffusion models"])
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os

    from .release.published import Published


def open(warehouse: str | os.PathLike[str] | None = None, release: str = "latest") -> Published:
    """What is published in a warehouse's folder, read-only: `.table(name)`, `.tables()` and `.sql(query, values)`.

    warehouse: else PAPERHOUSE_WAREHOUSE, else `warehouse` below the current folder.
    release: `latest`, or the id of a release that is kept. See `release.published.Published`.
    """
    # Here, because the package is loaded by everything that is in it.
    from .release.published import Published

    return Published(warehouse, release)
