"""MEDLINE: what PubMed saves as `.nbib` or shows as its format PubMed; a blank line parts records."""

from .tagged import Dialect, TaggedReader

DIALECT = Dialect(
    name="medline",
    title="MEDLINE",
    line="^TAG {0,2}- ?",
    tag="[A-Z][A-Z0-9]{1,3}",
    start="PMID",
    end=None,
    kinds=("PT",),
    fields={
        "title": ("TI", "BTI", "TT"),
        "abstract": ("AB",),
        "authors": ("FAU", "AU"),
        "groups": ("CN",),
        # Keywords the authors chose; MH are the library's headings.
        "keywords": ("OT",),
        "doi": ("AID", "LID"),
        "arxiv": ("AID", "LID"),
        "published": ("DEP", "DP"),
        "venue": ("JT", "TA"),
    },
)


class MedlineReader(TaggedReader):
    """One file of MEDLINE on its way through."""

    NAME = DIALECT.name
    DIALECT = DIALECT
