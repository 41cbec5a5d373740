"""What agreement weighs: m and u of each level by expectation maximisation, and the sums that are enough.

What belongs here: estimating the seed match_weights from pairs that the models compared, and how its weights alone
would decide beside the rules. Levels are SQL (the macro match_levels); building records is `matching`'s work.
"""

import csv
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl

from benchmarks.corpora import DATA
from benchmarks.matching import Pair, Score, build_records, is_for_training, read_lines
from benchmarks.measure import ROOT
from benchmarks.namesakes import FIELDS, read_identified
from benchmarks.tables import format_table
from benchmarks.twins import TWINS, make_twin

SEED = ROOT / "dbt_project" / "seeds" / "match_weights.csv"
EVIDENCE = ("title", "abstract", "author", "year")
#: Rules that decide whatever else is known: their pairs teach nothing about what the rest weighs.
_VETOES = (
    "same_external_id",
    "same_doi",
    "other_external_id",
    "other_notice",
    "other_marks",
    "other_prefix",
    "override",
)
#: Rules of pairs that no other one decides.
_OPEN = ("near_title_alone", "enough_evidence")
#: What a sum that is enough must have been right in, and of how many labelled matches, in the half to learn from.
_LEAST_PRECISION, _LEAST_MATCHES = 0.95, 20
_ROUNDS = 500
_SETTLED = 1e-9
#: Added to every count, so that a level nobody was seen in weighs little and not without end.
_PRIOR = 0.5
#: A record stands on the first of the lines that say the same.
_LINES = """
select
    entries.first_line as line,
    min(entries.first_line) over (partition by keyed.record_id) as record_line,
    keyed.record_id
from raw.entries as entries
inner join intermediate.int_entries__keyed as keyed on entries.entry_id = keyed.entry_id
"""
_PAIRS = f"""
with lines as (select distinct record_id, record_line from ({_LINES}))
select
    least(a.record_line, b.record_line) as first_line, greatest(a.record_line, b.record_line) as second_line,
    pairs.rule, pairs.verdict, pairs.title_level, pairs.abstract_level, pairs.author_level, pairs.year_level,
    'titles' || case when pairs.abstract_level is not null then '_abstracts' else '' end
    || case when pairs.author_level is not null then '_authors' else '' end
    || case when pairs.year_level is not null then '_years' else '' end as known
from intermediate.int_record_pairs__judged as pairs
inner join intermediate.int_records__described as first_records on pairs.first_number = first_records.record_number
inner join intermediate.int_records__described as second_records on pairs.second_number = second_records.record_number
inner join lines as a on first_records.record_id = a.record_id
inner join lines as b on second_records.record_id = b.record_id
order by 1, 2
"""


@dataclass(frozen=True)
class Weights:
    """m and u by evidence and level, and the share of pairs of one paper by what is known of a pair."""

    m: Mapping[str, Mapping[str, float]]
    u: Mapping[str, Mapping[str, float]]
    shares: Mapping[str, float]

    def weight(self, evidence: str, level: str | None) -> float:
        """Bits that a level speaks for one paper; 0 where it is unknown or was never seen.

        In hundredths, as the seed has them: a sum that is enough must be one that the models can add up to.
        """
        if level is None or level not in self.m[evidence]:
            return 0.0
        return round(math.log2(self.m[evidence][level] / self.u[evidence][level]), 2)

    def ranked(self, evidence: str) -> list[str]:
        """The levels of a piece of evidence, what speaks most for one paper first."""
        return sorted(self.m[evidence], key=lambda level: (-self.weight(evidence, level), level))

    def add_up(self, pairs: pl.DataFrame) -> pl.Series:
        """The sum of the weights of each pair, in bits."""
        total = pl.Series(np.zeros(pairs.height))
        for evidence in EVIDENCE:
            levels = {level: self.weight(evidence, level) for level in self.m[evidence]}
            total = total + pairs[f"{evidence}_level"].replace_strict(levels, default=0.0, return_dtype=pl.Float64)
        return total


@dataclass(frozen=True)
class Compared:
    """What the models compared in a warehouse of one dump of JSON lines.

    pairs: first_line, second_line (of records, the lesser first), rule, verdict, a level per evidence, `known`; in
    order. record_lines: by line, the first line of its record. version: what the measures were kept under.
    """

    pairs: pl.DataFrame
    record_lines: Mapping[int, int]
    version: str


