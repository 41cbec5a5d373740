"""The flat token table: every word of every text of a batch as one row, with its offset and the number of its word.

A text is split at spaces; a space-token such as `(LLMs),` is taken apart once, not once per occurrence. What words mean
for phrases is vocabulary.py's and phrases.py's work.
"""

import re
from dataclasses import dataclass

import numpy as np
import polars as pl

from .counting import rank_in_runs, run_starts
from .known import Derive, KnownWords, open_lists
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
#: Space-tokens that are kept, some 200 bytes each with the facts of their words.
MOST_TOKENS = 1 << 19
#: Bytes of them that are kept: several times what so many take in papers, but a text may be one word of a megabyte.
MOST_BYTES = 1 << 25


@dataclass(frozen=True)
class Tokens:
    """The words of a batch of texts.

    Attributes:
        flat: one row per word in reading order: row (position of the text in the batch), in_abstract, start (character
            offset in the field), position (0-based word number in the text), word (its number), is_joined (one space
            and no sign stands between it and the word before it).
        known: the words that have been seen, by number. Bare signs and links are the word "".
    """

    flat: pl.DataFrame
    known: KnownWords

    @property
    def words(self) -> pl.DataFrame:
        """Facts of the words, a row per number: see vocabulary.describe_words."""
        return self.known.facts(describe_words)

    def derive(self, derive: Derive) -> pl.DataFrame:
        """What `derive` makes of the rows of `words`, a row for each; worked out once per word."""
        return self.known.derived(derive, describe_words)

    def without(self, rows: pl.Series, but_titles: pl.Series) -> "Tokens":
        """The tokens less those of the texts marked true, but for their titles where marked; row numbers stay."""
        row = self.flat["row"]
        is_kept_title = but_titles.gather(row) & ~self.flat["in_abstract"].cast(pl.Boolean)
        return Tokens(self.flat.filter(~rows.gather(row) | is_kept_title), self.known)

    def without_titles(self, rows: pl.Series) -> "Tokens":
        """The tokens less those of the titles of the texts marked true; row numbers and places stay."""
        is_kept = ~rows.gather(self.flat["row"]) | self.flat["in_abstract"].cast(pl.Boolean)
        return Tokens(self.flat.filter(is_kept), self.known)


@dataclass(frozen=True)
class Piece:
    """A word inside a space-token: where it begins, and whether a sign stands before and after it."""

    word: str
    offset: int
    sign_before: bool
    sign_after: bool


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


def _pieces(tokens: pl.Series) -> pl.DataFrame:
    """Pieces of distinct space-tokens in their order: token_id, word, offset, sign_before, sign_after."""
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
    return pieces.sort("token_id", "offset")


class _Known:
    """Space-tokens that have been seen, and the words in them."""

    def __init__(self) -> None:
        self.tokens, self.words = KnownWords(), KnownWords()

    def describe(self, tokens: pl.Series) -> pl.DataFrame:
        """Facts of distinct space-tokens: length in characters; and, a list each, what _pieces says of their pieces."""
        pieces = _pieces(tokens)
        pieces = pieces.with_columns(word=self.words.number(pieces["word"]))
        listed = pieces.group_by("token_id", maintain_order=True).agg(
            pl.col("word").cast(pl.UInt32),
            pl.col("offset").cast(pl.Int32),
            pl.col("sign_before", "sign_after").cast(pl.UInt8),
        )
        return listed.drop("token_id").with_columns(length=tokens.str.len_chars().cast(pl.Int32))


class _Kept:
    """What is known now: begun anew when it is full, so that memory does not follow the corpus."""

    def __init__(self) -> None:
        self._known = _Known()

    def get(self) -> _Known:
        tokens = self._known.tokens
        if len(tokens) > MOST_TOKENS or tokens.byte_count > MOST_BYTES:
            self._known = _Known()
        return self._known


_kept = _Kept()


def tokenize(texts: pl.DataFrame) -> Tokens:
    """Split texts into words.

    Args: title, abstract (nullable): cleaned, single-spaced.
    """
    joined = texts.select(pl.col("title") + _SEPARATOR + pl.col("abstract").fill_null("")).to_series()
    split = joined.str.split(" ")
    known = _kept.get()
    token = known.tokens.number(split.explode(empty_as_null=False, keep_nulls=False))
    facts = known.tokens.facts(known.describe)
    occurrence, piece, word = open_lists(facts["word"], token)

    # From here on numbers only: where each text, each space-token and each piece of one begins.
    text_lengths = joined.str.len_chars().to_numpy().astype(np.int64) + 1
    token_lengths = facts["length"].to_numpy()[token] + np.int64(1)
    title_lengths = texts["title"].str.len_chars().to_numpy().astype(np.int64)
    row = np.repeat(np.arange(texts.height, dtype=np.uint32), split.list.len().to_numpy())
    begin = np.cumsum(token_lengths) - token_lengths - (np.cumsum(text_lengths) - text_lengths)[row]
    in_abstract = begin > title_lengths[row]
    begin -= np.where(in_abstract, title_lengths[row] + len(_SEPARATOR), 0)
    offset, sign_before, sign_after = (
        facts[name].explode(empty_as_null=False, keep_nulls=False).to_numpy()[piece]
        for name in ("offset", "sign_before", "sign_after")
    )
    row = row[occurrence]
    is_joined = np.zeros(len(row), dtype=bool)
    is_joined[1:] = ((sign_before[1:] | sign_after[:-1]) == 0) & (row[1:] == row[:-1])
    flat = pl.DataFrame(
        {
            "row": row,
            "in_abstract": in_abstract[occurrence],
            "start": begin[occurrence] + offset,
            "position": rank_in_runs(run_starts(row), len(row))[0],
            "word": word.to_numpy()[piece],
            "is_joined": is_joined,
        }
    )
    return Tokens(flat, known.words)
