"""Records of papers that are labelled one or two, and what the build that users run makes of them.

Scores labelled sets and prints them. Which pairs are hard, and dirty copies of generated papers, are written in
`lookalikes` and `duplicates`. Records go in as one dump of JSON lines and are known again by their line, like those of
`keywords`.
"""

import hashlib
import json
import math
import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from benchmarks.corpora import DATA, list_files
from benchmarks.duplicates import write_corpus
from benchmarks.keywords import BadRecordError
from benchmarks.lookalikes import make_pairs
from benchmarks.measure import CommandFailed, measure
from benchmarks.tables import format_seconds, format_table
from benchmarks.twins import make_twin
from paperhouse.orchestration.table_costs import read_costs
from paperhouse.text.fingerprints import fingerprint_texts
from paperhouse.text.tokens import tokenize

#: Read from the pipeline's own file: published tables name papers and dumps, but not the lines papers stand on.
_PAPERS = """
select entries.first_line, identified.paper_id, texts.title_key
from raw.entries as entries
inner join intermediate.int_entries__identified as identified on entries.entry_id = identified.entry_id
inner join extracted.texts as texts on entries.text_id = texts.text_id
"""
#: The models of pairs and of what is decided of them.
_PAIR_MODELS = (
    "int_records__blocked",
    "int_records__paired",
    "int_record_pairs__measured",
    "int_record_pairs__judged",
    "int_record_pairs__overridden",
    "int_record_pairs__weighed",
    "int_records__joined",
    "int_groups__described",
    "int_groups__paired",
    "int_groups__clustered",
    "int_records__centred",
    "int_record_pairs__decided",
    "int_records__clustered",
    "match_decisions",
)
#: All models that decide identity; their time and the fingerprints' is what matching costs.
_MODELS = (
    "stg_fingerprints",
    "int_entries__keyed",
    "int_records__described",
    *_PAIR_MODELS,
    "int_entries__identified",
    "paper_redirects",
)
#: Fields of a record that are about the labelled set and not about the paper.
_LABELS = ("id", "source")


@dataclass(frozen=True)
class Pair:
    """Two record ids and whether they are one paper."""

    first: str
    second: str
    is_match: bool


@dataclass(frozen=True)
class Score:
    """How predicted matches agree with labelled ones."""

    pairs: int
    matches: int
    predicted: int
    right: int

    @property
    def precision(self) -> float:
        """Share of predicted matches that are labelled so; 1 where none is predicted."""
        return self.right / self.predicted if self.predicted else 1.0

    @property
    def recall(self) -> float:
        """Share of labelled matches that are predicted; 1 where there is none."""
        return self.right / self.matches if self.matches else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def run_labelled(
    records_file: Path,
    pairs_file: Path,
    fields: Sequence[str],
    say: Callable[[str], None],
    twin: str | None = None,
    data: Path = DATA,
) -> Mapping[str, Score]:
    """Build a warehouse from labelled records, and score its papers.

    Args:
        records_file: JSON lines of id and whatever is known of a paper; one without a title is a paper of its own.
        pairs_file: JSON lines of a, b and match (0 or 1).
        fields: the only fields that are loaded; none for all.
        say: called with what is being done.
        twin: one of twins.TWINS, of which the records are made; none for the records themselves.
        data: where the dump and the warehouse are kept for a look.

    Returns:
        scores of all pairs, of the half to learn from (train), of the other one (test), and of equal folded titles.

    Raises:
        BadRecordError: a line is no such record or pair.
        CommandFailed: the build failed.
    """
    records = read_lines(records_file, ("id",))
    pairs = [Pair(str(p["a"]), str(p["b"]), bool(p["match"])) for p in read_lines(pairs_file, ("a", "b", "match"))]
    if twin:
        records = make_twin(twin, records)
    papers, titles = build_records(records, fields, f"matching {twin}" if twin else "matching", say, data)
    parts = {
        "all": pairs,
        "train": [pair for pair in pairs if is_for_training(pair)],
        "test": [pair for pair in pairs if not is_for_training(pair)],
    }
    scores = {name: score_pairs(part, papers) for name, part in parts.items()}
    scores["test, equal titles"] = score_pairs(parts["test"], titles)
    return scores


