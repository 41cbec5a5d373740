"""Results that a text reports of itself: `improves accuracy by 4.7 %`, `10x faster`, `state-of-the-art`.

One row per figure or claim, with the sentence it stands in. What a paper's results are worth is nobody's work here.
"""

import numpy as np
import polars as pl

from .counting import rank_in_runs, run_starts
from .schema import RESULTS

_NUMBER = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"
_UNIT = (
    r"\s?(?:%|×|x(?-u:\b)|percent|points?(?-u:\b)|pp(?-u:\b)|-?folds?(?-u:\b)|times(?-u:\b)|dB(?-u:\b)|BLEU(?-u:\b))"
)
#: A figure with a unit that a result has; a figure without one may be anything.
_FIGURE = rf"(?:{_NUMBER})(?:{_UNIT}(?:age points?)?)"
_CLAIM = r"(?:[Ss]tate-of-the-[Aa]rt|[Ss]tate of the [Aa]rt|S[Oo]TA(?-u:\b))"
#: Without one of these a text reports nothing; found ten times as fast as what they begin.
_SIGNS = ["%", "×", "x ", "x.", "x,", "x)", "percent", "point", " pp", "fold", " times", " dB", "BLEU",
          "tate-of-the-", "tate of the ", "SOTA", "SoTA"]  # fmt: skip
#: Sentences end at a stop before a capital; `e.g. The` is rare enough.
_SENTENCE_END = r"([.!?][\"”')\]]*) ([A-Z0-9\"“(\[])"
_MARK = "\u001e"
#: Characters of a sentence; what goes on for longer is none. Each of its figures is looked at with what is around it.
_LONGEST = 10_000
#: Characters looked at before and after a figure.
_AROUND = 200
#: Beginnings of the words that say which way a figure goes, each after a blank.
_WAYS = {
    "up": "improv increas gain outperform surpass exceed boost better higher rais enhanc speed accelerat faster advanc "
    "beat superior rise rising greater win",
    "down": "reduc decreas lower fewer less cut sav smaller drop declin shrink shrunk compress degrad slower lose",
    "reached": "achiev reach attain obtain yield scor",
}
_WAY = {f" {word}": way for way, words in _WAYS.items() for word in words.split()}
_MORE = r"^\s?(?:faster|speed-?ups?|quicker|acceleration|higher|more|better|improvement|increase|gains?)(?-u:\b)"
_LESS = r"^\s?(?:fewer|less|smaller|lower|reduction|decrease|cheaper|slower|compression)(?-u:\b)"
#: `less than 1 %` bounds a figure and says nothing of its way.
_BOUND = r" (?:less|more|fewer|better|higher|lower|greater) than (?:an? )?$"
_BEATS = (
    r"(?i:(?-u:\b)(?:outperform[a-z]*|surpass[a-z]*|exceed[a-z]*|beat[a-z]*"
    r"|improv[a-z]* (?:up)?on|advanc[a-z]+|over|than)"
    r"(?-u:\b))"
)
_CLAIMS = (
    r"(?i:(?-u:\b)(?:achiev|reach|attain|sets?(?-u:\b)|setting|establish|obtain|yield"
    r"|deliver|demonstrat|new|show|compar|against|"
    r"existing|previous|prior|current|other|various))"
)
_NO_CLAIM = r"(?i)^(?:compar|against|existing|previous|prior|current|other|various)"
_METRIC = (
    r"(?i)(?-u:\b)(accuracy|(?:macro |micro )?F1(?:[- ]score)?|BLEU(?:-[0-9])?"
    r"|ROUGE(?:-[a-zA-Z0-9])?|mAP|mIoU|IoU|FID|FVD|PSNR|SSIM|LPIPS|WER|"
    r"CER|AUC|AUROC|perplexity|pass@[0-9]+|recall(?:@[0-9]+)?|precision|exact match"
    r"|EM|win rate|success rate|error rates?|"
    r"latency|throughput|memory(?: usage| footprint| consumption)?|inference (?:time"
    r"|speed|cost)|training (?:time|cost)|"
    r"parameters|FLOPs|speed|cost|tokens)(?-u:\b)"
)

#: What every result says of where it stands.
_PLACED = ("row", "text_id", "start", "end", "sentence_start", "sentence_end", "direction")


def extract_results(texts: pl.DataFrame) -> pl.DataFrame:
    """Reported figures and claims of state of the art, in the abstracts.

    Args: text_id, abstract: cleaned.
    Returns: the columns of schema.RESULTS, in the order of texts, then by start. A figure counts where its sentence
    says that something got better, worse, or reached it; a share of data or a number of papers does not.
    """
    sentences = _sentences(texts)
    found = pl.concat([_figures(sentences), _claims(sentences)]).sort("row", "start")
    return found.select(list(RESULTS)).cast(pl.Schema(RESULTS))


def _sentences(texts: pl.DataFrame) -> pl.DataFrame:
    """Sentences that may report something: row, text_id, sentence, sentence_start."""
    sentences = (
        texts.with_row_index("row")
        .filter(pl.col("abstract").str.contains_any(_SIGNS).fill_null(False))
        .select(
            "row",
            "text_id",
            sentence=pl.col("abstract").str.replace_all(_SENTENCE_END, "$1" + _MARK + "$2").str.split(_MARK),
        )
        .explode("sentence", empty_as_null=False, keep_nulls=False)
    )
    return sentences.with_columns(sentence_start=_offsets(sentences["sentence"], sentences["row"], parted_by=1)).filter(
        pl.col("sentence").str.contains_any(_SIGNS) & (pl.col("sentence").str.len_chars() <= _LONGEST)
    )


