"""Generated corpora on disk, made once and kept in `benchmarks/data/` until the generator changes."""

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.measure import ROOT
from paperhouse.sample import write_sample

DATA = ROOT / "benchmarks" / "data"


@dataclass(frozen=True)
class CorpusPlan:
    """What a corpus holds; two plans that are equal give the same bytes.

    The defaults are an archive of text pages of 1,000 papers in which every paper is seen once, and of API days in
    which a fifth of them is seen again with its dates.
    """

    papers: int
    days: int
    layouts: tuple[str, ...]
    page_size: int = 1_000
    api_share: float = 0.2
    page_share: float = 1.0
    seed: int = 7

    @property
    def name(self) -> str:
        """A folder name that tells plans apart at a glance; the stamp inside tells them apart for certain."""
        return f"{'-'.join(self.layouts)}-{self.papers}"


def plan_archive(papers: int) -> CorpusPlan:
    """Plan the archive the build is measured on: it grows by days, 140 papers each, and not by denser days."""
    return CorpusPlan(papers, max(papers // 140, 20), ("text_spaced", "text_dense", "text_undated", "api_list"))


def make_corpus(plan: CorpusPlan, data: Path = DATA) -> Path:
    """Return the folder of a corpus, and write it first if it is missing or was made by another generator."""
    folder = data / "corpora" / plan.name
    stamp_file = folder.with_name(f"{folder.name}.json")
    stamp = {"plan": {**asdict(plan), "layouts": list(plan.layouts)}, "generator": fingerprint_generator()}
    if stamp_file.exists() and json.loads(stamp_file.read_text(encoding="utf-8")) == stamp:
        return folder
    stamp_file.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    write_sample(
        folder,
        papers=plan.papers,
        days=plan.days,
        seed=plan.seed,
        layouts=plan.layouts,
        page_size=plan.page_size,
        api_share=plan.api_share,
        page_share=plan.page_share,
        has_odd_days=False,
        days_apart=1,
    )
    stamp_file.write_text(json.dumps(stamp, indent=2), encoding="utf-8")
    return folder


def fingerprint_generator() -> str:
    """Hash the generator's source: another generator writes other corpora."""
    sources = sorted((ROOT / "pipelines" / "sample").rglob("*.py"))
    return hashlib.sha256(b"\0".join(source.read_bytes() for source in sources)).hexdigest()


def list_files(folder: Path) -> list[Path]:
    """Return the dumps of a corpus, sorted."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def count_words_command(files: Sequence[Path], list_file: Path) -> list[str]:
    """Return the command that runs `wc -w` over files, whose names it puts into a list file."""
    list_file.parent.mkdir(parents=True, exist_ok=True)
    list_file.write_bytes(b"\0".join(str(file).encode() for file in files))
    return ["sh", "-c", 'xargs -0 wc -w < "$0" > /dev/null', str(list_file)]
