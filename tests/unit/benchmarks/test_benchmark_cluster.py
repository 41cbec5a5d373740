"""A Spark on loopback, as far as it can be had without one: what is refused, what is counted, who is killed."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from contextlib import closing
from types import SimpleNamespace

import polars as pl
import pytest

from benchmarks import cluster
from benchmarks.cluster import READING, Cluster, Watcher, start_cluster
from benchmarks.measure import CommandFailed
from benchmarks.sessions import read_sessions
from benchmarks.text_workers import WorkersRun, count_differing, format_workers
from paperhouse.text import extract_texts


class Counted(Cluster):
    """A cluster that has shuffled 100 bytes more each time that it is asked, and knows who was killed."""

    def __init__(self):
        super().__init__("sc://127.0.0.1:1", "http://127.0.0.1:1")
        self.asked, self.killed, self.lost = 0, threading.Event(), 0

    def read_totals(self):
        self.asked += 1
        return {"totalShuffleWrite": 100 * self.asked**2}

    def read_usage(self):
        return 7.0 * self.asked, 1_000 * self.asked

    def kill_worker(self):
        self.lost += 1
        self.killed.set()


def event(name, model):
    node = SimpleNamespace(node_name=model)
    return SimpleNamespace(info=SimpleNamespace(name=name), data=SimpleNamespace(node_info=node))


def test_a_model_has_what_was_shuffled_since_the_one_before():
    with closing(Watcher(Counted())) as watcher:
        begin, end = "NodeExecuting", "NodeFinished"
        for name, model in ((begin, "a"), (end, "a"), ("LogTestResult", ""), (begin, "b"), (end, "b")):
            watcher.listen(event(name, model))
    assert {name: spent.shuffled for name, spent in watcher.spent.items()} == {"a": 500, "b": 900}
    assert [round(spent.cpu_seconds) for spent in watcher.spent.values()] == [7, 7]
    assert [spent.peak_bytes for spent in watcher.spent.values()] == [3_000, 5_000]
    assert watcher.killed_at == ""


def test_a_worker_is_killed_over_the_model_that_is_named(monkeypatch):
    monkeypatch.setattr(cluster, "_SECONDS_INTO", 0.0)
    counted = Counted()
    watcher = Watcher(counted, "b")
    watcher.listen(event("NodeExecuting", "a"))
    watcher.listen(event("NodeStart", "b"))  # of what is left out, too
    assert not counted.killed.wait(0.2)
    watcher.listen(event("NodeExecuting", "b"))
    assert counted.killed.wait(10)
    counted.killed.clear()
    watcher.listen(event("NodeExecuting", "b"))
    assert not counted.killed.wait(0.2)
    assert counted.lost == 1


def test_a_worker_is_killed_while_two_read_dumps(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "_SECONDS_READING", 0.0)
    monkeypatch.setattr(cluster, "_LOOK", 0.01)
    busy = [0, 1, 2, 2]
    monkeypatch.setattr(Counted, "count_busy", lambda self: busy.pop(0) if len(busy) > 1 else busy[0])
    with closing(Watcher(Counted(), READING)) as watcher:
        watcher.kill_over_reading(tmp_path)
        assert not watcher._cluster.killed.wait(0.2)
        assert len(busy) == 4  # nobody is asked before dumps are given
        (tmp_path / ".work" / "given").mkdir(parents=True)
        assert watcher._cluster.killed.wait(10)
        assert watcher.killed_at == READING


def test_what_a_session_takes_is_what_its_processes_take():
    busy = "x = bytearray(80_000_000)\nwhile sum(__import__('os').times()[:2]) < 0.4: pass\ninput()"
    process = subprocess.Popen(
        ["sh", "-c", f'{sys.executable} -c "{busy}"; true'], stdin=subprocess.PIPE, start_new_session=True
    )
    try:
        for _ in range(600):
            seconds, size = read_sessions([process.pid])
            if seconds >= 0.4:
                break
            time.sleep(0.1)
        assert (0.4 <= seconds < 5, size > 80_000_000) == (True, True)
        assert read_sessions([2**30]) == (0, 0)
    finally:
        process.communicate(b"\n")


def test_totals_are_of_all_executors_those_that_were_lost_too(monkeypatch):
    one = {"totalShuffleWrite": 1, "totalShuffleRead": 2, "totalInputBytes": 3, "totalDuration": 4, "failedTasks": 5}
    answers = {"applications": [{"id": "app"}], "applications/app/allexecutors": [one, one | {"failedTasks": 0}]}
    monkeypatch.setattr(Cluster, "_ask", lambda self, what: answers[what])
    assert Cluster("", "").read_totals() == {
        "totalShuffleWrite": 2, "totalShuffleRead": 4, "totalInputBytes": 6, "totalDuration": 8, "failedTasks": 5
    }  # fmt: skip


@pytest.mark.parametrize(("java", "said"), [(None, "needs Java 17"), ("/bin/java", "holds no Spark")])
def test_what_is_missing_is_said(tmp_path, monkeypatch, java, said):
    monkeypatch.setattr(cluster.shutil, "which", lambda name: java)
    with pytest.raises(CommandFailed, match=said), start_cluster(tmp_path, 1, tmp_path / "cluster"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_ends_is_told_and_none_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster.shutil, "which", lambda name: "/bin/java")
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "spark-class"
    program.write_text("#!/bin/sh\necho no luck\nexit 3\n")
    program.chmod(0o755)
    with pytest.raises(CommandFailed, match="did not start"), start_cluster(tmp_path, 1, tmp_path / "cluster"):
        pass
    assert (tmp_path / "cluster" / "master.log").read_text() == "no luck\n"


def test_rows_that_one_side_alone_has_are_counted():
    texts = pl.DataFrame(
        {"text_id": ["t1", "t2"], "title": ["Moss Grows Back", "Fronds on Slopes"], "abstract": ["", ""]}
    )
    whole, half = extract_texts(texts), extract_texts(texts.head(1))
    assert count_differing([whole], [whole]) == 0
    assert count_differing([half], [whole]) == count_differing([whole], [half]) > 0


def test_runs_are_held_against_one_worker():
    runs = [WorkersRun(0, 2_000, 4.0, 4.0, 0), WorkersRun(1, 2_000, 9.0, 8.5, 0), WorkersRun(2, 2_000, 6.0, 9.0, 3)]
    lines = [line.split() for line in format_workers(runs).splitlines()[2:]]
    assert lines == [
        ["this", "process", "2,000", "4.0", "4.0", "0"],
        ["1", "2,000", "9.0", "8.5", "1.00", "0"],
        ["2", "2,000", "6.0", "9.0", "1.50", "3"],
    ]
