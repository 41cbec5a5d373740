"""The seed of weights belongs to the measures and levels that the models have."""

import csv
import math
import re

import yaml

from benchmarks.measure import ROOT

PROJECT = ROOT / "dbt_project"
MACROS = PROJECT / "macros"


def read_rows() -> list[dict[str, str]]:
    with (PROJECT / "seeds" / "match_weights.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_the_weights_are_of_the_measures_that_are_kept():
    text = (MACROS / "match_rules.sql").read_text()
    macro = re.search(r"match_rules_version\(\) -%}\s+{{ \[(.+?)\] \| join", text, re.DOTALL)
    variables = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]
    assert macro
    number, *names = re.findall(r"\d+|'\w+'", macro[1])
    version = ".".join([number, *(str(variables[name.strip("'")]) for name in names)])
    assert {row["rules_version"] for row in read_rows()} == {version}


def test_every_level_has_a_weight_and_every_weight_a_level():
    text = (MACROS / "match_weights.sql").read_text()
    cases = re.findall(r"case\n(.+?)end as (\w+)_level", text, re.DOTALL)
    levels = {evidence: set(re.findall(r"(?:then|else) '(\w+)'", case)) for case, evidence in cases}
    weighed: dict[str, set[str]] = {}
    for row in read_rows():
        if row["evidence"] != "enough":
            weighed.setdefault(row["evidence"], set()).add(row["level"])
            bits = math.log2(float(row["m_probability"]) / float(row["u_probability"]))
            assert abs(bits - float(row["weight"])) < 0.02
    assert weighed == levels
