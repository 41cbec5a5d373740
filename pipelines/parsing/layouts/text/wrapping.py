"""Hard-wrapped lines put together again: which lines run on, and which words were divided at a line's end.

A wrapped line ends where the next word did not fit. Where it would have fitted, something ended for certain; where not,
the wording tells whether a title or an abstract begins. What a unit is, is not decided here.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

from .decoding import NEVER, find_best_labels
from .evidence import FINISHED, find_overlaps, weigh_shape
from .page_lines import NO_SOURCE

#: Text is hard-wrapped at 72 to 100 columns; terminals go a little wider.
_WIDEST = 160
#: Lines on both sides of a line that tell how wide the text is wrapped there.
_WINDOW = 15
#: Narrow lines in a row that may be wrapped text: a title and the lines of a short abstract.
_FEWEST = 4
#: Share of a run's lines that look wrapped, and how many of them, which make the whole run wrapped.
_MOSTLY, _MANY = 0.8, 100
#: Blocks between blank lines, and the share of them in which something ends, that tell how a page is spaced.
_BLOCKS, _PARTED = 10, 0.1
_TITLE, _TITLE_REST, _ABSTRACT, _ABSTRACT_REST = range(4)
#: Weights of a logistic regression, lines of titles against lines of abstracts: a title's line has words of the lines
#: after it, and hardly any of those before it. The constant is without the share of titles, which the steps weigh.
_SHAPE, _AHEAD, _BACK, _EVEN = 1.2, 6.0, -5.0, -7.0
#: What most lines have in common with the lines after and before.
_USUAL_AHEAD, _USUAL_BACK = 0.27, 0.19
#: Lines after and before that a line's words are looked for in.
_LINES_AHEAD, _LINES_BACK = 12, 8
#: Log-odds that something new begins after a line that is full: one entry in ten ends so.
_FULL_END = -2.4
_DIVIDED = r"\p{L}-$"


def find_wrapped(content: pl.DataFrame) -> pl.Series | None:
    """Tell which lines run on from the line before, None where no text is wrapped.

    Args: content lines with source, text, gap, is_fenced. Returns: one Boolean per line.
    """
    lines = content.select(
        "source",
        "text",
        "gap",
        size=pl.col("text").str.len_chars().cast(pl.Int64),
        is_close=(pl.col("gap") == 0)
        & ~pl.col("is_fenced")
        & (pl.col("source") == pl.col("source").shift(1).fill_null(NO_SOURCE)),
    )
    # An address too long for a line stands out of the column.
    is_word = ~pl.col("text").str.contains(" ", literal=True)
    is_narrow = (pl.col("size") <= _WIDEST) | is_word
    if lines.select((pl.col("is_close") & is_narrow & is_narrow.shift(1)).sum()).item() < 2:
        return None
    new_source = pl.col("source") != pl.col("source").shift(1).fill_null(NO_SOURCE)
    lines = lines.with_columns(run=(new_source | (is_narrow != is_narrow.shift(1)).fill_null(True)).cum_sum())
    width = pl.when(is_narrow & ~is_word).then("size").rolling_max(_WINDOW, min_samples=1, center=True).over("run")
    lines = lines.with_columns(width=width)
    is_full = (pl.col("size") >= 0.8 * pl.col("width")) & ~is_word
    goes_on = pl.col("text").str.contains(r"^[\p{Ll}\p{Lo}]")

    def share(condition: pl.Expr) -> pl.Expr:
        return condition.cast(pl.Float64).rolling_mean(_WINDOW, min_samples=1, center=True).over("run")

    # Wrapped text fills its lines and breaks them in the middle of sentences; a list of short lines does not. Where
    # nearly all of a long run does, stretches that do not look it are wrapped as well.
    is_here = (share(is_full) > 0.5) & (share(goes_on) > 0.25)
    lines = lines.with_columns(
        is_wrapped=is_narrow
        & (pl.len().over("run") >= _FEWEST)
        & (is_here | ((is_here.mean().over("run") > _MOSTLY) & (pl.len().over("run") >= _MANY)))
    )
    is_on = pl.col("is_close") & pl.col("is_wrapped") & pl.col("is_wrapped").shift(1)
    lines = lines.with_columns(block=(~is_on.fill_null(False)).cum_sum())
    blocks = (
        lines.with_row_index("row")
        .filter(pl.len().over("block") > 1)
        .with_columns(is_inside=(pl.col("block") == pl.col("block").shift(1)).fill_null(False))
    )
    if not blocks.height:
        return None
    runs_on = np.zeros(lines.height, dtype=np.bool_)
    runs_on[blocks["row"].to_numpy()] = _read_blocks(blocks)
    return pl.Series("runs_on", runs_on)


def _read_blocks(blocks: pl.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether each line of the blocks runs on from the one before."""
    text, before = pl.col("text"), pl.col("text").shift(1)
    next_word = text.str.extract(r"^(\S+)").str.len_chars().cast(pl.Int64)
    is_divided = before.str.contains(_DIVIDED) & text.str.contains(r"^\p{Ll}")
    seen = blocks.select(
        shape=weigh_shape(text).clip(-20, 12),
        is_sure=((pl.col("size").shift(1) + 1 + next_word <= pl.col("width").shift(1)) & ~is_divided).fill_null(False),
        is_finished=before.str.contains(FINISHED).fill_null(False),
        begins=text.str.contains(r"^[\p{Lu}\p{Lo}\p{N}\"“'‘#(\[$\\]"),
        # Between blank lines stands one text as a rule, in a block without any whatever the page has.
        is_spaced=(pl.col("gap").first().over("block") > 0) & (pl.len().over("block") <= 60),
    )
    shape = _weigh_lines(blocks, seen["shape"]).to_numpy() / 2
    scores = np.stack([shape, shape, -shape, -shape], axis=1)
    is_sure, is_finished, begins = (seen[name].to_numpy() for name in ("is_sure", "is_finished", "begins"))
    turn = _FULL_END - 6.0 * seen["is_spaced"].to_numpy() - 5.0 * ~begins
    steps = np.full((len(shape), 4, 4), NEVER)
    for title in (_TITLE, _TITLE_REST):
        steps[:, title, _TITLE] = np.where(is_sure, -1.0, -8.0)
        steps[:, title, _TITLE_REST] = np.where(is_sure, -4.0, 0.0)
        steps[:, title, _ABSTRACT] = np.where(is_sure, 0.0, turn)
    for prose in (_ABSTRACT, _ABSTRACT_REST):
        steps[:, prose, _TITLE] = np.where(is_sure, 0.0, turn + np.where(is_finished, 1.0, -5.0))
        steps[:, prose, _ABSTRACT] = np.where(is_sure, -1.0, -8.0)
        steps[:, prose, _ABSTRACT_REST] = np.where(is_sure, -5.0, 0.0)
    lengths = blocks.group_by("block", maintain_order=True).len()["len"].to_numpy().astype(np.int64)
    start, stop = np.array([0.0, NEVER, -1.0, NEVER]), np.zeros(4)
    labels = find_best_labels(lengths, scores, steps, start, stop)
    runs_on = (labels == _TITLE_REST) | (labels == _ABSTRACT_REST)
    return np.where(_find_single(blocks, seen["is_sure"]), blocks["is_inside"].to_numpy(), runs_on)


