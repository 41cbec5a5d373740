"""The blocks of a document: stretches of text with their links, in the order of the page."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

#: Kinds of blocks. A row is one of a table; a term and its definition are those of a definition list.
HEADING, PARAGRAPH, ITEM, ROW, TERM, DEFINITION, RULE, CODE = (
    "heading",
    "paragraph",
    "item",
    "row",
    "term",
    "definition",
    "rule",
    "code",
)
_BLANKS = re.compile(r"\s+")


class Run(NamedTuple):
    """A stretch of text of one kind; a picture shows none. Line breaks are line feeds."""

    text: str
    #: Where a link leads, else empty.
    target: str = ""
    is_strong: bool = False
    is_emphasis: bool = False


@dataclass(slots=True)
class Block:
    """One block and the lines it stands on, counted from 1."""

    kind: str
    first_line: int
    last_line: int
    runs: list[Run] = field(default_factory=list)
    #: Of a heading 1 to 6.
    level: int = 0
    #: Lists that are open around it; of an item its own, too.
    depth: int = 0
    #: The cells of a row, the number of its table, and whether it names the columns.
    cells: list[list[Run]] = field(default_factory=list)
    table: int = 0
    is_header: bool = False
    #: What the page's markup calls it, where it does: `abstract`, `authors`, `title`.
    role: str = ""
    #: In HTML the element of a text where it says what the text is: `p`, `h3`, `time`; `chrome` for a page's header.
    tag: str = ""
    #: The number of the `article` element around it, from 1.
    article: int = 0
    #: The moment a `time` element names.
    when: str = ""

    @property
    def text(self) -> str:
        """What the block says, lines apart."""
        return join(self.runs)

    @property
    def targets(self) -> list[str]:
        """Where its links lead, cells included."""
        return [run.target for runs in (self.runs, *self.cells) for run in runs if run.target]


def join(runs: Iterable[Run]) -> str:
    """The text of runs, stripped."""
    return "".join(run.text for run in runs).strip()


def fold(text: str) -> str:
    """A text on one line."""
    return _BLANKS.sub(" ", text).strip()


def split_lines(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs cut at line breaks; lines without text or link left out."""
    rows: list[list[Run]] = [[]]
    for run in runs:
        first, *more = run.text.split("\n")
        rows[-1].append(run._replace(text=first))
        for text in more:
            rows.append([run._replace(text=text)])
    return [row for row in rows if any(run.text.strip() or run.target for run in row)]
