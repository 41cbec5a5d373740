"""Names of people, printed dates and letters spelled in TeX, each by itself."""

import pytest

from paperhouse.parsing import identifiers
from paperhouse.parsing.people import split_people
from paperhouse.parsing.publication import read_publication
from paperhouse.parsing.tex import read_tex


@pytest.mark.parametrize(
    ("text", "names", "is_whole"),
    [
        ("Ada Fern", ["Ada Fern"], True),
        ("Fern, Ada", ["Fern, Ada"], True),
        ("Ada Fern, Bo Lichen", ["Ada Fern", "Bo Lichen"], True),
        ("Ada Fern, Bo Lichen and Cy Heath", ["Ada Fern", "Bo Lichen", "Cy Heath"], True),
        ("Ada Fern, Bo Lichen, and Cy Heath", ["Ada Fern", "Bo Lichen", "Cy Heath"], True),
        ("Ada Fern & Bo Lichen", ["Ada Fern", "Bo Lichen"], True),
        ("Fern, A., Lichen, B., and Heath, C.", ["Fern, A.", "Lichen, B.", "Heath, C."], True),
        ("Fern, Ada and Lichen, Bo and The Hill Team", ["Fern, Ada", "Lichen, Bo", "The Hill Team"], True),
        ("Fern A, Lichen B, et al", ["Fern A", "Lichen B"], False),
        ("Ada Fern, Jr., and Bo Lichen", ["Ada Fern, Jr.", "Bo Lichen"], True),
        ("Ada Fern, Bo Lichen, ... (12 more)", ["Ada Fern", "Bo Lichen"], False),
        ("Ada Fern, +12 authors", ["Ada Fern"], False),
        ("Ada Fern and others", ["Ada Fern"], False),
        ("Cy Others", ["Cy Others"], True),
        ("", [], True),
    ],
)
def test_lists_of_people(text, names, is_whole):
    assert split_people(text) == (names, is_whole)


@pytest.mark.parametrize(
    ("texts", "on", "precision"),
    [
        (("2026/01/10/",), "2026-01-10", "day"),
        (("Jan 10", "2026"), "2026-01-10", "day"),
        (("2026 Jan 10",), "2026-01-10", "day"),
        (("20260110",), "2026-01-10", "day"),
        (("10.01.2026",), "2026-01-10", "day"),
        (("10 January 2026",), "2026-01-10", "day"),
        (("2026///",), "2026-01-01", "year"),
        (("JAN-FEB", "2026"), "2026-01-01", "year"),
        (("2026 Spring",), "2026-01-01", "year"),
        (("05/06/2026",), "2026-01-01", "year"),
        (("01/2026",), "2026-01-01", "month"),
        (("2026 Jan 10-12",), "2026-01-01", "month"),
        (("2026-02-31",), "2026-02-01", "month"),
        (("2025-12/2026-01",), "2025-01-01", "year"),
        (("12 Dec 2025", "2026"), "2025-12-12", "day"),
        (("in press",), None, None),
        (("Jan 10",), None, None),
        ((None, "99999"), None, None),
    ],
)
def test_dates_say_no_more_than_is_printed(texts, on, precision):
    found = read_publication(*texts)
    assert (str(found["published_on"]) if found else None, found.get("published_precision")) == (on, precision)
    assert ("published_at" in found) == (precision == "day")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"Schr{\"o}dinger's {GAN} of {\O}rsted", "Schrödinger's GAN of Ørsted"),
        (r"\v{S}ar\v s, \c{C}a, Na\"{\i}ve, {\'{\i}}", "Šarš, Ça, Naïve, í"),
        (r"Erd{\H o}s, Stra\ss e, \'{E}", "Erdős, Straße, É"),
        (r"We use $\alpha_{x}$ and $\tilde{a}$", r"We use $\alpha_{x}$ and $\tilde{a}$"),
        (r"\textbf{Bold {X}} x^{2} 50\% \{a\}", r"\textbf{Bold X} x^{2} 50\% \{a\}"),
        ("{{A} b} c}", "A b c"),
        ("{never closed", "never closed"),
        (r"\beta \theta \url{x}", r"\beta \theta \url{x}"),
    ],
)  # fmt: skip
def test_letters_and_braces_of_tex(text, expected):
    assert read_tex(text) == expected


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("10.1/0 [doi]", "10.1/0"),
        ("see (doi:10.1000/xyz.12).", "10.1000/xyz.12"),
        ("https://doi.org/10.1000/ABC(1)", "10.1000/abc(1)"),
        ("[10.1000/abc]", "10.1000/abc"),
        ("10.1890/0012-9658(2002)083[1421:A]2.0.CO;2", "10.1890/0012-9658(2002)083[1421:a]2.0.co;2"),
        ("{10.1000/abc}", "10.1000/abc"),
        ("version 10.2/3 of it", None),
        (10.5, None),
    ],
)
def test_a_doi_is_the_same_wherever_it_stands(text, doi):
    assert identifiers.read_doi(text) == doi
    assert identifiers.find_doi([None, text]) == doi
