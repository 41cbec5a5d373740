"""Grouped units to entries: texts joined, swapped pairs turned round, list numbers taken off, extras put to.

Every change is a flag on the entry. Which entries are refused is marked here and carried out by the layout.
"""

import polars as pl

from ...authors import read_people
from ...plausibility import ABSTRACT_CHARACTERS, IDEOGRAPHS, TITLE_WORDS
from .evidence import USUAL_OVERLAP, find_overlaps, small_share

#: Longest title of real dumps, and a little more: where every abstract is shorter, it may all be something else.
_TITLE_CHARACTERS = 230
#: Characters of the abstracts of such a dump over those of its titles, below which they say nothing more than those.
_LEAST_GAIN = 1.5
#: How the numbers of a list are printed.
_NUMBERS = (r"\(?(\d{1,4})[.)]", r"\[(\d{1,4})\]", r"#(\d{1,4})[.:]?")
#: A title and the arXiv id behind it.
_ID_BEHIND = r"(?is)^(.*\S)\s*[\[(](?:arxiv: ?)?(\d{4}\.\d{4,5})(?:v\d{1,3})?[\])]$"
#: What a furniture line says about the entry it stands by, in lower case.
_EXTRAS = {
    "arxiv_id": r"^(?:.*arxiv\.org/\w+/|.*/papers/|arxiv: ?)(\d{4}\.\d{4,5})",
    "arxiv_version": r"^(?:.*arxiv\.org/\w+/|.*/papers/|arxiv: ?)\d{4}\.\d{4,5}v(\d{1,3})",
    "author_count": r"^[·•]?\s*([\d,]+) authors?",
    "comment_count": r"([\d,]+) (?:comments?|replies)$",
    "github_stars": r"^github\D*([\d.,]+k?)$",
    "upvotes": r"^(?:upvotes?\W*)?([\d.,]+k?)(?: (?:upvotes?|likes?|votes?|points?))?$",
    "submitter": r"^(?:submitted by )?(.+)$",
    "authors": r"^authors? ?[:：] ?(.{3,})$",
}


def build_entries(units: pl.DataFrame) -> pl.DataFrame:
    """One row per group of units: entry, source, first_line, last_line, title, abstract, flags, is_plausible."""
    entries = _join_pieces(_pair_units(units), units)
    return _doubt_prose(_note(_take_ids(_strip_numbers(entries))))


def _pair_units(units: pl.DataFrame) -> pl.DataFrame:
    """Entries as if each were a title and the abstract after it; is_regular says where nothing is left over."""
    starts = pl.col("entry") != pl.col("entry").shift(1).fill_null(-1)
    is_title = pl.col("is_title_part")
    has_abstract = ((pl.col("entry") == pl.col("entry").shift(-1)) & ~is_title.shift(-1)).fill_null(False)
    entries = units.select(
        "row",
        "entry",
        "source",
        "first_line",
        "is_unglued",
        "is_fenced",
        "is_swapped",
        is_dehyphenated=pl.col("is_dehyphenated") | (has_abstract & pl.col("is_dehyphenated").shift(-1)),
        title_last_line="last_line",
        abstract_first_line=pl.when(has_abstract).then(pl.col("first_line").shift(-1)).otherwise("first_line"),
        starts=starts,
        title=pl.when(is_title).then("text"),
        abstract=pl.when(~is_title).then("text").when(has_abstract).then(pl.col("text").shift(-1)),
        is_regular=is_title & has_abstract,
    ).filter("starts")
    # The last unit of an entry is the one before the next entry's first.
    last_rows = entries.select((pl.col("row").shift(-1) - 1).fill_null(units.height - 1).alias("row"))["row"]
    unit_count = last_rows.cast(pl.Int64) - pl.col("row").cast(pl.Int64) + 1
    return entries.with_columns(
        last_line=units["last_line"].gather(last_rows),
        is_regular=(unit_count == 1) | ((unit_count == 2) & pl.col("is_regular")),
    )


