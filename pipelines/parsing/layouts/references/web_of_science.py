"""Web of Science, plain text: `PT J` to `ER`, values that go on behind three spaces."""

from .tagged import Dialect, TaggedReader

DIALECT = Dialect(
    name="web_of_science",
    title="Web of Science",
    line="^TAG(?: |$)",
    tag="[A-Z][A-Z0-9]",
    start="PT",
    end="ER",
    kinds=("DT",),
    fields={
        "title": ("TI",),
        "abstract": ("AB",),
        "authors": ("AU", "AF"),
        "groups": ("CA", "GP"),
        # Keywords the authors chose; ID are made by the database.
        "keywords": ("DE",),
        "doi": ("DI", "D2"),
        "arxiv": ("DI", "AR", "SO"),
        "published": ("PD", "PY", "EA"),
        "venue": ("SO", "CT", "SE"),
        # ORCIDs and addresses, as columns of the same names have them.
        "oi": ("OI",),
        "c1": ("C1",),
    },
    line_tags=frozenset({"AU", "AF", "CA", "GP"}),
    around=r"(?:FN|VR) .{0,200}|EF",
    mark=r"\A(?:\xef\xbb\xbf)?\s{0,20}(?:FN .{0,200}\n(?:VR .{0,200}\n)?\s{0,20})?PT [A-Z]$",
    may_be_cut=True,
    gathered=("doi", "arxiv", "published", "groups"),
)


class WebOfScienceReader(TaggedReader):
    """One file of Web of Science on its way through."""

    NAME = DIALECT.name
    DIALECT = DIALECT
