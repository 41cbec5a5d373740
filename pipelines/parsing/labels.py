"""What is no part of an abstract though it stands there: a label, the title once more, a notice of withdrawal.

The same for every layout; each change is a flag on the entry. Wording is otherwise left alone.
"""

import re

import polars as pl

#: Flags: a label or the title was taken off; the abstract says that the paper was withdrawn.
LABEL_FLAG, WITHDRAWN_FLAG = "abstract_label", "withdrawn"

_LABEL = r"^(?:arXiv:\S+\s+Announce Type:\s*\S+\s+)?(?i:abstract|summary)\s*[:.—–-]+\s*"
#: The label alone: `Abstract We ...` is one, `Abstract Meaning Representation ...` is none. Where as many abstracts
#: of a dump begin so, it is a habit of the page.
_BARE_LABEL, _HABIT = r"^(?:Abstract|ABSTRACT|Summary)\s+(?=[\w\"“(`'$\\])", 3
#: What may stand between a repeated title and the text.
_AFTER_TITLE = re.compile(r"[ ]*[.:—–\n-][\s.:—–-]*")
#: Characters that must agree before a title and its abstract are compared as a whole.
_HEAD = 8
#: Notices are short; an abstract that is longer tells of something that was withdrawn.
_NOTICE_CHARACTERS = 600
_NOTICE = (
    r"^\W*(?:this|the|our)\s+(?:\w+\s+)?(?:paper|article|submission|manuscript|preprint|work|version|report)\s+"
    r"(?:(?:has|have)\s+been|was|is(?:\s+being)?)\s+(?:\w+ly\s+)?(?:withdrawn|retracted)\b"
    r"|^\W*(?:withdrawn|retracted)\b.{0,60}(?:author|arxiv|admin|$)"
)


def mark_labels(entries: pl.DataFrame) -> pl.DataFrame:
    """Take labels and repeated titles off the front of abstracts; flag these and notices of withdrawal.

    Args: entries with source, title, abstract, flags.
    """
    abstract = entries["abstract"]
    head = abstract.str.head(_HEAD)
    is_labelled = head.str.contains(r"^(?i:abstract|summary|arxiv:)").fill_null(False)
    is_odd = (head == entries["title"].str.head(_HEAD)) | is_labelled
    rows = (is_odd.fill_null(False) & abstract.is_not_null()).arg_true()
    if rows.len():
        is_bare = pl.col("abstract").str.contains(r"^(?:Abstract|ABSTRACT|Summary)\s+[\w\"“(`'$\\]")
        odd = entries[rows].select("title", "abstract", is_habit=is_bare.sum().over("source") >= _HABIT)
        texts = [_strip(*row) for row in odd.iter_rows()]
        changed = pl.Series([text is not None for text in texts], dtype=pl.Boolean).arg_true()
        stripped = pl.Series([text for text in texts if text is not None], dtype=pl.String)
        entries = entries.with_columns(abstract=abstract.scatter(rows.gather(changed), stripped))
        entries = _flag(entries, rows.gather(changed), LABEL_FLAG)
    short = (entries["abstract"].str.len_bytes() <= _NOTICE_CHARACTERS).arg_true()
    notices = entries["abstract"].gather(short).str.to_lowercase().str.contains(_NOTICE).arg_true()
    return _flag(entries, short.gather(notices), WITHDRAWN_FLAG)


def _strip(title: str, abstract: str, is_habit: bool) -> str | None:
    """The abstract without its label or title; None where it has neither or is nothing else."""
    rest = re.sub(_LABEL, "", abstract)
    if rest == abstract and is_habit:
        rest = re.sub(_BARE_LABEL, "", abstract)
    if rest == abstract:
        repeated = re.match(r"\s+".join(map(re.escape, title.split())), abstract)
        behind = _AFTER_TITLE.match(abstract, repeated.end()) if repeated else None
        rest = abstract[behind.end() :] if behind else abstract
    return rest if rest and rest != abstract else None


def _flag(entries: pl.DataFrame, rows: pl.Series, flag: str) -> pl.DataFrame:
    if not rows.len():
        return entries
    flags = entries["flags"].gather(rows).list.concat(pl.Series([[flag]])).list.unique().list.sort()
    is_flagged = pl.Series([False]).new_from_index(0, entries.height).scatter(rows, True)
    flagged = pl.DataFrame({"row": rows.cast(pl.UInt32), "flagged": flags}, schema_overrides={"row": pl.UInt32})
    return (
        entries.with_columns(is_flagged=is_flagged)
        .with_row_index("row")
        .join(flagged, on="row", how="left", maintain_order="left")
        .with_columns(flags=pl.when("is_flagged").then("flagged").otherwise("flags"))
        .drop("row", "is_flagged", "flagged")
    )
