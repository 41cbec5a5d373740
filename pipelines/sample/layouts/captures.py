"""A page as tools capture it: Markdown, and saved HTML with a card per paper or with JSON in an attribute.

Markdown is escaped as converters do it, as far as the texts need it.
"""

import html
import json
import re
from datetime import date
from typing import Any

from .api import list_entries
from .layout import Layout, Page

#: A backslash before what it would escape, and brackets, which would end a link.
_ESCAPED = re.compile(r"\\(?=[\\`*_{}\[\]()#+.!<>|~-])|[\[\]]")


def _render_markdown(page: Page) -> bytes:
    """Title and abstract as links to the paper; votes before, author count and date of publication after them."""
    header = (
        "[Hugging Face](/)",
        "# Daily Papers",
        "by AK and the research community",
        _name_day(page.day),
    )
    cards = ("\n\n".join(_list_card(paper)) for paper in page.papers.iter_rows(named=True))
    return ("\n\n".join((*header, *cards, "[Previous](/papers?p=0)", "[Next](/papers?p=2)")) + "\n").encode()


def _list_card(paper: dict[str, Any]) -> tuple[str, ...]:
    link = f"/papers/{paper['arxiv_id']}"
    return (
        f"[![](https://example.org/thumbnails/{paper['arxiv_id']}.png)]({link})",
        f"[{paper['upvotes']}](/login?next=%2Fpapers%2F{paper['arxiv_id']})",
        f"### [{_escape(paper['page_title'])}]({link})",
        f"[{_escape(paper['page_abstract'])}]({link})",
        f"[{_count_authors(paper)}]({link})",
        f"· {paper['published_at']:%b %d, %Y}",
    )


def _escape(text: str) -> str:
    """Escape the backslashes that Markdown would take for escapes, and brackets."""
    return _ESCAPED.sub(r"\\\g<0>", text)


def _render_cards(page: Page) -> bytes:
    """One `<article>` a paper, under the navigation every page has."""
    cards = "\n".join(_print_card(paper) for paper in page.papers.iter_rows(named=True))
    body = f"<h1>Daily Papers</h1>\n<p>by AK and the research community</p>\n<p>{_name_day(page.day)}</p>\n{cards}"
    return _print_page(body).encode()


def _print_card(paper: dict[str, Any]) -> str:
    link = f"/papers/{paper['arxiv_id']}"
    return f"""<article>
  <a href="/login?next=%2Fpapers%2F{paper["arxiv_id"]}"><div>{paper["upvotes"]}</div></a>
  <h3><a href="{link}">{html.escape(paper["page_title"])}</a></h3>
  <p>{html.escape(paper["page_abstract"])}</p>
  <a href="{link}">{_count_authors(paper)}</a>
  <time datetime="{paper["published_at"]:%Y-%m-%dT%H:%M:%S}.000Z">{paper["published_at"]:%b %d, %Y}</time>
</article>"""


def _render_headings(page: Page) -> bytes:
    """The older shape: a heading with a link and a paragraph per paper, no card around them."""
    papers = "\n".join(_print_heading(paper) for paper in page.papers.iter_rows(named=True))
    return _print_page(f"<h1>Daily Papers</h1>\n<p>{_name_day(page.day)}</p>\n{papers}").encode()


def _print_heading(paper: dict[str, Any]) -> str:
    link = f"/papers/{paper['arxiv_id']}"
    return f"""<h3><a href="{link}">{html.escape(paper["page_title"])}</a></h3>
<p>{html.escape(paper["page_abstract"])}</p>"""


def _render_props(page: Page) -> bytes:
    """The day's JSON inside an attribute, the cards themselves left to the browser."""
    props = json.dumps({"dateString": page.day.isoformat(), "dailyPapers": list_entries(page.papers)})
    return _print_page(f'<div data-target="DailyPapers" data-props="{html.escape(props)}"></div>').encode()


def _print_page(body: str) -> str:
    return f"""<!doctype html>
<html>
<head><meta charset="utf-8"><title>Daily Papers</title></head>
<body>
<header><nav><a href="/models">Models</a> <a href="/datasets">Datasets</a> <a href="/login">Log In</a></nav></header>
<main>
{body}
</main>
</body>
</html>
"""


def _name_day(day: date) -> str:
    return f"{day:%b} {day.day}"


def _count_authors(paper: dict[str, Any]) -> str:
    count = len(paper["authors"])
    return f"{count} author{'s' if count > 1 else ''}"


_FACTS = frozenset({"arxiv_id", "published_on", "upvotes"})
LAYOUTS = (
    Layout("markdown", "page", ".md", _render_markdown, tex=False, facts=_FACTS | {"captured_on"}),
    Layout("html_cards", "page", ".html", _render_cards, tex=False, facts=_FACTS | {"captured_on"}),
    Layout(
        "html_headings",
        "page",
        ".html",
        _render_headings,
        tex=False,
        facts=frozenset({"arxiv_id", "captured_on"}),
        in_sample=False,
    ),
    Layout("html_props", "day", ".html", _render_props, tex=True, facts=_FACTS | {"listed_on"}),
)
