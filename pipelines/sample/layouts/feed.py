"""Feeds of papers: RSS with HTML in its descriptions, and Atom."""

from typing import Any
from xml.sax.saxutils import escape

from .layout import Layout, Page


def _render_feed(page: Page) -> bytes:
    items = "\n".join(_print_item(paper) for paper in page.papers.iter_rows(named=True))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0">
<channel>
<title>Daily Papers</title>
<link>https://example.org/papers</link>
<description>Papers of the day</description>
{items}
</channel>
</rss>
""".encode()


def _print_item(paper: dict[str, Any]) -> str:
    return f"""<item>
<title>{escape(paper["page_title"])}</title>
<link>https://example.org/papers/{paper["arxiv_id"]}</link>
<author>{escape(", ".join(paper["authors"]))}</author>
<pubDate>{paper["published_at"]:%a, %d %b %Y %H:%M:%S} GMT</pubDate>
<description><![CDATA[<p>{escape(paper["page_abstract"])}</p>]]></description>
</item>"""


def _render_atom(page: Page) -> bytes:
    entries = "\n".join(_print_entry(paper) for paper in page.papers.iter_rows(named=True))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<title>Daily Papers</title>
<link href="https://example.org/papers"/>
<updated>{page.day.isoformat()}T00:00:00Z</updated>
{entries}
</feed>
""".encode()


def _print_entry(paper: dict[str, Any]) -> str:
    authors = "".join(f"<author><name>{escape(name)}</name></author>" for name in paper["authors"])
    return f"""<entry>
<id>https://example.org/papers/{paper["arxiv_id"]}</id>
<title>{escape(paper["page_title"])}</title>
<link href="https://example.org/papers/{paper["arxiv_id"]}"/>
{authors}
<published>{paper["published_at"]:%Y-%m-%dT%H:%M:%S}Z</published>
<summary>{escape(paper["page_abstract"])}</summary>
</entry>"""


_FACTS = frozenset({"arxiv_id", "published_on"})
LAYOUTS = (
    Layout("feed", "records", ".xml", _render_feed, tex=False, facts=_FACTS),
    Layout("feed_atom", "records", ".xml", _render_atom, tex=False, facts=_FACTS, in_sample=False),
)
