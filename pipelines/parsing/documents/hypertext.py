"""HTML to blocks, by libxml2 (lxml), which takes broken markup as browsers do and knows the line of every element."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple, TypeGuard

from lxml import etree

from .blocks import DEFINITION, HEADING, ITEM, PARAGRAPH, ROW, RULE, TERM, Block, Run, RunWriter, fold, fold_blanks

#: What is never shown, and what stands around the page and not on it.
_HIDDEN = frozenset("script style head svg noscript template iframe select nav footer".split())
_KINDS = {**{f"h{level}": HEADING for level in range(1, 7)}, "li": ITEM, "dt": TERM, "dd": DEFINITION}
#: Elements a text ends at.
_BLOCKS = frozenset(
    "address article aside blockquote body button center details dialog div dl fieldset figcaption figure footer "
    "form header hr html label legend main menu nav ol option p pre section summary table tbody td tfoot th thead time "
    "tr ul h1 h2 h3 h4 h5 h6 li dt dd".split()
)
_LISTS = frozenset(("ul", "ol", "menu"))
#: What may stand in a row and is no text of it, and where a link that was left open ends.
_TABLES = frozenset(("table", "tr", "tbody", "thead", "tfoot", "caption", "colgroup"))
#: Texts that a `time` element around them dates no more, and itself.
_WHENS = frozenset(("p", "time", *(f"h{level}" for level in range(1, 7))))
_CELLS = frozenset(("td", "th"))
#: Blocks that are often a text or a link and nothing else; those that are counted, hidden or no end of a text are none.
_TEXTS = _BLOCKS - _HIDDEN - {"article", "table", "tr", "hr"}
_ENDS_OF_LINKS = frozenset(("li", "tr", "dt", "dd"))
#: Elements of a text that has no markup of its own, each of which ends where its tag says.
PLAIN_TAGS = frozenset("a b div em h1 h2 h3 h4 h5 h6 i p section span strong time".split())
#: Every element of HTML; what looks like one and is none is text.
TAGS = (
    _BLOCKS
    | _HIDDEN
    | frozenset(
        "a abbr acronym audio b base bdi bdo big br canvas caption cite code col colgroup data del dfn em embed "
        "font frame frameset hgroup i img input ins kbd link map mark math meta meter object output param picture "
        "progress q rp rt ruby s samp small source span strike strong sub sup textarea title track tt u var video "
        "wbr".split()
    )
)
#: Elements of which some are hidden.
_INLINE = frozenset(("a", "span"))
_STRONG, _EMPHASIS = frozenset(("b", "strong")), frozenset(("i", "em"))
_ROLE = re.compile(r"(?:^|[\s_-])(title|abstract|summary|authors?|byline|date|keywords?)(?=[\s_-]|$)", re.IGNORECASE)
_PROPS = etree.XPath("descendant::*[@data-props]")
_NEXT_PAGE = re.compile(r"</html>\s*+(?=<(?:!doctype|\?xml|html)\b)", re.IGNORECASE)


@dataclass(slots=True, eq=False)
class _Style:
    """How text inside an element is taken; elements alike share one."""

    kind: str = PARAGRAPH
    level: int = 0
    depth: int = 0
    role: str = ""
    tag: str = ""
    is_strong: bool = False
    is_emphasis: bool = False
    is_plain: bool = False
    is_quoted: bool = False
    is_chrome: bool = False
    #: What holds in elements inside, by their name, whether they stand in an article, and their role.
    inner: "dict[tuple[str, bool, str], _Style]" = field(default_factory=dict)

    def enter(self, name: str, is_in_article: bool, role: str) -> "_Style":
        """What holds in a block inside."""
        key = (name, is_in_article, role)
        if (found := self.inner.get(key)) is not None:
            return found
        # What a page folds up is named by the words that open it.
        named = role or ("title" if name == "summary" else self.role)
        style = self.inner[key] = replace(self, role=named, inner={})
        if name in _KINDS:
            style.kind, style.level = _KINDS[name], int(name[1]) if name[1].isdigit() else 0
        elif name in ("p", "table", "td", "th") and style.kind != ITEM:
            style.kind = PARAGRAPH
        if name == "p" or _KINDS.get(name) == HEADING or name == "time":
            style.tag = name
        if name in _LISTS:
            style.depth += 1
        elif name == "header":
            style.is_chrome = not is_in_article
        elif name == "blockquote":
            style.is_quoted = True
        elif name == "pre":
            style.is_plain = True
        return style

    def emphasise(self, name: str) -> "_Style":
        """What holds in words inside that stand out."""
        key = (name, False, "")
        if (found := self.inner.get(key)) is None:
            found = self.inner[key] = replace(self, inner={})
            found.is_strong |= name in _STRONG
            found.is_emphasis |= name in _EMPHASIS
        return found


class _Place(NamedTuple):
    """Where text stands: the numbers of its article and table, the row and what its cells say, and of an item whether
    it has said nothing yet (a list, since all inside it share the answer).
    """

    article: int = 0
    table: int = 0
    row: Block | None = None
    cells: list[RunWriter] = []  # noqa: RUF012  (nothing is put into that of no row)
    fresh: list[bool] | None = None


def part_pages(text: str) -> Iterator[tuple[str, int]]:
    """The pages of files that were joined to one, each with the number of line feeds before it."""
    starts = [0, *(found.end() for found in _NEXT_PAGE.finditer(text))]
    before = 0
    for start, end in pairwise([*starts, len(text)]):
        yield text[start:end], before
        before += text.count("\n", start, end)


def parse_html(text: str) -> Any:
    """The root element of a page; None for what has none."""
    # A page of a day holds its data in one attribute of megabytes.
    parser = etree.HTMLParser(recover=True, huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def read_html(text: str) -> list[Block]:
    """The blocks of a page or a part of one."""
    root = parse_html(text)
    return [] if root is None else read_elements(root)


def read_elements(root: Any, before: int = 0) -> list[Block]:
    """The blocks of an element and all in it; so many lines of the source stand before its page."""
    reader = _Reader(before)
    if not _is_hidden(root, root.tag):
        reader.enter(root, root.tag)
        reader.read_inside(root)
        reader.leave(root, root.tag)
    reader.close()
    return reader.blocks


class _Reader:
    """The elements of one page on their way into blocks."""

    def __init__(self, before: int) -> None:
        self.before = before
        self.blocks: list[Block] = []
        self.open: Block | None = None
        self.writer = RunWriter()
        self.line = before + 1
        self.tables = self.articles = 0
        self.style = _Style()
        #: Where the link leads that is open, the moment that the `time` around names, and where text stands.
        self.target = self.when = ""
        self.place = _Place()
        #: What held around each element that is open.
        self.around: list[tuple[_Style, str, str, _Place]] = []

    def read_inside(self, root: Any) -> None:
        """All that is in an element which has been entered.

        Elements that are open are kept in a list: pages nest deeper than Python calls.
        """
        around = [(root, root.tag, iter(root))]
        while around:
            parent, parent_name, children = around[-1]
            for element in children:
                name = element.tag
                # Most elements of a page, so they are asked for first.
                if name in _TEXTS and self.place.row is None and len(element) < 2 and self._read_whole(element, name):
                    tail = element.tail
                    if tail is not None and tail.isspace():
                        self.line += tail.count("\n")
                        continue
                elif _is_hidden(element, name):
                    tail = element.tail
                else:
                    self.enter(element, name)
                    around.append((element, name, iter(element)))
                    break
                if tail:
                    self.say(tail)
            else:
                around.pop()
                if around:
                    self.leave(parent, parent_name)
                    if tail := parent.tail:
                        self.say(tail)

    def close(self) -> None:
        """End the open block; one that says nothing is dropped."""
        if self.open is not None:
            self.open.runs = self.writer.runs()
            if self.open.runs:
                self.blocks.append(self.open)
            self.open = None

    def enter(self, element: Any, name: str) -> None:
        """The start of an element, and the text before its first child."""
        if line := element.sourceline:
            self.line = self.before + line
        self.around.append((self.style, self.target, self.when, self.place))
        if name not in _BLOCKS or name == "hr" or self._is_one_of_many(name):
            self._enter_inline(element, name)
        elif self.place.row is not None and name not in _TABLES:
            self._enter_cell(name)
        else:
            self._enter_block(element, name)
        if text := element.text:
            self.say(text)

    def _is_one_of_many(self, name: str) -> bool:
        """Whether an element is a form in a definition, where CVF's lists have one around each author's name."""
        return name == "form" and self.style.kind == DEFINITION

    def _enter_inline(self, element: Any, name: str) -> None:
        """The start of an element that is no block."""
        if name == "a":
            if (href := element.get("href")) is not None:
                self.target = href.strip()
                # A link of a picture alone leads somewhere, too.
                self._put(self._find_writer(self.line), "")
        elif name in _STRONG or name in _EMPHASIS:
            self.style = self.style.emphasise(name)
        elif name == "br":
            self._break()
        elif name == "hr":
            self.close()
            self.blocks.append(Block(RULE, self.line, self.line, depth=self.style.depth))
        elif name not in TAGS and ":" not in name and "-" not in name:
            # `<EOS>` is no markup but what an abstract says.
            self.say(f"<{name}>")

    def leave(self, element: Any, name: str) -> None:
        """The end of an element."""
        place = self.place
        row = place.row
        is_inline = self._is_one_of_many(name)
        self.style, self.target, self.when, self.place = self.around.pop()
        if is_inline or name not in _BLOCKS or name == "hr" or (name in _CELLS and row is not None):
            return
        if row is None:
            self.close()
        elif name == "tr" and row is not self.place.row:
            row.cells = [cell.runs() for cell in place.cells]
            row.is_header = all(child.tag == "th" for child in element if isinstance(child.tag, str))
            row.last_line = max(row.last_line, self.line)
            if any(row.cells):
                self.blocks.append(row)
        elif place.cells:
            place.cells[-1].say("\n")

    def say(self, text: str) -> None:
        """Text where the reader stands."""
        feeds = text.count("\n")
        block = self.place.row or self.open
        is_blank = text.isspace()
        if is_blank and block is None:
            self.line += feeds
            return
        lead = text.count("\n", 0, len(text) - len(text.lstrip())) if feeds else 0
        writer = self._find_writer(self.line + lead)
        self.line += feeds
        block = block or self.open
        if block is not None and not is_blank:
            last = self.line - text.count("\n", len(text.rstrip())) if feeds else self.line
            if last > block.last_line:
                block.last_line = last
        self._put(writer, text if self.style.is_plain else fold_blanks(text))

    def _find_writer(self, line: int) -> RunWriter:
        """What is being said in the cell or block that is open; a block is opened on this line where none is."""
        if self.place.row is not None:
            cells = self.place.cells
            if not cells:
                cells.append(RunWriter())
            return cells[-1]
        if self.open is None:
            self.open = self._make_block(line)
            self.writer = RunWriter()
        return self.writer

    def _make_block(self, line: int) -> Block:
        style, kind = self.style, self.style.kind
        if kind == ITEM and (fresh := self.place.fresh):
            kind = ITEM if fresh[0] else PARAGRAPH
            fresh[0] = False
        block = Block(kind, line, line, [], style.level, style.depth)
        block.is_quoted, block.role = style.is_quoted, style.role
        block.article, block.when = self.place.article, self.when
        block.tag = "chrome" if style.is_chrome else style.tag
        return block

    def _put(self, writer: RunWriter, shown: str) -> None:
        if shown[:1] == " " and writer.ends_in_blank and not self.style.is_plain:
            shown = shown[1:]
        if shown or self.target:
            writer.say(shown, self.target, self.style.is_strong, self.style.is_emphasis)

    def _break(self) -> None:
        """A line feed, in a cell or a block that has begun."""
        if self.place.row is not None:
            if self.place.cells:
                self.place.cells[-1].say("\n")
        elif self.open is not None and self.writer:
            self.writer.say("\n")

    def _enter_cell(self, name: str) -> None:
        """The start of a cell, or of a block within one, which is a line of it."""
        if name in _CELLS:
            self.place.cells.append(RunWriter())
        else:
            self._break()

    def _enter_block(self, element: Any, name: str) -> None:
        """The start of a block outside of rows."""
        self.close()
        self.style = self._find_style(element, name)
        if name in _WHENS:
            self.when = element.get("datetime") or "" if name == "time" else ""
        if name in _ENDS_OF_LINKS:
            # A link that was left open ends with its item.
            self.target = ""
        if name == "li":
            self.place = self.place._replace(fresh=[True])
        elif name == "article":
            self.articles += 1
            self.place = self.place._replace(article=self.articles)
        elif name == "table":
            self.tables += 1
            self.place = self.place._replace(table=self.tables, row=None)
        elif name == "tr" and len(element) > 1:
            # A row of one cell is there for how the page looks.
            row = Block(ROW, self.line, self.line, depth=self.style.depth, table=self.place.table)
            self.place = self.place._replace(row=row, cells=[])

    def _find_style(self, element: Any, name: str) -> _Style:
        """What holds in a block."""
        role = ""
        if element.keys():
            get = element.get
            role = _find_role(get("class"), get("id"), get("itemprop"))
        style = self.style
        return style.inner.get((name, self.place.article > 0, role)) or style.enter(name, self.place.article > 0, role)

    def _read_whole(self, element: Any, name: str) -> bool:
        """Read a block outside of rows that is a text or a link and nothing else, as most are; whether it is."""
        style = self._find_style(element, name)
        if style.is_plain:
            return False
        line = element.sourceline
        text, first = element.text or "", self.before + line if line else self.line
        target = "" if name in _ENDS_OF_LINKS else self.target
        if len(element):
            link = element[0]
            tail, href = link.tail or "", link.get("href")
            if link.tag != "a" or href is None or len(link) or target or _says(text) or _says(tail):
                return False
            first = self.before + link.sourceline if link.sourceline else first + text.count("\n")
            text, target = link.text or "", href.strip()
            last = first + text.count("\n")
            self.line = last + tail.count("\n")
            self.close()
        else:
            last = self.line = first + text.count("\n")
            self.close()
            if not _says(text):
                return True
            if text[0].isspace():
                first += text.count("\n", 0, len(text) - len(text.lstrip()))
        kind, when, article = style.kind, self.when, self.place.article
        if kind == ITEM and name != "li" and (fresh := self.place.fresh):
            kind = ITEM if fresh[0] else PARAGRAPH
            fresh[0] = False
        if name in _WHENS:
            when = element.get("datetime") or "" if name == "time" else ""
        run = Run(fold(text), target, style.is_strong, style.is_emphasis)
        if run.text and last > first:
            last = max(first, last - text.count("\n", len(text.rstrip())))
        else:
            last = first
        if run.text or target:
            tag = "chrome" if style.is_chrome else style.tag
            self.blocks.append(
                Block(
                    kind, first, last, [run], style.level, style.depth, [], 0, False, style.is_quoted, style.role, tag,
                    article, when,
                )
            )  # fmt: skip
        return True


def _says(text: str | None) -> TypeGuard[str]:
    return text is not None and text != "" and not text.isspace()


@lru_cache(maxsize=1_000)
def _find_role(named: str | None, identified: str | None, prop: str | None) -> str:
    """What the class, the id or the property of an element calls it."""
    named = named or identified or prop
    found = _ROLE.search(f"{named} {identified or ''} {prop or ''}") if named else None
    return found[1].lower() if found else ""


def _is_hidden(element: Any, name: Any) -> bool:
    """Whether an element shows nothing of its own: a script, a button made of a link, the beginning of a text."""
    if name in _INLINE:
        if name == "a":
            return element.get("href") is None and element.get("onclick") is not None
        return "abstract-short" in (element.get("class") or "")
    return name in _HIDDEN or not isinstance(name, str)


def find_props(root: Any) -> list[Any]:
    """The elements that carry data of a page's script, in order."""
    found: list[Any] = _PROPS(root)
    return found


def find_meta(root: Any) -> Iterator[tuple[str, str]]:
    """Names and contents of a page's meta elements, in order."""
    for element in root.iter("meta"):
        name = element.get("name") or element.get("property") or ""
        if content := (element.get("content") or "").strip():
            yield name.strip().lower(), content