def read_compared(warehouse: Path) -> Compared:
    """The judged pairs of a warehouse and the records they are of."""
    versions = "select max(rules_version) from intermediate.int_record_pairs__measured"
    with duckdb.connect(str(warehouse / "warehouse.duckdb"), read_only=True) as connection:
        return Compared(
            connection.execute(_PAIRS).pl(),
            {line: first for line, first, _ in connection.execute(_LINES).fetchall()},
            str(connection.execute(versions).fetchall()[0][0]),
        )


def estimate(pairs: pl.DataFrame) -> Weights:
    """Fit Fellegi and Sunter's model to pairs whose labels nobody knows, by expectation maximisation.

    Evidence is taken to be independent given whether a pair is one paper; what is unknown counts for neither. The share
    of pairs of one paper is fitted for each combination of what is known. Dempster, Laird and Rubin 1977; Winkler 1988.

    Args:
        pairs: as Compared has them; those that a veto or an id decides are left out.
    """
    columns = ["known", *(f"{evidence}_level" for evidence in EVIDENCE)]
    counted = pairs.filter(~pl.col("rule").is_in(_VETOES)).group_by(columns).len().sort(columns)
    counts = counted["len"].to_numpy().astype(float)
    known, groups = _number(counted["known"])
    levels = {evidence: _number(counted[f"{evidence}_level"]) for evidence in EVIDENCE}
    starts = {e: np.array([_START.get((e, name), 0.5) for name in names]) for e, (_, names) in levels.items()}
    m = {e: start / start.sum() for e, start in starts.items()}
    u = {e: (1 - start) / (1 - start).sum() for e, start in starts.items()}
    shares = np.full(len(groups), 0.5)
    for _ in range(_ROUNDS):
        odds = np.log(shares / (1 - shares))[known]
        for evidence, (numbers, names) in levels.items():
            if names:
                odds = odds + np.where(numbers >= 0, np.log(m[evidence] / u[evidence])[numbers], 0)
        same = counts / (1 + np.exp(-odds))
        before = shares
        shares = _share(known, same, counts, len(groups))
        for evidence, (numbers, names) in levels.items():
            m[evidence] = _spread(numbers, same, len(names))
            u[evidence] = _spread(numbers, counts - same, len(names))
        if np.abs(shares - before).max() < _SETTLED:
            break
    return Weights(
        {e: dict(zip(names, map(float, m[e]), strict=True)) for e, (_, names) in levels.items()},
        {e: dict(zip(names, map(float, u[e]), strict=True)) for e, (_, names) in levels.items()},
        dict(zip(groups, map(float, shares), strict=True)),
    )


#: Where the search begins: levels that agree are commoner in pairs of one paper.
_START = {
    ("title", "equal_rare"): 0.9, ("title", "equal_telling"): 0.9, ("title", "spelling"): 0.9,
    ("title", "half"): 0.1, ("title", "far"): 0.1,
    ("abstract", "same"): 0.9, ("abstract", "renamed"): 0.9, ("abstract", "close"): 0.7, ("abstract", "far"): 0.1,
    ("author", "all"): 0.9, ("author", "near"): 0.7, ("author", "other"): 0.1,
    ("year", "equal"): 0.7, ("year", "other"): 0.1,
}  # fmt: skip


def _number(values: pl.Series) -> tuple[np.ndarray, list[str]]:
    """A number per value, -1 for null, and the values by number."""
    names = values.drop_nulls().unique().sort().to_list()
    numbers = values.replace_strict({name: n for n, name in enumerate(names)}, default=-1, return_dtype=pl.Int64)
    return numbers.fill_null(-1).to_numpy(), names


def _share(groups: np.ndarray, same: np.ndarray, counts: np.ndarray, length: int) -> np.ndarray:
    return (np.bincount(groups, same, length) + _PRIOR) / (np.bincount(groups, counts, length) + 2 * _PRIOR)


def _spread(numbers: np.ndarray, counts: np.ndarray, length: int) -> np.ndarray:
    found = np.bincount(numbers[numbers >= 0], counts[numbers >= 0], length) + _PRIOR
    return found / found.sum()


