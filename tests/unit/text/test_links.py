"""Links: every odd way they are printed, and what they lead to."""

import polars as pl
import pytest

from pipelines.text import extract_texts


def _links(abstract):
    facts = extract_texts(pl.DataFrame({"text_id": ["t"], "title": ["On gears"], "abstract": [abstract]}))
    return facts.links.select("url", "kind", "owner", "name").rows()


ODD = {
    "glued full stop": (
        "at https://github.com/gear-lab/gears.",
        [("https://github.com/gear-lab/gears", "code", "gear-lab", "gears")],
    ),
    "repository with .git": (
        "https://github.com/gear-lab/gears.git.",
        [("https://github.com/gear-lab/gears", "code", "gear-lab", "gears")],
    ),
    "no scheme": (
        "at github.com/gear-lab/gears, now",
        [("https://github.com/gear-lab/gears", "code", "gear-lab", "gears")],
    ),
    "in brackets": (
        "(https://gitlab.com/gear-lab/gears)",
        [("https://gitlab.com/gear-lab/gears", "code", "gear-lab", "gears")],
    ),
    "wrapped by TeX": (
        r"\url{https://codeberg.org/gear/lattice}",
        [("https://codeberg.org/gear/lattice", "code", "gear", "lattice")],
    ),
    "wrapped without a backslash": (
        "url{https://bitbucket.org/gear/lattice}",
        [("https://bitbucket.org/gear/lattice", "code", "gear", "lattice")],
    ),
    "printed twice": (
        "https://gears.github.io/a{https://gears.github.io/a}.",
        [("https://gears.github.io/a", "project", None, None)],
    ),
    "said twice": (
        "https://github.com/g/a and again http://GitHub.com/g/a/.",
        [("https://github.com/g/a", "code", "g", "a")],
    ),
    "below a repository": (
        "https://github.com/g/a/tree/main/b",
        [("https://github.com/g/a/tree/main/b", "code", "g", "a")],
    ),
    "owner only": ("https://github.com/gear-lab", [("https://github.com/gear-lab", "other", None, None)]),
    "model": (
        "https://huggingface.co/gear/gear-7B.",
        [("https://huggingface.co/gear/gear-7B", "model", "gear", "gear-7B")],
    ),
    "data set": (
        "https://huggingface.co/datasets/gear/teeth",
        [("https://huggingface.co/datasets/gear/teeth", "dataset", "gear", "teeth")],
    ),
    "demo": (
        "https://huggingface.co/spaces/gear/demo",
        [("https://huggingface.co/spaces/gear/demo", "project", None, None)],
    ),
    "paper": ("https://arxiv.org/abs/2401.00001v2;", [("https://arxiv.org/abs/2401.00001v2", "paper", None, None)]),
    "project page without a scheme": (
        "gears.github.io/page",
        [("https://gears.github.io/page", "project", None, None)],
    ),
    "anonymous code": (
        "https://anonymous.4open.science/r/gear-1",
        [("https://anonymous.4open.science/r/gear-1", "code", None, "gear-1")],
    ),
    "other page": ("www.gears.example/lattice", [("https://www.gears.example/lattice", "other", None, None)]),
    "no link": ("the node.js and and/or of e.g. gears", []),
    "this https URL": ("at this https URL", []),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_links(name):
    abstract, expected = ODD[name]
    assert _links(abstract) == expected


def test_offsets_count_characters_not_bytes():
    abstract = "Über die Zähne: https://gears.example/zähne, und mehr."
    facts = extract_texts(pl.DataFrame({"text_id": ["t"], "title": ["Zähne"], "abstract": [abstract]}))
    (row,) = facts.links.iter_rows(named=True)
    assert facts.texts["abstract"][0][row["start"] : row["end"]] == "https://gears.example/zähne"
    assert (row["field"], row["host"]) == ("abstract", "gears.example")
