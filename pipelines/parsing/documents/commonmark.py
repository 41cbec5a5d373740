"""Markdown to blocks, by pulldown-cmark (pyromark): CommonMark with the tables of GitHub, front matter and lists of
definitions. HTML inside goes through `hypertext`.
"""

import re
from bisect import bisect_right
from typing import Any, NamedTuple

import pyromark

from . import hypertext
from .blocks import CODE, DEFINITION, HEADING, ITEM, PARAGRAPH, ROW, RULE, TERM, Block, RunWriter

_OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_DEFINITION_LIST
    | pyromark.Options.ENABLE_HEADING_ATTRIBUTES
    # Formulas are left as they are: `_` and `*` in them are no emphasis.
    | pyromark.Options.ENABLE_MATH
    | pyromark.Options.ENABLE_YAML_STYLE_METADATA_BLOCKS
    | pyromark.Options.ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS
)
#: Tags that do something to the text around them; any other in small letters is left out, what is no tag is text.
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)\b([^<>]*)>")
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
#: A block of HTML that says something.
_SPEAKS = re.compile(r">\s*[^<\s]|\S\s*<", re.ASCII)
_OPENERS = {"Paragraph": PARAGRAPH, "DefinitionListTitle": TERM, "DefinitionListDefinition": DEFINITION}


class Markdown(NamedTuple):
    """A page: its front matter, the kind of that (`yaml`, `toml` or empty), its last line, and the blocks below."""

    front: str
    front_kind: str
    front_line: int
    blocks: list[Block]


def read_markdown(text: str) -> Markdown:
    """A page of Markdown in blocks."""
    reader = _Reader(text)
    for event, place in pyromark.events_with_range(text, options=_OPTIONS, merge_text=False):
        reader.take(event, place["start"], place["end"])
    return Markdown("".join(reader.front), reader.front_kind, reader.front_line, reader.blocks)