def _find_single(blocks: pl.DataFrame, is_sure: pl.Series) -> npt.NDArray[np.bool_]:
    """Whether each line stands on a page that puts blank lines between any two texts, so that a block is one text.

    Nothing ends for certain in the middle of its blocks, and there are many of them.
    """
    by_block = (
        blocks.with_columns(is_sure=is_sure & pl.col("is_inside"))
        .group_by("source", "block")
        .agg(is_parted=pl.col("is_sure").any(), is_spaced=pl.col("gap").first() > 0)
        .group_by("source")
        .agg(count=pl.len(), parted=pl.mean("is_parted"), spaced=pl.mean("is_spaced"))
    )
    is_single = (pl.col("count") >= _BLOCKS) & (pl.col("parted") < _PARTED) & (pl.col("spaced") > _MOSTLY)
    single = by_block.filter(is_single)["source"]
    return blocks["source"].is_in(single.implode()).to_numpy()


def _weigh_lines(blocks: pl.DataFrame, shape: pl.Series) -> pl.Series:
    """Log-odds that each line is a title's, from its shape and the words it shares with its neighbours."""
    text = pl.col("text")
    near = blocks.select(
        "source",
        words_of="text",
        after=pl.concat_str((text.shift(-n).over("source").fill_null("") for n in _steps(_LINES_AHEAD)), separator=" "),
        before=pl.concat_str((text.shift(n).over("source").fill_null("") for n in _steps(_LINES_BACK)), separator=" "),
        shape=shape,
    ).with_row_index("row")
    doubtful = near.filter(pl.col("shape") > 0)
    for name in ("after", "before"):
        overlaps = find_overlaps(doubtful.select("row", "words_of", inside=name))
        near = near.drop(name).join(overlaps.rename({"overlap": name}), on="row", how="left", maintain_order="left")
    return near.select(
        _SHAPE * pl.col("shape")
        + _AHEAD * pl.col("after").fill_null(_USUAL_AHEAD)
        + _BACK * pl.col("before").fill_null(_USUAL_BACK)
        + _EVEN
    ).to_series()


