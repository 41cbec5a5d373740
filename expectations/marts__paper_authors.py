"""Gate 2: what an analyst may rely on in marts.paper_authors."""

from .rules import corpus, pipeline

KEY = ["paper_id", "position"]
RULES = [
    pipeline("an author has a name", "select paper_id, position from {batch} where name = ''"),
    pipeline(
        "an ORCID has the form of one, and a place where somebody works has a name",
        "select paper_id, position from {batch} "
        "where not regexp_full_match(orcid, '\\d+-\\d+-\\d+-\\d*X?') or length(orcid) <> 19 "
        "or len(affiliations) = 0 or list_contains(affiliations, '') or len(author_ids) = 0",
    ),
    # Names of consortia run to a hundred characters. More than one in a hundred: lists that are not told apart.
    corpus(
        "share of authors whose name has more than 100 characters",
        "case when count(*) >= 20 then avg((length(name) > 100)::int) end",
        highest=0.01,
    ),
]
