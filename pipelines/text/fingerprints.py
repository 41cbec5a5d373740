"""What a text is compared with others by: numbers of title words and abstract shingles, and the marks of its title.

Two texts of one paper nearly always share a block number; two others hardly ever do, so candidates are found by joins
on equal numbers. Which candidates are one paper is decided in SQL. Numbers are equal on every machine and under every
version of Polars: words are hashed by our own arithmetic.
"""

from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from .background import UNKNOWN_WORD_BITS, weigh_words
from .cleaning import fold_titles
from .counting import rank_in_runs, run_starts, sum_runs
from .notices import read_notices
from .schema import FINGERPRINTS
from .tokens import Tokens

#: Words that say nothing about which paper a title is of, and remarks on what kind of publication it is.
_STOPS = frozenset(
    "a an the of for and in on to with by from via at as is are be or its using toward towards into "
    "extended abstract version full short paper preprint panel session demo demonstration tutorial poster invited "
    "talk keynote experience description book review report".split()
)
#: Words that weigh nothing in a title; bare signs are the word "".
_UNTELLING = sorted(_STOPS | {""})
#: What numbers, ordinals and Roman numerals are the same as.
_NUMERALS = {
    **{word: str(n) for n, word in enumerate("zero one two three four five six seven eight nine ten".split())},
    **{w: str(n) for n, w in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split(), 1)},
    **{word: str(n) for n, word in enumerate("i ii iii iv v vi vii viii ix x xi xii".split(), start=1)},
}
_MARK = r"\p{N}|^\p{L}$|^[ivx]+$|^(?:" + "|".join(word for word in _NUMERALS if len(word) > 2) + ")$"
#: Consecutive words of an abstract that are hashed together.
_SHINGLE = 3
#: Smallest shingle hashes kept, one per class of hashes, and how many of them make a band.
_BINS = 32
_BAND = 4
#: Words at either end of an abstract that are a block of their own: a cut abstract still has its beginning.
_END = 10
_HEAD_WORDS = 6
#: Words of a title whose omission is tried; longer titles have ends enough to meet by.
_MAX_OMITTED = 14
_ENDS = 4
#: Consecutive words of a title that are a block where no abstract helps: cited titles have names around them.
_RUN = 3


def fingerprint_texts(texts: pl.DataFrame, tokens: Tokens) -> pl.DataFrame:
    """Fingerprints of a batch of texts.

    Args:
        texts: text_id, title (cleaned), title_key (folded).
        tokens: of the same texts, in the same order; abstracts of any language.

    Returns:
        one row per text with the columns of schema.FINGERPRINTS, in order. Blocks are without repeats and sorted.
    """
    words = tokens.derive(_describe_keys)
    is_counted = tokens.flat["in_abstract"] & words["is_counted"].gather(tokens.flat["word"])
    abstract = tokens.flat.select("row", "word").filter(is_counted)
    hashes, is_plain = (words[name].gather(abstract["word"]) for name in ("hash", "is_plain"))
    bare = read_notices(texts["title"])
    keys = texts["title_key"]
    if (with_notice := bare["notice"].is_not_null().arg_true()).len():
        keys = keys.scatter(with_notice, fold_titles(bare["title"].gather(with_notice)))
    found = texts.select(
        "text_id",
        title_core=_drop_stops(keys),
        title_marks=mark_titles(keys),
        title_notice=bare["notice"],
        title_prefix=fold_titles(bare["title"].str.extract(r"^([\p{L}\p{N}]+)[-‐‑–][\p{L}\p{N}]")),
    ).with_row_index("row")
    for fact in (
        _weigh_titles(tokens),
        _head_abstracts(abstract.filter(is_plain), tokens.words["key"]),
        _block_titles(bare["title"], keys, abstract["row"].unique()),
        _block_abstracts(abstract["row"].to_numpy(), hashes.to_numpy()),
    ):
        found = found.join(fact.cast({"row": pl.UInt32}), on="row", how="left", maintain_order="left")
    return found.select(list(FINGERPRINTS)).cast(pl.Schema(FINGERPRINTS))


def _describe_keys(words: pl.DataFrame) -> pl.DataFrame:
    """Of the key of each word: hash; is_counted and is_plain (of letters alone); bits, none for what tells nothing."""
    bits = words.select("key").join(weigh_words(), left_on="key", right_on="word", how="left", maintain_order="left")
    return bits.select(
        hash=hash_words(words["key"]),
        is_counted=pl.col("key") != "",
        is_plain=pl.col("key").str.contains(r"^\p{L}{2,}$"),
        bits=pl.when(~pl.col("key").is_in(_UNTELLING)).then(pl.col("bits").fill_null(UNKNOWN_WORD_BITS)),
    )


