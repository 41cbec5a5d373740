"""Gate 2: what an analyst may rely on in marts.paper_authors."""

from .rules import corpus, pipeline

KEY = ["paper_id", "position"]
RULES = [
    pipeline("an author has a name", "select paper_id, position from {batch} where name = ''"),
    # Names of consortia run to a hundred characters. More than one in a hundred: lists that are not told apart.
    corpus(
        "share of authors whose name has more than 100 characters",
        "case when count(*) >= 20 then avg((length(name) > 100)::int) end",
        highest=0.01,
    ),
]