def read_lines(source: Path, required: Sequence[str]) -> list[dict[str, Any]]:
    """Objects of a JSON lines file; blank lines are passed over."""
    found = []
    for number, line in enumerate(source.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            missing = [name for name in required if record[name] is None]
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            wanted = ", ".join(required)
            raise BadRecordError(f"{source}, line {number}: no object with {wanted} ({error!r})") from error
        if missing:
            raise BadRecordError(f"{source}, line {number}: {missing[0]} is null")
        found.append(record)
    return found


def build_records(
    records: Sequence[Mapping[str, Any]],
    fields: Sequence[str],
    name: str,
    say: Callable[[str], None],
    data: Path = DATA,
) -> tuple[dict[str, str], dict[str, str]]:
    """Build a warehouse from records; returns paper id and folded title by record id.

    A record whose line was rejected is a paper of its own.
    """
    folder = data / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    dump = folder / "records.jsonl"
    wanted = set(fields)
    # With their ids, for peers.
    labelled = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    (folder / "labelled.jsonl").write_text(labelled, encoding="utf-8")
    with dump.open("w", encoding="utf-8") as handle:
        for record in records:
            kept = {k: v for k, v in record.items() if k not in _LABELS and (not wanted or k in wanted)}
            # What tables write for nothing is no JSON.
            kept = {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in kept.items()}
            handle.write(json.dumps(kept, ensure_ascii=False) + "\n")
    say(f"building a warehouse of {len(records):,} records in {folder / 'warehouse'}")
    paperhouse = Path(sys.executable).with_name("paperhouse")
    try:
        measure([str(paperhouse), "build", "--warehouse", str(folder / "warehouse"), str(dump)])
    except CommandFailed as error:
        # Records of other things than papers may be stopped at the gates after the models; who is who is known by then.
        rows = _read_papers(folder / "warehouse")
        if not rows:
            raise
        say(f"what the build made of the records is scored, though it published nothing: {error}")
    else:
        rows = _read_papers(folder / "warehouse")
    papers = {str(record["id"]): f"rejected {record['id']}" for record in records}
    titles = dict(papers)
    for line, paper_id, title_key in rows:
        record_id = str(records[line - 1]["id"])
        papers[record_id], titles[record_id] = paper_id, title_key
    return papers, titles


def _read_papers(warehouse: Path) -> list[tuple[int, str, str]]:
    """Line, paper id and folded title of each entry; none where the build did not get so far."""
    try:
        with duckdb.connect(str(warehouse / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(_PAPERS).fetchall()
    except (duckdb.CatalogException, duckdb.IOException):
        return []


def is_for_training(pair: Pair) -> bool:
    """Whether a pair is in the half to learn from: decided by its first id, so that a record's pairs stay together."""
    return hashlib.md5(pair.first.encode()).digest()[0] % 2 == 0


def score_pairs(pairs: Sequence[Pair], papers: Mapping[str, str]) -> Score:
    """Compare labels with what became one paper.

    Raises:
        BadRecordError: a pair names a record that is not there.
    """
    predicted = right = 0
    for pair in pairs:
        for record_id in (pair.first, pair.second):
            if record_id not in papers:
                raise BadRecordError(f"a pair names the record {record_id}, which is not among the records")
        if papers[pair.first] == papers[pair.second]:
            predicted += 1
            right += pair.is_match
    return Score(len(pairs), sum(pair.is_match for pair in pairs), predicted, right)


def format_scores(scores: Mapping[str, Score]) -> str:
    """Print a row per score."""
    return format_table(
        ["pairs of", "pairs", "matches", "predicted", "precision", "recall", "F1"],
        [
            [
                name,
                f"{score.pairs:,}",
                f"{score.matches:,}",
                f"{score.predicted:,}",
                f"{score.precision:.4f}",
                f"{score.recall:.4f}",
                f"{score.f1:.4f}",
            ]
            for name, score in scores.items()
        ],
    )


def run_lookalikes(say: Callable[[str], None], data: Path = DATA) -> Mapping[str, Score]:
    """Score the invented hard pairs: a row per kind, then look-alikes and variants together.

    Of a kind whose pairs are all two papers, precision is right refusals: `predicted` must be 0.
    """
    records, labelled = make_pairs()
    papers, _ = build_records(records, (), "lookalikes", say, data)
    kinds: dict[str, list[Pair]] = {}
    for pair in labelled:
        name = pair["kind"] if pair["has_abstract"] else f"{pair['kind']}, titles alone"
        kinds.setdefault(name, []).append(Pair(pair["a"], pair["b"], bool(pair["match"])))
    every = [pair for pairs in kinds.values() for pair in pairs]
    # Records of different pairs are different papers: neighbours stand for them all.
    strangers = [Pair(a.first, b.first, False) for a, b in pairwise(every)]
    groups = {
        **kinds,
        "all look-alikes": [pair for pair in every if not pair.is_match],
        "all variants": [pair for pair in every if pair.is_match],
        "strangers": strangers,
        "all": [*every, *strangers],
    }
    return {name: score_pairs(pairs, papers) for name, pairs in groups.items()}


@dataclass(frozen=True)
class Cost:
    """What matching took of a build: CPU seconds of pairs and decisions, of all models, of fingerprints, of the whole.

    Beside them the records that were compared and the pairs of them. Fingerprints are measured apart.
    """

    papers: int
    entries: int
    records: int
    pairs: int
    pair_seconds: float
    model_seconds: float
    fingerprint_seconds: float
    build_seconds: float

    @property
    def share(self) -> float:
        """Share of the whole build, start included."""
        return (self.model_seconds + self.fingerprint_seconds) / self.build_seconds

    @property
    def microseconds_per_paper(self) -> float:
        """Cost of one paper, in CPU time."""
        return (self.model_seconds + self.fingerprint_seconds) / self.papers * 1e6


def run_duplicates(papers: int, say: Callable[[str], None], data: Path = DATA) -> tuple[Score, Cost]:
    """Build a generated corpus in which one paper in twenty has a dirty copy; score all pairs, and time the models.

    A pair is two entries; all pairs of entries count, so that two papers wrongly joined are seen wherever they are.
    """
    folder = data / "duplicates" / str(papers)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    truth = write_corpus(folder / "dumps", papers)
    say(f"building a warehouse of {papers:,} papers and {len(truth) - papers:,} dirty copies in {folder}")
    warehouse = folder / "warehouse"
    paperhouse = Path(sys.executable).with_name("paperhouse")
    used = measure([str(paperhouse), "build", "--warehouse", str(warehouse), str(folder / "dumps")])
    with duckdb.connect(str(warehouse / "warehouse.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            """
            select dumps.file_names[1], entries.first_line, identified.paper_id
            from raw.entries as entries
            inner join raw.dumps as dumps on entries.dump_id = dumps.dump_id
            inner join intermediate.int_entries__identified as identified on entries.entry_id = identified.entry_id
            """
        ).fetchall()
        texts = connection.execute(
            "select text_id, title, abstract, title_key from extracted.texts order by text_id limit 6000"
        ).pl()
        text_count, records, pairs = (
            connection.execute(f"select count(*) from {table}").fetchall()[0][0]
            for table in (
                "extracted.texts",
                "intermediate.int_records__described",
                "intermediate.int_record_pairs__measured",
            )
        )
    tables = read_costs(warehouse / ".dbt" / "costs.json")
    model_seconds = sum(tables[model].cpu_seconds for model in _MODELS)
    fingerprint_seconds = _time_fingerprints(texts) * text_count
    pair_seconds = sum(tables[model].cpu_seconds for model in _PAIR_MODELS)
    seconds = (pair_seconds, model_seconds, fingerprint_seconds, used.cpu_seconds)
    cost = Cost(papers, len(rows), records, pairs, *seconds)
    return _score_groups([(truth[file_name, line], paper_id) for file_name, line, paper_id in rows]), cost


def _time_fingerprints(texts: pl.DataFrame) -> float:
    """CPU seconds per text, beside the tokens that the text stage has anyway; what is loaded once is loaded before."""
    halves = [texts.slice(0, texts.height // 2), texts.slice(texts.height // 2)]
    tokens = [tokenize(half) for half in halves]
    fingerprint_texts(halves[0], tokens[0])
    start = time.process_time()
    for half, words in zip(halves, tokens, strict=True):
        fingerprint_texts(half, words)
    return (time.process_time() - start) / texts.height


def _score_groups(found: Sequence[tuple[int, str]]) -> Score:
    """Score all pairs of entries from (true paper, found paper) of each, counting groups and not pairs."""
    pairs = [sum(n * (n - 1) // 2 for n in Counter(keys).values()) for keys in zip(*found, strict=True)]
    right = sum(n * (n - 1) // 2 for n in Counter(found).values())
    return Score(len(found) * (len(found) - 1) // 2, pairs[0], pairs[1], right)


def format_costs(results: Sequence[tuple[Score, Cost]]) -> str:
    """Print a row per corpus size."""
    return format_table(
        [
            *("papers", "entries", "records", "pairs a record", "precision", "recall", "F1"),
            *("models, CPU", "fingerprints", "build", "share", "pairs, a paper", "all, a paper"),
        ],
        [
            [
                f"{cost.papers:,}",
                f"{cost.entries:,}",
                f"{cost.records:,}",
                f"{cost.pairs / cost.records:.2f}",
                f"{score.precision:.4f}",
                f"{score.recall:.4f}",
                f"{score.f1:.4f}",
                format_seconds(cost.model_seconds),
                format_seconds(cost.fingerprint_seconds),
                format_seconds(cost.build_seconds),
                f"{100 * cost.share:.1f} %",
                f"{cost.pair_seconds / cost.papers * 1e6:.0f} us",
                f"{cost.microseconds_per_paper:.0f} us",
            ]
            for score, cost in results
        ],
    )


def run_shuffles(dumps: Path, say: Callable[[str], None], data: Path = DATA, orders: int = 3) -> list[str]:
    """Build the dumps of a folder in several orders, one half first and the rest in a second build.

    Returns:
        the Parquet files that are not the same bytes in all orders; none is what is aimed for.
    """
    files = list_files(dumps)
    paperhouse = Path(sys.executable).with_name("paperhouse")
    digests: dict[str, set[str]] = {}
    for order in range(orders):
        folder = data / "shuffles" / str(order)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shuffled = random.Random(order).sample(files, len(files))
        say(f"building {len(files):,} dumps in order {order + 1} of {orders}, in two steps")
        for part in (shuffled[: len(files) // 2], shuffled):
            measure([str(paperhouse), "build", "--warehouse", str(folder), *map(str, part)])
        manifest = json.loads((folder / "releases" / "latest" / "manifest.json").read_text())
        for file in manifest["files"]:
            digests.setdefault(file["path"], set()).add(file["sha256"])
    return sorted(path for path, found in digests.items() if len(found) > 1)
