from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks.__main__ import app
from benchmarks.measure import CommandFailed
from benchmarks.parse import LayoutSpeed, format_speeds


def test_without_a_name_the_benchmarks_are_listed():
    result = CliRunner().invoke(app, [])
    assert result.exit_code == 0
    for name in ("build", "parse", "keywords"):
        assert f" {name} " in result.output


def test_a_failed_command_ends_with_its_own_words(monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise CommandFailed("the build said no")

    monkeypatch.setattr("benchmarks.build.run_build", fail)
    result = CliRunner().invoke(app, ["build", "--papers", "1000"])
    assert result.exit_code == 1
    assert "the build said no" in result.output


def test_a_bad_record_names_its_line(tmp_path: Path):
    source = tmp_path / "gold.jsonl"
    source.write_text('{"id": 1}\n')
    arguments = ["keywords", "--input", str(source), "--output", str(tmp_path / "out.jsonl")]
    # However long the path is: no line of the message is folded.
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "1000"})
    assert result.exit_code == 2
    assert "line 1" in result.output


def test_speeds_are_printed_per_byte_beside_wc():
    speed = LayoutSpeed("text_dense", 50_000_000, 1_000, 2, words_seconds=0.25, frames_seconds=0.5, loaded_seconds=1.0)
    row = format_speeds([speed]).splitlines()[-1]
    assert row.split() == "text_dense 50.0 MB 1,000 2 0.250 s 0.500 s 100 MB/s 2.00x 1.00 s 4.00x".split()
