"""Every quirk on every layout it applies to: damage, read, score, print."""

import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from benchmarks.dirty.entries import invent_papers
from benchmarks.dirty.scoring import Score, read_folder, score_file
from benchmarks.dirty.trials import QUIRKS, File, Quirk


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


if __name__ == "__main__":
    import sys

    numbers = {int(n) for n in sys.argv[1].split(",")} if len(sys.argv) > 1 and sys.argv[1] else None
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    if len(sys.argv) > 3:
        from benchmarks.dirty.entries import read_papers

        pool = read_papers([Path(sys.argv[3])])
        pool = pool.filter(pl.col("page_title").str.len_chars() > 0)

        def draw(seed: int) -> pl.DataFrame:
            return pool[random.Random(seed).sample(range(pool.height), 80)]
    else:

        def draw(seed: int) -> pl.DataFrame:
            return invent_papers(60, seed)

    for quirk in sorted(QUIRKS, key=lambda q: q.number):
        if numbers and quirk.number not in numbers:
            continue
        with tempfile.TemporaryDirectory() as t:
            for layout, s in score_quirk(quirk, draw, range(count), Path(t)).items():
                print(
                    f"Q{quirk.number:2} {quirk.name:45.45} {layout:14} {s.expected:6} {s.precision:7.2%} "
                    f"{s.recall:7.2%} {dict(s.rejects)} misses {len(s.misses)}"
                )
                for m in s.misses[: 60 if numbers else 2]:
                    print("      ", m[:330])