def _offsets(pieces: pl.Series, row: pl.Series, parted_by: int) -> pl.Series:
    """Characters before each piece in its row, where so many characters part the pieces; rows are ascending."""
    length = pieces.str.len_chars().cast(pl.Int64) + parted_by
    before = length.cum_sum() - length
    starts = run_starts(row.to_numpy())
    return before - before.gather(np.repeat(starts, np.diff(starts, append=len(row))))


def _pieces(sentences: pl.DataFrame, pattern: str) -> pl.DataFrame:
    """Each match of a pattern with what stands before and after it in its sentence: surface, before, after, start.

    The sentence is cut at its matches, so that a match said twice has two places.
    """
    marked = sentences.with_columns(
        piece=pl.col("sentence").str.replace_all(f"({pattern})", _MARK + "$1" + _MARK).str.split(_MARK)
    ).with_row_index("at")
    pieces = marked.explode("piece", empty_as_null=False, keep_nulls=False)
    length = pl.col("piece").str.len_chars().cast(pl.Int64)
    start = (pl.col("offset") - _AROUND).clip(0)
    number, _ = rank_in_runs(run_starts(pieces["at"].to_numpy()), pieces.height)
    return (
        pieces.with_columns(offset=_offsets(pieces["piece"], pieces["at"], parted_by=0))
        # Every second piece is a match, whatever it holds.
        .filter(number % 2 == 1)
        .with_columns(
            surface=pl.col("piece"),
            before=pl.col("sentence").str.slice(start, pl.col("offset") - start),
            after=pl.col("sentence").str.slice(pl.col("offset") + length, _AROUND),
            start=pl.col("sentence_start") + pl.col("offset"),
            end=pl.col("sentence_start") + pl.col("offset") + length,
            sentence_end=pl.col("sentence_start") + pl.col("sentence").str.len_chars().cast(pl.Int64),
        )
    )


def _figures(sentences: pl.DataFrame) -> pl.DataFrame:
    found = _pieces(sentences, rf"(?-u:\b){_FIGURE}")
    unit = pl.col("surface").str.extract(rf"(?:{_NUMBER})\s?-?(.*)$").str.to_lowercase()
    # What stands right after a figure says more than a verb before it: `achieves 3x fewer tokens`.
    direction = (
        pl.when(pl.col("after").str.contains(_LESS))
        .then(pl.lit("down"))
        .when(pl.col("after").str.contains(_MORE))
        .then(pl.lit("up"))
        .otherwise(_last_way(pl.col("before")))
    )
    return (
        found.with_columns(direction=direction)
        .filter(pl.col("direction").is_not_null())
        .select(
            *_PLACED,
            field=pl.lit("abstract"),
            surface="surface",
            value=pl.col("surface")
            .str.extract(rf"^({_NUMBER})")
            .str.replace_all(",", "")
            .cast(pl.Float64, strict=False),
            unit=pl.when(unit.is_in(["×", "x", "fold", "folds", "times"]))
            .then(pl.lit("times"))
            .when(unit.is_in(["%", "percent"]))
            .then(pl.lit("percent"))
            .when(unit.str.starts_with("p"))
            .then(pl.lit("points"))
            .otherwise(unit.replace({"point": "points", "db": "dB", "bleu": "BLEU"})),
            metric=pl.coalesce(
                pl.col("before").str.tail(60).str.extract_all(_METRIC).list.last(),
                pl.col("after").str.head(60).str.extract(_METRIC),
            ).str.strip_chars(),
        )
    )


def _last_way(before: pl.Expr) -> pl.Expr:
    """What the last telling word of the eighty characters before a figure says; null where there is none."""
    near = pl.lit(" ") + before.str.replace(_BOUND, " ").str.tail(80).str.replace_all(r"[\s(,—-]+", " ")
    said = near.str.extract_many(list(_WAY), ascii_case_insensitive=True).list.last().str.to_lowercase()
    return said.replace_strict(_WAY, default=None, return_dtype=pl.String)


def _claims(sentences: pl.DataFrame) -> pl.DataFrame:
    """Claims of the state of the art: only where the text says it gets there, not where it names what others have."""
    before = pl.col("before").str.tail(60)
    last = before.str.extract_all(_CLAIMS).list.last()
    return (
        _pieces(sentences, _CLAIM)
        .with_columns(
            direction=pl.when(before.str.contains(_BEATS))
            .then(pl.lit("up"))
            .when(~last.str.contains(_NO_CLAIM))
            .then(pl.lit("reached"))
        )
        .filter(pl.col("direction").is_not_null())
        .select(
            *_PLACED,
            field=pl.lit("abstract"),
            surface="surface",
            value=pl.lit(None, pl.Float64),
            unit=pl.lit("state of the art"),
            metric=pl.col("after").str.head(60).str.extract(_METRIC).str.strip_chars(),
        )
    )
