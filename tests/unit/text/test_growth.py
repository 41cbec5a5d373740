"""The text stage takes time in proportion to a text, however it is made: it has no belt, since nothing needs one.

Patterns are timed one by one in `test_linear_time`; here is what is done with what they find: pairs of an abbreviation
and its words, candidates of a run, uses of a form.
"""

from __future__ import annotations

import random
import time

import polars as pl

from paperhouse.text import extract_texts, extraction

#: Characters of the shorter texts, and how many times as long the longer ones are.
SIZE, GROWTH = 25_000, 4
#: How many times as long longer texts may take: four is linear, sixteen is quadratic.
ALLOWED = 8.0
_LETTERS = random.Random(5)
WORDS = ["".join(_LETTERS.choices("abcdefghijklm", k=_LETTERS.randint(2, 9))) for _ in range(20_000)]
TEXTS = {
    **{
        unit: unit * (GROWTH * SIZE // len(unit))
        for unit in (
            *("12% ", "a-", "e.g. ", "$\\frac{a", "Long Short Term Memory (LSTM) ", "VoleNet-3, ", "(ABC) ", "(("),
            *(
                "https://a.example/b?c=d ",
                "12.5% on ImageNet by 3.2 ",
                "abcdefghij",
                "我们研究",
                "\\textit{",
                "é",
                "Ã©",
            ),
            *("A.B.C. ", "keywords: a, ", "fo-\n", " of the ", "x_1^{2}", "T5-", "SOTA 90% (F1) ", "``", "<b>", "\n\n"),
        )
    },
    "words": " ".join(WORDS),
    "names": " ".join(word.capitalize() for word in WORDS),
    "abbreviations": " ".join(f"{a} {b} ({a[0]}{b[0]})".title() for a, b in zip(WORDS[::2], WORDS[1::2], strict=True)),
    "one long word": "".join(WORDS),
    "one long compound": "-".join(WORDS),
}


def take_time(chosen: dict[str, str], size: int) -> float:
    """Seconds of the processor for texts, cut to a size."""
    texts = pl.DataFrame(
        {
            "text_id": list(chosen),
            "title": ["Voles in Hedges at Night"] * len(chosen),
            "abstract": [f"We count voles. {text}"[:size] for text in chosen.values()],
        }
    )
    start = time.process_time()
    extract_texts(texts)
    return time.process_time() - start


def grow(chosen: dict[str, str]) -> float:
    """How many times as long longer texts take."""
    take_time(chosen, 100)
    return take_time(chosen, GROWTH * SIZE) / min(take_time(chosen, SIZE) for _ in range(2))


def test_no_text_takes_more_than_linear_time():
    assert grow(TEXTS) < ALLOWED


def test_a_step_that_compares_all_pairs_is_told(monkeypatch):
    def compare(clean: pl.DataFrame) -> pl.DataFrame:
        for _ in range(clean["abstract"][0].count(" ") ** 2):
            pass
        return kept(clean)

    kept = extraction.extract_links
    monkeypatch.setattr(extraction, "extract_links", compare)
    assert grow({"words": TEXTS["words"]}) > ALLOWED
