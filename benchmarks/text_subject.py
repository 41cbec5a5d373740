"""What the text benchmark runs in a process of its own: the text stage, or its phrases alone, over a loaded warehouse.

    python -m benchmarks.text_subject load|stage|phrases WAREHOUSE [CORPUS]

Prints a line of JSON: seconds on the clock and of CPU (imports and loading left out), texts, phrases, peak bytes.
What the numbers are compared with is in `text`.
"""

import json
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from paperhouse.loading.dumps import load_dumps
from paperhouse.loading.texts import extract_new_texts, map_batches
from paperhouse.parsing import find_files
from paperhouse.text import WORDS_OF
from paperhouse.text.abbreviations import extract_abbreviations
from paperhouse.text.cleaning import clean_abstracts, clean_titles
from paperhouse.text.phrases import extract_phrases
from paperhouse.text.tokens import tokenize
from paperhouse.warehouse.folder import Warehouse


def find_phrases(texts: pl.DataFrame) -> tuple[int, int]:
    """Clean, tokenise and find the candidates of a batch as the text stage does; returns how many of each."""
    clean = texts.with_columns(title=clean_titles(texts["title"]), abstract=clean_abstracts(texts["abstract"]))
    return clean.height, extract_phrases(clean, tokenize(clean), extract_abbreviations(clean))[0].height


def read_batches(warehouse: Warehouse) -> Iterator[pl.DataFrame]:
    """The distinct texts of a warehouse in batches of the text stage's size."""
    with warehouse.connect() as connection:
        connection.execute("set threads = 1")
        reader = connection.execute(
            """
            select text_id, title, abstract from raw.entries
            qualify row_number() over (partition by text_id order by rowid) = 1
            """
        ).to_arrow_reader(WORDS_OF)
        for batch in reader:
            yield pl.DataFrame(batch)


def run_stage(warehouse: Warehouse) -> tuple[float, float, int, int]:
    """Empty the text tables and fill them again; returns seconds, CPU seconds, texts and phrases."""
    with warehouse.connect() as connection:
        connection.execute("update extracted.texts set text_version = 'none'")
    started, worked = time.perf_counter(), time.process_time()
    count = extract_new_texts(warehouse)
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - worked
    with warehouse.connect() as connection:
        phrases = connection.execute("select count(*) from extracted.phrases").fetchall()[0][0]
    return seconds, cpu_seconds, count, phrases


def run_phrases(warehouse: Warehouse) -> tuple[float, float, int, int]:
    """Read all texts and find their phrases by as many threads as the text stage has; returns what run_stage does."""
    started, worked = time.perf_counter(), time.process_time()
    found = list(map_batches(find_phrases, read_batches(warehouse)))
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - worked
    return seconds, cpu_seconds, sum(texts for texts, _ in found), sum(phrases for _, phrases in found)


if __name__ == "__main__":
    what, house = sys.argv[1], Warehouse(Path(sys.argv[2]))
    if what == "load":
        house.prepare()
        load_dumps(house, find_files([Path(sys.argv[3])]))
    else:
        taken = run_stage(house) if what == "stage" else run_phrases(house)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        names = ("seconds", "cpu_seconds", "texts", "phrases", "peak_bytes")
        print(json.dumps(dict(zip(names, (*taken, peak), strict=True))))
