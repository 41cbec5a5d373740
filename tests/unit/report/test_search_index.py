"""What the search reads: whole, one line each whatever a title holds, and what is left out is said."""

from __future__ import annotations

import base64
import zlib

from paperhouse.report.search_index import pack, say_scope

KEYWORDS = [
    {"keyword_id": "k1", "keyword": "kelp\tforests\n", "paper_count": 1200, "abbreviation": None},
    {"keyword_id": "k2", "keyword": "slow light", "paper_count": 3, "abbreviation": "SL"},
]
PAPERS = [
    {"title": "Tides\n\nand \x1b[2J fog", "published_in": 2025, "id": "2501.00001", "keyword_ids": ["k2", "k9", "k1"]},
    {"title": "Mirrors", "published_in": None, "id": "p0", "keyword_ids": None},
]


def test_a_line_each():
    text = zlib.decompress(base64.b64decode(pack(KEYWORDS, PAPERS))).decode()
    assert text.split("\n") == [
        "kelp forests\t1200\t",
        "slow light\t3\tSL",
        "",
        "Tides and \ufffd[2J fog\t2025\t2501.00001\t1 0",
        "Mirrors\t\tp0\t",
    ]
    assert pack(KEYWORDS, PAPERS) == pack(KEYWORDS, PAPERS)


def test_where_it_was_cut_is_said():
    assert say_scope(3, 2, 3, 2) == "Searched are all 3 keywords and all 2 papers."
    assert say_scope(40_000, 2, 123_456, 2) == (
        "Searched are 40,000 keywords of 123,456, those of most papers and all 2 papers; "
        "`paperhouse sql` reaches the others."
    )
