"""The same entries printed in every layout and packed in every way: are they the same papers each time?"""

import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.dirty.containers import PACKINGS
from benchmarks.dirty.entries import fold, read_papers
from benchmarks.dirty.scoring import read_folder
from benchmarks.dirty.trials import DAY
from benchmarks.tables import format_table
from paperhouse.sample import LAYOUTS
from paperhouse.sample.layouts import Page

#: Layouts that are printed packed as well, one of each family.
_PACKED = ("text_dense", "api_list", "records_jsonl")


def run_layouts(paths: Sequence[Path], shown: int, say: Callable[[str], None]) -> bool:
    """Print the entries of dumps in every layout, read them again, compare; returns whether all are the same papers.

    Args: paths of dumps; shown: how many differences are printed per layout; say is told what is being done. A paper is
    a distinct pair of title and abstract, white space folded.
    """
    papers = read_papers(paths)
    expected = Counter(
        (fold(title), fold(abstract)) for title, abstract in papers.select("page_title", "page_abstract").iter_rows()
    )
    rows, differences = [], []
    for name, layout in LAYOUTS.items():
        say(f"{papers.height:,} papers as {name}")
        content = layout.render(Page(papers, DAY))
        packings = {"": lambda inside, content: content, **(PACKINGS if name in _PACKED else {})}
        for packing, pack in packings.items():
            inside = f"page{layout.suffix}"
            label = f"{name}.{packing}" if packing else name
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / (f"{inside}.{packing}" if packing else inside)
                path.write_bytes(pack(inside, content))
                size = path.stat().st_size
                reading = read_folder(Path(folder))
            entries = [row for found in reading.entries.values() for row in found]
            got = Counter({(fold(row["title"]), fold(row["abstract"])): 1 for row in entries})
            rejects = sum(map(len, reading.rejects.values()))
            lost, new = expected - got, got - expected
            rows.append(
                [
                    label,
                    f"{size / 1e6:,.1f} MB",
                    f"{len(entries):,}",
                    f"{len(got):,}",
                    str(rejects),
                    str(len(lost)),
                    str(len(new)),
                ]
            )
            differences += [f"{label}: lost {pair[0]!r}" for pair in list(lost)[:shown]]
            differences += [f"{label}: new {pair[0]!r} / {str(pair[1])[:80]!r}" for pair in list(new)[:shown]]
    print(format_table(["layout", "bytes", "entries", "papers", "rejects", "lost", "new"], rows))
    print("\n".join([f"{len(expected):,} papers expected", *differences]))
    return not differences and all(row[4] == "0" for row in rows)
