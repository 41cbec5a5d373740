import pytest

from paperhouse.sample.inflection import add_article, add_ed, add_ing, add_s, write_as_title


@pytest.mark.parametrize(
    ("singular", "plural"),
    [
        ("model", "models"),
        ("query", "queries"),
        ("key", "keys"),
        ("loss", "losses"),
        ("patch", "patches"),
        ("index", "indices"),
        ("noise schedule", "noise schedules"),
        ("sample-analysis", "sample-analyses"),
        ("LLM", "LLMs"),
    ],
)
def test_plurals(singular: str, plural: str):
    assert add_s(singular) == plural


@pytest.mark.parametrize(
    ("verb", "present", "past"),
    [
        ("align", "aligning", "aligned"),
        ("prune", "pruning", "pruned"),
        ("plan", "planning", "planned"),
        ("transfer", "transferring", "transferred"),
        ("filter", "filtering", "filtered"),
        ("map", "mapping", "mapped"),
        ("mix", "mixing", "mixed"),
        ("apply", "applying", "applied"),
        ("reuse", "reusing", "reused"),
        ("bind", "binding", "bound"),
        ("oversee", "overseeing", "overseed"),
    ],
)
def test_participles(verb: str, present: str, past: str):
    assert (add_ing(verb), add_ed(verb)) == (present, past)


@pytest.mark.parametrize(
    ("noun", "expected"),
    [
        ("agent", "an agent"),
        ("model", "a model"),
        ("unified view", "a unified view"),
        ("uninformative prior", "an uninformative prior"),
        ("user", "a user"),
        ("honest report", "an honest report"),
        ("8B", "an 8B"),
        ("7B", "a 7B"),
    ],
)
def test_articles(noun: str, expected: str):
    assert add_article(noun) == expected


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("coarse-to-fine pruning of experts", "Coarse-to-Fine Pruning of Experts"),
        ("image-text pair", "Image-Text Pair"),
        ("3D scene editing", "3D Scene Editing"),
        ("LoRA adapter", "LoRA Adapter"),
    ],
)
def test_titles(text: str, title: str):
    assert write_as_title(text) == title
