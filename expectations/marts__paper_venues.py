"""Gate 2: what an analyst may rely on in marts.paper_venues."""

from .rules import corpus, pipeline

KEY = ["paper_id", "folded_venue"]
RULES = [
    pipeline("a venue has a name", "select paper_id, folded_venue from {batch} where venue = '' or folded_venue = ''"),
    # Citations in the place of names are each paper's own: more venues than that say nothing of where papers appear.
    corpus(
        "share of venues with more than 200 characters",
        "case when count(*) >= 20 then avg((length(venue) > 200)::int) end",
        highest=0.05,
    ),
]
