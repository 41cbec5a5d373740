"""Does the vocabulary have what readers look for? Keywords that papers are given at source, hidden from the build.

What is given is taken out of copies of the dumps, a warehouse is built of them, and of the keywords that several papers
are given it is counted how many are forms of its keywords. With the half of the dumps that comes first in the order of
their contents: whether a corpus accepts what a half of it accepts.
"""

import hashlib
import json
import re
import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.corpora import DATA
from benchmarks.measure import measure
from benchmarks.tables import format_table
from paperhouse.text.folding import fold_phrase

#: The field of a dump that is hidden.
_FIELD = "ai_keywords"
#: `chain-of-thought (CoT) reasoning` is given as `chain-of-thought reasoning` and as `CoT`.
_BRACKET = re.compile(r"\s*\(([^()]*)\)")
_CANDIDATES = """
with phrases as (
    select text_id, phrase_key, alone_count > 0 as is_alone from extracted.phrases
    union all
    select text_id, unnest(phrase_keys), unnest(are_alone) from extracted.further_phrases
)
select
    replace(phrase_key, ' ', '') as term_key,
    count(distinct text_id) as text_count,
    count(distinct text_id) filter (where is_alone) as alone_text_count
from phrases
group by 1
"""
_LOST = """
select half.keyword, half.evidence, longer.keyword
from half.marts.keywords as half
left join marts.keywords as whole on half.keyword_id = whole.keyword_id
left join marts.keyword_redirects as redirects on half.keyword_id = redirects.old_keyword_id
left join marts.keywords as longer on redirects.keyword_id = longer.keyword_id
where
    whole.keyword_id is null
    and not exists (
        select 1 from half.marts.keyword_forms as forms
        inner join marts.keyword_forms as others on forms.form = others.form
        where forms.keyword_id = half.keyword_id
    )
order by half.keyword
"""


@dataclass(frozen=True)
class Miss:
    """A given keyword that is no form of any keyword: how many papers are given it, and why it is missing."""

    keyword: str
    paper_count: int
    reason: str


@dataclass(frozen=True)
class Vocabulary:
    """How many given keywords there are, those that are missing, and the keywords of the warehouse by evidence."""

    given_count: int
    misses: list[Miss]
    keyword_counts: list[tuple[str, int, int]]

    @property
    def share(self) -> float:
        """Share of the given keywords that are forms."""
        return 1 - len(self.misses) / self.given_count


