"""What a layout is. The layouts themselves are in the modules beside this one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl


@dataclass(frozen=True)
class Page:
    """The papers of one dump and the day it stands for: the day it was saved, or the day whose list it is.

    `papers` has the columns of `papers.write_papers`, in the order of print.
    """

    papers: pl.DataFrame
    day: date


@dataclass(frozen=True)
class Layout:
    """A way to print papers.

    `kind` says what such a dump lists: a `page` whatever a search found, a `day` the papers of one day, `records` a
    stretch of an archive. `tex` says whether titles and abstracts are printed with their TeX marks and hard line
    breaks, as a record gives them, or without, as a page shows them. `facts` names what else is printed: of the paper
    arxiv_id, published_on, listed_on and upvotes, of the page captured_on (without its year). `in_sample` is false of
    shapes that only benchmarks print.
    """

    name: str
    kind: Literal["page", "day", "records"]
    suffix: str
    render: Callable[[Page], bytes]
    tex: bool
    facts: frozenset[str] = frozenset()
    in_sample: bool = True
