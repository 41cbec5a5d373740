from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import corpora
from benchmarks.corpora import CorpusPlan, count_words_command, list_files, make_corpus, plan_archive
from benchmarks.measure import measure

PLAN = CorpusPlan(40, 5, ("text_dense", "api_list"), page_size=20)


def test_a_corpus_is_made_once(tmp_path: Path):
    folder = make_corpus(PLAN, tmp_path)
    files = list_files(folder)
    assert {file.suffix for file in files} == {".txt", ".json"}
    files[0].write_text("touched")
    assert make_corpus(PLAN, tmp_path) == folder
    assert files[0].read_text() == "touched"


@pytest.mark.parametrize("change", ["plan", "generator", "half"])
def test_a_corpus_is_made_anew_when_it_would_differ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str):
    files = list_files(make_corpus(PLAN, tmp_path))
    files[0].write_text("touched")
    if change == "generator":
        monkeypatch.setattr(corpora, "fingerprint_generator", lambda: "another")
    if change == "half":
        files[0].parent.parent.with_name(f"{PLAN.name}.json").unlink()
    make_corpus(replace(PLAN, seed=8) if change == "plan" else PLAN, tmp_path)
    assert "touched" not in {file.read_text() for file in list_files(tmp_path / "corpora" / PLAN.name)}


def test_an_archive_grows_by_days_and_lists_every_paper_on_a_page():
    assert plan_archive(100_000).days == 714
    assert plan_archive(1_000).days == 20
    assert plan_archive(1_000).page_share == 1.0


def test_words_are_counted_in_all_files(tmp_path: Path):
    (tmp_path / "a b.txt").write_text("one two")
    (tmp_path / "c.txt").write_text("three")
    command = count_words_command(list_files(tmp_path), tmp_path / "lists" / "files.txt")
    counted = [part.replace(" > /dev/null", f" > {tmp_path}/counted") for part in command]
    measure(counted)
    assert (tmp_path / "counted").read_text().split()[-2:] == ["3", "total"]
