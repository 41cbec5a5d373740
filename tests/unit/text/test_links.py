"""Links: every odd way they are printed, and what they lead to."""

import polars as pl
import pytest
from extracted_texts import extract_each

from paperhouse.text import extract_texts

GEARS = ("https://github.com/gear-lab/gears", "code", "gear-lab", "gears")
ODD = {
    "glued full stop": ("at https://github.com/gear-lab/gears.", GEARS),
    "repository with .git": ("https://github.com/gear-lab/gears.git.", GEARS),
    "no scheme": ("at github.com/gear-lab/gears, now", GEARS),
    "in brackets": ("(https://github.com/gear-lab/gears)", GEARS),
    "wrapped by TeX": (r"\url{https://github.com/gear-lab/gears}", GEARS),
    "wrapped without a backslash": ("url{https://github.com/gear-lab/gears}", GEARS),
    "printed twice": ("https://github.com/gear-lab/gears{https://github.com/gear-lab/gears}.", GEARS),
    "said twice": ("https://github.com/gear-lab/gears and http://GitHub.com/gear-lab/gears/.", GEARS),
    "other code hosts": ("https://gitlab.com/g/a", ("https://gitlab.com/g/a", "code", "g", "a")),
    "below a repository": ("https://github.com/gear-lab/gears/tree/main/teeth", GEARS),
    "a file of it": ("https://github.com/gear-lab/gears/blob/main/README.md#use", GEARS),
    "repository and below": ("https://github.com/gear-lab/gears, https://github.com/gear-lab/gears/tree/main", GEARS),
    "groups in groups": ("https://gitlab.com/g/b/a/-/tree/x", ("https://gitlab.com/g/b/a", "code", "g/b", "a")),
    "short host": ("https://hf.co/g/g-7B/tree/main", ("https://huggingface.co/g/g-7B", "model", "g", "g-7B")),
    "data set elsewhere": ("https://kaggle.com/datasets/g/t", ("https://kaggle.com/datasets/g/t", "dataset", "g", "t")),
    "owner only": ("https://github.com/gear-lab", ("https://github.com/gear-lab", "other", None, None)),
    "model": ("https://huggingface.co/g/g-7B.", ("https://huggingface.co/g/g-7B", "model", "g", "g-7B")),
    "data set": (
        "https://huggingface.co/datasets/g/teeth",
        ("https://huggingface.co/datasets/g/teeth", "dataset", "g", "teeth"),
    ),
    "demo": (
        "https://huggingface.co/spaces/g/demo",
        ("https://huggingface.co/spaces/g/demo", "project", None, None),
    ),
    "paper": ("https://arxiv.org/abs/2401.00001v2;", ("https://arxiv.org/abs/2401.00001v2", "paper", None, None)),
    "project page": ("gears.github.io/page", ("https://gears.github.io/page", "project", None, None)),
    "anonymous code": (
        "https://anonymous.4open.science/r/gear-1",
        ("https://anonymous.4open.science/r/gear-1", "code", None, "gear-1"),
    ),
    "other page": ("www.gears.example/lattice", ("https://www.gears.example/lattice", "other", None, None)),
}


NONE = {
    "signs of other things": "the node.js and and/or of e.g. gears",
    "words for a link": "at this https URL",
    "a scheme alone": "https:// alone",
    "as long as a whole file": "See " + "http://a/b." * 90_000,
}


@pytest.fixture(scope="module")
def found():
    """What is found in each abstract."""
    abstracts = {name: abstract for name, (abstract, _) in ODD.items()} | NONE
    return extract_each({name: ("On gears", abstract) for name, abstract in abstracts.items()})


@pytest.mark.parametrize("name", ODD)
def test_odd_links(found, name):
    assert found[name].links.select("url", "kind", "owner", "name").rows() == [ODD[name][1]]


@pytest.mark.parametrize("name", NONE)
def test_no_link(found, name):
    assert found[name].links.rows() == []


def test_offsets_count_characters_not_bytes():
    abstract = "Über die Zähne: https://gears.example/zähne, und mehr."
    facts = extract_texts(pl.DataFrame({"text_id": ["t"], "title": ["Zähne"], "abstract": [abstract]}))
    (row,) = facts.links.iter_rows(named=True)
    assert facts.texts["abstract"][0][row["start"] : row["end"]] == "https://gears.example/zähne"
    assert (row["field"], row["host"]) == ("abstract", "gears.example")
