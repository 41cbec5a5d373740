"""HTML to blocks, by libxml2 (lxml), which takes broken markup as browsers do and knows the line of every element."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from lxml import etree

from .blocks import DEFINITION, HEADING, ITEM, PARAGRAPH, ROW, RULE, TERM, Block, RunWriter, fold_blanks

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
_PARTS_OF_TABLES = frozenset(("tbody", "thead", "tfoot", "caption", "colgroup"))
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
_NEXT_PAGE = re.compile(r"</html>\s*+(?=<(?:!doctype|\?xml|html)\b)", re.IGNORECASE)


@dataclass
class _State:
    """What holds inside an element; one that says something of its own has a copy."""

    kind: str = PARAGRAPH
    tag: str = ""
    level: int = 0
    depth: int = 0
    role: str = ""
    when: str = ""
    target: str = ""
    is_strong: bool = False
    is_emphasis: bool = False
    is_plain: bool = False
    is_quoted: bool = False
    row: Block | None = None
    #: What the cells of the row say.
    cells: tuple[list[RunWriter], ...] = ()
    table: int = 0
    is_chrome: bool = False
    article: int = 0
    #: Of an item whether it has said nothing yet; a list, since all inside it share the answer.
    is_fresh: tuple[list[bool], ...] = ()

    def copy(self) -> "_State":
        """Another of the same values, several times faster than by way of the constructor."""
        copied = object.__new__(_State)
        copied.__dict__.update(self.__dict__)
        return copied


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
    walk = etree.iterwalk(root, events=("start", "end"))
    skipped = None
    for event, element in walk:
        name = element.tag
        if event == "start":
            if not isinstance(name, str) or name in _HIDDEN or (name in _INLINE and _is_hidden(element, name)):
                walk.skip_subtree()
                skipped = element
                continue
            reader.enter(element, name)
        else:
            if element is skipped:
                skipped = None
            else:
                reader.leave(element, name)
            if (text := element.tail) and element is not root:
                reader.say(text)
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
        self.state = _State()
        self.states: list[_State] = []

    def close(self) -> None:
        """End the open block; one that says nothing is dropped."""
        if self.open is not None:
            self.open.runs = self.writer.runs()
            if self.open.runs:
                self.blocks.append(self.open)
            self.open = None
            self.writer = RunWriter()

    def enter(self, element: Any, name: str) -> None:
        """The start of an element, and the text before its first child."""
        self.states.append(self.state)
        if line := element.sourceline:
            self.line = self.before + line
        if name == "br":
            self._break()
        elif name == "hr":
            self.close()
            self.blocks.append(Block(RULE, self.line, self.line, depth=self.state.depth))
        elif name in _BLOCKS:
            self._enter_block(element, name)
        elif name == "a" and (href := element.get("href")) is not None:
            self.state = self.state.copy()
            self.state.target = href.strip()
            # A link of a picture alone leads somewhere, too.
            self._put(self._find_writer(self.line), "")
        elif name in _STRONG:
            self.state = self.state.copy()
            self.state.is_strong = True
        elif name in _EMPHASIS:
            self.state = self.state.copy()
            self.state.is_emphasis = True
        elif name not in TAGS and ":" not in name and "-" not in name:
            # `<EOS>` is no markup but what an abstract says.
            self.say(f"<{name}>")
        if text := element.text:
            self.say(text)

    def leave(self, element: Any, name: str) -> None:
        """The end of an element."""
        row = self.state.row
        before = self.states.pop()
        if name in ("td", "th") and row is not None:
            pass
        elif name == "tr" and row is not None and row is not before.row:
            row.cells = [cell.runs() for cell in self.state.cells[0]]
            row.is_header = all(child.tag == "th" for child in element if isinstance(child.tag, str))
            row.last_line = max(row.last_line, self.line)
            if any(row.cells):
                self.blocks.append(row)
        elif name in _BLOCKS and name != "hr":
            if row is not None:
                self._break()
            else:
                self.close()
        self.state = before

    def say(self, text: str) -> None:
        """Text where the reader stands."""
        state, feeds = self.state, text.count("\n")
        is_blank = text.isspace()
        if is_blank and self.open is None and state.row is None:
            self.line += feeds
            return
        lead = text.count("\n", 0, len(text) - len(text.lstrip())) if feeds else 0
        writer = self._find_writer(self.line + lead)
        self.line += feeds
        block = state.row or self.open
        if block is not None and not is_blank:
            last = self.line - text.count("\n", len(text.rstrip())) if feeds else self.line
            if last > block.last_line:
                block.last_line = last
        self._put(writer, text if state.is_plain else fold_blanks(text))

    def _find_writer(self, line: int) -> RunWriter:
        """What is being said in the cell or block that is open; one is opened on this line where none is."""
        state = self.state
        if state.row is not None:
            cells = state.cells[0]
            if not cells:
                cells.append(RunWriter())
            return cells[-1]
        if self.open is None:
            kind = state.kind
            if kind == ITEM and state.is_fresh:
                kind = ITEM if state.is_fresh[0][0] else PARAGRAPH
                state.is_fresh[0][0] = False
            tag = "chrome" if state.is_chrome else state.tag
            self.open = Block(
                kind,
                line,
                line,
                level=state.level,
                depth=state.depth,
                is_quoted=state.is_quoted,
                role=state.role,
                tag=tag,
                when=state.when,
                article=state.article,
            )
        return self.writer

    def _put(self, writer: RunWriter, shown: str) -> None:
        state = self.state
        if shown[:1] == " " and writer.ends_in_blank and not state.is_plain:
            shown = shown[1:]
        if shown or state.target:
            writer.say(shown, state.target, state.is_strong, state.is_emphasis)

    def _break(self) -> None:
        """A line feed, in a cell or a block that has begun."""
        if self.state.row is not None:
            if self.state.cells[0]:
                self.state.cells[0][-1].say("\n")
        elif self.writer:
            self.writer.say("\n")

    def _enter_block(self, element: Any, name: str) -> None:
        state = self.state
        if name in ("td", "th") and state.row is not None:
            state.cells[0].append(RunWriter())
            return
        if state.row is not None and name not in ("table", "tr") and name not in _PARTS_OF_TABLES:
            # Blocks within a cell are its lines.
            self._break()
            return
        self.close()
        self.state = state = state.copy()
        if name in ("li", "tr", "dt", "dd"):
            # A link that was left open ends with its item.
            state.target = ""
        if name == "li":
            state.is_fresh = ([True],)
        if name in _KINDS:
            state.kind, state.level = _KINDS[name], int(name[1]) if name[1].isdigit() else 0
        elif name in ("p", "table", "td", "th") and state.kind != ITEM:
            state.kind = PARAGRAPH
        if name == "p" or _KINDS.get(name) == HEADING or name == "time":
            state.tag, state.when = name, element.get("datetime") or "" if name == "time" else ""
        if element.keys():
            state.role = _find_role(*map(element.get, ("class", "id", "itemprop"))) or state.role
        if name in _LISTS:
            state.depth += 1
        elif name == "header":
            state.is_chrome = not state.article
        elif name == "article":
            self.articles += 1
            state.article = self.articles
        elif name == "blockquote":
            state.is_quoted = True
        elif name == "table":
            self.tables += 1
            state.table, state.row = self.tables, None
        elif name == "tr" and len(element) > 1:
            # A row of one cell is there for how the page looks.
            state.row, state.cells = Block(ROW, self.line, self.line, depth=state.depth, table=state.table), ([],)
        elif name == "pre":
            state.is_plain = True


@lru_cache(maxsize=1_000)
def _find_role(named: str | None, identified: str | None, prop: str | None) -> str:
    """What the class, the id or the property of an element calls it."""
    named = named or identified or prop
    found = _ROLE.search(f"{named} {identified or ''} {prop or ''}") if named else None
    return found[1].lower() if found else ""


def _is_hidden(element: Any, name: str) -> bool:
    """Whether an element shows nothing of its own: a button made of a link, the beginning of a text that follows."""
    if name == "a":
        return element.get("href") is None and element.get("onclick") is not None
    return "abstract-short" in (element.get("class") or "")


def find_meta(root: Any) -> Iterator[tuple[str, str]]:
    """Names and contents of a page's meta elements, in order."""
    for element in root.iter("meta"):
        name = element.get("name") or element.get("property") or ""
        if content := (element.get("content") or "").strip():
            yield name.strip().lower(), content
