"""RefWorks, tagged: `RT Journal Article`, two signs and a space before each value; a blank line parts records."""

from .tagged import Dialect, TaggedReader

DIALECT = Dialect(
    name="refworks",
    title="RefWorks",
    line="^TAG(?: |$)",
    tag="[A-Z][A-Z0-9]",
    start="RT",
    end=None,
    kinds=("RT",),
    fields={
        "title": ("T1",),
        "abstract": ("AB",),
        "authors": ("A1",),
        "keywords": ("K1",),
        "doi": ("DO", "UL", "LK"),
        "arxiv": ("UL", "LK", "DO", "JF"),
        "published": ("FD", "YR"),
        "venue": ("JF", "T2", "JO"),
    },
    line_tags=frozenset({"A1", "K1", "UL"}),
    mark=r"^RT [A-Z][A-Za-z /()-]{2,60}$",
)


class RefWorksReader(TaggedReader):
    """One file of RefWorks on its way through."""

    NAME = DIALECT.name
    DIALECT = DIALECT
