"""Fingerprints: near texts share a block, marks tell look-alikes apart, and numbers are equal everywhere."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from paperhouse.text import extract_texts
from paperhouse.text.fingerprints import hash_words, mark_titles
from paperhouse.text.schema import FINGERPRINTS

INPUT = {"text_id": pl.String, "title": pl.String, "abstract": pl.String}
ABSTRACT = (
    "Weavers have long counted threads by hand. We show that a loom can count them, and that it seldom errs. "
    "On forty kinds of cloth the loom was right more often than its master, who has woven for thirty years. "
    "We end with what looms cannot count, and why a guild should keep its masters."
)


def fingerprint(*texts):
    rows = [(f"t{i}", title, abstract) for i, (title, abstract) in enumerate(texts)]
    return extract_texts(pl.DataFrame(rows, schema=INPUT, orient="row")).fingerprints


def shared(frame, column):
    first, second = (set(values or []) for values in frame[column].to_list())
    return first & second


def test_word_hashes_never_change():
    # Stored fingerprints outlive machines and versions: these numbers are for ever.
    assert hash_words(pl.Series(["loom", "", "ünusual", "a" * 40])).to_list() == [
        17078085951763810923, 8695987549771912286, 3605313548912729479, 9565949344569589559,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("title", "other"),
    [
        ("Looms that Count: Threads without Masters", "Loom that Count: Threads without Masters"),  # plural
        ("Looms that Count: Threads without Masters", "Threads without Masters"),  # subtitle alone
        (
            "Counting Threads by Loom and by Hand",
            "Counting Threads by Loom and by Hand in Old Guilds of Weavers",
        ),  # added
        ("On Counting Threads in Very Old Cloth", "Very Old Cloth: On Counting Threads"),  # turned round
        ("Thread-counting Looms Reconsidered", "Thread counting looms reconsidered"),  # dash
        ("Looms in Old Guilds", "Weaver, A.: Looms in Old Guilds. Annals of Weaving"),  # cited
    ],
)
def test_near_titles_share_a_block(title, other):
    assert shared(fingerprint((title, None), (other, None)), "title_blocks")


def test_far_titles_share_none():
    assert not shared(fingerprint(("Looms that Count Threads", None), ("Mills that Grind Corn", None)), "title_blocks")


def test_runs_of_title_words_are_blocks_only_where_no_abstract_helps():
    pair = ("Counting Threads in Old Guilds of Weavers", "Weaver, A.: Threads in Old Guilds. Annals of Cloth and Wool")
    assert shared(fingerprint(*((title, None) for title in pair)), "title_blocks")
    assert not shared(fingerprint(*((title, ABSTRACT) for title in pair)), "title_blocks")


def test_a_cut_or_edited_abstract_shares_a_block():
    edited = ABSTRACT.replace("forty kinds", "fifty kinds").replace("thirty years", "a lifetime")
    for other in (ABSTRACT[:120], edited, "Preface. " + ABSTRACT):
        assert shared(fingerprint(("One Title", ABSTRACT), ("Another Name", other)), "abstract_blocks")


def test_spacing_does_not_change_the_abstract():
    frame = fingerprint(("One", ABSTRACT), ("Two", ABSTRACT.replace(" ", "\n ", 9)))
    assert frame["abstract_hash"].n_unique() == 1
    assert frame["abstract_head"][0] == "weaver have long counted thread by"


def test_without_an_abstract():
    frame = fingerprint(("Looms", None), ("!!!", None))
    assert frame["abstract_hash"].null_count() == 2
    assert frame["abstract_blocks"].null_count() == 2


@pytest.mark.parametrize(
    ("key", "marks"),
    [
        ("looms part iii", "3"),
        ("looms part 3", "3"),
        ("looms the third volume", "3"),
        ("looms 3.1", "3.1"),
        ("b prop looms", "b"),
        ("a loom", ""),
        ("loomnet2++ for 3d cloth", "loomnet2++ 3d"),
        ("the 4th loom", "4"),
    ],
)
def test_marks(key, marks):
    assert mark_titles(pl.Series([key])).to_list() == [marks]


_WORDS = st.lists(st.sampled_from("loom thread of the 3 ii — : ünder GPT-4 x\u0301 齿轮 . -".split()), max_size=9).map(
    " ".join
)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(_WORDS, st.one_of(st.none(), _WORDS)), min_size=2, max_size=5), st.integers(0, 4))
def test_a_fingerprint_depends_on_its_text_alone(texts, place):
    together = fingerprint(*texts)
    assert together.schema == pl.Schema(FINGERPRINTS)
    i = place % len(texts)
    alone = fingerprint(texts[i]).with_columns(text_id=pl.lit(f"t{i}"))
    assert_frame_equal(together.filter(pl.col("text_id") == f"t{i}"), alone)


def test_a_title_of_common_words_tells_little():
    found = fingerprint(("Introduction", None), ("Guest Editorial", None), ("Ropewalks of Old Weavers", None))
    assert found["title_bits"].to_list() == [4, 8, 32]


def test_a_notice_is_no_part_of_what_titles_are_compared_by():
    frame = fingerprint(("Erratum to: Looms that Count", None), ("Looms that Count", None))
    assert frame["title_notice"].to_list() == ["erratum", None]
    assert frame["title_core"].to_list() == ["looms that count"] * 2
    assert shared(frame, "title_blocks")
