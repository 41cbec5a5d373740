"""What a title says of the standing of its paper, or that it is not a paper's: `RETRACTED: ...`, `Erratum to: ...`.

A notice on the paper itself (retracted, withdrawn) stands before or behind its title. A record of its own (erratum,
retraction, translation) names the paper it is about. Abstracts that say so are `parsing.labels`' work.
"""

import polars as pl

#: Notices in the order in which they are looked for, each with what stands before or behind the title it is about.
_ABOUT = r"(?:\s+(?:notice|note))?\s*(?:to\b\s*:?|(?:of|for|on)\s*:|[:.–—]|\s-)\s*[\"“'‘]?\s*"
_PAPER = r"(?:\s+(?:article|paper|chapter|preprint))?"
_BEFORE = (
    ("retraction", r"(?i)^\W*retraction" + _ABOUT),
    ("erratum", r"(?i)^\W*(?:(?:author |publisher )?corrections?|addendum)" + _ABOUT),
    ("erratum", r"(?i)^\W*(?:erratum|errata|corrigend(?:um|a))(?:" + _ABOUT + r"|-)"),
    ("translation", r"(?i)^\W*translation of\s*:\s*"),
    ("retracted", r"^\W*(?:RETRACTED|Retracted)" + _PAPER + r"(?i:" + _PAPER + r")\s*[\]):.–—-]+\s*"),
    ("withdrawn", r"^\W*(?:WITHDRAWN|Withdrawn|REMOVED)" + _PAPER + r"(?i:" + _PAPER + r")\s*[\]):.–—-]+\s*"),
)
_BEHIND = (
    ("retracted", r"(?i)\s*[\[(]\s*retracted" + _PAPER + r"\s*[\])]\W*$"),
    ("withdrawn", r"(?i)\s*[\[(]\s*withdrawn" + _PAPER + r"\s*[\])]\W*$"),
)
#: Without one of these words a title has no notice.
_HINT = r"(?i)retract|withdrawn|removed|errat|corrig|addend|correction|translation"


def read_notices(titles: pl.Series) -> pl.DataFrame:
    """Notice (null for nearly all) and title without it, of cleaned titles; a notice of nothing stays a title."""
    notice = pl.Series([None], dtype=pl.String).new_from_index(0, len(titles))
    rows = titles.str.contains(_HINT).fill_null(False).arg_true()
    if rows.is_empty():
        return pl.DataFrame({"notice": notice, "title": titles})
    bare = titles.gather(rows)
    found = notice.gather(rows)
    for name, pattern in (*_BEFORE, *_BEHIND):
        rest = bare.str.replace(pattern, "")
        is_new = found.is_null() & (rest != bare) & rest.str.contains(r"[\p{L}\p{N}]")
        found = pl.select(pl.when(is_new).then(pl.lit(name)).otherwise(found)).to_series()
        bare = pl.select(pl.when(is_new).then(rest).otherwise(bare)).to_series()
    return pl.DataFrame({"notice": notice.scatter(rows, found), "title": titles.scatter(rows, bare)})
