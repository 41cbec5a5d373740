"""Keywords beside gold keywords: what counts as a match, and F1 at the best k.

What belongs here: reading gold, normalising a phrase, precision and recall. Where predictions come from is
`benchmarks.keywords`; fitting weights to gold is `benchmarks.fit`.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

_TOKEN = re.compile(r"[^\W_]+(?:\+\+|#)?")
_POSSESSIVE = re.compile(r"[’']s\b")

#: A phrase as it is compared: its stems in order.
Stems = tuple[str, ...]


@lru_cache(maxsize=1 << 18)
def stem_word(word: str) -> str:
    """Porter's (1980) stem of a lower-case word."""
    return _porter().stemWord(word)


@lru_cache(maxsize=1)
def _porter():  # type: ignore[no-untyped-def]
    import snowballstemmer  # a peer: the warehouse itself never needs it

    return snowballstemmer.stemmer("porter")


def normalize(phrase: str) -> Stems:
    """Stems of a phrase, without case, possessives and punctuation: multi-agent systems = multi agent system."""
    text = _POSSESSIVE.sub(" ", unicodedata.normalize("NFKC", phrase).lower())
    return tuple(stem_word(word) for word in _TOKEN.findall(text))


def unique_phrases(phrases: Iterable[str]) -> list[Stems]:
    """Normalised phrases in order, each once, without those that hold no word."""
    return [stems for stems in dict.fromkeys(map(normalize, phrases)) if stems]


def read_gold(path: Path) -> list[set[Stems]]:
    """Gold keywords of each line of a file of records, in order; blank lines are passed over."""
    lines = path.read_text(encoding="utf-8").split("\n")
    return [set(unique_phrases(json.loads(line)["keywords"] or [])) for line in lines if line.strip()]


def compute_f1(ranked: Sequence[Sequence[Stems]], gold: Sequence[set[Stems]], k: int) -> float:
    """Mean F1 (0 to 1) of the k best distinct phrases of each record; records without gold are left out.

    Precision is over the phrases looked at, at most k, recall over all gold phrases.
    """
    scores = []
    for phrases, wanted in zip(ranked, gold, strict=True):
        if wanted:
            looked = phrases[:k]
            hits = sum(phrase in wanted for phrase in looked)
            scores.append(2 * hits / (len(looked) + len(wanted)) if hits else 0.0)
    return sum(scores) / len(scores) if scores else 0.0
