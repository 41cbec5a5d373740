"""Questions in words: which shapes are understood, and the SQL that each becomes.

What belongs here: the grammar. A shape is a pattern of words with slots, and a query. No model guesses: what matches no
shape to its last word is not understood, and the nearest shapes are said. Words of a question reach SQL as literals.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ..showing.clean import clean
from ..warehouse.connections import literal

#: Words of a question that are read; a keyword has fewer.
_MOST_WORDS, _LONGEST_TOPIC = 40, 10
_MONTHS = "january february march april may june july august september october november december".split()

#: What one may ask for by a word, and the condition on marts.keywords that it is.
_KINDS: Mapping[str, str] = {
    "keywords": "true",
    **{
        f"{kind}s": f"kind = '{kind}'"
        for kind in ("benchmark", "model", "dataset", "method", "metric", "event", "term")
    },
}


@dataclass(frozen=True)
class Period:
    """Days from the first to before the end; either may be open. grain: year or month where it is one of them."""

    first: date | None = None
    end: date | None = None
    grain: str = ""

    def condition(self) -> str:
        """What it says of a paper in SQL; nothing for all time."""
        parts = [f"published_on >= date '{self.first}'"] if self.first else []
        parts += [f"published_on < date '{self.end}'"] if self.end else []
        # A paper of which only the year is known counts in its year, and in no month.
        parts += ["published_precision <> 'year'"] if self.grain == "month" else []
        return "".join(f"\n    and {part}" for part in parts)


@dataclass(frozen=True)
class Shape:
    """A kind of question: an example of it, the patterns that it is told by, and its query.

    A pattern's words: `a|b` is either, `a?` may be missing, `{slot}` is read by SLOTS. In the query `{topic}` and
    `{other}` are literals, `{when}` a condition, `{kind}` a condition, `{top}` a number.
    """

    name: str
    example: str
    patterns: tuple[str, ...]
    query: str
    #: What it means that no row answers.
    none: str = "Nothing is published of which that is true."


@dataclass(frozen=True)
class Understood:
    """A question that is understood: its shape, the topics it names as asked, and the SQL that answers it."""

    shape: Shape
    topics: tuple[str, ...]
    query: str


def _period(first: date, months: int, grain: str = "") -> Period:
    return Period(first, _months_later(first, months), grain)


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)


def _read_year(words: Sequence[str], at: int) -> int | None:
    word = words[at] if at < len(words) else ""
    return int(word) if len(word) == 4 and word.isascii() and word.isdigit() and 1900 <= int(word) <= 2100 else None


def read_period(words: Sequence[str], at: int) -> Iterator[tuple[int, object]]:
    """`in 2025` or `in march 2025`."""
    if words[at : at + 1] in (["in"], ["during"]):
        if (year := _read_year(words, at + 1)) is not None:
            yield at + 2, _period(date(year, 1, 1), 12, "year")
        month = words[at + 1] if at + 1 < len(words) else ""
        if month in _MONTHS and (year := _read_year(words, at + 2)) is not None:
            yield at + 3, _period(date(year, 1 + _MONTHS.index(month), 1), 1, "month")


def read_when(words: Sequence[str], at: int) -> Iterator[tuple[int, object]]:
    """A period, `since 2024`, `before 2024`, `between 2023 and 2025`, or nothing."""
    yield from read_period(words, at)
    word = words[at] if at < len(words) else ""
    year = _read_year(words, at + 1)
    if word in ("since", "from") and year is not None:
        yield at + 2, Period(first=date(year, 1, 1))
    if word == "before" and year is not None:
        yield at + 2, Period(end=date(year, 1, 1))
    last = _read_year(words, at + 3)
    if word == "between" and year is not None and words[at + 2 : at + 3] == ["and"] and last is not None:
        yield at + 4, Period(date(year, 1, 1), date(last + 1, 1, 1) if last < 2100 else None)
    yield at, Period()


def read_kind(words: Sequence[str], at: int) -> Iterator[tuple[int, object]]:
    """What keywords name, by its plural: `benchmarks`."""
    if at < len(words) and words[at] in _KINDS:
        yield at + 1, _KINDS[words[at]]


def read_number(words: Sequence[str], at: int) -> Iterator[tuple[int, object]]:
    """A number of rows, or none: then ten."""
    if at < len(words) and words[at].isascii() and words[at].isdigit() and len(words[at]) < 4 and int(words[at]) > 0:
        yield at + 1, int(words[at])
    yield at, 10


def read_topic(words: Sequence[str], at: int) -> Iterator[tuple[int, object]]:
    """Words that may be a keyword; the fewest first, so that what follows them is read as it is meant."""
    for end in range(at + 1, min(len(words), at + _LONGEST_TOPIC) + 1):
        yield end, (at, end)


SLOTS: Mapping[str, Callable[[Sequence[str], int], Iterator[tuple[int, object]]]] = {
    "topic": read_topic,
    "other": read_topic,
    "kind": read_kind,
    "period": read_period,
    "when": read_when,
    "number": read_number,
}

_TREND = """\
select keyword, kind, verdict, previous_keyword_paper_count as papers_before, recent_keyword_paper_count as papers_then,
    round(share_ratio, 1) as times_the_share, q_value
