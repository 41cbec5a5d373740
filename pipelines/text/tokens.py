"""The flat token table: every word of every text of a batch as one row, with its offset and the number of its word.

A text is split at spaces; a space-token such as `(LLMs),` is taken apart once per distinct token of the batch, not once
per occurrence. What words mean for phrases is vocabulary.py's and phrases.py's work.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl

from .counting import number_values, rank_in_runs, run_starts
from .vocabulary import describe_words

#: Letters and digits, joined by hyphens, en dashes, apostrophes, dots, slashes, plus, underscore; C++, C#, pass@1.
_WORD = r"[\p{L}\p{N}]+(?:[-‐‑–'’.+_/][\p{L}\p{N}]+)*(?:\+\+|#|@[0-9kKnN][0-9]*)?"
#: A space-token that is one word between signs that cannot be part of a word or a number.
_ONE_WORD = rf"^([^\p{{L}}\p{{N}}]*)({_WORD})([^\p{{L}}\p{{N}}%×]*)$"
_WORD_PYTHON = re.compile(r"[^\W_]+(?:[-‐‑–'’.+_/][^\W_]+)*(?:\+\+|#|@[0-9kKnN][0-9]*(?![^\W_]))?")
_LINK = r"(?i)https?://|www\.|\.(?:com|org|io|ai|co|net|edu)/|\.(?:com|org|io)\b"
_SLASH_WORDS = re.compile(r"(?<![a-z])(?P<first>[a-z]{4,}+)/(?=[a-z]{4,})")
#: Two sentences without a space between: better quality.Then we.
_GLUED = re.compile(r"(?<=[a-z0-9])\.(?=[A-Z][a-z])")
#: A number at the end of a word, which a sign behind it makes a measure: ImageNet-64×64.
_MEASURE = re.compile(r"[-‐‑–][\d.,]+$")
_POSSESSIVE = re.compile(r"['’]s$")
_NAME_POSSESSIVE = re.compile(r"[A-Z][a-z]+['’]s")
_NAME_IN_S = r"^\p{Lu}\p{Ll}+s$"
_LETTER = re.compile(r"[^\W\d_]")
#: Stands between title and abstract in the joined text; a break like any other sign.
_SEPARATOR = " \x1f "


@dataclass(frozen=True)
class Tokens:
    """The words of a batch of texts.

    Attributes:
        flat: one row per word in reading order: row (position of the text in the batch), in_abstract, start (character
            offset in the field), position (0-based word number in the text), word (row of `words`), is_joined (one
            space and no sign stands between it and the word before it).
        words: facts of distinct words; see vocabulary.describe_words. Bare signs and links are the word "".
    """

    flat: pl.DataFrame
    words: pl.DataFrame

    def without(self, rows: pl.Series, but_titles: pl.Series) -> "Tokens":
        """The tokens less those of the texts marked true, but for their titles where marked; row numbers stay."""
        row = self.flat["row"]
        is_kept_title = but_titles.gather(row) & ~self.flat["in_abstract"].cast(pl.Boolean)
        return Tokens(self.flat.filter(~rows.gather(row) | is_kept_title), self.words)

    def without_titles(self, rows: pl.Series) -> "Tokens":
        """The tokens less those of the titles of the texts marked true; row numbers and places stay."""
        is_kept = ~rows.gather(self.flat["row"]) | self.flat["in_abstract"].cast(pl.Boolean)
        return Tokens(self.flat.filter(is_kept), self.words)


@dataclass(frozen=True)
class Piece:
    """A word inside a space-token: where it begins, and whether a sign stands before and after it."""

    word: str
    offset: int
    sign_before: bool
    sign_after: bool


@lru_cache(maxsize=1 << 15)
def take_apart(token: str) -> tuple[Piece, ...]:
    """The words of a space-token that is not simply one word between signs.

    Words inside one token break phrases between each other, so a phrase is always words parted by one space.
    """
    # encoder/decoder is two words, TCP/IP and I/O are one; same length, so offsets stay.
    token = _GLUED.sub("|", _SLASH_WORDS.sub(r"\g<first>|", token))
    pieces: list[Piece] = []
    for match in _WORD_PYTHON.finditer(token):
        word, end = match.group(), match.end()
        if _POSSESSIVE.search(word) and not _NAME_POSSESSIVE.fullmatch(word):
            word, end = word[:-2], end - 2
        if token[end : end + 1] in ("%", "×"):
            measure = _MEASURE.search(word)
            if not measure or not _LETTER.search(word[: measure.start()]):
                continue
            word, end = word[: measure.start()], match.start() + measure.start()
        pieces.append(Piece(word, match.start(), bool(pieces) or match.start() > 0, end < len(token)))
    if len(pieces) > 1:
        pieces = [Piece(p.word, p.offset, p.sign_before, True) for p in pieces[:-1]] + pieces[-1:]
    return tuple(pieces) or (Piece("", 0, True, True),)


def _pieces(tokens: pl.Series) -> tuple[pl.DataFrame, pl.Series]:
    """Pieces of distinct space-tokens in token order (word, offset, sign_before, sign_after), and pieces per token."""
    parts = (
        tokens.to_frame("token")
        .with_row_index("token_id")
        .with_columns(
            groups=pl.col("token").str.extract_groups(_ONE_WORD),
            is_link=pl.col("token").str.contains(_LINK),
            # Possessives, slashes and glued sentences need a closer look.
            is_odd=pl.col("token").str.contains(r"['’]s|/|[a-z0-9]\.[A-Z][a-z]"),
        )
        .unnest("groups")
    )
    # Stokes' theorem is a term like Fourier's law.
    is_name = pl.col("2").str.contains(_NAME_IN_S) & pl.concat_str("1", "3").is_in(["'", "’"]) & (pl.col("1") == "")
    simple = parts.filter(pl.col("2").is_not_null() & ~pl.col("is_link") & ~pl.col("is_odd")).select(
        "token_id",
        word=pl.when(is_name).then(pl.concat_str("2", "3")).otherwise("2"),
        offset=pl.col("1").str.len_chars(),
        sign_before=pl.col("1") != "",
        sign_after=(pl.col("3") != "") & ~is_name,
    )
    other = parts.filter((pl.col("2").is_null() | pl.col("is_odd")) & ~pl.col("is_link"))
    taken = [
        (token_id, p.word, p.offset, p.sign_before, p.sign_after)
        for token_id, token in zip(other["token_id"].to_list(), other["token"].to_list(), strict=True)
        for p in take_apart(token)
    ]
    links = parts.filter("is_link").select(
        "token_id", word=pl.lit(""), offset=pl.lit(0, pl.UInt32), sign_before=True, sign_after=True
    )
    pieces = pl.concat([simple, pl.DataFrame(taken, schema=simple.schema, orient="row"), links])
    pieces = pieces.sort("token_id", "offset")
    counts = pl.DataFrame({"token_id": parts["token_id"]}).join(
        pieces.group_by("token_id").len(), on="token_id", how="left", maintain_order="left"
    )["len"]
    return pieces.drop("token_id"), counts


def tokenize(texts: pl.DataFrame) -> Tokens:
    """Split cleaned texts into words, and describe the words.

    Args: title, abstract (nullable): cleaned, single-spaced.
    """
    flat, words = split_words(texts)
    return Tokens(flat, describe_words(words))


def split_words(texts: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """Split cleaned texts into words.

    Args: title, abstract (nullable): cleaned, single-spaced.
    Returns: what Tokens.flat holds, and the distinct words as written.
    """
    joined = texts.select(pl.col("title") + _SEPARATOR + pl.col("abstract").fill_null("")).to_series()
    split = joined.str.split(" ")
    tokens_per_text = split.list.len()
    distinct, codes = number_values(split.explode(empty_as_null=False, keep_nulls=False))
    pieces, piece_counts = _pieces(distinct)
    words, word_ids = number_values(pieces["word"])

    # From here on numbers only: where each text, each space-token and each piece of one begins.
    text_lengths = joined.str.len_chars().to_numpy().astype(np.int64) + 1
    token_lengths = (distinct.str.len_chars() + 1).gather(codes).to_numpy().astype(np.int64)
    title_lengths = texts["title"].str.len_chars().to_numpy().astype(np.int64)
    counts = piece_counts.to_numpy().astype(np.int64)
    several = counts[codes.to_numpy()]
    token = np.repeat(np.arange(len(several)), several)
    first_piece = np.cumsum(several) - several
    piece = np.arange(len(token)) + ((np.cumsum(counts) - counts)[codes.to_numpy()] - first_piece)[token]
    row = np.repeat(np.arange(texts.height, dtype=np.uint32), tokens_per_text.to_numpy())[token]
    start = (np.cumsum(token_lengths) - token_lengths)[token] - (np.cumsum(text_lengths) - text_lengths)[row]
    in_abstract = start > title_lengths[row]
    rank, _ = rank_in_runs(run_starts(row), len(row))
    sign_before, sign_after = pieces["sign_before"].to_numpy()[piece], pieces["sign_after"].to_numpy()[piece]
    is_joined = np.zeros(len(row), dtype=bool)
    is_joined[1:] = ~sign_before[1:] & ~sign_after[:-1] & (row[1:] == row[:-1])
    flat = pl.DataFrame(
        {
            "row": row,
            "in_abstract": in_abstract,
            "start": start
            - np.where(in_abstract, title_lengths[row] + len(_SEPARATOR), 0)
            + pieces["offset"].to_numpy()[piece],
            "position": rank,
            "word": word_ids.gather(piece),
            "is_joined": is_joined,
        }
    )
    return flat, words
