"""The sample as a reader sees it: every dump is read back by the simplest code that can, and held against the truth."""

import ast
import csv
import gzip
import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from paperhouse.sample import LAYOUTS, SampleTruth, write_sample

HEADERS = {
    "text_spaced": [
        "new",
        "Get trending papers in your email inbox!",
        "Subscribe",
        "byAK and the research community",
    ],
    "text_undated": [
        "new",
        "Get trending papers in your email inbox!",
        "Subscribe",
        "Daily Papers",
        "by AK and the research community",
    ],
    "text_dense": [
        "Get trending papers in your email inbox once a day!",
        "Get trending papers in your email inbox!",
    ],
}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SampleTruth:
    return write_sample(tmp_path_factory.mktemp("sample") / "dumps")


@pytest.fixture(scope="module")
def entries(sample: SampleTruth) -> pl.DataFrame:
    return pl.read_parquet(sample.truth_folder / "entries.parquet")


def digest_folder(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(gzip.decompress(content) if path.suffix == ".gz" else content)
    return digest.hexdigest()


def read_page(path: Path, layout: str) -> list[tuple[str, str]]:
    lines = path.read_text(encoding="utf-8").split("\n")
    if layout != "text_dense":
        assert set(lines[1::2]) == {""}, "a spaced page has a blank line after every line"
        lines = lines[::2]
    header = HEADERS[layout]
    assert lines[: len(header)] == header
    lines = lines[len(header) :]
    if layout == "text_spaced":
        lines = lines[1:]
    if layout == "text_dense":
        lines[0] = lines[0].removeprefix("Subscribe")
    return list(zip(lines[::2], lines[1::2], strict=True))


def read_day(path: Path) -> list[dict]:
    content = path.read_bytes()
    loaded = json.loads(gzip.decompress(content) if path.suffix == ".gz" else content)
    listed = loaded["data"] if isinstance(loaded, dict) else loaded
    return [(ast.literal_eval(entry) if isinstance(entry, str) else entry)["paper"] for entry in listed]


def test_every_page_says_what_the_truth_says(sample: SampleTruth, entries: pl.DataFrame):
    pages = entries.filter(pl.col("layout").str.starts_with("text_")).partition_by("dump", maintain_order=True)
    assert {page["layout"][0] for page in pages} == set(HEADERS)
    for page in pages:
        read = read_page(sample.folder / page["dump"][0], page["layout"][0])
        assert read == list(zip(page["title"], page["abstract"], strict=True))
        assert page["position"].to_list() == list(range(1, page.height + 1))
        assert page["arxiv_id"].null_count() == page.height


def test_a_dated_page_prints_the_day_without_its_year(sample: SampleTruth, entries: pl.DataFrame):
    dated = entries.filter(pl.col("layout") == "text_spaced").unique("dump")
    assert dated.height > 0
    for page in dated.to_dicts():
        line = (sample.folder / page["dump"]).read_text(encoding="utf-8").split("\n")[8]
        assert line == f"{page['captured_on']:%b} {page['captured_on'].day}"


def test_every_api_day_says_what_the_truth_says(sample: SampleTruth, entries: pl.DataFrame):
    days = entries.filter(pl.col("layout").str.starts_with("api_")).partition_by("dump", maintain_order=True)
    assert {day["layout"][0] for day in days} == {"api_list", "api_envelope", "api_reprs"}
    for day in days:
        read = read_day(sample.folder / day["dump"][0])
        assert [(paper["title"], paper["summary"]) for paper in read] == list(
            zip(day["title"], day["abstract"], strict=True)
        )
        assert [paper["id"] for paper in read] == day["arxiv_id"].to_list()
        assert [paper["upvotes"] for paper in read] == day["upvotes"].to_list()
        assert [paper["publishedAt"][:10] for paper in read] == day["published_on"].dt.to_string().to_list()
        assert [paper["submittedOnDailyAt"][:10] for paper in read] == day["listed_on"].dt.to_string().to_list()


def read_records(path: Path) -> list[dict]:
    """Rows under one set of names, every value as text."""
    names = {"id": "arxiv_id", "paper_title": "title", "summary": "abstract", "published_at": "published"}
    if path.suffix == ".parquet":
        rows = (
            pl.read_parquet(path)
            .with_columns(pl.col("published_at").dt.date())
            .drop("authors", "ai_keywords")
            .to_dicts()
        )
    elif path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    else:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [{names.get(name, name).removesuffix("_date"): str(value) for name, value in row.items()} for row in rows]


def test_every_table_of_records_says_what_the_truth_says(sample: SampleTruth, entries: pl.DataFrame):
    tables = entries.filter(pl.col("layout").str.starts_with("records_")).partition_by("dump", maintain_order=True)
    assert {table["layout"][0] for table in tables} == {"records_jsonl", "records_csv", "records_parquet"}
    for table in tables:
        read = read_records(sample.folder / table["dump"][0])
        for name, column in {
            "title": "title",
            "abstract": "abstract",
            "arxiv_id": "arxiv_id",
            "published": "published_on",
        }.items():
            assert [row[name] for row in read] == table[column].cast(pl.String).to_list()


def test_the_sample_holds_every_layout_and_oddity(sample: SampleTruth, entries: pl.DataFrame):
    assert set(entries["layout"]) == {name for name, layout in LAYOUTS.items() if layout.in_sample}
    files = [path for path in sample.folder.rglob("*") if path.is_file()]
    assert sample.dumps == len(files) == entries["dump"].n_unique()
    assert sample.entries == entries.height
    assert any(path.suffix == ".gz" for path in files)
    contents = Counter(path.read_bytes() for path in files)
    assert max(contents.values()) == 2, "one content comes under two names"
    redelivered = next(path for path in files if path.parent.name == "redelivered")
    before, after = (read_day(path) for path in (sample.folder / "days" / redelivered.name, redelivered))
    assert [paper["id"] for paper in before] == [paper["id"] for paper in after]
    assert [paper["upvotes"] + 5 for paper in before] == [paper["upvotes"] for paper in after]


def test_papers_are_told_apart_and_recur(entries: pl.DataFrame):
    assert entries["paper_key"].n_unique() == 600
    known = entries.drop_nulls("arxiv_id")
    assert known.group_by("paper_key").agg(pl.col("arxiv_id").n_unique())["arxiv_id"].max() == 1
    assert known["arxiv_id"].n_unique() == known["paper_key"].n_unique()
    kinds = entries.group_by("paper_key").agg(pl.col("dump").str.head(3).unique().sort())
    seen = Counter(tuple(kind) for kind in kinds["dump"])
    assert set(seen) == {("day",), ("pag",), ("day", "pag"), ("day", "rec"), ("pag", "rec"), ("day", "pag", "rec")}
    assert min(seen.values()) >= 40
    assert entries.unique("paper_key")["title"].n_unique() >= 597


def test_abstracts_look_like_abstracts(entries: pl.DataFrame):
    pages = entries.filter(pl.col("dump").str.starts_with("pages/")).unique("paper_key")
    lengths = pages["abstract"].str.len_chars()
    assert 1_250 < lengths.mean() < 1_450
    assert lengths.min() > 500
    for pattern, least in {
        r"\w+ \w+ \([A-Z]\w*[A-Z]s\)": 0.4,
        r"https://github\.com/(example|sample)-\w+/\S": 0.2,
        r"\d\\% ": 0.3,
        r"\dtimes": 0.1,
    }.items():
        assert pages["abstract"].str.contains(pattern).mean() > least, pattern
    without_tex = pages["abstract"].str.replace_all(r"(url\{\S+|sqrt\{T|tilde\{O)\}", "TeX")
    assert not without_tex.str.contains(r"[{}$]|  |\s$| [.,]|\.\.").any()
    days = entries.filter(pl.col("dump").str.starts_with("days/"))
    assert days["abstract"].str.contains(r"\$\S+\\times\$").any()
    assert days["abstract"].str.split("\n").list.eval(pl.element().str.len_chars().max()).list.first().max() < 80


def test_the_default_sample_spans_the_months_a_trend_takes(entries: pl.DataFrame):
    listed = entries["listed_on"].drop_nulls()
    assert (listed.max() - listed.min()).days > 18 * 30
    assert set(listed.dt.weekday()) == {1, 2, 3, 4, 5}
    assert (listed.dt.strftime("%Y-%m").unique().len()) >= 18


def test_planted_terms_move_as_stated(tmp_path: Path):
    truth = write_sample(tmp_path / "dumps", papers=6_000, days=60, layouts=["api_list"])
    entries = pl.read_parquet(truth.truth_folder / "entries.parquet").unique("paper_key")
    planted = json.loads((truth.truth_folder / "planted.json").read_text(encoding="utf-8"))
    assert {term["kind"] for term in planted} == {"rise", "fall", "burst", "steady", "rare"}
    days = sorted(entries["listed_on"].unique())
    texts = entries.with_columns(text=pl.concat_str("title", "abstract", separator=" ").str.to_lowercase())
    for term in planted:
        # A hard line break may stand inside a term.
        has_term = texts["text"].str.contains(term["term"].replace(" ", r"\s+"))
        assert has_term.to_list() == (entries["planted"] == term["term"]).fill_null(False).to_list(), term["term"]
        by_day = texts.with_columns(has_term=has_term).group_by("listed_on").agg(pl.col("has_term").mean())
        shares = dict(by_day.iter_rows())
        first, last = (sum(shares[day] for day in some) / 12 for some in (days[:12], days[-12:]))
        inside = [shares[day] for day in days if term["from"] <= day.isoformat() <= term["to"]]
        outside = [shares[day] for day in days if not term["from"] <= day.isoformat() <= term["to"]]
        if term["kind"] == "rise":
            assert last > 3 * first, term
        elif term["kind"] == "fall":
            assert first > 3 * last, term
        elif term["kind"] == "burst":
            assert sum(inside) / len(inside) > 10 * sum(outside) / len(outside), term
        else:
            low, high = {"steady": (0.03, 0.07), "rare": (0.01, 0.03)}[term["kind"]]
            assert low < sum(inside) / len(inside) < high, term


def test_the_same_seed_gives_the_same_bytes_in_another_process(tmp_path: Path):
    write_sample(tmp_path / "here", papers=300, days=20, seed=11)
    code = "import sys, pathlib; from paperhouse.sample import write_sample\n"
    code += "write_sample(pathlib.Path(sys.argv[1]), papers=300, days=20, seed=11)"
    environment = {**os.environ, "PYTHONHASHSEED": "12345", "POLARS_MAX_THREADS": "1", "TZ": "Asia/Kathmandu"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "there")], check=True, env=environment)
    assert digest_folder(tmp_path / "here") == digest_folder(tmp_path / "there")
    write_sample(tmp_path / "other", papers=300, days=20, seed=12)
    assert digest_folder(tmp_path / "other") != digest_folder(tmp_path / "here")


