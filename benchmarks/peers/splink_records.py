"""Records of one paper found by Splink, the kept library for it, as its tutorial would: no label, no tuning to a set.

Titles, people and years are compared in levels, u estimated from random pairs and m by expectation maximisation; pairs
above the odds that are given join, and what hangs together is one paper. Wants an environment of its own, since Splink
is nothing that Paperhouse needs: `pip install "splink==5.0.0"`.

    python benchmarks/peers/splink_records.py RECORDS PAIRS [PROBABILITY]

RECORDS are JSON lines of id, title and, where known, authors and year (`benchmarks matching` leaves those of each twin
in `labelled.jsonl` beside its warehouse); PAIRS are JSON lines of a, b, match. Scores are printed for the half of the
pairs that no rule of ours was made on.
"""

import hashlib
import json
import re
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd

PROBABILITY = 0.9


def read_records(path: Path) -> pd.DataFrame:
    """A row per record: folded title, its words, family names of its people, the first of them, the year."""
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        title = " ".join(re.findall(r"\w+", str(record.get("title") or "").lower()))
        authors = record.get("authors") or []
        names = re.split(r"\s*[,;]\s*|\s+and\s+", authors) if isinstance(authors, str) else authors
        families = [words[-1] for name in names if (words := re.findall(r"\w+", str(name).lower()))]
        year = re.search(r"\d{4}", str(record.get("year") or record.get("published") or ""))
        rows.append(
            {
                "unique_id": str(record["id"]),
                "title": title or None,
                "title_words": title.split() or None,
                "title_start": title[:16] or None,
                "title_end": title[-16:] or None,
                "families": sorted(set(families)) or None,
                "first_family": families[0] if families else None,
                "year": year[0] if year else None,
            }
        )
    return pd.DataFrame(rows)


def cluster_records(records: pd.DataFrame, probability: float) -> dict[str, str]:
    """Cluster id by record id."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("title", [0.95, 0.9, 0.8]),
            cl.ArrayIntersectAtSizes("title_words", [6, 4, 2]),
            cl.ArrayIntersectAtSizes("families", [3, 2, 1]),
            cl.ExactMatch("year"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("title"),
            block_on("title_start"),
            block_on("title_end"),
            block_on("first_family", "year"),
        ],
    )
    linker = Linker(DuckDBAPI().register(records), settings)
    linker.training.estimate_probability_two_random_records_match([block_on("title")], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("title_start"), block_on("first_family", "year")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    predicted = linker.inference.predict(threshold_match_probability=probability)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
        predicted, threshold_match_probability=probability
    ).as_pandas_dataframe()
    return dict(zip(clusters["unique_id"], clusters["cluster_id"].astype(str), strict=True))


def score(pairs: list[dict[str, Any]], clusters: dict[str, str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of the held-out pairs: the half whose first id has an odd MD5."""
    held_out = [pair for pair in pairs if hashlib.md5(str(pair["a"]).encode()).digest()[0] % 2]
    joined = [pair for pair in held_out if clusters[str(pair["a"])] == clusters[str(pair["b"])]]
    right = sum(bool(pair["match"]) for pair in joined)
    precision, recall = right / max(len(joined), 1), right / sum(bool(pair["match"]) for pair in held_out)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


if __name__ == "__main__":
    started = time.process_time()
    found = cluster_records(read_records(Path(sys.argv[1])), float(sys.argv[3]) if len(sys.argv) > 3 else PROBABILITY)
    labelled = [json.loads(line) for line in Path(sys.argv[2]).read_text(encoding="utf-8").splitlines()]
    print("precision {:.4f}, recall {:.4f}, F1 {:.4f}".format(*score(labelled, found)))
    print(f"{time.process_time() - started:.1f} s of CPU")
