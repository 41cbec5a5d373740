"""Whether what a page gave reads as papers: the last question before entries without an id are believed.

What belongs here: the judgement on a whole dump, by its entries alone; every layout that takes wording for titles and
abstracts (text, Markdown, HTML, JSON without known keys) asks it. A manual, a licence or a list of shops has headings
over paragraphs, too.
"""

import re
from collections.abc import Mapping, Sequence
from statistics import median

#: A heading has fewer words, and a paragraph under it fewer characters. Of 4,278 real papers half have titles of nine
#: words and abstracts of 1,357 characters or more; 4 % have shorter titles than this, one in a thousand also abstracts.
TITLE_WORDS, ABSTRACT_CHARACTERS = 5, 600
#: Without an abstract, or with one as short as this, a title has to carry more.
SHORT_CHARACTERS = 80
#: Entries looked at: more say nothing new.
SAMPLE = 200
#: Facts that only a paper has.
_FACTS = ("arxiv_id", "doi", "authors", "author_count", "published_at", "published_year", "upvotes", "keywords")
#: A letter that says as much as half a word; also usable by Polars.
IDEOGRAPHS = r"[぀-ヿ㐀-鿿가-힯]"
_IDEOGRAPH = re.compile(IDEOGRAPHS)


def read_as_papers(entries: Sequence[Mapping[str, object]]) -> bool:
    """Whether entries are believed: half of them have a fact that only papers have, or their wording is a paper's.

    That is the median title of TITLE_WORDS words or more, or the median abstract of ABSTRACT_CHARACTERS characters.
    """
    sample = entries[:SAMPLE]
    if not sample or 2 * sum(any(entry.get(fact) for fact in _FACTS) for entry in sample) >= len(sample):
        return True
    words = median(count_words(str(entry.get("title") or "")) for entry in sample)
    length = median(len(str(entry.get("abstract") or "")) for entry in sample)
    return length >= ABSTRACT_CHARACTERS or (words >= TITLE_WORDS and length >= SHORT_CHARACTERS)


def count_words(title: str) -> float:
    """Words of a title; an ideograph says as much as half a word."""
    return len(title.split()) + len(_IDEOGRAPH.findall(title)) / 2
