"""Fits the weights of the dbt macro keyword_score to records with known keywords, and says how well they carry over.

The signals are those of the macro keyword_signals over the view int_papers_terms__signalled of a real build, so nothing
is computed twice. The fit is a logistic regression (a candidate is gold or not) with a little shrinkage, solved by
Newton's method; it has one solution and takes no random number, so a run can be repeated.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import numpy as np
from numpy.typing import NDArray

from benchmarks.corpora import DATA
from benchmarks.gold import Stems, compute_f1, normalize, read_gold
from benchmarks.keywords import build_records
from benchmarks.measure import ROOT
from benchmarks.tables import format_table

Floats = NDArray[np.float64]

FOLDS = 5
#: Weight of the squared weights against the log-likelihood: enough to keep signals that nothing speaks for near zero.
SHRINKAGE = 1.0
#: What one candidate of a set counts in the fit of each setting. Authors choose a fifth as many of the candidates as
#: indexers do; with six, a balanced score meets the goals of both kinds.
SETTINGS: Mapping[str, Mapping[str, float]] = {
    "balanced": {"exhaustive": 1.0, "author": 6.0},
    "exhaustive": {"exhaustive": 1.0},
    "author": {"author": 1.0},
}
#: Candidates looked at and keywords kept per paper, as in dbt_project.yml.
_CANDIDATES, _KEPT = 20, 15
_MACROS = ROOT / "dbt_project" / "macros" / "keyword_score.sql"
_SIGNALLED = """
with lines as (
    select texts.paper_number, min(entries.first_line) as line
    from raw.entries as entries
    inner join intermediate.int_entries__identified as identified on entries.entry_id = identified.entry_id
    inner join intermediate.int_papers__texts as texts on identified.paper_id = texts.paper_id
    group by texts.paper_number
),
single_terms as (
    select term_hash as single_term_hash from intermediate.int_terms__counted where paper_count = 1
)
select
    lines.line,
    signalled.term,
    signalled.first_word,
    single_term_hash is not null and occurrence_count = 1 and not in_title as is_passing,
    {signals}
