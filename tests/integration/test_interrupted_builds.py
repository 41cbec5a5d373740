"""One warehouse whose builds are killed and stopped on its way from the sample to all dumps: nothing shows of it."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest
from published import parquet_digests, published_state, query

from paperhouse.orchestration.build import BuildReport, run_build
from paperhouse.warehouse.folder import Warehouse
from tests.stopping import hear_signals

pytestmark = pytest.mark.xdist_group("interrupted")
EXECUTABLE = Path(sys.executable).with_name("paperhouse")
#: Stages at which a build is stopped, with the signal: while it starts, inside Great Expectations, and inside dbt.
STOPS = {"start": signal.SIGTERM, "gate 1": signal.SIGINT, "dbt": signal.SIGTERM}
#: The stage at which one is killed: everything is made, and nothing of it published.
KILLED_AT = "publish parquet"
#: What is planted in the sample for a newcomer to find; the rare one is a keyword without a verdict.
PLANTED = {"kernel whispering": None, "lookahead distillation": ["rising"], "prompt stitching": ["falling"]}


@dataclass
class Interrupted:
    """A warehouse that had no dumps, then half of the shared one's, the later ones first, then all of them.

    No build of the half comes to its end: what it had made of it when it was killed is what the last one goes on from.
    """

    warehouse: Warehouse
    sample_papers: tuple[int, int] = (0, 0)
    planted: dict[str, list[str] | None] = field(default_factory=dict)
    #: What readers saw before and after each interrupted build, by the stage it came to.
    seen: dict[str, tuple[dict[str, str], dict[str, str]]] = field(default_factory=dict)
    #: How the stopped ones ended: exit code, what was printed and said.
    ends: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    #: Keywords of the half when the build was killed, and (keyword, form) of each.
    half: tuple[set[str], set[tuple[str, str]]] = field(default_factory=lambda: (set(), set()))


@pytest.fixture(scope="module")
def interrupted(built, tmp_path_factory):
    """The sample; the later half of the dumps, stopped early and killed late; all dumps."""
    warehouse = Warehouse(tmp_path_factory.mktemp("interrupted") / "warehouse")
    found = Interrupted(warehouse)
    report = _build(warehouse)
    found.sample_papers = (report.counts["sample papers"], query(warehouse, "select count(*) from marts.papers")[0][0])
    found.planted = dict(
        query(
            warehouse,
            "select keyword, list(distinct verdict order by verdict) filter (where verdict in ('rising', 'falling')) "
            "from marts.keywords left join marts.keyword_trends_by_month using (keyword_id, keyword) "
            f"where keyword in {tuple(PLANTED)} group by 1",
        )
    )
    files = sorted(path for path in built.dumps.rglob("*") if path.is_file())
    half = len(files) // 2
    _copy(files[half:], built.dumps, warehouse.inbox)
    for stage in (*STOPS, KILLED_AT):
        before = published_state(warehouse)
        if stage in STOPS:
            found.ends[stage] = _stop_at(warehouse, stage)
        else:
            _kill_at(warehouse, stage)
        found.seen[stage] = before, published_state(warehouse)
    found.half = _read_keywords(warehouse.database)
    _copy(files[:half], built.dumps, warehouse.inbox)
    assert _build(warehouse).outcome == "published"
    return found


def _build(warehouse: Warehouse) -> BuildReport:
    return run_build(warehouse, [], lambda name, done, total: None)


def _read_keywords(database: Path) -> tuple[set[str], set[tuple[str, str]]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        keywords = connection.execute("select keyword_id from marts.keywords").fetchall()
        forms = connection.execute("select keyword_id, form from marts.keyword_forms").fetchall()
    return {keyword for (keyword,) in keywords}, set(forms)


def _copy(files: list[Path], root: Path, inbox: Path) -> None:
    for path in files:
        target = inbox / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)


def _kill_at(warehouse: Warehouse, stage: str) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_build_and_die, args=(warehouse.folder, stage))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL


def _build_and_die(folder: Path, at_stage: str) -> None:
    def die(name: str, done: int, total: int | None) -> None:
        if name == at_stage:
            os.kill(os.getpid(), signal.SIGKILL)

    run_build(Warehouse(folder), [], die)


def _stop_at(warehouse: Warehouse, stage: str) -> tuple[int, str, str]:
    with subprocess.Popen(
        [EXECUTABLE, "build", "-w", warehouse.folder],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear_signals,
        start_new_session=True,
    ) as process:
        list(itertools.takewhile(lambda line: line != f"{stage} ...\n", process.stderr))
        os.killpg(process.pid, STOPS[stage])  # as a terminal does: the children as well
        out, said = process.communicate(timeout=60)
    with warehouse.lock():
        pass  # nobody holds it any more
    return process.returncode, out, said


def test_an_empty_inbox_builds_the_sample_and_its_trends_are_found(interrupted):
    assert interrupted.sample_papers == (600, 600)
    assert interrupted.planted == PLANTED


def test_real_dumps_push_the_sample_out(interrupted):
    assert not interrupted.warehouse.sample.exists()
    assert not interrupted.warehouse.sample_truth.exists()


def test_a_build_that_is_killed_or_stopped_leaves_what_was_published(interrupted):
    assert list(interrupted.seen) == [*STOPS, KILLED_AT]
    assert [stage for stage, (before, after) in interrupted.seen.items() if before != after] == []


@pytest.mark.parametrize("stage", STOPS)
def test_a_stopped_build_says_one_sentence_and_ends_as_the_signal_does(interrupted, stage):
    code, out, said = interrupted.ends[stage]
    assert code == 128 + STOPS[stage]
    assert out == ""
    sentence = [line for line in said.splitlines() if line and not line.endswith(" ...")]
    assert len(sentence) == 1, said
    assert sentence[0].startswith("Stopped by ")
    assert "the next build goes on from there" in sentence[0]


def test_runs_that_were_stopped_are_canceled(interrupted, monkeypatch):
    from dagster import DagsterInstance, DagsterRunStatus

    monkeypatch.setenv("DAGSTER_HOME", str(interrupted.warehouse.dagster_home))
    with DagsterInstance.get() as instance:
        statuses = [run.status for run in instance.get_runs()]
    # All but the one that was stopped before it began.
    assert statuses.count(DagsterRunStatus.CANCELED) == len(STOPS) - 1


def test_two_steps_in_the_other_order_give_the_same_bytes_whatever_interrupted_them(built, interrupted):
    assert parquet_digests(interrupted.warehouse) == parquet_digests(built.warehouse)


def test_what_half_of_a_corpus_accepts_the_whole_does(built, interrupted):
    """Itself or as a form of another keyword, but for one in five hundred: candidates move each other's places."""
    keywords, forms = interrupted.half
    whole_keywords, whole_forms = _read_keywords(built.warehouse.database)
    known_forms = {form for _, form in whole_forms}
    known = whole_keywords | {keyword for keyword, form in forms if form in known_forms}
    assert len(keywords) > 500
    assert len(keywords - known) <= len(keywords) / 500
