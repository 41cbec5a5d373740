"""Shapes without end: lists in lists, names in names, attributes. They end in a reject, not in a broken process."""

import pytest


@pytest.mark.parametrize(
    "content",
    [
        "- title: Voles in Hedges\n  x: " + "[" * 200_000,
        "- title: Voles in Hedges\n  x:\n    " + "- " * 200_000 + "a\n",
        '[[papers]]\ntitle = "Voles in Hedges"\n' + "a." * 200_000 + "b = 1\n",
        "<html><body>" + "<div>" * 200_000,
        "[" * 200_000,
        "> " * 200_000 + "a",
    ],
    ids=["yaml flow", "yaml blocks", "toml names", "html", "json", "quotes"],
)
def test_what_never_ends_is_no_paper(parse, content):
    tables = parse(content)
    assert tables.dump["status"] in ("rejected", "not_a_dump", "empty")
