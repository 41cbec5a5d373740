"""Gate 2: what an analyst may rely on in marts.papers."""

import great_expectations.expectations as gxe

from .rules import corpus, expects, pipeline

KEY = ["paper_id"]
RULES = [
    expects(gxe.ExpectTableRowCountToBeBetween(min_value=1, description="there is at least one paper")),
    pipeline("a paper has a title", "select paper_id, title from {batch} where coalesce(title, '') = ''"),
    # Libraries of titles have none, pages nearly all: only a change says something.
    corpus(
        "share of papers with an abstract",
        "case when count(*) >= 20 then count(abstract) / count(*) end",
        tolerance=0.3,
    ),
    corpus("characters of a title, median", "case when count(*) >= 20 then median(length(title)) end", 10, 250, 0.3),
    corpus(
        "characters of an abstract, median",
        "case when count(abstract) >= 20 then median(length(abstract)) end",
        70,
        6_000,
        0.3,
    ),
    # A correction may be listed before the publication it states; many such papers are two papers taken for one.
    corpus(
        "share of papers listed more than a day before they were published",
        "case when count(first_listed_on) >= 20 then avg((first_listed_on < published_on - interval 1 day)::int) end",
        highest=0.01,
    ),
    corpus(
        "share of abstracts with a LaTeX command left in them",
        r"case when count(abstract) >= 20 then avg(regexp_matches(abstract, '\\[a-zA-Z]+\{')::int) end",
        highest=0.02,
    ),
    # An archive of pages grows from build to build; half of it gone was taken out by hand, or not read.
    corpus("papers", "case when count(*) >= 20 then count(*) end", tolerance=0.5),
]