def _weigh_titles(tokens: Tokens) -> pl.DataFrame:
    """Row and title_bits: the sum of the bits of a title's distinct words, stop words aside."""
    titles = tokens.flat.filter(~pl.col("in_abstract")).select("row", "word")
    bits, keys = tokens.derive(_describe_keys)["bits"], tokens.words["key"]
    titles = titles.with_columns(bits=bits.gather(titles["word"]), key=keys.gather(titles["word"])).drop_nulls("bits")
    return titles.unique(["row", "key"]).group_by("row").agg(title_bits=pl.col("bits").sum())


def _head_abstracts(words: pl.DataFrame, keys: pl.Series) -> pl.DataFrame:
    """Row and abstract_head of flat words of letters alone."""
    rank, _ = rank_in_runs(run_starts(words["row"].to_numpy()), words.height)
    heads = words.filter(rank < _HEAD_WORDS)
    return (
        heads.select("row", key=keys.gather(heads["word"]))
        .group_by("row", maintain_order=True)
        .agg(abstract_head=pl.col("key").str.join(" "))
    )


def hash_words(words: pl.Series) -> pl.Series:
    """A 64-bit number per word, from its first 32 bytes and its length.

    Words are padded to a fixed width and mixed as whole numbers, all at once (splitmix64, Steele et al. 2014).
    """
    array: Any = pc.cast(words.to_arrow(), pa.binary())
    mixed = _mix(pc.binary_length(array).to_numpy(zero_copy_only=False).astype(np.uint64))
    for start in (0, 16):
        part: Any = pc.binary_slice(array, start, start + 16)
        padding = pc.binary_repeat(pa.scalar(b"\0"), pc.subtract(16, pc.binary_length(part)))
        fixed = pc.binary_join_element_wise(part, padding, b"").cast(pa.binary(16))
        halves = np.frombuffer(fixed.buffers()[1], dtype="<u8")[: 2 * len(fixed)].reshape(-1, 2)
        for half in (0, 1):
            mixed = _mix(mixed ^ halves[:, half])
    return pl.Series(mixed, dtype=pl.UInt64)


def mark_titles(keys: pl.Series) -> pl.Series:
    """The words of folded titles that tell papers of otherwise equal titles apart, in order, numerals as digits.

    `part iii` and `part 3` have equal marks, `part 3.1` and `part 3.3`, `b prop` and `prop` have not.
    """
    marks = (
        keys.to_frame("key")
        .with_row_index("row")
        .with_columns(pl.col("key").str.split(" "))
        .explode("key")
        .filter(pl.col("key").str.contains(_MARK) & (pl.col("key") != "a"))
        .with_columns(pl.col("key").str.replace(r"^(\d+)(?:st|nd|rd|th)$", "$1").replace(_NUMERALS))
        .group_by("row", maintain_order=True)
        .agg("key")
        .select("row", marks=pl.col("key").list.join(" "))
    )
    rows = keys.to_frame("key").with_row_index("row").join(marks, on="row", how="left", maintain_order="left")
    return rows["marks"].fill_null("")


def _drop_stops(keys: pl.Series) -> pl.Series:
    """Folded titles without stop words and remarks; a title of nothing else stays."""
    core = keys.str.split(" ").list.eval(pl.element().filter(~pl.element().is_in(list(_STOPS)))).list.join(" ")
    return core.to_frame("core").select(pl.when(core != "").then(core).otherwise(keys)).to_series()


def _mix(numbers: np.ndarray) -> np.ndarray:
    """The splitmix64 finaliser; wraps around on purpose."""
    numbers = (numbers + np.uint64(0x9E3779B97F4A7C15)).astype(np.uint64)
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def _block_titles(titles: pl.Series, keys: pl.Series, with_abstract: pl.Series) -> pl.DataFrame:
    """Row and title_blocks: sums of word hashes, so that the order of words does not count.

    A block each for: all words; all but one, for each of them; the first and the last few; the words before a colon;
    those after it; the letters regardless of spaces; and, in rows that are not with_abstract, each run of words.
    """
    words = (
        keys.to_frame("word")
        .with_row_index("row")
        .with_columns(pl.col("word").str.split(" "))
        .explode("word")
        .filter(~pl.col("word").is_in(list(_STOPS)))
        .unique(maintain_order=True)
    )
    words = words.with_columns(
        hash=hash_words(words["word"]), rank=pl.int_range(pl.len()).over("row"), count=pl.len().over("row")
    )
    total = pl.col("hash").sum().over("row")
    rows = pl.int_range(keys.len(), dtype=pl.UInt32, eager=True)
    halves = titles.str.extract_groups(r"^(?P<name>[^:]{2,60}):\s+(?P<body>.+)$").struct.unnest()
    squashed = keys.str.replace_all(" ", "", literal=True)
    blocks = pl.concat(
        [
            pl.DataFrame({"row": rows, "block": hash_words(squashed)}),
            _sums(words),
            words.with_columns(block=total - pl.col("hash"))
            .filter((pl.col("count") > 2) & (pl.col("rank") < _MAX_OMITTED))
            .select("row", "block"),
            _sums(words.filter((pl.col("rank") < _ENDS) & (pl.col("count") > _ENDS))),
            _sums(words.filter((pl.col("rank") >= pl.col("count") - _ENDS) & (pl.col("count") > _ENDS))),
            _sum_halves(halves["name"].append(halves["body"])),
            _sum_runs(words.filter(~pl.col("row").is_in(with_abstract.cast(pl.UInt32).implode()))),
        ]
    )
    return _collect(blocks, "title_blocks")