def test_batches_do_not_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write_sample(tmp_path / "whole", papers=400, days=20)
    monkeypatch.setattr("paperhouse.sample.writer.BATCH_SIZE", 1)
    write_sample(tmp_path / "parts", papers=400, days=20)
    assert digest_folder(tmp_path / "whole") == digest_folder(tmp_path / "parts")


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_one_layout_alone_lists_every_paper(tmp_path: Path, layout: str):
    seen: list[int] = []
    truth = write_sample(tmp_path / "dumps", papers=50, days=5, layouts=[layout], progress=seen.append)
    entries = pl.read_parquet(truth.truth_folder / "entries.parquet")
    assert set(entries["layout"]) == {layout}
    assert entries["paper_key"].n_unique() == 50
    assert sum(seen) == truth.entries == entries.height


def test_an_archive_without_odd_days_is_plain_files_of_distinct_content(tmp_path: Path):
    truth = write_sample(tmp_path / "dumps", papers=200, days=40, has_odd_days=False)
    contents = [path.read_bytes() for path in truth.folder.rglob("*") if path.is_file()]
    assert len(set(contents)) == len(contents) == truth.dumps
    assert not list(truth.folder.rglob("*.gz"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"layouts": ["papyrus"]}, "unknown layout 'papyrus'; there are text_spaced"),
        ({"papers": 0}, "at least one paper"),
        ({"days": 0}, "at least one paper and one day"),
        ({"papers": 10_000_000, "days": 10}, "too many a month; give more days"),
    ],
)
def test_impossible_samples_are_refused(tmp_path: Path, arguments: dict, message: str):
    with pytest.raises(ValueError, match=message):
        write_sample(tmp_path / "dumps", **arguments)
