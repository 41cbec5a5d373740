"""The four kinds of rule a suite is made of; what each is answered with is said in CONTRIBUTING.md.

What belongs here: how a line of a suite becomes a rule. What is done about a broken rule is decided by its kind alone,
by whoever runs it (`orchestration.gates`).

Great Expectations substitutes `{batch}` in every query; braces of a regular expression are doubled.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import great_expectations.expectations as gxe


class Kind(StrEnum):
    """What a broken rule says is odd, and with it who is kept back: a record, a dump, nobody, or everything."""

    record = "record"
    dump = "dump"
    corpus = "corpus"
    pipeline = "pipeline"


@dataclass(frozen=True)
class Rule:
    """One rule of a suite.

    words is the rule as people read it. A rule of kind corpus has a figure, an SQL expression over the rows of the
    table, its absolute limits and a tolerance: how far from the last releases' median it may lie, as a share of that;
    examples, where it has some, is a query for rows that show what is unusual. The other kinds have an expectation. A
    rule of kind record has the code that its rejects carry.
    """

    kind: Kind
    words: str
    expectation: gxe.Expectation | None = None
    reason: str = ""
    figure: str = ""
    lowest: float | None = None
    highest: float | None = None
    tolerance: float = 0.0
    examples: str = ""


def pipeline(words: str, query: str) -> Rule:
    """Nothing but a fault of ours makes such rows: the build stops. The query selects the rows that break the rule."""
    return Rule(Kind.pipeline, words, _select(words, query))


def expects(expectation: gxe.Expectation) -> Rule:
    """A rule of kind pipeline that Great Expectations has an expectation for; its description is the rule in words."""
    return Rule(Kind.pipeline, str(expectation.description), expectation)


def record(words: str, query: str, reason: str) -> Rule:
    """Records that break the rule become rejects with a reason, one of `parsing.reasons`.

    The query selects the key of the table and, as `because`, what is wrong with the record, for a person.
    """
    return Rule(Kind.record, words, _select(words, query), reason=reason)


def dump(words: str, query: str) -> Rule:
    """Dumps that break the rule are held. The query selects `dump_id`, `file_names` and, as `because`, why."""
    return Rule(Kind.dump, words, _select(words, query))


def corpus(
    words: str,
    figure: str,
    lowest: float | None = None,
    highest: float | None = None,
    tolerance: float = 0.0,
    examples: str = "",
) -> Rule:
    """What is unusual of a corpus is said and stops nothing.

    Args:
        words: what the figure is, e.g. `share of papers with an abstract`.
        figure: an SQL expression, an aggregate or a subquery, over the rows of the table; null where there are too few
            rows to say anything.
        lowest, highest: the wide absolute limits.
        tolerance: how far from the median of the warehouse's last releases, as a share of it; 0: not compared.
        examples: a query for rows that show what is unusual, where a figure beyond its limits comes from rows.
    """
    limits = {"lowest": lowest, "highest": highest, "tolerance": tolerance}
    return Rule(Kind.corpus, words, figure=figure, examples=examples, **limits)  # type: ignore[arg-type]


def _select(words: str, query: str) -> gxe.UnexpectedRowsExpectation:
    return gxe.UnexpectedRowsExpectation(description=words, unexpected_rows_query=query)
