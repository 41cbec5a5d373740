"""What kind of work a record says it is: the one rule by which software, datasets, images and films are no papers.

What belongs here: words for kinds of works, as RIS, BibTeX, EndNote, Zotero, CSL, DataCite, Zenodo, Crossref and
OpenAlex have them. A layout hands over what its record says; the reader that takes entries (`reader`) asks.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

#: Folded words for works that are no papers. A page of the web may be a paper's, and so may a talk: they are none.
_OTHER = frozenset(
    # Software.
    "software computerprogram computersoftware program comp softwareversion softwaremodule codefragment "
    "computationalnotebook workflow "
    # Data.
    "dataset datasets data datafile aggregateddatabase aggr dbase onlinedatabase database component "
    # Pictures, films, sound, things.
    "image images figure photo photograph picture artwork art graphic graphics map video videos videorecording film "
    "filmorbroadcast motionpicture movie movingimage mpct audiovisual audiovisualmaterial advs audio audiorecording "
    "sound soundrecording song music podcast broadcast tvbroadcast radiobroadcast multimedia physicalobject "
    # What stands around papers.
    "paratext peerreview grant".split()
)
#: In a folded word, what says that a text was published after all: `Data Paper`, `Software Review`, `publication`.
_TEXTS = ("article", "paper", "preprint", "text", "report", "thesis", "book", "chapter", "proceeding", "publication")
#: Folded names of fields and columns that say it.
NAMES = frozenset(
    "type types publicationtypes itemtype resourcetype resourcetypegeneral documenttype documenttypes publicationtype "
    "doctype doctypes entrytype reftype referencetype worktype dctype pubtype typ dokumenttyp tipodedocumento "
    "typededocument типдокумента 文献类型".split()
)
#: Folded titles of what stands around the papers of an issue, which catalogues and journals list among them (OpenAlex's
#: paratext: covers, contents, who edits it).
_PARATEXTS = frozenset(
    "editorialboard editorialboardpage frontmatter backmatter frontcover backcover insidefrontcover insidebackcover "
    "outsidefrontcover outsidebackcover coverimage coverart tableofcontents titlepage issueinformation masthead "
    "authorindex subjectindex listofreviewers editorialboardandpublicationinformation".split()
)
_BEGINNINGS = frozenset(title[:2] for title in _PARATEXTS)
#: Values and characters of each that are looked at.
_MOST, _LONGEST = 20, 60


def find_other(values: object) -> str | None:
    """The kind that a record says it is, where no paper is of that kind; None where one may be.

    Args: values as a record has them: a word, a list of words, an object with some. A record that says it is a text as
    well (`["Journal Article", "Dataset"]`) may be a paper.
    """
    other = None
    for word in list(_list_words(values, 0))[:_MOST]:
        folded = _fold(word[:_LONGEST])
        if any(text in folded and folded != "paratext" for text in _TEXTS):
            return None
        if other is None and folded in _OTHER:
            other = word
    return other


def is_paratext(title: str) -> bool:
    """Whether a title is of what stands around the papers of a journal: `Editorial Board`, `Inside Front Cover`."""
    if len(title) > _LONGEST:
        return False
    # Most titles are told by how they begin.
    start = title[:2].lower()
    return (start in _BEGINNINGS or not start.isalnum() or "/" in title) and _fold(title) in _PARATEXTS


def _list_words(values: object, depth: int) -> Iterator[str]:
    if isinstance(values, str):
        yield values
    elif depth < 3 and isinstance(values, dict | list | tuple):
        items: Iterable[object] = values.values() if isinstance(values, dict) else values
        for item in list(items)[:_MOST]:
            yield from _list_words(item, depth + 1)


@lru_cache(maxsize=1_000)
def _fold(word: str) -> str:
    # Addresses of vocabularies end in the word.
    return "".join(filter(str.isalnum, word.rsplit("/", 1)[-1].lower()))
