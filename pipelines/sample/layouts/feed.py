"""An RSS feed of papers, with HTML in its descriptions."""

from typing import Any
from xml.sax.saxutils import escape

from pipelines.sample.layouts.layout import Layout, Page


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


LAYOUTS = (Layout("feed", "records", ".xml", _render_feed, tex=False, facts=frozenset({"arxiv_id", "published_on"})),)
