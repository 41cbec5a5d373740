"""MEDLINE: what PubMed saves as `.nbib` or shows as its format PubMed; a blank line parts records."""

from ... import author_details
from ...orcids import Detail
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
        # Read in the order of the lines.
        "details": ("AD", "AUID"),
    },
)


class MedlineReader(TaggedReader):
    """One file of MEDLINE on its way through."""

    NAME = DIALECT.name
    DIALECT = DIALECT

    def read_details(self, stretch: str, values: dict[str, list[str]], names: list[str]) -> list[Detail] | None:
        """ORCIDs and places, which stand behind the name of the author they are of; groups have none."""
        tag = next((tag for tag in DIALECT.fields["authors"] if tag in values), None)
        if tag is None or len(values[tag]) + len(values.get("CN", ())) != len(names):
            return None
        told: list[tuple[str | None, list[str]]] = []
        rows = DIALECT.unfolding.sub(" ", stretch).split("\n")
        for found, row in ((found, row) for row in rows if (found := DIALECT.tag_line.match(row))):
            value = " ".join(row[found.end() :].split())
            if found[1] == tag:
                told.append((None, []))
            elif found[1] == "AD" and told:
                told[-1][1].append(value)
            elif found[1] == "AUID" and told and value.upper().startswith("ORCID"):
                told[-1] = (value, told[-1][1])
        if len(told) != len(values[tag]):
            return None
        return author_details.place_details((orcid, None, places) for orcid, places in told)
