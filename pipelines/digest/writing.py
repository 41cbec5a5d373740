"""A digest in words: plain text, Markdown, HTML with its style in its elements, and an Atom feed.

What belongs here: forms of one digest. Titles come from dumps, so each form escapes them by its own rules; equal
digests give equal bytes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import css_inline

from ..showing.hypertext import arxiv_address, clean, doi_address, make_environment, web_address
from .items import KINDS, READERS_ITEMS, READERS_KINDS, SHOWN_ITEMS, Digest, Period

_ATOM = "http://www.w3.org/2005/Atom"
_TEMPLATES = make_environment(Path(__file__).with_name("templates"))
#: Days of a week on which lists of papers appear.
_WORKING_DAYS = 5
_MARKDOWN_SIGNS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~=&:@^$])")


def title_of(digest: Digest) -> str:
    """What the digest is called: no text of a dump is in it, so that it may be a header."""
    when = f"{digest.start_on}" if digest.period is Period.day else f"{digest.start_on} to {digest.end_on}"
    counts = [f"{len(items):,} {kind}" for kind, items in digest.items.items() if items]
    return f"Papers of the {digest.period}, {when}: {', '.join(counts) or 'nothing'}"


def one_line(text: str) -> str:
    """A text of a dump as one line that neither drives a terminal nor starts a header."""
    return " ".join(clean(text).split())


def note_of(digest: Digest) -> str:
    """That a week has fewer days than a week of lists has, and which; nothing of other periods."""
    if digest.period is Period.day or len(digest.days) >= _WORKING_DAYS:
        return ""
    if not digest.days:
        return "No day of this week has papers."
    names = ", ".join(f"{day:%A}, {day}" if len(digest.days) == 1 else f"{day:%A}" for day in digest.days)
    only = "one day" if len(digest.days) == 1 else f"{len(digest.days)} days"
    return f"Only {only} of this week has papers here: {names}.".replace(
        "days of this week has", "days of this week have"
    )


def to_text(digest: Digest, footer: str = "") -> str:
    """The digest as plain text, the twin of the HTML mail: title, why, where to read it, the numbers."""
    lines = [title_of(digest), *([note_of(digest)] if note_of(digest) else []), ""]
    for name, items, more in _sections(digest):
        lines += [one_line(name), "-" * len(one_line(name))]
        for item in items:
            lines += [f"* {one_line(item['headline'])}", f"  {one_line(item['why'])}"]
            if item["example_title"]:
                lines.append(f"  Read: {one_line(item['example_title'])}")
            lines += [f"  {address}" for address in _addresses(item).values()]
            lines.append(f"  ({one_line(item['sentence'])})")
        lines += [f"  and {more:,} more"] * bool(more) + [""]
    return "\n".join([*lines, *([footer, ""] if footer else [])])


def to_markdown(digest: Digest) -> str:
    """The digest as Markdown (CommonMark), every sign of a title escaped."""
    lines = [f"# {title_of(digest)}", "", *([note_of(digest), ""] if note_of(digest) else [])]
    for name, items, more in _sections(digest):
        lines += [f"## {_markdown(name)}", ""]
        for item in items:
            addresses = _addresses(item)
            code = f" [code](<{addresses['code']}>)" if "code" in addresses else ""
            title = _link(item["example_title"] or item["headline"], addresses.get("paper"))
            head = f"**{_markdown(item['headline'])}**{code}" if item["example_title"] else f"**{title}**{code}"
            lines += [f"- {head}  ", f"  {_markdown(item['why'])}  "]
            lines += [f"  Read: {title}  "] * bool(item["example_title"])
            lines.append(f"  <sub>{_markdown(item['sentence'])}</sub>")
        lines += [f"- and {more:,} more"] * bool(more) + [""]
    return "\n".join(lines)


def _link(title: str, address: str | None) -> str:
    return f"[{_markdown(title)}](<{address}>)" if address else _markdown(title)


def to_html(digest: Digest, footer: str = "", unsubscribe: str = "") -> str:
    """The digest as a page that mail programs show as it is: no script, no picture, styles as attributes."""
    page = _TEMPLATES.get_template("digest.html").render(
        title=title_of(digest),
        note=note_of(digest),
        sections=_sections(digest),
        addresses=_addresses,
        footer=footer,
        unsubscribe=unsubscribe,
    )
    return css_inline.CSSInliner(load_remote_stylesheets=False).inline(page)


def to_feed(digests: Sequence[Digest], period: Period) -> str:
    """An Atom feed (RFC 4287) with an entry per digest, the latest first."""
    ElementTree.register_namespace("", _ATOM)
    feed = ElementTree.Element(f"{{{_ATOM}}}feed")
    latest = max((_ended_at(digest) for digest in digests), default="1970-01-01T00:00:00Z")
    _add(feed, "id", f"urn:paperhouse:digest:{period}")
    _add(feed, "title", f"Papers of the {period}")
    _add(feed, "updated", latest)
    _add(_add(feed, "author", ""), "name", "Paperhouse")
    for digest in sorted(digests, key=lambda digest: digest.start_on, reverse=True):
        entry = _add(feed, "entry", "")
        _add(entry, "id", f"urn:paperhouse:digest:{period}:{digest.start_on}")
        _add(entry, "title", title_of(digest))
        _add(entry, "updated", _ended_at(digest))
        body = _TEMPLATES.get_template("items.html").render(
            note=note_of(digest), sections=_sections(digest), addresses=_addresses
        )
        _add(entry, "content", body).set("type", "html")
    ElementTree.indent(feed)
    return ElementTree.tostring(feed, encoding="unicode", xml_declaration=True) + "\n"


def _sections(digest: Digest) -> list[tuple[str, list[dict[str, Any]], int]]:
    """Name, items told, and number of items not told, of each kind that has any."""
    names, shown = (READERS_KINDS, READERS_ITEMS) if digest.keywords else (KINDS, SHOWN_ITEMS)
    on = f" on {', '.join(map(one_line, digest.keywords))}" if digest.keywords else ""
    return [
        (names[kind] + (on if kind == "new" else ""), items[:shown], max(0, len(items) - shown))
        for kind, items in digest.items.items()
        if items
    ]


def _addresses(item: dict[str, Any]) -> dict[str, str]:
    """Where the paper, or the one to read on a keyword, is: at arXiv, else where its DOI leads; and its code."""
    of = "example_" if item["example_title"] else ""
    paper = arxiv_address(item[f"{of}arxiv_id"]) or doi_address(item[f"{of}doi"])
    found = {"paper": paper, "code": web_address(item["code_url"])}
    return {word: address for word, address in found.items() if address}


def _ended_at(digest: Digest) -> str:
    return f"{digest.end_on + timedelta(days=1)}T00:00:00Z"


def _markdown(text: str) -> str:
    return _MARKDOWN_SIGNS.sub(r"\\\1", one_line(text))


def _add(parent: ElementTree.Element, name: str, text: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}")
    child.text = text or None
    return child
