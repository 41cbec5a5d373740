"""Plain text copied out of a page: a title line, an abstract line, and so on, spaced out or dense.

All sources of a batch are parsed together, as one Polars frame of lines; nothing loops over lines or entries. The
steps: lines -> furniture and dates set aside -> units (a hard-wrapped paragraph is one) -> each unit labelled title or
abstract by its shape and that of its neighbours -> units grouped into entries, re-synchronised where the alternation
breaks. Lengths, full stops and gaps are evidence that adds up to a score; none is a cut-off.
"""

import math
import re
from collections.abc import Iterator, Sequence

import polars as pl
import pyarrow as pa

from pipelines.parsing import dates, furniture, lines, reasons
from pipelines.parsing.files import Source
from pipelines.parsing.findings import Findings

SPACED, DENSE, UNKNOWN = "text_spaced", "text_dense", "unknown"

#: Where title and abstract lengths meet: between the longest titles (200) and the shortest abstracts (165) of real
#: dumps.
PIVOT_CHARACTERS = 230
#: Typical lengths, the neighbours assumed at the two ends of a dump.
TITLE_CHARACTERS, ABSTRACT_CHARACTERS = 75, 1_300
#: arXiv takes no abstract longer than this, so two paragraphs together longer than it are hardly one abstract.
ABSTRACT_LIMIT = 1_920

