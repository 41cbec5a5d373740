"""Dumps are read in a process of their own: one that does not come to an end is held, and the others are read."""

from __future__ import annotations

from pathlib import Path

import planted_readers
import polars as pl
import pytest
from invented_papers import invent, render_text

from paperhouse.parsing import ReaderError, find_files, guarded, hash_files, parse_dumps, read_dumps

TEXTS = [render_text(invent(4, seed=seed)) for seed in (1, 2)]


@pytest.fixture
def planted(monkeypatch):
    """The layout of `planted_readers` in the process, and one second of the processor for each batch."""
    folder = Path(planted_readers.__file__).parent
    monkeypatch.setattr(
        guarded, "_SERVE", f"import sys; sys.path.insert(0, {str(folder)!r}); import planted_readers as p; p.serve()"
    )
    monkeypatch.setattr(guarded, "FLOOR_SECONDS", 1)
    monkeypatch.setattr(guarded, "FLOOR_BYTES", 512 << 20)
    monkeypatch.setattr(guarded, "WAITING_FACTOR", 2)


def list_dumps(folder: Path, **texts: str) -> pl.DataFrame:
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text)
    files = hash_files(find_files([folder]))
    return files.with_columns(file_names=pl.concat_list("file_name"))


def read(dumps: pl.DataFrame) -> dict[str, tuple[str, str]]:
    """File -> status and detail of the reject."""
    batches = list(read_dumps(dumps))
    rejects = pl.concat([batch.rejects for batch in batches])
    found = pl.concat([batch.dumps for batch in batches]).join(rejects, on="dump_id", how="left")
    assert found["reject_count"].to_list() == [int(detail is not None) for detail in found["detail"]]
    return {
        names[0]: (status, reason) for names, status, reason in found.select("file_names", "status", "reason").rows()
    }


@pytest.mark.deep
@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("loops", "too_slow"),
        ("hangs in C", "too_slow"),
        ("waits", "too_slow"),
        ("fills", "too_large"),
        ("aborts", "too_large"),
        ("crashes", "reader_ended"),
        ("fails", "reader_ended"),
    ],
)
def test_a_dump_that_does_not_end_is_held_and_the_others_are_read(tmp_path, planted, what, reason):
    dumps = list_dumps(tmp_path, first=TEXTS[0], planted=f"A reader {what} here\n", second=TEXTS[1])
    assert read(dumps) == {
        "first.txt": ("loaded", None),
        "planted.txt": ("held", reason),
        "second.txt": ("loaded", None),
    }


def test_what_is_read_is_what_is_parsed(tmp_path):
    dumps = list_dumps(tmp_path, first=TEXTS[0], second=TEXTS[1])
    for read_batch, parsed in zip(read_dumps(dumps), parse_dumps(dumps), strict=True):
        for name in ("dumps", "entries", "rejects", "line_spans"):
            assert getattr(read_batch, name).equals(getattr(parsed, name))


def test_the_words_name_the_limit(tmp_path, planted):
    (batch,) = read_dumps(list_dumps(tmp_path, planted="A reader loops here\n"))
    assert batch.rejects["detail"].to_list() == [
        "reading it took more than 1 seconds of the processor: 1 and 10 for each of its 0.0 MB"
    ]
    assert batch.dumps["layout_reason"][0].startswith("too_slow: ")


def test_more_bytes_may_take_more_time():
    assert guarded.allow_seconds(0) == guarded.FLOOR_SECONDS
    assert guarded.allow_seconds(10 << 20) == guarded.FLOOR_SECONDS + 10 * guarded.SECONDS_PER_MB


def test_a_process_that_does_not_start_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(guarded, "_SERVE", "raise SystemExit(1)")
    with pytest.raises(ReaderError):
        list(read_dumps(list_dumps(tmp_path, first=TEXTS[0])))


def test_no_process_is_left_behind(tmp_path, monkeypatch):
    started = []
    start = guarded._Reader._start

    def start_and_note(self):
        start(self)
        started.append(self.process)

    monkeypatch.setattr(guarded._Reader, "_start", start_and_note)
    batches = read_dumps(list_dumps(tmp_path, first=TEXTS[0]))
    next(batches)
    assert started[0].poll() is None
    batches.close()
    assert started[0].poll() is not None