def _sum_runs(words: pl.DataFrame) -> pl.DataFrame:
    """Row and block of each run of _RUN words."""
    runs = words.with_columns(block=sum((pl.col("hash").shift(-n) for n in range(1, _RUN)), pl.col("hash")))
    return runs.filter(pl.col("rank") <= pl.col("count").cast(pl.Int64) - _RUN).select("row", "block")


def _sum_halves(halves: pl.Series) -> pl.DataFrame:
    """Row and block of the distinct words of each half of a title, stop words aside; nulls have none.

    Args: the first halves of all titles, then the second ones.
    """
    words = (
        fold_titles(halves.drop_nulls())
        .str.split(" ")
        .to_frame("word")
        .with_columns(half=halves.is_not_null().arg_true())
        .explode("word")
        .filter(~pl.col("word").is_in(list(_STOPS)) & (pl.col("word") != ""))
        .unique(maintain_order=True)
    )
    sums = words.with_columns(hash=hash_words(words["word"])).group_by("half").agg(block=pl.col("hash").sum())
    return sums.select(pl.col("half").cast(pl.UInt32) % (len(halves) // 2), "block").rename({"half": "row"})


def _sums(words: pl.DataFrame) -> pl.DataFrame:
    return words.group_by("row").agg(block=pl.col("hash").sum())


def _block_abstracts(rows: np.ndarray, hashes: np.ndarray) -> pl.DataFrame:
    """Row, abstract_blocks and abstract_hash of the hashes of running words.

    MinHash with one permutation (Li, Owen and Zhang 2012): shingle hashes fall into bins, the smallest of each bin is
    kept, and the bins of a band are hashed together. Bands with an empty bin are left out.
    """
    starts = run_starts(rows)
    rank, count = rank_in_runs(starts, len(rows))
    ordered = _mix(hashes + rank.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15))
    is_long = count >= _END
    blocks = pl.concat(
        [
            _sum_rows(rows, ordered, is_long & (rank < _END)),
            _sum_rows(rows, hashes, is_long & (count - rank <= _END)),
            _band_shingles(rows, hashes),
        ]
    )
    whole = pl.DataFrame({"row": rows[starts], "abstract_hash": sum_runs(ordered, starts).view(np.int64)})
    return whole.join(_collect(blocks, "abstract_blocks"), on="row", how="left")


def _sum_rows(rows: np.ndarray, hashes: np.ndarray, chosen: np.ndarray) -> pl.DataFrame:
    """Row and block: the sum of each row's chosen hashes."""
    starts = run_starts(rows[chosen])
    return pl.DataFrame({"row": rows[chosen][starts], "block": sum_runs(hashes[chosen], starts)})


def _band_shingles(rows: np.ndarray, hashes: np.ndarray) -> pl.DataFrame:
    """Row and block of each full band of the smallest shingle hashes."""
    if len(rows) < _SHINGLE:
        return pl.DataFrame(schema={"row": pl.UInt32, "block": pl.UInt64})
    last = len(rows) - _SHINGLE + 1
    shingles = hashes[:last]
    for offset in range(1, _SHINGLE):
        shingles = _mix(shingles ^ hashes[offset : offset + last])
    inside = rows[:last] == rows[_SHINGLE - 1 :]
    at, kept = rows[:last][inside].astype(np.int64), shingles[inside]
    height = int(rows[-1]) + 1
    smallest = np.full(height * _BINS, np.iinfo(np.uint64).max, dtype=np.uint64)
    np.minimum.at(smallest, at * _BINS + (kept % np.uint64(_BINS)).astype(np.int64), kept)
    bins = smallest.reshape(height, _BINS // _BAND, _BAND)
    is_full = (bins != np.iinfo(np.uint64).max).all(axis=2)
    bands = _mix(np.arange(_BINS // _BAND, dtype=np.uint64))[None, :].repeat(height, axis=0)
    for number in range(_BAND):
        bands = _mix(bands ^ bins[:, :, number])
    at_row, at_band = np.nonzero(is_full)
    return pl.DataFrame({"row": at_row.astype(np.uint32), "block": bands[at_row, at_band]})


def _collect(blocks: pl.DataFrame, name: str) -> pl.DataFrame:
    """The distinct blocks of each row as a list, ascending."""
    ordered = blocks.with_columns(pl.col("block").reinterpret(signed=True)).sort("row", "block")
    is_new = (ordered["row"] != ordered["row"].shift(1)) | (ordered["block"] != ordered["block"].shift(1))
    return ordered.filter(is_new.fill_null(True)).group_by("row", maintain_order=True).agg(pl.col("block").alias(name))