#: Contents of this many bytes are cut where they lie; smaller ones are bundled first.
_SEGMENT_BYTES = 1 << 18
#: Text is hard-wrapped at 72 to 100 columns; terminals go a little wider.
_WIDEST_WRAP = 160
#: Characters beyond the control characters below space that have no place in a line.
_EXOTIC = ["\x7f", "\x85", "\u2028", "\u2029"]
_NO_SOURCE = 2**32 - 1
#: Longest user name, in bytes, taken from the line after `Submitted by`.
_NAME_BYTES = 42
_BREAKS = re.compile("\r\n|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_ANSI = re.compile("\x1b\\[[0-9;?]*[A-Za-z]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f\x80-\x84\x86-\x9f]")

_WORD = r"[\p{L}\p{N}][\p{L}\p{N}-]{3,}"
#: Words of titles that say nothing about which abstract they belong to.
_COMMON_WORDS = (
    "with from for via the and towards toward using based into over under model models modeling language large "
    "learning neural network networks deep data training efficient method approach framework task tasks generation"
).split()
#: Share of a title's words found in an abstract: 98 % of real pairs have a third or more, 95 % of neighbours less.
_USUAL_OVERLAP = 0.3
_LINKING = "of|for|and|or|with|in|on|to|via|from|by|using|through|as|at|under|into|towards?|without|between|beyond"
_OPEN_END = rf"(?i)(?:[:,–—-]|\b(?:a|an|the|is|are|that|{_LINKING}))$"
_CONTINUES = rf"^(?:\p{{Ll}}|(?:{_LINKING})\b)"
_TAIL_START = (
    r"(?i)^(?:(?:our|the|all|source|project|more|demo|online|this|an?)?\s*"
    r"(?:codes?|datasets?|data|models?|weights|project|page|website|webpage|demos?|github|urls?|links?|"
    r"repository|source|videos?|resources|checkpoints|implementation)\b"
    r"(?:\s*:|.{0,120}\b(?:available|released|open-?sourced?|published)\b)|https?://)"
)


def recognise(source: Source) -> tuple[float, str]:
    """Anything with a line of text may be text: the weakest claim, so every more particular layout goes first."""
    if source.is_binary or not source.data.strip():
        return 0.0, "no text"
    return 0.1, "lines of text"


def parse(sources: Sequence[tuple[int, Source, str]]) -> Findings:
    """Read each source; (number in the batch, source, why it was recognised). Never raises for content."""
    all_lines = _split_lines(sources)
    content, aside = _set_aside(all_lines)
    units = _group(_find_short_abstracts(_label(_build_units(content))))
    return _collect(sources, all_lines, aside, units)


def _split_lines(sources: Sequence[tuple[int, Source, str]]) -> pl.DataFrame:
    """Cut the contents into lines.

    Returns: one row per line: source, line_no, text (stripped at both ends), byte_count (of text).
    """
    frame = pl.concat([_cut(segment) for segment in _segments(sources)], rechunk=True)
    # Stripping copies, so it is done only to the lines that need it.
    text = frame["text"]
    ragged = (text.str.head(1) + text.str.tail(1)).str.contains(r"\s").arg_true()
    if ragged.len():
        frame = frame.with_columns(text.scatter(ragged, text.gather(ragged).str.strip_chars()))
    return frame.with_columns(
        pl.int_range(1, pl.len() + 1).over("source").alias("line_no"),
        pl.col("text").str.len_bytes().alias("byte_count"),
    )


def _segments(sources: Sequence[tuple[int, Source, str]]) -> Iterator[list[tuple[int, bytes]]]:
    """Bundle small contents, so that 100,000 of them are cut in few steps; a large one is cut where it lies."""
    bundle: list[tuple[int, bytes]] = []
    size = 0
    for number, source, _ in sources:
        if len(source.data) >= _SEGMENT_BYTES:
            yield [(number, source.data)]
            continue
        bundle.append((number, source.data))
        size += len(source.data)
        if size >= _SEGMENT_BYTES:
            yield bundle
            bundle, size = [], 0
    if bundle:
        yield bundle


def _cut(segment: list[tuple[int, bytes]]) -> pl.DataFrame:
    """Lines of some contents as views into them: nothing is copied but the bundling of small ones."""
    if len(segment) == 1:
        content = segment[0][1]
    else:
        content = b"".join(part if part.endswith(b"\n") else part + b"\n" for _, part in segment)
    buffer = pa.py_buffer(content)
    octets = pl.Series(pa.Array.from_buffers(pa.uint8(), buffer.size, [None, buffer]))
    ends = (octets == 10).arg_true().cast(pl.Int64)
    last = [] if content.endswith(b"\n") else [len(content)]
    # A line, then its line feed, then the next line: every other piece is wanted.
    cuts = pl.concat([ends, ends + 1]).sort()
    offsets = pl.concat([pl.Series([0], dtype=pl.Int64), cuts, pl.Series(last, dtype=pl.Int64)]).rechunk()
    pieces = pa.Array.from_buffers(
        pa.large_binary(), offsets.len() - 1, [None, offsets.to_arrow().buffers()[1], buffer]
    )
    text = pl.Series("text", pieces).gather_every(2).cast(pl.String)
    control_count = (octets < 32).sum() - ends.len()
    if (control_count and control_count != content.count(b"\t")) or text.str.contains_any(_EXOTIC).any():
        return _cut([(number, _clean(part)) for number, part in segment])
    if len(segment) == 1:
        # The view after the final line feed is the nothing behind it.
        text = text.head(ends.len() + len(last))
        source = pl.repeat(segment[0][0], text.len(), dtype=pl.UInt32, eager=True)
    else:
        text = text.head(ends.len())
        counts = pl.Series([lines.count_lines(part) or 1 for _, part in segment], dtype=pl.UInt32)
        numbers = pl.Series([number for number, _ in segment], dtype=pl.UInt32)
        source = numbers.repeat_by(counts).explode(empty_as_null=False)
    return pl.DataFrame({"source": source, "text": text})


def _clean(content: bytes) -> bytes:
    """Turn exotic line ends into line feeds; drop terminal colours and control characters."""
    return _CONTROLS.sub("", _ANSI.sub("", _BREAKS.sub("\n", content.decode()))).encode()


def _set_aside(all_lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Tell furniture and dates from content.

    Returns: content lines (source, line_no, text, gap: blank lines before it, is_fenced: furniture or a date stands
    between it and the content line before, is_unglued) and the lines set aside (source, line_no, line_class, text,
    date: as printed, where the line or its glued end is one).
    """
    written = all_lines.filter(pl.col("byte_count") > 0).with_columns(
        gap=pl.col("line_no") - pl.col("line_no").shift(1).over("source").fill_null(0) - 1,
    )
    key = pl.col("text").str.to_lowercase()
    written = written.with_row_index("row")
    known = (
        written.filter(pl.col("byte_count") <= furniture.LINE_LIMIT)
        .select(
            "row",
            is_date=key.str.contains(dates.DATE_LINE),
            is_furniture=key.str.contains(furniture.SURE_LINE),
            is_likely=key.str.contains(furniture.LIKELY_LINE),
        )
        .filter(pl.col("is_date") | pl.col("is_furniture") | pl.col("is_likely"))
    )
    flags = ("is_date", "is_furniture", "is_likely")
    written = written.join(known, on="row", how="left", maintain_order="left").with_columns(
        pl.col(flags).fill_null(False)
    )
    # The name of the one who submitted may stand on a line of its own.
    is_name = (key.shift(1) == "submitted by") & (pl.col("byte_count") <= _NAME_BYTES)
    # A likely line needs company: an end of the dump or other furniture beside it, or an abstract before it.
    is_any = pl.any_horizontal(flags)
    is_edge = pl.col("source") != pl.col("source").shift(1).fill_null(_NO_SOURCE)
    is_end = pl.col("source") != pl.col("source").shift(-1).fill_null(_NO_SOURCE)
    is_after_long = pl.col("byte_count").shift(1, fill_value=0) > furniture.LINE_LIMIT
    has_company = (
        is_edge | is_end | is_after_long | is_any.shift(1, fill_value=True) | is_any.shift(-1, fill_value=True)
    )
    written = written.with_columns(
        is_furniture=pl.col("is_furniture") | (pl.col("is_likely") & has_company) | is_name.fill_null(False)
    )
    written = _unglue(written)
    is_aside = pl.col("is_date") | pl.col("is_furniture")
    aside = written.filter(is_aside).select(
        "source",
        "line_no",
        "text",
        date=pl.when(pl.col("is_date")).then("text").otherwise("glued_date"),
        line_class=pl.when(pl.col("is_date")).then(lines.DATE).otherwise(lines.BOILERPLATE).cast(pl.UInt8),
    )
    glued = written.filter(~is_aside, pl.col("glued_date").is_not_null()).select(
        "source", "line_no", "text", date="glued_date", line_class=pl.lit(None, dtype=pl.UInt8)
    )
    content = written.with_columns(fences=is_aside.cast(pl.UInt32).cum_sum()).filter(~is_aside)
    content = content.select(
        "source",
        "line_no",
        "text",
        "is_unglued",
        # The gap to the content line before, whatever stands between the two.
        gap=pl.col("gap"),
        is_fenced=(pl.col("fences") != pl.col("fences").shift(1, fill_value=0)),
    )
    return content, pl.concat([aside, glued]).sort("source", "line_no")


def _unglue(written: pl.DataFrame) -> pl.DataFrame:
    """Take header parts off the lines where a header can end: a dump's first content, or after furniture."""
    is_content = ~(pl.col("is_date") | pl.col("is_furniture"))
    is_first = pl.col("source") != pl.col("source").shift(1).fill_null(_NO_SOURCE)
    candidates = written.filter(
        is_content
        & (pl.col("byte_count") <= furniture.LINE_LIMIT + 40)
        & (is_first | ~is_content.shift(1, fill_value=False))
    ).select("row", groups=pl.col("text").str.extract_groups(furniture.GLUED))
    candidates = candidates.unnest("groups").select("row", glued="1", rest="2").drop_nulls("glued")
    return (
        written.join(candidates, on="row", how="left", maintain_order="left")
        .with_columns(
            is_unglued=pl.col("rest").is_not_null(),
            is_furniture=pl.col("is_furniture") | (pl.col("glued").is_not_null() & pl.col("rest").is_null()),
            glued_date=pl.col("glued").str.extract(furniture.GLUED_DATE),
            text=pl.coalesce("rest", "text"),
        )
        .drop("glued", "rest")
    )


def _label(units: pl.DataFrame) -> pl.DataFrame:
    """Label each unit title or abstract from its shape and that of its neighbours.

    Adds: characters, is_title. The score is a sum of log-odds-like evidence: length, length against the neighbours,
    sentences inside, a full stop at the end.
    """
    units = units.with_columns(
        characters=pl.col("text").str.len_chars(),
        is_first=pl.col("source") != pl.col("source").shift(1).fill_null(_NO_SOURCE),
        is_last=pl.col("source") != pl.col("source").shift(-1).fill_null(_NO_SOURCE),
    )
    units = units.with_columns(size=pl.col("characters").log())
    before = pl.when("is_first").then(math.log(ABSTRACT_CHARACTERS)).otherwise(pl.col("size").shift(1))
    after = pl.when("is_last").then(math.log(TITLE_CHARACTERS)).otherwise(pl.col("size").shift(-1))
    contrast = (pl.col("size") - (before + after) / 2).clip(-1.5, 1.5)
    score = (
        1.5 * (pl.col("size") - math.log(PIVOT_CHARACTERS))
        + 1.5 * contrast
        + 1.2 * pl.col("text").str.contains(r"\.[\"'”’)\]]*\s+[A-Z(“\"]").cast(pl.Float64)
        + 0.7 * (2 * pl.col("text").str.ends_with(".").cast(pl.Float64) - 1)
    )
    return units.with_columns(is_title=score < 0)


def _build_units(content: pl.DataFrame) -> pl.DataFrame:
    """Make each line a unit, except that the lines of a hard-wrapped paragraph are one.

    Returns: the columns of content, with first_line and last_line for line_no.
    """
    units = content.with_columns(first_line=pl.col("line_no"), last_line=pl.col("line_no")).drop("line_no")
    is_close = (
        (pl.col("gap") == 0)
        & ~pl.col("is_fenced")
        & (pl.col("source") == pl.col("source").shift(1).fill_null(_NO_SOURCE))
    )
    size = pl.col("text").str.len_chars()
    is_narrow = size <= _WIDEST_WRAP
    if units.select((is_close & is_narrow & is_narrow.shift(1)).sum()).item() < 2:
        return units
    units = units.with_columns(block=(~is_close).cum_sum(), size=size)
    # An address too long for a line stands out of the column.
    broken = pl.col("size").filter(pl.col("text").str.contains(" ", literal=True))
    blocks = units.group_by("block").agg(
        line_count=pl.len(),
        width=broken.max(),
        full_share=(broken >= 0.8 * broken.max()).mean(),
    )
    # Wrapped text fills its lines; a list of titles does not.
    wrapped = blocks.filter(
        pl.col("line_count") >= 3, pl.col("width") <= _WIDEST_WRAP, pl.col("full_share") > 0.5
    ).select("block", "width", is_crowded=pl.col("line_count") * pl.col("width") > 1.5 * ABSTRACT_LIMIT)
    units = units.join(wrapped, on="block", how="left", maintain_order="left")
    units = units.with_columns(is_break=_find_wrapped_breaks(is_close))
    return (
        units.with_columns(unit=pl.col("is_break").cum_sum())
        .group_by("unit", maintain_order=True)
        .agg(
            pl.first("source", "is_unglued", "gap", "is_fenced", "first_line"),
            pl.last("last_line"),
            text=pl.col("text").str.join("\n"),
        )
        .drop("unit")
    )


def _find_wrapped_breaks(is_close: pl.Expr) -> pl.Expr:
    """Where a line of a hard-wrapped block starts something new.

    A wrapped line ends where the next word did not fit: where it would have fitted, something ended. In a block that
    holds more than one abstract can, the change between a title's capitals and prose tells where a nearly full line
    ended too.
    """
    text = pl.col("text")
    next_word = text.str.extract(r"^(\S+)").str.len_chars()
    fits = pl.col("size").shift(1) + 1 + next_word <= pl.col("width")
    is_sure = (~is_close | pl.col("width").is_null() | fits).fill_null(True)
    small = text.str.count_matches(r"(?:^|\s)\p{Ll}") / text.str.count_matches(r"\S+")
    is_capital = (small <= 0.45) & ~text.str.contains(r"[.,;]$")
    is_prose = ~is_capital | ~text.str.contains(" ", literal=True)
    starts_anew = text.str.contains(r"^[\p{Lu}\p{N}\"“#]")
    ended = text.shift(1).str.contains(r"(?:[.?!][)\"”’]?|https?://\S+)$")
    starts_title = is_sure | (starts_anew & ended & is_capital & is_prose.shift(1))
    # After a title's first line, nearly full: its second line would end early, an abstract's first does not.
    runs_on = ~is_sure.shift(-1, fill_value=True)
    starts_abstract = starts_anew & starts_title.shift(1) & is_capital.shift(1) & (~is_capital | runs_on)
    return (is_sure | (pl.col("is_crowded") & (starts_title | starts_abstract))).fill_null(True)


def _find_short_abstracts(units: pl.DataFrame) -> pl.DataFrame:
    """Relabel as abstract what looks like a second title but speaks, in a sentence, of the title before it."""
    same, same_next = ~pl.col("is_first"), ~pl.col("is_last")
    follows_title = pl.col("is_title") & same & pl.col("is_title").shift(1) & ~pl.col("is_fenced")
    before_title = ~same_next | pl.col("is_title").shift(-1)
    units = units.with_row_index("row")
    candidates = units.select(
        "row", "text", "characters", before=pl.col("text").shift(1), is_candidate=follows_title & before_title
    ).filter("is_candidate")
    if candidates.height:
        overlaps = _overlaps(candidates.select("row", words_of="before", inside="text"))
        word_count = pl.col("text").str.count_matches(r"\S+")
        small_share = pl.col("text").str.count_matches(r"(?:^|\s)\p{Ll}") / word_count
        score = (
            6 * (pl.col("overlap").fill_null(0) - _USUAL_OVERLAP)
            + 4 * (small_share - 0.6)
            + 2 * (pl.col("characters") / pl.col("before").str.len_chars()).log().clip(-1, 1)
            + pl.col("text").str.ends_with(".").cast(pl.Float64)
            - 2.5 * pl.col("before").str.contains(_OPEN_END).cast(pl.Float64)
            - 1
        )
        found = candidates.join(overlaps, on="row", how="left").filter(score > 0)["row"]
        units = units.with_columns(is_title=pl.col("is_title") & ~pl.col("row").is_in(found.implode()))
    return units.drop("row")


def _group(units: pl.DataFrame) -> pl.DataFrame:
    """Group units into entries, re-synchronising where titles and abstracts do not alternate.

    Adds: entry (an id, rising), is_title_part, and what was noticed: is_joined (second line of a title), is_paragraph
    (later paragraph of an abstract).
    """
    same = ~pl.col("is_first")
    same_next = ~pl.col("is_last")
    was_title, will_be_title = pl.col("is_title").shift(1), pl.col("is_title").shift(-1)
    units = units.with_row_index("row").with_columns(
        is_joined=pl.lit(False), is_tail=pl.lit(False), is_paragraph=pl.lit(False)
    )
    odd = units.select(
        "row",
        joins=pl.col("is_title") & same & was_title,
        tails=pl.col("is_title") & same & ~was_title & (~same_next | will_be_title),
        follows=~pl.col("is_title") & same & ~was_title,
    ).filter(pl.col("joins") | pl.col("tails") | pl.col("follows"))
    if odd.height:
        units = _resynchronise(units, odd)
    starts_title = ~pl.col("is_joined") & ~pl.col("is_tail")
    starts_orphan = pl.col("is_first") | (~was_title & ~pl.col("is_paragraph"))
    starts = pl.when(pl.col("is_title")).then(starts_title).otherwise(starts_orphan)
    return units.with_columns(entry=starts.cum_sum(), is_title_part=pl.col("is_title") & ~pl.col("is_tail"))


def _resynchronise(units: pl.DataFrame, odd: pl.DataFrame) -> pl.DataFrame:
    """Decide, for the units that break the alternation only, what each continues."""
    title, abstract = pl.when("is_title").then("text"), pl.when(~pl.col("is_title")).then("text")
    is_paragraph = ~pl.col("is_title") & ~pl.col("is_title").shift(1, fill_value=True) & ~pl.col("is_first")
    context = units.select(
        "row",
        "text",
        "gap",
        "is_fenced",
        "characters",
        "size",
        usual_gap=pl.col("gap").median().over("source"),
        # How many paragraphs beyond the first an abstract of this dump has on average.
        habit=(is_paragraph.sum() / pl.col("is_title").sum()).over("source"),
        usual_size=pl.when(~pl.col("is_title")).then("size").median().over("source"),
        text_before=pl.col("text").shift(1),
        characters_before=pl.col("characters").shift(1),
        size_before=pl.col("size").shift(1),
        title_before=title.forward_fill().over("source").shift(1),
        abstract_after=abstract.backward_fill().over("source"),
    ).join(odd, on="row", how="inner", maintain_order="right")
    pairs = context.select(
        "row",
        words_of=pl.when("joins").then("text_before").when("follows").then("title_before"),
        inside=pl.when("joins").then("abstract_after").when("follows").then("text"),
    )
    own_pairs = context.filter("joins").select("row", words_of="text", inside="abstract_after")
    context = context.join(_overlaps(pairs), on="row", how="left", maintain_order="left").join(
        _overlaps(own_pairs), on="row", how="left", maintain_order="left", suffix="_own"
    )

    def weigh(condition: pl.Expr, weight: float) -> pl.Expr:
        return weight * condition.fill_null(False).cast(pl.Float64)

    overlap = 6 * (pl.col("overlap").fill_null(_USUAL_OVERLAP) - _USUAL_OVERLAP)
    is_closer = weigh(pl.col("gap") < pl.col("usual_gap"), 3)
    fence = weigh(pl.col("is_fenced"), -4)
    is_open = weigh(~pl.col("text_before").str.contains(r"[.?!:)\]\"'”’]$"), 1)
    is_tail_shaped = weigh(pl.col("text").str.contains(_TAIL_START), 2.5)
    # Two lines of one title are together as long as a title, two titles twice that.
    joint = ((115 - pl.col("characters") - pl.col("characters_before")) / 30).clip(-1.5, 1)
    # The halves of one title speak of the abstract alike; a title without abstract does not speak of the next one's.
    gap_in_overlap = (pl.col("overlap") - pl.col("overlap_own")).clip(-1, 0).fill_null(0)
    joins = (
        joint
        + overlap
        + 2 * gap_in_overlap
        + is_closer
        + fence
        + weigh(pl.col("text_before").str.contains(_OPEN_END), 2.5)
        + weigh(pl.col("text").str.contains(_CONTINUES), 2.5)
        - weigh(pl.col("text_before").str.contains(":") & pl.col("text").str.contains(":"), 1.5)
        - weigh(pl.col("characters_before") < 30, 1)
        - 1
    )
    tails = (
        is_closer
        + fence
        + is_tail_shaped
        + is_open
        + weigh(pl.col("text").str.ends_with("."), 1.2)
        + weigh(pl.col("text").str.contains(r"https?://|\bwww\."), 1.5)
        + weigh(pl.col("text").str.contains(_CONTINUES), 2)
        - 1.5
    )
    # Paragraphs of one abstract are each shorter than an abstract, and share the title's words.
    shortness = sum(
        ((pl.col("usual_size") - pl.col(size)).clip(-1, 1.5) for size in ("size", "size_before")), start=pl.lit(0.0)
    )
    follows = (
        shortness
        + overlap
        + is_closer
        + fence
        + is_tail_shaped
        + is_open
        + weigh(pl.col("text").str.contains(_CONTINUES), 3)
        + 3 * (pl.col("habit") - 0.3).clip(0, 1)
        - weigh(pl.col("characters") + pl.col("characters_before") > ABSTRACT_LIMIT, 2.5)
    )
    decided = context.select(
        "row",
        is_joined=pl.col("joins") & (joins > 0),
        is_tail=pl.col("tails") & (tails > 0),
        is_paragraph=pl.col("follows") & (follows > 0),
    )
    return units.update(decided, on="row", maintain_order="left")


def _overlaps(pairs: pl.DataFrame) -> pl.DataFrame:
    """Share of the telling words of one text that occur in another; row, words_of, inside -> row, overlap."""
    return (
        pairs.drop_nulls()
        .select(
            "row",
            word=pl.col("words_of").str.to_lowercase().str.extract_all(_WORD).list.unique(),
            inside=pl.col("inside").str.to_lowercase(),
        )
        .explode("word", empty_as_null=False)
        .filter(~pl.col("word").is_in(_COMMON_WORDS))
        .group_by("row")
        .agg(overlap=pl.col("inside").str.contains(pl.col("word"), literal=True).mean())
    )


def _collect(
    sources: Sequence[tuple[int, Source, str]],
    all_lines: pl.DataFrame,
    aside: pl.DataFrame,
    units: pl.DataFrame,
) -> Findings:
    """Turn grouped units and the lines set aside into findings, giving every line its class."""
    entries = _build_entries(units)
    is_entry = pl.col("title").is_not_null() & pl.col("is_plausible")
    refused = entries.filter(~is_entry).select(
        "source",
        reason=pl.when(pl.col("title").is_null()).then(pl.lit("orphan_abstract")).otherwise(pl.lit("unknown_text")),
        detail=pl.when(pl.col("title").is_null())
        .then(pl.lit("no title stands before it and it does not continue the abstract before"))
        .when(pl.col("abstract").is_null())
        .then(pl.lit("no abstract follows and it does not read as a title"))
        .otherwise(pl.lit("too short for a title and abstract that share no words")),
        first_line="first_line",
        last_line="last_line",
        text=pl.concat_str("title", "abstract", separator="\n", ignore_nulls=True).str.head(reasons.REJECT_TEXT_LIMIT),
    )
    printed = aside.drop_nulls("date").select("source", "line_no", "text", "date", "line_class")
    readable = {text: dates.read_date_line(text) for text in printed["date"].unique()}
    possible = [text for text, date in readable.items() if date is not None and date.is_possible()]
    is_impossible = (pl.col("line_class") == lines.DATE) & ~pl.col("date").is_in(possible)
    impossible = printed.filter(is_impossible).select(
        "source",
        reason=pl.lit("impossible_date"),
        detail=pl.lit("no such day"),
        first_line="line_no",
        last_line="line_no",
        text="text",
    )
    accepted = entries.select("entry", line_class=pl.when(is_entry).then(lines.ENTRY).otherwise(lines.REJECTED))
    aside = aside.drop_nulls("line_class").with_columns(
        line_class=pl.when(is_impossible.fill_null(False)).then(lines.REJECTED).otherwise("line_class"),
        lines=pl.lit(1),
    )
    # An abstract that was turned round with its title has no entry of its own left, but is part of one.
    pieces = units.join(accepted, on="entry", how="left", maintain_order="left").select(
        "source", pl.col("line_class").fill_null(lines.ENTRY), lines=pl.col("last_line") - pl.col("first_line") + 1
    )
    blanks = all_lines.filter(pl.col("byte_count") == 0).select(
        "source", line_class=pl.lit(lines.BLANK), lines=pl.lit(1)
    )
    counts = lines.count_classes(pl.concat([aside.select(pieces.columns), pieces, blanks], how="vertical_relaxed"))
    dumps = (
        all_lines.group_by("source", maintain_order=True)
        .agg(line_count=pl.len())
        .join(counts, on="source", how="left", maintain_order="left")
    )
    first_dates = (
        printed.filter(pl.col("date").is_in(possible))
        .group_by("source", maintain_order=True)
        .agg(date_text=pl.first("date"))
    )
    found = _attach_extras(entries.filter(is_entry), aside)
    return Findings(
        dumps=dumps.join(first_dates, on="source", how="left", maintain_order="left").join(
            _describe_layouts(dumps.select("source"), units, found), on="source", how="left", maintain_order="left"
        ),
        entries=found,
        rejects=pl.concat([refused, impossible], how="vertical_relaxed").sort("source", "first_line"),
        line_spans=lines.find_spans(aside),
    )


#: What a furniture line says about the entry it stands by, in lower case.
_EXTRAS = {
    "arxiv_id": r"^(?:.*arxiv\.org/\w+/|.*/papers/|arxiv: ?)(\d{4}\.\d{4,5})",
    "arxiv_version": r"^(?:.*arxiv\.org/\w+/|.*/papers/|arxiv: ?)\d{4}\.\d{4,5}v(\d{1,3})",
    "author_count": r"^[·•]?\s*([\d,]+) authors?",
    "comment_count": r"([\d,]+) (?:comments?|replies)$",
    "github_stars": r"^github\D*([\d.,]+k?)$",
    "upvotes": r"^(?:upvotes?\W*)?([\d.,]+k?)(?: (?:upvotes?|likes?|votes?|points?))?$",
    "submitter": r"^(?:submitted by )?(.+)$",
}


def _attach_extras(entries: pl.DataFrame, aside: pl.DataFrame) -> pl.DataFrame:
    """Give entries what the furniture beside them counts and names.

    Whether a kind of line stands before its entry or after it is told by the ends of the dump: before, if the kind
    occurs before the first entry and not after the last. A bare number is a count of votes only after a line `Upvote`.
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
            if kind not in ("upvotes", "submitter")
        ),
        upvotes=pl.when(is_votes).then(text.str.extract(_EXTRAS["upvotes"])),
        submitter=pl.when(is_name).then(pl.col("text").str.extract("(?i)" + _EXTRAS["submitter"])),
    )
    said = said.unpivot(index=["source", "line_no"], variable_name="kind", value_name="value").drop_nulls("value")
    if not said.height or not entries.height:
        return entries
    ends = entries.group_by("source").agg(first=pl.min("first_line"), last=pl.max("last_line"))
    said = said.join(ends, on="source").with_columns(
        stands_before=((pl.col("line_no") < pl.col("first")).any() & ~(pl.col("line_no") > pl.col("last")).any()).over(
            "source", "kind"
        )
    )
    order = entries.select("source", "entry", "first_line", "last_line").sort("first_line")
    said = said.sort("line_no")
    after = said.filter("stands_before").join_asof(
        order, left_on="line_no", right_on="first_line", by="source", strategy="forward", check_sortedness=False
    )
    before = said.filter(~pl.col("stands_before")).join_asof(
        order, left_on="line_no", right_on="last_line", by="source", strategy="backward", check_sortedness=False
    )
    placed = pl.concat([after, before], how="diagonal_relaxed").drop_nulls("entry")
    wide = placed.pivot("kind", index="entry", values="value", aggregate_function="first", on_columns=list(_EXTRAS))
    number = pl.col("author_count", "comment_count", "github_stars", "upvotes")
    digits = number.str.replace_all(",", "").str.strip_suffix("k").cast(pl.Float64, strict=False)
    wide = wide.with_columns(
        (digits * pl.when(number.str.ends_with("k")).then(1_000).otherwise(1)).round().cast(pl.Int64, strict=False),
        pl.col("arxiv_version").cast(pl.Int64),
    )
    return entries.join(wide, on="entry", how="left", maintain_order="left")


def _build_entries(units: pl.DataFrame) -> pl.DataFrame:
    """One row per group of units: entry, source, first_line, last_line, title, abstract, flags, is_plausible."""
    starts = pl.col("entry") != pl.col("entry").shift(1).fill_null(-1)
    is_title = pl.col("is_title_part")
    has_abstract = ((pl.col("entry") == pl.col("entry").shift(-1)) & ~is_title.shift(-1)).fill_null(False)
    entries = units.select(
        "row",
        "entry",
        "source",
        "first_line",
        "is_unglued",
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
    entries = entries.with_columns(
        last_line=units["last_line"].gather(last_rows),
        is_regular=(unit_count == 1) | ((unit_count == 2) & pl.col("is_regular")),
    )
    irregular = entries.filter(~pl.col("is_regular")).select("entry")
    parts = units.join(irregular, on="entry", how="semi", maintain_order="left")
    piece = pl.when(pl.col("gap") > 0).then(pl.lit("\n\n")).otherwise(pl.lit("\n")) + pl.col("text")
    whole = parts.group_by("entry", maintain_order=True).agg(
        title=piece.filter(is_title).str.join("").str.strip_chars_start("\n"),
        abstract=piece.filter(~is_title).str.join("").str.strip_chars_start("\n"),
        title_last_line=pl.col("last_line").filter(is_title).last(),
        abstract_first_line=pl.col("first_line").filter(~is_title).first(),
        is_joined=is_title.sum() > 1,
        is_paragraphed=(~is_title).sum() > 1,
    )
    whole = whole.with_columns(pl.when(pl.col(name) != "").then(name).alias(name) for name in ("title", "abstract"))
    noticed_in_parts = ("is_joined", "is_paragraphed")
    entries = entries.update(whole.drop(noticed_in_parts), on="entry", maintain_order="left").join(
        whole.select("entry", *noticed_in_parts), on="entry", how="left", maintain_order="left"
    )
    entries = _strip_labels(_strip_numbers(_unswap(entries)))
    noticed = {
        "abstract_label": pl.col("is_labelled"),
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
    )
    noted = entries.filter("is_noted").select(
        "entry",
        flags=pl.concat_list(
            pl.when(is_noticed).then(pl.lit(flag)) for flag, is_noticed in noticed.items()
        ).list.drop_nulls(),
        # A line without an abstract is taken for a title by its words, more of them before the first whole entry,
        # where unknown header lines stand; one that occurs twice is furniture nobody has listed yet.
        is_plausible=is_whole
        | (
            (pl.col("title").str.count_matches(r"\S+") >= pl.when("is_early").then(5).otherwise(3))
            & ~pl.struct("source", "title").is_duplicated()
        ),
    )
    entries = entries.join(noted, on="entry", how="left", maintain_order="left").with_columns(
        pl.col("flags").fill_null([]), pl.col("is_plausible").fill_null(True)
    )
    return _doubt_prose(entries)


def _unswap(entries: pl.DataFrame) -> pl.DataFrame:
    """Turn round the entries whose abstract stands before its title.

    A run of them shows as an abstract without a title, any number of pairs that do not fit, and a title without an
    abstract. It is turned round where the titles speak of the abstracts before them rather than after. Adds is_swapped.
    """
    entries = entries.with_columns(is_swapped=pl.lit(False))
    orphan, lone = pl.col("title").is_null(), pl.col("abstract").is_null()
    if not entries.select(orphan.any() & lone.any()).item():
        return entries
    run = orphan.cast(pl.UInt32).cum_sum().over("source")
    entries = entries.with_columns(run=run)
    lone_before = lone.cast(pl.UInt32).cum_sum().shift(1, fill_value=0).over("source", "run")
    entries = entries.with_columns(
        in_run=(pl.col("run") > 0) & (lone_before == 0) & lone.any().over("source", "run"),
        abstract_before=pl.col("abstract").shift(1),
        line_before=pl.col("abstract_first_line").shift(1),
    )
    titles = entries.filter(pl.col("in_run") & ~orphan)
    before = _overlaps(titles.select(row="entry", words_of="title", inside="abstract_before"))
    after = _overlaps(titles.select(row="entry", words_of="title", inside="abstract"))
    turned = (
        titles.select("entry", "source", "run")
        .join(before, left_on="entry", right_on="row", how="left")
        .join(after, left_on="entry", right_on="row", how="left", suffix="_after")
        .group_by("source", "run")
        .agg(before=pl.col("overlap").mean(), after=pl.col("overlap_after").mean())
        .filter(pl.col("before") > pl.col("after").fill_null(0) + 0.1, pl.col("before") > _USUAL_OVERLAP)
        .select("source", "run", turns=True)
    )
    entries = entries.join(turned, on=["source", "run"], how="left", maintain_order="left")
    turns = pl.col("in_run") & pl.col("turns").fill_null(False)
    return (
        entries.with_columns(
            first_line=pl.when(turns).then("line_before").otherwise("first_line"),
            last_line=pl.when(turns).then("title_last_line").otherwise("last_line"),
            abstract=pl.when(turns).then("abstract_before").otherwise("abstract"),
            is_swapped=turns,
        )
        .filter(~(turns & orphan))
        .drop("run", "in_run", "abstract_before", "line_before", "turns")
    )


def _strip_numbers(entries: pl.DataFrame) -> pl.DataFrame:
    """Take list numbers that run in sequence, and bullets that most titles have, off the titles. Adds is_enumerated."""
    number = pl.col("title").str.extract(r"^\(?(\d{1,4})[.)]\s").cast(pl.Int64)
    is_bullet = pl.col("title").str.contains(r"^[-*•‣▪]\s")
    if not entries.select((number.is_not_null() | is_bullet).any()).item():
        return entries.with_columns(is_enumerated=pl.lit(False))
    follows = (number == number.shift(1) + 1).over("source") | (number == number.shift(-1) - 1).over("source")
    many = (is_bullet.sum() * 2 > pl.len()).over("source") & (pl.len() > 1).over("source")
    is_enumerated = (follows | (is_bullet & many)).fill_null(False)
    stripped = pl.col("title").str.replace(r"^(?:\(?\d{1,4}[.)]|[-*•‣▪])\s+", "")
    return entries.with_columns(
        title=pl.when(is_enumerated).then(stripped).otherwise("title"), is_enumerated=is_enumerated
    )


def _strip_labels(entries: pl.DataFrame) -> pl.DataFrame:
    """Take `Abstract:` and a repetition of the title off the front of abstracts. Adds is_labelled."""
    abstract, title = pl.col("abstract"), pl.col("title")
    has_label = abstract.str.contains(r"^(?i:abstract|summary)\s*[:.—–-]")
    repeats = abstract.str.starts_with(title) & abstract.str.slice(title.str.len_chars(), 2).str.contains(r"^[.:\n—–]")
    unlabelled = abstract.str.replace(r"^(?i:abstract|summary)\s*[:.—–-]+\s*", "")
    unrepeated = abstract.str.slice(title.str.len_chars()).str.strip_chars_start(" .:\n—–")
    odd = entries.select("entry", "abstract", "title", has_label=has_label, repeats=repeats).filter(
        pl.col("has_label") | pl.col("repeats")
    )
    if not odd.height:
        return entries.with_columns(is_labelled=pl.lit(False))
    odd = odd.select(
        "entry", abstract=pl.when("has_label").then(unlabelled).otherwise(unrepeated), is_labelled=pl.lit(True)
    ).filter(pl.col("abstract") != "")
    return (
        entries.update(odd.select("entry", "abstract"), on="entry", maintain_order="left")
        .join(odd.select("entry", "is_labelled"), on="entry", how="left", maintain_order="left")
        .with_columns(pl.col("is_labelled").fill_null(False))
    )


def _doubt_prose(entries: pl.DataFrame) -> pl.DataFrame:
    """Refuse a dump whose abstracts are all as short as titles, unless titles and abstracts share words."""
    longest = pl.col("abstract").str.len_chars().max().over("source").fill_null(0)
    doubtful = entries.filter(longest < PIVOT_CHARACTERS)
    if not doubtful.height:
        return entries
    overlaps = _overlaps(doubtful.select(row="entry", words_of="title", inside="abstract"))
    refused = (
        doubtful.join(overlaps, left_on="entry", right_on="row", how="left")
        .group_by("source")
        .agg(share=pl.col("overlap").mean().fill_null(0))
        .filter(pl.col("share") < _USUAL_OVERLAP)["source"]
    )
    return entries.with_columns(is_plausible=pl.col("is_plausible") & ~pl.col("source").is_in(refused.implode()))


def _describe_layouts(numbers: pl.DataFrame, units: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """Say how each source is laid out; source, layout, layout_reason."""
    later = units.filter(~pl.col("is_first"))
    spacing = numbers.join(
        later.group_by("source").agg(spaced=(pl.col("gap") > 0).sum(), of=pl.len()), on="source", how="left"
    ).join(entries.group_by("source").agg(entry_count=pl.len()), on="source", how="left")
    has_entries = pl.col("entry_count").fill_null(0) > 0
    return spacing.select(
        "source",
        layout=pl.when(~has_entries)
        .then(pl.lit(UNKNOWN))
        .when(pl.col("spaced") * 2 > pl.col("of"))
        .then(pl.lit(SPACED))
        .otherwise(pl.lit(DENSE)),
        layout_reason=pl.when(has_entries)
        .then(
            pl.format(
                "titles and abstracts in turn; {} of {} lines of content after the first follow a blank line",
                pl.col("spaced").fill_null(0),
                pl.col("of").fill_null(0),
            )
        )
        .otherwise(pl.lit("lines of text, none of which reads as a title with an abstract")),
    )
