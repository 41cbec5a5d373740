"""Every quirk on every layout it applies to: damage, read, score, print."""

import json
import random
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import polars as pl

from benchmarks.corpora import DATA
from benchmarks.dirty.entries import invent_papers, read_papers
from benchmarks.dirty.scoring import Score, read_folder, score_file
from benchmarks.dirty.trials import ALL, QUIRKS, File, Quirk
from benchmarks.measure import ROOT
from benchmarks.tables import format_table

#: Rows of the list of quirks; every one must be here.
QUIRK_COUNT = 67
#: Headings of the layouts' columns.
_SHORT = {
    "text_spaced": "spaced",
    "text_dense": "dense",
    "markdown": "md",
    "html_cards": "cards",
    "html_headings": "h3",
    "html_props": "props",
    "feed": "rss",
    "feed_atom": "atom",
    "api_list": "api",
    "api_envelope": "env",
    "api_reprs": "repr",
    "records_jsonl": "jsonl",
    "records_csv": "csv",
    "records_parquet": "parq",
}


def run_dirty(
    numbers: Sequence[int],
    papers: int,
    seeds: int,
    source: Sequence[Path],
    shown_misses: int,
    say: Callable[[str], None],
    data: Path = DATA,
) -> bool:
    """Score quirks, print the table and the misses, write both to `dirty.json`; returns whether nothing was missed.

    Args: numbers of the quirks, all if empty; papers and seeds per quirk and layout; source: dumps whose entries are
    used instead of invented ones; shown_misses: how many misses are printed per quirk; say is told what is being done.
    """
    draw = _draw_from(read_papers(source)) if source else invent_papers
    chosen = sorted(
        (quirk for quirk in QUIRKS if not numbers or quirk.number in numbers), key=lambda quirk: quirk.number
    )
    missing = sorted(set(range(1, QUIRK_COUNT + 1)) - {quirk.number for quirk in QUIRKS})
    scores: dict[int, dict[str, Score]] = {}
    for quirk in chosen:
        say(f"quirk {quirk.number}: {quirk.name}")
        with tempfile.TemporaryDirectory() as name:
            scores[quirk.number] = score_quirk(quirk, lambda seed: draw(papers, seed), range(seeds), Path(name))
    tests = find_tests([quirk.elsewhere for quirk in chosen])
    named = {quirk.number: (*quirk.elsewhere, *_tests_of(quirk.number, tests)) for quirk in chosen}
    print(format_scores(chosen, scores, tests, named))
    misses = {
        quirk.number: [miss for score in scores[quirk.number].values() for miss in score.misses] for quirk in chosen
    }
    for number, rows in misses.items():
        for miss in rows[:shown_misses]:
            print(miss)
        if len(rows) > shown_misses:
            print(f"Q{number}: {len(rows) - shown_misses} more in {data / 'dirty.json'}")
    unknown = sorted(test for test, path in tests.items() if path is None)
    for test in unknown:
        print(f"no test is named {test}")
    untested = sorted(number for number, names in named.items() if not names)
    for number in missing:
        print(f"quirk {number} is not tried")
    for number in untested:
        print(f"quirk {number} has no test of its own")
    data.mkdir(parents=True, exist_ok=True)
    results = {
        # asdict makes pairs of a counter's items.
        str(number): {layout: {**vars(score), "rejects": dict(score.rejects)} for layout, score in by_layout.items()}
        for number, by_layout in scores.items()
    }
    (data / "dirty.json").write_text(json.dumps(results, indent=1, ensure_ascii=False), encoding="utf-8")
    return not (any(misses.values()) or unknown or missing or untested)


def _draw_from(pool: pl.DataFrame) -> Callable[[int, int], pl.DataFrame]:
    return lambda count, seed: pool[random.Random(seed).sample(range(pool.height), min(count, pool.height))]


def score_quirk(
    quirk: Quirk, draw: Callable[[int], pl.DataFrame], seeds: Sequence[int], folder: Path
) -> dict[str, Score]:
    """Damage, write, read and score one quirk on each of its layouts, with every seed; returns scores by layout."""
    truths: list[tuple[str, str, File, Path]] = []
    for layout in quirk.layouts:
        for seed in seeds:
            rng = random.Random(f"{quirk.number}/{layout}/{seed}")
            damaged = quirk.damage(draw(rng.randrange(2**31)), layout, rng)
            for file in damaged if isinstance(damaged, list) else [damaged]:
                path = folder / layout / str(seed) / file.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(file.content)
                truths.append((layout, f"Q{quirk.number} {layout} seed {seed}", file, path))
    reading = read_folder(folder)
    scores = {layout: Score() for layout in quirk.layouts}
    for layout, label, file, path in truths:
        scores[layout].add(score_file(file, path, reading, label))
    return scores


def find_tests(wanted: Iterable[Iterable[str]]) -> dict[str, Path | None]:
    """The file each test, of Python or of dbt, stands in; None where there is none of a name that is wanted.

    Besides those wanted, every test that says in its name which quirk it is about (`test_q07_...`).
    """
    found: dict[str, Path | None] = dict.fromkeys(sorted({name for names in wanted for name in names}))
    files = [*(ROOT / "tests").rglob("test_*.py"), *(ROOT / "dbt_project" / "models").rglob("*.yml")]
    for path in sorted(files):
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r"^\s*(?:def|- name:) (\w+)", text, re.MULTILINE):
            if name in found or re.match(r"test_q\d\d_", name):
                found[name] = path.relative_to(ROOT)
    return found


def _tests_of(number: int, tests: Iterable[str]) -> list[str]:
    """The tests that name a quirk."""
    return [name for name in tests if re.match(rf"test_(?:q\d\d_)*q{number:02}_", name)]


def format_scores(
    quirks: Sequence[Quirk],
    scores: dict[int, dict[str, Score]],
    tests: dict[str, Path | None],
    named: dict[int, tuple[str, ...]],
) -> str:
    """Print a row per quirk: entries expected and, by layout, precision and recall in per cent (one number where they
    are equal), what was rejected, misses of any kind, how many tests are named for the row.
    """
    rows = []
    for quirk in quirks:
        by_layout = scores[quirk.number]
        total = Score()
        for score in by_layout.values():
            total.add(score)
        rejects = ", ".join(f"{count} {reason}" for reason, count in sorted(total.rejects.items()))
        rows.append(
            [
                f"{quirk.number:2} {quirk.name}",
                f"{total.expected:,}",
                *(_format_score(by_layout.get(layout)) for layout in ALL),
                f"{len(total.misses):,}",
                rejects,
                str(len(named[quirk.number]) or "none"),
            ]
        )
    header = ["quirk", "entries", *(_SHORT[layout] for layout in ALL), "missed", "rejected, as documented", "tests"]
    lines = format_table(header, rows)
    where = [
        f"tests of {quirk.number}: {', '.join(f'{test} ({tests[test]})' for test in named[quirk.number])}"
        for quirk in quirks
    ]
    return "\n".join([lines, "", *where])


def _format_score(score: Score | None) -> str:
    if score is None:
        return "-"
    precision, recall = (f"{100 * share:.1f}".removesuffix(".0") for share in (score.precision, score.recall))
    return precision if precision == recall else f"{precision}/{recall}"
