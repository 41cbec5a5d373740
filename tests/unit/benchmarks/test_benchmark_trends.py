"""What is planted in invented series, and which verdicts that makes right."""

import numpy as np
import polars as pl

from benchmarks.series import Corpus, plant_corpus
from benchmarks.trends import _expect_changes


def test_a_planted_corpus_is_a_function_of_its_seed():
    first, second = (plant_corpus("c", 2_000, seed=3, keywords=300) for _ in range(2))
    assert (first.counts == second.counts).all()
    assert first.truth.equals(second.truth)
    assert (plant_corpus("c", 2_000, seed=4, keywords=300).counts != first.counts).any()
    assert set(first.truth["kind"]) == {"null", "step", "ramp", "burst", "spike", "fall", "seasonal", "drift"}


def test_a_step_is_a_change_as_long_as_a_window_sees_it():
    effects = np.ones((2, 24))
    effects[1, 10:] = 2  # keyword 1 doubles in month 10; keyword 0 stays
    corpus = Corpus("c", np.zeros((2, 24)), np.full(24, 100), pl.DataFrame(), effects)
    changes = _expect_changes([corpus]).filter(scale="window")
    assert set(changes["keyword"]) == {1}
    rising = changes.filter(pl.col("change") > 0)["month"].to_list()
    # Three recent months against nine before them: the last window with a month before the step ends in month 20.
    assert rising == list(range(10, 21))
    assert changes.filter(pl.col("change") < 0).is_empty()
