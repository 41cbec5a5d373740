"""Gate 2: what an analyst may rely on in marts.paper_keywords."""

import great_expectations.expectations as gxe

from .sizes import judge_by_size

KEY = ["paper_id", "keyword_id"]
EXPECTATIONS = [
    *judge_by_size(
        description="at least one paper has a keyword",
        query="select count(*) as found from {batch} having count(*) = 0",
        count="(select count(*) from marts.papers)",
    ),
    gxe.ExpectColumnValuesToBeBetween(column="keyword_rank", min_value=1),
    *judge_by_size(
        # A title alone has one or two terms.
        description="papers with an abstract and keywords have at least three of them in the mean",
        query="""
            select count(*) as keywords, count(distinct paper_id) as papers from {batch}
            where paper_id in (select paper_id from marts.papers where abstract is not null)
            having count(*) < 3 * count(distinct paper_id)
        """,
        count="count(distinct paper_id)",
    ),
]