def _steps(count: int) -> range:
    return range(1, count + 1)


def join_divided(units: pl.DataFrame) -> pl.DataFrame:
    """Put words together that were divided at a line's end, where they occur undivided, or hyphenated, elsewhere.

    Args: units with source and text (its lines divided by line feeds). Adds: is_dehyphenated.
    """
    pattern = r"([\p{L}]+)-\n(\p{Ll}+)"
    is_candidate = pl.col("text").str.contains(pattern)
    units = units.with_columns(is_dehyphenated=pl.lit(False)).with_row_index("unit")
    found = (
        units.filter(is_candidate)
        .select(
            "unit",
            "source",
            parts=pl.col("text").str.extract_all(r"[\p{L}-]+-\n\p{Ll}+").list.unique(maintain_order=True),
        )
        .explode("parts", empty_as_null=False)
    )
    if not found.height:
        return units.drop("unit")
    found = found.with_columns(
        whole=pl.col("parts").str.replace("-\n", "", literal=True),
        hyphened=pl.col("parts").str.replace("\n", "", literal=True),
    )
    words = (
        units.join(found.select("source").unique(), on="source", how="semi")
        .select("source", word=pl.col("text").str.to_lowercase().str.extract_all(r"[\p{L}][\p{L}-]*[\p{L}]"))
        .explode("word", empty_as_null=False)
        .group_by("source", "word")
        .len("count")
    )
    for form in ("whole", "hyphened"):
        counted = words.rename({"word": form, "count": f"{form}_count"})
        found = found.with_columns(pl.col(form).str.to_lowercase().alias(f"{form}_key")).join(
            counted.rename({form: f"{form}_key"}), on=["source", f"{form}_key"], how="left"
        )
    # A word that is divided in several places is one word, though it may stand nowhere whole.
    places = pl.col("parts").str.to_lowercase().n_unique().over("source", "whole_key") - 1
    wholes, hyphened = pl.col("whole_count").fill_null(0) + places, pl.col("hyphened_count").fill_null(0)
    found = found.with_columns(
        mended=pl.when(wholes > hyphened).then("whole").when(hyphened > 0).then("hyphened")
    ).drop_nulls("mended")
    mended = {
        unit: dict(zip(parts, mends, strict=True))
        for unit, parts, mends in found.group_by("unit").agg("parts", "mended").iter_rows()
    }
    if not mended:
        return units.drop("unit")
    rows = sorted(mended)
    texts = units["text"].gather(rows).to_list()
    for place, row in enumerate(rows):
        for part, mend in mended[row].items():
            texts[place] = texts[place].replace(part, mend)
    return units.with_columns(text=units["text"].scatter(rows, texts), is_dehyphenated=pl.col("unit").is_in(rows)).drop(
        "unit"
    )
