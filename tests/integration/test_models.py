"""dbt's unit tests: each model's rule on a few rows. Builds leave them out, since they say nothing about the data."""

import json
import os
import subprocess

from paperhouse.orchestration.dbt_project import DBT_EXECUTABLE, prepare_project
from paperhouse.release.dictionary import DBT_PROJECT
from paperhouse.warehouse.settings import WAREHOUSE_VARIABLE


def test_every_unit_test_of_the_models_passes(copy_of_built):
    """On a built warehouse: dbt asks it for the types of the columns it makes up rows of."""
    target = copy_of_built.dbt_target
    command = [DBT_EXECUTABLE, "--log-path", str(target), "test", "--select", "test_type:unit"]
    command += ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT), "--target-path", str(target)]
    environment = {**os.environ, WAREHOUSE_VARIABLE: str(copy_of_built.folder)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    written = json.loads(prepare_project().manifest_path.read_text())["unit_tests"]
    ran = {
        result["unique_id"]: result["status"]
        for result in json.loads((target / "run_results.json").read_text())["results"]
    }
    assert ran.keys() == written.keys()
    assert set(ran.values()) == {"pass"}
