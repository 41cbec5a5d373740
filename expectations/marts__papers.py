"""Gate 2: what an analyst may rely on in marts.papers."""

import great_expectations.expectations as gxe
from great_expectations.expectations.metadata_types import FailureSeverity

from .sizes import judge_by_size

KEY = ["paper_id"]
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1, description="there is at least one paper"),
    gxe.ExpectColumnValueLengthsToBeBetween(column="title", min_value=1, max_value=500, mostly=0.99),
    *judge_by_size(
        description="four in five papers have an abstract, those of tables of records aside",
        query="""
            select count(*) as papers, count(abstract) as with_abstract
            from {batch}
            where paper_id in (
                select appearances.paper_id
                from marts.appearances as appearances
                inner join marts.dumps as dumps on appearances.dump_id = dumps.dump_id
                where not starts_with(dumps.layout, 'records_')
            )
            having count(abstract) < 0.8 * count(*)
        """,
        count="count(*)",
    ),
    gxe.UnexpectedRowsExpectation(
        description="a paper is listed on or after the day it was published, give or take a day of time zones",
        # Archives list a paper before its stated publication only by correction; more is two papers taken for one.
        unexpected_rows_query="""
            select paper_id, published_on, first_listed_on from {batch}
            where first_listed_on < published_on - interval 1 day
        """,
        severity=FailureSeverity.WARNING,
    ),
    gxe.UnexpectedRowsExpectation(
        description="no LaTeX command is left in more than 2 % of the abstracts",
        unexpected_rows_query=r"""
            select count(*) filter (where regexp_matches(abstract, '\\[a-zA-Z]+\{{')) as with_latex, count(*) as papers
            from {batch}
            having count(*) filter (where regexp_matches(abstract, '\\[a-zA-Z]+\{{')) > 0.02 * count(*)
        """,
        severity=FailureSeverity.WARNING,
    ),
]
