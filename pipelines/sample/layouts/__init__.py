"""Papers -> the bytes of a dump, one module per layout family, and what a reader should find in them.

A layout prints a frame of papers; which papers and into which file is the writer's choice.
"""

from . import api, captures, feed, pages, records
from .layout import Layout, Page

#: Every layout the generator can write, by name.
LAYOUTS: dict[str, Layout] = {
    layout.name: layout for layout in (*pages.LAYOUTS, *api.LAYOUTS, *captures.LAYOUTS, *feed.LAYOUTS, *records.LAYOUTS)
}

__all__ = ["LAYOUTS", "Layout", "Page"]
