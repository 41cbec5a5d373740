"""Does a keyword count every paper that uses it? Its count beside a literal one: plain expressions on the same texts.

Nothing of the pipeline is used but what it publishes: the texts, the keywords, and the forms that each has.
"""

import json
import re
import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import polars as pl

from benchmarks.corpora import DATA
from benchmarks.tables import format_table

#: What a count may be off by, as a share of the literal one.
TOLERANCE = 0.01
#: Keywords printed one by one: those that are off by most.
_SHOWN = 15
_HYPHENS = r"[-‐‑–]"
#: Words of an address or of a file's name are no use of a keyword, and GPT 4.1 is none of GPT 4; the strict count takes
#: them for one.
_ADDRESS = r"https?://\S+|\S+\.(?:com|org|io|ai|co|txt|json|csv|pdf)\b(?:/\S*)?"
_POINT = r"(\d)\.(\d)"
#: Two capitals in one word, or a word of capitals: such a form is meant as it is written.
_ACRONYM = re.compile(r"\b\w*[A-Z]\w*[A-Z]\w*\b")
#: What depends on what a paper means by an abbreviation cannot be counted by letters.
_BY_SENSE = ("abbreviation", "compound")


@dataclass(frozen=True)
class CountedKeyword:
    """A keyword with the papers that the warehouse counts for it and those whose text has one of its forms.

    `found` are papers of the warehouse's count that have another form than by sense, `literal` those of the letters,
    `strict` those of the letters in addresses and before a point and a digit as well.
    """

    keyword: str
    paper_count: int
    found: int
    literal: int
    strict: int

    def is_right(self, literal: int) -> bool:
        """Whether the warehouse's count is a literal one within TOLERANCE."""
        return abs(self.found - literal) <= TOLERANCE * literal

    @property
    def share(self) -> float:
        """The warehouse's count over the literal one."""
        return self.found / self.literal if self.literal else 1.0


def run_mentions(database: Path, keywords: int, say: Callable[[str], None], data: Path = DATA) -> list[CountedKeyword]:
    """Count the commonest keywords of a published database literally; print the table, write `mentions.json`.

    Args:
        database: paperhouse.duckdb of a warehouse.
        keywords: how many.
        say: called with what is being done.
        data: where results are kept.
    """
    with duckdb.connect(str(database), read_only=True) as connection:
        texts = connection.execute(
            """
            select title || ' | ' || coalesce(abstract, '') as text from marts.papers
            where language is null or language = 'en'
            """
        ).pl()["text"]
        rows = connection.execute(
            """
            with commonest as (
                select keyword_id, keyword, paper_count from marts.keywords
                order by paper_count desc, keyword_id limit ?
            ),
            forms as (
                select keyword_id, form from marts.keyword_forms where not list_contains(?, rule)
            )
            select
                any_value(keyword),
                any_value(paper_count),
                count(distinct paper_id),
                list(distinct form order by form)
            from commonest
            inner join forms using (keyword_id)
            inner join marts.keyword_mentions using (keyword_id, form)
            group by keyword_id
            order by 2 desc, 1
            """,
            [keywords, list(_BY_SENSE)],
        ).fetchall()
    say(f"counting {len(rows)} keywords in {len(texts):,} papers")
    counted = []
    strict = texts.str.replace_all(_HYPHENS, " ")
    # A letter in place of the point makes one word of a number.
    apart = texts.str.replace_all(_ADDRESS, "|").str.replace_all(_HYPHENS, " ").str.replace_all(_POINT, "${1}p$2")
    for keyword, paper_count, found, forms in rows:
        literal = count_papers(apart, [re.sub(_POINT, r"\1p\2", form) for form in forms])
        counted.append(CountedKeyword(keyword, paper_count, found, literal, count_papers(strict, forms)))
    print(format_mentions(counted))
    data.mkdir(parents=True, exist_ok=True)
    (data / "mentions.json").write_text(json.dumps([asdict(one) for one in counted], indent=2), encoding="utf-8")
    return counted


def count_papers(texts: pl.Series, forms: list[str]) -> int:
    """How many texts hold one of the forms as whole words: no letter or digit on either side.

    Case is folded unless the form is an acronym. Args: texts without hyphens; forms as written.
    """
    if not forms:
        return 0
    words = [" ".join(map(re.escape, re.sub(_HYPHENS, " ", form).split())) for form in forms]
    either = "|".join(
        word if _ACRONYM.search(form) else f"(?i:{word})" for form, word in zip(forms, words, strict=True)
    )
    return int(texts.str.contains(rf"(?:^|[^\p{{L}}\p{{N}}])(?:{either})(?:$|[^\p{{L}}\p{{N}}])").sum())


def format_mentions(counted: list[CountedKeyword]) -> str:
    """How many counts are right, their median share, and those that are off by most."""
    right, strictly = (
        f"{sum(one.is_right(getattr(one, name)) for one in counted)} of {len(counted)}"
        for name in ("literal", "strict")
    )
    shares = [min(one.share, 1.0) for one in counted]
    rows = [
        (f"within {TOLERANCE:.0%} of the literal count", right),
        ("the same, words of addresses and 4.1 for 4 counted", strictly),
        ("median share of the literal count", f"{statistics.median(shares):.3f}"),
        ("lowest share", f"{min(shares):.3f}"),
    ]
    off = sorted(counted, key=lambda one: -abs(one.share - 1))[:_SHOWN]
    worst = [
        (one.keyword, f"{one.paper_count:,}", f"{one.found:,}", f"{one.literal:,}", f"{one.share:.3f}") for one in off
    ]
    return "\n\n".join(
        [
            format_table((f"{len(counted)} commonest keywords", ""), rows),
            format_table(("off by most", "paper_count", "without senses", "literal", "share"), worst),
        ]
    )
