"""Invented papers and the pages they are printed on, for the parser's tests.

Belongs here: making papers, rendering them in a layout, damaging a rendering. What is expected of a parser is in the
tests.
"""

import html
import json
import random
from dataclasses import dataclass

_SUBJECTS = (
    "Glacier Melt|Orchard Yield|Tidal Current|Beehive Acoustics|Moss Growth|Railway Timetable|"
    "Ceramic Glaze|Lighthouse Signal|"
    "Pollen Drift|Harbour Traffic|Sourdough Culture|Loom Pattern|Cave Humidity|Kite Flight|Salt Marsh|Clockwork Wear"
).split("|")
_METHODS = (
    "Sparse Lattice Pruning|Recursive Gate Mixing|Contrastive Ledger Tuning|Braided Memory Routing|"
    "Quiet Token Sampling|"
    "Folded Kernel Search|Anchored Prompt Walks|Layered Echo Decoding|Tilted Reward Shaping|Woven Graph Attention"
).split("|")
_ADJECTIVES = "Faithful|Thrifty|Patient|Robust|Gentle|Portable|Calibrated|Frugal|Adaptive|Steady".split("|")
_OPENINGS = (
    "Predicting {subject} has long depended on hand-made rules that break when conditions change.",
    "Although {subject} is measured every day, few systems can reason about it over long horizons.",
    "We study {subject} under budgets that are too small for today's large systems.",
    "Recent work on {subject} relies on dense supervision, which is costly to collect.",
)
_MIDDLES = (
    "We introduce {name}, a system built on {method} that learns which observations matter and skips the rest.",
    "Our key idea is to treat {subject} as a sequence of small decisions, each of which can be checked.",
    "{name} combines {method} with a light verifier, so that errors are found before they spread.",
    "A new benchmark of 4,200 annotated cases covers nine regions and three seasons.",
    "Unlike earlier methods, {name} needs no second stage and trains in 6.5 hours on one machine.",
    "An ablation shows that {method} accounts for most of the gain, while the verifier removes rare failures.",
    "We further analyse how {adjective} behaviour emerges when the context grows from 512 to 8,192 steps.",
)
_ENDINGS = (
    "Experiments show that {name} improves accuracy by 7.3% over the strongest baseline at half the cost.",
    "Code and data are available at https://example.org/{slug}.",
    "We release all checkpoints to support further research on {subject}",
    "These results suggest that {subject} can be modelled without a single hand-made rule.",
)


@dataclass(frozen=True)
class Paper:
    """One invented paper as a page prints it."""

    title: str
    abstract: str


def invent(count: int, seed: int = 0, sentences: int = 6) -> list[Paper]:
    """Distinct papers, the same for a seed; abstracts of about `sentences` sentences (100 characters each)."""
    rng = random.Random(seed)
    papers: dict[str, Paper] = {}
    while len(papers) < count:
        subject, method, adjective = rng.choice(_SUBJECTS), rng.choice(_METHODS), rng.choice(_ADJECTIVES)
        name = "".join(word[: rng.randint(2, 4)] for word in method.split()).capitalize() + str(rng.randint(2, 99))
        title = rng.choice(
            (
                f"{name}: {adjective} {subject} Forecasting with {method}",
                f"Towards {adjective} {subject} Models via {method}",
                f"{method} for {adjective} {subject} Analysis ({name})",
                f"Can {method} Explain {subject}? A {adjective} Study of {name}",
            )
        )
        chosen = [
            rng.choice(_OPENINGS),
            *rng.choices(_MIDDLES, k=max(1, sentences - 2)),
            rng.choice(_ENDINGS),
        ]
        abstract = " ".join(chosen).format(
            subject=subject.lower(), name=name, method=method.lower(), adjective=adjective.lower(), slug=name.lower()
        )
        papers.setdefault(title, Paper(title, abstract))
    return list(papers.values())


HEADERS = {
    "none": [],
    "plain": ["new", "Get trending papers in your email inbox!", "Subscribe"],
    "dated": [
        "new",
        "Get trending papers in your email inbox!",
        "Subscribe",
        "byAK and the research community",
        "Mar 11",
    ],
    "named": [
        "Get trending papers in your email inbox once a day!",
        "Subscribe",
        "Daily Papers",
        "by AK and the research community",
    ],
}


def render_text(papers: list[Paper], spaced: bool = True, header: str = "plain", glued: bool = False) -> str:
    """A page as plain text: title and abstract lines, with a blank line between lines where spaced."""
    rows = [*HEADERS[header], *(row for paper in papers for row in (paper.title, paper.abstract))]
    if glued and "Subscribe" in rows:
        at = rows.index("Subscribe")
        rows[at : at + 2] = [rows[at] + rows[at + 1]]
    return ("\n\n" if spaced else "\n").join(rows)


def render_json(papers: list[Paper]) -> str:
    """The API's list, pretty-printed."""
    return json.dumps(
        [
            {"paper": {"id": f"2503.{number:05}", "title": paper.title, "summary": paper.abstract, "upvotes": number}}
            for number, paper in enumerate(papers)
        ],
        indent=2,
    )


def render_markdown(papers: list[Paper]) -> str:
    """A capture of the page as Markdown."""
    cards = ["new", "# Daily Papers", "Oct 2"]
    for number, paper in enumerate(papers):
        address = f"https://huggingface.co/papers/2503.{number:05}"
        cards += [
            f"[{number}](https://huggingface.co/login?next=%2Fpapers%2F2503.{number:05})",
            f"### [{paper.title}]({address})",
            f"[{paper.abstract}]({address})",
            f"[- ![](https://example.org/a.png)\\\n- {number + 1} authors]({address})",
            "·",
            "Feb 27, 2025",
        ]
    return "\n\n".join(cards) + "\n"


def render_html(papers: list[Paper]) -> str:
    """A saved page with article cards."""
    cards = "\n".join(
        f'<article class="[&>p]:mt-2"><h3><a href="/papers/2503.{number:05}">{html.escape(paper.title)}</a></h3>\n'
        f"<p>{html.escape(paper.abstract)}</p>\n<li>{number + 1} authors</li></article>"
        for number, paper in enumerate(papers)
    )
    head = "<!doctype html>\n<html><head><title>Daily Papers</title></head><body><nav>Models</nav>"
    return f"{head}\n{cards}\n</body></html>\n"


def render_feed(papers: list[Paper]) -> str:
    """An RSS feed with HTML in its descriptions."""
    items = "\n".join(
        f"<item><title>{html.escape(paper.title)}</title><link>https://huggingface.co/papers/2503.{number:05}</link>\n"
        f"<description>{html.escape('<p>' + html.escape(paper.abstract) + '</p>')}</description></item>"
        for number, paper in enumerate(papers)
    )
    return (
        f'<?xml version="1.0"?>\n<rss version="2.0"><channel><title>Daily Papers</title>\n{items}\n</channel></rss>\n'
    )