def _join_pieces(entries: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """Put together the titles and abstracts that are of several units; adds is_joined, is_paragraphed."""
    irregular = entries.filter(~pl.col("is_regular")).select("entry")
    is_title = pl.col("is_title_part")
    piece = pl.when(pl.col("gap") > 0).then(pl.lit("\n\n")).otherwise(pl.lit("\n")) + pl.col("text")
    whole = (
        units.join(irregular, on="entry", how="semi", maintain_order="left")
        .group_by("entry", maintain_order=True)
        .agg(
            title=piece.filter(is_title).str.join("").str.strip_chars_start("\n"),
            abstract=piece.filter(~is_title).str.join("").str.strip_chars_start("\n"),
            title_last_line=pl.col("last_line").filter(is_title).last(),
            abstract_first_line=pl.col("first_line").filter(~is_title).first(),
            is_joined=is_title.sum() > 1,
            is_paragraphed=(~is_title).sum() > 1,
        )
    )
    whole = whole.with_columns(pl.when(pl.col(name) != "").then(name).alias(name) for name in ("title", "abstract"))
    noticed = ("is_joined", "is_paragraphed")
    return entries.update(whole.drop(noticed), on="entry", maintain_order="left").join(
        whole.select("entry", *noticed), on="entry", how="left", maintain_order="left"
    )


def _note(entries: pl.DataFrame) -> pl.DataFrame:
    """Add flags and is_plausible; only the entries with anything to note are looked at closely."""
    noticed = {
        "dehyphenated": pl.col("is_dehyphenated"),
        "enumerated": pl.col("is_enumerated"),
        "joined_title": pl.col("is_joined").fill_null(False),
        "no_abstract": pl.col("abstract").is_null(),
        "paragraphs": pl.col("is_paragraphed").fill_null(False),
        "swapped": pl.col("is_swapped"),
        "unglued": pl.col("is_unglued"),
    }
    is_whole = pl.col("abstract").is_not_null()
    entries = entries.with_columns(
        is_noted=pl.any_horizontal(noticed.values()),
        is_early=is_whole.cast(pl.UInt32).cum_sum().over("source") == 0,
        is_late=is_whole.cast(pl.UInt32).cum_sum(reverse=True).over("source") == 0,
    )
    noted = entries.filter("is_noted").select(
        "entry",
        flags=pl.concat_list(
            pl.when(is_noticed).then(pl.lit(flag)) for flag, is_noticed in noticed.items()
        ).list.drop_nulls(),
        # A line without an abstract is taken for a title by its words, more of them before the first whole entry,
        # where unknown header lines stand, and with a title's capitals after the last, behind furniture, where
        # footers do; one that occurs twice is furniture nobody has listed yet.
        is_plausible=is_whole
        | (
            (pl.col("title").str.count_matches(r"\S+") >= pl.when("is_early").then(5).otherwise(3))
            & ~(pl.col("is_late") & pl.col("is_fenced") & (small_share(pl.col("title")) > 0.5))
            & ~pl.struct("source", "title").is_duplicated()
        ),
    )
    return entries.join(noted, on="entry", how="left", maintain_order="left").with_columns(
        pl.col("flags").fill_null([]), pl.col("is_plausible").fill_null(True)
    )


def _strip_numbers(entries: pl.DataFrame) -> pl.DataFrame:
    """Take list numbers that run in sequence, and bullets that most titles have, off the titles. Adds is_enumerated."""
    number = pl.coalesce(pl.col("title").str.extract(rf"^{form}\s") for form in _NUMBERS).cast(pl.Int64)
    is_bullet = pl.col("title").str.contains(r"^[-*•‣▪]\s")
    is_bold = pl.col("title").str.contains(r"^\*\*[^*].*\*\*$|^__[^_].*__$")
    if not entries.select((number.is_not_null() | is_bullet | is_bold).any()).item():
        return entries.with_columns(is_enumerated=pl.lit(False))

    def is_habit(sign: pl.Expr) -> pl.Expr:
        return sign & (sign.sum() * 2 > pl.len()).over("source") & (pl.len() > 1).over("source")

    follows = (number == number.shift(1) + 1).over("source") | (number == number.shift(-1) - 1).over("source")
    is_enumerated = (follows | is_habit(is_bullet)).fill_null(False)
    stripped = pl.col("title").str.replace(rf"^(?:{'|'.join(_NUMBERS)}|[-*•‣▪])\s+", "")
    # An abstract may be an item below its title.
    is_item = pl.col("abstract").str.contains(r"^[-*•‣▪]\s")
    return entries.with_columns(
        title=pl.when(is_enumerated)
        .then(stripped)
        .when(is_habit(is_bold))
        .then(pl.col("title").str.strip_chars("*_"))
        .otherwise("title"),
        abstract=pl.when(is_enumerated & is_habit(is_item).fill_null(False))
        .then(pl.col("abstract").str.slice(1).str.strip_chars_start())
        .otherwise("abstract"),
        is_enumerated=is_enumerated,
    )


def _take_ids(entries: pl.DataFrame) -> pl.DataFrame:
    """Take arXiv ids that most titles have behind them off the titles. Adds title_arxiv_id, null for others."""
    number = pl.col("title").str.extract(_ID_BEHIND, 2)
    is_habit = ((number.is_not_null().sum() * 2 > pl.len()) & (pl.len() > 1)).over("source")
    return entries.with_columns(
        title=pl.when(is_habit & number.is_not_null())
        .then(pl.col("title").str.extract(_ID_BEHIND, 1))
        .otherwise("title"),
        title_arxiv_id=pl.when(is_habit).then(number),
    )


def _doubt_headings(entries: pl.DataFrame) -> pl.DataFrame:
    """Refuse a dump whose titles are as short as headings, over paragraphs shorter than abstracts; see plausibility."""
    # Most dumps are far from that by the length of their abstracts alone.
    typical = entries.group_by("source").agg(pl.col("abstract").str.len_chars().median())["abstract"]
    if (typical.fill_null(ABSTRACT_CHARACTERS) >= ABSTRACT_CHARACTERS).all() and not (
        entries["title"].str.starts_with("#").any()
    ):
        return entries
    words = pl.col("title").str.count_matches(r"\S+") + pl.col("title").str.count_matches(IDEOGRAPHS) / 2
    is_short = (words.median() < TITLE_WORDS) & (pl.col("abstract").str.len_chars().median() < ABSTRACT_CHARACTERS)
    # Markdown's headings over abstracts are the Markdown layout's.
    is_marked = 2 * pl.col("title").str.contains(r"^#{1,6}\s").sum() > pl.len()
    is_heading = (is_short.fill_null(False) | is_marked).over("source")
    return entries.with_columns(is_plausible=pl.col("is_plausible") & ~is_heading)


def _doubt_prose(entries: pl.DataFrame) -> pl.DataFrame:
    """Refuse a dump whose abstracts are all as short as titles, unless they say more than those and share their words.

    Lines that repeat each other (a log, broken records) share words as well, but none says more than the one before.
    """
    entries = _doubt_headings(entries)
    longest = pl.col("abstract").str.len_chars().max().over("source").fill_null(0)
    doubtful = entries.filter(longest < _TITLE_CHARACTERS)
    if not doubtful.height:
        return entries
    overlaps = find_overlaps(doubtful.select(row="entry", words_of="title", inside="abstract"))
    says_more = pl.col("abstract").str.len_chars().sum() > _LEAST_GAIN * pl.col("title").str.len_chars().sum()
    refused = (
        doubtful.join(overlaps, left_on="entry", right_on="row", how="left")
        .group_by("source")
        .agg(share=pl.col("overlap").mean().fill_null(0), says_more=says_more)
        .filter((pl.col("share") < USUAL_OVERLAP) | ~pl.col("says_more"))["source"]
    )
    return entries.with_columns(is_plausible=pl.col("is_plausible") & ~pl.col("source").is_in(refused.implode()))


def attach_extras(entries: pl.DataFrame, aside: pl.DataFrame) -> pl.DataFrame:
    """Give entries what the furniture beside them counts and names.

    A line between a title and the end of its abstract is that entry's. Whether another kind of line stands before its
    entry or after it is told by the ends of the dump: before, if the kind occurs before the first entry and not after
    the last. A bare number is a count of votes only after a line `Upvote`.
    """
    text = pl.col("text").str.to_lowercase()
    after_word = (pl.col("source") == pl.col("source").shift(1)) & (pl.col("line_no") - pl.col("line_no").shift(1) <= 2)
    is_votes = text.str.contains("upvote|like|vote|point") | (after_word & (text.shift(1) == "upvote"))
    is_name = text.str.starts_with("submitted by ") | (after_word & (text.shift(1) == "submitted by"))
    said = aside.select(
        "source",
        "line_no",
        *(
            text.str.extract(pattern).alias(kind)
            for kind, pattern in _EXTRAS.items()
            if kind not in ("upvotes", "submitter", "authors")
        ),
        upvotes=pl.when(is_votes).then(text.str.extract(_EXTRAS["upvotes"])),
        submitter=pl.when(is_name).then(pl.col("text").str.extract("(?i)" + _EXTRAS["submitter"])),
        authors=pl.col("text").str.extract("(?i)" + _EXTRAS["authors"]),
    )
    said = said.unpivot(index=["source", "line_no"], variable_name="kind", value_name="value").drop_nulls("value")
    own_id = pl.col("title_arxiv_id").alias("arxiv_id")
    if not said.height or not entries.height:
        return entries.with_columns(own_id)
    order = entries.select("source", "entry", "first_line", "last_line").sort("first_line")
    around = said.sort("line_no").join_asof(
        order, left_on="line_no", right_on="first_line", by="source", strategy="backward", check_sortedness=False
    )
    inside = around.filter(pl.col("line_no") <= pl.col("last_line"))
    ends = entries.group_by("source").agg(first=pl.min("first_line"), last=pl.max("last_line"))
    said = (
        said.join(inside, on=["source", "line_no", "kind"], how="anti")
        .join(ends, on="source")
        .with_columns(
            stands_before=(
                (pl.col("line_no") < pl.col("first")).any() & ~(pl.col("line_no") > pl.col("last")).any()
            ).over("source", "kind")
        )
    )
    said = said.sort("line_no")
    after = said.filter("stands_before").join_asof(
        order, left_on="line_no", right_on="first_line", by="source", strategy="forward", check_sortedness=False
    )
    before = said.filter(~pl.col("stands_before")).join_asof(
        order, left_on="line_no", right_on="last_line", by="source", strategy="backward", check_sortedness=False
    )
    placed = pl.concat([inside, after, before], how="diagonal_relaxed").drop_nulls("entry")
    wide = placed.pivot("kind", index="entry", values="value", aggregate_function="first", on_columns=list(_EXTRAS))
    number = pl.col("author_count", "comment_count", "github_stars", "upvotes")
    digits = number.str.replace_all(",", "").str.strip_suffix("k").cast(pl.Float64, strict=False)
    wide = wide.with_columns(
        (digits * pl.when(number.str.ends_with("k")).then(1_000).otherwise(1)).round().cast(pl.Int64, strict=False),
        pl.col("arxiv_version").cast(pl.Int64),
        authors=pl.Series([read_people(text)[0] for text in wide["authors"].to_list()], dtype=pl.List(pl.String)),
    )
    joined = entries.join(wide, on="entry", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce(own_id, "arxiv_id"))
