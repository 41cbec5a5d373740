"""Gate 1: what may be assumed of raw.sidecars: notes about dumps, in which a slip never keeps a dump out."""

from .rules import corpus

KEY = ["line"]
RULES = [
    corpus(
        "rows of sidecars that cannot be used",
        "count(*) filter (where problem is not null)",
        highest=0,
        examples="select line, file_name, problem from {batch} where problem is not null order by problem",
    ),
    # Daily Papers began in May 2023; an earlier day is a slip of the year.
    corpus(
        "rows of sidecars that date a dump before there were Daily Papers",
        "count(*) filter (where captured_on < date '2023-05-01')",
        highest=0,
        examples="select line, file_name, captured_on from {batch} where captured_on < date '2023-05-01' order by all",
    ),
]
