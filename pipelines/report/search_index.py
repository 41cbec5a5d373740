"""What the search of the page finds: every keyword and paper of the release, compressed into the page.

What belongs here: the form of the index, which `report.js` reads. Which keywords and papers are in it, and where it is
cut, is for `index_keywords.sql` and `index_papers.sql` to say.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from ..showing.clean import clean


def pack(keywords: Sequence[Mapping[str, Any]], papers: Sequence[Mapping[str, Any]]) -> str:
    """The index in Base64 of a zlib stream (RFC 1950), which every browser inflates itself.

    A line per keyword (keyword, papers, abbreviation), an empty line, a line per paper (title, year, arXiv id or the
    warehouse's own, keywords as hexadecimal numbers of their lines from 0 with blanks between), values between tabs.
    keywords, papers: rows of the two questions, in the order of the answer.
    """
    places = {row["keyword_id"]: f"{number:x}" for number, row in enumerate(keywords)}
    lines = [_line(row["keyword"], row["paper_count"], row["abbreviation"]) for row in keywords]
    lines.append("")
    for row in papers:
        about = [places[keyword_id] for keyword_id in row["keyword_ids"] or () if keyword_id in places]
        lines.append(_line(row["title"], row["published_in"], row["id"], " ".join(about)))
    return base64.b64encode(zlib.compress("\n".join(lines).encode(), 9)).decode()


def say_scope(keywords: int, papers: int, all_keywords: int, all_papers: int) -> str:
    """What is searched, in words: all there is, or where it was cut."""
    parts = [
        f"all {count:,} {word}" if count >= total else f"{count:,} {word} of {total:,}, those {chosen}"
        for count, total, word, chosen in (
            (keywords, all_keywords, "keywords", "of most papers"),
            (papers, all_papers, "papers", "published last"),
        )
    ]
    rest = keywords < all_keywords or papers < all_papers
    return f"Searched are {' and '.join(parts)}{'; `paperhouse sql` reaches the others' if rest else ''}."


def _line(*values: object) -> str:
    """Values of a line, each of them one line without a tab."""
    return "\t".join(" ".join(clean("" if value is None else str(value)).split()) for value in values)
