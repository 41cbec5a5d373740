"""Which forms fold into one keyword: pairs that must and pairs that must not, through the build that users run.

`pairs/keyword_forms.csv` holds the pairs. Each form stands in papers of its own, and each definition in three more; all
are loaded as one dump, and the answer is read from marts.keyword_forms. Writing texts and judging answers belongs here;
folding does not.
"""

import csv
import json
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from benchmarks.corpora import DATA
from benchmarks.measure import measure
from benchmarks.tables import format_table
from paperhouse.text.cleaning import clean_abstracts

PAIRS = Path(__file__).with_name("pairs") / "keyword_forms.csv"
#: A form needs more than one paper, so that no accident of one text decides.
_PAPERS_PER_FORM = 2
_PAPERS_PER_DEFINITION = 3
#: What else the papers are about: gate 2 wants more than one keyword a paper, and none that all papers share.
_TRADES = (
    "clockmaker", "candle maker", "rope maker", "beekeeper", "glazier", "cooper", "tinsmith", "bookbinder", "saddler",
    "weaver", "potter", "thatcher", "wheelwright", "brewer", "tanner", "locksmith", "millwright", "gilder", "fuller",
    "cobbler", "chandler", "farrier", "hatter", "joiner", "mason", "printer", "ropewalker", "shipwright", "tailor",
)  # fmt: skip
_GOODS = (
    "brass pendulum", "wax candle", "hemp rope", "honey comb", "leaded glass", "oak barrel", "tin lantern", "sewn book",
    "leather strap", "woollen cloth", "clay jug", "straw roof", "ash wheel", "barley malt", "calf hide", "iron lock",
    "water mill", "gold leaf", "felt cloth", "winter boot", "tallow lamp", "horse shoe", "silk hat", "pine table",
    "granite block", "lead type", "tarred net", "elm hull", "linen coat", "copper kettle", "ivory comb",
)  # fmt: skip
_PLACES = (
    "river town", "harbour quarter", "market square", "hill village", "castle yard", "fishing hamlet", "border post",
    "abbey garden", "mountain pass", "island port", "forest camp", "canal bank", "mining valley",
)  # fmt: skip
_TITLE = "{form}, as seen by a {trade} with a {good} in a {place}"
_ABSTRACT = (
    "In this paper we ask what {form}, of all things, means to a {trade}. We first describe {form}, and then we show "
    "when a {good} was used, by whom, and why. After that we turn to what others said about {form}. It was not what we "
    "thought it would be, and so we say in the end where we and the {trade} were wrong about the {good} in the {place}."
)
_DEFINITION = (
    "In this paper we ask what {form}{short}, of all things, means to a {trade}. We first say what it is, and then we "
    "show "
    "when a {good} was used, by whom, and why. After that we turn to what others said about it. It was not what we "
    "thought it would be, and so we say in the end where we and the {trade} were wrong about the {good} in the {place}."
)


@dataclass(frozen=True)
class FormPair:
    """Two written forms, whether they are one keyword, the kind of trap, and a definition papers of the corpus give."""

    first: str
    second: str
    verdict: str
    category: str
    definition: str


@dataclass(frozen=True)
class JudgedPair:
    """A pair with what the build made of it: fold, apart, or missing where a form that must fold is no keyword's."""

    pair: FormPair
    found: str

    @property
    def is_right(self) -> bool:
        """Whether the build agrees with the verdict."""
        return self.found == self.pair.verdict


def run_forms(say: Callable[[str], None], pairs_file: Path = PAIRS, data: Path = DATA) -> list[JudgedPair]:
    """Build a warehouse of papers that use the forms of all pairs, and judge each pair.

    Raises:
        CommandFailed: the build failed.
    """
    pairs = read_pairs(pairs_file)
    folder = data / "forms"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    dump = folder / "records.jsonl"
    records = write_records(pairs)
    dump.write_text("".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records), encoding="utf-8")
    say(f"building a warehouse of {len(records):,} records with the forms of {len(pairs)} pairs in {folder}")
    paperhouse = Path(sys.executable).with_name("paperhouse")
    measure([str(paperhouse), "build", "--warehouse", str(folder / "warehouse"), str(dump)])
    with duckdb.connect(str(folder / "warehouse" / "paperhouse.duckdb"), read_only=True) as connection:
        forms = connection.execute("select form, keyword_id from marts.keyword_forms").fetchall()
    judged = judge_pairs(pairs, forms)
    print(format_report(judged))
    return judged


def read_pairs(path: Path) -> list[FormPair]:
    """Pairs of a CSV file with the columns first, second, verdict (fold or apart), category, definitions."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            FormPair(row["first"], row["second"], row["verdict"], row["category"], row["definitions"])
            for row in csv.DictReader(file)
        ]


def write_records(pairs: Sequence[FormPair]) -> list[dict[str, str]]:
    """Records of papers about each form, and of papers that define what the pairs name.

    Each has an arXiv id of its own, so that texts as alike as these stay apart.
    """
    forms = sorted({form for pair in pairs for form in (pair.first, pair.second)})
    definitions = sorted({pair.definition for pair in pairs} - {""})
    texts = [(_ABSTRACT, form, "") for form in forms for _ in range(_PAPERS_PER_FORM)]
    for definition in definitions:
        long, _, short = definition.rpartition(" (")
        texts += [(_DEFINITION, long, f" ({short}")] * _PAPERS_PER_DEFINITION
    records = []
    for number, (abstract, form, short) in enumerate(texts, start=1):
        words = {
            "form": form,
            "short": short,
            "trade": _TRADES[number % len(_TRADES)],
            "good": _GOODS[number % len(_GOODS)],
            "place": _PLACES[number % len(_PLACES)],
        }
        title, text = _TITLE.format(**words), abstract.format(**words)
        records.append({"id": f"2501.{number:05}", "title": title, "abstract": text})
    return records


def judge_pairs(pairs: Sequence[FormPair], forms: Iterable[tuple[str, str]]) -> list[JudgedPair]:
    """What became of each pair.

    Args:
        pairs: with forms as written before cleaning.
        forms: surface form and keyword id; a form may be of several keywords.
    """
    keywords: dict[str, set[str]] = {}
    for form, keyword_id in forms:
        keywords.setdefault(form, set()).add(keyword_id)
    written = sorted({form for pair in pairs for form in (pair.first, pair.second)})
    cleaned = dict(zip(written, clean_abstracts(pl.Series(written)).to_list(), strict=True))
    judged = []
    for pair in pairs:
        first, second = (keywords.get(cleaned[form], set()) for form in (pair.first, pair.second))
        found = "fold" if first & second else "apart"
        if found != pair.verdict and not (first and second):
            found = "missing"
        judged.append(JudgedPair(pair, found))
    return judged


def format_report(judged: Sequence[JudgedPair]) -> str:
    """Right answers by category, then every wrong one."""
    total, right = (Counter(answer.pair.category for answer in found) for found in (judged, filter(_is_right, judged)))
    rows = [(name, f"{total[name]:,}", f"{right[name]:,}", f"{right[name] / total[name]:.3f}") for name in total]
    rows.append(("all", f"{len(judged):,}", f"{right.total():,}", f"{right.total() / len(judged):.4f}"))
    wrong = [
        f"wrong: {a.pair.first} | {a.pair.second} ({a.pair.category}): {a.found}, not {a.pair.verdict}"
        for a in judged
        if not a.is_right
    ]
    return "\n".join([format_table(("pairs of forms", "pairs", "right", "accuracy"), rows), "", *wrong])


def _is_right(answer: JudgedPair) -> bool:
    return answer.is_right