class _Reader:
    """The events of one page on their way into blocks."""

    def __init__(self, text: str) -> None:
        data = text.encode()
        self.starts = [0, *(found.end() for found in re.finditer(b"\n", data))]
        self.blocks: list[Block] = []
        self.front: list[str] = []
        self.front_kind = ""
        self.front_line = 0
        self.open: Block | None = None
        self.writer = RunWriter()
        self.depth = self.quotes = 0
        self.tables = 0
        self.row: Block | None = None
        self.strong = self.emphasis = self.pictures = 0
        self.target = ""
        self.is_front = self.is_code = False
        self.html: list[str] | None = None
        self.html_at = 0

    def take(self, event: Any, start: int, end: int) -> None:
        """One event of the parser and the bytes it stands on."""
        if isinstance(event, str):
            if event in ("SoftBreak", "HardBreak"):
                self.say("\n", start)
            elif event == "Rule":
                self.close()
                self.blocks.append(self.begin(RULE, start, end))
            return
        name, value = next(iter(event.items()))
        if name == "Text":
            self.say(value, start)
        elif name == "Start":
            self.enter(*_name(value), start, end)
        elif name == "End":
            self.leave(_name(value)[0])
        elif name == "Code":
            self.say(value, start)
        elif name == "InlineMath":
            self.say(f"${value}$", start)
        elif name == "DisplayMath":
            self.say(f"$${value}$$", start)
        elif name == "InlineHtml":
            self.take_tag(value, start)
        elif name == "Html" and self.html is not None:
            self.html.append(value)

    def line(self, at: int) -> int:
        """The line a byte is on."""
        return bisect_right(self.starts, at)

    def begin(self, kind: str, start: int, end: int) -> Block:
        """A block of these bytes."""
        lines = self.line(start), self.line(max(start, end - 1))
        return Block(kind, *lines, depth=self.depth, is_quoted=self.quotes > 0)

    def close(self) -> None:
        """End the open block; one that says nothing is dropped."""
        if self.open is not None:
            self.open.runs = self.writer.runs()
            if self.open.runs or self.open.kind == CODE:
                self.blocks.append(self.open)
        self.open = None
        self.writer = RunWriter()

    def say(self, text: str, start: int) -> None:
        """Text where the reader stands."""
        if self.is_front:
            self.front.append(text)
            return
        if self.html is not None:
            self.html.append(text)
            return
        if self.pictures:
            return
        if self.open is None:
            self.open = self.begin(CODE if self.is_code else PARAGRAPH, start, start + 1)
        self.open.last_line = max(self.open.last_line, self.line(start))
        self.writer.say(text, self.target, self.strong > 0, self.emphasis > 0)

    def enter(self, name: str, value: Any, start: int, end: int) -> None:
        """The start of something that has an end."""
        if name == "Link":
            self.target = value["dest_url"]
            self.say("", start)
        elif name == "Image":
            self.pictures += 1
        elif name == "Strong":
            self.strong += 1
        elif name == "Emphasis":
            self.emphasis += 1
        elif name == "List":
            self.close()
            self.depth += 1
        elif name == "Item":
            self.close()
            self.open = self.begin(ITEM, start, start + 1)
        elif name == "Heading":
            self.close()
            self.open = self.begin(HEADING, start, end)
            self.open.level = int(value["level"][1])
        elif name in _OPENERS:
            if not (self.open is not None and self.open.kind == ITEM and not self.writer):
                self.close()
                self.open = self.begin(_OPENERS[name], start, end)
            self.open.last_line = self.line(max(start, end - 1))
        elif name == "Table":
            self.close()
            self.tables += 1
        elif name in ("TableHead", "TableRow"):
            self.open = self.row = self.begin(ROW, start, end)
            self.row.table, self.row.is_header = self.tables, name == "TableHead"
        elif name == "CodeBlock":
            self.close()
            self.is_code = True
            self.open = self.begin(CODE, start, end)
        elif name == "HtmlBlock":
            self.close()
            self.html, self.html_at = [], start
        elif name == "MetadataBlock":
            self.is_front = True
            self.front_line = self.line(max(start, end - 1))
            self.front_kind = "yaml" if value == "YamlStyle" else "toml"
        elif name == "BlockQuote":
            self.close()
            self.quotes += 1

    def leave(self, name: str) -> None:
        """The end of it."""
        if name == "Link":
            self.target = ""
        elif name == "Image":
            self.pictures -= 1
        elif name == "Strong":
            self.strong -= 1
        elif name == "Emphasis":
            self.emphasis -= 1
        elif name == "List":
            self.close()
            self.depth -= 1
        elif name == "TableCell" and self.row is not None:
            self.row.cells.append(self.writer.runs())
            self.writer = RunWriter()
        elif name in ("TableHead", "TableRow"):
            if self.row is not None:
                self.blocks.append(self.row)
            self.open = self.row = None
        elif name == "HtmlBlock":
            self.add_html("".join(self.html or ()), self.line(self.html_at))
            self.html = None
        elif name == "MetadataBlock":
            self.is_front = False
        elif name in ("Item", "Heading", "BlockQuote", "CodeBlock", *_OPENERS):
            self.close()
            self.is_code = False
            self.quotes -= name == "BlockQuote"
            # What a page leaves open ends with its block.
            self.strong = self.emphasis = 0
            self.target = ""

    def take_tag(self, tag: str, start: int) -> None:
        """A tag inside a line."""
        found = _TAG.match(tag)
        if found is None:
            if not tag.startswith("<!--"):
                self.say(tag, start)
            return
        closes, name = found[1] == "/", found[2].lower()
        if name == "br":
            self.say("\n", start)
        elif name in ("b", "strong"):
            self.strong = max(0, self.strong + (-1 if closes else 1))
        elif name in ("i", "em"):
            self.emphasis = max(0, self.emphasis + (-1 if closes else 1))
        elif name == "a":
            href = None if closes else _HREF.search(found[3])
            self.target = (href[1] or href[2] or href[3] or "") if href else ""
            if href:
                self.say("", start)
        elif name in ("p", "li", "div", "summary", "details", "tr"):
            self.say("\n", start)
        elif name not in hypertext.TAGS:
            self.say(tag, start)

    def add_html(self, text: str, line: int) -> None:
        """A block of HTML, read as a page of its own."""
        if not _SPEAKS.search(text):
            return
        before = self.tables
        for block in hypertext.read_html(text):
            block.first_line = min(block.first_line + line - 1, line + text.count("\n"))
            block.last_line = min(block.last_line + line - 1, line + text.count("\n"))
            block.depth += self.depth
            if block.kind == ROW:
                block.table += before + 1
                self.tables = max(self.tables, block.table)
            self.blocks.append(block)


def _name(value: Any) -> tuple[str, Any]:
    """The name of a tag of the parser, and what it holds."""
    return (value, None) if isinstance(value, str) else next(iter(value.items()))
