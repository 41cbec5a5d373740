"""The name a paper gives its own method: `LLaVolta` in `LLaVolta: Efficient ...`, else `we propose LLaVolta`."""

import polars as pl

from .schema import METHODS

#: Up to three words before a colon of the title.
_HEADED = r"^([^:?!]{2,40}):\s"
#: A word that is spelled as no English word is: a capital inside, two capitals, a digit between letters.
_COINED = r"(?:\p{Ll}+\p{Lu}|\p{Lu}.*\p{Lu}|\p{L}\d|\d\p{L}|\p{L}[-+]\p{Lu}|[α-ωΑ-Ω]-\p{L})"
_WORD = r"[\p{L}\p{N}][\p{L}\p{N}+\-./^*@]*[\p{L}\p{N}+*]"
_INTRODUCED = (
    r"(?:(?i:\bwe (?:(?:also|further|then|therefore|thus|here) )?(?:propose|introduce"
    r"|present|develop|design|release|build|"
    r"create|describe)|this (?:paper|work|report|article|study) (?:proposes|introduces|presents|describes)),? )"
    rf"(?:(?:a|an|the|our)\s)?(?:(?:new|novel|simple)\s)?({_WORD})(?:[,.:;]|\s\("
    rf"|\s(?:a|an|the|which|that|to|for|as|with)\b|$)"
)
#: Words before a colon that name a topic or a kind of paper rather than a method.
_TOPIC = (
    r"(?i:\b(?:survey|review|report|tutorial|perspective|position|paper|case study"
    r"|towards?|how|why|what|when|is|are|do|does|"
    r"can|beyond|rethinking|revisiting|understanding|exploring|learning|the|of|in|for|and|from|with|to|on|a|an|vs)\b)"
)


def name_methods(texts: pl.DataFrame) -> pl.DataFrame:
    """The method's own name, one row per text that gives one.

    Args: text_id, title, abstract: cleaned.
    Returns: the columns of schema.METHODS, in the order of texts.
    One word before the colon of the title counts where it is coined (LLaVolta, GPT-4), or is in capitals, or where the
    abstract says it too; more words only where the first is coined. Else the coined word that `we propose` introduces.
    """
    head = pl.col("title").str.extract(_HEADED).str.strip_chars(" \"“”'*")
    words = head.str.count_matches(" ") + 1
    abstract = pl.col("abstract").fill_null("")
    is_said = abstract.str.contains(head, literal=True)
    is_coined = head.str.contains(_COINED)
    is_name = (
        head.str.contains(r"^[\p{L}\p{N}]")
        & ~head.str.contains(_TOPIC)
        & (
            ((words == 1) & (is_coined | (is_said & head.str.contains(r"^\p{Lu}"))))
            | ((words <= 3) & is_coined & is_said)
        )
    )
    introduced = abstract.str.extract(_INTRODUCED)
    is_introduced = introduced.str.contains(_COINED) & (introduced.str.len_chars() <= 30)
    named = texts.select(
        "text_id",
        method_name=pl.when(is_name).then(head).when(is_introduced.fill_null(False)).then(introduced),
    )
    return named.filter(pl.col("method_name").is_not_null()).cast(pl.Schema(METHODS))
