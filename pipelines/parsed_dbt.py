"""The dbt command on the project as `pipelines.manifest` has parsed it: `python -m pipelines.parsed_dbt build ...`.

dbt parses the whole project again, which takes seconds, wherever the database has another path than last time: in every
new warehouse. What it finds does not depend on the path. What belongs here: handing dbt what was parsed, and
how much memory it may take.
"""

import os
import sys

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt.parser.manifest import extended_mashumuro_decoder

from pipelines.release.dictionary import PARSED_PROJECT
from pipelines.resources import DBT_BASE_MEMORY, MEMORY_VARIABLE, Warehouse


def main() -> None:
    """Run dbt with this process's arguments and exit as dbt does: 1 where a node failed, 2 where dbt itself did."""
    os.environ[MEMORY_VARIABLE] = Warehouse.from_environment().memory_limit(DBT_BASE_MEMORY, share=1)
    manifest = Manifest.from_msgpack(PARSED_PROJECT.read_bytes(), decoder=extended_mashumuro_decoder)
    manifest.build_parent_and_child_maps()
    manifest.build_flat_graph()
    result = dbtRunner(manifest=manifest).invoke(sys.argv[1:])
    sys.exit(2 if result.exception else 0 if result.success else 1)


if __name__ == "__main__":
    main()