@dataclass(frozen=True)
class Labelled:
    """A labelled set as the models compared it: its labelled pairs, and the lines of their records by id."""

    name: str
    compared: Compared
    labels: Sequence[Pair]
    lines: Mapping[str, int]

    def without_test(self) -> pl.DataFrame:
        """Compared pairs of which neither record is the first of a labelled pair that is held out."""
        held = sorted({self._line(pair.first) for pair in self.labels if not is_for_training(pair)})
        pairs = self.compared.pairs
        return pairs.filter(~pl.col("first_line").is_in(held) & ~pl.col("second_line").is_in(held))

    def labelled(self, is_train: bool) -> pl.DataFrame:
        """Labelled pairs of one half with is_match, is_one_record, and what was compared (null where nothing was)."""
        chosen = [pair for pair in self.labels if is_for_training(pair) == is_train]
        lines = [sorted((self._line(pair.first), self._line(pair.second))) for pair in chosen]
        labels = pl.DataFrame(
            {
                "first_line": [line[0] for line in lines],
                "second_line": [line[1] for line in lines],
                "is_match": [pair.is_match for pair in chosen],
                "is_one_record": [line[0] == line[1] for line in lines],
            },
            schema_overrides=dict(self.compared.pairs.select("first_line", "second_line").schema),
        )
        return labels.join(self.compared.pairs, on=["first_line", "second_line"], how="left", maintain_order="left")

    def _line(self, record_id: str) -> int:
        """The line of a record; that of a rejected one is its own."""
        line = self.lines[record_id]
        return self.compared.record_lines.get(line, line)


def learn_thresholds(sets: Sequence[Labelled], weights: Weights) -> dict[str, float]:
    """The least sum, by what is known of a pair, that is enough where no rule decides; learned on train halves.

    Enough is what is right in _LEAST_PRECISION of the pairs of all sets that have it, and in none more often wrong than
    right.
    """
    pairs = pl.concat(
        [
            found.labelled(True).filter(pl.col("rule").is_in(_OPEN)).with_columns(set=pl.lit(found.name))
            for found in sets
        ],
        how="vertical_relaxed",
    )
    pairs = pairs.with_columns(weight=weights.add_up(pairs).round(2))
    found = {}
    for known in sorted(pairs["known"].unique()):
        group = pairs.filter(pl.col("known") == known)
        for least in sorted(group["weight"].unique()):
            chosen = group.filter(pl.col("weight") >= least)
            by_set = chosen.group_by("set").agg(pl.col("is_match").mean())["is_match"]
            matches = chosen["is_match"].sum()
            if matches >= max(_LEAST_MATCHES, _LEAST_PRECISION * chosen.height) and (by_set >= 0.5).all():
                found[known] = float(least)
                break
    return found


def score_rules(pairs: pl.DataFrame) -> Score:
    """How the verdicts of the rules, pair by pair, agree with the labels."""
    return _score(pairs, (pairs["verdict"] == "same").fill_null(False))


def score_weights(pairs: pl.DataFrame, weights: Weights, least: float) -> Score:
    """The same of the weights alone, vetoes kept: one paper where share and weights make it so with odds of 2^least."""
    odds = pairs["known"].replace_strict(
        {known: math.log2(share / (1 - share)) for known, share in weights.shares.items()},
        default=-99.0,
        return_dtype=pl.Float64,
    )
    is_vetoed = pairs["rule"].is_in(_VETOES).fill_null(True)
    return _score(pairs, ((odds + weights.add_up(pairs)) >= least) & ~is_vetoed)


def _score(pairs: pl.DataFrame, is_predicted: pl.Series) -> Score:
    is_match = pairs["is_match"]
    is_predicted = is_predicted | pairs["is_one_record"]
    return Score(pairs.height, int(is_match.sum()), int(is_predicted.sum()), int((is_predicted & is_match).sum()))


def learn_odds(pairs: pl.DataFrame, weights: Weights) -> float:
    """The odds, in powers of two, by which the weights alone do best on labelled pairs."""
    return max((score_weights(pairs, weights, least / 2).f1, least / 2) for least in range(-10, 31))[1]


def write_seed(weights: Weights, thresholds: Mapping[str, float], version: str, target: Path = SEED) -> None:
    """The seed of what was estimated: evidence, level, m, u, weight (bits), version of the rules."""
    rows: list[list[Any]] = []
    for evidence in EVIDENCE:
        for level in weights.ranked(evidence):
            m, u = weights.m[evidence][level], weights.u[evidence][level]
            rows.append([evidence, level, f"{m:.6f}", f"{u:.6f}", f"{weights.weight(evidence, level):.2f}", version])
    rows += [["enough", known, "", "", f"{least:.2f}", version] for known, least in sorted(thresholds.items())]
    with target.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["evidence", "level", "m_probability", "u_probability", "weight", "rules_version"])
        writer.writerows(rows)


