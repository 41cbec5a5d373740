"""dbt: each model's rule on a few rows, and how a build runs it."""

from __future__ import annotations

import json
import os
import signal

import duckdb
import pytest

from paperhouse.orchestration.dbt_project import prepare_project
from paperhouse.orchestration.dbt_run import run_dbt


@pytest.mark.deep
def test_every_unit_test_of_the_models_passes(copy_of_built):
    """On a built warehouse: dbt asks it for the types of the columns it makes up rows of.

    Builds leave them out, since they say nothing about the data.
    """
    outcome = run_dbt(copy_of_built, ["test", "--select", "test_type:unit"])
    assert outcome.problem == ""
    written = json.loads(prepare_project().manifest_path.read_text())["unit_tests"]
    assert {result.node.unique_id for result in outcome.results} == written.keys()
    assert {result.status for result in outcome.results} == {"pass"}


def test_an_interrupt_ends_dbt_and_frees_the_file(copy_of_built):
    def interrupt(event):
        if event.info.name == "NodeStart":
            os.kill(os.getpid(), signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        run_dbt(copy_of_built, ["build", "--select", "staging"], interrupt)
    assert signal.getsignal(signal.SIGINT) is before
    with duckdb.connect(str(copy_of_built.database), config={"threads": 1}) as connection:
        assert connection.execute("select count(*) > 0 from marts.papers").fetchall() == [(True,)]


def test_a_model_that_fails_is_named(copy_of_built):
    with copy_of_built.connect() as connection:
        connection.execute("alter table extracted.links rename column url to address")
    outcome = run_dbt(copy_of_built, ["build", "--select", "stg_links"])
    assert outcome.problem.startswith("stg_links: ")
    assert "url" in outcome.problem
