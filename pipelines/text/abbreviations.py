"""Abbreviations that a text defines, with offsets, after Schwartz and Hearst (2003): `large language model (LLM)`.

What an abbreviation means in a paper that does not define it is decided in SQL.
"""

import polars as pl

from .folding import fold_phrase
from .schema import ABBREVIATIONS

_MAX_SHORT = 10
#: What a bracket opens with, up to a comma or its end: one or two words that may be a short form.
_SHORT = r"^\s?([\p{L}\p{N}][^\s();,:]{1,9}|[\p{L}\p{N}][^\s();,:]{0,7} [^\s();,:]{1,8})\s?[);,:]"
#: The reverse: two to eight words in brackets after a word in capitals.
_LONG_INSIDE = r"^((?:[^\s();,:]+ ){1,7}[^\s();,:]+)\)"
_WORD_BEFORE = r"(?:^|[\s\"“‘'])([\p{L}\p{N}][^\s();,:\"”’]{1,9}) ?$"
#: Words that a long form may hold but not begin with.
_BINDING = (
    "and|or|the|of|a|an|in|to|with|for|on|by|from|at|as|is|are|was|be|that|which|this|these|its|their|our|we|it|into"
    "|via"
)
#: Two words of which the first speaks about the second: `e.g. URLs`, `or PBT`.
_ASIDE = r"(?i)^(?:e\.g\.?|i\.e\.?|cf\.?|see|also|called|hereafter|namely|" + _BINDING + ") "
#: Marks the first character of each word while characters are matched from the right.
_MARK = "\u0002"
_FOUND = {
    "row": pl.UInt32(),
    "is_abstract": pl.Boolean(),
    "short_form": pl.String(),
    "long_form": pl.String(),
    "short_start": pl.Int64(),
    "long_start": pl.Int64(),
}


def extract_abbreviations(texts: pl.DataFrame) -> pl.DataFrame:
    """Short forms with their long forms, one row per distinct pair of a text.

    Args: text_id, title, abstract: cleaned.
    Returns: the columns of schema.ABBREVIATIONS, in the order of texts, title before abstract, then short_start.
    """
    brackets = pl.concat([_brackets(texts, field) for field in ("title", "abstract")])
    found = pl.concat([_short_in_brackets(brackets), _long_in_brackets(brackets)])
    found = (
        found.sort("row", "is_abstract", "short_start", "long_start")
        .unique(["row", "short_form", "long_form"], keep="first", maintain_order=True)
        .with_columns(field=pl.when("is_abstract").then(pl.lit("abstract")).otherwise(pl.lit("title")))
    )
    found = found.with_columns(
        text_id=texts["text_id"].gather(found["row"]),
        short_key=_fold(found["short_form"]),
        long_key=_fold(found["long_form"]),
    )
    return found.select(list(ABBREVIATIONS)).cast(pl.Schema(ABBREVIATIONS))


def _fold(phrases: pl.Series) -> pl.Series:
    return pl.Series([fold_phrase(phrase) for phrase in phrases.to_list()], dtype=pl.String)


def _brackets(texts: pl.DataFrame, field: str) -> pl.DataFrame:
    """One row per opening bracket.

    Returns: row (position of the text), is_abstract, before (what stands before the bracket, back to the bracket before
    it, to a closing bracket, or to the sentence's start), inside (from the bracket on), at (offset of the bracket).
    """
    some = (
        texts.select(text=field)
        .with_row_index("row")
        .filter(pl.col("text").str.contains("(", literal=True))
        .select("row", piece=pl.col("text").str.split("("))
        .explode("piece", empty_as_null=False)
    )
    length = pl.col("piece").str.len_chars().cast(pl.Int64) + 1
    return (
        some.with_columns(
            before=pl.col("piece").shift(1).over("row"),
            at=(length.cum_sum() - length).over("row") - 1,
        )
        .filter(pl.col("before").is_not_null())
        .select(
            "row",
            "at",
            is_abstract=pl.lit(field == "abstract"),
            before=pl.col("before").str.replace(r"^.*\)", "").str.replace(r"^.*[.;?!] ", ""),
            inside="piece",
        )
    )


def _short_in_brackets(brackets: pl.DataFrame) -> pl.DataFrame:
    """`long form (SF)`."""
    short = pl.col("inside").str.extract(_SHORT)
    found = brackets.with_columns(short_form=short).filter(_may_be_short("short_form"))
    if found.is_empty():
        return pl.DataFrame(schema=_FOUND)
    # As many words as Schwartz and Hearst look back: twice its characters, at most five more.
    characters = pl.col("short_form").str.len_chars().cast(pl.Int64)
    found = found.with_columns(
        before=pl.col("before").str.strip_chars_end(" "), gap=_trailing(pl.col("before"))
    ).with_columns(
        before=pl.col("before")
        .str.split(" ")
        .list.tail(pl.min_horizontal(characters + 5, characters * 2))
        .list.join(" ")
    )
    # What stands after the last comma comes first; only a name goes on across it.
    tail = found["before"].str.extract(r"([^,]*)$", 1).str.strip_chars_start(" ")
    offset = found["before"].str.len_chars().cast(pl.Int64) - tail.str.len_chars().cast(pl.Int64)
    begin = match_long_forms(found["short_form"], tail) + offset
    missed = begin.is_null().arg_true()
    far = match_long_forms(found["short_form"].gather(missed), found["before"].gather(missed))
    return (
        found.with_columns(begin=begin.scatter(missed, far))
        .filter(pl.col("begin").is_not_null())
        .with_columns(begin=pl.col("begin") - _compound_part())
        .with_columns(
            long_form=pl.col("before").str.slice(pl.col("begin")),
            long_start=pl.col("at") - pl.col("gap") - pl.col("before").str.len_chars().cast(pl.Int64) + pl.col("begin"),
            short_start=pl.col("at") + 1 + pl.col("inside").str.starts_with(" ").cast(pl.Int64),
        )
        .pipe(_plausible)
    )


