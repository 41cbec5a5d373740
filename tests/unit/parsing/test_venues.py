"""Where a paper appeared: names as records carry them, and what is no name."""

import pytest

from paperhouse.parsing import columns, venues

NAMES = [
    ("Journal of Quiet Mosses", "Journal of Quiet Mosses"),
    ("Proc. of the\n  Moss Meeting", "Proc. of the Moss Meeting"),
    ("Ferns &amp; <i>Mosses</i>", "Ferns & Mosses"),
    # Crossref's lists, OpenAlex's places, OpenReview's values, Semantic Scholar's objects.
    (["Moss Letters", "Moss Lett."], "Moss Letters"),
    ({"source": {"display_name": "Moss Letters"}, "landing_page_url": "https://x.example"}, "Moss Letters"),
    ({"value": "MOSS 2026 Oral"}, "MOSS 2026 Oral"),
    ({"name": "Moss Letters", "volume": "7"}, "Moss Letters"),
    # What is each paper's own is no part of a name: Google Scholar's and DBLP's forms.
    ("arXiv preprint arXiv:2303.01234", "arXiv preprint"),
    ("arXiv preprint arXiv:2303.01234v2, 2023", "arXiv preprint"),
    ("CoRR, abs/2303.01234", "CoRR"),
    ("arXiv:2303.01234 [cs.LG]", "arXiv"),
    # No name.
    ("https://moss.example/journal", None),
    ("2026", None),
    ("n/a", None),
    ({"is_oa": True, "source": None}, None),
    ([], None),
    ("moss " * 100, None),
]  # fmt: skip


@pytest.mark.parametrize(("value", "name"), NAMES)
def test_a_venue_is_a_name(value, name):
    assert venues.read_venue(value) == name


@pytest.mark.parametrize(
    "column", ["Venue", "Journal", "booktitle", "container-title", "Source title", "Journal/Book", "期刊"]
)
def test_columns_that_name_a_venue(column):
    assert columns.read_record({"title": "Folding wings", column: "Moss Letters"})["venue"] == "Moss Letters"


def test_what_cannot_be_read_is_flagged_and_a_place_without_a_name_is_not():
    assert columns.read_record({"title": "Folding wings", "journal": "12345"})["flags"] == ["unread_venue"]
    nowhere = columns.read_record({"title": "Folding wings", "primary_location": {"is_oa": True, "source": None}})
    assert nowhere["venue"] is None
    assert "flags" not in nowhere


def test_the_first_name_that_can_be_read_counts():
    record = {"title": "Folding wings", "venue": "", "journal": {"name": "Moss Letters"}, "booktitle": "Other"}
    assert columns.read_record(record)["venue"] == "Moss Letters"
