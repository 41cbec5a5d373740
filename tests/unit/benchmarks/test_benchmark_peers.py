"""The script we compare with is a fair one: it reads every paper of the corpus and counts what it should."""

import runpy
import sys
from pathlib import Path

import polars as pl
import pytest

from benchmarks.corpora import CorpusPlan, make_corpus
from benchmarks.measure import ROOT


def test_the_pandas_script_counts_terms_by_month(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    plan = CorpusPlan(300, 40, ("text_spaced", "text_dense", "text_undated", "api_list"), page_size=60, api_share=0.5)
    corpus = make_corpus(plan, tmp_path)
    script = str(ROOT / "benchmarks" / "peers" / "pandas_script.py")
    monkeypatch.setattr(sys, "argv", [script, str(corpus), str(tmp_path / "output")])
    runpy.run_path(script, run_name="__main__")
    truth = pl.read_parquet(corpus.with_name(f"{corpus.name}-truth") / "entries.parquet")
    papers = pl.read_parquet(tmp_path / "output" / "papers.parquet")
    # A TeX title is another title on a page: the script takes such papers for two.
    tex_titles = truth.filter(pl.col("title").str.contains(r"\$"))["paper_key"].n_unique()
    assert papers.height == 300 + tex_titles
    assert papers["arxiv_id"].count() == truth["arxiv_id"].n_unique() - 1
    terms = pl.read_parquet(tmp_path / "output" / "term_months.parquet")
    with_code = papers.filter(pl.concat_str("title", "abstract", separator=" ").str.contains("(?i)\\bcode\\b"))
    row = terms.row(by_predicate=pl.col("term") == "code", named=True)
    assert row["papers"] == with_code.height
    months = dict(with_code.drop_nulls("month")["month"].value_counts().iter_rows())
    assert {month: row[month] for month in months} == months
