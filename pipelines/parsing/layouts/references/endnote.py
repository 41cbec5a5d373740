"""EndNote's tagged format (refer, `.enw`): `%0 Journal Article`, a percent sign and one sign before each value."""

from .tagged import Dialect, TaggedReader

DIALECT = Dialect(
    name="endnote",
    title="EndNote",
    line="^TAG(?: |$)",
    tag=r"%[A-Z0-9@!#$&()*+<>?^~=\[\]]",
    start="%0",
    end=None,
    kinds=("%0", "%9"),
    fields={
        "title": ("%T",),
        "abstract": ("%X",),
        "authors": ("%A",),
        "keywords": ("%K",),
        "doi": ("%R", "%U"),
        "arxiv": ("%U", "%>", "%R", "%M", "%J", "%I"),
        "published": ("%8", "%D"),
        "venue": ("%J", "%B"),
    },
    line_tags=frozenset({"%K", "%A", "%U"}),
    # Old files of refer have no types; records begin with authors or titles.
    mark=r"^%(?:0 [A-Z]|[AT] \S)",
)


class EndNoteReader(TaggedReader):
    """One file of EndNote on its way through."""

    NAME = DIALECT.name
    DIALECT = DIALECT
