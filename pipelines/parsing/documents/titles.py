"""The title in a block: what of a heading, an item or a cell names the paper, and what is left beside it."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from ..plausibility import count_words
from . import wording
from .blocks import HEADING, Block, Run, fold, join, merge, split_lines

#: Words that may stand before a title on its line: a date, a number, a venue.
_LEAD_WORDS = 10
_QUOTED = re.compile(r"[\"“«「『]([^\"”»」』]{8,300}+)[\"”»」』]")
_END_OF_TITLE = re.compile(
    r"(?<=[\w)?!])\.\s+(?=[A-Z(\[])|(?<!\s)(?:\s++[|–—-]\s+|\s*+[(（\[](?=[^()]{0,60}\d{4}[)）\]]|$))"
)
_EMPTY_BRACKETS = re.compile(r"\s?[\[({【（]\s{0,3}[\])}】）]")
#: What arXiv's pages put before a title in a browser's window, and so in bookmarks.
_ID = re.compile(r"^\[(?:arxiv:)?\d{4}\.\d{4,5}(?:v\d{1,3})?\] (?=\S)", re.IGNORECASE)
#: Buttons behind a title that lead nowhere once a page is saved: `[PDF 5] [Copy]`.
_TAIL = re.compile(
    r"(?:(?<!\s)\s++\[(?:pdf|html|abs|code|copy|rel|kimi|link|bib|cite|arxiv)\s?\d{0,5}\]){1,8}+$", re.IGNORECASE
)
#: What is left at the end of a title when the links behind it are gone.
_OPENERS = " |·•:,;/–—-[({【（"


class Title(NamedTuple):
    """A title and what else is in its block."""

    text: str
    #: Where it leads, if that is a place of papers.
    target: str
    rest: list[Run]
    is_strong: bool = False
    #: What stands before it on its line.
    lead: str = ""


def find_title(block: Block, runs: Sequence[Run] | None = None) -> Title | None:
    """The title in a block, or in one of its cells; None where none is seen."""
    merged = merge(block.runs if runs is None else runs)
    if not merged:
        return None
    linked = next((at for at, run in enumerate(merged) if _is_linked_title(run)), None)
    if linked is not None and _is_beside(merged, linked):
        linked = None
    if linked is not None and len(_lead(merged, linked).split()) <= _LEAD_WORDS:
        return _take(merged, linked)
    if block.kind == HEADING and runs is None:
        return _whole(merged)
    strong = next((at for at, run in enumerate(merged) if run.is_strong and _is_strong_title(run.text)), None)
    if strong is not None and len(_lead(merged, strong).split()) <= _LEAD_WORDS:
        return _take(merged, strong)
    return _named_link(merged) or _plain(merged)


def _clean(text: str) -> str:
    return _ID.sub("", wording.strip_ornaments(fold(text)).strip())


def _is_linked_title(run: Run) -> bool:
    return bool(
        run.target and run.text and wording.find_paper(run.target) and wording.may_be_title(_clean(run.text), True)
    )


def _is_beside(runs: Sequence[Run], at: int) -> bool:
    """Whether a link says where a paper appeared, and the words before it which: `A Count of Fronds [[Nature]](..)`."""
    lead = _clean(_lead(runs, at).rstrip(_OPENERS))
    return count_words(_clean(runs[at].text)) < wording.TITLE_WORDS < count_words(lead) and wording.may_be_title(lead)


def _is_strong_title(text: str) -> bool:
    text = fold(text)
    return not text.endswith((":", "：")) and not wording.read_label(text)[0] and wording.may_be_title(_clean(text))


def _lead(runs: Sequence[Run], at: int) -> str:
    return join(runs[:at])


def _find_target(runs: Sequence[Run]) -> str:
    return next((run.target for run in runs if wording.find_paper(run.target)), "")


def _take(runs: list[Run], at: int) -> Title:
    """The run at a place as the title; a strong one may go on in a link."""
    run = runs[at]
    target = run.target if wording.find_paper(run.target) else ""
    # `pdf bib abs` before a title are links that stand in front of it, and no words of its line.
    lead = _clean(_lead([run for run in runs[:at] if not (run.target and wording.is_generic(run.text))], at))
    return Title(_clean(run.text).rstrip(",."), target, [*runs[:at], *runs[at + 1 :]], run.is_strong, lead)


def _whole(runs: list[Run]) -> Title | None:
    """A heading's text without the links that only say what is behind them."""
    kept = [run for run in runs if not (run.target and wording.is_generic(run.text))]
    text = "".join(run.text for run in kept)
    if len(kept) < len(runs):
        text = _EMPTY_BRACKETS.sub("", text).rstrip(_OPENERS).lstrip("])}】） ")
    text = _TAIL.sub("", _clean(text))
    ruled = wording.read_ruled(text)
    label, at = wording.read_label(text)
    if label in ("title", "papertitle"):
        text = text[at:]
    target = _find_target([run for run in runs if run.target])
    rest = [run for run in runs if run.target and wording.is_generic(run.text)]
    return Title(ruled or text, target, rest) if text else None


def _named_link(runs: list[Run]) -> Title | None:
    """The first link of some words that leads neither to code nor to a place on the page."""
    for at, run in enumerate(runs):
        if not run.target or wording.is_local(run.target) or wording.is_code(run.target):
            continue
        if wording.may_be_title(_clean(run.text)) and len(_lead(runs, at).split()) <= _LEAD_WORDS:
            return _take(runs, at)
    return None


def _plain(runs: list[Run]) -> Title | None:
    """The words at the front: up to a link, a stop, a dash or brackets with a year; quoted words before all."""
    first = split_lines(runs)[:1]
    if not first:
        return None
    line = first[0]
    stop = next((at for at, run in enumerate(line) if run.target), len(line))
    text = fold("".join(run.text for run in line[:stop]))
    rest = list(runs[stop:]) if stop < len(line) else list(runs[len(line) :])
    if quoted := _QUOTED.search(text):
        lead, behind = text[: quoted.start()], text[quoted.end() :]
        return Title(_clean(quoted[1]).rstrip(",."), "", [Run(lead + " \n" + behind), *rest], lead=lead)
    bare = wording.strip_number(_clean(text.rstrip(_OPENERS)))
    parts = _END_OF_TITLE.split(bare, maxsplit=1)
    title = _clean(parts[0]).rstrip(",.")
    if not wording.may_be_title(title):
        return None
    behind = bare[len(parts[0]) :].strip(" .-–—|([")
    return Title(title, "", [Run(behind), *rest] if behind else rest)
