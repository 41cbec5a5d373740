"""Reference formats of tagged lines: RIS, MEDLINE, Web of Science, EndNote, RefWorks; one module each.

A format is a `Dialect` of `tagged`, which reads them all. A new one is a module with its dialect and reader, a place in
READERS, and a fixture pair in tests/pages. BibTeX has braces in place of tags: it is a layout of its own.
"""

import re
from collections import defaultdict
from collections.abc import Sequence

from ... import findings
from ...files import Source
from ...findings import Findings
from .endnote import EndNoteReader
from .medline import MedlineReader
from .refworks import RefWorksReader
from .ris import BareRisReader, LooseRisReader, RisReader
from .tagged import HEAD_BYTES, TaggedReader
from .web_of_science import WebOfScienceReader

#: In the order they are asked: the plainest mark first.
READERS: tuple[type[TaggedReader], ...] = (
    RisReader,
    MedlineReader,
    WebOfScienceReader,
    EndNoteReader,
    RefWorksReader,
    LooseRisReader,
    BareRisReader,
)
_NONE = "no reference format of tagged lines"
#: What the line begins with that shows any of the dialects; a line break and a letter are found many times faster
#: than each of their marks.
_BEGINNING = re.compile(
    rb"\n\s{0,20}+(?:\xef\xbb\xbf)?\s{0,20}+(?:%[0AT]|(?:TY|T1|TI|A1|AU|AB|PY|ID|AN|UI|PMID|PT|FN|RT)[ \t-])"
)


def recognise(source: Source) -> tuple[float, str]:
    """Certain where one of the formats is."""
    _, score, reason = _choose(source)
    return score, reason


def parse(sources: Sequence[tuple[int, Source, str]]) -> Findings:
    """Read each source; (number in the batch, source, why it was recognised). Never raises for content."""
    chosen: dict[type[TaggedReader], list[tuple[int, Source, str]]] = defaultdict(list)
    for number, source, reason in sources:
        chosen[_choose(source)[0]].append((number, source, reason))
    return findings.merge([reader.read_all(group) for reader, group in chosen.items()])


def _choose(source: Source) -> tuple[type[TaggedReader], float, str]:
    if source.is_binary or not _BEGINNING.search(b"\n" + source.head(HEAD_BYTES)):
        return READERS[0], 0.0, _NONE
    for reader in READERS:
        score, reason = reader.DIALECT.recognise(source)
        if score:
            return reader, score, reason
    return READERS[0], 0.0, _NONE
