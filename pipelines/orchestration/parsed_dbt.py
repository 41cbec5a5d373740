"""The dbt command on the project as it was parsed last: `python -m paperhouse.orchestration.parsed_dbt build ...`.

dbt parses the whole project again, which takes seconds, wherever the database has another path than last time: in every
new warehouse. What it finds does not depend on the path. What belongs here: handing dbt what was parsed, and
how much memory it may take.

Private parts: dbt's form of a parsed project (`Manifest.from_msgpack` with its decoder); `dbtRunner(manifest=...)` is
public. Beside dbt itself the first build of a warehouse saves 6 to 9 s of CPU of 16 to 19 (`dbt ls`, two pairs in
turn on two slow, busy cores); a build that finds its own target again saves nothing, and one whose memory limit has
changed as much as the first. `tests/unit/orchestration/test_private_parts.py` says what to do where an upgrade moves
these parts.
"""

import os
import sys

from ..release.dictionary import DBT_PROJECT
from ..warehouse.connections import DBT_BASE_MEMORY, memory_limit
from ..warehouse.folder import Warehouse
from ..warehouse.settings import MEMORY_VARIABLE

#: Where builds keep the parsed project. dbt by hand writes to the folder above: with paths as they were typed, which
#: would break every build from another folder, so that hands and builds share no artifact.
PREPARED = DBT_PROJECT / "target" / "prepared"
#: dbt's own form of the parsed project, kept in step with its sources by `dbt_project`.
PARSED_PROJECT = PREPARED / "partial_parse.msgpack"


def main() -> None:
    """Run dbt with this process's arguments and exit as dbt does: 1 where a node failed, 2 where dbt itself did."""
    # Not above: whoever only needs to know where the parsed project lies does not wait two seconds for dbt.
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    database = Warehouse.from_environment().database
    os.environ[MEMORY_VARIABLE] = memory_limit(database, DBT_BASE_MEMORY, share=1)
    manifest = Manifest.from_msgpack(PARSED_PROJECT.read_bytes(), decoder=extended_mashumuro_decoder)
    manifest.build_parent_and_child_maps()
    manifest.build_flat_graph()
    result = dbtRunner(manifest=manifest).invoke(sys.argv[1:])
    sys.exit(2 if result.exception else 0 if result.success else 1)


if __name__ == "__main__":
    main()