from marts.keyword_trends_by_{grain}
inner join marts.keywords using (keyword_id, keyword)
where date_basis = 'published' and direction = '{direction}' and {kind}
    and period_start_on = date '{first}'
order by q_value, abs(z_score) desc, keyword
limit {top}"""
_TREND_NOW = """\
select keyword, period_start_on as month, verdict, because
from latest_trends()
inner join (select keyword_id, kind from marts.keywords) using (keyword_id)
where date_basis = 'published' and direction = '{direction}' and {kind}
order by month desc, q_value, keyword
limit {top}"""
_WHO = """\
select min(name) as name, count(*) as papers, count(*) filter (where has_code) as with_code, max(published_on) as latest
from marts.paper_authors
inner join papers_with({topic}) using (paper_id)
where {which}{when}
group by folded_name
order by papers desc, latest desc nulls last, folded_name
limit {top}"""
_NO_TREND = "None is said to: what moves needs enough papers on enough dates. `paperhouse trends` says what there is."
_ABOUT = "No paper is about it then; `how many papers mention ...` counts papers that use it without being about it."
_UP = "rose|rise|rises|grew|grow|gained|rising|growing|trending"
_DOWN = "fell|fall|falls|shrank|declined|falling|shrinking|declining"


def _trend(name: str, words: str, direction: str, example: str) -> tuple[Shape, Shape]:
    return (
        Shape(
            name,
            f"{example} in 2025",
            (
                f"which|what {{kind}} are|is|were? {words} most? {{period}}",
                f"top {{number}} {words} {{kind}} {{period}}",
                f"what is|was? {words} most? {{period}}",
            ),
            _TREND.replace("{direction}", direction),
            none=_NO_TREND,
        ),
        Shape(
            f"{name} now",
            example,
            (
                f"which|what {{kind}} are|is|were? {words} most? now|lately|recently?",
                f"top? {{number}} {words} {{kind}}",
                f"what is? {words} most? now|lately|recently?",
            ),
            _TREND_NOW.replace("{direction}", direction),
            none=_NO_TREND,
        ),
    )


#: All that is understood. A new shape is one entry here, and its example is tested.
SHAPES: tuple[Shape, ...] = (
    Shape(
        "count",
        "how many papers about diffusion models in 2025",
        ("how many papers are|were? there? about|on|with {topic} {when}",),
        "select count(distinct paper_id) filter (\n"
        "        where paper_id in (select paper_id from papers_with({topic}))\n    ) as papers_about_it,\n"
        "    count(distinct paper_id) as papers_that_mention_it\n"
        "from marts.keyword_mentions\ninner join find_keywords({topic}) using (keyword_id)\n"
        "inner join marts.papers using (paper_id)\nwhere true{when}",
    ),
    Shape(
        "count of uses",
        "how many papers mention diffusion models since 2024",
        ("how many papers mention|use|name {topic} {when}",),
        "select count(distinct paper_id) as papers\nfrom marts.keyword_mentions\n"
        "inner join find_keywords({topic}) using (keyword_id)\ninner join marts.papers using (paper_id)\n"
        "where true{when}",
    ),
    Shape(
        "count of all",
        "how many papers in 2025",
        ("how many papers are|were? there? {when}", "how many papers have|with code {when}"),
        "select count(*) as papers, count(*) filter (where has_code) as with_code\nfrom marts.papers\nwhere true{when}",
    ),
    Shape(
        "top keywords",
        "top 10 benchmarks in 2025",
        (
            "what|which? are? the? top {number} {kind} {when}",
            "what|which? are? the? most used|common|frequent {kind} {when}",
            "which|what {kind} are the? most used|common|frequent {when}",
        ),
        "select keyword, kind, count(distinct paper_id) as papers\nfrom marts.keyword_mentions\n"
        "inner join marts.keywords using (keyword_id)\ninner join marts.papers using (paper_id)\n"
        "where {kind}{when}\ngroup by keyword_id, keyword, kind\norder by papers desc, keyword\nlimit {top}",
    ),
    Shape(
        "top papers",
        "top 5 papers about diffusion models since 2024",
        ("what|which? are? the? top {number} papers about|on|with {topic} {when}",),
        "select title, published_on, upvotes, code_url\nfrom papers_with({topic})\nwhere true{when}\n"
        "order by upvotes desc nulls last, keyword_rank, paper_id\nlimit {top}",
        none=_ABOUT,
    ),
    Shape(
        "top papers of all",
        "top 5 papers in 2025",
        ("what|which? are? the? top {number} papers {when}",),
        "select title, published_on, upvotes, code_url\nfrom marts.papers\nwhere true{when}\n"
        "order by upvotes desc nulls last, paper_id\nlimit {top}",
    ),
    *_trend("rising", _UP, "up", "which benchmarks rose"),
    *_trend("falling", _DOWN, "down", "which keywords fell"),
    Shape(
        "new",
        "which models are new in 2025",
        ("which|what {kind} are|were? new {period}", "new {kind} {period}", "what is|was new {period}"),
        "select keyword, kind, paper_count, first_seen_on\nfrom marts.keywords\nwhere {kind}\n"
        "    and first_seen_on >= date '{first}' and first_seen_on < date '{end}'\n"
        "order by paper_count desc, keyword\nlimit {top}",
    ),
    Shape(
        "compare",
        "compare diffusion models and reinforcement learning since 2024",
        ("compare {topic} and|with|to {other} {when}", "{topic} vs|versus {other} {when}"),
        "with asked as (\n"
        "    select keyword_id, 1 as number from find_keywords({topic})\n"
        "    union all select keyword_id, 2 from find_keywords({other})\n)\n"
        "select date_trunc('month', published_on)::date as month,\n"
        "    count(distinct paper_id) filter (where number = 1) as {topic_name},\n"
        "    count(distinct paper_id) filter (where number = 2) as {other_name}\n"
        "from marts.keyword_mentions\ninner join asked using (keyword_id)\ninner join marts.papers using (paper_id)\n"
        "where published_on is not null and published_precision <> 'year'{when}\ngroup by 1\norder by 1",
    ),
    Shape(
        "over time",
        "diffusion models over time",
        (
            "how did? {topic} develop|change|grow|evolve over? time?",
            "{topic} over time",
            "how often is {topic} used over time",
        ),
        "select keyword, period_start_on as month, keyword_paper_count as papers, period_paper_count as of_papers,\n"
        "    round(100 * keyword_share, 1) as percent, verdict\nfrom keyword_trend({topic})\n"
        "where date_basis = 'published'\norder by keyword, month",
    ),
    Shape(
        "venues",
        "which venues publish on diffusion models",
        (
            "which|what venues|journals|conferences publish|published on|about {topic} {when}",
            "where are|were papers about|on {topic} published {when}",
        ),
        "select min(venue) as venue, count(*) as papers, max(paper_venues.published_year) as latest\n"
        "from marts.paper_venues\ninner join papers_with({topic}) using (paper_id)\n"
        "where not is_preprint_server{when}\ngroup by folded_venue\norder by papers desc, folded_venue\nlimit {top}",
        none="No dump names a venue of papers about it, servers of preprints aside.",
    ),
    Shape(
        "places",
        "which institutions work on diffusion models",
        (
            "which|what institutions|organisations|organizations|affiliations|labs work|works on|about {topic} {when}",
            "where do people who? work on {topic} work? {when}",
        ),
        "with placed as (\n    select distinct paper_id, unnest(affiliations) as affiliation\n"
        "    from marts.paper_authors\n    inner join papers_with({topic}) using (paper_id)\n"
        "    where affiliations is not null{when}\n)\n"
        "select affiliation, count(*) as papers\nfrom placed\n"
        "group by affiliation\norder by papers desc, affiliation\nlimit {top}",
        none="No dump says where the authors of papers about it work.",
    ),
    Shape(
        "who and where",
        "who works on diffusion models and where",
        ("who works|publishes on|about {topic} and where {when}",),
        _WHO.replace("{which}", "true").replace(
            "max(published_on) as latest",
            "max(published_on) as latest,\n"
            "    max_by(affiliations, published_on) filter (where affiliations is not null) as affiliations",
        ),
        none=_ABOUT,
    ),
    Shape(
        "who with code",
        "who works on diffusion models with code since 2024",
        ("who works|publishes on|about {topic} with code {when}",),
        _WHO.replace("{which}", "has_code"),
        none=_ABOUT,
    ),
    Shape(
        "who",
        "who works on diffusion models",
        ("who works|publishes on|about {topic} {when}",),
        _WHO.replace("{which}", "true"),
        none=_ABOUT,
    ),
    Shape(
        "papers with code",
        "which papers about diffusion models have code",
        ("which|what papers about|on {topic} have|with code {when}", "papers about|on {topic} with code {when}"),
        "select title, code_url, github_stars, published_on\nfrom papers_with({topic})\nwhere has_code{when}\n"
        "order by github_stars desc nulls last, published_on desc nulls last, paper_id\nlimit {top}",
        none=_ABOUT,
    ),
    Shape(
        "together",
        "what goes with diffusion models",
        ("what|which? keywords? goes|go|occurs|occur together? with {topic}",),
        "select if(first_keyword = k.keyword, second_keyword, first_keyword) as keyword, pairs.paper_count as papers,\n"
        "    round(expected_count, 1) as expected_papers, round(npmi, 2) as npmi\nfrom marts.keyword_pairs as pairs\n"
        "inner join find_keywords({topic}) as k on k.keyword_id in (first_keyword_id, second_keyword_id)\n"
        "where direction = 'attraction' and q_value <= 0.05\norder by g2 desc, keyword\nlimit {top}",
    ),
)

#: What `paperhouse ask --help` teaches.
QUESTION_HELP = (
    "Answer a question in words, with the SQL that answers it. No model guesses: these shapes are understood, with "
    "other keywords (any form of them), kinds (" + ", ".join(_KINDS) + "), numbers and times (in 2025, in march 2025, "
    "since 2024, before 2024, between 2023 and 2025); of what else is asked the nearest of these are said.\n\n"
    + "".join(f"- {shape.example}\n\n" for shape in SHAPES)
)


def understand(question: str) -> Understood | None:
    """The first shape that a question has to its last word, and its SQL; None where it has none."""
    printed = _split(question)
    words = [word.lower() for word in printed]
    for shape in SHAPES:
        for pattern in shape.patterns:
            if (found := next(_match(pattern.split(), words, 0), None)) is not None:
                return _fill(shape, found, printed)
    return None


def suggest(question: str, count: int = 3) -> list[str]:
    """Examples of the shapes that are nearest to a question, by the words they share and then by their letters."""
    asked = [word.lower() for word in _split(question)]

    def nearness(shape: Shape) -> tuple[float, float]:
        words = {word for pattern in shape.patterns for part in pattern.split() for word in part.rstrip("?").split("|")}
        shared = sum(word in words or (word in _KINDS and "{kind}" in words) for word in set(asked))
        return shared, difflib.SequenceMatcher(None, " ".join(asked), shape.example).ratio()

    return [shape.example for shape in sorted(SHAPES, key=nearness, reverse=True)[:count]]


def _split(question: str) -> list[str]:
    """The words of a question as printed, without quotes and marks around them."""
    words = (word.strip("\"'“”‘’«»?!,.;:") for word in clean(question).split())
    found = [word for word in words if word]
    return found if len(found) <= _MOST_WORDS else []


def _match(pattern: Sequence[str], words: Sequence[str], at: int) -> Iterator[dict[str, object]]:
    """Every way in which a pattern takes the words from a place to the end: the value of each slot."""
    if not pattern:
        if at == len(words):
            yield {}
        return
    head, *rest = pattern
    if head.startswith("{"):
        name = head.strip("{}")
        for end, value in SLOTS[name](words, at):
            for others in _match(rest, words, end):
                yield {name: value, **others}
        return
    if at < len(words) and words[at] in head.removesuffix("?").split("|"):
        yield from _match(rest, words, at + 1)
    if head.endswith("?"):
        yield from _match(rest, words, at)


def _fill(shape: Shape, found: Mapping[str, object], printed: Sequence[str]) -> Understood:
    """The SQL of a shape with what its slots were found to hold."""
    period = found.get("period") or found.get("when") or Period()
    assert isinstance(period, Period)
    topics = {name: " ".join(printed[slice(*place)]) for name, place in found.items() if isinstance(place, tuple)}
    values = {
        **{name: literal(topic) for name, topic in topics.items()},
        **{f"{name}_name": '"' + topic.replace('"', '""') + '"' for name, topic in topics.items()},
        "kind": str(found.get("kind", "true")),
        "top": str(found.get("number", 10)),
        "when": period.condition(),
        "first": str(period.first),
        "end": str(period.end),
        "grain": period.grain,
    }
    # Piece by piece, so that braces in a topic stay what they are.
    query = "".join(_fill_piece(piece, values) for piece in shape.query.split("{"))
    return Understood(shape, tuple(topics.values()), query)


def _fill_piece(piece: str, values: Mapping[str, str]) -> str:
    name, closed, rest = piece.partition("}")
    return values[name] + rest if closed else piece