def read_seed(source: Path = SEED) -> dict[tuple[str, str], float]:
    """Weight by evidence and level, as it is used now."""
    with source.open(encoding="utf-8", newline="") as handle:
        return {(row["evidence"], row["level"]): float(row["weight"]) for row in csv.DictReader(handle)}


def format_weights(weights: Weights, thresholds: Mapping[str, float], used: Mapping[tuple[str, str], float]) -> str:
    """Print a row per level, and per threshold, beside what is used."""
    rows = [
        [evidence, level, f"{weights.m[evidence][level]:.4f}", f"{weights.u[evidence][level]:.4f}",
         f"{weights.weight(evidence, level):+.2f}", _used(used, evidence, level)]
        for evidence in EVIDENCE
        for level in weights.ranked(evidence)
    ]  # fmt: skip
    rows += [
        ["enough", known, "", "", f"{least:+.2f}", _used(used, "enough", known)]
        for known, least in sorted(thresholds.items())
    ]
    return format_table(["evidence", "level", "m", "u", "bits", "used"], rows)


def _used(used: Mapping[tuple[str, str], float], evidence: str, level: str) -> str:
    return f"{used[evidence, level]:+.2f}" if (evidence, level) in used else "-"


def run_weights(
    records_file: Path,
    pairs_file: Path,
    collections: Sequence[Path],
    say: Callable[[str], None],
    data: Path = DATA,
    is_built: bool = False,
) -> tuple[Weights, dict[str, float], str, list[Labelled]]:
    """Build a labelled set, its twins and real collections; estimate weights from them and thresholds on train halves.

    Labels teach thresholds alone; records of the half that is held out teach nothing.

    Args:
        records_file: as matching.run_labelled takes them.
        pairs_file: the same.
        collections: as namesakes.read_identified takes them, built without their ids; may be none.
        say: called with what is being done.
        data: where the warehouses are kept.
        is_built: whether they lie there already, from an earlier run on the same files.

    Returns:
        weights, thresholds by what is known, the version of the measures, and the labelled sets.

    Raises:
        BadRecordError: a line is no such record or pair.
        CommandFailed: a build failed.
    """
    records = read_lines(records_file, ("id",))
    labels = [Pair(str(p["a"]), str(p["b"]), bool(p["match"])) for p in read_lines(pairs_file, ("a", "b", "match"))]
    lines = {str(record["id"]): line for line, record in enumerate(records, start=1)}
    sets = []
    for twin in (None, *TWINS):
        name = f"matching {twin}" if twin else "matching"
        if not is_built:
            build_records(make_twin(twin, records) if twin else records, (), name, say, data)
        sets.append(Labelled(twin or "as it is", read_compared(data / name / "warehouse"), labels, lines))
    unlabelled = [found.without_test() for found in sets]
    if collections:
        if not is_built:
            build_records(read_identified(collections), FIELDS, "namesakes", say, data)
        unlabelled.append(read_compared(data / "namesakes" / "warehouse").pairs)
    weights = estimate(pl.concat(unlabelled, how="vertical_relaxed"))
    return weights, learn_thresholds(sets, weights), sets[0].compared.version, sets


def format_comparison(sets: Sequence[Labelled], weights: Weights) -> str:
    """Print verdicts of each set's held out half, pair by pair: of the rules, and of the weights alone.

    The weights decide at odds of 20 to 1, and at those that do best on the train half.
    """
    rows = []
    for found in sets:
        train, test = found.labelled(True), found.labelled(False)
        best = learn_odds(train, weights)
        for name, score in (
            ("rules", score_rules(test)),
            ("weights, odds of 20", score_weights(test, weights, math.log2(20))),
            (f"weights, odds of 2^{best:g}", score_weights(test, weights, best)),
        ):
            rows.append([found.name, name, f"{score.precision:.4f}", f"{score.recall:.4f}", f"{score.f1:.4f}"])
    return format_table(["set", "decided by", "precision", "recall", "F1"], rows)
