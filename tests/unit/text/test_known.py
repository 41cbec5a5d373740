"""Words that have been seen: numbers stay, facts are asked for once, and nothing depends on what came before."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from paperhouse.text import extract_texts, tokens
from paperhouse.text.known import KnownWords, Places, open_lists, used_places

NUMBERS = st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 40), max_size=300)


@given(st.lists(NUMBERS, max_size=6), NUMBERS)
def test_places_are_those_of_a_dictionary(batches: list[list[int]], asked: list[int]) -> None:
    places, expected = Places(), {}
    for batch in batches:
        new = [number for number in dict.fromkeys(batch) if number not in expected]
        places.add(np.array(new, dtype=np.uint64))
        expected |= {number: len(expected) + place for place, number in enumerate(new)}
        wanted = [*batch, *asked]
        found = places.find(np.array(wanted, dtype=np.uint64))
        assert found.tolist() == [expected.get(number, -1) for number in wanted]
    assert len(places) == len(expected)


def test_places_hold_many_numbers_that_want_one_slot() -> None:
    """Products that differ in their last bits alone fall into one slot: the golden ratio's inverse, odd multiples."""
    inverse = pow(0x9E3779B97F4A7C15, -1, 2**64)
    numbers = np.array([inverse * n % 2**64 for n in range(2_000)], dtype=np.uint64)
    places = Places()
    for part in np.split(numbers, 8):
        places.add(part)
    assert places.find(numbers).tolist() == list(range(2_000))
    assert places.find(numbers + np.uint64(1)).max() == -1


def test_a_word_keeps_its_number_and_is_described_once() -> None:
    described: list[str] = []

    def measure(words: pl.Series) -> pl.DataFrame:
        described.extend(words)
        return pl.DataFrame({"length": words.str.len_chars()})

    def double(facts: pl.DataFrame) -> pl.DataFrame:
        return facts.select(twice=2 * pl.col("length"))

    known = KnownWords()
    first = known.number(pl.Series(["a", "model", "a"]))
    assert first.tolist() == [0, 1, 0]
    assert known.facts(measure)["length"].to_list() == [1, 5]
    assert known.number(pl.Series(["of", "model"])).tolist() == [2, 1]
    assert known.derived(double, measure)["twice"].to_list() == [2, 10, 4]
    assert described == ["a", "model", "of"]


def test_threads_agree_on_the_numbers() -> None:
    known = KnownWords()
    words = [f"word{n}" for n in range(500)]

    def number(shift: int) -> dict[str, int]:
        turned = [*words[shift:], *words[:shift]]
        return dict(zip(turned, known.number(pl.Series(turned)).tolist(), strict=True))

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(number, range(0, 500, 25)))
    assert all(numbers == found[0] for numbers in found)
    assert sorted(found[0].values()) == list(range(500))


def test_lists_are_opened_in_the_order_asked_for() -> None:
    owner, place, values = open_lists(pl.Series([["a"], [], ["b", "c"]]), np.array([2, 1, 0, 2]))
    assert owner.tolist() == [0, 0, 2, 3, 3]
    assert values.gather(place).to_list() == ["b", "c", "a", "b", "c"]


def test_used_places_are_numbered_in_order() -> None:
    at, numbers = used_places(np.array([7, 2, 7]), 9)
    assert at.tolist() == [2, 7]
    assert numbers.tolist() == [1, 0, 1]


def test_what_is_known_changes_nothing(monkeypatch) -> None:
    """The same facts from a table that is empty, one that is warm and one that was full and has begun anew."""
    texts = pl.DataFrame(
        {
            "text_id": ["t1", "t2", "t3"],
            "title": ["Felted Kilns: LLM-based Glazing", "On the Pre-training of Looms", "GlazeNet-2"],
            "abstract": [
                "We glaze (GN) with GlazeNet-2, and/or felt.",
                None,
                "Stokes' theorem holds for pre-training.",
            ],
        }
    )
    monkeypatch.setattr(tokens, "_kept", tokens._Kept())
    cold = extract_texts(texts)
    extract_texts(
        texts.with_columns(title=pl.lit("Other words come between"), abstract=pl.col("abstract").str.reverse())
    )
    warm = extract_texts(texts)
    monkeypatch.setattr(tokens, "MOST_TOKENS", 3)
    anew = extract_texts(texts)
    for name, frame in vars(cold).items():
        assert frame.equals(getattr(warm, name)), name
        assert frame.equals(getattr(anew, name)), name


def test_a_full_table_is_begun_anew(monkeypatch) -> None:
    monkeypatch.setattr(tokens, "MOST_TOKENS", 5)
    kept = tokens._Kept()
    first = kept.get()
    first.tokens.number(pl.Series([f"w{n}" for n in range(5)]))
    assert kept.get() is first
    first.tokens.number(pl.Series(["w5"]))
    second = kept.get()
    assert second is not first
    monkeypatch.setattr(tokens, "MOST_BYTES", 10_000)
    second.tokens.number(pl.Series(["short"]))
    assert kept.get() is second
    second.tokens.number(pl.Series(["a" * 20_000]))
    assert kept.get() is not second
