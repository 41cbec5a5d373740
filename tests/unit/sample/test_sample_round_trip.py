"""The parser reads every layout the generator writes, and finds what the truth says."""

from pathlib import Path

import polars as pl
import pytest

from paperhouse.parsing import find_files, hash_files, parse_dumps
from paperhouse.sample import LAYOUTS, write_sample


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_the_parser_finds_what_the_generator_printed(tmp_path: Path, layout: str):
    sample = write_sample(tmp_path / "dumps", papers=120, days=8, layouts=[layout], page_size=40)
    files = hash_files(find_files([sample.folder])).with_columns(file_names=pl.concat_list("file_name"))
    files = files.unique("dump_id", keep="first", maintain_order=True)
    batches = list(parse_dumps(files))
    assert sum(batch.rejects.height for batch in batches) == 0
    entries = pl.concat([batch.entries for batch in batches]).join(files.select("dump_id", "path"), on="dump_id")
    read = entries.select(
        "position",
        "title",
        "abstract",
        "arxiv_id",
        dump=pl.col("path").cast(pl.String).str.strip_prefix(f"{sample.folder}/"),
        published_on=pl.col("published_at").dt.date(),
    ).sort("dump", "position")
    truth = pl.read_parquet(sample.truth_folder / "entries.parquet").sort("dump", "position").select(read.columns)
    assert read.rows() == truth.filter(pl.col("dump").is_in(read["dump"].implode())).rows()
    assert truth["dump"].n_unique() - read["dump"].n_unique() == sample.dumps - files.height
