import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXTRAS = sorted(
    path.name.removeprefix("requirements-").removesuffix(".lock") for path in ROOT.glob("requirements-*.lock")
)


def pins(lock):
    """Package to version, of each block of a lock that has a hash."""
    blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / lock).read_text(encoding="utf-8"))
    found = [re.match(r"([a-z0-9.-]+)==([\w.]+)", block) for block in blocks if "--hash=sha256:" in block]
    assert len(found) == len(blocks)
    return {match[1]: match[2] for match in found if match}


def test_the_engine_has_a_lock():
    assert EXTRAS == ["cloud", "spark"]


@pytest.mark.parametrize("extra", EXTRAS)
def test_an_extra_s_lock_adds_to_the_lock_and_changes_nothing_in_it(extra):
    assert not pins(f"requirements-{extra}.lock").keys() & pins("requirements.lock").keys()


@pytest.mark.parametrize("extra", EXTRAS)
def test_an_extra_s_lock_names_no_address(extra):
    assert "//" not in (ROOT / f"requirements-{extra}.lock").read_text(encoding="utf-8")


def test_all_that_runs_models_on_spark_is_locked():
    assert {"dbt-spark", "pysail", "pyspark-client"} <= pins("requirements-spark.lock").keys()
