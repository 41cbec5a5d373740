"""dbt's own documentation of a warehouse as one page that needs no network: models, columns, tests, lineage, exposures.

What belongs here: having dbt make it, and putting it where `upkeep.pages` shows it. Served by the command `docs`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from ..upkeep.pages import DOCS
from ..warehouse.folder import Warehouse
from .dbt_project import prepare_project
from .dbt_run import invoke_dbt

#: What `dbt docs generate --static` writes: index.html with manifest and catalog in it.
_STATIC = "static_index.html"


class NoDocsError(RuntimeError):
    """dbt could not make its pages; the message is in its words."""


def locate_docs(warehouse: Warehouse) -> Path:
    """Where a warehouse's page is, or will be."""
    return warehouse.folder / DOCS / "index.html"


def make_docs(warehouse: Warehouse) -> Path:
    """Make the page of what the pipeline's own file holds now, in place of an earlier one; returns where it is.

    Nothing is parsed or compiled: the project is the prepared one, the catalogue dbt asks of the file. Raises
    NoDocsError where dbt fails, WarehouseUnavailableError where a build holds the warehouse or its file is none.
    """
    with warehouse.lock(), tempfile.TemporaryDirectory(dir=warehouse.dbt_target) as folder:
        with warehouse.connect():
            pass  # what is no database is told here: dbt would wait for a pipe for ever
        shutil.copy(prepare_project().manifest_path, folder)  # dbt puts what lies there into the page
        done = invoke_dbt(warehouse, ["--quiet", "docs", "generate", "--static", "--no-compile"], Path(folder))
        made = Path(folder, _STATIC)
        if not done.success or not made.exists():
            raise NoDocsError(f"dbt could not write its pages: {done.exception or 'see .dbt/dbt.log'}")
        page = locate_docs(warehouse)
        page.parent.mkdir(exist_ok=True)
        os.replace(made, page)
    return page