from intermediate.int_papers_terms__signalled as signalled
left join single_terms on signalled.term_hash = single_term_hash
inner join lines on signalled.paper_number = lines.paper_number
order by lines.line, signalled.first_word, signalled.term
"""


@dataclass(frozen=True)
class Candidates:
    """Candidate terms of the records of one or more gold files of one kind, a row each.

    Attributes:
        kind: `exhaustive` or `author`.
        gold: gold keywords per record.
        record: number of the record of each row, ascending.
        terms: the folded term of each row.
        is_passing: whether only the record has it, once and outside the title.
        stems: its stems.
        signals: rows by signals.
        is_gold: whether the record has it as a gold keyword.
    """

    kind: str
    gold: list[set[Stems]]
    record: NDArray[np.int64]
    terms: list[str]
    is_passing: NDArray[np.bool_]
    stems: list[Stems]
    signals: Floats
    is_gold: NDArray[np.bool_]


def read_signals() -> dict[str, str]:
    """Signals of the score, name -> SQL, as the macro keyword_signals gives them."""
    found: dict[str, str] = {}

    def catch(value: dict[str, str]) -> str:  # dbt's `return` hands on an object; Jinja's own macros only give text
        found.update(value)
        return ""

    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    template = environment.from_string(_MACROS.read_text(encoding="utf-8"), globals={"return": catch})
    template.module.keyword_signals()  # type: ignore[attr-defined]
    return found


def fit_weights(
    signals: Floats, is_gold: NDArray[np.bool_], counts: Floats, sets: NDArray[np.int64], known: Floats | float = 0.0
) -> Floats:
    """Weights of a logistic regression, an intercept per set of records beside them (not returned).

    Args:
        signals: rows by signals.
        is_gold: what is to be told, per row.
        counts: what each row counts.
        sets: number of the set each row comes from; sets differ in how many of their candidates are gold.
        known: score of each row by weights fitted before, which stays as it is.
    """
    design = np.column_stack([signals, np.eye(int(sets.max()) + 1)[sets]])
    shrinkage = np.diag(np.r_[np.full(signals.shape[1], SHRINKAGE), np.full(design.shape[1] - signals.shape[1], 1e-6)])
    weights = np.zeros(design.shape[1])
    for _ in range(50):
        likely = 1 / (1 + np.exp(-(known + design @ weights)))
        gradient = design.T @ ((is_gold - likely) * counts) - shrinkage @ weights
        hessian = design.T @ (design * (likely * (1 - likely) * counts)[:, None]) + shrinkage
        step = np.linalg.solve(hessian, gradient)
        weights += step
        if np.abs(step).max() < 1e-9:
            break
    return weights[: signals.shape[1]]


def rank_terms(found: Candidates, scores: Floats, removes_nested: bool) -> list[list[Stems]]:
    """Ranked distinct keywords of each record: the rules of int_papers_terms__scored and __standing."""
    ranked: list[list[int]] = [[] for _ in found.gold]
    for row in np.lexsort((np.arange(len(scores)), -scores, found.record)).tolist():
        best = ranked[found.record[row]]
        if len(best) < _CANDIDATES:
            best.append(row)
    keywords = []
    for best in ranked:
        padded = [f" {found.terms[row]} " for row in best]
        standing: list[int] = []
        repeated: list[int] = []
        for rank, row in enumerate(best):
            if removes_nested and any(padded[rank] in better for better in padded[:rank]):
                continue
            repeats = found.is_passing[row] and any(better in padded[rank] for better in padded[:rank])
            (repeated if repeats else standing).append(row)
        keywords.append(list(dict.fromkeys(found.stems[row] for row in (standing + repeated)[:_KEPT])))
    return keywords


def assign_folds(record_count: int) -> NDArray[np.int64]:
    """Fold of each record: every fifth, so a run can be repeated and every stretch of a file is in every fold."""
    return np.arange(record_count) % FOLDS


def cross_validate(sets: Sequence[Candidates], kinds: Mapping[str, float]) -> list[tuple[Floats, Floats]]:
    """Scores of every candidate of every set by weights fitted without the records of its fold.

    Returns: per set, scores without and with the prior, which is made of the other records' gold keywords.
    """
    folds = [assign_folds(len(found.gold))[found.record] for found in sets]
    scores = [(np.zeros(len(found.record)), np.zeros(len(found.record))) for found in sets]
    for fold in range(FOLDS):
        weights = _fit_sets(sets, kinds, [at != fold for at in folds])
        for found, at, (plain, full) in zip(sets, folds, scores, strict=True):
            signals = found.signals[at == fold]
            plain[at == fold] = signals[:, :-1] @ weights[:-1]
            full[at == fold] = signals @ weights
    return scores


def _fit_sets(sets: Sequence[Candidates], kinds: Mapping[str, float], used: Sequence[NDArray[np.bool_]]) -> Floats:
    """Weights of all signals. That of the prior is fitted last: the others are those for when no keywords are given."""
    taken = [(found, rows) for found, rows in zip(sets, used, strict=True) if found.kind in kinds]
    signals = np.vstack([found.signals[rows] for found, rows in taken])
    is_gold = np.concatenate([found.is_gold[rows] for found, rows in taken])
    counts = np.concatenate([np.full(rows.sum(), kinds[found.kind]) for found, rows in taken])
    numbers = np.concatenate([np.full(rows.sum(), number) for number, (_, rows) in enumerate(taken)])
    others, prior = signals[:, :-1], signals[:, -1:]
    weights = fit_weights(others, is_gold, counts, numbers)
    return np.r_[weights, fit_weights(prior, is_gold, counts, numbers, others @ weights)]


def run_fit(exhaustive: Sequence[Path], author: Sequence[Path], say: Callable[[str], None], data: Path = DATA) -> str:
    """Build each gold file, fit every setting, and return the report: 5-fold F1 of each on each, and the weights."""
    names = list(read_signals())
    files = [("exhaustive", path) for path in exhaustive] + [("author", path) for path in author]
    sets = [read_candidates(kind, path, say, data) for kind, path in files]
    rows, printed = [], []
    for setting, kinds in SETTINGS.items():
        if not all(any(found.kind == kind for found in sets) for kind in kinds):
            continue
        scores = cross_validate(sets, kinds)
        for (kind, path), found, (plain, full) in zip(files, sets, scores, strict=True):
            for prior, score in (("", plain), ("keywords of other papers", full)):
                ranked = rank_terms(found, score, removes_nested=setting != "author")
                f1 = [f"{100 * compute_f1(ranked, found.gold, k):.2f}" for k in (5, 10)]
                rows.append([f"{setting} on {path.name}", kind, prior, f"{len(found.gold):,}", *f1])
        weights = _fit_sets(sets, kinds, [np.ones(len(found.record), dtype=bool) for found in sets])
        body = "\n".join(f"        '{name}': {weight:.2f}," for name, weight in zip(names, weights, strict=True))
        printed.append(f"    '{setting}': {{\n{body}\n    }},")
    table = format_table([f"{FOLDS}-fold", "gold", "prior", "records", "F1@5", "F1@10"], rows)
    return f"{table}\n\nWeights for the macro keyword_score:\n\n" + "\n".join(printed)


def read_candidates(kind: str, path: Path, say: Callable[[str], None], data: Path) -> Candidates:
    """Build a gold file as users would, and read its candidates with their signals.

    Gold is used for `is_gold`, and loaded as keywords that the dump carries: of them only the signal prior_lift is
    made, which leaves a paper's own out.
    """
    warehouse = build_records(path, data / "fit" / path.stem, say)
    signals = ", ".join(f"{sql} as signal_{name}" for name, sql in read_signals().items())
    with duckdb.connect(str(warehouse / "warehouse.duckdb"), read_only=True) as connection:
        columns: dict[str, Any] = connection.execute(_SIGNALLED.format(signals=signals)).fetchnumpy()
    gold = read_gold(path)
    record = columns["line"].astype(np.int64) - 1
    terms = [str(term) for term in columns["term"]]
    stems = [normalize(term) for term in terms]
    return Candidates(
        kind=kind,
        gold=gold,
        record=record,
        terms=terms,
        is_passing=columns["is_passing"],
        stems=stems,
        signals=np.column_stack([columns[f"signal_{name}"].astype(np.float64) for name in read_signals()]),
        is_gold=np.array([phrase in gold[number] for phrase, number in zip(stems, record.tolist(), strict=True)]),
    )