def run_vocabulary(
    dumps: Path, min_papers: int, halves: bool, say: Callable[[str], None], data: Path = DATA
) -> tuple[Vocabulary, list[tuple[str, str, str | None]] | None]:
    """Build the dumps of a folder without given keywords and look for those that `min_papers` papers are given.

    Args:
        dumps: folder of JSON dumps whose records have `ai_keywords`.
        min_papers: papers that a keyword must be given to.
        halves: whether half of the dumps are built as well.
        say: called with what is being done.
        data: where copies and warehouses are kept for a look.

    Returns:
        what was found, and keyword and evidence of what the half has and the whole has not, itself or as a form, with
        the keyword that it leads to, None for none; None without `halves`.

    Raises:
        CommandFailed: a build failed.
    """
    folder = data / "vocabulary"
    shutil.rmtree(folder, ignore_errors=True)
    given: dict[str, set[str]] = defaultdict(set)
    hidden = folder / "hidden"
    hidden.mkdir(parents=True)
    for file in sorted(dumps.rglob("*.json")):
        content = json.loads(file.read_text(encoding="utf-8"))
        for paper, keyword in hide_keywords(content):
            for key in split_forms(keyword):
                given[key].add(paper)
        (hidden / file.name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    whole = _build(hidden, folder / "whole", say)
    wanted = {key: len(papers) for key, papers in given.items() if len(papers) >= min_papers}
    found = find_misses(whole, wanted)
    if not halves:
        return found, None
    half = folder / "hidden_half"
    half.mkdir()
    files = sorted(hidden.iterdir(), key=lambda file: hashlib.sha256(file.read_bytes()).hexdigest())
    for file in files[: len(files) // 2]:
        shutil.copy(file, half)
    with duckdb.connect(str(whole), read_only=True) as connection:
        connection.execute(f"attach '{_build(half, folder / 'half', say)}' as half (read_only)")
        return found, connection.execute(_LOST).fetchall()


def _build(dumps: Path, warehouse: Path, say: Callable[[str], None]) -> Path:
    say(f"building a warehouse of {len(list(dumps.iterdir()))} dumps in {warehouse}")
    paperhouse = str(Path(sys.executable).with_name("paperhouse"))
    measure([paperhouse, "build", "--warehouse", str(warehouse), str(dumps)])
    return warehouse / "warehouse.duckdb"


def hide_keywords(content: Any) -> Iterator[tuple[str, str]]:
    """Take the given keywords out of a dump's content, wherever they are; yields paper and keyword as given."""
    if isinstance(content, dict):
        paper = str(content.get("id") or content.get("title"))
        for keyword in content.pop(_FIELD, None) or ():
            yield paper, keyword
        content = list(content.values())
    if isinstance(content, list):
        for inner in content:
            yield from hide_keywords(inner)


def split_forms(keyword: str) -> set[str]:
    """Folded keys of a given keyword, without spaces: the long form and the short one in brackets, each by itself."""
    forms = {_BRACKET.sub("", keyword), *_BRACKET.findall(keyword)}
    return {fold_phrase(form.strip()).replace(" ", "") for form in forms} - {""}


def find_misses(database: Path, wanted: dict[str, int]) -> Vocabulary:
    """Which of the wanted keys are no form of a keyword in a warehouse's own file, and why. Args: key -> papers."""
    with duckdb.connect(str(database), read_only=True) as connection:
        forms = {fold_phrase(form).replace(" ", "") for (form,) in _rows(connection, "form", "marts.keyword_forms")}
        stops = {term.replace(" ", "") for (term,) in _rows(connection, "term", "staging.keyword_stops")}
        candidates = {key: counts for key, *counts in connection.execute(_CANDIDATES).fetchall()}
        counted = connection.execute(
            """
            select evidence, count(*), count(*) filter (where paper_count = 1) from marts.keywords
            group by evidence order by count(*) desc, evidence
            """
        ).fetchall()
    misses = []
    for key, papers in wanted.items():
        if key in stops:
            reason = "a stop of the project"
        elif key not in candidates:
            reason = "no text proposes it"
        else:
            reason = "proposed by {} texts, alone in {}".format(*candidates[key])
        if key not in forms:
            misses.append(Miss(key, papers, reason))
    return Vocabulary(len(wanted), sorted(misses, key=lambda miss: (-miss.paper_count, miss.keyword)), counted)


def _rows(connection: duckdb.DuckDBPyConnection, column: str, table: str) -> list[tuple[Any, ...]]:
    return connection.execute(f"select distinct {column} from {table}").fetchall()


def format_vocabulary(found: Vocabulary, lost: Sequence[tuple[str, str, str | None]] | None) -> str:
    """The share of given keywords that are forms, every miss, the keywords by evidence, and what a half alone has."""
    known = found.given_count - len(found.misses)
    keywords = sum(count for _, count, _ in found.keyword_counts)
    rows = [
        ("given keywords that are forms", f"{known} of {found.given_count} ({found.share:.1%})"),
        ("keywords", f"{keywords:,}"),
    ]
    if lost is not None:
        by_evidence = ", ".join(f"{kind} {count}" for kind, count in Counter(kind for _, kind, _ in lost).most_common())
        rows.append(("keywords of half the dumps that the whole has not", f"{len(lost)} {by_evidence}".strip()))
        rows.append(("of those, parts that lead to a longer keyword", str(sum(bool(longer) for *_, longer in lost))))
    tables = [
        format_table(("vocabulary", ""), rows),
        format_table(
            ("evidence", "keywords", "of a single paper"),
            [(kind, f"{count:,}", f"{single:,}") for kind, count, single in found.keyword_counts],
        ),
    ]
    if found.misses:
        missed = [(miss.keyword, str(miss.paper_count), miss.reason) for miss in found.misses]
        tables.append(format_table(("missing (folded)", "given to papers", "why"), missed))
    if lost:
        shown = [(keyword, kind, longer or "") for keyword, kind, longer in lost[:40]]
        tables.append(format_table(("only in the half", "evidence", "leads to"), shown))
    return "\n\n".join(tables)
