"""What a build makes of inputs of which it is known what it must make: each case's answer beside what came out.

A case is a folder of input files with an `expected.json`, whose `expected` says in words what a build or a command
must do, and whose `level` is `build` or `cli`. A `run.sh` beside them says what is typed instead of `paperhouse build`;
DUMPS stands for the inputs there. Whether what came out is what was expected is for a person to say.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

#: Files of a case that are not its input.
_APART = ("expected.json", "run.sh")
#: Where neither the case nor its script brings papers.
_PAPERS = 40
_FACTS = {
    "papers": "select count(*) from marts.papers",
    "without an abstract": "select count(*) from marts.papers where abstract is null",
    "dumps": "select string_agg(found || ' ' || status, ', ' order by status) from "
    "(select status, count(*) as found from raw.dumps group by status)",
    "rejects": "select string_agg(found || ' ' || reason, ', ' order by reason) from "
    "(select reason, count(*) as found from raw.rejects group by reason)",
    "forms, lowest paper count, most rows of one": "select count(*) || ', ' || min(paper_count) || ', ' || "
    "(select max(n) from (select count(*) as n from marts.keyword_forms group by keyword_id, form)) "
    "from marts.keyword_forms",
    "keyword of most papers": "select any_value(keyword) || ' in ' || max(paper_count) "
    "from (from marts.keywords order by paper_count desc limit 1)",
    "warned": "select string_agg(table_name || ': ' || rule || ' (' || observed || ')', '; ') "
    "from quality.check_results where status = 'warn'",
}


@dataclass(frozen=True)
class Outcome:
    """A case, what it expects in words, how its command ended, what it said, and facts of what it published."""

    name: str
    expected: str
    exit_code: int
    said: str
    facts: dict[str, object]


def run_cases(folder: Path, chosen: str, say: Callable[[str], None]) -> Iterator[Outcome]:
    """Run every build or cli case of a folder whose name contains `chosen`, each in a warehouse of its own."""
    for path in sorted(folder.glob(f"*{chosen}*/expected.json")):
        case = json.loads(path.read_text(encoding="utf-8"))
        if case.get("level") in ("build", "cli"):
            say(path.parent.name)
            with tempfile.TemporaryDirectory() as place:
                yield _run_case(path.parent, str(case.get("expected", "")), Path(place))


def format_outcome(outcome: Outcome) -> str:
    """One case as lines: what was expected, what came out."""
    facts = "\n".join(f"  {name}: {value}" for name, value in outcome.facts.items() if value is not None)
    said = "\n".join(f"  | {line}" for line in outcome.said.splitlines()[-25:])
    return (
        f"== {outcome.name}\n  EXPECTED {outcome.expected}\n  exit code {outcome.exit_code}"
        f"{', published' if outcome.facts else ', nothing published'}\n{facts}\n{said}"
    )


def _run_case(case: Path, expected: str, place: Path) -> Outcome:
    dumps = place / "dumps"
    shutil.copytree(case, dumps, ignore=shutil.ignore_patterns(*_APART))
    tools = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}"}
    if not any(dumps.iterdir()):
        dumps.rmdir()
        subprocess.run([tools / "paperhouse", "sample", "dumps", "--papers", str(_PAPERS)], cwd=place, check=True)
    script = case / "run.sh"
    text = script.read_text(encoding="utf-8") if script.exists() else "paperhouse build DUMPS -w w1"
    command = ["sh", "-c", text.replace("DUMPS", "dumps")]
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    return Outcome(case.name, expected, done.returncode, done.stdout + done.stderr, _ask(place / "w1"))


def _ask(warehouse: Path) -> dict[str, object]:
    database = warehouse / "paperhouse.duckdb"
    if not database.exists():
        return {}
    with duckdb.connect(str(database), read_only=True) as connection:
        return {name: connection.execute(query).fetchall()[0][0] for name, query in _FACTS.items()}
