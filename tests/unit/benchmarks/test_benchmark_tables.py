import pytest

from benchmarks.tables import format_bytes, format_ratio, format_seconds, format_table


def test_a_table_is_aligned_plain_text():
    assert format_table(["what", "n"], [["one", "1"], ["thousand", "1,000"]]) == (
        "what          n\n"
        "--------  -----\n"
        "one           1\n"
        "thousand  1,000"
    )  # fmt: skip


def test_a_row_of_another_length_is_an_error():
    with pytest.raises(ValueError, match="1 cells under 2 headings"):
        format_table(["a", "b"], [["x"]])


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0431, "0.043 s"), (4.314, "4.31 s"), (43.14, "43.1 s"), (0.0, "0.000 s")]
)
def test_seconds(seconds: float, text: str):
    assert format_seconds(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"), [(12 * 2**20, "12 MiB"), (1023 * 2**20, "1,023 MiB"), (3 * 2**29, "1.50 GiB")]
)
def test_bytes(count: int, text: str):
    assert format_bytes(count) == text


@pytest.mark.parametrize(("ratio", "text"), [(0.234, "0.23x"), (9.994, "9.99x"), (12.345, "12.3x")])
def test_ratios(ratio: float, text: str):
    assert format_ratio(ratio) == text
