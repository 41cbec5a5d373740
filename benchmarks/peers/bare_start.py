"""The bare start of the frameworks a build stands on: import them, and let dbt parse the project once.

Nothing is loaded, checked or built. A build with nothing new cannot be faster than this without leaving one out.

    python benchmarks/peers/bare_start.py PROJECT TARGET
"""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path


def main(project: Path, target: Path) -> None:
    """Import the frameworks, then run `dbt parse` as a process of its own, as dagster-dbt runs dbt."""
    for name in ("polars", "duckdb", "dagster", "dagster_dbt", "great_expectations"):
        import_module(name)
    dbt = Path(sys.executable).with_name("dbt")
    folders = ["--project-dir", str(project), "--profiles-dir", str(project), "--target-path", str(target)]
    # Parsing opens no database; the profile only wants to be told of one.
    environment = {**os.environ, "PAPERHOUSE_WAREHOUSE": str(target)}
    subprocess.run([str(dbt), "parse", *folders], check=True, env=environment)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
