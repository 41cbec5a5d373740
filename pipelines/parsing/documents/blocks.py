"""The blocks of a document: stretches of text with their links, in the order of the page."""

import itertools
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


#: Texts that are folded sooner than looked through.
_SHORT = 200
#: White space of ASCII that is no space.
_OTHER_BLANKS = ("\n", "\t", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x1f")


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
    #: Whether it stands in a quotation.
    is_quoted: bool = False
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
    return text.strip() if _is_folded(text) else " ".join(text.split())


def _is_folded(text: str) -> bool:
    """Whether the blanks in a long text are single spaces, as nearly always; false where folding is as fast."""
    if len(text) <= _SHORT or not text.isascii():
        return False
    # A generator in any() takes twice as long.
    for blank in _OTHER_BLANKS:
        if blank in text:
            return False
    # From the end two blanks are looked for in less than half the time: single ones do not hold it up.
    return text.rfind("  ") < 0


def fold_blanks(text: str) -> str:
    """A text with each stretch of white space one space, those at its ends too."""
    if _is_folded(text):
        return text
    folded = " ".join(text.split())
    if not folded:
        return " " if text else ""
    return f"{' ' if text[0].isspace() else ''}{folded}{' ' if text[-1].isspace() else ''}"


def split_lines(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs cut at line breaks; lines without text or link left out."""
    rows: list[list[Run]] = [[]]
    for run in runs:
        first, *more = run.text.split("\n")
        rows[-1].append(run._replace(text=first))
        for text in more:
            rows.append([run._replace(text=text)])
    return [row for row in rows if any(run.text.strip() or run.target for run in row)]


class RunWriter:
    """Runs as they are read, piece by piece; a text of a million pieces is put together once."""

    def __init__(self) -> None:
        """Begin with nothing said."""
        self._kinds: list[tuple[str, bool, bool]] = []
        self._pieces: list[list[str]] = []
        self._tail = ""

    def __bool__(self) -> bool:
        """Whether anything was said."""
        return bool(self._kinds)

    @property
    def ends_in_blank(self) -> bool:
        """Whether a blank at this place would be a second one, or the first of all."""
        return self._tail in ("", " ", "\n")

    def say(self, text: str, target: str = "", is_strong: bool = False, is_emphasis: bool = False) -> None:
        """Add a piece; one of the kind before goes on with it."""
        kind = (target, is_strong, is_emphasis)
        if not self._kinds or self._kinds[-1] != kind:
            self._kinds.append(kind)
            self._pieces.append([])
        self._pieces[-1].append(text)
        self._tail = text[-1:] or self._tail

    def runs(self) -> list[Run]:
        """What was said, without blanks at its ends; nothing where there was nothing else and no link."""
        if len(self._kinds) == 1:
            only = Run("".join(self._pieces[0]).strip(), *self._kinds[0])
            return [only] if only.text or only.target else []
        texts, kinds = ["".join(pieces) for pieces in self._pieces], self._kinds
        first, stop = 0, len(texts)
        while first < stop and not (kinds[first][0] or texts[first].strip()):
            first += 1
        while first < stop and not (kinds[stop - 1][0] or texts[stop - 1].strip()):
            stop -= 1
        if first == stop:
            return []
        texts[first] = texts[first].lstrip()
        texts[stop - 1] = texts[stop - 1].rstrip()
        return [Run(text, *kind) for text, kind in zip(texts[first:stop], kinds[first:stop], strict=True)]


def merge(runs: Sequence[Run]) -> list[Run]:
    """Runs of one link made one, whatever is strong or in italics in it, and runs of one kind."""
    merged = []
    for _, group in itertools.groupby(runs, key=lambda run: (run.target, False, False) if run.target else run[1:]):
        alike = list(group)
        text = "".join(run.text for run in alike)
        merged.append(Run(text, alike[0].target, any(run.is_strong for run in alike), alike[-1].is_emphasis))
    return merged
