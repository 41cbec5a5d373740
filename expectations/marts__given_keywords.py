"""Gate 2: what an analyst may rely on in marts.given_keywords."""

from .rules import corpus, pipeline

KEY = ["paper_id", "source", "keyword"]
RULES = [
    pipeline("a given keyword has a name", "select paper_id, source, keyword from {batch} where keyword = ''"),
    # Chemical names are long. More than one in a hundred: a column of keywords that holds sentences.
    corpus(
        "share of given keywords of more than 100 characters",
        "case when count(*) >= 20 then avg((length(keyword) > 100)::int) end",
        highest=0.01,
    ),
    # Libraries give a paper 75 index terms and more. Hundreds are a column that holds something else.
    corpus(
        "keywords that one source gives the paper with most of them",
        "(select max(given) from (select count(*) as given from marts.given_keywords group by paper_id, source))",
        highest=300,
    ),
]
