"""RIS: `TY  - JOUR` to `ER  - `, as Zotero, Mendeley, Scopus, IEEE, ProQuest, Embase and EndNote write it.

Tags mean different things in different hands (`N1`, `DP`, `ET`, `M3`): read are those that mean one thing in all.
"""

from dataclasses import replace

from .tagged import Dialect, TaggedReader

DIALECT = Dialect(
    name="ris",
    title="RIS",
    line=r"^[ \t]{0,4}TAG  - ?",
    tag="[A-Z][A-Z0-9]{1,3}",
    start="TY",
    end="ER",
    kinds=("TY",),
    fields={
        "title": ("TI", "T1", "CT", "BT", "ST"),
        "abstract": ("AB", "N2"),
        "authors": ("AU", "A1"),
        "keywords": ("KW",),
        "doi": ("DO", "DOI", "DI", "M3", "UR", "L1", "L2", "L4", "LK"),
        "arxiv": ("UR", "L1", "L2", "L3", "L4", "LK", "DO", "DOI", "AN", "M1", "M3", "T2", "JO", "JF", "JA", "PB"),
        "published": ("DA", "PY", "Y1", "YR"),
        "venue": ("T2", "JO", "JF", "JA", "J2", "T3"),
    },
    # EndNote writes one keyword below the other.
    line_tags=frozenset({"KW", "AU", "A1", "UR", "L1"}),
    around=r"(?:Provider|Database|Content|Export Date|Source): .{0,200}|(?:Record )?#?\d{1,6}(?: of \d{1,6})?[.)]?|"
    r"<\d{1,6}>",
)
#: Files that somebody typed, or a form that swallows double spaces.
LOOSE = replace(DIALECT, line=r"^[ \t]{0,4}TAG {0,2}- ?", mark=r"^[ \t]{0,4}TY {0,2}- ?[A-Z]{3,8}$")
#: Without beginnings and ends, as some forms and mails show records: a blank line parts them.
BARE = replace(LOOSE, end=None, mark=r"\A(?:\xef\xbb\xbf)?\s{0,20}(?:TI|T1|AU|A1|AB|PY|ID|AN|UI) {0,2}- \S")


class RisReader(TaggedReader):
    """One file of RIS on its way through."""

    NAME = DIALECT.name
    DIALECT = DIALECT


class LooseRisReader(RisReader):
    """The same, with one space or none before the hyphen."""

    DIALECT = LOOSE


class BareRisReader(RisReader):
    """The same, without `TY` and `ER`."""

    DIALECT = BARE
