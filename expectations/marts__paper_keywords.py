"""Gate 2: what an analyst may rely on in marts.paper_keywords."""

import great_expectations.expectations as gxe

from .rules import corpus, expects, pipeline

KEY = ["paper_id", "keyword_id"]
RULES = [
    pipeline(
        "at least one paper has a keyword",
        """
            select count(*) as keywords from {batch}
            having count(*) = 0 and 20 <= (
                select count(*) from extracted.texts where language = 'en' and length(abstract) > 200
            )
        """,
    ),
    expects(
        gxe.ExpectColumnValuesToBeBetween(
            column="keyword_rank", min_value=1, description="ranks of keywords begin at 1"
        )
    ),
    # A title alone has one or two terms, an abstract a dozen.
    corpus(
        "keywords of a paper with an abstract and keywords",
        """
            (
                select case when count(distinct papers.paper_id) >= 20
                    then count(*) / count(distinct papers.paper_id) end
                from marts.paper_keywords as found inner join marts.papers as papers on found.paper_id = papers.paper_id
                where papers.abstract is not null
            )
        """,
        lowest=3,
        tolerance=0.3,
    ),
]