def _long_in_brackets(brackets: pl.DataFrame) -> pl.DataFrame:
    """`SF (long form)`."""
    found = (
        brackets.with_columns(
            short_form=pl.col("before").str.extract(_WORD_BEFORE),
            long_form=pl.col("inside").str.extract(_LONG_INSIDE),
            gap=_trailing(pl.col("before")),
        )
        # One capital is a name before an explanation: `Adam (a deep method)`.
        .filter(_may_be_short("short_form"), pl.col("short_form").str.count_matches(r"\p{Lu}") > 1)
        .filter(pl.col("long_form").is_not_null())
    )
    begin = match_long_forms(found["short_form"], found["long_form"])
    return (
        found.with_columns(begin=begin)
        .filter(pl.col("begin") == 0)
        .with_columns(
            long_start=pl.col("at") + 1,
            short_start=pl.col("at") - pl.col("gap") - pl.col("short_form").str.len_chars().cast(pl.Int64),
        )
        .pipe(_plausible)
    )


def _compound_part() -> pl.Expr:
    """Length of a compound's first part where the match begins inside of, if its initial is the same: Multi-modal."""
    part = pl.col("before").str.slice(0, pl.col("begin")).str.extract(r"([\p{L}]+-)$")
    same = part.str.slice(0, 1).str.to_lowercase() == pl.col("short_form").str.slice(0, 1).str.to_lowercase()
    return pl.when(same).then(part.str.len_chars().cast(pl.Int64)).otherwise(0)


def _trailing(text: pl.Expr) -> pl.Expr:
    """Number of blanks at the end of a text."""
    return (text.str.len_chars() - text.str.strip_chars_end(" ").str.len_chars()).cast(pl.Int64)


def _may_be_short(name: str) -> pl.Expr:
    short = pl.col(name)
    is_name = short.str.contains(r"\p{Lu}") & ~short.str.contains(_ASIDE)
    return short.is_not_null() & is_name & (short.str.len_chars() <= _MAX_SHORT)


def _plausible(found: pl.DataFrame) -> pl.DataFrame:
    """Long forms that are longer than the short form, do not hold it as a word, and cross a comma only as names."""
    short, long = pl.col("short_form"), pl.col("long_form")
    # One word hides letters anywhere; only a long one is likely to be meant: EEG, but not CEC in Consistency.
    is_meant = long.str.contains(r"[ -]|\p{Ll}\p{Lu}") | (long.str.len_chars() >= 4 * short.str.len_chars())
    return found.filter(
        long.str.len_chars() > short.str.len_chars(),
        ~long.str.split(" ").list.contains(short),
        ~long.str.contains(r"://|\.\p{L}+/|%|,$"),
        ~long.str.contains(", ") | ~long.str.replace_all(rf"\b(?:{_BINDING})\b", "").str.contains(r"(?:^| )\p{Ll}"),
        is_meant,
    ).select(list(_FOUND))


def match_long_forms(short_forms: pl.Series, texts: pl.Series) -> pl.Series:
    """Where in each text, which ends with it, the long form of each short form begins; null where there is none.

    The initials of the last words decide where they spell the short form; else Schwartz and Hearst's match: from the
    right, every letter and digit of the short form is found in order, and the first one begins a word that is none of
    _BINDING. A plural s
    (`LLMs`) need not be found. One step per character of the longest short form, for all rows at once.
    """
    frame = pl.DataFrame({"short": short_forms, "text": texts}).select(
        "text",
        letters=pl.col("short")
        .str.replace(r"([\p{Lu}\p{N}])s$", "$1")
        .str.replace_all(r"[^\p{L}\p{N}]", "")
        .str.to_lowercase()
        .str.reverse(),
        marked=pl.col("text")
        .str.replace_all(r"(^|[^\p{L}\p{N}])([\p{L}\p{N}])", "${1}" + _MARK + "${2}")
        .str.replace_all(rf"(?i){_MARK}({_BINDING}) ", "$1 ")
        .str.to_lowercase()
        .str.reverse(),
    )
    count = pl.col("letters").str.len_chars()
    frame = frame.with_columns(initials="marked", anywhere="marked")
    for i in range(_MAX_SHORT):
        letter = pl.col("letters").str.slice(i, 1)
        word = pl.col("initials").str.splitn(_MARK, 2)
        initial = pl.when(word.struct.field("field_0").str.ends_with(letter)).then(word.struct.field("field_1"))
        needle = pl.when(count == i + 1).then(letter + _MARK).otherwise(letter)
        found = pl.col("anywhere").str.splitn(needle, 2).struct.field("field_1")
        frame = frame.with_columns(
            initials=pl.when(count > i).then(initial).otherwise("initials"),
            anywhere=pl.when(count > i).then(found).otherwise("anywhere"),
        )
    rest = pl.coalesce(pl.when(count > 1).then("initials"), "anywhere")
    # Lower-casing lengthens a few letters (İ), which would shift every offset.
    kept_length = (
        pl.col("marked").str.replace_all(_MARK, "", literal=True).str.len_chars() == pl.col("text").str.len_chars()
    )
    begin = rest.str.replace_all(_MARK, "", literal=True).str.len_chars().cast(pl.Int64)
    return frame.select(pl.when((count > 0) & kept_length).then(begin)).to_series()
